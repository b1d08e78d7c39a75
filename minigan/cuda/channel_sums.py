"""Σ over all axes but the last, in a fixed order: `blocks.channel_sum`.

An array (rows, c) is dealt into strips: strip s has the rows s, s + strips, s + 2·strips, …. A
thread sums one channel of one strip; then the strips' sums, an array (strips, c), are summed in the
same way, until few rows are left. A thread sums a few hundred numbers at most, and for (200704, 64)
there are 2·10⁵ threads at first.

A sum is off by at most h u Σ|x|, where u is half a unit in the last place of 1, and h what a thread
sums, added up over the passes: 64 + 64 + 49 for those 200704 rows.
"""

from __future__ import annotations

import math

from minigan.backend import Array, array_module
from minigan.cuda.kernels import start

MANY = 1 << 18  # threads: what the largest GPUs hold at once
FEW = 256  # rows that a thread sums by itself, which takes as long as starting another kernel
LONG = 64  # rows of a strip, or more where there would be MANY threads


def channel_sum(x: Array) -> Array:
    """(..., c) → (c,)."""
    x = array_module(x).ascontiguousarray(x)
    sums, rows = shortened(x, math.prod(x.shape[:-1]), x.shape[-1])
    return strip_sums(sums, rows, x.shape[-1], strips=1)


def shortened(x: Array, rows: int, c: int) -> tuple[Array, int]:
    """Few rows with the same sum as the rows of x, and how many; x itself where they are few."""
    while rows > FEW:
        strips = strip_count(rows, c)
        x, rows = strip_sums(x, rows, c, strips), strips
    return x, rows


def strip_count(rows: int, c: int) -> int:
    """How many strips of about LONG rows, for no more than MANY threads."""
    return min(-(-rows // LONG), -(-MANY // c))


def strip_sums(x: Array, rows: int, c: int, strips: int) -> Array:
    """The sum of each strip of the rows of x, (strips · c,)."""
    sums = array_module(x).empty(strips * c, dtype=x.dtype)
    start("channel_sums", "sum_strips", sums.size, sums, x, rows * c)
    return sums
