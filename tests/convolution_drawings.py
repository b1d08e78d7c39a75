"""Convolutions that hypothesis draws: every kernel, stride and padding, and an image that fits."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from minigan.backend import Random
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.window import Window, window


@dataclass(frozen=True)
class Drawn:
    """A window, m images (h, w, c) that it fits into, and n channels on the other side."""

    kernel: tuple[int, int]
    stride: tuple[int, int]
    pad: Any
    shape: tuple[int, int, int, int]  # (m, h, w, c)
    n: int
    seed: int

    @property
    def window(self) -> Window:
        return window(self.kernel, self.stride, self.pad)

    @property
    def size(self) -> tuple[int, int]:
        """(h, w)"""
        return self.shape[1:3]

    def arrays(self, dtype="float64"):
        """x (m, h, w, c), W (kernel, c, n) and y (m, rows, columns, n), drawn from N(0, 1)."""
        rng = np.random.default_rng(self.seed)
        rows, columns = self.window.positions(self.size)
        shapes = self.shape, (*self.kernel, self.shape[3], self.n)
        shapes += ((self.shape[0], rows, columns, self.n),)
        return tuple(rng.normal(size=shape).astype(dtype) for shape in shapes)

    def biases(self, dtype="float64"):
        """b (n,) for the images that the window makes, and (c,) for those that it looks at."""
        rng = np.random.default_rng(self.seed + 1)
        return tuple(rng.normal(size=size).astype(dtype) for size in (self.n, self.shape[3]))

    def conv(self, bias=True):
        """The layer from c to n channels, with a bias that is not 0."""
        rng = double(self.seed)
        options = {"stride": self.stride, "pad": self.pad, "bias": bias}
        return Conv2D(self.shape[3], self.n, self.kernel, rng, b=_drawn, **options)

    def transpose(self, output_pad=0, bias=True):
        """Its transpose, from n to c channels."""
        rng = double(self.seed)
        options = {"stride": self.stride, "pad": self.pad, "output_pad": output_pad, "bias": bias}
        return ConvTranspose2D(self.n, self.shape[3], self.kernel, rng, b=_drawn, **options)


def _drawn(rng, shape):
    return rng.normal(shape)


# Everything in it is uneven and different: most bugs show at once, and need not be searched for.
UNEVEN = Drawn((3, 2), (2, 3), ((0, 2), (3, 1)), (2, 6, 5, 3), 4, seed=0)


@st.composite
def convolutions(draw, most_images=3, most_channels=4, least_images=1):
    """Kernels of 1 to 6, strides of 1 to 3, all paddings, images down to the smallest that fits."""
    kernel, stride = (draw(st.tuples(st.integers(1, k), st.integers(1, k))) for k in (6, 3))
    sides = st.tuples(st.integers(0, 4), st.integers(0, 4))
    pad = draw(st.one_of(st.just("same"), st.just("valid"), st.tuples(sides, sides)))
    around = (0, 0)
    if isinstance(pad, tuple):
        around = sum(pad[0]), sum(pad[1])
    h, w = (
        # with "same" an image may be smaller than the kernel
        draw(st.integers(1 if pad == "same" else max(1, k - zeros), k + 5))
        for k, zeros in zip(kernel, around, strict=True)
    )
    m, c, n = (
        draw(st.integers(least_images, most_images)),
        draw(st.integers(1, most_channels)),
        draw(st.integers(1, most_channels)),
    )
    return Drawn(kernel, stride, pad, (m, h, w, c), n, draw(st.integers(0, 2**31)))


def double(seed=0):
    return Random(seed, dtype="float64")


def passes(layer, x, dy_seed=1):
    """y, dy, dx and the gradients of one forward and one backward."""
    y, cache = layer.forward(x)
    dy = double(dy_seed).normal(y.shape)
    return y, dy, *layer.backward(dy, cache)


def assert_same_numbers(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-12)
