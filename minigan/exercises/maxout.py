"""The exercise "maxout": the gradient goes to what won."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.backend import Array
from minigan.exercises.exercise import Answer, Exercise, Trial, named
from minigan.exercises.proofs import check_backward
from minigan.layer import Grads
from minigan.maxout import Maxout

PIECES = 3


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """Random pieces; not square: with ties."""
    m, units = (3, 3) if square else (4, 2)
    z = rng.normal(size=(m, PIECES, units))
    if not square:
        z[0, 1] = z[0, 2] = z[0].max(axis=0) + 1
    dy = rng.normal(size=(m, units))
    layer = Maxout(PIECES)
    flat = layer.backward(dy, layer.forward(z.reshape(m, -1))[1])[0]
    right, top = flat.reshape(z.shape), z.max(axis=1, keepdims=True)
    ties = (z == top) * dy[:, None]
    given = named(answer.backward(dy, z), ("dz",))
    last = PIECES - 1 - z[:, ::-1].argmax(axis=1)[:, None]
    mistakes = {
        "all of several equal pieces get dy: y would move twice; expected the first alone.": ties,
        "of equal pieces the last wins, expected the first.": (
            (np.arange(PIECES)[:, None] == last) * dy[:, None]
        ),
        "equal pieces share dy: expected all of it for the first.": (
            ties / (z == top).sum(axis=1, keepdims=True)
        ),
    }
    if square:
        smallest = (z == z.min(axis=1, keepdims=True)) * dy[:, None]
        over_units = (z == z.max(axis=2, keepdims=True)) * dy[:, None]
        mistakes = {
            "every piece gets dy: a piece that lost does not move y.": np.broadcast_to(
                dy[:, None], z.shape
            ),
            "dy is spread evenly over the pieces: a piece that lost does not move y.": (
                np.broadcast_to(dy[:, None] / PIECES, z.shape)
            ),
            "the smallest piece gets dy, expected the largest.": smallest,
            "the largest of the units gets dy, expected the largest of the pieces: axis 1.": (
                over_units
            ),
            "dy is missing: this is the slope alone, 1 for the piece that won.": 1.0 * (z == top),
            "the winner gets its own value times dy: the slope of a maximum is 1.": right * z,
        }
    return Trial(given, {"dz": right}, {s: {"dz": v} for s, v in mistakes.items()}, m)


def proof(answer: Answer) -> None:
    """A Maxout with the answer's backward."""

    def backward(dy: Array, x: Array, layer: Any) -> tuple[Array, Grads]:
        z = x.reshape(len(x), PIECES, -1)
        return np.reshape(answer.backward(dy, z), x.shape), {}

    check_backward(lambda rng: Maxout(PIECES), backward, (4, 2 * PIECES))


EXERCISE = Exercise(
    name="maxout",
    chapter="07-dropout-maxout-minibatch",
    about="the gradient goes to what won",
    functions=("backward",),
    trial=trial,
    proof=proof,
)
