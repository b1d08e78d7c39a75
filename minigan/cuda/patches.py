"""The maps of patches.py on a GPU: unfold and fold are one launch each. Read patches.py first.

Two things are done otherwise than there; neither changes what is computed.

1. The images are taken in blocks: a 5x5 kernel's patches take 25 times the memory of the images.
2. With stride 1 the two maps are one: what a pixel is painted with it may as well collect, with the
   taps turned around, and the other way round. Patches are copies, so those of the side with fewer
   channels are made, and the other side's are not.
"""

from __future__ import annotations

import math

import numpy as np

from minigan.backend import Array, array_module
from minigan.blocks import product
from minigan.cuda.kernels import start
from minigan.window import Window

PATCHES = 1 << 30  # bytes that the patches of a block of images may take

_FIELDS = ("h", "w", "c", "rows", "columns", "kh", "kw", "down", "right", "top", "left")
_WINDOW = np.dtype([(name, np.int64) for name in _FIELDS])  # struct Window in patches.cu


def unfold(x: Array, window: Window) -> Array:
    """The patches of x, as `patches.unfold`: the same bits."""
    xp, (m, h, w, c), (kh, kw) = array_module(x), x.shape, window.kernel
    rows, columns = window.positions((h, w))
    p = xp.empty((m, rows, columns, kh, kw, c), dtype=x.dtype)
    numbers = _numbers(h, w, c, rows, columns, window)
    start("patches", "unfold", p.size // kh, p, xp.ascontiguousarray(x), numbers)
    return p


def fold(p: Array, shape: tuple[int, ...], window: Window) -> Array:
    """Add patches up into an image of this shape, as `patches.fold`: the same bits."""
    x = array_module(p).empty(shape, dtype=p.dtype)
    _fold_into(x, p, window)
    return x


def gather(x: Array, W: Array, window: Window, b: Array | None = None) -> Array:
    """y = unfold(x) W + b, as `patches.gather`."""
    m, h, w, c = x.shape
    n, positions = W.shape[-1], window.positions((h, w))
    if _thin(n, c, positions, window):
        return scatter(x, _turned(W), (m, *positions, n), _other(window, (h, w)), b)
    xp, weights = array_module(x), W.reshape(-1, n)
    parts = [
        product(unfold(x[images], window).reshape(-1, len(weights)), weights)
        for images in _blocks(m, math.prod(positions) * len(weights) * x.itemsize)
    ]  # (positions, taps·c) (taps·c, n) each
    y = parts[0] if len(parts) == 1 else xp.concatenate(parts)
    if b is not None:
        y += b
    return y.reshape(m, *positions, n)


def scatter(
    y: Array, W: Array, shape: tuple[int, ...], window: Window, b: Array | None = None
) -> Array:
    """x = fold(y Wᵀ) + b, as `patches.scatter`."""
    (m, *positions, n), c = y.shape, shape[3]
    if _thin(n, c, positions, window):
        return gather(y, _turned(W), _other(window, shape[1:3]), b)
    x, weights = array_module(y).empty(shape, dtype=y.dtype), W.reshape(-1, n)
    for images in _blocks(m, math.prod(positions) * len(weights) * y.itemsize):
        X, Y = x[images], y[images]
        p = product(Y.reshape(-1, n), weights.T)  # (positions, n) (n, taps·c)
        _fold_into(X, p.reshape(len(Y), *positions, *W.shape[:3]), window)
    if b is not None:
        x += b
    return x


def weight_gradient(x: Array, y: Array, window: Window) -> Array:
    """unfold(x)ᵀ y, as `patches.weight_gradient`."""
    (m, h, w, c), (_, *positions, n) = x.shape, y.shape
    if _thin(n, c, positions, window):
        return _turned(weight_gradient(y, x, _other(window, (h, w))))
    taps = math.prod(window.kernel) * c
    parts = [
        product(unfold(x[images], window).reshape(-1, taps).T, y[images].reshape(-1, n))
        for images in _blocks(m, math.prod(positions) * taps * x.itemsize)
    ]  # (taps·c, positions) (positions, n) each
    return sum(parts[1:], parts[0]).reshape(*window.kernel, c, n)


def _fold_into(x: Array, p: Array, window: Window) -> None:
    (_, h, w, c), (_, rows, columns, _, _, _) = x.shape, p.shape
    p = array_module(p).ascontiguousarray(p)
    start("patches", "fold", x.size, x, p, _numbers(h, w, c, rows, columns, window))


def _numbers(h: int, w: int, c: int, rows: int, columns: int, window: Window) -> Array:
    """A struct Window, on the host."""
    (top, _), (left, _) = window.pads((h, w))
    numbers = (h, w, c, rows, columns, *window.kernel, *window.stride, top, left)
    return np.array([numbers], dtype=_WINDOW)


def _blocks(m: int, size: int) -> list[slice]:
    """Slices of m images whose patches take `size` bytes each, of nearly the same length."""
    most = max(1, PATCHES // max(size, 1))
    count = max(1, -(-m // most))
    length = max(1, -(-m // count))
    return [slice(first, first + length) for first in range(0, max(m, 1), length)]


def _thin(n: int, c: int, positions: tuple[int, ...] | list[int], window: Window) -> bool:
    """Whether y has fewer channels than x and the stride lets its patches be taken instead."""
    return n < c and window.stride == (1, 1) and min(positions) > 0


def _turned(W: Array) -> Array:
    """W[i, j]ᵀ with the taps in the opposite order."""
    return array_module(W).ascontiguousarray(W[::-1, ::-1].swapaxes(2, 3))


def _other(window: Window, size: tuple[int, ...]) -> Window:
    """The window by which x looks at y where y looks at x, of this size, by `window`, stride 1.

    With i' = k-1-i and before' = k-1-before,

        y[r] sees x[r + i - before]   ⇔   x[q] sees y[q + i' - before'],   q = r + i - before
    """
    axes = zip(window.kernel, window.pads((size[0], size[1])), strict=True)
    rows, columns = ((k - 1 - before, k - 1 - after) for k, (before, after) in axes)
    return Window(window.kernel, (1, 1), (rows, columns))
