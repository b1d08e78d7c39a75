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

    There the zeros are such that the positions are not ⌈h/s⌉ and ⌈w/s⌉, those of "same".

    What convolve returns is judged once the patches are right.
    """
    kernel, stride, pads, c, n = (
        ((3, 3), (1, 1), ((1, 1), (1, 1)), 3, 3)
        if square
        else ((3, 2), (2, 1), ((0, 1), (2, 1)), 2, 4)
    )
    x = rng.normal(size=(3, 5, 5, c) if square else (2, 7, 6, c))
    W, b = rng.normal(size=(*kernel, c, n)), rng.normal(size=n)
    p = unfold(x, window(kernel, stride, pads))
    P = p.reshape(-1, W[..., 0].size)
    y = (P @ W.reshape(-1, n) + b).reshape(*p.shape[:3], n)
    right = {PATCHES: P}
    given = named(answer.unfold(x, kernel, stride, pads), (PATCHES,))
    mistakes = _of_rows(p) | _of_places(x, p, stride, pads) | _of_positions(x, p, stride, pads)
    mistakes = {s: {PATCHES: v} for s, v in mistakes.items() if not same(v, P)}
    if not same(given[PATCHES], P):
        return Trial(given, right, mistakes, len(x))
    given[Y] = named(answer.convolve(x, W, b, stride, pads), (Y,))[Y]
    return Trial(given, right | {Y: y}, mistakes | _of_convolve(p, W, b), len(x))


def _of_rows(p: Any) -> dict[str, Any]:
    """The right numbers in a wrong order; p: the right patches (m, rows, columns, kh, kw, c)."""
    taps = p[0, 0, 0].size
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
    }
    return {s: value.reshape(-1, taps) for s, value in values.items()} | {
        "the matrix is transposed: a row for each position, a column for each tap.": (
            p.reshape(-1, taps).T
        )
    }


def _of_places(x: Any, p: Any, stride: Any, pads: Pads) -> dict[str, Any]:
    """As many positions as are right, in wrong places; the first begins at (-top, -left)."""
    counts = p.shape[1:3]
    (top, bottom), (left, right) = pads

    def begun(above: int, before: int) -> Any:
        return _at(x, p, (above, before), stride, counts)

    def around(mode: Any, *sides: Any) -> Any:
        beyond = np.pad(x, ((0, 0), *sides, (0, 0)), mode=mode)
        return _at(beyond, p, (top - sides[0][0], left - sides[1][0]), stride, counts)

    return {
        "the stride is ignored: position (r, q) begins at the row r s, the column q s.": (
            _at(x, p, (top, left), (1, 1), counts)
        ),
        "the zeros are all on one side, at the top and on the left.": (
            begun(top + bottom, left + right)
        ),
        "the zeros are all on one side, at the bottom and on the right: - top and - left are "
        "missing.": begun(0, 0),
        "the zeros at the top and at the bottom are exchanged, and left and right.": (
            begun(bottom, right)
        ),
        "top and left are added: the first window begins above the image, at the row -top and the "
        "column -left.": begun(-top, -left),
        "top is added: the first window begins above the image, at the row -top.": (
            begun(-top, left)
        ),
        "left is added: the first window begins beside the image, at the column -left.": (
            begun(top, -left)
        ),
        "top and left are exchanged: pads is ((top, bottom), (left, right)).": begun(left, top),
        "around the image lie its own border pixels, expected zeros.": around("edge", *pads),
        "above the image and beside it lie pixels of its other end, expected zeros: a negative "
        "index counts from the end; ask for 0 <= row, too.": around("wrap", (top, 0), (left, 0)),
        "around the image lie the pixels of its other end, expected zeros.": around("wrap", *pads),
    }


def _of_positions(x: Any, p: Any, stride: Any, pads: Pads) -> dict[str, Any]:
    """Another number of positions."""
    kernel, taps = p.shape[3:5], p[0, 0, 0].size

    def cut(stride: Any, pads: Any) -> Any:
        return unfold(x, window(kernel, stride, pads)).reshape(-1, taps)

    found = {
        "the stride is ignored, and each position is taken: expected every s-th, "
        "rows = (top + h + bottom - kh) // s + 1.": cut((1, 1), pads),
        "the stride's two numbers are exchanged: it is (down, right).": cut(stride[::-1], pads),
        "the zeros are left out: the window does not leave the image.": cut(stride, "valid"),
        "the zeros of rows and of columns are exchanged: pads is ((top, bottom), (left, right)).": (
            cut(stride, pads[::-1])
        ),
    }
    rows, columns = (
        {
            'is ⌈size/stride⌉, which is right for the zeros of "same" alone': -(-n // s),
            "lacks its + 1": (n + sum(pad) - k) // s,
            "leaves the zeros out": (n - k) // s + 1,
        }
        for n, k, s, pad in zip(x.shape[1:3], kernel, stride, pads, strict=True)
    )
    for fault in rows:
        for which, counts in {
            "rows, and that of columns,": (rows[fault], columns[fault]),
            "rows": (rows[fault], p.shape[2]),
            "columns": (p.shape[1], columns[fault]),
        }.items():
            found[
                f"the number of {which} {fault}: rows = (top + h + bottom - kh) // down + 1, and "
                "likewise columns."
            ] = _at(x, p, (pads[0][0], pads[1][0]), stride, counts)
    return found


def _at(x: Any, p: Any, begin: tuple[int, int], stride: Any, counts: Any) -> Any:
    """The patches of so many positions, of which the first begins at the pixel -begin."""
    far = 2 * max(x.shape[1:3])
    z = np.pad(x, ((0, 0), (far, far), (far, far), (0, 0)))
    seen = unfold(z[:, far - begin[0] :, far - begin[1] :], window(p.shape[3:5], stride, "valid"))
    return seen[:, : counts[0], : counts[1]].reshape(-1, p[0, 0, 0].size)


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
