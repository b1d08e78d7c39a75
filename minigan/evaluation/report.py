"""An evaluation as a table to read, and as JSON."""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from minigan import __version__
from minigan.evaluation.evaluate import SUBJECTS, Evaluation, Row
from minigan.evaluation.in_short import in_short
from minigan.files import replacing
from minigan.terminal import visible

WIDTH = 98
COLUMNS = ("G's samples", "real data", "noise")


def as_text(evaluation: Evaluation) -> Iterator[str]:
    """What was compared with what, then the table, a few lines a measure."""
    yield from _head(evaluation)
    yield ""
    yield f"{'':24}" + "".join(f"{name:>17}" for name in COLUMNS) + "   best"
    where = ""
    for row in evaluation.rows:
        if row.why_not:
            continue
        if row.where != where:  # lines of one measure stand together
            yield ""
            yield f"    {row.where}"
        where = row.where
        cells = "".join(f"{_cell(row, which):>17}" for which in SUBJECTS)
        yield f"{row.line.name:24}{cells}   {row.line.best}"
        yield f"    Tells {row.line.tells}"
        yield f"    Cannot tell {row.line.cannot}"
        if row.line.key == "parzen":
            yield from _rungs(evaluation)
        if row.line.key == "classes":
            yield from _shares(row)
    left_out = [row for row in evaluation.rows if row.why_not]
    if left_out:
        yield ""
        yield "Left out"
    for why in dict.fromkeys(row.why_not for row in left_out):
        names = ", ".join(row.line.name for row in left_out if row.why_not == why)
        yield from _wrapped(f"{names}: {why}.")
    yield ""
    yield "In short"
    yield from (f"    {sentence}" for sentence in in_short(evaluation))


def _rungs(evaluation: Evaluation) -> Iterator[str]:
    """The ladder, in the column of the samples that it stands in for."""
    yield "    The ladder, by the same protocol:"
    for name, found in evaluation.ladder:
        yield f"        {name:40}{_number(found.mean, found.error)}"


def _shares(row: Row) -> Iterator[str]:
    """The histogram: of a hundred samples, real examples, images of noise, how many a class."""
    for which, name in zip(SUBJECTS, COLUMNS, strict=True):
        counts = row.more[which].values()
        shares = " ".join(f"{100 * count / sum(counts):.0f}" for count in counts)
        yield f"        {name + ', % a class':40}{shares}"
    noise = row.more["noise"]
    favourite = max(noise, key=lambda k: noise[k])
    if noise[favourite] > 0.9 * sum(noise.values()):
        where = "samples with grain may be counted there."
        yield f"        Noise is taken for class {favourite}: {where}"


def _head(evaluation: Evaluation) -> Iterator[str]:
    sides, config = evaluation.sides, evaluation.sides.config
    n, test = len(sides.subjects["value"].x), len(sides.test.x)
    yield (
        f"{visible(evaluation.folder)} ({config.model} on {visible(config.data['name'])}, step "
        f"{sides.step:,} of {config.steps:,})"
    )
    kept = "that G has not seen" if sides.held_out else "that G was trained on, too"
    yield from _wrapped(
        f"Everything is compared with {test:,} real examples {kept}: {n:,} samples of G (seed "
        f"{evaluation.seed}); in their place {n:,} other real examples, which is what a perfect G "
        f"would get; and {n:,} examples of uniform noise."
    )
    if sides.judge is not None:
        yield from _wrapped(
            "Features, which stand for an image in place of its pixels, and classes are those of "
            f"the network {sides.judge.name} ({100 * sides.judge.accuracy:.2f} % right on its test "
            f"set, SHA-256 {sides.judge.sha256[:12]}…)."
        )
    for note in (*sides.notes, *_split_note(evaluation)):
        yield from _wrapped(f"Note: {note}.")
    if evaluation.picture is not None:
        yield from _wrapped(f"Samples above their nearest training examples: {evaluation.picture}")


def _split_note(evaluation: Evaluation) -> Iterator[str]:
    """Whether a Parzen number of digits is by the paper's split, where somebody may think so."""
    sides, data = evaluation.sides, evaluation.sides.config.data
    if data["spec"] not in ("mnist", "mnist12k"):
        return
    paper = "trains on 50,000 images, chooses σ on 1,000 of 10,000 others, and scores all 10,000"
    n = len(sides.subjects["value"].x), len(sides.sigma_rows), len(sides.scored)
    same = data["spec"] == "mnist" and data["n"] == 50_000 and n == (10_000, 1_000, 10_000)
    if same:
        yield f"the split of the 2014 paper, whose code {paper} test images"
    else:
        yield f"not the split of the 2014 paper, whose code {paper} test images"


def _cell(row: Row, which: str) -> str:
    return _number(row.numbers[which], row.errors.get(which))


def _number(value: float, error: float | None = None) -> str:
    """As many digits as can be read at a glance, and known: as many as the error has.

    >>> [_number(value) for value in (1812.3, 9.5612, 0.98765, 0.000123, 8, -628.3, math.inf)]
    ['1812', '9.56', '0.988', '0.000123', '8', '-628', 'inf']
    >>> _number(181.234, 2.16), _number(-0.5, 0.0123), _number(7.0, 0.0), _number(1.00004, 3e-6)
    ('181.2 ± 2.2', '-0.500 ± 0.012', '7 ± 0', '1.000 ± 0.000')
    """
    if error is None or not 0 < error < math.inf:
        digits = 4 if 1000 <= abs(value) < 10000 else 3
        return f"{value:.{digits}g}" + ("" if error is None else f" ± {error:g}")
    places = min(3, max(0, 1 - math.floor(math.log10(error))))
    return f"{value:.{places}f} ± {error:.{places}f}"


def _wrapped(text: str) -> Iterator[str]:
    yield from textwrap.wrap(
        text, WIDTH, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False
    )


def as_objects(evaluation: Evaluation) -> Iterator[dict[str, Any]]:
    """The run, then each line of the table, as what JSON can hold; an infinity becomes null."""
    sides, config = evaluation.sides, evaluation.sides.config
    judge = sides.judge
    yield {
        "name": "run",
        "folder": str(evaluation.folder),
        "model": config.model,
        "data": config.data["name"],
        "step": sides.step,
        "samples": len(sides.subjects["value"].x),
        "seed": evaluation.seed,
        "test": len(sides.test.x),
        "sigma_rows": len(sides.sigma_rows),
        "training": len(sides.training),
        "held_out": sides.held_out,
        "features": None
        if judge is None
        else {"name": judge.name, "accuracy": judge.accuracy, "sha256": judge.sha256},
        "notes": [*sides.notes, *_split_note(evaluation)],
        "picture": None if evaluation.picture is None else str(evaluation.picture),
        "seconds": round(evaluation.seconds, 2),
        "minigan": __version__,
    }
    for row in evaluation.rows:
        found: dict[str, Any] = {"name": row.line.key}
        found |= {which: _finite(row.numbers.get(which)) for which in SUBJECTS}
        if row.errors:
            found["error"] = {which: _finite(value) for which, value in row.errors.items()}
        if any(row.more.values()):
            found["more"] = row.more
        if row.line.key == "parzen":
            found["ladder"] = {name: rung.mean for name, rung in evaluation.ladder}
        found |= {
            "best": row.line.best,
            "where": row.where,
            "tells": row.line.tells,
            "cannot": row.line.cannot,
            "why_not": row.why_not,
        }
        yield found


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def as_lines(evaluation: Evaluation) -> Iterator[str]:
    """One JSON object a line."""
    for found in as_objects(evaluation):
        yield json.dumps(found, ensure_ascii=False, allow_nan=False)


def write_json(path: Path, evaluation: Evaluation) -> None:
    """Write the run and the lines of its table as one JSON object.

    **Raises**  OSError from the disk.
    """
    run, *measures = as_objects(evaluation)
    text = json.dumps(run | {"measures": measures}, indent=2, ensure_ascii=False, allow_nan=False)
    with replacing(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")
