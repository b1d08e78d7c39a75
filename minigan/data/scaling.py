"""Images as a network sees them: in the range that the last layer of G can reach, and padded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from minigan.backend import Array, array_module
from minigan.cuda import batch as cuda
from minigan.cuda import kernels


@dataclass(frozen=True)
class Scaling:
    """What becomes of an image.

    **Parameters**  shape: (h, w, c), no smaller than the image's: it stands in the middle, an odd
    row is added at the bottom, an odd column on the right; top: what is white in the data; low and
    high: what black and white become; border: what stands around the image.
    """

    shape: tuple[int, ...]
    top: float
    low: float
    high: float
    border: float


def scaled_images(x: Array, index: Array, scaling: Scaling, dtype: Any) -> Array:
    """The images x[index], scaled and padded.

        y = low + (high - low) · x / top        0 ↦ low and top ↦ high

    **Shapes**  x (n, h, w, c) as measured, index (m,) int64 → (m, height, width, c)

    >>> import numpy as np
    >>> x = np.array([[[[0]]], [[[3]]]], dtype="uint8")
    >>> scaled_images(x, np.array([1]), Scaling((1, 2, 1), 4, 0, 2, -1), "float32").tolist()
    [[[[1.5], [-1.0]]]]
    """
    if kernels.on(x, index):
        return cuda.images(x, index, scaling, dtype)
    y = x[index].astype(dtype, copy=False)  # a new array: [index] copies
    y /= scaling.top  # this order of operations is exact at 0 and at top
    y *= scaling.high - scaling.low
    y += scaling.low
    return y if y.shape[1:] == scaling.shape else _padded(y, scaling)


def _padded(y: Array, scaling: Scaling) -> Array:
    """Put scaled images into the middle of larger ones."""
    larger = array_module(y).full((len(y), *scaling.shape), scaling.border, dtype=y.dtype)
    (h, w), (height, width) = y.shape[1:3], scaling.shape[:2]
    top, left = (height - h) // 2, (width - w) // 2
    larger[:, top : top + h, left : left + w] = y
    return larger
