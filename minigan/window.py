"""The window of a convolution: kernel, stride and padding, and the sizes that follow from them.

Along one axis, an image of n pixels gets `before` and `after` zeros, and a window of k pixels is
put at 0, s, 2s, …, as often as it fits:

    n_out = ⌊(before + n + after - k) / s⌋ + 1                                       (size)

"same" is TensorFlow's rule: n_out = ⌈n / s⌉, with just enough zeros, and where their number is odd
the extra one comes after (at the bottom and on the right). "valid" means no zeros.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Any

from minigan.limits import sentence, shown

SIDE = 2**15  # of a kernel, a stride, a pad: more than that is a slip
Pair = tuple[int, int]
Pads = tuple[Pair, Pair]  # ((top, bottom), (left, right))


@dataclass(frozen=True)
class Window:
    """A kernel (height, width), a stride (down, right) and a padding; made by `window`."""

    kernel: Pair
    stride: Pair
    pad: str | Pads

    def pads(self, size: Pair) -> Pads:
        """The zeros around an image of this (height, width).

        >>> window(4, 2, "same").pads((28, 28)), window(5, 2, "same").pads((28, 28))
        (((1, 1), (1, 1)), ((1, 2), (1, 2)))
        """
        if isinstance(self.pad, tuple):
            return self.pad
        if self.pad == "valid":
            return (0, 0), (0, 0)
        axes = zip(size, self.kernel, self.stride, strict=True)
        rows, columns = (max((-(-n // s) - 1) * s + k - n, 0) for n, k, s in axes)
        return (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2)

    def positions(self, size: Pair) -> Pair:
        """How often the window fits into an image, (down, right): equation (size); may be 0.

        >>> window(5, 2, "same").positions((7, 8)), window(3, 1, 0).positions((28, 28))
        ((4, 4), (26, 26))
        """
        axes = zip(size, self.pads(size), self.kernel, self.stride, strict=True)
        down, right = (max((n + sum(pad) - k) // s + 1, 0) for n, pad, k, s in axes)
        return down, right

    def image(self, positions: Pair, extra: Pair = (0, 0)) -> Pair:
        """The size of the image into which the window fits so often; may be 0 or less.

        Of the s sizes that give the same number of positions the smallest, and `extra` more; for
        "same" the largest, n·s, of which TensorFlow's transposed convolution makes its output.

        >>> window(4, 2, 1).image((7, 7)), window(5, 2, "same").image((7, 7))
        ((14, 14), (14, 14))
        """
        if self.pad == "same":
            return positions[0] * self.stride[0], positions[1] * self.stride[1]
        pads = self.pads(positions)
        axes = zip(positions, pads, self.kernel, self.stride, extra, strict=True)
        height, width = ((n - 1) * s + k - sum(pad) + more for n, pad, k, s, more in axes)
        return height, width


def window(kernel: Any, stride: Any = 1, pad: Any = "valid") -> Window:
    """The window of these numbers, each checked.

    **Parameters**  kernel, stride: an integer or a pair (down, right), 1 or more; pad: "same",
    "valid", an integer, or ((top, bottom), (left, right)), 0 or more.

    **Raises**  TypeError, ValueError.
    """
    return Window(pair("kernel", kernel, 1), pair("stride", stride, 1), _pad(pad))


def pair(name: str, value: Any, least: int) -> Pair:
    """An integer twice, or a pair of integers, each at least `least`.

    **Raises**  TypeError, ValueError.
    """
    both = tuple(value) if isinstance(value, tuple | list) else (value, value)
    if len(both) != 2 or any(isinstance(n, bool) or not isinstance(n, Integral) for n in both):
        raise TypeError(f"{name} is {value!r}, expected an integer or a pair of integers.")
    if min(both) < least:
        raise ValueError(f"{name} is {value!r}, expected {least} or more.")
    if max(both) > SIDE:
        raise ValueError(sentence("", name, value, f"{SIDE} at most"))
    return int(both[0]), int(both[1])


def _pad(value: Any) -> str | Pads:
    expected = "'same', 'valid', an integer or ((top, bottom), (left, right))"
    if isinstance(value, str):
        if value in ("same", "valid"):
            return value
        raise ValueError(f"pad is {value!r}, expected {expected}.")
    axes = value if isinstance(value, tuple | list) else ((value, value), (value, value))
    if len(axes) != 2 or not all(isinstance(axis, tuple | list) for axis in axes):
        raise TypeError(f"pad is {value!r}, expected {expected}.")
    try:
        return pair("pad", axes[0], 0), pair("pad", axes[1], 0)
    except TypeError:
        raise TypeError(f"pad is {value!r}, expected {expected}.") from None
    except ValueError as error:
        beyond = str(error).partition("expected ")[2]
        raise ValueError(f"pad is {shown(value)}, expected {beyond}") from None
