"""The exercise "parzen": log p(x) under bumps around samples, without underflow."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigan.evaluation.parzen import log_likelihoods
from minigan.exercises.exercise import Answer, Exercise, Trial, named


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """Examples near the centres; without `square`, some of them so far that e^t is 0."""
    m, n, d = (4, 4, 3) if square else (5, 6, 2)
    sigma = rng.uniform(0.3, 0.6)
    x, centres = rng.normal(size=(m, d)), rng.normal(size=(n, d))
    if not square:
        x[:2] += 100
    right = log_likelihoods(x, centres, [sigma])[0]
    given = named(answer.log_density(x, centres, sigma), ("log p",))
    r2 = np.sum((x[:, None] - centres) ** 2, axis=2)
    mistakes = _of_exponent(r2, sigma, d) | _of_norm(right, n, sigma, d)
    if square:
        norm = d * math.log(sigma * math.sqrt(2 * math.pi))
        t = -r2 / (2 * sigma**2)
        mistakes |= {
            "log p is a mean of logarithms: expected the logarithm of the mean of the densities.": (
                t.mean(axis=1) - norm
            ),
            "the mean is over the examples, with a number for each centre: expected one over the "
            "centres, with a number for each example.": _log_mean_exp(t.T) - norm,
            "log p is p, without the logarithm.": np.exp(right),
        }
    return Trial(given, {"log p": right}, {s: {"log p": wrong} for s, wrong in mistakes.items()})


def _of_exponent(r2: Any, sigma: float, d: int) -> dict[str, Any]:
    """Mistakes in t = -r²/(2σ²), from the squared distances (m, n)."""
    norm = d * math.log(sigma * math.sqrt(2 * math.pi))
    return {
        "σ is taken for a variance in the exponent: expected ‖x - μ‖²/(2σ²), not /(2σ).": (
            _log_mean_exp(-r2 / (2 * sigma)) - norm
        ),
        "σ is taken for a variance, in the exponent and in the norm: expected σ².": (
            _log_mean_exp(-r2 / (2 * sigma)) - d / 2 * math.log(2 * math.pi * sigma)
        ),
        "the exponent lacks its 1/2: expected ‖x - μ‖²/(2σ²).": (
            _log_mean_exp(-r2 / sigma**2) - norm
        ),
        "the distance in the exponent is not squared.": (
            _log_mean_exp(-np.sqrt(r2) / (2 * sigma**2)) - norm
        ),
    }


def _of_norm(right: Any, n: int, sigma: float, d: int) -> dict[str, Any]:
    """Mistakes in what is subtracted, and in what is done with the logarithm."""
    one = math.log(sigma * math.sqrt(2 * math.pi))
    found = {
        "log n is missing: the sum of the bumps was taken, expected their mean.": (
            right + math.log(n)
        ),
        "the norm is that of one dimension: expected d log(σ √(2π)).": right + (d - 1) * one,
        "the norm d log(σ √(2π)) is missing.": right + d * one,
        "the norm is twice what it should be: (2πσ²) has the power d/2, not d.": right - d * one,
        "log p is in bits: expected nats, with the natural logarithm.": right / math.log(2),
        "log p is averaged over the examples: expected a number for each.": right.mean(),
    }
    for eps in (1e-8, 1e-12, 1e-300):
        found[
            f"{eps:g} is added inside the logarithm: take the largest exponent out of the sum."
        ] = np.log(np.exp(right) + eps)
    return found


def _log_mean_exp(t: Any) -> Any:
    """log of the mean of e^t over the last axis, right where every e^t is 0."""
    largest = t.max(axis=1)
    return largest + np.log(np.exp(t - largest[:, None]).mean(axis=1))


EXERCISE = Exercise(
    name="parzen",
    chapter="12-evaluating-honestly",
    about="a log-likelihood by Parzen windows that never underflows",
    functions=("log_density",),
    trial=trial,
)
