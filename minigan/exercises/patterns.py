"""Naming a mistake from the pattern of the error.

First come the mistakes that an exercise names itself; then those that leave the same trace in any
exercise: a sign, a factor, a transpose, a kernel turned around, a sum left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations, permutations
from typing import Any

import numpy as np

from minigan.exercises.exercise import Trial, Values

CLOSE = 1e-6  # relative to the largest entry: numbers that agree so well are the same here


def same(a: Any, b: Any) -> bool:
    """Whether two arrays have one shape and agree to CLOSE of their largest entry."""
    if np.shape(a) != np.shape(b):
        return False
    size = np.abs(b).max(initial=0) or 1.0
    return bool(np.isfinite(a).all() and np.abs(np.subtract(a, b)).max(initial=0) <= CLOSE * size)


def _returned(given: Any, value: Any) -> bool:
    """Whether a result is what a mistake returns, which may have entries that are no numbers.

    Those have to be at the same places, and some of the others there: they are what tells.
    """
    if np.shape(given) != np.shape(value) or not np.any(known := np.isfinite(value)):
        return False
    return np.array_equal(np.isfinite(given), known) and same(
        np.where(known, given, 0), np.where(known, value, 0)
    )


def wrong(trial: Trial) -> list[str]:
    """The names of the results that are not what they should be."""
    return [name for name, right in trial.right.items() if not same(trial.given[name], right)]


def diagnose(trials: Iterable[Trial]) -> str:
    """Name the mistake that explains what an answer returned in all of its trials.

    One mistake that explains everything comes first, then results in the wrong order, then what can
    be said of each wrong result by itself. Returns a line, also where nothing fits.
    """
    failed = [trial for trial in trials if wrong(trial)]
    for sentence in failed[0].mistakes:
        if all(_made(trial, sentence) for trial in failed):
            return sentence
    if order := _order(failed):
        return order
    names = {name for trial in failed for name in wrong(trial)}
    return _one_by_one([name for name in failed[0].right if name in names], failed)


def _made(trial: Trial, sentence: str) -> bool:
    """Whether an answer returned what that mistake returns, and elsewhere what is right."""
    expected: Values = trial.right | trial.mistakes.get(sentence, {})
    return sentence in trial.mistakes and all(
        _returned(trial.given[name], value) for name, value in expected.items()
    )


def _order(failed: Sequence[Trial]) -> str:
    """Whether all is right but the order of the results; "" where it is not that."""
    names = tuple(failed[0].right)
    if any(tuple(trial.given) != names for trial in failed):
        return ""
    for order in permutations(names) if len(names) <= 4 else _exchanges(names):
        moved = dict(zip(names, order, strict=True))
        if all(same(t.given[n], t.right[o]) for t in failed for n, o in moved.items()):
            return f"the results are {', '.join(order)}, expected them as {', '.join(names)}."
    return ""


def _exchanges(names: Sequence[str]) -> Iterable[list[str]]:
    """The orders in which two of the names have changed places."""
    for one, other in combinations(names, 2):
        moved = {one: other, other: one}
        yield [moved.get(name, name) for name in names]


def _one_by_one(names: Sequence[str], failed: Sequence[Trial]) -> str:
    """A sentence for each wrong result; one that is known already is not said again."""
    said: dict[str, list[str]] = {}
    for name in names:
        said.setdefault(_of_one(name, failed), []).append(name)
    known = {sentence: hit for sentence, hit in said.items() if sentence}
    parts = [
        sentence.format(hit[0])
        + (f" {' and '.join(name.rstrip(',') for name in hit[1:])}, too." if hit[1:] else "")
        for sentence, hit in known.items()
    ]
    return " ".join(parts) or _unexplained(names[0], failed)


def _of_one(name: str, failed: Sequence[Trial]) -> str:
    """What is wrong with one result, with {} for its name, or "" where nothing fits."""
    these = [trial for trial in failed if name in wrong(trial)]
    for sentence, values in these[0].mistakes.items():
        if values.keys() == {name} and all(
            sentence in trial.mistakes
            and _returned(trial.given[name], trial.mistakes[sentence][name])
            for trial in these
        ):
            return sentence.replace("{", "{{").replace("}", "}}")
    for sentence, trace in TRACES.items():
        if all(trace(trial.given[name], trial.right[name], trial.m) for trial in these):
            return sentence
    factors = [_factor(trial.given[name], trial.right[name]) for trial in these]
    if factors[0] and all(f and abs(f - factors[0]) < CLOSE * abs(f) for f in factors):
        return f"{{}} is {factors[0]:.4g} times what it should be."
    if all(_by_column(trial.given[name], trial.right[name], trial.m) for trial in these):
        return "{} is right but for a factor in each column: look at what it is multiplied with."
    return ""


# Mistakes that leave one trace everywhere: trace(given, right, m) knows it.
TRACES: dict[str, Callable[[Any, Any, int], bool]] = {
    "{} has entries that are no numbers (inf or nan): an exponential overflows, the "
    "logarithm of 0 is taken (where an exponential was rounded to 0), or 0 is divided by 0, or the "
    "root of a negative number is taken.": lambda g, r, m: not np.isfinite(g).all(),
    "{} is 0 everywhere: nothing was computed, or nothing returned.": (
        lambda g, r, m: not np.any(g)
    ),
    "{} has the wrong sign.": lambda g, r, m: same(np.negative(g), r),
    "{} is transposed.": lambda g, r, m: (
        np.ndim(g) == 2 and same(np.transpose(g), r) and not same(g, r)
    ),
    "{} has one axis too many, of length 1, and the right numbers: keepdims=True?": (
        lambda g, r, m: _extra_axes(g, r) == 1
    ),
    "{} has several axes too many, of length 1, and the right numbers: keepdims=True?": (
        lambda g, r, m: _extra_axes(g, r) > 1
    ),
    "{} is not summed over the batch: it has a row for each example.": (
        lambda g, r, m: np.ndim(g) == np.ndim(r) + 1 and len(g) > 1 and same(np.sum(g, axis=0), r)
    ),
    "{} is m times what it should be: the 1/m of the mean is missing.": (
        lambda g, r, m: m > 1 and same(np.divide(g, m), r)
    ),
    "{} is divided by m once too often: it is a sum over the batch, and the 1/m of a mean is in dy "
    "already.": lambda g, r, m: m > 1 and same(np.multiply(g, m), r),
    "{} is turned around: its rows and columns run backwards, a kernel that is flipped.": (
        lambda g, r, m: np.ndim(g) == 4 and same(np.asarray(g)[::-1, ::-1], r)
    ),
}


def _extra_axes(given: Any, right: Any) -> int:
    """How many axes of length 1 given has beyond those of right, whose numbers it has; else 0."""
    if np.squeeze(given).shape != np.squeeze(right).shape:
        return 0
    agree = same(np.reshape(given, np.shape(right)), right)
    return max(np.ndim(given) - np.ndim(right), 0) if agree else 0


def _by_column(given: Any, right: Any, m: int) -> bool:
    """Whether each column of given is that of right times a factor of its own."""
    if np.ndim(given) != 2 or np.shape(given) != np.shape(right) or m == 1 or len(right) < 2:
        return False  # of one row this is always true
    columns = zip(np.transpose(given), np.transpose(right), strict=True)
    return all(_factor(one, other) is not None for one, other in columns)


def _factor(given: Any, right: Any) -> float | None:
    """The one number that given is times right, if there is one."""
    if np.shape(given) != np.shape(right) or not np.any(right):
        return None
    factor = float(np.sum(np.multiply(given, right)) / np.sum(np.square(right)))
    return factor if factor and same(np.divide(given, factor), right) else None


def _unexplained(name: str, failed: Sequence[Trial]) -> str:
    """Where a result is farthest from what is right."""
    trial = next(trial for trial in failed if name in wrong(trial))
    given, right = np.asarray(trial.given[name]), np.asarray(trial.right[name])
    if given.shape != right.shape:
        return f"{name} has the shape {given.shape}, expected {right.shape}."
    off = np.abs(given - right)
    worst = np.unravel_index(int(np.argmax(np.where(np.isfinite(off), off, np.inf))), off.shape)
    share = np.mean(off > CLOSE * (np.abs(right).max(initial=0) or 1.0))
    where = f"{name}[{', '.join(map(str, worst))}]" if worst else name
    wrong_ones = f"; {share:.0%} of the entries are wrong" if right.size > 1 else ""
    return (
        f"{where} is {given[worst]:.6g}, expected {right[worst]:.6g}{wrong_ones}, in a way that is "
        "no mistake I know."
    )
