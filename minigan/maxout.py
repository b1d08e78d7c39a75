"""Maxout: the largest of several affine functions."""

from __future__ import annotations

from typing import Any

from minigan.backend import Array, array_module, device_of
from minigan.cuda import kernels
from minigan.cuda import maxout as cuda
from minigan.inputs import check_dy, check_input
from minigan.layer import Grads, Layer
from minigan.limits import check_integer


class Maxout(Layer):
    """Keep the largest of `pieces` values for each unit. Follows a Dense of units · pieces.

    **Forward**

        hᵢ(x) = maxⱼ zᵢⱼ,   zᵢⱼ = xᵀW…ᵢⱼ + bᵢⱼ,   j = 0 … pieces - 1,   i = 0 … units - 1

    The affine functions zᵢⱼ are the Dense layer before this one: piece j of unit i is its output
    j · units + i, all counted from 0.

    **Backward**  dzᵢⱼ = dyᵢ for the winning piece, 0 for the others: y does not move when a loser
    does. Of several equal pieces the first one wins; giving all of them dyᵢ would count it twice.

    **Shapes**  x (m, pieces · units), y (m, units)

    **Parameters**  pieces: how many values each unit chooses from

    **Raises**  ValueError for pieces under 1, and for features that pieces does not divide.

    **Source**  Goodfellow et al. 2013, "Maxout Networks", section 3 (from memory). Departure: the
    affine part is a layer of its own.

    >>> import numpy as np
    >>> y, cache = Maxout(2).forward(np.array([[1.0, 2.0, 4.0, 0.0]]))   # pieces (1, 2) and (4, 0)
    >>> y.tolist(), Maxout(2).backward(np.array([[5.0, 7.0]]), cache)[0].tolist()
    ([[4.0, 2.0]], [[0.0, 7.0, 5.0, 0.0]])
    """

    def __init__(self, pieces: int) -> None:
        super().__init__()
        self.pieces = pieces
        self.pieces = check_integer(self, "pieces", pieces)

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        check_input(self, x, ("m", "features"))
        m, features = x.shape
        if features % self.pieces:
            raise ValueError(
                f"{self!r}: x has {features} features in shape {x.shape}, expected (m, n) with n "
                f"a multiple of {self.pieces}."
            )
        z = x.reshape(m, self.pieces, features // self.pieces)  # (m, pieces, units)
        if kernels.on(z):
            return cuda.maxout(z)
        y = z.max(axis=1)
        return y, _winner(z, y)

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        check_dy(self, dy, (cache.shape[0], cache.shape[2]), cache)
        if not need_dx:
            return None, {}
        dz = cache * dy[:, None, :]  # (m, pieces, units)
        return dz.reshape(dy.shape[0], -1), {}

    def __repr__(self) -> str:
        return f"Maxout({self.pieces} pieces)"


def _winner(z: Array, y: Array) -> Array:
    """Where z is the first of the pieces that reach y: argmax, (m, pieces, units) of bools.

    NumPy's argmax takes ten times as long as comparing, which says the same while there is no tie.
    """
    xp = array_module(z)
    if device_of(z) == "cpu":
        reached = z == y[:, None]
        if xp.count_nonzero(reached) == y.size:
            return reached
    piece = xp.arange(z.shape[1])[:, None]  # (pieces, 1)
    return piece == z.argmax(axis=1)[:, None, :]
