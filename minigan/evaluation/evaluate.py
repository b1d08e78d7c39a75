"""A run evaluated: every measure of its samples, of real data, and of noise, in one table."""

from __future__ import annotations

import contextlib
import math
import os
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from minigan.backend import choose_device
from minigan.data import Dataset
from minigan.evaluation.ladder import ladder
from minigan.evaluation.lines import Line
from minigan.evaluation.measures import MEASURES, Numbers, sigmas
from minigan.evaluation.neighbours import write_neighbours
from minigan.evaluation.parzen import Likelihood
from minigan.evaluation.sides import Sides, open_sides
from minigan.limits import check_flag, check_integer, check_kind, check_path
from minigan.terminal import announced
from minigan.training import asked
from minigan.training.folder import RunError, check_writable

FILE, BEST_FILE = "evaluation.json", "evaluation-best.json"
SUBJECTS = ("value", "real", "noise")


@dataclass(frozen=True)
class Row:
    """A line of the table with its numbers, by "value", "real", "noise"; or why it has none.

    **Parameters**  line; where: of how many examples, in which space; numbers, errors: the line's;
    more: what belongs to it and has no column (Parzen's sigma, the count of each class).
    """

    line: Line
    where: str
    numbers: dict[str, float]
    errors: dict[str, float]
    more: dict[str, Numbers]
    why_not: str = ""


@dataclass(frozen=True)
class Evaluation:
    """Everything that was found.

    **Parameters**  folder; sides: what was compared with what; seed of the samples; rows of the
    table; ladder beside the Parzen log-likelihood; file with the numbers; picture of nearest
    training examples, or None; seconds that it took.
    """

    folder: Path
    sides: Sides
    seed: int
    rows: list[Row]
    ladder: list[tuple[str, Likelihood]]
    file: Path
    picture: Path | None
    seconds: float

    def row(self, key: str) -> Row:
        """The row of a key, as "frechet".

        **Raises**  KeyError.
        """
        return {row.line.key: row for row in self.rows}[key]


def evaluate(
    folder: str | os.PathLike[str],
    *,
    count: int | None = None,
    seed: int = 0,
    device: str = "auto",
    data: Dataset | None = None,
    features: str | os.PathLike[str] | None = None,
    best: bool = False,
    out: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Evaluation:
    """Measure samples of a run, and write evaluation.json and a picture into its folder.

    **Parameters**  folder: a run's; count: samples, 100 … what memory holds, 10,000 by default;
    seed of their noise, 0 …; device: "auto", "cpu" or "cuda"; data: the Dataset of a run that was
    started in Python with one; features: the network that looks at the images, a name or a path, if
    not the one of the run's data; best: measure G as it was at the run's best
    evaluation, not at its end; out: another .json, with the picture beside it (by default
    evaluation.json, or evaluation-best.json); progress: whether a terminal shows what is being
    done.

    **Raises**  RunError, CheckpointError when the folder holds no run or a damaged one, or when
    `out` cannot be written; DataError; DeviceError; TypeError, ValueError for what is no path, no
    integer, no Dataset, and neither True nor False; ValueError as
    `minigan.evaluation.sides.open_sides`.
    """
    from minigan.evaluation.report import write_json

    began, where = time.perf_counter(), "evaluate"
    folder, data = check_path(where, "folder", folder), asked.data(where, data, by_name=False)
    best, shown = check_flag(where, "best", best), check_flag(where, "progress", progress)
    seed = check_integer(where, "seed", seed, 0, math.inf)
    if count is not None:
        count = check_integer(where, "count", count, -math.inf, math.inf)  # open_sides knows which
    if features is not None:
        check_kind(where, "features", features, str | os.PathLike, "a name or a path")
        features = os.fspath(features)
    device = choose_device(device)
    path = asked.place(where, "out", out) or folder / (BEST_FILE if best else FILE)
    if path.suffix.lower() != ".json" or path.is_dir():
        given = f"{path} is a folder" if path.is_dir() else str(path)
        raise RunError(f"{given}: expected a file whose name ends in .json.")

    def doing(what: str) -> AbstractContextManager[None]:
        return announced(f"{what} …") if shown else contextlib.nullcontext()

    with doing("drawing samples"):
        sides = open_sides(folder, count, seed, device, data, features, best)
    if not path.parent.is_dir():
        raise RunError(f"{path}: expected a file in a folder that is there.")
    check_writable(path.parent)
    rows: list[Row] = []
    for measure in MEASURES:
        why_not = measure.why_not(sides)
        with doing(measure.lines[0].name):
            subjects = () if why_not else SUBJECTS
            found = {which: measure.compute(sides, which) for which in subjects}
        where = "" if why_not else measure.where(sides)
        rows += [_row(line, found, where, why_not) for line in measure.lines]
    with doing("the ladder"):
        real, rng = sides.subjects["real"].x, sides.rng.child("ladder")
        steps = ladder(real, sides.sigma_rows, sides.scored, sigmas(sides), rng)
    picture = None
    if sides.kind == "images":
        picture = path.with_name(f"{path.stem}-neighbours.png")
        samples, training = sides.subjects["value"].x, sides.training
        write_neighbours(picture, sides.pictures(samples), sides.pictures(training))
    seconds = time.perf_counter() - began
    evaluation = Evaluation(folder, sides, seed, rows, steps, path, picture, seconds)
    write_json(path, evaluation)
    return evaluation


def _row(line: Line, found: dict[str, Numbers], where: str, why_not: str) -> Row:
    """A row of the numbers that belong to its line."""
    own, error = line.key, f"{line.key}_error"
    return Row(
        line=line,
        where=where,
        numbers={which: float(found[which][own]) for which in found},
        errors={which: found[which][error] for which in found if error in found[which]},
        more={
            which: {
                key.removeprefix(f"{own}_"): number
                for key, number in found[which].items()
                if key.startswith(f"{own}_") and key != error
            }
            for which in found
        },
        why_not=why_not,
    )
