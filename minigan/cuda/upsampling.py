"""Pixels in blocks, one launch each: UpSampling2D, and the phases of upsampled.py."""

from __future__ import annotations

import numpy as np

from minigan.backend import Array, array_module
from minigan.cuda.kernels import start
from minigan.window import Pair

_FIELDS = ("rows", "columns", "down", "right", "height", "width", "c")
_BLOCKS = np.dtype([(name, np.int64) for name in _FIELDS])  # struct Blocks in upsampling.cu


def repeat(x: Array, factor: Pair) -> Array:
    """Each pixel `factor` times down and right: the y of UpSampling2D."""
    m, h, w, c = x.shape
    y = array_module(x).empty((m, h * factor[0], w * factor[1], c), dtype=x.dtype)
    return _run("repeat", y, x, y.shape, (h, w), factor)


def block_sums(dy: Array, factor: Pair) -> Array:
    """The sum over each block of dy: the dx of UpSampling2D."""
    m, height, width, c = dy.shape
    blocks = height // factor[0], width // factor[1]
    dx = array_module(dy).empty((m, *blocks, c), dtype=dy.dtype)
    return _run("block_sums", dx, dy, dy.shape, blocks, factor)


def interleave(d: Array, size: Pair, factor: Pair) -> Array:
    """From blocks (m, rows, columns, down·right·c) to y (m, *size, c), which may cut the last."""
    m, rows, columns, numbers = d.shape
    c = numbers // (factor[0] * factor[1])
    y = array_module(d).empty((m, *size, c), dtype=d.dtype)
    return _run("interleave", y, d, y.shape, (rows, columns), factor)


def side_by_side(y: Array, blocks: Pair, factor: Pair) -> Array:
    """From y to its blocks, the way back; 0 for what stands out of y."""
    m, c = y.shape[0], y.shape[3]
    d = array_module(y).empty((m, *blocks, factor[0] * factor[1] * c), dtype=y.dtype)
    return _run("side_by_side", d, y, y.shape, blocks, factor)


def _run(
    name: str, result: Array, a: Array, y: tuple[int, ...], blocks: Pair, factor: Pair
) -> Array:
    m, height, width, c = y
    numbers = np.array([(*blocks, *factor, height, width, c)], dtype=_BLOCKS)
    a = array_module(a).ascontiguousarray(a)
    start("upsampling", name, m * blocks[0] * blocks[1] * c, result, a, numbers)
    return result
