"""A step of an optimizer in one launch for all parameters, and the sum of two gradients.

The step is `_move` of optimizer.py with the `_step` of each class in optimizers.py, to the bit; the
sum is `sum_of_gradients` of gan.py. By operators Adam makes 14 launches for each parameter, and a
network has a dozen of them.

The kernels find their arrays in a table of addresses, a struct that is handed over by value.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from minigan.backend import Array, array_module
from minigan.cuda.kernels import start
from minigan.penalties import Penalty

MOST = 64  # parameters in a table: a network with more takes another launch
COLUMNS = ("theta", "g", "m", "v")
Rows = dict[str, tuple[Array, ...]]  # by the parameter's name, what stands in the columns


def move(
    kernel: str,
    rows: Rows,
    sign: int,
    rates: Any,
    constants: tuple[float, ...],
    penalty: Penalty | None,
) -> None:
    """Move all parameters, and their state, by one step.

    **Parameters**  kernel: its name; rows: θ, its gradient and its arrays of state; sign: +1 or -1;
    rates: what the step takes that depends on t, as a tuple of numbers or as an array on the GPU;
    constants: what else it takes; penalty: on the parameters that it applies to.

    **Raises**  ValueError for a parameter that is not contiguous.
    """
    penalty = penalty or Penalty()
    rows = {
        name: (theta, _contiguous(g, theta.dtype), *state)
        for name, (theta, g, *state) in rows.items()
    }
    for group in _groups(rows):
        n, table = _table(group)
        dtype = _dtype(group)
        if isinstance(rates, tuple):
            table["rates"][0, : len(rates)] = rates
        else:
            fed = rates.astype(dtype, copy=False)
            table["fed"] = fed.data.ptr
        table["sign"], table["l1"], table["twice_l2"] = sign, penalty.l1, 2 * penalty.l2
        table["penalised"][0, : len(group)] = [penalty.applies_to(name) for name in group]
        start("optimizers", kernel, n, table, *map(float, constants), dtype=dtype)


def sums(one: dict[str, Array], other: dict[str, Array]) -> dict[str, Array]:
    """{name: one[name] + other[name]} for arrays of the same names and shapes."""
    total = {name: array_module(a).empty(a.shape, dtype=a.dtype) for name, a in one.items()}
    rows = {
        name: (y, _contiguous(one[name], y.dtype), _contiguous(other[name], y.dtype))
        for name, y in total.items()
    }
    for group in _groups(rows):
        n, table = _table(group)
        start("optimizers", "sum_of_gradients", n, table, dtype=_dtype(group))
    return total


def _contiguous(a: Array, dtype: Any) -> Array:
    return array_module(a).ascontiguousarray(a, dtype=dtype)


def _groups(rows: Rows) -> list[Rows]:
    """The rows in groups that have one dtype and fit into a table each."""
    names: dict[Any, list[str]] = {}
    for name, (theta, *_) in rows.items():
        names.setdefault(theta.dtype, []).append(name)
    parts = [some[i : i + MOST] for some in names.values() for i in range(0, len(some), MOST)]
    return [{name: rows[name] for name in part} for part in parts]


def _dtype(rows: Rows) -> Any:
    return next(iter(rows.values()))[0].dtype


def _table(rows: Rows) -> tuple[int, Any]:
    """The number of elements of all rows, and the table: an array of one struct."""
    for name, arrays in rows.items():
        for a in arrays:
            if not a.flags.c_contiguous:
                raise ValueError(
                    f"{name}: an array of shape {a.shape} is not contiguous; make the parameter so "
                    "with xp.ascontiguousarray."
                )
    table = np.zeros(1, dtype=_layout(_dtype(rows).name))
    for column, arrays in zip(COLUMNS, zip(*rows.values(), strict=True), strict=False):
        table[column][0, : len(rows)] = [a.data.ptr for a in arrays]
    ends = np.cumsum([theta.size for theta, *_ in rows.values()])
    table["end"][0, : len(rows)] = ends
    table["count"] = len(rows)
    return int(ends[-1]), table


@cache
def _layout(real: str) -> np.dtype[Any]:
    """`struct Table` in optimizers.cu, member for member."""
    return np.dtype(
        [(column, np.uint64, MOST) for column in COLUMNS]
        + [("end", np.int64, MOST), ("fed", np.uint64), ("rates", real, 2)]
        + [("sign", real), ("l1", real), ("twice_l2", real)]
        + [("penalised", np.bool_, MOST), ("count", np.int32)],
        align=True,
    )
