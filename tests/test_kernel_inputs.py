"""What kernels are handed: arrays that are not contiguous, and numbers that are none."""

import numpy as np
import pytest
import standin
from cupy_device import DEVICE
from cupy_standin import CUPY

from minigan.activations import LeakyReLU, ReLU, Sigmoid, Tanh, sigmoid, softplus
from minigan.backend import Random, to_host
from minigan.batchnorm import BatchNorm
from minigan.blocks import elementwise
from minigan.cuda import patches
from minigan.dropout import Dropout
from minigan.maxout import Maxout
from minigan.objectives import minimax_slope, non_saturating_slope, value_slopes
from minigan.patches import fold
from minigan.upsampling import UpSampling2D
from minigan.window import Window

ACTIVATIONS = [ReLU(), LeakyReLU(0.2), Sigmoid(), Tanh()]
LAYERS = [*ACTIVATIONS, UpSampling2D(2), Maxout(2), BatchNorm(6, Random(0, dtype="float64"))]

kernels_double = standin.kernels_double  # conftest.py's, which mutants do without


def spread(host):
    """The same numbers as every second one of an array that has a NaN between each two."""
    wide = np.full((*host.shape[:-1], 2 * host.shape[-1]), np.nan, host.dtype)
    wide[..., ::2] = host
    return CUPY.asarray(wide)[..., ::2]


def there(layer):
    """The layer, or one like it whose arrays are on the device."""
    if isinstance(layer, BatchNorm):
        return BatchNorm(6, Random(0, "cuda", "float64"))
    return layer


@pytest.mark.parametrize("layer", LAYERS, ids=repr)
def test_views_are_as_good_as_contiguous_arrays(kernels_double, layer):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, 2, 2, 6) if isinstance(layer, UpSampling2D) else (5, 6))
    expected, cache = layer.forward(x)
    dy = rng.normal(size=expected.shape)
    y, tape = there(layer).forward(spread(x))
    np.testing.assert_allclose(to_host(y), expected, rtol=1e-12, atol=1e-12)
    dx, _ = there(layer).backward(spread(dy), tape)
    np.testing.assert_allclose(to_host(dx), layer.backward(dy, cache)[0], rtol=1e-12, atol=1e-12)


def test_patches_may_be_a_view(kernels_double):
    window, p = (
        Window((2, 2), (1, 1), "valid"),
        np.random.default_rng(0).normal(size=(2, 3, 3, 2, 2, 1)),
    )
    found = patches.fold(spread(p), (2, 4, 4, 1), window)
    np.testing.assert_array_equal(to_host(found), fold(p, (2, 4, 4, 1), window))


@pytest.mark.parametrize(
    "phi",
    [*(layer.forward for layer in ACTIVATIONS), lambda x: (softplus(x), 0)],
    ids=["ReLU", "LeakyReLU", "Sigmoid", "Tanh", "softplus"],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_nan_stays_one(kernels_double, phi, dtype):
    """As it does in NumPy: a training run that has broken down must not look sound."""
    x = np.array([np.nan, 1.0, -np.inf, np.inf], dtype)
    expected, y = phi(x)[0], to_host(phi(CUPY.asarray(x))[0])
    np.testing.assert_array_equal(np.isnan(y), np.isnan(expected))
    np.testing.assert_allclose(y, expected, rtol=1e-6)


def test_arrays_of_several_shapes_are_refused(kernels_double):
    """A kernel would read beyond the smaller one."""
    y, dy = CUPY.ones((4, 6)), CUPY.ones((4, 1))
    with pytest.raises(ValueError, match=r"kernel tanh_backward: the arrays have shapes"):
        elementwise(lambda dy, y: dy * (1 - y * y), dy, y, kernel="tanh_backward")


@pytest.mark.parametrize("phi", ACTIVATIONS, ids=repr)
def test_an_activation_and_its_slope_are_a_launch_each(kernels_double, phi):
    DEVICE.reset()
    y, cache = phi.forward(CUPY.asarray(np.ones((4, 3), np.float32)))
    phi.backward(y, cache)
    assert DEVICE.launches.total() == 2


def test_dropouts_products_are_a_launch_each(kernels_double):
    layer = Dropout(0.5, Random(0, "cuda"))
    _, mask = layer.forward(CUPY.asarray(np.ones((4, 3), np.float32)))
    DEVICE.reset()
    layer.backward(CUPY.asarray(np.ones((4, 3), np.float32)), mask)
    assert DEVICE.launches.total() == 1


@pytest.mark.parametrize(
    ("formula", "launches"),
    [
        (softplus, 1),
        (sigmoid, 1),
        (minimax_slope, 1),
        (non_saturating_slope, 1),
        (lambda a: value_slopes(a, a), 2),
        (lambda a: value_slopes(a, a, 0.9), 2),
    ],
)
def test_a_formula_of_logits_is_one_launch(kernels_double, formula, launches):
    a = CUPY.asarray(np.ones((4, 1), np.float32))
    DEVICE.reset()
    formula(a)
    assert DEVICE.launches.total() == launches
