"""Scatter for images of few channels: what is painted is added up, as in the plain map.

fast_patches.py gathers what an image is painted with, and reads all channels of the other side for
each tap. Where the image has few channels, it is cheaper to write them than to read the others:

* `paint_taps`, for one or two channels: the products of all taps at once, each added where it
  belongs.
* `paint_rows`, for up to FEW: gathered along the columns, painted along the rows. All kernel rows
  are then one matrix product, wide enough for BLAS to be fast, and patches are one row high.
"""

from __future__ import annotations

import numpy as np

from minigan import patches
from minigan.backend import Array
from minigan.patch_blocks import BLOCK, blocks_of, buffer, copied, indices, windows_of
from minigan.spans import Span, scattering
from minigan.threads import share, threads
from minigan.window import Window

THIN = 2  # channels of an image into which all taps are painted
FEW = 32  # channels up to which the kernel's rows are


def paint_taps_pays(x: Array, window: Window) -> bool:
    """Whether x has so few channels; not where the window leaves pixels out, as upsampled.py's may.

    Then its pads are negative, and there are no padded images to paint into.
    """
    rows, columns = window.pads(x.shape[1:3])
    return x.shape[-1] <= THIN and min(*rows, *columns) >= 0


def paint_taps(y: Array, W: Array, x: Array, window: Window, b: Array | None) -> None:
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
            P = buffer("patches", (len(Wt), Y[..., 0].size), y.dtype)
            np.matmul(Wt, Y.reshape(-1, n).T, out=P)  # (taps·c, n) (n, positions)
            painted = P.reshape(len(taps), c, len(Y), rows, columns)
            padded = np.zeros((len(Y), top + h + bottom, left + w + right, c), dtype=y.dtype)
            for p, (i, j) in zip(painted, taps, strict=True):
                padded[patches.tap(i, j, rows, columns, window)] += p.transpose(1, 2, 3, 0)
            X = padded[:, top : top + h, left : left + w]
            x[first : first + per] = X if b is None else X + b

    share(work, parts)


def paint_rows_pays(y: Array, x: Array, window: Window) -> bool:
    """Whether x has few channels, and few of the rows that are painted fall outside of it.

    A tenth may: these products are computed and thrown away.
    """
    ((top, bottom), sides), kernel = window.pads(x.shape[1:3]), window.kernel[0]
    if min(top, bottom, *sides) < 0 or kernel == 1 or x.shape[-1] > FEW:
        return False
    lost = sum(max(0, pad - r * window.stride[0]) for pad in (top, bottom) for r in range(kernel))
    return bool(10 * lost <= y.shape[1] * kernel)


def paint_rows(y: Array, W: Array, x: Array, window: Window, b: Array | None) -> None:
    """Row r of y paints the rows r·stride + i - top of x, all i at once; columns are gathered.

    The columns of y get zeros at both sides, enough for each column of x to meet all of its taps.
    """
    y, (m, rows, width, n) = np.ascontiguousarray(y), y.shape
    (kh, kw), (down, right), c = window.kernel, window.stride, x.shape[-1]
    (top, _), (left, _) = window.pads(x.shape[1:3])
    zeros = (kw - 1) // right
    columns = scattering(x.shape[2], kw, right, left + zeros * right, width + 2 * zeros)
    weights = [  # (taps·n, kernel height·c) for each span
        W[:, indices(span.taps)].transpose(1, 3, 0, 2).reshape(-1, kh * c) for span in columns
    ]
    parts = threads()
    size = rows * (width + 2 * zeros) * max(kh * c, kw * n // right)
    blocks = iter(blocks_of((m, size), BLOCK, parts))

    def work(part: int) -> None:
        for images in blocks:
            X = x[images]
            X[...] = 0 if b is None else b
            Y = buffer("padded", (len(X), rows, width + 2 * zeros, n), y.dtype)
            Y[:, :, :zeros] = 0
            Y[:, :, zeros : zeros + width] = y[images]
            Y[:, :, zeros + width :] = 0
            for span, matrix in zip(columns, weights, strict=True):
                if not span.taps:
                    continue
                P = copied(windows_of(Y, Span(0, 1, rows, range(1), 0, 1), span))
                Z = buffer("products", (len(P), kh * c), y.dtype)
                np.matmul(P, matrix, out=Z)
                products = Z.reshape(len(X), rows, span.count, kh, c)
                for i in range(kh):
                    first = max(0, -((i - top) // down))  # from there on r·down + i - top ≥ 0
                    end = min(rows, (x.shape[1] - 1 - i + top) // down + 1)
                    if first < end:
                        at = first * down + i - top
                        painted = slice(at, at + (end - first) * down, down)
                        X[:, painted, span.entries] += products[:, first:end, :, i]

    share(work, parts)
