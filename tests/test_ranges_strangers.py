"""What somebody may try at a prompt and no line of RANGES says: it works, or one sentence says why.

The lines of RANGES try parameter by parameter. Here stand objects that are nearly right, such as
W.T for a W, the tape of another network, a masked array.
"""

from __future__ import annotations

import enum
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cupy_standin import CUPY

from minigan import checkpoint
from minigan.activations import ReLU, Tanh
from minigan.backend import Random, array_module
from minigan.batchnorm import BatchNorm
from minigan.checks import check_layer
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.evaluation.features import load
from minigan.layer import Sequential
from minigan.objectives import MINIMAX, NON_SATURATING, value
from minigan.several import Discriminators, Generators


@pytest.mark.parametrize("view", [lambda W: W[:], lambda W: W.T, lambda W: W.reshape(-1)])
@pytest.mark.parametrize("kind", [Sequential, Generators, Discriminators])
def test_a_view_of_another_layers_weights_is_shared_weights(kind: Any, view: Any) -> None:
    """An optimizer would move them twice, and keep two sets of moments for them."""
    one, tied = Dense(3, 3, Random(0)), Dense(3, 3, Random(1))
    tied.params["W"] = view(one.params["W"])
    with pytest.raises(ValueError, match=r" 1, Dense\(3 → 3\), shares its arrays with \w+ 0, exp"):
        kind(one, tied)
    tied.params["W"] = view(one.params["W"]).copy()
    kind(one, tied)


def test_parameters_that_lie_in_one_memory_beside_each_other_are_not_shared() -> None:
    memory = np.zeros(24, "float32")
    layers = []
    for i in range(2):
        layers.append(Dense(3, 3, Random(i)))
        for name, at in (("W", slice(9)), ("b", slice(9, 12))):
            own = memory[12 * i : 12 * i + 12][at]
            layers[i].params[name] = own.reshape(layers[i].params[name].shape)
    assert len(Sequential(*layers).params) == 4


def test_a_view_is_known_on_the_device(kernels_double: Any) -> None:
    rng = Random(0, "cuda")
    one, tied = Dense(3, 3, rng), Dense(3, 3, rng)
    Sequential(one, tied)
    tied.params["W"] = one.params["W"].T
    assert isinstance(tied.params["W"], CUPY.ndarray)
    with pytest.raises(ValueError, match="shares its arrays with layer 0"):
        Sequential(one, tied)


def test_the_tape_of_another_network_is_no_tape() -> None:
    rng = Random(0)
    net, longer = Sequential(Dense(3, 2, rng)), Sequential(Dense(3, 2, rng), Dense(2, 2, rng))
    x = rng.normal((4, 3))
    y, tape = net.forward(x)
    strangers = (longer.forward(x)[1], Dense(3, 2, rng).forward(x)[1], None, y, tape[0], (), "tape")
    for cache in strangers:
        with pytest.raises(TypeError, match=r"^Sequential\(1 layers\): cache is .*, expected the"):
            net.backward(y, cache)
    net.backward(y, tape)


def test_networks_that_differ_in_what_they_give_are_no_generators() -> None:
    rng = Random(0)
    nets = Generators(Dense(3, 2, rng), Dense(3, 1, rng), Dense(3, 2, rng))
    with pytest.raises(
        ValueError,
        match=r"^Generators\(.*\): the networks give shapes \(m, 2\), \(m, 1\), expected the same",
    ):
        nets.forward(rng.normal((6, 3)))


def test_numbers_that_float32_cannot_hold_are_no_infinities() -> None:
    with pytest.raises(ValueError, match=r"^Random: values has -1e\+300, expected numbers that"):
        Random(0).array([1.0, -1e300])
    assert Random(0).array([np.inf, 3e38]).tolist() == [np.inf, np.float32(3e38)]
    assert Random(0, dtype="float64").array([1e300]).tolist() == [1e300]


def test_what_a_masked_array_hides_does_not_count() -> None:
    hidden = np.ma.masked_array([1.0, 2.0], mask=[False, True])
    with pytest.raises(TypeError, match=r"^Random: values is .*, expected numbers without gaps"):
        Random(0).array(hidden)
    assert Random(0).array(hidden.filled(0)).tolist() == [1, 0]


def test_a_Random_is_no_masked_array() -> None:
    """It has a method `mask`; the sentence is about what was given."""
    with pytest.raises(TypeError, match=r"got minigan.backend.Random; convert it with numpy"):
        array_module(Random(0))


@pytest.mark.parametrize("loss", [value, *(o.loss for o in (MINIMAX, NON_SATURATING))])
def test_a_logit_without_axes_is_a_batch_of_one(loss: Any) -> None:
    for a in (np.float32(0.7), np.array(0.7, "float32")):
        logits = (a, a) if loss is value else (a,)
        found, expected = loss(*logits), loss(*(np.reshape(a, (1, 1)) for a in logits))
        assert found == expected
        assert found.dtype == np.float32


def test_a_layer_is_not_what_makes_it() -> None:
    with pytest.raises(TypeError, match=r"^check_layer: make is Dense\(3 → 2\), expected a func"):
        check_layer(Dense(3, 2, Random(0, dtype="float64")), (4, 3))


def test_a_classifier_is_measured_on_a_Dataset() -> None:
    with pytest.raises(TypeError, match=r"^accuracy_on: dataset is .*, expected a Dataset"):
        load("mnist").accuracy_on(np.zeros((2, 28, 28, 1)))


@pytest.mark.parametrize("meta", [{1: 2}, {"a": {None: 1}}, {"a": [{"b": ({2.5: 1},)}]}])
def test_a_key_that_JSON_would_rewrite_is_refused(tmp_path: Path, meta: Any) -> None:
    with pytest.raises(TypeError, match=r"^checkpoint: a key of meta is .*, expected a text\.$"):
        checkpoint.save(tmp_path / "a.npz", {}, meta)
    assert list(tmp_path.iterdir()) == []


class Size(enum.IntEnum):
    IN, OUT = 3, 2


def test_what_is_an_integer_or_a_number_counts_as_one() -> None:
    assert Dense(Size.IN, np.int8(2), Random(Size.OUT)).params["W"].shape == (3, 2)
    assert Dropout(Fraction(1, 4), Random(0)).rate == 0.25
    for n in ("3", Decimal(3), 3.0, np.array(3), 3 + 0j):
        with pytest.raises(TypeError, match=r"n_in is .*, expected an integer of 1 or more"):
            Dense(n, 2, Random(0))


def test_layers_in_a_list_or_by_their_class_are_no_layers() -> None:
    dense, rng = Dense(3, 3, Random(0)), Random(0)
    for layers in ([[dense, ReLU()]], [dense, ReLU], [dense, None], [iter([dense])], ["Tanh"]):
        with pytest.raises(TypeError, match=r"^Sequential: layer [01] is .*, expected a Layer\.$"):
            Sequential(*layers)
    assert len(Sequential(*(Dense(3, 3, rng) for _ in range(2))).layers) == 2
    with pytest.raises(ValueError, match="shares its arrays with layer 0"):
        Sequential(Sequential(dense), Sequential(Tanh(), dense))


def test_words_for_train_are_neither_True_nor_False() -> None:
    x = np.ones((4, 3), "float32")
    for train in ("eval", None, 2, 0, [], np.array(True)):
        with pytest.raises(TypeError, match=r"^BatchNorm\(3\): train is .*, expected True or"):
            Sequential(BatchNorm(3, Random(0))).forward(x, train)  # type: ignore[arg-type]
