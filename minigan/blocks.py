"""Walk through big arrays in blocks that stay in the CPU's cache, on all cores.

NumPy makes an array for every intermediate result. Where arrays are larger than the cache, each of
these goes out to memory and comes back, and a formula of five operations takes five times as long
as its data need. In blocks of a few hundred kilobytes the intermediate results never leave the
cache, and the blocks are shared among the cores. The formula stays as it is: it is handed over as a
function and sees a block at a time.

On a GPU, and for small arrays and arrays that are not contiguous, the one block is the whole array.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minigan.backend import Array, array_module
from minigan.cuda import blas, kernels
from minigan.cuda import channel_sums as cuda_sums
from minigan.cuda import elementwise as cuda
from minigan.threads import share, threads

SIZE = 1 << 16  # numbers in a block: 256 kB in float32
# Waking another core and moving its share of the data there costs some 60 µs. What one core does in
# such a time is not shared:
WHOLE = 1 << 17  # numbers up to which an array is one block
ONE_CORE = 1 << 23  # multiplications of a matrix product


def each_block(update: Callable[..., None], *arrays: Array) -> None:
    """Call update(*blocks) for blocks of arrays of one shape: views, to be changed in place.

    A block is some rows (…, c) → (rows, c): the last axis stays whole. Blocks are updated in any
    order and at the same time.

    >>> theta = np.arange(6.0).reshape(3, 2)
    >>> def update(block):
    ...     block *= 10
    >>> each_block(update, theta)
    >>> theta.tolist()
    [[0.0, 10.0], [20.0, 30.0], [40.0, 50.0]]
    """
    rows = _rows(arrays)
    if rows is None or arrays[0].size <= WHOLE:
        update(*arrays)
        return
    count, step = len(rows[0]), max(1, SIZE // rows[0].shape[1])
    parts = threads()

    def work(part: int) -> None:
        for i in range(part * step, count, parts * step):
            update(*(a[i : i + step] for a in rows))

    share(work, parts)


def elementwise(
    formula: Callable[..., Array],
    *arrays: Array,
    kernel: str = "",
    constants: tuple[float, ...] = (),
) -> Array:
    """formula(*arrays), computed block by block: y[i] may depend on the arrays' [i] alone.

    The arrays have one shape; what has another, such as a number for each channel, may stand in
    the formula itself. The formula keeps the dtype of the first array. On a GPU each operator would
    be a launch; kernel names the one in cuda/elementwise.cu that computes the whole formula, whose
    constants follow its arrays.

    >>> x = np.array([[-1.0, 2.0], [3.0, -4.0]])
    >>> elementwise(lambda x: np.maximum(x, 0) + 1, x).tolist()
    [[1.0, 3.0], [4.0, 1.0]]
    """
    if kernel and kernels.on(*arrays):
        return cuda.elementwise(kernel, arrays, constants)
    if arrays[0].size <= WHOLE or _rows(arrays) is None:
        return formula(*arrays)
    y = np.empty_like(arrays[0])

    def update(y: Array, *blocks: Array) -> None:
        y[...] = formula(*blocks)

    each_block(update, y, *arrays)
    return y


def product(a: Array, b: Array) -> Array:
    """The matrix product a b, (r, k) (k, n) → (r, n), a share of the larger side on each core.

    Why not leave the threads to BLAS: see threads.py. On a GPU there is one product.

    >>> product(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]))
    array([[11.]])
    """
    (r, k), n = a.shape, b.shape[1]
    if k == 1:  # one product for each entry, which BLAS does not expect
        return a * b
    if array_module(a) is not np or array_module(b) is not np:
        return blas.product(a, b)
    parts = threads() if r * k * n > ONE_CORE else 1
    if parts == 1:
        return a @ b
    y = np.empty((r, n), dtype=np.result_type(a, b))
    length = max(r, n)

    def work(part: int) -> None:
        mine = slice(length * part // parts, length * (part + 1) // parts)
        if r > n:
            np.matmul(a[mine], b, out=y[mine])
        else:
            np.matmul(a, b[:, mine], out=y[:, mine])

    share(work, parts)
    return y


def channel_sum(x: Array) -> Array:
    """Σ over all axes of x but the last: (..., c) → (c,)."""
    if kernels.on(x):
        return cuda_sums.channel_sum(x)
    return channel_sums(lambda x: (x,), x)[0]


def channel_sums(terms: Callable[..., tuple[Array, ...]], *arrays: Array) -> list[Array]:
    """Sum each array of terms(*arrays) over all axes but the last, without writing them down.

    Every 1024 rows have a sum of their own, and these are summed: the partial sums are short, which
    makes the rounding error several times smaller than that of one long sum. On the CPU a sum over
    rows is the product 1ᵀ x, since BLAS reads six times as fast as NumPy's sum along the first
    axis. On a GPU images are summed one by one, which gives every multiprocessor work (one
    reduction over all leading axes starts only c/32 blocks).

    >>> channel_sums(lambda x: (x, x * x), np.array([[1.0, 2.0], [3.0, 4.0]]))
    [array([4., 6.]), array([10., 20.])]
    """
    rows = _rows(arrays)
    if rows is None or arrays[0].size <= SIZE // 4:
        return [_sum_by_image(t) for t in terms(*arrays)]
    count, c = rows[0].shape
    step = max(1, min(1024, SIZE // c))
    starts = range(0, count, step)
    ones = np.ones(step, dtype=arrays[0].dtype)
    partial: list[Any] = [None] * len(starts)
    parts = threads() if arrays[0].size > WHOLE else 1

    def work(part: int) -> None:
        for n in range(part, len(starts), parts):
            blocks = [a[starts[n] : starts[n] + step] for a in rows]
            partial[n] = [ones[: len(t)] @ t for t in terms(*blocks)]

    share(work, parts)
    return [np.asarray(sums).sum(axis=0) for sums in zip(*partial, strict=True)]


def _sum_by_image(x: Array) -> Array:
    if x.ndim > 2:
        x = x.reshape(x.shape[0], math.prod(x.shape[1:-1]), x.shape[-1]).sum(axis=1)  # (m, c)
    return x.sum(axis=0) if x.ndim == 2 else x.copy()


def _rows(arrays: tuple[Array, ...]) -> list[Array] | None:
    """The arrays as (rows, c), views; None where they have no such views on the CPU."""
    if any(array_module(a) is not np or not a.flags.c_contiguous or a.ndim == 0 for a in arrays):
        return None
    return [a.reshape(math.prod(a.shape[:-1]), a.shape[-1]) for a in arrays]
