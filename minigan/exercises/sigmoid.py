"""The exercise "sigmoid": dx = dy ∘ σ(x) σ(-x)."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.activations import Sigmoid, sigmoid
from minigan.backend import Array
from minigan.exercises.exercise import Answer, Exercise, Trial, named
from minigan.exercises.proofs import check_backward
from minigan.layer import Grads

TAIL = "dx at x = ±40, divided by what is right,"


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """Random x; not square: the tails, too, where ratios are compared."""
    layer = Sigmoid()

    def right_for(dy: Any, x: Any) -> Any:
        return layer.backward(dy, layer.forward(x)[1])[0]

    x, dy = 2 * rng.normal(size=(4, 4)), rng.normal(size=(4, 4))
    y, right = sigmoid(x), {"dx": right_for(dy, x)}
    given = named(answer.backward(dy, x), ("dx",))
    mistakes: dict[str, Any] = {
        "the slope is σ (1 + σ): expected σ (1 - σ).": {"dx": dy * y * (1 + y)},
        "the slope is σ: expected σ (1 - σ).": {"dx": dy * y},
        "the slope is 1 - σ: expected σ (1 - σ).": {"dx": dy * (1 - y)},
        "the slope is σ (1 - σ) twice.": {"dx": dy * (y * (1 - y)) ** 2},
        "the slope is x (1 - x): expected y (1 - y), where y = σ(x).": {"dx": dy * x * (1 - x)},
        "the slope is 1 - y²: that is tanh's.": {"dx": dy * (1 - y * y)},
        "dy is missing: this is the slope alone; the chain rule multiplies it with dy.": {
            "dx": y * (1 - y)
        },
    }
    if not square:
        ends = np.array([-40.0, 40.0])
        right[TAIL] = np.ones(2)
        given[TAIL] = answer.backward(np.ones(2), ends) / right_for(np.ones(2), ends)
        mistakes = {
            "the slope dies where σ rounds to 1: 1 - σ(40) is 0, σ(-40) is not.": {
                TAIL: np.array([1.0, 0.0])
            }
        }
    return Trial(given, right, mistakes, len(x))


def proof(answer: Answer) -> None:
    """A Sigmoid with the answer's backward."""

    def backward(dy: Array, x: Array, layer: Any) -> tuple[Array, Grads]:
        return answer.backward(dy, x), {}

    check_backward(lambda rng: Sigmoid(), backward, (5, 3))


EXERCISE = Exercise(
    name="sigmoid",
    chapter="03-kinks-and-slopes",
    about="the backward pass of the sigmoid",
    functions=("backward",),
    trial=trial,
    proof=proof,
)
