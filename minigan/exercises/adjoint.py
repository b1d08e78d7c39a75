"""The exercise "adjoint": Aᵀ of a strided convolution."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.exercises.exercise import Answer, Exercise, Trial, named
from minigan.patches import scatter
from minigan.window import window


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """Random y and W, stride 2; square: as many channels in as out, and a square kernel."""
    kernel, c_in, c_out = ((3, 3), 2, 2) if square else ((4, 3), 3, 2)
    size, shape = (9, 9) if square else (9, 7), (2, *((4, 4) if square else (3, 3)), c_out)
    W, y = rng.normal(size=(*kernel, c_in, c_out)), rng.normal(size=shape)
    whole = (shape[0], *size, c_in)

    def painted(W: Any, stride: int = 2) -> Any:
        return scatter(y, W, whole, window(W.shape[:2], stride, "valid"))

    right = {"the result": painted(W)}
    given = named(answer.transpose(y, W, 2, size), tuple(right))
    if not square:
        return Trial(given, right, m=shape[0])
    mistakes = {
        "the kernel is flipped: y W[i, j]ᵀ is painted where tap (i, j) looks, not opposite.": (
            painted(W[::-1, ::-1])
        ),
        "the kernel's rows and columns are exchanged.": painted(W.transpose(1, 0, 2, 3)),
        "W[i, j] stands where its transpose belongs: the channels are exchanged.": painted(
            W.transpose(0, 1, 3, 2)
        ),
        "the stride is ignored: neighbours of y paint stride pixels apart.": _unstrided(
            y, W, whole
        ),
        "the result is shifted by one pixel down and to the right: a pad on the wrong side.": (
            np.roll(painted(W), (1, 1), axis=(1, 2))
        ),
        "the result is shifted by one pixel up and to the left: a pad on the wrong side.": (
            np.roll(painted(W), (-1, -1), axis=(1, 2))
        ),
        "what overlaps is overwritten: where two windows meet, they add up.": _overwritten(
            y, W, whole
        ),
    }
    known = {s: {"the result": v} for s, v in mistakes.items()}
    return Trial(given, right, known, shape[0])


def _unstrided(y: Any, W: Any, whole: tuple[int, ...]) -> Any:
    """Painted with stride 1, into the upper left of the image."""
    image = np.zeros(whole)
    rows, columns = y.shape[1:3]
    for i, j in np.ndindex(*W.shape[:2]):
        image[:, i : i + rows, j : j + columns] += y @ W[i, j].T
    return image


def _overwritten(y: Any, W: Any, whole: tuple[int, ...]) -> Any:
    """Each position's patch replaces what is there, from the first to the last."""
    image = np.zeros(whole)
    for r, q in np.ndindex(*y.shape[1:3]):
        patch = np.einsum("nb,ijab->nija", y[:, r, q], W)
        image[:, 2 * r : 2 * r + W.shape[0], 2 * q : 2 * q + W.shape[1]] = patch
    return image


EXERCISE = Exercise(
    name="adjoint",
    chapter="05-convolution",
    about="the transpose of a strided convolution",
    functions=("transpose",),
    trial=trial,
)
