"""Each sentence and formula in the docstrings of Conv2D, ConvTranspose2D and UpSampling2D holds."""

import numpy as np
import pytest
from convolution_by_definition import block_sums, convolve, paint, same_pads
from convolution_drawings import UNEVEN, convolutions
from hypothesis import example, given, settings
from hypothesis import strategies as st

from minigan.backend import Random
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.dense import Dense
from minigan.patches import fold, unfold
from minigan.upsampling import UpSampling2D
from minigan.window import window

quick = settings(deadline=None, max_examples=60)
seeds = st.integers(0, 2**31)


def double(seed=0):
    return Random(seed, dtype="float64")


def drawn_bias(rng, shape):
    return rng.normal(shape)


def conv_of(drawn):
    """The drawn convolution as a layer from c to n channels, with a bias that is not 0."""
    return Conv2D(
        *(drawn.shape[3], drawn.n, drawn.kernel, double(drawn.seed)),
        stride=drawn.stride,
        pad=drawn.pad,
        b=drawn_bias,
    )


def transpose_of(drawn, output_pad=0):
    """Its transpose, from n to c channels."""
    return ConvTranspose2D(
        *(drawn.n, drawn.shape[3], drawn.kernel, double(drawn.seed)),
        stride=drawn.stride,
        pad=drawn.pad,
        output_pad=output_pad,
        b=drawn_bias,
    )


def passes(layer, x, dy_seed=1):
    """y, dy, dx and the gradients of one forward and one backward."""
    y, cache = layer.forward(x)
    dy = double(dy_seed).normal(y.shape)
    return y, dy, *layer.backward(dy, cache)


def same_numbers(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-12)


# --- Conv2D ---------------------------------------------------------------------------------------


@quick
@given(convolutions(most_images=2, most_channels=3))
def test_conv_is_the_sum_over_the_window(drawn):
    """y[r, q] = Σᵢⱼ x[r·s + i - top, q·s + j - left] W[i, j] + b,      x = 0 outside the image"""
    layer, (x, _, _) = conv_of(drawn), drawn.arrays()
    W, b = layer.params["W"], layer.params["b"]
    same_numbers(layer(x), convolve(x, W, drawn.stride, drawn.window.pads(drawn.size), b))


@quick
@given(convolutions())
def test_conv_is_a_dense_layer_on_the_rows_of_P(drawn):
    """P = unfold(x): y = P W + b, dW = Pᵀ dy, db = Σ dy, dx = fold(dy Wᵀ)"""
    layer, (x, _, _) = conv_of(drawn), drawn.arrays()
    y, dy, dx, grads = passes(layer, x)
    P = unfold(x, drawn.window)
    W = layer.params["W"].reshape(-1, drawn.n)
    rows, dy_rows = P.reshape(-1, W.shape[0]), dy.reshape(-1, drawn.n)
    same_numbers(y.reshape(-1, drawn.n), rows @ W + layer.params["b"])
    same_numbers(grads["W"].reshape(W.shape), rows.T @ dy_rows)
    same_numbers(grads["b"], dy.sum(axis=(0, 1, 2)))
    same_numbers(dx, fold((dy_rows @ W.T).reshape(P.shape), x.shape, drawn.window))


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
    same_numbers(conv(x).reshape(-1, 4), dense(x.reshape(-1, 3)))


def test_a_window_as_large_as_the_image_is_a_dense_layer_on_the_image():
    conv = Conv2D(3, 4, (5, 6), double(), pad="valid")
    dense = Dense(90, 4, double())
    dense.params["W"] = conv.params["W"].reshape(90, 4)
    x = double(1).normal((2, 5, 6, 3))
    same_numbers(conv(x).reshape(2, 4), dense(x.reshape(2, 90)))


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
    same_numbers(layer(moved), np.roll(layer(x), by, axis=(1, 2)))
    layer = ConvTranspose2D(2, 3, kernel, double(seed), stride=stride, pad="valid")
    moved = np.roll(x, by, axis=(1, 2))
    shift = (by[0] * stride[0], by[1] * stride[1])
    same_numbers(layer(moved), np.roll(layer(x), shift, axis=(1, 2)))


@quick
@given(convolutions())
def test_output_sizes_of_conv(drawn):
    """h_out = ⌊(top + h + bottom - kernel height) / stride⌋ + 1; "same": h_out = ⌈h / stride⌉"""
    (m, h, w, _), (sh, sw), (kh, kw) = drawn.shape, drawn.stride, drawn.kernel
    y = conv_of(drawn)(drawn.arrays()[0])
    (top, bottom), (left, right) = drawn.pad if isinstance(drawn.pad, tuple) else ((0, 0), (0, 0))
    size = (top + h + bottom - kh) // sh + 1, (left + w + right - kw) // sw + 1
    if drawn.pad == "same":
        size = -(-h // sh), -(-w // sw)
    assert y.shape == (m, *size, drawn.n)


# --- ConvTranspose2D ------------------------------------------------------------------------------


@st.composite
def transposed(draw):
    """A drawn convolution, an output_pad, and an x for its transpose."""
    drawn = draw(convolutions(most_images=2, most_channels=3))
    extra = (0, 0)
    if drawn.pad != "same":
        extra = tuple(draw(st.integers(0, s - 1)) for s in drawn.stride)
    size = drawn.window.image(drawn.size, extra)
    if min(size) < 1:  # padding would cut off all of y
        drawn = type(drawn)(drawn.kernel, drawn.stride, "valid", drawn.shape, drawn.n, drawn.seed)
    x = double(drawn.seed).child("x").normal((*drawn.shape[:3], drawn.n))
    return drawn, extra, x


@quick
@given(transposed())
def test_each_pixel_paints_a_patch(case):
    """x[r, q] W[i, j]ᵀ is added to y[r·s + i - top, q·s + j - left] for every tap (i, j)"""
    drawn, extra, x = case
    layer = transpose_of(drawn, extra)
    (_, h, w, _), (kh, kw), (sh, sw) = drawn.shape, drawn.kernel, drawn.stride
    if drawn.pad == "same":
        size = h * sh, w * sw
        pads = same_pads(size[0], kh, sh), same_pads(size[1], kw, sw)
    else:
        pads = drawn.pad if isinstance(drawn.pad, tuple) else ((0, 0), (0, 0))
        size = (
            (h - 1) * sh + kh - sum(pads[0]) + extra[0],
            (w - 1) * sw + kw - sum(pads[1]) + extra[1],
        )
    expected = paint(x, layer.params["W"], drawn.stride, pads, size, layer.params["b"])
    assert layer(x).shape == expected.shape  # h_out, with output_pad at the bottom and right
    same_numbers(layer(x), expected)


@quick
@given(transposed())
def test_the_gradient_of_a_transpose_comes_from_the_patches_of_dy(case):
    """y = fold(x Wᵀ) + b, dx = unfold(dy) W, dW = unfold(dy)ᵀ x, db = Σ dy"""
    drawn, extra, x = case
    layer = transpose_of(drawn, extra)
    y, dy, dx, grads = passes(layer, x)
    W = layer.params["W"].reshape(-1, drawn.n)
    P, rows = unfold(dy, drawn.window), x.reshape(-1, drawn.n)
    same_numbers(y, fold((rows @ W.T).reshape(P.shape), y.shape, drawn.window) + layer.params["b"])
    P = P.reshape(-1, W.shape[0])
    same_numbers(dx.reshape(rows.shape), P @ W)
    same_numbers(grads["W"].reshape(W.shape), P.T @ rows)
    same_numbers(grads["b"], dy.sum(axis=(0, 1, 2)))


@quick
@given(convolutions())
@example(UNEVEN)
def test_each_is_the_others_adjoint(drawn):
    """A Conv2D goes forward by A and its gradient comes back by Aᵀ; a ConvTranspose2D, vice versa.

    With the weights in common and no bias: forward of one = dx of the other, dW the same with x and
    dy exchanged. output_pad says which of the s sizes that A maps onto one to go back to.
    """
    x, W, y = drawn.arrays()
    pad, smallest = drawn.pad, drawn.window.image(y.shape[1:3])
    if pad == "same":  # a transpose goes back to h · stride; to another h by the pads in numbers
        pad = drawn.window.pads(drawn.size)
        smallest = window(drawn.kernel, drawn.stride, pad).image(y.shape[1:3])
    extra = tuple(n - least for n, least in zip(drawn.size, smallest, strict=True))
    conv = conv_of(drawn)
    transpose = ConvTranspose2D(
        *(drawn.n, drawn.shape[3], drawn.kernel, double()),
        stride=drawn.stride,
        pad=pad,
        output_pad=extra,
    )
    conv.params["W"] = transpose.params["W"] = W
    conv.params["b"][...] = 0
    Ax, cache = conv.forward(x)
    Aty, transposed_cache = transpose.forward(y)
    assert Aty.shape == x.shape
    dx, grads = conv.backward(y, cache)
    dy, transposed_grads = transpose.backward(x, transposed_cache)
    same_numbers(dx, Aty)
    same_numbers(dy, Ax)
    same_numbers(grads["W"], transposed_grads["W"])


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5, 6])
def test_with_a_stride_of_2_A_halves_an_image_and_At_doubles_one(kernel):
    x = double().normal((2, 8, 6, 1))
    assert Conv2D(1, 1, kernel, double(), stride=2)(x).shape == (2, 4, 3, 1)
    assert ConvTranspose2D(1, 1, kernel, double(), stride=2)(x).shape == (2, 16, 12, 1)


def test_a_transposed_convolution_does_not_undo_a_convolution():
    x = double().normal((1, 6, 6, 1))
    conv = Conv2D(1, 1, 3, double())
    transpose = ConvTranspose2D(1, 1, 3, double())
    transpose.params["W"] = conv.params["W"]
    assert abs(transpose(conv(x)) - x).max() > 0.1


@pytest.mark.parametrize("stride", [1, 2, 3, 5])
def test_output_pad_names_each_of_the_s_sizes_that_map_onto_one(stride):
    """a convolution of stride s maps s sizes onto one, and this says which of them to go back to"""
    x, sizes = double().normal((1, 4, 4, 1)), []
    conv = Conv2D(1, 1, 3, double(), stride=stride, pad=1)
    for extra in range(stride):
        up = ConvTranspose2D(1, 1, 3, double(), stride=stride, pad=1, output_pad=extra)
        assert conv(up(x)).shape == x.shape
        sizes.append(up(x).shape[1])
    assert sizes == list(range(sizes[0], sizes[0] + stride))


def test_output_pad_adds_at_the_bottom_and_on_the_right():
    x = double().normal((1, 3, 3, 1))
    plain = ConvTranspose2D(1, 1, 2, double(), stride=3, pad=0)
    more = ConvTranspose2D(1, 1, 2, double(), stride=3, pad=0, output_pad=(2, 1))
    np.testing.assert_array_equal(more(x)[:, :-2, :-1], plain(x))
    assert not more(x)[:, -2:].any()
    assert not more(x)[:, :, -1:].any()


# --- UpSampling2D ---------------------------------------------------------------------------------

factors = st.tuples(st.integers(1, 4), st.integers(1, 4))
images = st.tuples(*[st.integers(1, 4)] * 4)


@quick
@given(factor=factors, shape=images, seed=seeds)
def test_upsampling_repeats_and_its_backward_is_the_block_sum(factor, shape, seed):
    """y[r, q] = x[⌊r / factor⌋, ⌊q / factor⌋]    dx[r, q] = Σ dy over the block"""
    (down, right), x = factor, double(seed).normal(shape)
    y, dy, dx, grads = passes(UpSampling2D(factor), x, dy_seed=seed)
    assert y.shape == (shape[0], shape[1] * down, shape[2] * right, shape[3])
    for r in range(y.shape[1]):
        for q in range(y.shape[2]):
            np.testing.assert_array_equal(y[:, r, q], x[:, r // down, q // right])
    same_numbers(dx, block_sums(dy, down, right))
    assert grads == {}


def test_upsampling_in_numbers():
    x = np.arange(1.0, 5.0).reshape(1, 2, 2, 1)
    y, cache = UpSampling2D(2).forward(x)
    assert y[0, :, :, 0].tolist() == [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]
    dy = np.arange(16.0).reshape(1, 4, 4, 1)
    assert UpSampling2D(2).backward(dy, cache)[0][0, :, :, 0].tolist() == [[10, 18], [42, 50]]
    assert UpSampling2D((1, 2))(x)[0, :, :, 0].tolist() == [[1, 1, 2, 2], [3, 3, 4, 4]]
    assert UpSampling2D((2, 1))(x)[0, :, :, 0].tolist() == [[1, 2], [1, 2], [3, 4], [3, 4]]


@quick
@given(factor=factors, shape=images, seed=seeds)
def test_upsampling_and_its_block_sum_are_adjoint(factor, shape, seed):
    """⟨U x, dy⟩ = ⟨x, Uᵀ dy⟩"""
    x = double(seed).normal(shape)
    y, dy, dx, _ = passes(UpSampling2D(factor), x, dy_seed=seed)
    assert abs((y * dy).sum() - (x * dx).sum()) <= 1e-13 * max(1, abs(y * dy).sum())


def test_upsampling_is_a_transposed_convolution_with_a_kernel_of_ones():
    x = double().normal((2, 3, 4, 2))
    up = ConvTranspose2D(2, 2, 3, double(), stride=3, pad=0)
    up.params["W"][...] = np.eye(2)
    same_numbers(UpSampling2D(3)(x), up(x))
