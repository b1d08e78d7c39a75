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
    m, mean, var = len(x), x.mean(axis=0), x.var(axis=0)
    s = np.sqrt(var + EPS)
    x_hat, scale = (x - mean) / s, gamma / s

    def projected(dy: Any, x_hat: Any, axis: int) -> Any:
        along = x_hat * (dy * x_hat).mean(axis=axis, keepdims=True)
        return dy - dy.mean(axis=axis, keepdims=True) - along

    unbiased = np.sqrt(x.var(axis=0, ddof=1) + EPS)
    outside = np.sqrt(var) + EPS
    without = (x - mean) / np.sqrt(var)
    return {
        "the variance term of dx is missing, -x̂ mean(dy ∘ x̂): x moves the variance, too.": {
            "dx": scale * (dy - dy.mean(axis=0))
        },
        "the mean term of dx is missing, -mean(dy): x moves the mean, too.": {
            "dx": scale * (dy - x_hat * (dy * x_hat).mean(axis=0))
        },
        "mean and variance are taken for constants: dx is γ/s dy in evaluation alone.": {
            "dx": scale * dy
        },
        "the means in dx are sums: both terms lack 1/m.": {
            "dx": scale * (dy - dy.sum(axis=0) - x_hat * (dy * x_hat).sum(axis=0))
        },
        "the variance term of dx has the wrong sign.": {
            "dx": scale * (dy - dy.mean(axis=0) + x_hat * (dy * x_hat).mean(axis=0))
        },
        "the mean term of dx has the wrong sign.": {
            "dx": scale * (dy + dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0))
        },
        "γ is missing in dx.": {"dx": projected(dy, x_hat, 0) / s},
        "1/s is missing in dx.": {"dx": gamma * projected(dy, x_hat, 0)},
        "dx is divided by the variance, expected by the deviation s.": {
            "dx": gamma / s**2 * projected(dy, x_hat, 0)
        },
        "dgamma is Σ dy ∘ x, expected Σ dy ∘ x̂.": {"dgamma": (dy * x).sum(axis=0)},
        "eps is left out of s.": {
            "dx": gamma / np.sqrt(var) * projected(dy, without, 0),
            "dgamma": (dy * without).sum(axis=0),
        },
        "eps stands outside the root: s = √(var + eps), not √var + eps.": {
            "dx": gamma / outside * projected(dy, (x - mean) / outside, 0),
            "dgamma": (dy * (x - mean) / outside).sum(axis=0),
        },
        "the means in dx run over batch and channels: each channel has its own (axis=0).": {
            "dx": scale * (dy - dy.mean() - x_hat * (dy * x_hat).mean())
        },
        "the variance term of dx has x, expected x̂.": {
            "dx": scale * (dy - dy.mean(axis=0) - x * (dy * x_hat).mean(axis=0))
        },
        "the variance is divided by m - 1, expected by m: the biased one.": {
            "dx": gamma / unbiased * projected(dy, (x - mean) / unbiased, 0),
            "dgamma": (dy * (x - mean) / unbiased).sum(axis=0),
        },
        "dgamma and dbeta are means over the batch, expected sums: both are divided by m.": {
            "dgamma": (dy * x_hat).sum(axis=0) / m,
            "dbeta": dy.sum(axis=0) / m,
        },
        "dgamma and dbeta are exchanged.": {
            "dgamma": dy.sum(axis=0),
            "dbeta": (dy * x_hat).sum(axis=0),
        },
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
