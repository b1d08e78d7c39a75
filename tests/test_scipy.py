"""Convolutions, and functions with tails, against scipy in float64.

scipy.signal has one image, one kernel, stride 1. A stride leaves out what lies between, channels
and images are sums and loops here, and a transposed convolution spreads its input by zeros.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from convolution_drawings import Drawn, convolutions, double
from fast_settings import both_maps
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import oracle

from minigan.activations import sigmoid, softplus
from minigan.conv import Conv2D
from minigan.cross_entropy import cross_entropy, softmax
from minigan.evaluation.mmd import mmd2, rbf
from minigan.evaluation.parzen import log_likelihoods
from minigan.initializers import normal
from minigan.objectives import MINIMAX, NON_SATURATING

signal, special = oracle("scipy", "scipy.signal"), oracle("scipy", "scipy.special")
pytestmark = [pytest.mark.oracle("scipy"), pytest.mark.usefixtures(both_maps.__name__)]
quick = settings(deadline=None, max_examples=60)


def assert_close(ours: Any, theirs: Any) -> None:
    """To 10⁻¹² of itself, or of the array's largest, whose terms cancel."""
    size = np.abs(theirs).max(initial=1)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12 * size)


def zeros_around(x: np.ndarray, pads: Any) -> np.ndarray:
    return np.pad(x, ((0, 0), *pads, (0, 0)))


def correlate(x: np.ndarray, W: np.ndarray, stride: Any) -> np.ndarray:
    """Σ over channels of correlate2d, whole windows only, of which each stride'th is kept."""
    (m, *_, c_in), c_out = x.shape, W.shape[3]
    maps = [
        [
            sum(signal.correlate2d(x[i, ..., a], W[..., a, o], "valid") for a in range(c_in))
            for o in range(c_out)
        ]
        for i in range(m)
    ]
    return np.moveaxis(np.array(maps), 1, -1)[:, :: stride[0], :: stride[1]]


def spread(y: np.ndarray, stride: Any) -> np.ndarray:
    """y with stride - 1 zeros between its pixels."""
    (m, h, w, c), (down, right) = y.shape, stride
    large = np.zeros((m, (h - 1) * down + 1, (w - 1) * right + 1, c))
    large[:, ::down, ::right] = y
    return large


def paint(y: np.ndarray, W: np.ndarray, stride: Any) -> np.ndarray:
    """Σ over channels of convolve2d, full: what a transposed convolution makes before it cuts."""
    y, (c_in, c_out) = spread(y, stride), W.shape[2:]
    images = [
        [
            sum(signal.convolve2d(y[i, ..., o], W[..., a, o], "full") for o in range(c_out))
            for a in range(c_in)
        ]
        for i in range(len(y))
    ]
    return np.moveaxis(np.array(images), 1, -1)


def cut(x: np.ndarray, pads: Any, size: Any) -> np.ndarray:
    """The image of that size between the pads; what no window saw is 0."""
    (top, _), (left, _) = pads
    (h, w), (bottom, right) = x.shape[1:3], (top + size[0], left + size[1])
    rest = (0, max(0, bottom - h)), (0, max(0, right - w))
    return zeros_around(x, rest)[:, top:bottom, left:right]


@quick
@given(drawn=convolutions(most_images=2, most_channels=3))
def test_conv_forward_and_both_gradients_are_correlate2d_and_convolve2d(drawn: Drawn) -> None:
    x, layer = drawn.arrays()[0], drawn.conv()
    W, b = layer.params["W"], layer.params["b"]
    y, cache = layer.forward(x)
    pads, stride = drawn.window.pads(drawn.size), drawn.stride
    padded = zeros_around(x, pads)
    assert_close(y, correlate(padded, W, stride) + b)
    dy = double(3).normal(y.shape)
    dx, grads = layer.backward(dy, cache)
    assert_close(dx, cut(paint(dy, W, stride), pads, drawn.size))
    d, dW = spread(dy, stride), np.zeros_like(W)
    for i, a, o in itertools.product(*map(range, (len(x), W.shape[2], W.shape[3]))):
        full = signal.correlate2d(padded[i, ..., a], d[i, ..., o], "valid")
        dW[..., a, o] += full[: W.shape[0], : W.shape[1]]  # the rest: pixels that no window saw
    assert_close(grads["W"], dW)
    assert_close(grads["b"], dy.sum(axis=(0, 1, 2)))


@quick
@given(drawn=convolutions(most_images=2, most_channels=3))
def test_conv_transpose_forward_is_convolve2d(drawn: Drawn) -> None:
    layer, y = drawn.transpose(), drawn.arrays()[2]
    size = drawn.window.image(y.shape[1:3])
    if min(size) < 1:
        return  # the pads cut all of it off
    painted = paint(y, layer.params["W"], drawn.stride)
    assert_close(layer(y), cut(painted, drawn.window.pads(size), size) + layer.params["b"])


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5, (2, 5), (4, 3)])
@pytest.mark.parametrize("mode", ["valid", "same", "full"])
def test_a_mode_of_correlate2d_is_a_pad(kernel: Any, mode: str) -> None:
    """Their "same" is ours: an even kernel's odd zero comes after the image."""
    kh, kw = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    pad = ((kh - 1, kh - 1), (kw - 1, kw - 1)) if mode == "full" else mode
    layer = Conv2D(1, 1, kernel, double(), pad=pad, W=normal(1.0))
    x, W = double(1).normal((1, 7, 6, 1)), layer.params["W"]
    assert_close(layer(x)[0, ..., 0], signal.correlate2d(x[0, ..., 0], W[..., 0, 0], mode))


TAILS = np.concatenate([np.linspace(-40, 40, 161), [-700.0, 700.0, -1e4, 1e4, 0.0, 1e-300]])


def test_sigmoid_is_expit_and_softplus_minus_log_expit() -> None:
    np.testing.assert_allclose(sigmoid(TAILS), special.expit(TAILS), rtol=4e-16)
    np.testing.assert_allclose(softplus(TAILS), -special.log_expit(-TAILS), rtol=4e-16)


def test_the_objectives_are_means_of_log_expit() -> None:
    np.testing.assert_allclose(MINIMAX.loss(TAILS), special.log_expit(-TAILS).mean(), rtol=1e-14)
    np.testing.assert_allclose(
        NON_SATURATING.loss(TAILS), -special.log_expit(TAILS).mean(), rtol=1e-14
    )
    np.testing.assert_allclose(
        NON_SATURATING.slope(TAILS) * len(TAILS), -special.expit(-TAILS), rtol=1e-15
    )


@quick
@given(seed=st.integers(0, 2**31), n=st.integers(2, 9), size=st.sampled_from([1.0, 30.0, 1e3]))
def test_softmax_and_cross_entropy(seed: int, n: int, size: float) -> None:
    rng = np.random.default_rng(seed)
    a, y = size * rng.normal(size=(5, n)), np.eye(n)[rng.integers(n, size=5)]
    # numbers under 10⁻³⁰⁰ have no digits to compare
    np.testing.assert_allclose(softmax(a), special.softmax(a, axis=1), rtol=1e-12, atol=1e-300)
    theirs = -(special.log_softmax(a, axis=1) * y).sum(axis=1).mean()
    np.testing.assert_allclose(cross_entropy(a, y), theirs, rtol=1e-12, atol=1e-15)


def test_mmd_is_made_of_cdists() -> None:
    cdist = oracle("scipy", "scipy.spatial.distance").cdist
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 7)), 0.3 + rng.normal(size=(30, 7))

    def k(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.exp(-cdist(a, b, "sqeuclidean") / 6.0)

    inside = [(k(a, a).sum() - len(a)) / (len(a) * (len(a) - 1)) for a in (x, y)]
    np.testing.assert_allclose(mmd2(x, y, rbf(6.0)), sum(inside) - 2 * k(x, y).mean(), rtol=1e-10)


def test_a_parzen_window_is_a_mean_of_normal_densities() -> None:
    stats = oracle("scipy", "scipy.stats")
    rng = np.random.default_rng(0)
    x, centres, sigma = rng.random((9, 5)), rng.random((11, 5)), 0.3
    densities = [stats.multivariate_normal(c, sigma**2).pdf(x) for c in centres]
    expected = np.log(np.mean(densities, axis=0))
    np.testing.assert_allclose(log_likelihoods(x, centres, [sigma])[0], expected, rtol=1e-12)
