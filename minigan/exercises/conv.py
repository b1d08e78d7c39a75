"""The exercise "conv": dx, dW and db of a convolution."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.backend import Array, Random
from minigan.conv import Conv2D
from minigan.exercises.exercise import Answer, Exercise, Trial, Values, named
from minigan.exercises.proofs import check_backward
from minigan.layer import Grads
from minigan.patches import fold, scatter
from minigan.window import window


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """Random images; square: as many channels out as in, stride 1; else stride 2, odd sizes."""
    c_in, c_out, kernel, stride = (2, 2, (3, 3), 1) if square else (2, 3, (3, 2), 2)
    layer = Conv2D(
        *(c_in, c_out, kernel, Random(int(rng.integers(2**31)), dtype="float64")),
        stride=stride,
        pad="valid",
    )
    x = rng.normal(size=(3, 6, 5, c_in))
    y, cache = layer.forward(x)
    dy, W = rng.normal(size=y.shape), layer.params["W"]
    dx, grads = layer.backward(dy, cache)
    right = {"dx": dx, "dW": grads["W"], "db": grads["b"]}
    given = named(answer.backward(dy, x, W, stride), tuple(right))
    return Trial(given, right, _mistakes(dy, x, W) if square else _strided(dy, x, W), len(x))


def _mistakes(dy: Any, x: Any, W: Any) -> dict[str, Values]:
    see = window(W.shape[:2], 1, "valid")
    flipped, turned = W[::-1, ::-1], W.transpose(0, 1, 3, 2)
    P = np.lib.stride_tricks.sliding_window_view(x, W.shape[:2], axis=(1, 2))
    dW = np.einsum("nrqaij,nrqb->ijab", P, dy)
    return {
        "dx is painted with the kernel flipped: dy W[i, j]ᵀ goes where tap (i, j) looked (so if dx "
        "is written as a convolution of dy, that one needs the flipped kernel).": {
            "dx": scatter(dy, flipped, x.shape, see)
        },
        "dx uses W[i, j], expected W[i, j]ᵀ: the channels are exchanged.": {
            "dx": scatter(dy, turned, x.shape, see)
        },
        "dx is overwritten where windows overlap: what falls on one pixel adds up.": {
            "dx": _overwritten(dy, x, W)
        },
        "dx is overwritten by one position after the other: what falls on one pixel adds up.": {
            "dx": _overwritten_in_order(dy, x, W)
        },
        "the kernel's rows and columns are exchanged in dx.": {
            "dx": scatter(dy, W.transpose(1, 0, 2, 3), x.shape, see)
        },
        "dW is flipped: its rows and columns run backwards.": {"dW": dW[::-1, ::-1]},
        "dW has its channels exchanged: W[i, j] is (c_in, c_out).": {
            "dW": dW.transpose(0, 1, 3, 2)
        },
        "dW is that of one image alone: all images share W, so it is a sum over the batch.": {
            "dW": np.einsum("nrqaij,nrqb->ijab", P[-1:], dy[-1:])
        },
        "dW is that of the last position alone: in a loop over the positions, add with +=.": {
            "dW": np.einsum("naij,nb->ijab", P[:, -1, -1], dy[:, -1, -1])
        },
        "dW is a mean over the positions: it is a sum.": {"dW": dW / dy[0, :, :, 0].size},
        "db is a mean over the positions: it is a sum.": {"db": dy.mean(axis=(1, 2)).sum(axis=0)},
        "db is a mean over batch and positions: it is a sum.": {"db": dy.mean(axis=(0, 1, 2))},
        "db is the sum over the batch, and not over the positions.": {"db": dy.sum(axis=0)},
        "db is the sum over the positions, and not over the batch.": {"db": dy.sum(axis=(1, 2))},
    }


def _overwritten(dy: Any, x: Any, W: Any) -> Any:
    """Where each tap's part of dx replaces what was there."""
    dx = np.zeros_like(x)
    rows, columns = dy.shape[1:3]
    for i, j in np.ndindex(*W.shape[:2]):
        dx[:, i : i + rows, j : j + columns] = dy @ W[i, j].T
    return dx


def _overwritten_in_order(dy: Any, x: Any, W: Any) -> Any:
    """Where each position's part of dx replaces what was there."""
    dx = np.zeros_like(x)
    for r, q in np.ndindex(*dy.shape[1:3]):
        seen = dx[:, r : r + W.shape[0], q : q + W.shape[1]]
        seen[...] = np.einsum("nb,ijab->nija", dy[:, r, q], W)
    return dx


def _strided(dy: Any, x: Any, W: Any) -> dict[str, Values]:
    once = window(W.shape[:2], 1, "valid")
    m, rows, columns, c = dy.shape
    patches = (dy.reshape(-1, c) @ W.reshape(-1, c).T).reshape(m, rows, columns, *W.shape[:3])
    dx = np.zeros_like(x)
    seen = dx[:, : rows + W.shape[0] - 1, : columns + W.shape[1] - 1]
    seen[...] = fold(patches, seen.shape, once)
    P = np.lib.stride_tricks.sliding_window_view(x, W.shape[:2], axis=(1, 2))[:, :rows, :columns]
    return {
        "the stride is left out of dx: position r looks at the rows r s + i.": {"dx": dx},
        "the stride is left out of dW: position r looks at the rows r s + i.": {
            "dW": np.einsum("nrqaij,nrqb->ijab", P, dy)
        },
    }


def proof(answer: Answer) -> None:
    """A Conv2D with the answer's backward."""

    def backward(dy: Array, x: Array, layer: Any) -> tuple[Array, Grads]:
        dx, dW, db = answer.backward(dy, x, layer.params["W"], layer.window.stride[0])
        return dx, {"W": dW, "b": db}

    check_backward(lambda rng: Conv2D(2, 3, 2, rng, stride=2, pad="valid"), backward, (2, 5, 4, 2))


EXERCISE = Exercise(
    name="conv",
    chapter="05-convolution",
    about="dx, dW and db of a convolution",
    functions=("backward",),
    trial=trial,
    proof=proof,
)
