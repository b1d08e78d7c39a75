"""The table in a few sentences, for those who want to know what to look at first.

Nothing is weighed or marked here: each sentence is one comparison of two numbers of the table, the
samples' and real data's. A difference that chance alone would make is none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from minigan.evaluation.evaluate import Evaluation, Row

SHARES = (
    ("precision", "Do they look right?", "of samples lie among real data", "typical"),
    ("recall", "Is everything there?", "of real data lie among samples", "scattered"),
)
CLEAR = 0.05  # a share this much above real data's is not by chance
ALIKE = 0.01  # shares of classes that differ by less are the same
NAMED = 5  # missing classes that are named, and not counted
CANNOT_SAY = "cannot be said, since G was trained on all of the data"


def in_short(evaluation: Evaluation) -> Iterator[str]:
    """Do samples look right, is all there that should be, how evenly, and are they copies?"""
    rows = {row.line.key: row for row in evaluation.rows if not row.why_not}
    for key, question, what, more in SHARES:
        if key in rows:
            numbers = rows[key].numbers
            yield _pair(question, what, more, numbers["value"], numbers["real"])
    if "classes" in rows:
        yield f"Evenly?               {_classes(rows['classes'].more)}"
    if "modes" in rows:
        yield f"Evenly?               {_modes(evaluation, rows['modes'].numbers['value'])}"
    if "to_training" in rows:
        held_out, row = evaluation.sides.held_out, rows["to_training"]
        yield f"Copies?               {_copies(row) if held_out else CANNOT_SAY}"


def _pair(question: str, what: str, more: str, value: float, real: float) -> str:
    """A share of the samples beside that of real data in their place.

    >>> _pair("Do they look right?", "of samples lie among real data", "typical", 0.741, 0.938)
    'Do they look right?   74 % of samples lie among real data; 94 % is perfect'
    >>> _pair("Is everything there?", "of real data lie among samples", "scattered", 0.99, 0.76)
    'Is everything there?  99 % of real data lie among samples; 76 % is perfect, more too scattered'
    """
    above = f", more too {more}" if value > real + CLEAR else ""
    return f"{question:22}{100 * value:.0f} % {what}; {100 * real:.0f} % is perfect{above}"


def _classes(counts: dict[str, dict[str, float]]) -> str:
    """The class whose share is furthest from what it should be, and what is missing.

    >>> _classes({"value": {"0": 10, "1": 0, "2": 30}, "real": {"0": 20, "1": 10, "2": 10}})
    'class 2 most, 75 % where real data have 25 %; never made: 1'
    >>> _classes({"value": {"0": 50, "1": 50, "2": 0}, "real": {"0": 50, "1": 50, "2": 0}})
    'each class as often as in real data, to 1 %'
    """
    made, there = (
        {k: count / sum(counts[which].values()) for k, count in counts[which].items()}
        for which in ("value", "real")
    )
    furthest = max(made, key=lambda k: abs(made[k] - there[k]))
    off = made[furthest] - there[furthest]
    missing = [k for k in made if made[k] == 0 and there[k] > 0]
    named = ", ".join(missing) if len(missing) <= NAMED else f"{len(missing)} classes"
    never = f"; never made: {named}" if missing else ""
    if abs(off) < ALIKE:
        return f"each class as often as in real data, to {100 * ALIKE:.0f} %{never}"
    return (
        f"class {furthest} {'most' if off > 0 else 'least'}, {100 * made[furthest]:.0f} % where "
        f"real data have {100 * there[furthest]:.0f} %{never or '; each class is made'}"
    )


def _copies(row: Row) -> str:
    """Whether samples are nearer to training data than new data are, by two errors or more."""
    (near, error), (usual, real_error) = (
        (row.numbers[which], row.errors[which]) for which in ("value", "real")
    )
    if near + 2 * math.hypot(error, real_error) >= usual:
        return f"no nearer to training data than new data are ({near:.3g}, new data {usual:.3g})"
    return f"nearer than new data are ({near:.3g}, not {usual:.3g}): copies, blur, or too typical"


def _modes(evaluation: Evaluation, found: float) -> str:
    toy = evaluation.sides.toy
    assert toy is not None  # or there would be no row of modes
    return f"{found:.0f} of {len(toy.modes)} modes have samples"
