"""The maps of patches.py, fast on a CPU. Read patches.py first: these give the same results.

Four things make them fast; none of them changes what is computed.

1. Unfold a few images at a time. The patches of a whole batch take 25 times the memory of the
   images (for a 5x5 kernel); those of a block fit into the cache, where the matrix product finds
   them. Blocks are shared among the cores.
2. Never multiply by padding. Positions whose windows reach out of the image on the same sides see
   the same part of the kernel; each such rectangle of positions is a small convolution without
   padding and with fewer taps (spans.py). A 5x5 kernel on 4x4 images needs half of the products.
3. Fold by gathering. With stride s, the pixels of one remainder mod s are painted by every s-th tap
   only, and they can just as well collect what they are painted with: a small convolution again,
   with these taps turned around. Nothing overlaps, so nothing has to be added up in memory.
4. Unfold the thinner side. An image of one channel receives one number from each tap, while
   gathering would read all channels of the other side for each: then the plain scatter, in blocks.
"""

from __future__ import annotations

import math
import sys
import threading
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from minigan import patches
from minigan.backend import Array, array_module
from minigan.spans import Span, gathering, scattering
from minigan.threads import share, threads
from minigan.window import Window

BLOCK = 1 << 20  # numbers in the patches of a block: 4 MB in float32
SMALL = 1 << 14  # where all patches have fewer numbers, the plain maps are as fast
THIN = 2  # channels of an image into which scatter folds instead of gathering

_scratch = threading.local()


def maps(x: Array, window: Window) -> ModuleType:
    """The module whose gather, scatter and weight_gradient suit this array: this one or patches."""
    kh, kw = window.kernel
    if array_module(x) is not np or x.size * kh * kw < SMALL:
        return patches
    return sys.modules[__name__]


def gather(x: Array, W: Array, window: Window, b: Array | None = None) -> Array:
    """y = unfold(x) W + b, as `patches.gather`."""
    y = np.empty((len(x), *window.positions(x.shape[1:3]), W.shape[-1]), dtype=x.dtype)
    gather_into(y, x, W, window, b)
    return y


def gather_into(y: Array, x: Array, W: Array, window: Window, b: Array | None = None) -> None:
    """Write unfold(x) W + b into y (m, rows, columns, …), whose last axes hold the n channels."""
    _collect(x, W, y, _spans(gathering, x.shape[1:3], y.shape[1:3], window), b)


def scatter(
    y: Array, W: Array, shape: tuple[int, ...], window: Window, b: Array | None = None
) -> Array:
    """x = fold(y Wᵀ) + b, as `patches.scatter`."""
    x = np.empty(shape, dtype=y.dtype)
    (top, bottom), (left, right) = window.pads((shape[1], shape[2]))
    uncut = min(top, bottom, left, right) >= 0  # upsampled.py has windows that leave pixels out
    if shape[-1] <= THIN and uncut:
        _paint(y, W, x, window, b)
    else:
        turned = np.ascontiguousarray(W.swapaxes(2, 3))  # W[i, j]ᵀ takes y's channels to x's
        _collect(y, turned, x, _spans(scattering, shape[1:3], y.shape[1:3], window), b)
    return x


def weight_gradient(x: Array, y: Array, window: Window) -> Array:
    """unfold(x)ᵀ y, as `patches.weight_gradient`."""
    x, n = np.ascontiguousarray(x), y.shape[-1]
    kh, kw, c = *window.kernel, x.shape[-1]
    parts = min(threads(), len(x)) or 1
    sums = np.zeros((parts, kh, kw, c, n), dtype=x.dtype)
    spans = _spans(gathering, x.shape[1:3], y.shape[1:3], window)

    def work(part: int) -> None:  # each its own images and its own sum: the same at every run
        mine = slice(len(x) * part // parts, len(x) * (part + 1) // parts)
        for rows, columns in spans:
            if not (rows.taps and columns.taps):
                continue
            total = sums[part][_indices(rows.taps), _indices(columns.taps)]
            for images, some in _blocks(mine, rows, columns, c, 4 * BLOCK, 1):
                P = _patches(x[images], some, columns)
                Y = y[images, some.entries, columns.entries].reshape(-1, n)
                total += (P.T @ Y).reshape(total.shape)

    share(work, parts)
    return sums[0] if parts == 1 else sums.sum(axis=0)


def _spans(
    kind: Any, pixels: tuple[int, ...], positions: tuple[int, ...], window: Window
) -> list[tuple[Span, Span]]:
    pads = window.pads((pixels[0], pixels[1]))
    rows, columns = (
        kind(pixels[i], window.kernel[i], window.stride[i], pads[i][0], positions[i])
        for i in range(2)
    )
    return [(r, q) for r in rows for q in columns]


def _collect(x: Array, W: Array, y: Array, spans: list[tuple[Span, Span]], b: Array | None) -> None:
    """Write y, rectangle by rectangle, block by block: patches of x times their taps' weights."""
    x, n = np.ascontiguousarray(x), W.shape[-1]
    parts = threads()
    jobs = []
    for rows, columns in spans:
        weights = W[_indices(rows.taps), _indices(columns.taps)].reshape(-1, n)
        blocks = _blocks(slice(0, len(x)), rows, columns, x.shape[-1], BLOCK, parts)
        jobs += [(images, some, columns, weights) for images, some in blocks]
    queue = iter(jobs)  # shared: each thread takes the next job

    def work(part: int) -> None:
        for images, rows, columns, weights in queue:
            target = y[images, rows.entries, columns.entries]
            if len(weights) == 0:  # pixels that no window sees
                target[...] = 0 if b is None else b.reshape(target.shape[3:])
                continue
            P = _patches(x[images], rows, columns)  # (positions, taps·channels)
            whole = target.flags.c_contiguous
            Y = target.reshape(-1, n) if whole else _buffer("products", (len(P), n), y.dtype)
            np.matmul(P, weights, out=Y)
            if b is not None:
                Y += b
            if not whole:
                target[...] = Y.reshape(target.shape)

    share(work, parts)


def _paint(y: Array, W: Array, x: Array, window: Window, b: Array | None) -> None:
    """Scatter as the plain map does it, in blocks of images, with a tap's products side by side."""
    (m, rows, columns, n), (h, w, c) = y.shape, x.shape[1:]
    (top, bottom), (left, right) = window.pads((h, w))
    taps = [(i, j) for i in range(window.kernel[0]) for j in range(window.kernel[1])]
    Wt = np.ascontiguousarray(W.reshape(-1, n))  # (taps·c, n)
    parts = threads()
    per = max(1, min(BLOCK // (4 * max(rows * columns * len(Wt), 1)), -(-m // parts)))
    queue = iter(range(0, m, per))

    def work(part: int) -> None:
        for first in queue:
            Y = y[first : first + per]
            P = _buffer("patches", (len(Wt), Y[..., 0].size), y.dtype)
            np.matmul(Wt, Y.reshape(-1, n).T, out=P)  # (taps·c, n) (n, positions)
            painted = P.reshape(len(taps), c, len(Y), rows, columns)
            padded = np.zeros((len(Y), top + h + bottom, left + w + right, c), dtype=y.dtype)
            for p, (i, j) in zip(painted, taps, strict=True):
                padded[patches.tap(i, j, rows, columns, window)] += p.transpose(1, 2, 3, 0)
            X = padded[:, top : top + h, left : left + w]
            x[first : first + per] = X if b is None else X + b

    share(work, parts)


def _blocks(
    images: slice, rows: Span, columns: Span, c: int, size: int, parts: int
) -> Iterator[tuple[slice, Span]]:
    """Blocks of a rectangle: at most `size` numbers in their patches, and one a part at least."""
    m = images.stop - images.start
    row = max(1, columns.count * len(rows.taps) * len(columns.taps) * c)
    for some in rows.parts(max(1, size // row)):
        per = max(1, min(size // (row * some.count), -(-m // parts)))
        for first in range(images.start, images.stop, per):
            yield slice(first, min(first + per, images.stop)), some


def _patches(x: Array, rows: Span, columns: Span) -> Array:
    """The rectangle's patches, (positions, taps·channels), in this thread's buffer."""
    (m, _, _, c), kh, kw = x.shape, len(rows.taps), len(columns.taps)
    windows = sliding_window_view(x, (kh, kw), axis=(1, 2))[:, rows.reads, columns.reads]
    if kw * c < 16:  # too short to copy one by one: put a tap's pixels side by side instead
        P = _buffer("patches", (kh, kw, c, m, rows.count, columns.count), x.dtype)
        for i in range(kh):
            for j in range(kw):
                P[i, j] = windows[..., i, j].transpose(3, 0, 1, 2)
        return P.reshape(kh * kw * c, -1).T
    P = _buffer("patches", (m, rows.count, columns.count, kh, kw, c), x.dtype)
    P[...] = windows.transpose(0, 1, 2, 4, 5, 3)
    return P.reshape(-1, kh * kw * c)


def _buffer(name: str, shape: tuple[int, ...], dtype: Any) -> Array:
    """Memory that this thread uses again and again: fresh pages cost more than what fills them."""
    size = math.prod(shape)
    memory = getattr(_scratch, name, None)
    if memory is None or memory.nbytes < size * dtype.itemsize:
        memory = np.empty(size * dtype.itemsize, dtype=np.uint8)
        setattr(_scratch, name, memory)
    return memory[: size * dtype.itemsize].view(dtype).reshape(shape)


def _indices(taps: range) -> slice:
    """The taps as a slice, which makes views where an array of indices would make copies."""
    return slice(taps.start, taps.stop if taps.stop >= 0 else None, taps.step)
