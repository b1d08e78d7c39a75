"""The exercise "batchnorm-eval": dx, dγ and dβ in evaluation."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.backend import Array
from minigan.batchnorm import BatchNorm
from minigan.exercises.batchnorm import EPS, normed
from minigan.exercises.exercise import Answer, Exercise, Trial, named
from minigan.exercises.proofs import check_backward
from minigan.layer import Grads


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """Random x, dy and running statistics; square: as many channels as examples."""
    m, channels = (4, 4) if square else (6, 3)
    layer = normed(rng, channels)
    x, dy = 1 + 2 * rng.normal(size=(m, channels)), rng.normal(size=(m, channels))
    dx, grads = layer.backward(dy, layer.forward(x, train=False)[1])
    right = {"dx": dx, "dgamma": grads["gamma"], "dbeta": grads["beta"]}
    gamma, (mean, var) = layer.params["gamma"].copy(), layer.buffers.values()
    given = named(answer.backward(dy, x, gamma, mean.copy(), var.copy(), EPS), tuple(right))
    s, of_batch = np.sqrt(var + EPS), np.sqrt(x.var(axis=0) + EPS)
    x_hat, batch_hat = (x - mean) / s, (x - x.mean(axis=0)) / of_batch

    def projected(x_hat: Any) -> Any:
        return dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0)

    mistakes = {
        "this dx is that of training: here mean and variance are constants, and dx is γ/s dy.": {
            "dx": gamma / s * projected(x_hat)
        },
        "these are the statistics of the batch: expected the running ones that were given.": {
            "dx": gamma / of_batch * projected(batch_hat),
            "dgamma": (dy * batch_hat).sum(axis=0),
        },
        "mean and variance are those of the batch: expected the running ones that were given.": {
            "dx": gamma / of_batch * dy,
            "dgamma": (dy * batch_hat).sum(axis=0),
        },
        "dgamma is made of the batch's x̂: expected that of the running statistics.": {
            "dgamma": (dy * batch_hat).sum(axis=0)
        },
        "dgamma is Σ dy ∘ x, expected Σ dy ∘ x̂.": {"dgamma": (dy * x).sum(axis=0)},
        "γ is missing in dx.": {"dx": dy / s},
        "1/s is missing in dx.": {"dx": gamma * dy},
        "dx is divided by the variance, expected by the deviation s.": {"dx": gamma * dy / s**2},
        "eps is left out of s.": {
            "dx": gamma * dy / np.sqrt(var),
            "dgamma": (dy * (x - mean)).sum(axis=0) / np.sqrt(var),
        },
    }
    return Trial(given, right, mistakes, m)


def proof(answer: Answer) -> None:
    """A BatchNorm with the answer's backward, in evaluation."""

    def backward(dy: Array, x: Array, layer: Any) -> tuple[Array, Grads]:
        statistics = layer.buffers["running_mean"], layer.buffers["running_var"]
        dx, dgamma, dbeta = answer.backward(dy, x, layer.params["gamma"], *statistics, layer.eps)
        return dx, {"gamma": dgamma, "beta": dbeta}

    check_backward(lambda rng: BatchNorm(2, rng), backward, (5, 2), modes=("eval",))


EXERCISE = Exercise(
    name="batchnorm-eval",
    chapter="06-batchnorm",
    about="dx, dγ and dβ in evaluation",
    functions=("backward",),
    trial=trial,
    proof=proof,
)
