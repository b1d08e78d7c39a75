"""The exercise "frechet": the Fréchet distance of two heaps, column by column."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.evaluation.frechet import frechet_of_moments
from minigan.exercises.exercise import Answer, Exercise, Trial, named


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """Two heaps with other means and widths; with `square` as many examples as numbers in each."""
    n, m, d = (5, 5, 5) if square else (7, 11, 3)
    x = rng.normal(size=(n, d)) * rng.uniform(0.5, 2, size=d)
    y = rng.normal(size=(m, d)) * rng.uniform(0.5, 2, size=d) + rng.normal(size=d)
    m_x, m_y, v_x, v_y = x.mean(axis=0), y.mean(axis=0), x.var(axis=0, ddof=1), y.var(0, ddof=1)
    F = frechet_of_moments((m_x, np.diag(v_x)), (m_y, np.diag(v_y)))
    given = named(answer.frechet(x, y), ("F",))
    shift, spread = m_x - m_y, v_x**0.5 - v_y**0.5
    mistakes = _of_terms(shift, v_x, v_y) | _of_squares(shift, spread)
    mistakes |= {
        "F has a number for each column: expected their sum.": shift**2 + spread**2,
        "F is its own root: expected the squared distance, as the equation has it.": F**0.5,
        "F is a mean over the numbers of an example: d times too small, expected the sum.": F / d,
        "the variances are by 1/n: expected 1/(n - 1).": _distance(x, y, ddof=0),
        "the covariances are in it: here each column stands by itself, with a variance.": (
            frechet_of_moments((m_x, np.cov(x.T)), (m_y, np.cov(y.T)))
        ),
        "all numbers of the examples are thrown together: expected a mean and a deviation for each "
        "column.": _distance(x.reshape(-1, 1), y.reshape(-1, 1)),
    }
    if square:
        mistakes["the means and deviations are those of each example (axis 1): expected those of "
                 "each column, over the examples."] = _distance(x.T, y.T)  # fmt: skip
    return Trial(given, {"F": F}, {s: {"F": wrong} for s, wrong in mistakes.items()})


def _of_terms(shift: Any, v_x: Any, v_y: Any) -> dict[str, Any]:
    """Mistakes in the two terms, from the difference of the means and the variances."""
    means, s_x, s_y = np.sum(shift**2), np.sqrt(v_x), np.sqrt(v_y)
    spreads = np.sum((s_x - s_y) ** 2)
    return {
        "the variances are subtracted: expected the standard deviations, (σ₁ - σ₂)².": (
            means + np.sum((v_x - v_y) ** 2)
        ),
        "the product under 2 σ₁σ₂ is one of variances: expected one of standard deviations.": (
            means + np.sum(v_x + v_y - 2 * v_x * v_y)
        ),
        "σ₁σ₂ is subtracted once: expected twice, σ₁² + σ₂² - 2 σ₁σ₂ = (σ₁ - σ₂)².": (
            means + np.sum(v_x + v_y - s_x * s_y)
        ),
        "the standard deviations are added: expected their difference, (σ₁ - σ₂)².": (
            means + np.sum((s_x + s_y) ** 2)
        ),
        "it is the difference of the variances, |σ₁² - σ₂²|: expected (σ₁ - σ₂)².": (
            means + np.sum(np.abs(v_x - v_y))
        ),
        "the root is taken of σ₁σ₂: under a root stand the variances, √(σ₁²σ₂²) = σ₁σ₂.": (
            means + np.sum(v_x + v_y - 2 * np.sqrt(s_x * s_y))
        ),
        "nothing is subtracted from σ₁² + σ₂²: expected (σ₁ - σ₂)².": means + np.sum(v_x + v_y),
        "the term of the means is missing.": spreads,
        "the term of the standard deviations is missing.": means,
    }


def _of_squares(shift: Any, spread: Any) -> dict[str, Any]:
    """Mistakes in how the differences of the means and of the deviations are squared and summed."""
    means, spreads = np.sum(shift**2), np.sum(spread**2)
    return {
        "the distance of the means is not squared.": np.sqrt(means) + spreads,
        "the distance of the standard deviations is not squared.": means + np.sqrt(spreads),
        "neither distance is squared: F is the sum of two squared norms.": (
            np.sqrt(means) + np.sqrt(spreads)
        ),
        "the differences of the means are not squared, |μ₁ - μ₂| was summed.": (
            np.sum(np.abs(shift)) + spreads
        ),
        "the differences of the standard deviations are not squared.": (
            means + np.sum(np.abs(spread))
        ),
        "the differences are not squared: |μ₁ - μ₂| + |σ₁ - σ₂| was summed.": (
            np.sum(np.abs(shift) + np.abs(spread))
        ),
        "the differences are summed and then squared: expected the sum of their squares.": (
            np.sum(shift) ** 2 + np.sum(spread) ** 2
        ),
        "the differences of the means are summed and then squared: expected the sum of their "
        "squares.": np.sum(shift) ** 2 + spreads,
        "the differences of the standard deviations are summed and then squared: expected the sum "
        "of their squares.": means + np.sum(spread) ** 2,
    }


def _distance(x: Any, y: Any, ddof: int = 1) -> Any:
    spreads = x.std(axis=0, ddof=ddof) - y.std(axis=0, ddof=ddof)
    return np.sum((x.mean(axis=0) - y.mean(axis=0)) ** 2 + spreads**2)


EXERCISE = Exercise(
    name="frechet",
    chapter="12-evaluating-honestly",
    about="the Fréchet distance of two heaps, column by column",
    functions=("frechet",),
    trial=trial,
)
