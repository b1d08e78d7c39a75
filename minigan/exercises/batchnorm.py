"""The exercise "batchnorm": dx, dγ and dβ in training."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.backend import Array, Random
from minigan.batchnorm import BatchNorm
from minigan.exercises.exercise import Answer, Exercise, Trial, Values, named
from minigan.exercises.proofs import check_backward
from minigan.layer import Grads

EPS = 0.05  # large enough for its place to be seen


def normed(rng: np.random.Generator, channels: int) -> BatchNorm:
    """A BatchNorm with a γ, a β and running statistics off their special values."""
    layer = BatchNorm(channels, Random(0, dtype="float64"), eps=EPS)
    layer.params["gamma"] += rng.normal(size=channels)
    layer.params["beta"] += rng.normal(size=channels)
    layer.buffers["running_mean"] += rng.normal(size=channels)
    layer.buffers["running_var"] += rng.uniform(size=channels)
    return layer


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """Random x and dy; square: as many channels as examples."""
    m, channels = (4, 4) if square else (6, 3)
    layer = normed(rng, channels)
    x, dy = 1 + 2 * rng.normal(size=(m, channels)), rng.normal(size=(m, channels))
    dx, grads = layer.backward(dy, layer.forward(x)[1])
    right = {"dx": dx, "dgamma": grads["gamma"], "dbeta": grads["beta"]}
    gamma = layer.params["gamma"].copy()
    given = named(answer.backward(dy, x, gamma, EPS), tuple(right))
    return Trial(given, right, _mistakes(dy, x, gamma) if square else {}, m)


def _mistakes(dy: Any, x: Any, gamma: Any) -> dict[str, Values]:
    mean, var = x.mean(axis=0), x.var(axis=0)
    s = np.sqrt(var + EPS)
    x_hat = (x - mean) / s
    terms = _of_terms(dy, x, x_hat) | _of_axes(dy, x_hat)
    of_dx = {sentence: {"dx": gamma / s * bracket} for sentence, bracket in terms.items()}
    return of_dx | _of_s(dy, x, gamma) | _of_parameters(dy, x, x_hat, gamma)


def _of_terms(dy: Any, x: Any, x_hat: Any) -> dict[str, Any]:
    """What is wrong in the bracket of dx = γ/s (dy - mean(dy) - x̂ mean(dy ∘ x̂)): that bracket."""
    m, centred, c = len(dy), dy - dy.mean(axis=0), x - x.mean(axis=0)
    of_mean, along = dy.mean(axis=0), (dy * x_hat).mean(axis=0)
    no_var = dy - x_hat * along
    return {
        "the variance term of dx is missing, -x̂ mean(dy ∘ x̂): x moves the variance, too.": centred,
        "the mean term of dx is missing, -mean(dy): x moves the mean, too.": no_var,
        "mean and variance are taken for constants: dx is γ/s dy in evaluation alone.": dy,
        "the means in dx are sums: both terms lack 1/m.": dy - m * of_mean - m * x_hat * along,
        "the variance term of dx is a sum, expected a mean: it, or dvar, lacks 1/m.": (
            centred - m * x_hat * along
        ),
        "the mean term of dx is a sum, expected a mean: it, or dmean, lacks 1/m.": (
            no_var - m * of_mean
        ),
        "the means in dx are divided by m twice.": dy - of_mean / m - x_hat * along / m,
        "the variance term of dx has the wrong sign.": centred + x_hat * along,
        "the mean term of dx has the wrong sign.": no_var + of_mean,
        "the variance term of dx is twice what it should be: the slope of (var + eps)^(-1/2) has "
        "the factor -1/2.": centred - 2 * x_hat * along,
        "the variance term of dx is half of what it should be: the slope of (x - mean)² has the "
        "factor 2.": centred - x_hat * along / 2,
        "the variance term of dx has x, expected x̂.": centred - x * along,
        "the variance term of dx has x inside its mean, expected x̂: mean(dy ∘ x̂).": (
            centred - x_hat * (dy * x).mean(axis=0)
        ),
        "the variance term of dx lacks 1/s: x - mean stands where one x̂ belongs, or dvar has "
        "(var + eps)^(-1), expected (var + eps)^(-3/2).": centred - c * along,
        "the variance term of dx lacks 1/s²: x - mean stands where both x̂ belong, or dvar has "
        "(var + eps)^(-1/2), expected (var + eps)^(-3/2).": centred - c * (dy * c).mean(axis=0),
        "the part along x̂ is divided by Σ x̂²: with eps that is not m; expected mean(dy ∘ x̂).": (
            centred - x_hat * m * along / (x_hat**2).sum(axis=0)
        ),
    }


def _of_axes(dy: Any, x_hat: Any) -> dict[str, Any]:
    """The same bracket with its means over something else than the batch."""
    means, along = dy.mean(axis=1), (dy * x_hat).mean(axis=1)
    return {
        "the means in dx run over batch and channels: each channel has its own (axis=0).": (
            dy - dy.mean() - x_hat * (dy * x_hat).mean()
        ),
        "the means in dx run over the channels (axis=1), expected over the batch (axis=0).": (
            dy - means[:, None] - x_hat * along[:, None]
        ),
        "the means in dx are those of the examples (axis=1), used for the channels: expected "
        "axis=0.": dy - means - x_hat * along,
    }


def _of_s(dy: Any, x: Any, gamma: Any) -> dict[str, Values]:
    """What is wrong in s, or in the factor γ/s before the bracket."""
    c, var = x - x.mean(axis=0), x.var(axis=0)
    s = np.sqrt(var + EPS)

    def bracket(x_hat: Any) -> Any:
        return dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0)

    def of(s: Any) -> Values:
        return {"dx": gamma / s * bracket(c / s), "dgamma": (dy * c / s).sum(axis=0)}

    return {
        "γ is missing in dx.": {"dx": bracket(c / s) / s},
        "1/s is missing in dx.": {"dx": gamma * bracket(c / s)},
        "dx is divided by the variance, expected by the deviation s.": {
            "dx": gamma / s**2 * bracket(c / s)
        },
        "eps is left out of s.": of(np.sqrt(var)),
        "eps stands outside the root: s = √(var + eps), not √var + eps.": of(np.sqrt(var) + EPS),
        "the variance is divided by m - 1, expected by m: the biased one.": of(
            np.sqrt(x.var(axis=0, ddof=1) + EPS)
        ),
    }


def _of_parameters(dy: Any, x: Any, x_hat: Any, gamma: Any) -> dict[str, Values]:
    dgamma, dbeta = (dy * x_hat).sum(axis=0), dy.sum(axis=0)
    return {
        "dgamma is Σ dy ∘ x, expected Σ dy ∘ x̂.": {"dgamma": (dy * x).sum(axis=0)},
        "γ is in dgamma: the slope of y = γ x̂ + β in γ is x̂ alone.": {"dgamma": gamma * dgamma},
        "dgamma and dbeta are means over the batch, expected sums: both are divided by m.": {
            "dgamma": dgamma / len(dy),
            "dbeta": dbeta / len(dy),
        },
        "dgamma and dbeta are exchanged.": {"dgamma": dbeta, "dbeta": dgamma},
    }


def proof(answer: Answer) -> None:
    """A BatchNorm with the answer's backward."""

    def backward(dy: Array, x: Array, layer: Any) -> tuple[Array, Grads]:
        dx, dgamma, dbeta = answer.backward(dy, x, layer.params["gamma"], layer.eps)
        return dx, {"gamma": dgamma, "beta": dbeta}

    check_backward(lambda rng: BatchNorm(2, rng), backward, (5, 2))


EXERCISE = Exercise(
    name="batchnorm",
    chapter="06-batchnorm",
    about="dx, dγ and dβ in training",
    functions=("backward",),
    trial=trial,
    proof=proof,
)
