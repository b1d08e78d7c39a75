"""What the checks are given, and the rows that they return."""

import numpy as np
import pytest

from minigan.activations import Tanh
from minigan.backend import Random
from minigan.checks import check_game, check_layer
from minigan.dense import Dense
from minigan.layer import Sequential


def test_float32_is_refused_with_the_reason():
    reason = "float32, expected float64: a difference of two float32 numbers keeps 3 or 4 digits"
    with pytest.raises(TypeError, match=f"x is {reason}"):
        check_layer(lambda rng: Tanh(), x=np.ones((2, 3), np.float32))
    with pytest.raises(TypeError, match=rf"check_layer, Dense\(3 → 4\): W is {reason}"):
        check_layer(lambda rng: Dense(3, 4, Random(0)), (5, 3))
    rng = Random(0)
    G, D = Sequential(Dense(2, 3, rng)), Sequential(Dense(3, 1, rng))
    with pytest.raises(TypeError, match=f"check_game: G: 0.W is {reason}"):
        check_game(G, D, rng.normal((4, 3)), rng.normal((4, 2)))
    rng = Random(0, dtype="float64")
    G, D = Sequential(Dense(2, 3, rng)), Sequential(Dense(3, 1, rng))
    with pytest.raises(TypeError, match=f"check_game: x is {reason}"):
        check_game(G, D, Random(0).normal((4, 3)), rng.normal((4, 2)))


@pytest.mark.parametrize("shape", [5, (), (5, 0), (5, -1), (5, 2.0), (5, True), "53", None])
def test_odd_shapes_give_clear_errors(shape):
    expected = "either a shape for x, such as" if shape is None else "sizes of 1 or more, such as"
    with pytest.raises(ValueError, match=expected):
        check_layer(lambda rng: Tanh(), shape)


@pytest.mark.parametrize(
    ("kwargs", "kind", "message"),
    [
        ({"modes": "train"}, ValueError, "modes is 'train', expected some of"),
        ({"modes": []}, ValueError, r"modes is \[\], expected some of"),
        ({"modes": ["test"]}, ValueError, "expected some of"),
        ({"tolerance": 0}, ValueError, "tolerance is 0, expected a number above 0"),
        ({"input_scale": float("inf")}, ValueError, "input_scale is inf, expected a number above"),
        ({"seed": -1}, ValueError, "seed is -1, expected an integer of 0 or more"),
        ({"device": "tpu"}, ValueError, "device is 'tpu', expected one of"),
        ({"x": [[1.0]]}, TypeError, "expected a NumPy or a CuPy array, got builtins"),
        ({"x": np.ones((2, 2))}, ValueError, "either a shape for x, such as"),
    ],
)
def test_arguments_without_sense(kwargs, kind, message):
    with pytest.raises(kind, match=message):
        check_layer(lambda rng: Tanh(), (2, 2), **kwargs)


def test_make_must_return_a_layer():
    with pytest.raises(TypeError, match="make returned None, expected a Layer"):
        check_layer(lambda rng: None, (2, 2))


def test_a_wrong_shape_for_the_layer_is_the_layers_own_error():
    with pytest.raises(
        ValueError, match=r"Dense\(3 → 4\): x has shape \(5, 2\), expected \(m, 3\)"
    ):
        check_layer(lambda rng: Dense(3, 4, rng), (5, 2))


def test_a_row_says_which_entry():
    rows = check_layer(lambda rng: Dense(3, 4, rng), (5, 3))
    assert [(r.mode, r.name, r.shape, r.entries) for r in rows[:3]] == [
        ("train", "x", (5, 3), 15),
        ("train", "W", (3, 4), 12),
        ("train", "b", (4,), 4),
    ]
    i, j = rows[1].index
    assert rows[1].entry == f"W[{i}, {j}]"
    assert 0 <= rows[1].error < 1e-9
    assert rows[1].uncertainty < 1e-9
