"""The exercise "leaky-relu": a slope with a kink."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.activations import LeakyReLU
from minigan.backend import Array
from minigan.exercises.exercise import Answer, Exercise, Trial, named
from minigan.exercises.proofs import check_backward
from minigan.layer import Grads

ALPHA = 0.3


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """Random x; not square: with some at the kink."""
    x, dy = rng.normal(size=(4, 4)), rng.normal(size=(4, 4))
    if not square:
        x[:, 0] = 0
    layer = LeakyReLU(ALPHA)
    right = layer.backward(dy, layer.forward(x)[1])[0]
    given = named(answer.backward(dy, x, ALPHA), ("dx",))
    if not square:
        kink = np.where(x == 0, dy, right)
        middle = np.where(x == 0, dy * (1 + ALPHA) / 2, right)
        mistakes = {
            "at x = 0 the slope is 1: expected that of the negative side, alpha.": kink,
            "at x = 0 the slope is the middle of both sides: expected that of the negative side, "
            "alpha.": middle,
            "at x = 0 the slope is 0: expected that of the negative side, alpha.": np.where(
                x == 0, 0, right
            ),
        }
    else:
        mistakes = {
            "this is ReLU's backward: where x < 0 the slope is alpha, not 0.": dy * (x > 0),
            "the two sides are exchanged: the slope is 1 where x > 0.": np.where(
                x > 0, ALPHA * dy, dy
            ),
            "the sign of dy decides, not that of x: the slope belongs to where x was.": np.where(
                dy > 0, dy, ALPHA * dy
            ),
            "dy is missing: this is the slope alone; the chain rule multiplies it with dy.": (
                np.where(x > 0, 1, ALPHA)
            ),
            "this is the forward pass: expected its slope, times dy.": np.where(
                x > 0, x, ALPHA * x
            ),
            "dy is multiplied with y, not with the slope of y.": dy * np.where(x > 0, x, ALPHA * x),
        }
    return Trial(given, {"dx": right}, {s: {"dx": v} for s, v in mistakes.items()}, len(x))


def proof(answer: Answer) -> None:
    """A LeakyReLU with the answer's backward."""

    def backward(dy: Array, x: Array, layer: Any) -> tuple[Array, Grads]:
        return answer.backward(dy, x, layer.alpha), {}

    check_backward(lambda rng: LeakyReLU(ALPHA), backward, (5, 3))


EXERCISE = Exercise(
    name="leaky-relu",
    chapter="03-kinks-and-slopes",
    about="a slope with a kink",
    functions=("backward",),
    trial=trial,
    proof=proof,
)
