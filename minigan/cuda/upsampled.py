"""The map V → V' of upsampled.py, equation (phases), and its transpose, one launch each."""

from __future__ import annotations

import numpy as np

from minigan.backend import Array, array_module
from minigan.cuda.kernels import start
from minigan.window import Pair

_FIELDS = ("c", "n", "kh", "kw", "rows", "columns", "down", "right", "lead_rows", "lead_columns")
_PHASES = np.dtype([(name, np.int64) for name in _FIELDS])  # struct Phases in upsampled.cu


def weights(V: Array, small: Pair, factor: Pair, lead: Pair) -> Array:
    """V' (*small, c, down·right·n) from V (kernel height, kernel width, c, n).

    **Parameters**  small: the size of the small kernel; factor (down, right); lead: f·before' -
    before of each axis.
    """
    (*kernel, c, n), xp = V.shape, array_module(V)
    result = xp.empty((*small, c, factor[0] * factor[1] * n), dtype=V.dtype)
    numbers = np.array([(c, n, *kernel, *small, *factor, *lead)], dtype=_PHASES)
    start("upsampled", "weights", result.size, result, xp.ascontiguousarray(V), numbers)
    return result


def gradient(dsmall: Array, kernel: Pair, factor: Pair, lead: Pair) -> Array:
    """From dV' back to dV (*kernel, c, n)."""
    (*small, c, columns), xp = dsmall.shape, array_module(dsmall)
    n = columns // (factor[0] * factor[1])
    dV = xp.empty((*kernel, c, n), dtype=dsmall.dtype)
    numbers = np.array([(c, n, *kernel, *small, *factor, *lead)], dtype=_PHASES)
    start("upsampled", "gradient", dV.size, dV, xp.ascontiguousarray(dsmall), numbers)
    return dV
