"""Every message of Conv2D, ConvTranspose2D and UpSampling2D, word for word."""

import numpy as np
import pytest

from minigan.backend import Random
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.upsampling import UpSampling2D
from minigan.window import window

RNG = Random(0)
PADS = "'same', 'valid', an integer or ((top, bottom), (left, right))"
PAIR = "an integer or a pair of integers"
KINDS = {"Conv2D": Conv2D, "ConvTranspose2D": ConvTranspose2D}
both_kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def message(error, call):
    """The text of the error that a call raises, in one line."""
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- what a layer is made with --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["kernel", "stride"])
@pytest.mark.parametrize(
    ("value", "error", "expected"),
    [
        (0, ValueError, "1 or more"),
        (-1, ValueError, "1 or more"),
        ((3, 0), ValueError, "1 or more"),
        (1.0, TypeError, PAIR),
        (True, TypeError, PAIR),
        ((3, False), TypeError, PAIR),
        ((3, 2.5), TypeError, PAIR),
        ((3,), TypeError, PAIR),
        ((3, 3, 3), TypeError, PAIR),
        ((), TypeError, PAIR),
        ("3", TypeError, PAIR),
        (None, TypeError, PAIR),
        (np.float32(3), TypeError, PAIR),
        (np.array([3, 3]), TypeError, PAIR),
    ],
    ids=repr,
)
@both_kinds
def test_a_bad_kernel_or_stride(kind, name, value, error, expected):
    sizes = {"kernel": 3, "stride": 1} | {name: value}
    kernel = sizes.pop("kernel")
    said = message(error, lambda: kind(3, 64, kernel, RNG, **sizes))
    assert said == f"{kind.__name__}(3 → 64): {name} is {value!r}, expected {expected}."


@pytest.mark.parametrize(
    ("value", "error", "expected"),
    [
        ("SAME", ValueError, PADS),
        ("", ValueError, PADS),
        (-1, ValueError, "0 or more"),
        (((0, 0), (1, -1)), ValueError, "0 or more"),
        ((1, 2), TypeError, PADS),
        (((1, 2), 3), TypeError, PADS),
        (((1,), (2,)), TypeError, PADS),
        (((1, 2, 3), (0, 0)), TypeError, PADS),
        (((0, 0), (1, 1.5)), TypeError, PADS),
        (((0, True), (1, 1)), TypeError, PADS),
        ((), TypeError, PADS),
        (1.0, TypeError, PADS),
        (True, TypeError, PADS),
        (None, TypeError, PADS),
        (np.array([1, 1]), TypeError, PADS),
    ],
    ids=repr,
)
@both_kinds
def test_a_bad_pad(kind, value, error, expected):
    said = message(error, lambda: kind(3, 64, 3, RNG, pad=value))
    assert said == f"{kind.__name__}(3 → 64): pad is {value!r}, expected {expected}."


@pytest.mark.parametrize("name", ["c_in", "c_out"])
@pytest.mark.parametrize(
    ("value", "error"),
    [(0, ValueError), (-2, ValueError), (1.5, TypeError), (True, TypeError), (None, TypeError)],
)
@both_kinds
def test_bad_channels(kind, name, value, error):
    sizes = {"c_in": 3, "c_out": 64} | {name: value}
    said = message(error, lambda: kind(sizes["c_in"], sizes["c_out"], 3, RNG))
    layer = f"{kind.__name__}({sizes['c_in']} → {sizes['c_out']})"
    assert said == f"{layer}: {name} is {value!r}, expected an integer of 1 or more."


@pytest.mark.parametrize(
    ("value", "error", "expected"),
    [
        (2, ValueError, "less than stride (2, 3)"),
        ((0, 3), ValueError, "less than stride (2, 3)"),
        (-1, ValueError, "0 or more"),
        (0.0, TypeError, PAIR),
        (True, TypeError, PAIR),
        (None, TypeError, PAIR),
    ],
)
def test_a_bad_output_pad(value, error, expected):
    said = message(
        error, lambda: ConvTranspose2D(3, 64, 3, RNG, stride=(2, 3), pad=1, output_pad=value)
    )
    assert said == f"ConvTranspose2D(3 → 64): output_pad is {value!r}, expected {expected}."


def test_output_pad_with_same():
    said = message(ValueError, lambda: ConvTranspose2D(3, 64, 3, RNG, stride=2, output_pad=1))
    assert said == (
        "ConvTranspose2D(3 → 64): output_pad is 1, expected 0 with pad 'same', whose output is "
        "h · stride; give pad as a number to choose another size."
    )


@pytest.mark.parametrize(
    ("value", "error", "expected"),
    [
        (0, ValueError, "1 or more"),
        ((2, -1), ValueError, "1 or more"),
        (2.0, TypeError, PAIR),
        (True, TypeError, PAIR),
    ],
)
def test_a_bad_factor(value, error, expected):
    said = message(error, lambda: UpSampling2D(value))
    assert said == f"UpSampling2D: factor is {value!r}, expected {expected}."


@pytest.mark.parametrize("three", [3, np.int64(3), np.int8(3), np.uint8(3)], ids=repr)
def test_numpys_integers_and_lists_are_welcome(three):
    expected = window(3, (3, 3), ((3, 3), (3, 3)))
    assert window(three, [three, 3], three) == expected
    assert window((3, three), three, [[3, three], (three, 3)]) == expected
    assert {type(n) for n in (*window(three).kernel, *window(three, three).stride)} == {int}
    assert ConvTranspose2D(3, three, 3, RNG, stride=4, pad=0, output_pad=three)
    assert UpSampling2D(three).factor == UpSampling2D([3, three]).factor == (3, 3)


# --- what it is called with -----------------------------------------------------------------------


def test_the_message_of_the_contract():
    said = message(ValueError, lambda: Conv2D(3, 64, 3, RNG).forward(RNG.zeros((8, 28, 28, 1))))
    assert said == (
        "Conv2D(3 → 64): x has 1 channel in shape (8, 28, 28, 1), expected (m, h, w, 3)."
    )


@pytest.mark.parametrize(
    ("shape", "found"),
    [
        ((8, 28, 28, 4), "x has 4 channels in shape (8, 28, 28, 4)"),
        ((8, 3, 28, 28), "x has 28 channels in shape (8, 3, 28, 28)"),  # channels first
        ((1, 5, 5, 1), "x has 1 channel in shape (1, 5, 5, 1)"),
        ((28, 28, 3), "x has shape (28, 28, 3)"),
        ((8, 2352), "x has shape (8, 2352)"),
        ((2, 3, 4, 5, 3), "x has shape (2, 3, 4, 5, 3)"),
        ((), "x has shape ()"),
    ],
)
@both_kinds
def test_an_x_of_the_wrong_shape(kind, shape, found):
    said = message(ValueError, lambda: kind(3, 64, 3, RNG).forward(RNG.zeros(shape)))
    assert said == f"{kind.__name__}(3 → 64): {found}, expected (m, h, w, 3)."


@pytest.mark.parametrize("shape", [(3, 4), (3, 4, 5), (1, 2, 3, 4, 5)])
def test_upsampling_of_what_is_no_image(shape):
    said = message(ValueError, lambda: UpSampling2D((3, 2)).forward(RNG.zeros(shape)))
    assert said == f"UpSampling2D(3×2): x has shape {shape}, expected (m, h, w, c)."


@pytest.mark.parametrize(
    ("size", "pad"), [((4, 9), "valid"), ((9, 4), 0), ((2, 9), 1), ((1, 2), ((1, 2), (0, 2)))]
)
def test_a_kernel_larger_than_the_padded_images(size, pad):
    layer = Conv2D(3, 64, 5, RNG, pad=pad)
    said = message(ValueError, lambda: layer.forward(RNG.zeros((8, *size, 3))))
    assert said == (
        f"Conv2D(3 → 64): the kernel (5, 5) is larger than the padded images of x with shape "
        f"{(8, *size, 3)} and pad {layer.window.pad!r}; use larger images or a larger pad."
    )


def test_padding_that_cuts_off_all_of_y():
    layer = ConvTranspose2D(3, 64, (3, 5), RNG, pad=3)
    said = message(ValueError, lambda: layer.forward(RNG.zeros((8, 4, 4, 3))))
    assert said == (
        "ConvTranspose2D(3 → 64): nothing is left of y: x has shape (8, 4, 4, 3), the kernel "
        "(3, 5) and the pad ((3, 3), (3, 3)) make y (0, 2); use larger images or a smaller pad."
    )


LAYERS = {
    "Conv2D": (Conv2D(3, 2, 3, RNG, stride=2), (4, 3, 4, 2)),
    "ConvTranspose2D": (ConvTranspose2D(3, 2, 3, RNG, stride=2), (4, 12, 14, 2)),
    "UpSampling2D": (UpSampling2D(2), (4, 12, 14, 3)),
}
each_layer = pytest.mark.parametrize(("layer", "shape"), LAYERS.values(), ids=LAYERS)


@each_layer
def test_a_dy_of_the_wrong_shape(layer, shape):
    y, cache = layer.forward(RNG.zeros((4, 6, 7, 3)))
    assert y.shape == shape
    m, h, w, c = shape
    for wrong in [(m, w, h, c), (m, h, w, 1), (1, h, w, c), (m * h, w, c), (m, h * w * c), ()]:
        said = message(ValueError, lambda wrong=wrong: layer.backward(RNG.zeros(wrong), cache))
        assert said == (
            f"{layer!r}: dy has shape {wrong}, expected {shape}, the shape of the output."
        )


@pytest.mark.parametrize("dtype", ["float16", "int64", "uint8", "bool", "complex64"])
@each_layer
def test_an_x_of_another_dtype(layer, shape, dtype):
    said = message(TypeError, lambda: layer.forward(np.ones((4, 6, 7, 3), dtype)))
    assert said == (
        f"{layer!r}: x is {dtype}, expected float32 or float64; use x.astype('float32')."
    )


@both_kinds
def test_an_x_of_another_precision(kind):
    said = message(TypeError, lambda: kind(3, 2, 3, RNG).forward(np.ones((4, 6, 7, 3))))
    assert said == (
        f"{kind.__name__}(3 → 2): x is float64 but W is float32; convert x, or draw the layer from "
        "Random(seed, dtype='float64')."
    )


@both_kinds
def test_an_x_on_another_device(kind, double):
    x = Random(0, "cuda").normal((4, 6, 7, 3))
    said = message(TypeError, lambda: kind(3, 2, 3, RNG).forward(x))
    assert said == (
        f"{kind.__name__}(3 → 2): x is on 'cuda' but W is on 'cpu'; draw both from a Random of "
        "one device."
    )
