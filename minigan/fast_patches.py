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

from minigan import patches
from minigan.backend import Array, array_module
from minigan.spans import Span, gathering, scattering
from minigan.threads import share, threads
from minigan.window import Window

BLOCK = 1 << 20  # numbers in the patches of a block: 4 MB in float32
LONG = 1 << 22  # the same for dW, whose sum over blocks is long where the kernel is large
SMALL = 1 << 14  # where all patches have fewer numbers, the plain maps are as fast
FEW = 32  # channels of a result up to which all kernel rows go into one matrix product
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
    (top, _), _ = window.pads(x.shape[1:3])
    kh, _ = window.kernel
    if window.stride == (1, 1) and _few(x.shape[1], y.shape[1], y.shape[-1], kh, kh - 1 - top, 1):
        _, (left, right) = window.pads(x.shape[1:3])
        columns = gathering(x.shape[2] + left + right, window.kernel[1], 1, 0, y.shape[2])
        _paint_rows(x, W[::-1], y, columns, (left, right), kh - 1 - top, 1, b)
    else:
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
    if shape[-1] <= THIN:
        _paint(y, W, x, window, b)
    else:
        turned = np.ascontiguousarray(W.swapaxes(2, 3))  # W[i, j]ᵀ takes y's channels to x's
        (top, _), _ = window.pads((shape[1], shape[2]))
        if _few(y.shape[1], shape[1], shape[-1], window.kernel[0], top, window.stride[0]):
            _, (left, _) = window.pads((shape[1], shape[2]))
            kw, sw = window.kernel[1], window.stride[1]
            p = (kw - 1) // sw
            columns = scattering(shape[2], kw, sw, left + p * sw, y.shape[2] + 2 * p)
            _paint_rows(y, turned, x, columns, (p, p), top, window.stride[0], b)
        else:
            _collect(y, turned, x, _spans(scattering, shape[1:3], y.shape[1:3], window), b)
    return x


def weight_gradient(x: Array, y: Array, window: Window) -> Array:
    """unfold(x)ᵀ y, as `patches.weight_gradient`."""
    x, (c, n) = np.ascontiguousarray(x), (x.shape[-1], y.shape[-1])
    parts = min(threads(), len(x)) or 1
    sums = np.zeros((parts, *window.kernel, c, n), dtype=x.dtype)
    spans = _spans(gathering, x.shape[1:3], y.shape[1:3], window)

    def work(part: int) -> None:  # each its own images and its own sum: the same at every run
        mine = slice(len(x) * part // parts, len(x) * (part + 1) // parts)
        for rows, columns in spans:
            if rows.taps and columns.taps:
                total = sums[part][_indices(rows.taps), _indices(columns.taps)]
                for P, Y in _pairs(x[mine], y[mine], rows, columns):
                    total += (P.T @ Y.reshape(-1, n)).reshape(total.shape)

    share(work, parts)
    return sums[0] if parts == 1 else sums.sum(axis=0)


def _spans(
    kind: Any, pixels: tuple[int, ...], positions: tuple[int, ...], window: Window
) -> list[tuple[Span, Span]]:
    rows, columns = _axes(kind, pixels, positions, window)
    return [(r, q) for r in rows for q in columns]


def _axes(
    kind: Any, pixels: tuple[int, ...], positions: tuple[int, ...], window: Window
) -> list[list[Span]]:
    pads = window.pads((pixels[0], pixels[1]))
    return [
        kind(pixels[i], window.kernel[i], window.stride[i], pads[i][0], positions[i])
        for i in range(2)
    ]


def _few(rows: int, pixels: int, c: int, kernel: int, before: int, stride: int) -> bool:
    """Whether `_paint_rows` pays: few channels, and few of the rows that it paints are cut off."""
    painted = [range(r * stride - before, r * stride - before + kernel) for r in range(rows)]
    inside = sum(len(range(max(p.start, 0), min(p.stop, pixels))) for p in painted)
    return kernel > 1 and c <= FEW and inside >= 0.9 * rows * kernel


def _paint_rows(
    x: Array,
    W: Array,
    y: Array,
    columns: list[Span],
    sides: Any,
    top: int,
    stride: int,
    b: Array | None,
) -> None:
    """Row r of x paints the rows r·stride + i - top of y, i = 0 … kernel height - 1.

    Along the columns y is gathered, as in `_collect`. All kernel rows are one matrix product of
    (taps·channels) (kernel height·n): with n small that is what BLAS needs to be fast, and the
    patches, which are one row high, hold a kernel height fewer numbers.
    """
    x, (m, rows, _, c) = np.ascontiguousarray(x), x.shape
    height, kh, n = y.shape[1], len(W), W.shape[-1]
    weights = [  # (taps·c, kernel height·n) for each span
        np.ascontiguousarray(W[:, _indices(q.taps)].transpose(1, 2, 0, 3)).reshape(-1, kh * n)
        for q in columns
    ]
    parts = threads()
    image = (
        rows * max((q.count for q in columns), default=1) * max(kh * n, len(columns[0].taps) * c)
    )
    blocks = iter(_blocks((m, image), BLOCK, parts))

    def work(part: int) -> None:
        for images in blocks:
            Y = y[images]
            Y[...] = 0 if b is None else b
            X = _buffer("padded", (len(Y), rows, sides[0] + x.shape[2] + sides[1], c), x.dtype)
            X[:, :, : sides[0]] = 0
            X[:, :, sides[0] + x.shape[2] :] = 0
            X[:, :, sides[0] : sides[0] + x.shape[2]] = x[images]
            for span, matrix in zip(columns, weights, strict=True):
                if not span.taps:
                    continue
                P = _patches(_windows(X, Span(0, 1, rows, range(1), 0, 1), span))
                Z = _buffer("products", (len(P), kh * n), y.dtype)
                np.matmul(P, matrix, out=Z)
                painted = Z.reshape(len(Y), rows, span.count, kh, n)
                for i in range(kh):
                    first = max(0, -((i - top) // stride))  # r·stride + i - top ≥ 0
                    last = min(rows, (height - 1 - i + top) // stride + 1)
                    if first < last:
                        at = first * stride + i - top
                        target = Y[:, at : at + (last - first) * stride : stride, span.entries]
                        target += painted[:, first:last, :, i]

    share(work, parts)


def _collect(x: Array, W: Array, y: Array, spans: list[tuple[Span, Span]], b: Array | None) -> None:
    """Write y, rectangle by rectangle, block by block: patches of x times their taps' weights."""
    x, n = np.ascontiguousarray(x), W.shape[-1]
    parts = threads()
    jobs = []
    for rows, columns in spans:
        weights = W[_indices(rows.taps), _indices(columns.taps)].reshape(-1, n)
        for some in _short(rows, columns, x.shape[-1], BLOCK):
            target = y[:, some.entries, columns.entries]
            windows = _windows(x, some, columns)
            jobs += [
                (windows[images], weights, target[images])
                for images in _blocks(windows.shape, BLOCK, parts)
            ]
    queue = iter(jobs)  # shared: each thread takes the next job

    def work(part: int) -> None:
        for windows, weights, target in queue:
            if len(weights) == 0:  # pixels that no window sees
                target[...] = 0 if b is None else b.reshape(target.shape[3:])
                continue
            P = _patches(windows)  # (positions, taps·channels)
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


def _pairs(x: Array, y: Array, rows: Span, columns: Span) -> Iterator[tuple[Array, Array]]:
    """Blocks of a rectangle's patches (positions, taps·channels), each with its part of y."""
    for some in _short(rows, columns, x.shape[-1], LONG):
        windows = _windows(x, some, columns)
        target = y[:, some.entries, columns.entries]
        for images in _blocks(windows.shape, LONG, 1):
            yield _patches(windows[images]), target[images]


def _short(rows: Span, columns: Span, c: int, size: int) -> list[Span]:
    """The rows in parts of which one image has at most `size` numbers in its patches."""
    row = columns.count * len(rows.taps) * len(columns.taps) * c
    return rows.parts(max(1, size // max(row, 1)))


def _blocks(shape: tuple[int, ...], size: int, parts: int) -> list[slice]:
    """Slices of the images with at most `size` numbers in their patches, one a part at least."""
    m, image = shape[0], max(1, math.prod(shape[1:]))
    per = max(1, min(size // image, -(-m // parts)))
    return [slice(first, first + per) for first in range(0, m, per)]


def _windows(x: Array, rows: Span, columns: Span) -> Array:
    """What a rectangle's positions see, (m, rows, columns, taps down, taps right, c): a view."""
    (m, _, _, c), (image, row, pixel, number) = x.shape, x.strides
    shape = m, rows.count, columns.count, len(rows.taps), len(columns.taps), c
    strides = image, row * rows.stride, pixel * columns.stride, row, pixel, number
    if 0 in shape:
        return np.empty(shape, dtype=x.dtype)
    return np.ndarray(shape, x.dtype, x, row * rows.start + pixel * columns.start, strides)


def _patches(windows: Array) -> Array:
    """The windows copied into this thread's buffer, a row for each: (positions, taps·channels)."""
    m, rows, columns, kh, kw, c = windows.shape
    if kw * c < 16:  # too short to copy one by one: put a tap's pixels side by side instead
        P = _buffer("patches", (kh, kw, c, m, rows, columns), windows.dtype)
        P[...] = windows.transpose(3, 4, 5, 0, 1, 2)
        return P.reshape(kh * kw * c, -1).T
    P = _buffer("patches", windows.shape, windows.dtype)
    P[...] = windows
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
