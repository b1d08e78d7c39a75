"""The rows of `minigan bench` as text, with what the columns mean."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

Row = dict[str, Any]

WIDTHS = (13, 12, 9, 10, 10, 11, 9, 8)  # of the columns after the layer's name

STEP_WORDS = """
step      one update of D and one of G; rule "{rule}", draws "{draws}": see
          minigan bench --help
ms        the median of the steps; half of them lie within the spread (interquartile range)
images/s  images of the data that a second of training passes through
GFLOP/s   arithmetic of the plain algorithm: 2 for each multiply-add of every matrix product, a
          convolution as unfold and product; a fast path that needs less shows as a higher rate
of GEMM   the same as a share of what this machine reaches in the product of two large float32
          matrices, measured right after each network
peak MB   the most memory that the process of this network has held, Python and libraries included
"""

LAYER_WORDS = """
GFLOP     arithmetic of the layer's forward passes in a step: 2 for each multiply-add of its matrix
          products by the plain algorithm, nothing for elementwise layers
forward   ms in a step: G runs for D's update and for its own, D on data and samples, then for G
backward  ms in a step: the gradients of parameters and inputs, those that the step needs
GFLOP/s   arithmetic of both directions by their time; the product of two large matrices reaches
          {gemm:,.0f} here
share     of the step. Times are means over the middle half of the steps, so that they add up
"""


def step_table(rows: Iterable[Row]) -> Iterator[str]:
    """Lines of a table with a row a network, each as soon as it is there."""
    head = ("network", "m", "ms", "spread", "images/s", "GFLOP/s", "of GEMM", "peak MB")
    rule = draws = None
    for row in rows:
        if rule is None:
            rule, draws = row["rule"], row["draws"]
            yield machine_line(row) + "\n"
            yield _line(head)
        peak = row["peak_mb"]
        yield _line(
            (
                row["network"],
                f"{row['m']}",
                f"{row['ms']:,.2f}",
                f"{row['spread']:,.2f}",
                f"{row['images_per_s']:,.0f}",
                f"{row['gflops']:,.1f}",
                f"{row['share']:.0%}",
                "not measured" if peak is None else f"{peak:,.0f}",
            )
        )
    yield STEP_WORDS.format(rule=rule, draws=draws).rstrip()


def _line(cells: tuple[str, ...]) -> str:
    return f"{cells[0]:18}" + "".join(f"{cell:>10}" for cell in cells[1:-1]) + f"{cells[-1]:>14}"


def machine_line(row: Row) -> str:
    """Where a row was measured."""
    commit = f" ({row['commit']})" if row["commit"] else ""
    where = row.get("gpu") or row["cpu"]
    library = f"CuPy {row['cupy']}" if "cupy" in row else row["blas"]
    parts = (
        f"minigan {row['minigan']}{commit}",
        f"Python {row['python']}",
        f"NumPy {row['numpy']}",
        library,
        f"{row['threads']} threads",
        where,
    )
    return textwrap.fill(", ".join(parts), 100)


def layer_tables(rows: Iterable[Row]) -> Iterator[str]:
    """Lines of a table for each network, with a row a layer."""
    words = ""
    for network, group in groupby(rows, key=lambda row: str(row["network"])):
        table = list(group)
        words = LAYER_WORDS.format(gemm=table[0]["gemm_gflops"])
        yield from _layer_table(network, table)
    yield words.strip()


def _layer_table(network: str, rows: list[Row]) -> Iterator[str]:
    first = rows[0]
    width = max(len(row["layer"]) for row in rows) + 2
    ms, gflop = sum(row["ms"] for row in rows), sum(map(_gflop, rows))
    setting = f"batch {first['m']}, {first['device']}, rule {first['rule']}, draws {first['draws']}"
    yield f"{network} ({setting}): a step takes {ms:,.2f} ms for {gflop:,.2f} GFLOP"
    head = ("output shape", "parameters", "GFLOP", "forward", "backward", "ms", "GFLOP/s", "share")
    for player, part in groupby(rows, key=lambda row: row["player"]):
        of_player = list(part)
        yield f"\n{player:{width}}{_cells(head)}" if player else "\nbetween the players"
        for row in of_player:
            yield f"{row['layer']:{width}}" + _layer_cells(row)
        yield f"{'sum':{width}}" + _layer_cells(_sum(of_player))
    yield f"\n{'a step':{width}}" + _layer_cells(_sum(rows)) + "\n"


def _sum(rows: list[Row]) -> Row:
    """One row in the place of many: the sums of what can be added."""
    keys = ("parameters", "gflop_forward", "gflop_backward", "ms_forward", "ms_backward")
    total: Row = {key: sum(row[key] or 0 for row in rows) or None for key in keys}
    return total | {key: sum(row[key] for row in rows) for key in ("ms", "share")} | {"shape": None}


def _layer_cells(row: Row) -> str:
    gflop = _gflop(row)
    forward_alone = row["gflop_forward"] if gflop else None
    return _cells(
        (
            "" if row["shape"] is None else "×".join(map(str, row["shape"])),
            _number(row["parameters"], ",d"),
            _number(forward_alone, ",.3f"),
            _number(row["ms_forward"], ",.2f"),
            _number(row["ms_backward"], ",.2f"),
            _number(row["ms"], ",.2f"),
            f"{1e3 * gflop / row['ms']:,.0f}" if gflop else "",
            f"{row['share']:.1%}",
        )
    )


def _gflop(row: Row) -> float:
    return (row["gflop_forward"] or 0.0) + (row["gflop_backward"] or 0.0)


def _number(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _cells(cells: tuple[str, ...]) -> str:
    return "".join(f"{cell:>{width}}" for cell, width in zip(cells, WIDTHS, strict=True))
