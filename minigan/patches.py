"""Unfold an image into its patches, and fold patches back: the plain version.

A convolution looks at an image through a window. `unfold` writes down what it sees, a row for each
position of the window (also called im2col); after that a convolution is one matrix product. `fold`
is its adjoint (col2im): it puts each row back where it came from and adds up where rows overlap.
Adjoint means that for all x and p

    ⟨unfold(x), p⟩ = ⟨x, fold(p)⟩

as ⟨Ax, p⟩ = ⟨x, Aᵀp⟩: unfold copies x[r] to every place p[...] that sees it, fold sums over them.

Both walk over the kernel's taps (i, j), not over the positions: a tap sees the image shifted by
(i, j) and thinned out by the stride, which is one slice.

Three maps are made of them, and from these three both convolutions and all their gradients:

    gather             y = unfold(x) W        each position collects what its window sees
    scatter            x = fold(y Wᵀ)         each position paints what it holds through its window
    weight_gradient    W = unfold(x)ᵀ y       each tap meets what it saw, at all positions
"""

from __future__ import annotations

import math

from minigan.backend import Array, array_module
from minigan.window import Pads, Window


def unfold(x: Array, window: Window) -> Array:
    """The patches of x: p[n, r, q, i, j, :] = x[n, r·s + i - top, q·s + j - left, :], or 0 outside.

    **Shapes**  x (m, h, w, c), p (m, rows, columns, kernel height, kernel width, c)

    **Raises**  ValueError for an x of another number of axes.

    >>> import numpy as np
    >>> from minigan.window import window
    >>> x = np.array([1.0, 2.0, 3.0]).reshape(1, 1, 3, 1)
    >>> unfold(x, window((1, 2)))[0, 0, :, 0, :, 0].tolist()
    [[1.0, 2.0], [2.0, 3.0]]
    """
    xp = array_module(x)
    if x.ndim != 4:
        raise ValueError(f"unfold: x has shape {x.shape}, expected (m, h, w, c).")
    m, h, w, c = x.shape
    (rows, columns), (kh, kw) = window.positions((h, w)), window.kernel
    padded = pad(x, window.pads((h, w)))
    p = xp.empty((m, rows, columns, kh, kw, c), dtype=x.dtype)
    for i in range(kh):
        for j in range(kw):
            p[:, :, :, i, j, :] = padded[tap(i, j, rows, columns, window)]
    return p


def fold(p: Array, shape: tuple[int, ...], window: Window) -> Array:
    """Add patches up into an image of this shape: the adjoint of unfold.

    **Shapes**  p (m, rows, columns, kernel height, kernel width, c), shape (m, h, w, c)

    **Raises**  ValueError for patches of images of another shape.

    >>> import numpy as np
    >>> from minigan.window import window
    >>> p = np.array([[1.0, 2.0], [2.0, 3.0]]).reshape(1, 1, 2, 1, 2, 1)
    >>> fold(p, (1, 1, 3, 1), window((1, 2)))[0, 0, :, 0].tolist()
    [1.0, 4.0, 3.0]
    """
    xp = array_module(p)
    if len(shape) != 4:
        raise ValueError(f"fold: shape is {shape}, expected (m, h, w, c), the shape of the images.")
    m, h, w, c = shape
    (rows, columns), (kh, kw) = window.positions((h, w)), window.kernel
    expected = (m, rows, columns, kh, kw, c)
    if p.shape != expected:
        raise ValueError(
            f"fold: p has shape {p.shape}, expected {expected}, the patches of images {shape}."
        )
    (top, bottom), (left, right) = window.pads((h, w))
    padded = xp.zeros((m, top + h + bottom, left + w + right, c), dtype=p.dtype)
    for i in range(kh):
        for j in range(kw):
            padded[tap(i, j, rows, columns, window)] += p[:, :, :, i, j, :]
    return padded[:, top : top + h, left : left + w, :]


def gather(x: Array, W: Array, window: Window, b: Array | None = None) -> Array:
    """Unfold, one matrix product: y = unfold(x) W + b.

    **Shapes**  x (m, h, w, c), W (kernel height, kernel width, c, n), b (n,),
    y (m, rows, columns, n)
    """
    p = unfold(x, window)
    y = p.reshape(-1, math.prod(p.shape[3:])) @ W.reshape(
        -1, W.shape[-1]
    )  # (positions, taps·c) (…, n)
    if b is not None:
        y += b
    return y.reshape(*p.shape[:3], W.shape[-1])


def scatter(
    y: Array, W: Array, shape: tuple[int, ...], window: Window, b: Array | None = None
) -> Array:
    """One matrix product, fold: x = fold(y Wᵀ) + b, the adjoint of gather when there is no b.

    **Shapes**  y (m, rows, columns, n), W (kernel height, kernel width, c, n), b (c,),
    x (m, h, w, c) = shape
    """
    p = y.reshape(-1, y.shape[-1]) @ W.reshape(-1, W.shape[-1]).T  # (positions, n) (n, taps·c)
    x = fold(p.reshape(*y.shape[:3], *W.shape[:3]), shape, window)
    if b is not None:
        x += b
    return x


def weight_gradient(x: Array, y: Array, window: Window) -> Array:
    """dW of ⟨unfold(x) W, y⟩, which is linear in W: unfold(x)ᵀ y.

    **Shapes**  x (m, h, w, c), y (m, rows, columns, n), result (kernel height, kernel width, c, n)
    """
    p = unfold(x, window)
    taps = math.prod(p.shape[3:])  # · c
    dW = p.reshape(-1, taps).T @ y.reshape(-1, y.shape[-1])  # (taps·c, positions) (…, n)
    return dW.reshape(*p.shape[3:], y.shape[-1])


def pad(x: Array, pads: Pads) -> Array:
    """X with zeros around each image; x itself where there are none."""
    (top, bottom), (left, right) = pads
    if (top, bottom, left, right) == (0, 0, 0, 0):
        return x
    m, h, w, c = x.shape
    padded = array_module(x).zeros((m, top + h + bottom, left + w + right, c), dtype=x.dtype)
    padded[:, top : top + h, left : left + w, :] = x
    return padded


def tap(i: int, j: int, rows: int, columns: int, window: Window) -> tuple[slice, ...]:
    """Where tap (i, j) looks at padded images: from (i, j) on, in steps of the stride."""
    down, right = window.stride
    return (
        slice(None),
        slice(i, i + down * rows, down),
        slice(j, j + right * columns, right),
    )
