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
        x[:2] += 25
    right = log_likelihoods(x, centres, [sigma])[0]
    given = named(answer.log_density(x, centres, sigma), ("log p",))
    r2 = np.sum((x[:, None] - centres) ** 2, axis=2)
    norm, t = d * math.log(sigma * math.sqrt(2 * math.pi)), -r2 / (2 * sigma**2)
    mistakes = _of_exponent(r2, sigma, d) | _of_norm(right, sigma, d) | _of_mean(right, t, norm)
    if square:
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
        "the distance is a mean over the d directions: expected the sum of the squares.": (
            _log_mean_exp(-r2 / d / (2 * sigma**2)) - norm
        ),
    }


def _of_norm(right: Any, sigma: float, d: int) -> dict[str, Any]:
    """Mistakes in the norm that is subtracted."""
    one = math.log(sigma * math.sqrt(2 * math.pi))
    return {
        "the norm is that of one dimension: expected d log(σ √(2π)).": right + (d - 1) * one,
        "the norm d log(σ √(2π)) is missing.": right + d * one,
        "the norm is twice what it should be: (2πσ²) has the power d/2, not d.": right - d * one,
        "the norm d log(σ √(2π)) is added: a wider bump is lower, expected it subtracted.": (
            right + 2 * d * one
        ),
        "the norm lacks σ: expected d log(σ √(2π)).": right + d * math.log(sigma),
        "σ is taken for a variance in the norm: expected √(2πσ²), not √(2πσ).": (
            right + d / 2 * math.log(sigma)
        ),
    }


def _of_mean(right: Any, t: Any, norm: float) -> dict[str, Any]:
    """Mistakes in the mean of e^t, from the exponents t (m, n), and in its logarithm."""
    m, n = t.shape
    largest = t.max(axis=1)
    found = {
        "log n is missing: the sum of the bumps was taken, expected their mean.": (
            right + math.log(n)
        ),
        "log n is added: expected it subtracted, a mean is a sum divided by n.": (
            right + 2 * math.log(n)
        ),
        "the largest exponent is taken out of the sum, and not added again.": right - largest,
        "only the largest bump is kept: expected the mean of all n.": largest - math.log(n) - norm,
        "only the largest bump is kept, and not divided by n: expected the mean of all n.": (
            largest - norm
        ),
        "log p is in bits: expected nats, with the natural logarithm.": right / math.log(2),
        "log p is averaged over the examples: expected a number for each.": right.mean(),
    }
    if m != n:
        found["log m is subtracted: the mean is over the n centres, not over the m examples."] = (
            right + math.log(n / m)
        )
        for least in (-700, -500):  # of the far examples, which are only there
            found[f"the exponents are held at {least}: take the largest out of the sum."] = (
                _log_mean_exp(np.maximum(t, least)) - norm
            )
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
