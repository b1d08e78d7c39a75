"""BatchNorm far from 0: means of 1e4 to 1e8 and deviations of 1 and 0.01 lose no digits.

The reference is that of the same given numbers. c, the mean that they were drawn around, is taken
away first, which is exact (x and c are within a factor of 2 of each other), and what is left is
computed with 11 bits more than float64 has. Every bound is in units of the dtype's eps, 1.2e-7 or
2.2e-16, of what the number is made of:

    y              of 1 + |γ x̂| + |β|
    dx             of the largest γ/s · |dy| of the channel
    dγ, dβ         of Σ |dy ∘ x̂|, Σ |dy|
    the running    of themselves
"""

import numpy as np
import pytest
import standin

from minigan.backend import Random, to_host
from minigan.batchnorm import BatchNorm
from minigan.blocks import WHOLE

kernels_double = standin.kernels_double

LONG = np.longdouble
CASES = [
    *(("float32", mean, deviation) for mean, deviation in ((1e4, 1), (1e6, 1), (1e4, 0.01))),
    *(("float64", mean, deviation) for mean in (1e4, 1e6, 1e8) for deviation in (1, 0.01)),
]
SMALL = [(2, 3), (64, 3), (5, 4, 4, 3)]  # two rows: x̂ is ±1, and dx nearly 0
LARGE = [(WHOLE + 1, 1), (1000, 200), (60, 30, 30, 4)]  # in blocks, on all threads
BOUNDS = {"y": 4, "dx": 4, "gamma": 8, "beta": 8, "running_mean": 2, "running_var": 2}

longer_than_double = pytest.mark.skipif(
    np.finfo(LONG).eps > 2e-19, reason="long double is no longer than double here"
)


def exact(layer, x, dy, c):
    """What is to come out and what its error is measured in: {name: (value, unit)}."""
    gamma, beta, eps = (LONG(a) for a in (layer.params["gamma"], layer.params["beta"], layer.eps))
    d = LONG(x.astype(float) - c).reshape(-1, x.shape[-1])
    dy = LONG(dy).reshape(d.shape)
    mean = d.mean(axis=0)
    var = ((d - mean) ** 2).mean(axis=0)
    s = np.sqrt(var + eps)
    x_hat = (d - mean) / s
    y = gamma * x_hat + beta
    dx = gamma / s * (dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0))
    old = LONG(layer.decay)
    running_mean, running_var = (1 - old) * (mean + c), old + (1 - old) * var
    return {
        "y": (y.reshape(x.shape), (1 + abs(gamma * x_hat) + abs(beta)).reshape(x.shape)),
        "dx": (dx.reshape(x.shape), abs(gamma / s * dy).max(axis=0)),
        "gamma": ((dy * x_hat).sum(axis=0), abs(dy * x_hat).sum(axis=0)),
        "beta": (dy.sum(axis=0), abs(dy).sum(axis=0)),
        "running_mean": (running_mean, abs(running_mean)),
        "running_var": (running_var, running_var),
    }


def assert_exact(dtype, mean, deviation, shape, device="cpu"):
    rng = Random(1, dtype="float64")
    x = (mean + deviation * rng.normal(shape)).astype(dtype)
    dy = (1 + rng.normal(shape)).astype(dtype)
    there = Random(2, device, dtype)
    layer = BatchNorm(shape[-1], there, decay=0.9)
    for array in layer.params.values():
        array += 0.5 * there.normal(array.shape)
    y, cache = layer.forward(there.array(x))
    dx, grads = layer.backward(there.array(dy), cache)
    found = {"y": y, "dx": dx, **grads, **layer.buffers}
    for own in (layer.params, layer.buffers):
        own.update({name: to_host(a) for name, a in own.items()})
    for name, (value, unit) in exact(layer, x, dy, mean).items():
        array = to_host(found[name])
        assert array.dtype == dtype
        error = float((abs(LONG(array) - value) / unit).max() / np.finfo(dtype).eps)
        assert error <= BOUNDS[name], f"{name} is off by {error:.1f} eps"


@longer_than_double
@pytest.mark.parametrize("shape", SMALL + LARGE, ids=str)
@pytest.mark.parametrize(("dtype", "mean", "deviation"), CASES)
def test_batchnorm_is_exact_to_a_few_eps_where_the_mean_is_large(dtype, mean, deviation, shape):
    assert_exact(dtype, mean, deviation, shape)


@longer_than_double
@pytest.mark.parametrize("shape", [*SMALL, (300, 3), (20, 16, 16, 2)], ids=str)
@pytest.mark.parametrize(("dtype", "mean", "deviation"), CASES)
def test_batchnorms_kernels_are_exact_to_a_few_eps(kernels_double, dtype, mean, deviation, shape):
    assert_exact(dtype, mean, deviation, shape, device="cuda")
