"""Naming a mistake from the pattern of the error.

First come the mistakes that an exercise names itself; then those that leave the same trace in any
exercise: a sign, a factor, a transpose, a kernel turned around, a sum left out.
"""

from __future__ import annotations

from collections.abc import Iterable
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


def wrong(trial: Trial) -> list[str]:
    """The names of the results that are not what they should be."""
    return [name for name, right in trial.right.items() if not same(trial.given[name], right)]


def diagnose(trials: Iterable[Trial]) -> str:
    """Name the mistake that explains what an answer returned in all of its trials.

    Returns one sentence, also where nothing fits.
    """
    failed = [trial for trial in trials if wrong(trial)]
    for sentence in failed[0].mistakes:
        if all(_made(trial, sentence) for trial in failed):
            return sentence
    name = wrong(failed[0])[0]
    for sentence, trace in _traces(name).items():
        if all(trace(trial.given[name], trial.right[name], trial.m) for trial in failed):
            return sentence
    factors = [_factor(trial.given[name], trial.right[name]) for trial in failed]
    if factors[0] and all(f and abs(f - factors[0]) < CLOSE * abs(f) for f in factors):
        return f"{name} is {factors[0]:.4g} times what it should be."
    return _unexplained(name, failed[0])


def _made(trial: Trial, sentence: str) -> bool:
    """Whether an answer returned what that mistake returns, and elsewhere what is right."""
    expected: Values = trial.right | trial.mistakes.get(sentence, {})
    return sentence in trial.mistakes and all(
        same(trial.given[name], value) for name, value in expected.items()
    )


def _traces(name: str) -> dict[str, Any]:
    """Mistakes that leave one trace everywhere: trace(given, right, m) knows it."""
    return {
        f"{name} has entries that are no numbers (inf or nan): an exponential overflows, or 0 is "
        "divided by 0.": lambda g, r, m: not np.isfinite(g).all(),
        f"{name} is 0 everywhere: nothing was computed, or nothing returned.": (
            lambda g, r, m: not np.any(g)
        ),
        f"{name} has the wrong sign.": lambda g, r, m: same(np.negative(g), r),
        f"{name} is transposed.": lambda g, r, m: (
            np.ndim(g) == 2 and same(np.transpose(g), r) and not same(g, r)
        ),
        f"{name} is not summed over the batch: it has a row for each example.": (
            lambda g, r, m: np.ndim(g) == np.ndim(r) + 1 and same(np.sum(g, axis=0), r)
        ),
        f"{name} is m times what it should be: the 1/m of the mean is missing.": (
            lambda g, r, m: m > 1 and same(np.divide(g, m), r)
        ),
        f"{name} is divided by m once too often: it is a sum over the batch, and the 1/m of a mean "
        "is in dy already.": lambda g, r, m: m > 1 and same(np.multiply(g, m), r),
        f"{name} is turned around: its rows and columns run backwards, a kernel that is flipped.": (
            lambda g, r, m: np.ndim(g) == 4 and same(np.asarray(g)[::-1, ::-1], r)
        ),
    }


def _factor(given: Any, right: Any) -> float | None:
    """The one number that given is times right, if there is one."""
    if np.shape(given) != np.shape(right) or not np.any(right):
        return None
    factor = float(np.sum(np.multiply(given, right)) / np.sum(np.square(right)))
    return factor if factor and same(np.divide(given, factor), right) else None


def _unexplained(name: str, trial: Trial) -> str:
    given, right = np.asarray(trial.given[name]), np.asarray(trial.right[name])
    if given.shape != right.shape:
        return f"{name} has the shape {given.shape}, expected {right.shape}."
    off = np.abs(given - right)
    worst = np.unravel_index(int(np.argmax(np.where(np.isfinite(off), off, np.inf))), off.shape)
    share = np.mean(off > CLOSE * (np.abs(right).max(initial=0) or 1.0))
    where = f"{name}[{', '.join(map(str, worst))}]" if worst else name
    return (
        f"{where} is {given[worst]:.6g}, expected {right[worst]:.6g}; {share:.0%} of the entries "
        "are wrong, in a way that is no mistake I know."
    )
