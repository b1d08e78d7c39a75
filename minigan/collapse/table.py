"""Means over seeds with their standard errors, beside what was reported and what is possible."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from minigan.collapse.game import Result
from minigan.collapse.protocol import MIXTURES, SAMPLES, Protocol
from minigan.collapse.rows import REPORTED, Reported
from minigan.evaluation.modes import Coverage

MEASURES = ("modes", "high_quality", "reverse_kl")


@dataclass(frozen=True)
class Mean:
    """A mean over n seeds and its standard error; the error of one seed is not known: NaN.

        error = s / √n,   s² = Σ (x - mean)² / (n - 1)

    s is how far a seed's value is from the mean, error how far the mean may be from that of all
    seeds: about 2 errors in 19 of 20 cases.
    """

    mean: float
    error: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Mean:
        """The mean of the values.

        >>> Mean.of([1.0, 2.0, 3.0, 4.0, 5.0])                # s² = 10/4, error = √(2.5/5)
        Mean(mean=3.0, error=0.7071067811865476)
        """
        n, mean = len(values), statistics.fmean(values)
        if n < 2 or not math.isfinite(mean):
            return cls(mean, math.nan)
        return cls(mean, statistics.stdev(values) / math.sqrt(n))


@dataclass(frozen=True)
class Line:
    """A row of the table."""

    row: str
    seeds: int
    modes: Mean
    high_quality: Mean
    reverse_kl: Mean
    reported: Reported | None


@dataclass(frozen=True)
class Table:
    """What `collapse` returns: the rows, and what a perfect sampler would get."""

    data: str
    protocol: Protocol
    lines: list[Line]
    perfect: Coverage

    def __str__(self) -> str:
        return "\n".join(_text(self))

    def records(self) -> Iterator[dict[str, Any]]:
        """A dict for each row and for the perfect sampler, as --json prints them; None is NaN."""
        for line in self.lines:
            record: dict[str, Any] = self._head(line.row) | {"seeds": line.seeds}
            for name in MEASURES:
                value: Mean = getattr(line, name)
                record |= {name: _number(value.mean), f"{name}_error": _number(value.error)}
            yield record | {"reported": None if line.reported is None else vars(line.reported)}
        perfect = {name: getattr(self.perfect, name) for name in MEASURES}
        yield self._head("perfect sampler") | perfect

    def _head(self, row: str) -> dict[str, Any]:
        return {
            "data": self.data,
            "protocol": self.protocol.name,
            "steps": self.protocol.steps,
            "row": row,
        }


def make_line(row: str, results: Sequence[Result]) -> Line:
    """The row's means over its results, one for each seed."""
    means = {name: Mean.of([getattr(one, name) for one in results]) for name in MEASURES}
    return Line(row, len(results), **means, reported=REPORTED.get((results[0].data, row)))


def _text(table: Table) -> Iterator[str]:
    of, seeds = table.perfect.of, max(line.seeds for line in table.lines)
    plural = "seeds, mean ± standard error" if seeds > 1 else "seed, so without an error"
    yield f"{MIXTURES[table.data].text}; {table.protocol}"
    yield f"{seeds} {plural}; {SAMPLES:,} samples each, {len(table.lines)} ways to train"
    yield ""
    heads = f"{'modes':>12} {'high quality':>16} {'reverse KL':>15}"
    yield f"{'':16} {heads}   reported, full protocol"
    perfect = table.perfect
    yield (
        f"{'perfect sampler':16} {f'{of} of {of}':>12} {f'{100 * perfect.high_quality:.1f} %':>16} "
        f"{perfect.reverse_kl:>15.4f}"
    )
    for line in table.lines:
        quality = f"{_pm(line.high_quality, 100, 1)} %"
        text = (
            f"{line.row:16} {_pm(line.modes, 1, 1):>12} {quality:>16} "
            f"{_pm(line.reverse_kl, 1, 3):>15}"
        )
        if line.reported is not None:
            text += "   " + ", ".join(vars(line.reported).values())
        yield text


def _pm(value: Mean, scale: float, digits: int) -> str:
    text = f"{scale * value.mean:.{digits}f}"
    return text if math.isnan(value.error) else f"{text} ± {scale * value.error:.{digits}f}"


def _number(value: float) -> float | None:
    """JSON has no NaN."""
    return value if math.isfinite(value) else None
