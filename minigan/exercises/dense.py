"""The exercise "dense": the backward pass of y = xW + b."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.backend import Array, Random
from minigan.dense import Dense
from minigan.exercises.exercise import Answer, Exercise, Trial, named
from minigan.exercises.proofs import check_backward
from minigan.layer import Grads


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """Random x, W and dy; square: m = n_in = n_out."""
    m, n_in, n_out = (4, 4, 4) if square else (5, 3, 2)
    layer = Dense(n_in, n_out, Random(int(rng.integers(2**31)), dtype="float64"))
    x, dy, W = rng.normal(size=(m, n_in)), rng.normal(size=(m, n_out)), layer.params["W"]
    dx, grads = layer.backward(dy, layer.forward(x)[1])
    mistakes = {}
    if square:
        mistakes = {
            "dx is dy W, expected dy Wᵀ: x[i, k] reaches output j through W[k, j], so the sum is "
            "over the second index of W (W is transposed).": {"dx": dy @ W},
            "dW is x dy, expected xᵀ dy: W[k, j] meets x[i, k] in every example i, so the sum is "
            "over the batch (x is transposed).": {"dW": x @ dy},
            "db sums over the outputs, expected over the batch: b[j] is added in every example.": {
                "db": dy.sum(axis=1)
            },
            "dW is that of the last example alone: in a loop over the batch, add with +=.": {
                "dW": np.outer(x[-1], dy[-1])
            },
            "db is that of the last example alone: in a loop over the batch, add with +=.": {
                "db": dy[-1]
            },
        }
    given = named(answer.backward(dy, x, W), ("dx", "dW", "db"))
    return Trial(given, {"dx": dx, "dW": grads["W"], "db": grads["b"]}, mistakes, m)


def proof(answer: Answer) -> None:
    """A Dense layer with the answer's backward."""

    def backward(dy: Array, x: Array, layer: Any) -> tuple[Array, Grads]:
        dx, dW, db = answer.backward(dy, x, layer.params["W"])
        return dx, {"W": dW, "b": db}

    check_backward(lambda rng: Dense(3, 2, rng), backward, (5, 3))


EXERCISE = Exercise(
    "dense", "02-the-chain-rule", "the gradients of y = xW + b", ("backward",), trial, proof
)
