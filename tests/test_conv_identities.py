"""Each sentence and formula in the docstring of Conv2D holds, by the plain and by the fast maps."""

import numpy as np
import pytest
from convolution_by_definition import convolve
from convolution_drawings import assert_same_numbers, convolutions, double, passes
from fast_settings import both_maps
from hypothesis import given, settings
from hypothesis import strategies as st

from minigan.conv import Conv2D, ConvTranspose2D
from minigan.dense import Dense
from minigan.patches import fold, unfold

quick = settings(deadline=None, max_examples=60)
seeds = st.integers(0, 2**31)
pytestmark = pytest.mark.usefixtures(both_maps.__name__)


@quick
@given(convolutions(most_images=2, most_channels=3))
def test_conv_is_the_sum_over_the_window(drawn):
    """y[r, q] = Σᵢⱼ x[r·s + i - top, q·s + j - left] W[i, j] + b,      x = 0 outside the image"""
    layer, (x, _, _) = drawn.conv(), drawn.arrays()
    W, b = layer.params["W"], layer.params["b"]
    assert_same_numbers(layer(x), convolve(x, W, drawn.stride, drawn.window.pads(drawn.size), b))


@quick
@given(convolutions())
def test_conv_is_a_dense_layer_on_the_rows_of_P(drawn):
    """P = unfold(x): y = P W + b, dW = Pᵀ dy, db = Σ dy, dx = fold(dy Wᵀ)"""
    layer, (x, _, _) = drawn.conv(), drawn.arrays()
    y, dy, dx, grads = passes(layer, x)
    P = unfold(x, drawn.window)
    W = layer.params["W"].reshape(-1, drawn.n)
    rows, dy_rows = P.reshape(-1, W.shape[0]), dy.reshape(-1, drawn.n)
    assert_same_numbers(y.reshape(-1, drawn.n), rows @ W + layer.params["b"])
    assert_same_numbers(grads["W"].reshape(W.shape), rows.T @ dy_rows)
    assert_same_numbers(grads["b"], dy.sum(axis=(0, 1, 2)))
    assert_same_numbers(dx, fold((dy_rows @ W.T).reshape(P.shape), x.shape, drawn.window))


def test_the_kernel_is_not_flipped():
    """It is a cross-correlation: the kernel is not flipped, as everywhere in this field."""
    layer = Conv2D(1, 1, 3, double())
    point = np.zeros((1, 5, 5, 1))
    point[0, 2, 2, 0] = 1
    seen = layer(point)[0, 1:4, 1:4, 0]
    np.testing.assert_array_equal(seen, layer.params["W"][::-1, ::-1, 0, 0])  # the point's position
    layer = ConvTranspose2D(1, 1, 3, double())
    painted = layer(point)[0, 1:4, 1:4, 0]
    np.testing.assert_array_equal(painted, layer.params["W"][:, :, 0, 0])


def test_a_convolution_with_kernel_1_is_a_dense_layer_on_the_pixels():
    conv, dense = Conv2D(3, 4, 1, double()), Dense(3, 4, double())
    dense.params["W"] = conv.params["W"][0, 0]
    x = double(1).normal((2, 5, 6, 3))
    assert_same_numbers(conv(x).reshape(-1, 4), dense(x.reshape(-1, 3)))


def test_a_window_as_large_as_the_image_is_a_dense_layer_on_the_image():
    conv = Conv2D(3, 4, (5, 6), double(), pad="valid")
    dense = Dense(90, 4, double())
    dense.params["W"] = conv.params["W"].reshape(90, 4)
    x = double(1).normal((2, 5, 6, 3))
    assert_same_numbers(conv(x).reshape(2, 4), dense(x.reshape(2, 90)))


@quick
@given(
    kernel=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    by=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    seed=seeds,
)
def test_shifting_x_by_a_stride_shifts_y_by_one(kernel, stride, by, seed):
    x = np.zeros((2, 24, 24, 2))
    x[:, 8:12, 8:12] = double(seed).normal((2, 4, 4, 2))  # the border never comes into play
    moved = np.roll(x, (by[0] * stride[0], by[1] * stride[1]), axis=(1, 2))
    layer = Conv2D(2, 3, kernel, double(seed), stride=stride, pad="valid")
    assert_same_numbers(layer(moved), np.roll(layer(x), by, axis=(1, 2)))
    layer = ConvTranspose2D(2, 3, kernel, double(seed), stride=stride, pad="valid")
    moved = np.roll(x, by, axis=(1, 2))
    shift = (by[0] * stride[0], by[1] * stride[1])
    assert_same_numbers(layer(moved), np.roll(layer(x), shift, axis=(1, 2)))


@quick
@given(convolutions())
def test_output_sizes_of_conv(drawn):
    """h_out = ⌊(top + h + bottom - kernel height) / stride⌋ + 1; "same": h_out = ⌈h / stride⌉"""
    (m, h, w, _), (sh, sw), (kh, kw) = drawn.shape, drawn.stride, drawn.kernel
    y = drawn.conv()(drawn.arrays()[0])
    (top, bottom), (left, right) = drawn.pad if isinstance(drawn.pad, tuple) else ((0, 0), (0, 0))
    size = (top + h + bottom - kh) // sh + 1, (left + w + right - kw) // sw + 1
    if drawn.pad == "same":
        size = -(-h // sh), -(-w // sw)
    assert y.shape == (m, *size, drawn.n)
