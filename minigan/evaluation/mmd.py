"""Maximum mean discrepancy: do two sets have the same mean in the space of a kernel?

A kernel k(x, y) is an inner product in some large space. The squared distance between the means of
two distributions in that space needs inner products only:

    MMD² = E k(x, x') + E k(y, y') - 2 E k(x, y)

and its unbiased estimate leaves out the pairs of an example with itself:

    Σ_{i≠j} k(xᵢ, xⱼ) / (n(n-1)) + Σ_{i≠j} k(yᵢ, yⱼ) / (m(m-1)) - 2 Σ_{ij} k(xᵢ, yⱼ) / (nm)

With equal distributions it is 0 in the mean, and single numbers are below 0 a little more often
than above.

    rbf(s)       exp(-‖x - y‖²/s)        s: the median of ‖x - y‖² over the pooled pairs
    cubic        (x·y/d + 1)³            in features of d numbers: "KID" with Inception's

The RBF kernel knows all moments, blurred at one scale; the cubic one the first three (mean, spread,
skew), of features.

**Source**  Gretton et al. 2012 for the estimate and the median; Bińkowski et al. 2018 for the cubic
kernel, which they average over 100 subsets of 1,000 (both from memory); here it is taken over all
pairs at once, which has the same expectation and less scatter.

What it can tell: whether two sets differ, with a test that needs few examples and no Gaussians.
What it cannot: how. And on pixels it asks for the wrong things: a little noise on all images counts
for more than three digits that are never made.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from minigan.backend import Array, Random, array_module, to_host
from minigan.evaluation.distances import (
    Use,
    as_pair,
    check_count,
    each_distance,
    each_product,
    leave_out_itself,
)
from minigan.inputs import check_random
from minigan.limits import check_function, check_number

# A kernel calls use(rows, block) for blocks of the matrix k(xᵢ, yⱼ)
Kernel: TypeAlias = Callable[[Use, Array, Array], None]
SCALE = (  # of which 1/scale is finite in float32
    "a finite number above 0 (it is 0 where all examples are the same)",
    lambda scale: 1e-37 < scale < math.inf,
)
ROWS = 2000  # of the pool, from which the median is taken
POOL = 5000  # rows whose whole matrix is kept for a permutation test: 200 MB


def rbf(scale: float) -> Kernel:
    """Return the kernel exp(-‖x - y‖²/scale).

    **Raises**  TypeError, ValueError for a scale that is not above 0, or not finite.
    """
    scale = check_number("rbf", "scale", scale, SCALE)

    def kernel(use: Use, x: Array, y: Array) -> None:
        xp = array_module(x)

        def each(rows: slice, square: Array) -> None:
            square *= -1 / scale
            use(rows, xp.exp(square, out=square))

        each_distance(each, x, y)

    return kernel


def cubic(use: Use, x: Array, y: Array) -> None:
    """Be the kernel (x·y/d + 1)³, with d the length of x."""
    xp, d = array_module(x), x.shape[1]

    def each(rows: slice, product: Array) -> None:
        product /= d
        product += 1
        use(rows, product * product * product)

    each_product(each, x.astype(xp.float64), y.astype(xp.float64))


def pooled_median(x: Array, y: Array) -> float:
    """Return the median of ‖a - b‖² over the pairs of the pool of both sets.

    Of a pool of more than 2,000 rows, 2,000 evenly spaced ones are taken: the scale of a kernel
    need not be known to the last digit.

    **Raises**  ValueError, TypeError as `as_pair`.

    >>> pooled_median(np.array([[0.0], [1.0]]), np.array([[3.0]]))      # 1, 4, 9
    4.0
    """
    x, y = as_pair("pooled median", x, y)
    xp = array_module(x)
    pool = xp.concatenate([x, y])
    pool = pool[np.linspace(0, len(pool) - 1, min(len(pool), ROWS)).astype(int).tolist()]
    squares = np.zeros((len(pool), len(pool)))

    def use(rows: slice, square: Array) -> None:
        squares[rows] = to_host(square)

    each_distance(use, pool, pool)
    return float(np.median(squares[np.triu_indices(len(pool), 1)]))


def mmd2(x: Array, y: Array, kernel: Kernel) -> float:
    """Return the unbiased estimate of MMD² between two sets.

    **Shapes**  x (n, …), y (m, …), two rows or more each

    **Raises**  ValueError, TypeError as `as_pair`; TypeError for what is no kernel.

    >>> round(mmd2(np.array([[0.0], [0.0]]), np.array([[2.0], [2.0]]), rbf(4.0)), 6)    # 2 - 2/e
    1.264241
    """
    x, y = as_pair("mmd", x, y, least=2)
    check_function("mmd", "kernel", kernel, "such as rbf(1.0) or cubic")
    n, m = len(x), len(y)
    within = _sum(kernel, x, x, itself=False) / (n * (n - 1))
    within += _sum(kernel, y, y, itself=False) / (m * (m - 1))
    return within - 2 * _sum(kernel, x, y) / (n * m)


def _sum(kernel: Kernel, x: Array, y: Array, itself: bool = True) -> float:
    xp = array_module(x)
    sums = xp.zeros(len(x))

    def use(rows: slice, block: Array) -> None:
        if not itself:
            leave_out_itself(rows, block, 0)
        sums[rows] = block.sum(axis=1, dtype=xp.float64)

    kernel(use, x, y)
    return float(sums.sum())


def mmd2_of_dealings(K: Array, is_x: Array) -> Array:
    """Return MMD² for many ways to deal out one pool: a product of matrices for all of them.

    **Shapes**  K (N, N), the kernel with a diagonal of 0; is_x (N, P), 1 for the rows that are x in
    a dealing, 0 for those that are y, as many x in each → (P,)
    """
    n = is_x[:, 0].sum()
    m = len(K) - n
    met = K @ is_x  # (N, P): Σ over x of k with each of the pool
    xx, xy = (is_x * met).sum(axis=0), ((1 - is_x) * met).sum(axis=0)
    yy = K.sum() - xx - 2 * xy
    return xx / (n * (n - 1)) + yy / (m * (m - 1)) - 2 * xy / (n * m)


def permutation_test(
    x: Array, y: Array, kernel: Kernel, rng: Random, permutations: int = 200
) -> float:
    """Return p: how often MMD² is as large as it is when it does not matter who is x and who y.

    The pool is dealt out anew, n and m, P times; p = (1 + #{as large or larger}) / (1 + P).

    **Raises**  ValueError for a pool of more than 5,000 rows, for permutations that are not 1 to
    100,000, TypeError for what is no Random, and as `mmd2`.

    >>> x = Random(0, dtype="float64").normal((40, 2))
    >>> permutation_test(x, x + 9.0, rbf(1.0), Random(0)).__round__(4)      # 1 / 201: none is
    0.005
    """
    x, y = as_pair("permutation test", x, y, least=2)
    check_function("permutation test", "kernel", kernel, "such as rbf(1.0) or cubic")
    check_random("permutation test", rng)
    check_count("permutation test", "permutations", permutations, 1, 100_000)
    xp, n, N = array_module(x), len(x), len(x) + len(y)
    if N > POOL:
        raise ValueError(
            f"permutation test: the pool has {N:,} rows, at most {POOL:,} fit into memory with all "
            "their pairs; take fewer of each."
        )
    K, pool = xp.zeros((N, N)), xp.concatenate([x, y])

    def use(rows: slice, block: Array) -> None:
        leave_out_itself(rows, block, 0)
        K[rows] = block

    kernel(use, pool, pool)
    dealt = [np.arange(N), *(rng.permutation(N) for _ in range(permutations))]
    is_x = xp.asarray(np.stack([order < n for order in dealt], axis=1).astype(np.float64))
    values = to_host(mmd2_of_dealings(K, is_x))
    # a sum in another order is the same number to 12 digits
    as_large = values[1:] >= values[0] - 1e-12 * abs(values[0])
    return float((1 + as_large.sum()) / (1 + permutations))
