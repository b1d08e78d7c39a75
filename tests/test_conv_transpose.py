"""Each sentence and formula about ConvTranspose2D holds, by the plain and by the fast maps."""

import numpy as np
import pytest
from convolution_by_definition import paint, same_pads
from convolution_drawings import UNEVEN, assert_same_numbers, convolutions, double, passes
from fast_settings import both_maps
from hypothesis import example, given, settings
from hypothesis import strategies as st

from minigan.conv import Conv2D, ConvTranspose2D
from minigan.patches import fold, unfold
from minigan.window import window

quick = settings(deadline=None, max_examples=60)
pytestmark = pytest.mark.usefixtures(both_maps.__name__)


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
    layer = drawn.transpose(extra)
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
    assert_same_numbers(layer(x), expected)


@quick
@given(transposed())
def test_the_gradient_of_a_transpose_comes_from_the_patches_of_dy(case):
    """y = fold(x Wᵀ) + b, dx = unfold(dy) W, dW = unfold(dy)ᵀ x, db = Σ dy"""
    drawn, extra, x = case
    layer = drawn.transpose(extra)
    y, dy, dx, grads = passes(layer, x)
    W = layer.params["W"].reshape(-1, drawn.n)
    P, rows = unfold(dy, drawn.window), x.reshape(-1, drawn.n)
    assert_same_numbers(
        y, fold((rows @ W.T).reshape(P.shape), y.shape, drawn.window) + layer.params["b"]
    )
    P = P.reshape(-1, W.shape[0])
    assert_same_numbers(dx.reshape(rows.shape), P @ W)
    assert_same_numbers(grads["W"].reshape(W.shape), P.T @ rows)
    assert_same_numbers(grads["b"], dy.sum(axis=(0, 1, 2)))


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
    conv = drawn.conv()
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
    assert_same_numbers(dx, Aty)
    assert_same_numbers(dy, Ax)
    assert_same_numbers(grads["W"], transposed_grads["W"])


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5, 6])
def test_at_stride_2_A_halves_an_image_and_At_doubles_one(kernel):
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
