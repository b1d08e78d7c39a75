"""The table in a few sentences, for those who want to know what to look at first.

Nothing is weighed or marked here: each sentence is one comparison of two numbers of the table, the
samples' and real data's.
"""

from __future__ import annotations

from collections.abc import Iterator

from minigan.evaluation.evaluate import Evaluation

SHARES = (
    ("precision", "Do they look right?", "of samples lie among real data"),
    ("recall", "Is everything there?", "of real data lie among samples"),
)


def in_short(evaluation: Evaluation) -> Iterator[str]:
    """Do samples look right, is all there that should be, how evenly, and are they copies?"""
    rows = {row.line.key: row for row in evaluation.rows if not row.why_not}
    for key, question, what in SHARES:
        if key in rows:
            numbers = rows[key].numbers
            yield _pair(question, what, numbers["value"], numbers["real"])
    if "classes" in rows:
        yield f"Evenly?               {_classes(rows['classes'].more)}"
    if "modes" in rows:
        yield f"Evenly?               {_modes(evaluation, rows['modes'].numbers['value'])}"
    if "to_training" in rows:
        yield f"Copies?               {_copies(rows['to_training'].numbers)}"


def _pair(question: str, what: str, value: float, real: float) -> str:
    """A share of the samples beside that of real data in their place.

    >>> _pair("Do they look right?", "of samples lie among real data", 0.741, 0.938)
    'Do they look right?   74 % of samples lie among real data; 94 % is perfect'
    """
    return f"{question:22}{100 * value:.0f} % {what}; {100 * real:.0f} % is perfect"


def _classes(counts: dict[str, dict[str, float]]) -> str:
    """The class whose share is furthest from what it should be.

    >>> _classes({"value": {"0": 10, "1": 0, "2": 30}, "real": {"0": 20, "1": 10, "2": 10}})
    'class 2 most, 75 % where real data have 25 %; never made: 1'
    """
    made, there = (
        {k: count / sum(counts[which].values()) for k, count in counts[which].items()}
        for which in ("value", "real")
    )
    furthest = max(made, key=lambda k: abs(made[k] - there[k]))
    way = "most" if made[furthest] > there[furthest] else "least"
    missing = [k for k in made if made[k] == 0]
    never = f"; never made: {', '.join(missing)}" if missing else "; each class is made"
    return (
        f"class {furthest} {way}, {100 * made[furthest]:.0f} % where real data have "
        f"{100 * there[furthest]:.0f} %{never}"
    )


def _copies(distance: dict[str, float]) -> str:
    near, usual = distance["value"], distance["real"]
    words = (
        "no nearer to training data than new data are"
        if near >= usual
        else "nearer to training data than new data are: copies, or blur"
    )
    return f"{words} ({near:.3g}, new data {usual:.3g})"


def _modes(evaluation: Evaluation, found: float) -> str:
    toy = evaluation.sides.toy
    assert toy is not None  # or there would be no row of modes
    return f"{found:.0f} of {len(toy.modes)} modes have samples"
