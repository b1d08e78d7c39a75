"""Flatten, Reshape and Pack: the same numbers in another shape."""

from __future__ import annotations

import math
from typing import Any

from minigan.backend import Array
from minigan.inputs import check_dy, check_input
from minigan.layer import Grads, Layer
from minigan.limits import check_integer, check_shape


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
        check_dy(self, dy, (cache[0], math.prod(cache[1:])))
        return (dy.reshape(cache) if need_dx else None), {}


class Reshape(Layer):
    """Give each example the shape `shape`: (m, n) → (m, *shape), the last axis running fastest.

    **Forward**   y = x, read in C order
    **Backward**  dx = dy in the shape of x
    **Shapes**    x (m, …), y (m, *shape)

    **Parameters**  shape: of one example, without the batch axis; its product is that of x's

    **Raises**  TypeError, ValueError for a size under 1, no sizes, and an x that holds another
    number of values

    >>> import numpy as np
    >>> Reshape((7, 7, 2))(np.zeros((5, 98))).shape
    (5, 7, 7, 2)
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = check_shape("Reshape", "shape", shape)

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
        check_dy(self, dy, (cache[0], *self.shape))
        return (dy.reshape(cache) if need_dx else None), {}

    def __repr__(self) -> str:
        return f"Reshape({'×'.join(map(str, self.shape))})"


class Pack(Layer):
    """Lay k consecutive examples side by side, to be judged as one: (m, n) → (m/k, k · n).

    The first layer of a D that says "all k of these are data" or "all k are samples". k samples of
    a G that makes only some of the modes resemble each other more than k of the data do, and D sees
    that, as it does not in one sample alone.

    **Forward**   y_p = [x_pk, …, x_pk+k-1], p = 0 … m/k - 1: the examples' last axes end to end,
    features, or the channels of images at the same pixel
    **Backward**  dx = dy, taken apart again: the map only moves numbers
    **Shapes**    x (m, …, c), y (m/k, …, k · c); with it D gives m/k logits for m examples, and
    whoever wants m logits takes batches of k · m

    **Parameters**  k: examples in a pack; Pack(1) changes nothing

    **Raises**  ValueError for k under 1, and for an m that k does not divide.

    **Source**  Lin et al. 2018, "PacGAN", section 3 (from memory).

    >>> import numpy as np
    >>> Pack(2)(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]])).tolist()
    [[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]
    """

    def __init__(self, k: int) -> None:
        super().__init__()
        self.k = k
        self.k = check_integer(self, "k", k)

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        check_input(self, x, ("m", "...", "c"))
        m, *pixels, c = x.shape
        if m % self.k:
            raise ValueError(
                f"{self!r}: x has {m} examples in shape {x.shape}, expected a multiple of "
                f"{self.k}; take a batch of {m - m % self.k or self.k}."
            )
        packs = x.reshape(m // self.k, self.k, math.prod(pixels), c).swapaxes(1, 2)
        return packs.reshape(m // self.k, *pixels, self.k * c), x.shape  # (m/k, …, k c)

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        m, *pixels, c = cache
        check_dy(self, dy, (m // self.k, *pixels, self.k * c))
        if not need_dx:
            return None, {}
        packs = dy.reshape(m // self.k, math.prod(pixels), self.k, c).swapaxes(1, 2)
        return packs.reshape(cache), {}

    def __repr__(self) -> str:
        return f"Pack({self.k})"
