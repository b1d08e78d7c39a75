"""What is compared: a line each, and what was reported for it.

Every row is the protocol's game with one thing changed, so that a difference has one cause.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from minigan.limits import check_names


@dataclass(frozen=True)
class Row:
    """One way to train.

    **Parameters**  name, text; objective and rule, names in `objectives.OBJECTIVES` and
    `rules.RULES`; smooth, D's label for data; packing, how many points D judges as one; minibatch,
    whether D has minibatch discrimination.
    """

    name: str
    text: str
    objective: str = "non-saturating"
    rule: str = "simultaneous"
    smooth: float = 1.0
    packing: int = 1
    minibatch: bool = False


ROWS = {
    row.name: row
    for row in (
        Row("minimax", "G descends log(1 - D(G(z)))", objective="minimax"),
        Row("non-saturating", "G descends -log D(G(z)): the GAN that the others change"),
        Row("worse-player", "only the player with the higher loss moves", rule="worse-player"),
        Row("smoothing", "D's label for data is 0.9", smooth=0.9),
        Row("minibatch", "D has minibatch discrimination", minibatch=True),
        *(Row(f"packing-{k}", f"D judges {k} points as one", packing=k) for k in (2, 3, 4)),
    )
}


@dataclass(frozen=True)
class Reported:
    """A line of PacGAN's Table 1: means over 10 trials with the full protocol."""

    modes: str
    high_quality: str
    reverse_kl: str


# Lin et al. 2018, Table 1. Its GAN is the row non-saturating, by its published code's loss.
REPORTED = {
    ("ring", "non-saturating"): Reported("6.3 ± 0.5", "98.2 %", "0.45"),
    ("ring", "packing-4"): Reported("7.8", "95.9 %", "0.07"),
    ("grid", "non-saturating"): Reported("17.3 ± 0.8", "94.8 %", "0.70"),
    ("grid", "packing-4"): Reported("24.8", "93.6 %", "0.04"),
}


def find_rows(rows: str | Iterable[str] | None) -> list[Row]:
    """The rows of those names in the table's order; all of them for None.

    **Raises**  TypeError for what is no name, ValueError for an unknown one, with those there are,
    and for none at all.
    """
    names = list(ROWS) if rows is None else check_names("collapse", "rows", rows, ROWS)
    for name in names:
        if name not in ROWS:
            raise ValueError(f"there is no row {name!r}, expected some of {', '.join(ROWS)}.")
    if not names:
        raise ValueError(f"no rows are given, expected some of {', '.join(ROWS)}.")
    return [row for row in ROWS.values() if row.name in names]
