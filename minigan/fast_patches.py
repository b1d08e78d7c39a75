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
   gathering would read all channels of the other side for each: then it is painted (painting.py).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np

from minigan import patches
from minigan.backend import Array, array_module
from minigan.cuda import kernels
from minigan.cuda import patches as cuda
from minigan.painting import paint_rows, paint_rows_pays, paint_taps, paint_taps_pays
from minigan.patch_blocks import BLOCK, blocks_of, buffer, copied, indices, short, windows_of
from minigan.spans import Span, gathering, scattering
from minigan.threads import share, threads
from minigan.window import Window

LONG = 4 * BLOCK  # for dW, whose sum over blocks is long where the kernel is large
SMALL = 1 << 14  # where all patches have fewer numbers, the plain maps are as fast


def maps(x: Array, window: Window) -> ModuleType:
    """The module whose gather, scatter and weight_gradient suit this array.

    It is this one, patches, or cuda.patches on a GPU.
    """
    if kernels.on(x):
        return cuda
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
    if paint_taps_pays(x, window):
        paint_taps(y, W, x, window, b)
    elif paint_rows_pays(y, x, window):
        paint_rows(y, W, x, window, b)
    else:
        turned = np.ascontiguousarray(W.swapaxes(2, 3))  # W[i, j]ᵀ takes y's channels to x's
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
                total = sums[part][indices(rows.taps), indices(columns.taps)]
                for P, Y in _pairs(x[mine], y[mine], rows, columns):
                    total += (P.T @ Y.reshape(-1, n)).reshape(total.shape)

    share(work, parts)
    return sums[0] if parts == 1 else sums.sum(axis=0)


def _spans(
    kind: Any, pixels: tuple[int, ...], positions: tuple[int, ...], window: Window
) -> list[tuple[Span, Span]]:
    """The rectangles: each span of rows with each span of columns."""
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
        weights = W[indices(rows.taps), indices(columns.taps)].reshape(-1, n)
        for some in short(rows, columns, x.shape[-1], BLOCK):
            target = y[:, some.entries, columns.entries]
            windows = windows_of(x, some, columns)
            jobs += [
                (windows[images], weights, target[images])
                for images in blocks_of(windows.shape, BLOCK, parts)
            ]
    queue = iter(jobs)  # shared: each thread takes the next job

    def work(part: int) -> None:
        for windows, weights, target in queue:
            if len(weights) == 0:  # pixels that no window sees
                target[...] = 0 if b is None else b.reshape(target.shape[3:])
                continue
            P = copied(windows)  # (positions, taps·channels)
            whole = target.flags.c_contiguous
            Y = target.reshape(-1, n) if whole else buffer("products", (len(P), n), y.dtype)
            np.matmul(P, weights, out=Y)
            if b is not None:
                Y += b
            if not whole:
                target[...] = Y.reshape(target.shape)

    share(work, parts)


def _pairs(x: Array, y: Array, rows: Span, columns: Span) -> Iterator[tuple[Array, Array]]:
    """Blocks of a rectangle's patches (positions, taps·channels), each with its part of y."""
    for some in short(rows, columns, x.shape[-1], LONG):
        windows = windows_of(x, some, columns)
        target = y[:, some.entries, columns.entries]
        for images in blocks_of(windows.shape, LONG, 1):
            yield copied(windows[images]), target[images]
