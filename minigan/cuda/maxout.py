"""Maxout's forward in one launch: the largest piece of each unit, and which one it is."""

from __future__ import annotations

from minigan.backend import Array, array_module
from minigan.cuda.kernels import start


def maxout(z: Array) -> tuple[Array, Array]:
    """Y, and where z is the first of the pieces that reach it.

    **Shapes**  z (m, pieces, units) → (m, units), (m, pieces, units) of bools
    """
    xp, (m, pieces, units) = array_module(z), z.shape
    z = xp.ascontiguousarray(z)
    y, winner = xp.empty((m, units), dtype=z.dtype), xp.empty(z.shape, dtype=bool)
    start("maxout", "maxout", y.size, y, winner, z, pieces, units)
    return y, winner
