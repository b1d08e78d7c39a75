"""The image layers against PyTorch in float64: forward, dx, dW, db, for shapes that are drawn.

PyTorch is an oracle here and no dependency: without it these tests are skipped. Its convolutions
know one pad for both sides, so its images are padded before, or cut after; where it has the same
option as minigan, they are compared directly.
"""

import numpy as np
import pytest
from convolution_by_definition import same_pads
from convolution_drawings import convolutions, double
from fast_settings import both_maps
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import oracle

from minigan.conv import Conv2D, ConvTranspose2D
from minigan.initializers import normal
from minigan.upsampling import UpSampling2D

torch = oracle("torch")
F = torch.nn.functional

pytestmark = [pytest.mark.oracle("torch"), pytest.mark.usefixtures(both_maps.__name__)]
quick = settings(deadline=None, max_examples=80)


def first(h):
    """Channels-last to channels-first."""
    return h.permute(0, 3, 1, 2).contiguous()


def last(h):
    return h.permute(0, 2, 3, 1)


def kernel_of(W):
    """Our (kh, kw, c_in, c_out) to PyTorch's (c_out, c_in, kh, kw), and for a transpose ours
    (kh, kw, c_out, c_in) to its (c_in, c_out, kh, kw): the same turn."""
    return W.permute(3, 2, 0, 1).contiguous()


def numeric_pads(pad, size, kernel, stride):
    """((top, bottom), (left, right)) for an image of this size, not by minigan's rule."""
    if pad == "same":
        axes = zip(size, kernel, stride, strict=True)
        return tuple(same_pads(n, k, s) for n, k, s in axes)
    return pad if isinstance(pad, tuple) else ((0, 0), (0, 0))


def compare(layer, x, theirs):
    """y, dx, dW and db of the layer, and of theirs(x, params) by autograd, for a random dy."""
    y, cache = layer.forward(x)
    dy = double(5).normal(y.shape)
    dx, grads = layer.backward(dy, cache)
    leaves = {name: torch.tensor(a, requires_grad=True) for name, a in layer.params.items()}
    leaves["x"] = torch.tensor(x, requires_grad=True)
    out = theirs(leaves["x"], leaves.get("W"), leaves.get("b"))
    found = torch.autograd.grad(out, list(leaves.values()), torch.tensor(dy))
    ours = grads | {"x": dx}
    assert ours.keys() == leaves.keys()
    np.testing.assert_allclose(y, out.detach().numpy(), rtol=1e-11, atol=1e-12)
    for name, g in zip(leaves, found, strict=True):
        np.testing.assert_allclose(ours[name], g.numpy(), rtol=1e-11, atol=1e-11, err_msg=name)


@quick
@given(drawn=convolutions(), bias=st.booleans())
def test_conv(drawn, bias):
    (top, bottom), (left, right) = numeric_pads(drawn.pad, drawn.size, drawn.kernel, drawn.stride)

    def theirs(x, W, b):
        x = F.pad(first(x), (left, right, top, bottom))
        return last(F.conv2d(x, kernel_of(W), b, stride=drawn.stride))

    layer = drawn.conv(bias)
    compare(layer, drawn.arrays()[0], theirs)


@st.composite
def transposes(draw):
    """A drawn convolution, output_pad, and sides of x: padding cuts off 8 of y's pixels at most."""
    drawn = draw(convolutions(least_images=1))
    extra = (0, 0)
    if drawn.pad != "same":
        extra = tuple(draw(st.integers(0, s - 1)) for s in drawn.stride)
    return drawn, extra, draw(st.integers(9, 11)), draw(st.integers(9, 11))


@quick
@given(case=transposes(), bias=st.booleans())
def test_conv_transpose(case, bias):
    drawn, extra, h, w = case
    (kh, kw), (sh, sw) = drawn.kernel, drawn.stride
    pads = numeric_pads(drawn.pad, (h * sh, w * sw), drawn.kernel, drawn.stride)
    (top, bottom), (left, right) = pads
    full = (h - 1) * sh + kh, (w - 1) * sw + kw
    size = full[0] - top - bottom + extra[0], full[1] - left - right + extra[1]
    if drawn.pad == "same":
        size = h * sh, w * sw

    def theirs(x, W, b):
        y = F.conv_transpose2d(first(x), kernel_of(W), stride=drawn.stride)
        assert y.shape[2:] == full
        rest = size[1] + left - full[1], size[0] + top - full[0]  # cut off where it is negative
        y = last(F.pad(y, (-left, rest[0], -top, rest[1])))
        return y if b is None else y + b

    layer = drawn.transpose(extra, bias)
    compare(layer, double(drawn.seed).normal((drawn.shape[0], h, w, drawn.n)), theirs)


pairs = st.tuples(st.integers(1, 5), st.integers(1, 5))


@quick
@given(kernel=pairs, stride=pairs, data=st.data())
def test_pads_and_output_pads_that_both_know(kernel, stride, data):
    pad = tuple(data.draw(st.integers(0, k // 2)) for k in kernel)
    extra = tuple(data.draw(st.integers(0, s - 1)) for s in stride)
    options = {"stride": stride, "pad": tuple((p, p) for p in pad), "b": normal(0.5)}
    x = double(1).normal((2, 6, 7, 3))
    compare(
        Conv2D(3, 2, kernel, double(), **options),
        x,
        lambda x, W, b: last(F.conv2d(first(x), kernel_of(W), b, stride, pad)),
    )
    compare(
        ConvTranspose2D(3, 2, kernel, double(), output_pad=extra, **options),
        x,
        lambda x, W, b: last(
            F.conv_transpose2d(first(x), kernel_of(W), b, stride, pad, output_padding=extra)
        ),
    )


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5, 6, (2, 5), (4, 3)])
def test_same_at_stride_1_is_theirs(kernel):
    compare(
        Conv2D(2, 3, kernel, double(), b=normal(0.5)),
        double(1).normal((2, 6, 7, 2)),
        lambda x, W, b: last(F.conv2d(first(x), kernel_of(W), b, padding="same")),
    )


@pytest.mark.parametrize("factor", [1, 2, 3, (1, 2), (3, 1), (2, 4)])
def test_upsampling(factor):
    compare(
        UpSampling2D(factor),
        double(1).normal((2, 3, 4, 2)),
        lambda x, W, b: last(F.interpolate(first(x), scale_factor=factor, mode="nearest")),
    )
