"""No kink is judged, and what cannot be measured is no pass."""

import numpy as np
import pytest
from right_layers import Smooth

from minigan.activations import LeakyReLU, ReLU
from minigan.backend import Random
from minigan.checks import GradientError, KinkError, NoVerdictError, check_layer
from minigan.layer import Layer
from minigan.maxout import Maxout


class Absolute(Layer):
    def forward(self, x, train=True):
        return abs(x), x

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (dy * np.sign(cache) if need_dx else None), {}


AT_A_KINK = [
    ("|x| at 0", lambda rng: Absolute(), [[1.0, 0.0]], r"x\[0, 1\]", "-a", "a"),
    ("ReLU at 0", lambda rng: ReLU(), [[0.0, 2.0], [-1.0, 3.0]], r"x\[0, 0\]", "0", "a"),
    ("ReLU at -0", lambda rng: ReLU(), [[-0.0, 2.0]], r"x\[0, 0\]", "0", "a"),
    ("LeakyReLU at 0", lambda rng: LeakyReLU(0.2), [[2.0, 0.0]], r"x\[0, 1\]", "0.2a", "a"),
    ("a tie of Maxout", lambda rng: Maxout(2), [[1.0, 5.0, 1.0, 2.0]], r"x\[0, [02]\]", "0", "a"),
]


@pytest.mark.parametrize(
    ("make", "x", "entry", "left", "right"),
    [c[1:] for c in AT_A_KINK],
    ids=[c[0] for c in AT_A_KINK],
)
def test_a_kink_is_reported_as_a_kink(make, x, entry, left, right):
    with pytest.raises(KinkError, match=f"there is a kink at {entry}: the slope is") as caught:
        check_layer(make, x=np.array(x))
    assert isinstance(caught.value, NoVerdictError)
    assert not isinstance(caught.value, GradientError)
    (row,) = caught.value.rows
    assert row.verdict == "kink"
    assert row.kinks == (2 if "Maxout" in row.layer else 1)
    assert abs(row.jump) > 0.01


@pytest.mark.parametrize("kinked", [0, 1, 3, 4])
def test_x_is_drawn_anew_at_a_kink_a_few_times(kinked, monkeypatch):
    """As if the first draws had hit a 0 exactly."""
    normal = Random.normal

    def unlucky(self, shape, std=1.0):
        values = normal(self, shape, std)
        if self.stream in [f"check_layer/x {draw}" for draw in range(kinked)]:
            values[2, 1] = 0.0
        return values

    monkeypatch.setattr(Random, "normal", unlucky)
    if kinked < 4:
        rows = check_layer(lambda rng: ReLU(), (3, 2))
        assert all(row.verdict == "ok" and row.kinks == 0 for row in rows)
    else:
        with pytest.raises(KinkError, match=r"there is a kink at x\[2, 1\].*try another x or seed"):
            check_layer(lambda rng: ReLU(), (3, 2))


@pytest.mark.parametrize("distance", [1e-2, 1e-3, 1e-4, 1e-5, 1e-6])
@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("make", [ReLU, Absolute, lambda: LeakyReLU(0.2)])
def test_close_to_a_kink_the_step_shrinks_until_it_is_out_of_reach(make, distance, side):
    rows = check_layer(lambda rng: make(), x=np.array([[side * distance, 1.0]]))
    assert all(row.verdict == "ok" for row in rows)


@pytest.mark.parametrize("distance", [1e-8, 1e-10, 1e-12, 1e-14])
def test_a_kink_within_reach_is_never_a_pass_nor_a_wrong_gradient(distance):
    try:
        rows = check_layer(lambda rng: Absolute(), x=np.array([[distance, 1.0]]))
        assert all(row.verdict == "ok" and row.uncertainty < 1e-5 for row in rows)
    except NoVerdictError:
        pass  # that is as good

    class Flipped(Absolute):
        def backward(self, dy, cache, *, need_dx=True, need_grads=True):
            return (-dy * np.sign(cache) if need_dx else None), {}

    with pytest.raises((GradientError, NoVerdictError)):
        check_layer(lambda rng: Flipped(), x=np.array([[distance, distance]]))


def test_a_wrong_gradient_elsewhere_comes_before_a_kink():
    class Off(ReLU):
        def backward(self, dy, cache, **need):
            dx, grads = super().backward(dy, cache, **need)
            return (None if dx is None else 1.01 * dx), grads

    with pytest.raises(GradientError, match=r"x\[0, 1\].*1 of 3 entries"):
        check_layer(lambda rng: Off(), x=np.array([[0.0, 2.0, -1.0]]))


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: 1e13 + np.sin(x), [[0.3, 0.4]]),
        (np.floor, [[1.0, 2.0]]),
        (lambda x: np.where(x == 0.5, 9.0, x), [[0.5, 0.5]]),
    ],
    ids=["rounded away", "a jump", "a point apart"],
)
def test_what_cannot_be_measured_is_no_pass(f, x):
    with pytest.raises((NoVerdictError, GradientError)) as caught:
        check_layer(lambda rng: Smooth(f, np.cos), x=np.array(x))
    assert isinstance(caught.value, NoVerdictError)


def test_an_infinite_output_has_no_slopes():
    with (
        np.errstate(over="ignore"),
        pytest.raises(
            NoVerdictError, match="y is not finite, so it has no slopes; use an x nearer"
        ),
    ):
        check_layer(lambda rng: Smooth(np.exp, np.exp), x=np.array([[1.0, 1e4]]))
