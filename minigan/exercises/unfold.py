"""The exercise "unfold": the patches of images as rows of a matrix, and a convolution by them."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.exercises.exercise import Answer, Exercise, Trial, Values, named
from minigan.exercises.patterns import same
from minigan.patches import unfold
from minigan.window import Pads, window

PATCHES, Y = "the matrix of patches", "y"


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """Random images; square: as many zeros on each side, stride 1; else stride (2, 1), odd sizes.

    What convolve returns is judged once the patches are right.
    """
    kernel, stride, pads, c, n = (
        ((3, 3), (1, 1), ((1, 1), (1, 1)), 3, 3)
        if square
        else ((3, 2), (2, 1), ((0, 2), (1, 0)), 2, 4)
    )
    x = rng.normal(size=(3, 5, 5, c) if square else (2, 7, 6, c))
    W, b = rng.normal(size=(*kernel, c, n)), rng.normal(size=n)
    p = unfold(x, window(kernel, stride, pads))
    P = p.reshape(-1, W[..., 0].size)
    y = (P @ W.reshape(-1, n) + b).reshape(*p.shape[:3], n)
    right = {PATCHES: P}
    given = named(answer.unfold(x, kernel, stride, pads), (PATCHES,))
    if not same(given[PATCHES], P):
        return Trial(given, right, _of_unfold(x, p, stride, pads), len(x))
    given[Y] = named(answer.convolve(x, W, b, stride, pads), (Y,))[Y]
    mistakes = _of_unfold(x, p, stride, pads) | _of_convolve(p, W, b)
    return Trial(given, right | {Y: y}, mistakes, len(x))


def _of_unfold(x: Any, p: Any, stride: Any, pads: Pads) -> dict[str, Values]:
    """p: the right patches (m, rows, columns, kh, kw, c)."""
    _, rows, columns, kh, kw, c = p.shape
    taps = kh * kw * c

    def cut(stride: Any, pads: Any) -> Any:
        return unfold(x, window((kh, kw), stride, pads))

    once = cut((1, 1), pads)[:, :rows, :columns]
    (top, bottom), (left, right) = pads
    values = {
        "each row runs through the channels first, (c, kh, kw): expected the order of W, "
        "(kh, kw, c), with the channels of a pixel side by side.": p.transpose(0, 1, 2, 5, 3, 4),
        "each row runs through the window's columns first, (kw, kh, c): expected (kh, kw, c).": (
            p.transpose(0, 1, 2, 4, 3, 5)
        ),
        "the window is turned around: its first tap is its upper left one.": p[:, :, :, ::-1, ::-1],
        "the positions run down the columns: expected row by row, as in (m, rows, columns).": (
            p.transpose(0, 2, 1, 3, 4, 5)
        ),
        "the positions come first and the images last: expected all positions of the first image, "
        "then those of the next.": p.transpose(1, 2, 0, 3, 4, 5),
        "the stride is ignored: position (r, q) begins at the row r s, the column q s.": once,
        "the stride's two numbers are exchanged: it is (down, right).": cut(stride[::-1], pads),
        "the zeros are all on one side, at the top and on the left.": (
            cut(stride, ((top + bottom, 0), (left + right, 0)))
        ),
        "the zeros are all on one side, at the bottom and on the right.": (
            cut(stride, ((0, top + bottom), (0, left + right)))
        ),
        "the zeros at the top and at the bottom are exchanged, and left and right.": (
            cut(stride, ((bottom, top), (right, left)))
        ),
        "the zeros are left out: the window does not leave the image.": (cut(stride, "valid")),
        "around the image lie its own border pixels, expected zeros.": unfold(
            np.pad(x, ((0, 0), *pads, (0, 0)), mode="edge"), window((kh, kw), stride, "valid")
        ),
    }
    found = {sentence: value.reshape(-1, taps) for sentence, value in values.items()}
    P = p.reshape(-1, taps)
    found["the matrix is transposed: a row for each position, a column for each tap."] = P.T
    return {s: {PATCHES: v} for s, v in found.items() if not same(v, P)}


def _of_convolve(p: Any, W: Any, b: Any) -> dict[str, Values]:
    n, shape = W.shape[3], p.shape[:3]
    P = p.reshape(-1, W[..., 0].size)
    y = P @ W.reshape(-1, n)

    def by(weights: Any) -> Any:
        return P @ weights.reshape(-1, n) + b

    values = {
        "the kernel is not flattened in the order of the patches: its channels come first.": by(
            W.transpose(2, 0, 1, 3)
        ),
        "the kernel is not flattened in the order of the patches: its columns come first.": by(
            W.transpose(1, 0, 2, 3)
        ),
        "the kernel is flattened with its outputs in front: W.reshape(-1, n), not (n, -1) "
        "transposed.": P @ W.reshape(n, -1).T + b,
        "the kernel is flipped: this field's convolution is not.": by(W[::-1, ::-1]),
        "the bias is left out.": y,
        "the bias is added for each tap: once for each y is enough.": y + P.shape[1] * b,
    }
    found = {sentence: value.reshape(*shape, n) for sentence, value in values.items()}
    sentence = "y is still the matrix (positions, n): expected (m, rows, columns, n)."
    return {s: {Y: v} for s, v in (found | {sentence: y + b}).items()}


EXERCISE = Exercise(
    name="unfold",
    chapter="14-where-the-time-goes",
    about="a convolution as one matrix product",
    functions=("unfold", "convolve"),
    trial=trial,
)
