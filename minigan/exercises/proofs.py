"""The gradient check of an answer: minigan's forward, the answer's backward, measured slopes."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from minigan.backend import Array, Random
from minigan.checks import check_layer
from minigan.layer import Grads, Layer

Backward = Callable[[Array, Array, Any], tuple[Array, Grads]]  # (dy, x, layer) → dx, grads


class Answered(Layer):
    """A layer whose backward is somebody's answer.

    **Parameters**  layer: whose forward and parameters it has; backward(dy, x, layer), where layer
    has the running statistics of before its forward.
    """

    def __init__(self, layer: Layer, backward: Backward) -> None:
        super().__init__()
        self.layer, self.answer = layer, backward
        self.params, self.buffers = layer.params, layer.buffers

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        before = copy.copy(self.layer)
        before.buffers = {name: a.copy() for name, a in self.buffers.items()}
        return self.layer.forward(x, train)[0], (x, before)

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        dx, grads = self.answer(dy, *cache)
        # an answer need not keep the protocol's rules for float32: it is asked for the mathematics
        in_dtype = {name: np.asarray(array, dy.dtype) for name, array in grads.items()}
        return np.asarray(dx, dy.dtype), in_dtype

    def __repr__(self) -> str:
        return f"your {self.layer!r}"


def check_backward(
    make: Callable[[Random], Layer],
    backward: Backward,
    shape: tuple[int, ...],
    modes: tuple[str, ...] = ("train",),
) -> None:
    """Check an answer's backward for the layer that make(rng) returns.

    **Raises**  what `check_layer` raises.
    """
    check_layer(lambda rng: Answered(make(rng), backward), shape, modes=modes)
