"""All distances between two sets, a block of rows at a time and on all cores.

10,000 examples have 10⁸ distances to 10,000 others: 800 MB, of which a measure wants a sum, a
minimum or a rank of each row. So the rows are walked through in blocks that are used and dropped.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Integral
from typing import Any

import numpy as np

from minigan.backend import Array, array_module, device_of
from minigan.limits import sentence
from minigan.threads import share

SIZE = 1 << 22  # numbers in a block; each thread has one: 16 MB in float32, 32 in float64
SMALL = 128  # columns up to which products are taken in float64
LARGEST = 1e15  # numbers beyond it have squares, or cubes, that are not safely below infinity
REAL = "fiub"  # kinds of dtype: floats, integers, bytes and truth values
ROUNDING = 32  # units in the last digit of ‖x‖², below which a squared distance is rounding alone

Use = Callable[[slice, Array], None]


def as_rows(who: str, x: Array, least: int = 1) -> Array:
    """Examples of any shape as vectors of floats, (n, …) → (n, d).

    Bytes, integers and half floats become float32 or more: a sum of 60,000 bytes is no byte.

    **Raises**  ValueError, in the name of `who`, for fewer examples than `least`, or a NaN, an
    infinity, or a number beyond 10¹⁵; TypeError for what is no array of real numbers.
    """
    try:
        xp = array_module(x)
    except TypeError as error:
        raise TypeError(f"{who}: {error}") from None
    if x.dtype.kind not in REAL:
        raise TypeError(f"{who}: got an array of {x.dtype}, expected real numbers.")
    if x.ndim < 2 or len(x) < least or x.size == 0:
        raise ValueError(
            f"{who}: got an array of shape {tuple(x.shape)}, expected (n, d) or images "
            f"(n, h, w, c), with n of {least} or more."
        )
    x = x.reshape(len(x), -1).astype(xp.result_type(x.dtype, xp.float32), copy=False)
    usable = (abs(x) <= LARGEST).all(axis=1)  # so that NaN is refused, too
    if not bool(usable.all()):
        raise ValueError(
            f"{who}: example {int((~usable).argmax())} is not finite, or beyond {LARGEST:g}; leave "
            "out what is NaN or infinite, scale what is large."
        )
    return x


def as_pair(who: str, x: Array, y: Array, least: int = 1) -> tuple[Array, Array]:
    """Two sets of examples as vectors of one length, (n, …) and (m, …) → (n, d) and (m, d).

    **Raises**  ValueError, TypeError as `as_rows`; ValueError for vectors of two lengths.
    """
    x, y = as_rows(who, x, least), as_rows(who, y, least)
    if x.shape[1] != y.shape[1]:
        raise ValueError(
            f"{who}: examples of {x.shape[1]} numbers are compared with examples of "
            f"{y.shape[1]}, expected as many in both."
        )
    return x, y


def as_numbers(who: str, name: str, values: Any) -> Any:
    """Numbers on the host, (n,), as float64.

    **Raises**  ValueError, TypeError, in the name of `who`, for what are no finite real numbers, or
    none at all.
    """
    x = np.asarray(values)
    expected = "(n,) finite numbers, one or more"
    if x.dtype.kind not in "fiu":
        raise TypeError(sentence(who, name, values, expected))
    if x.ndim != 1 or not x.size or not np.isfinite(x).all():
        raise ValueError(sentence(who, name, values, expected))
    return x.astype(np.float64)


def check_count(who: str, name: str, value: Any, least: int, most: int, why: str = "") -> None:
    """Refuse what is no integer from least to most.

    **Raises**  TypeError, ValueError, in the name of `who`; `why` says what sets the limit.
    """
    expected = f"an integer from {least} to {most:,}{why}"
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(sentence(who, name, value, expected))
    if not least <= int(value) <= most:
        raise ValueError(sentence(who, name, value, expected))


def each_product(use: Use, x: Array, y: Array) -> None:
    """Call use(rows, block) for blocks of the products block = x[rows] yᵀ, (r, d) (d, m) → (r, m).

    Blocks come in any order and at the same time. What `use` writes must belong to its rows.
    """
    step = max(1, SIZE // len(y))

    def work(part: int) -> None:
        rows = slice(part * step, min((part + 1) * step, len(x)))
        use(rows, x[rows] @ y.T)

    parts = math.ceil(len(x) / step)
    if device_of(x) == "cpu":
        share(work, parts)
    else:
        for part in range(parts):
            work(part)


def each_distance(use: Use, x: Array, y: Array) -> None:
    """Call use(rows, square) for blocks of squared distances, ‖xᵢ - yⱼ‖² as (r, m).

    They are ‖x‖² - 2 x·y + ‖y‖², a matrix product. Where two points are close, nearly equal numbers
    are subtracted, and what is left has the rounding of the large ones: of ‖x‖², not of ‖x - y‖².
    Hence the mean of y is taken off both first, which changes no distance. Vectors of up to 128
    numbers (points of the plane, features) are multiplied in float64, which costs next to nothing.
    Longer ones (images) in float32: twice as fast, with an error of up to 2·10⁻⁶ ‖x‖². A square
    that could be rounding alone is 0, so that copies are copies; two images that are none are far
    more than 0.002 ‖x‖ apart.

    **Shapes**  x (n, d), y (m, d)
    """
    xp = array_module(x)
    dtype = xp.float64 if x.shape[1] <= SMALL else xp.float32
    centre = y.mean(axis=0, dtype=xp.float64)
    a, b = ((v - centre).astype(dtype, copy=False) for v in (x, y))
    norm_a, norm_b = (xp.einsum("nd,nd->n", v, v) for v in (a, b))
    least = ROUNDING * float(xp.finfo(dtype).eps) * norm_a  # where y is x, it has the same norm

    def distances(rows: slice, block: Array) -> None:
        block *= -2
        block += norm_b
        block += norm_a[rows, None]
        block[block < least[rows, None]] = 0
        use(rows, block)

    each_product(distances, a, b)


def nearest(x: Array, y: Array) -> tuple[Array, Array]:
    """The index of the nearest y of each x, and the distance to it: (n,) and (n,).

    **Raises**  ValueError, TypeError as `as_pair`.

    >>> import numpy as np
    >>> index, distance = nearest(np.array([[0.0, 0.0]]), np.array([[9.0, 9.0], [3.0, 4.0]]))
    >>> index.tolist(), distance.tolist()
    ([1], [5.0])
    """
    x, y = as_pair("nearest", x, y)
    xp = array_module(x)
    index, distance = xp.zeros(len(x), dtype="int64"), xp.zeros(len(x))

    def use(rows: slice, square: Array) -> None:
        index[rows] = square.argmin(axis=1)
        distance[rows] = xp.sqrt(square.min(axis=1))

    each_distance(use, x, y)
    return index, distance


def kth_nearest(x: Array, k: int = 1) -> Array:
    """The squared distance of each x to the k-th nearest other one, (n,).

    **Raises**  TypeError, ValueError for a k that is not from 1 to n - 1, and as `as_rows`.

    >>> import numpy as np
    >>> kth_nearest(np.array([[0.0], [1.0], [3.0]]), 2).tolist()
    [9.0, 4.0, 9.0]
    """
    x = as_rows("k-th nearest", x, 2)
    check_count("k-th nearest", "k", k, 1, len(x) - 1, ", the number of others")
    xp = array_module(x)
    square_k = xp.zeros(len(x))

    def use(rows: slice, square: Array) -> None:
        leave_out_itself(rows, square, math.inf)
        square_k[rows] = xp.partition(square, k - 1, axis=1)[:, k - 1]

    each_distance(use, x, x)
    return square_k


def leave_out_itself(rows: slice, block: Array, value: Any) -> None:
    """Put a value where an example meets itself in a block of a set against the same set."""
    xp = array_module(block)
    here = xp.arange(len(block))
    block[here, here + rows.start] = value
