"""Flatten and Reshape: the same numbers in another shape."""

from __future__ import annotations

import math
from typing import Any

from minigan.backend import Array
from minigan.layer import Grads, Layer, check_input, check_size


class Flatten(Layer):
    """Put all axes but the batch into one: (m, h, w, c) → (m, h·w·c), the last running fastest.

    **Forward**   y = x, read in C order
    **Backward**  dx = dy in the shape of x: the map is the identity on the numbers
    **Shapes**    x (m, …), y (m, n) with n the product of the other axes

    >>> import numpy as np
    >>> Flatten()(np.zeros((2, 3, 4, 5))).shape
    (2, 60)
    """

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        check_input(self, x, ("m", "..."))
        return x.reshape(x.shape[0], math.prod(x.shape[1:])), x.shape

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        return (dy.reshape(cache) if need_dx else None), {}


class Reshape(Layer):
    """Give each example the shape `shape`: (m, n) → (m, *shape), the last axis running fastest.

    **Forward**   y = x, read in C order
    **Backward**  dx = dy in the shape of x
    **Shapes**    x (m, …), y (m, *shape)

    **Parameters**  shape: of one example, without the batch axis; its product is that of x's

    **Raises**  ValueError for a size under 1 and for an x that holds another number of values

    >>> import numpy as np
    >>> Reshape((7, 7, 2))(np.zeros((5, 98))).shape
    (5, 7, 7, 2)
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = tuple(shape)
        for n in self.shape:
            check_size(self, "a size", n)

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        check_input(self, x, ("m", "..."))
        if math.prod(x.shape[1:]) != math.prod(self.shape):
            raise ValueError(
                f"{self!r}: x has {math.prod(x.shape[1:])} values an example in shape {x.shape}, "
                f"expected {math.prod(self.shape)}."
            )
        return x.reshape(x.shape[0], *self.shape), x.shape

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        return (dy.reshape(cache) if need_dx else None), {}

    def __repr__(self) -> str:
        return f"Reshape({'×'.join(map(str, self.shape))})"
