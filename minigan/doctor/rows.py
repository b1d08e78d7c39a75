"""The log of a run as the checks read it: columns, their beginning, and their end."""

from __future__ import annotations

import csv
import math
from pathlib import Path

from minigan.files import read_file
from minigan.training.folder import LOG, RunError
from minigan.training.log import LARGEST

Columns = dict[str, list[float]]
NEEDED = ("step", "V", "D_real", "D_fake", "grad_norm_D", "grad_norm_G")

# A quarter of the log is its beginning or its end. Each row is one minibatch, so an end of less
# than three rows would be a lottery; three quarters more make the log twelve.
ROWS = 12


def read_log(folder: Path, text: str) -> Columns:
    """The columns of log.csv; or, where that has gone, of the text that the checkpoint keeps.

    A last line without its end is being written by a run that still trains: it is left out.

    **Raises**  RunError for a log that is not one.
    """
    path = folder / LOG
    if path.exists():
        try:
            text = read_file(path, LARGEST).decode("utf-8", errors="replace")
        except OSError as error:
            raise RunError(f"{path}: cannot be read ({error.strerror or error}).") from error
    reader = csv.DictReader(text[: text.rfind("\n") + 1].splitlines())
    try:
        rows = list(reader)
    except csv.Error as error:
        raise RunError(f"{path}: damaged, line {reader.line_num}: {error}.") from error
    columns: Columns = {name: [] for name in NEEDED}
    if not set(NEEDED) <= {*(reader.fieldnames or ())}:
        raise RunError(f"{path}: damaged, its first line must name {', '.join(NEEDED)}.")
    for number, row in enumerate(rows, 2):
        for name in NEEDED:
            try:
                columns[name].append(float(row[name]))
            except (TypeError, ValueError) as error:
                raise RunError(
                    f"{path}: damaged, line {number} has {row[name]!r:.60} for {name}, expected a "
                    "number; mend or remove that line."
                ) from error
    return columns


def enough(log: Columns) -> bool:
    """Whether the log has a beginning and an end worth the name."""
    return len(log["step"]) >= ROWS


def why_not(log: Columns) -> str:
    """The sentence for a log that is too short."""
    return (
        f"log.csv has {len(log['step'])} rows, and {ROWS} are needed for an end of three; train "
        "on, or log more often (--log-every)."
    )


def quarter(column: list[float], which: str) -> list[float]:
    """The first or the last quarter of a column.

    >>> quarter([1, 2, 3, 4, 5, 6, 7, 8], "last")
    [7, 8]
    """
    n = max(1, len(column) // 4)
    return column[:n] if which == "first" else column[-n:]


def median(values: list[float]) -> float:
    """The typical one: single rows jump. Of two in the middle the upper; NaN is the largest.

    >>> median([3.0, 1.0, 2.0])
    2.0
    """
    return sorted(values, key=lambda v: math.inf if math.isnan(v) else v)[len(values) // 2]
