"""Patches a block at a time: what fast_patches.py and painting.py share.

A rectangle of windows is looked at through a view, which costs nothing; its patches are copied, a
few images at a time, into memory that each thread keeps for the purpose.
"""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np

from minigan.backend import Array
from minigan.spans import Span

BLOCK = 1 << 20  # numbers in the patches of a block: 4 MB in float32
_scratch = threading.local()


def windows_of(x: Array, rows: Span, columns: Span) -> Array:
    """What a rectangle's positions see, (m, rows, columns, taps down, taps right, c): a view."""
    (m, _, _, c), (image, row, pixel, number) = x.shape, x.strides
    shape = m, rows.count, columns.count, len(rows.taps), len(columns.taps), c
    strides = image, row * rows.stride, pixel * columns.stride, row, pixel, number
    if 0 in shape:
        return np.empty(shape, dtype=x.dtype)
    return np.ndarray(shape, x.dtype, x, row * rows.start + pixel * columns.start, strides)


def copied(windows: Array) -> Array:
    """The windows copied into this thread's buffer, a row for each: (positions, taps·channels)."""
    m, rows, columns, kh, kw, c = windows.shape
    if kw * c < 16:  # too short to copy one by one: put a tap's pixels side by side instead
        P = buffer("patches", (kh, kw, c, m, rows, columns), windows.dtype)
        P[...] = windows.transpose(3, 4, 5, 0, 1, 2)
        return P.reshape(kh * kw * c, -1).T
    P = buffer("patches", windows.shape, windows.dtype)
    P[...] = windows
    return P.reshape(-1, kh * kw * c)


def short(rows: Span, columns: Span, c: int, size: int) -> list[Span]:
    """The rows in parts, so short that the patches of one image have at most `size` numbers."""
    row = columns.count * len(rows.taps) * len(columns.taps) * c
    return rows.parts(max(1, size // max(row, 1)))


def blocks_of(shape: tuple[int, ...], size: int, parts: int) -> list[slice]:
    """Slices of the images: at most `size` numbers in a slice's patches, a slice for each part."""
    m, image = shape[0], max(1, math.prod(shape[1:]))
    per = max(1, min(size // image, -(-m // parts)))
    return [slice(first, first + per) for first in range(0, m, per)]


def buffer(name: str, shape: tuple[int, ...], dtype: Any) -> Array:
    """Memory that this thread uses again and again: fresh pages cost more than what fills them."""
    size = math.prod(shape)
    memory = getattr(_scratch, name, None)
    if memory is None or memory.nbytes < size * dtype.itemsize:
        memory = np.empty(size * dtype.itemsize, dtype=np.uint8)
        setattr(_scratch, name, memory)
    return memory[: size * dtype.itemsize].view(dtype).reshape(shape)


def indices(taps: range) -> slice:
    """The taps as a slice, which makes views where an array of indices would make copies."""
    return slice(taps.start, taps.stop if taps.stop >= 0 else None, taps.step)
