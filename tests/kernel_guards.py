"""Kernels watched from outside: no thread may touch what lies around an array, or an input.

On the stand-in each array that a kernel gets is put into a longer one, between NaNs. A thread that
writes beyond its array changes them, one that reads there brings a NaN home, and one that writes
into an array that its declaration calls const is seen, too.
"""

from typing import Any

import numpy as np
import pytest
from cupy_array import ndarray, on_device
from cupy_kernels import Kernel

AROUND = 64  # numbers before and behind


def guard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Guard every kernel from now on; the list gets the names of those that were started."""
    started: list[str] = []
    start = Kernel.__call__

    def guarded(self: Kernel, grid: tuple, block: tuple, args: tuple, **kwargs: Any) -> None:
        started.append(self.name)
        longer = {id(a): _longer(a._host) for a in args if isinstance(a, ndarray)}
        inside = [_inside(longer[id(a)], a) if id(a) in longer else a for a in args]
        start(self, grid, block, tuple(inside), **kwargs)
        for p, a in zip(self.parameters, args, strict=True):
            if id(a) in longer:
                long = longer[id(a)]
                for around in (long[:AROUND], long[-AROUND:]):
                    np.testing.assert_array_equal(around, _longer(a._host)[:AROUND])
                if p.const:
                    np.testing.assert_array_equal(_inside(long, a)._host, a._host)
        for p, a in zip(self.parameters, args, strict=True):
            if id(a) in longer and not p.const:
                a._host[...] = _inside(longer[id(a)], a)._host

    monkeypatch.setattr(Kernel, "__call__", guarded)
    return started


def _longer(host: np.ndarray) -> np.ndarray:
    filler = np.nan if host.dtype.kind == "f" else 1
    flat, around = host.reshape(-1), np.full(AROUND, filler, dtype=host.dtype)
    return np.concatenate([around, flat, around])


def _inside(long: np.ndarray, a: ndarray) -> ndarray:
    return on_device(long[AROUND : AROUND + a.size].reshape(a.shape))
