"""No right layer alarms, at whatever size, and check_layer leaves what it was given alone."""

import numpy as np
import pytest
from layers_table import LAYERS
from right_layers import SMOOTH, Smooth, Softmax, UnitLength

from minigan.activations import LeakyReLU, ReLU, Tanh
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.checks import GradientError, check_layer
from minigan.dense import Dense
from minigan.layer import Layer, Sequential
from minigan.maxout import Maxout


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("name", SMOOTH)
def test_a_right_layer_never_alarms(name, seed):
    f, slope, scales = SMOOTH[name]
    for scale in scales:
        with np.errstate(over="ignore"):
            rows = check_layer(
                lambda rng: Smooth(f, slope), (6, 5), seed=seed, input_scale=scale, modes=["eval"]
            )
        assert [row.verdict for row in rows] == ["ok"]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("make", "scale", "mean"),
    [
        (lambda rng: BatchNorm(4, rng), 1, 0),
        (lambda rng: BatchNorm(4, rng), 1, 1e6),
        (lambda rng: BatchNorm(4, rng), 1e-3, 0),
        (lambda rng: BatchNorm(4, rng), 1e-6, 0),
        (lambda rng: BatchNorm(4, rng), 1e4, 1e6),
        (lambda rng: Softmax(), 1, 0),
        (lambda rng: Softmax(), 30, 1e3),
        (lambda rng: UnitLength(), 1, 0),
        (lambda rng: UnitLength(), 1e-3, 0),
        (lambda rng: Sequential(Dense(4, 5, rng), BatchNorm(5, rng)), 1, 0),  # the true db is 0
        (lambda rng: Sequential(Dense(4, 20, rng), ReLU(), Dense(20, 1, rng)), 30, 0),
        (
            lambda rng: Sequential(Dense(4, 20, rng), LeakyReLU(), Dense(20, 9, rng), Maxout(3)),
            1,
            0,
        ),
    ],
)
def test_right_layers_at_awkward_sizes(make, scale, mean, seed):
    x = mean + scale * Random(seed, dtype="float64").normal((6, 4))
    assert all(row.verdict == "ok" for row in check_layer(make, x=x, seed=seed))


def test_a_layer_may_compute_more_than_it_is_asked_for():
    class Eager(Dense):
        def backward(self, dy, cache, *, need_dx=True, need_grads=True):
            return super().backward(dy, cache)

    assert all(row.verdict == "ok" for row in check_layer(lambda rng: Eager(3, 4, rng), (5, 3)))


class PReLU(Layer):
    """One slope for all that is negative: a parameter without axes."""

    def __init__(self, a):
        super().__init__()
        self.params["a"] = a

    def forward(self, x, train=True):
        return np.where(x > 0, x, self.params["a"] * x), x

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        slope = np.where(cache > 0, 1, self.params["a"]).astype(dy.dtype)
        return dy * slope, {"a": self.wrongly * (dy * np.minimum(cache, 0)).sum()}

    wrongly = 1


def test_a_parameter_may_have_no_axes(monkeypatch):
    def make(rng):
        return PReLU(rng.array(0.25))

    rows = check_layer(make, (4, 3))
    assert [(row.name, row.entry, row.shape, row.verdict) for row in rows[1::2]] == [
        ("a", "a", (), "ok")
    ] * 2
    monkeypatch.setattr(PReLU, "wrongly", 2)
    with pytest.raises(GradientError, match=r"the gradient for a is wrong: .* \(1 of 1 entries"):
        check_layer(make, (4, 3))


def test_a_numpy_scalar_is_no_parameter():
    with pytest.raises(
        TypeError, match=r"a is a NumPy scalar, expected an array, .* rng\.array\(\.\.\.\)\.$"
    ):
        check_layer(lambda rng: PReLU(rng.array(0.25) + 1), (4, 3))


def test_with_dy_1_a_batchnorm_without_its_variance_term_would_pass():
    """Σ y is the same whatever x is: with dy = 1 the truth is 0, and so is the wrong formula."""
    rng = Random(0, dtype="float64")
    x, layer = rng.normal((6, 3)), BatchNorm(3, rng)
    _, cache = layer.forward(x)
    *_, s, _ = cache
    off = {}
    for name, dy in (("dy = 1", np.ones((6, 3))), ("random dy", rng.normal((6, 3)))):
        without = layer.params["gamma"] / s * (dy - dy.mean(axis=0))
        off[name] = abs(without - layer.backward(dy, cache)[0]).max()
    assert off["dy = 1"] < 1e-15
    assert off["random dy"] > 0.1


def test_x_of_its_own_is_left_alone():
    x = Random(0, dtype="float64").normal((3, 2))
    before = x.copy()
    check_layer(lambda rng: Tanh(), x=x)
    np.testing.assert_array_equal(x, before)
    x.flags.writeable = False
    check_layer(lambda rng: Tanh(), x=x)


def test_the_same_seed_gives_the_same_table():
    make = next(make for name, make, _ in LAYERS if name == "Sequential, a generator")
    assert check_layer(make, (6, 3), seed=5) == check_layer(make, (6, 3), seed=5)
    assert check_layer(make, (6, 3), seed=5) != check_layer(make, (6, 3), seed=6)
