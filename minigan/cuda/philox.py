"""Draws of draws.py, one launch each: an array y of random numbers, for `blocks` counters."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import numpy as np

from minigan.backend import Array
from minigan.cuda.kernels import start


def uniform(
    y: Array, blocks: int, key: int, counter: int | Array, low: float, width: float
) -> None:
    """draws.uniform."""
    start("philox", "uniform", blocks, y, y.size, *_place(key, counter), low, width)


def normal(y: Array, blocks: int, key: int, counter: int | Array, std: float) -> None:
    """draws.normal."""
    start("philox", "normal", blocks, y, y.size, *_place(key, counter), std)


def mask(y: Array, blocks: int, key: int, counter: int | Array, below: int) -> None:
    """draws.mask; below: of 2¹⁶."""
    start("philox", "mask", blocks, y, y.size, *_place(key, counter), below, dtype="float32")


def integers(y: Array, blocks: int, key: int, counter: int | Array) -> None:
    """draws.integers."""
    start("philox", "integers", blocks, y, y.size, *_place(key, counter), dtype="float32")


def _place(key: int, counter: int | Array) -> tuple[Any, Any, Array]:
    """The key, and the counter as the sum of a number and of one that lies on the GPU."""
    if isinstance(counter, int):
        return np.uint64(key), np.uint64(counter), _zero(sys.modules["cupy"])
    return np.uint64(key), np.uint64(0), counter


@cache
def _zero(cp: Any) -> Array:
    return cp.zeros((), dtype="uint64")
