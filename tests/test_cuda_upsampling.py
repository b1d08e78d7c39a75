"""UpSampling2D and the phases of Upsampled by kernels: what the plain formulas give."""

import numpy as np
import pytest
from cupy_device import DEVICE
from cupy_standin import CUPY
from hypothesis import example, given, settings
from hypothesis import strategies as st
from kernels_on_double import both_ways, on_the_double, there
from test_upsampling_and_convolution import make, nets, random_dy

from minigan.backend import Random
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.cuda import upsampling
from minigan.layer import Sequential
from minigan.upsampled import Phases
from minigan.upsampling import UpSampling2D

pytestmark = pytest.mark.usefixtures(on_the_double.__name__)
quick = settings(deadline=None, max_examples=100)
factors = st.tuples(st.integers(1, 4), st.integers(1, 4))
images = st.tuples(st.integers(1, 3), *[st.integers(1, 4)] * 3)

UNEVEN = (3, 2), (2, 3, 4, 5)  # a factor and a shape


def numbers(shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


@quick
@given(factor=factors, shape=images)
@example(*UNEVEN)
def test_upsampling_gives_the_plain_numbers(factor, shape):
    """Bit for bit; its backward sums in another order."""
    layer, x = UpSampling2D(factor), numbers(shape)
    expected, cache = layer.forward(x)
    dy = numbers(expected.shape, 1)
    y, _ = layer.forward(there(x))
    dx, _ = layer.backward(there(dy), cache)
    np.testing.assert_array_equal(y.get(), expected)
    np.testing.assert_allclose(dx.get(), layer.backward(dy, cache)[0], rtol=1e-13, atol=1e-13)


def test_each_way_of_upsampling_is_one_launch():
    layer, x = UpSampling2D((2, 3)), there(numbers((2, 3, 4, 5)))
    DEVICE.reset()
    y, cache = layer.forward(x)
    assert DEVICE.launches == {"repeat": 1}
    layer.backward(y, cache)
    assert DEVICE.launches == {"repeat": 1, "block_sums": 1}


# --- a block's pixels side by side ----------------------------------------------------------------


@st.composite
def block_images(draw):
    """(factor, shape of y, blocks): the last blocks may stand out of y, by less than one."""
    factor = draw(factors)
    m, height, width, c = draw(images)
    return factor, (m, height, width, c), (-(-height // factor[0]), -(-width // factor[1]))


def in_blocks(y, factor, blocks):
    """By the definition: d[image, r, q, φ, ψ] = y[image, r·f + φ, q·g + ψ], or 0 outside y."""
    (f, g), (rows, columns), (m, height, width, c) = factor, blocks, y.shape
    d = np.zeros((m, rows, columns, f, g, c))
    for row, column in np.ndindex(height, width):
        d[:, row // f, column // g, row % f, column % g] = y[:, row, column]
    return d.reshape(m, rows, columns, f * g * c)


OUTSTANDING = (2, 3), (2, 5, 4, 3), (3, 2)


@quick
@given(block_images())
@example(OUTSTANDING)
def test_pixels_are_put_side_by_side_and_back(case):
    factor, shape, blocks = case
    y = numbers(shape)
    d = in_blocks(y, factor, blocks)
    np.testing.assert_array_equal(
        upsampling.side_by_side(there(y), blocks, factor).get(), d, strict=True
    )
    np.testing.assert_array_equal(
        upsampling.interleave(there(d), shape[1:3], factor).get(), y, strict=True
    )


def test_the_order_of_the_threads_does_not_matter():
    factor, shape, blocks = OUTSTANDING
    y, x = there(numbers(shape)), there(numbers(UNEVEN[1]))
    d = upsampling.side_by_side(y, blocks, factor)
    up = upsampling.repeat(x, UNEVEN[0])
    for compute in (
        lambda: upsampling.side_by_side(y, blocks, factor).get(),
        lambda: upsampling.interleave(d, shape[1:3], factor).get(),
        lambda: upsampling.repeat(x, UNEVEN[0]).get(),
        lambda: upsampling.block_sums(up, UNEVEN[0]).get(),
    ):
        first, second = both_ways(compute)
        np.testing.assert_array_equal(first, second)


# --- the weights of the phases, and both layers as one --------------------------------------------

PADS = {"pad": ((0, 2), (1, 0)), "stride": 1, "bias": True}
FEW = {
    "Conv2D": ((2, 3), Conv2D, (5, 4), PADS, (2, 6, 7, 3), 2, 0),
    "ConvTranspose2D": ((3, 2), ConvTranspose2D, (4, 5), PADS, (2, 6, 7, 2), 3, 1),
    "same": (2, Conv2D, 5, PADS | {"pad": "same"}, (3, 6, 6, 4), 1, 2),
    "same, transposed": (2, ConvTranspose2D, 5, PADS | {"pad": "same"}, (3, 7, 6, 1), 4, 3),
    "cut off": (1, ConvTranspose2D, 1, {"pad": ((0, 0), (1, 0))}, (1, 6, 6, 1), 1, 4),
}
a_few = pytest.mark.parametrize("case", FEW.values(), ids=FEW)


def moved(conv, copied):
    """The convolution with its parameters on the device."""
    copied.params = {name: there(theta) for name, theta in conv.params.items()}
    return copied


def check_the_weights(case):
    """V' and dV of the kernels are those of the 0/1 matrices."""
    (up, conv, x), (_, other, _) = make(case), make(case)
    here, device = Phases(x, up, conv), Phases(there(x), up, moved(conv, other))
    small = here.weights()
    np.testing.assert_allclose(device.weights().get(), small, rtol=1e-13, atol=1e-13)
    dsmall = numbers(small.shape, 1)
    dW = device.gradient(there(dsmall)).get()
    np.testing.assert_allclose(dW, here.gradient(dsmall), rtol=1e-13, atol=1e-13)


@a_few
def test_weights_of_the_phases_for_a_few_windows(case):
    check_the_weights(case)


@quick
@given(nets())
def test_weights_of_the_phases(case):
    if case[3]["stride"] == 1:
        check_the_weights(case)


@a_few
def test_weights_of_the_phases_in_any_order_of_the_threads(case):
    up, conv, x = make(case)
    device = Phases(there(x), up, moved(conv, conv))
    dsmall = there(numbers(device.weights().shape, 1))
    for compute in (device.weights, lambda: device.gradient(dsmall)):
        first, second = both_ways(lambda compute=compute: compute().get())
        np.testing.assert_array_equal(first, second)


def check_one_network_equals_two_layers(case):
    """On the device as one, on the host by two layers, each called for itself."""
    (up, conv, x), (_, other, _) = make(case), make(case)
    large, cache = up.forward(x)
    y, conv_cache = conv.forward(large)
    dy = random_dy(y)
    dlarge, grads = conv.backward(dy, conv_cache)
    expected = {"y": y, "x": up.backward(dlarge, cache)[0]} | grads
    net = Sequential(up, moved(conv, other))
    y, tape = net.forward(there(x))
    dx, grads = net.backward(there(dy), tape)
    actual = {"y": y, "x": dx} | {name.removeprefix("1."): g for name, g in grads.items()}
    assert actual.keys() == expected.keys()
    for name, wanted in expected.items():
        scale = max(abs(wanted).max(), 1)
        np.testing.assert_allclose(actual[name].get(), wanted, rtol=0, atol=1e-12 * scale)


@a_few
def test_one_network_equals_two_layers_for_a_few_windows(case):
    check_one_network_equals_two_layers(case)


@quick
@given(nets())
def test_one_network_equals_two_layers(case):
    check_one_network_equals_two_layers(case)


@pytest.mark.parametrize(
    ("kernel", "pad", "joined"), [(5, "same", True), (2, "same", True), (1, 0, True), (1, 1, False)]
)
def test_both_are_one_where_that_takes_no_more_multiplications(kernel, pad, joined):
    """With a pad of 1, a kernel of one tap would become 2x2."""
    rng = Random(0, "cuda")
    net = Sequential(UpSampling2D(2), Conv2D(2, 3, kernel, rng, pad=pad))
    DEVICE.reset()
    net.forward(rng.normal((2, 4, 4, 2)))
    assert DEVICE.launches["interleave"] == joined
    assert DEVICE.launches["repeat"] == (not joined)


def test_parameters_on_another_device_are_the_layers_own_error():
    net = Sequential(UpSampling2D(2), Conv2D(2, 3, 5, Random(0)))
    with pytest.raises(TypeError, match="x is on 'cuda' but W is on 'cpu'"):
        net.forward(CUPY.ones((2, 4, 4, 2), dtype="float32"))
