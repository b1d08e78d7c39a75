"""The exercise "numeric-gradient": central differences, entry by entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigan.exercises.exercise import Answer, Exercise, Trial, named

H = 1e-4  # small enough for 1e-8 from both sides, too large for 1e-6 from one


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """A function whose gradient is known: f(x) = Σ C sin(x) + (Σ B x)²."""
    shape = (3, 3) if square else (2, 4)
    B, C, x = rng.normal(size=shape), rng.normal(size=shape), rng.normal(size=shape)

    def f(x: Any) -> float:
        return float(np.sum(C * np.sin(x)) + np.sum(B * x) ** 2)

    right = {"the gradient": C * np.cos(x) + 2 * B * np.sum(B * x)}
    given = named(answer.gradient(f, x, H), tuple(right))
    mistakes = {
        "the differences are to one side, (f(x + h) - f(x)) / h, whose error is proportional to h: "
        "expected central ones, whose error is proportional to h².": _entries(x, f, _forward),
        "the differences are to one side, (f(x) - f(x - h)) / h, whose error is proportional to h: "
        "expected central ones, whose error is proportional to h².": _entries(x, f, _backward),
        "all entries are moved at once: expected one at a time, all others as they were.": np.full(
            shape, (f(x + H) - f(x - H)) / (2 * H)
        ),
        "an entry is not put back before the next is moved.": _not_put_back(x, f),
        "the difference of both sides is divided by h: they are 2h apart.": 2
        * right["the gradient"],
        "the difference is not divided by 2h.": 2 * H * right["the gradient"],
    }
    return Trial(given, right, {s: {"the gradient": v} for s, v in mistakes.items()})


F = Callable[[Any], float]


def _forward(x: Any, f: F, step: Any) -> float:
    return (f(x + step) - f(x)) / H


def _backward(x: Any, f: F, step: Any) -> float:
    return (f(x) - f(x - step)) / H


def _entries(x: Any, f: F, quotient: Callable[[Any, F, Any], float]) -> Any:
    """A quotient for each entry."""
    found = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = H
        found[i] = quotient(x, f, step)
    return found


def _not_put_back(x: Any, f: F) -> Any:
    """The central difference where each entry stays at x - h."""
    moved, found = x.copy(), np.empty(x.shape)
    for i in np.ndindex(x.shape):
        moved[i] += H
        up = f(moved)
        moved[i] -= 2 * H
        found[i] = (up - f(moved)) / (2 * H)
    return found


EXERCISE = Exercise(
    name="numeric-gradient",
    chapter="04-checking-a-gradient",
    about="measure a gradient without calculus",
    functions=("gradient",),
    trial=trial,
)
