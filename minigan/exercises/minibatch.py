"""The exercise "minibatch": both parts of dM."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.backend import Array, Random
from minigan.exercises.exercise import Answer, Exercise, Trial, named
from minigan.exercises.proofs import check_backward
from minigan.layer import Grads
from minigan.minibatch import MinibatchDiscrimination


def identity(rng: Any, shape: tuple[int, ...]) -> Any:
    """T = 1, so that M is x."""
    n_in, columns = shape
    return rng.array(np.eye(n_in, columns))


def _layer(C: int, rng: Random) -> MinibatchDiscrimination:
    return MinibatchDiscrimination(C, 1, C, rng, T=identity)


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """Random rows; square: as many numbers in a row as examples."""
    m, C = (3, 3) if square else (5, 2)
    M, do = rng.normal(size=(m, C)), rng.normal(size=m)
    layer = _layer(C, Random(0, dtype="float64"))
    dy = np.hstack([np.zeros((m, C)), do[:, None]])
    right = layer.backward(dy, layer.forward(M)[1])[0]
    given = named(answer.backward(do, M), ("dM",))
    difference = M[:, None] - M[None]
    sign, c = np.sign(difference), np.exp(-np.abs(difference).sum(axis=2))
    both = do[:, None] + do[None]

    def summed(weights: Any, slopes: Any) -> Any:
        return -np.einsum("ij,ijk->ik", weights, slopes)

    mistakes = {
        "the others' sums are missing: M[i] stands in o[j], too; expected do[i] + do[j].": summed(
            do[:, None] * c, sign
        ),
        "example i's own sum is missing: expected do[i] + do[j].": summed(do[None] * c, sign),
        "the parts of the others have the wrong sign: do[i] - do[j], expected do[i] + do[j]; the "
        "sign turns round with the difference.": summed((do[:, None] - do[None]) * c, sign),
        "the exponential is missing: the slope of e^-d is -e^-d.": summed(both, sign),
        "the sign is missing: the slope of |d| is sign(d).": summed(both * c, np.ones_like(sign)),
        "the difference stands where its sign belongs: the slope of |d| is sign(d), that of d²/2 "
        "is d.": summed(both * c, difference),
        "each number of a row has an exponential of its own: expected that of the sum over k.": (
            -np.einsum("ij,ijk,ijk->ik", both, np.exp(-np.abs(difference)), sign)
        ),
        "the distance is the sum of squares: expected the sum of absolute values.": summed(
            both * np.exp(-(difference**2).sum(axis=2)), 2 * difference
        ),
        "example i's own sum is counted twice, and the others' not: do[i] + do[j], not 2 do[i].": (
            summed(2 * do[:, None] * c, sign)
        ),
        "the minus of the exponent is missing, or the difference is taken the other way round.": (
            -summed(both * c, sign)
        ),
    }
    return Trial(given, {"dM": right}, {s: {"dM": v} for s, v in mistakes.items()}, m)


def proof(answer: Answer) -> None:
    """A layer with T = 1 and the answer's dM; T's own gradient is xᵀ dM."""

    def backward(dy: Array, x: Array, layer: Any) -> tuple[Array, Grads]:
        T = layer.params["T"][:, 0, :]
        dM = np.asarray(answer.backward(dy[:, -1], x @ T))
        return dy[:, :-1] + dM @ T.T, {"T": (x.T @ dM)[:, None, :]}

    check_backward(lambda rng: _layer(2, rng), backward, (4, 2))


EXERCISE = Exercise(
    name="minibatch",
    chapter="07-dropout-maxout-minibatch",
    about="both parts of a gradient through comparisons",
    functions=("backward",),
    trial=trial,
    proof=proof,
)
