"""Copies of a kernel's arrays on which its threads are tried out, for cupy_kernels.py.

Each copy lies between numbers that no thread may touch: whoever writes beyond an array changes
them, and whoever reads there brings a NaN home.
"""

from functools import cache
from typing import Any

import numpy as np
from cupy_device import Differs

AROUND = 1024  # numbers before and behind
NANS = {4: 0x7FC5A5A5, 8: 0x7FF8A5A5A5A5A5A5}  # that nothing computes


class Copies:
    """The arrays of one start; two arguments that are one array share a copy."""

    def __init__(self, kernel: str, arrays: list[tuple[Any, np.ndarray]]) -> None:
        self._kernel = kernel
        copies: dict[tuple[int, int], np.ndarray] = {}
        self._arrays = []  # the parameter, what it was, and its copy with what is around it
        for p, host in arrays:
            place = host.ctypes.data, host.nbytes
            if place not in copies:
                copies[place] = _longer(host)
            self._arrays.append((p, host.tobytes(), copies[place]))
        written = {id(copy) for p, _, copy in self._arrays if not p.const}
        self._inputs = [known for known in self._arrays if id(known[2]) not in written]
        self._outputs = [known for known in self._arrays if not known[0].const]
        self._copies = [*copies.values()]

    @property
    def addresses(self) -> tuple[int, ...]:
        return tuple(copy[AROUND:].ctypes.data for _, _, copy in self._arrays)

    @property
    def outputs(self) -> list[bytes]:
        return [copy[AROUND:-AROUND].tobytes() for _, _, copy in self._outputs]

    @property
    def written(self) -> np.ndarray:
        """Which elements of all outputs are not what they were."""
        found = [np.zeros(0, dtype=bool)]
        for _, before, copy in self._outputs:
            both = (
                np.frombuffer(a, dtype=np.uint8) for a in (before, copy[AROUND:-AROUND].tobytes())
            )
            old, new = (a.reshape(-1, copy.itemsize) for a in both)
            found.append((old != new).any(axis=1))
        return np.concatenate(found)

    def check_around(self) -> None:
        """Nothing but the outputs has changed."""
        if any(map(_touched, self._copies)):
            raise Differs(f"{self._kernel}: a thread writes beyond an array")
        if any(copy[AROUND:-AROUND].tobytes() != before for _, before, copy in self._inputs):
            raise Differs(f"{self._kernel}: a thread writes to an array that is declared const")


def _longer(host: np.ndarray) -> np.ndarray:
    around = _filled(host.dtype)
    return np.concatenate([around, host.reshape(-1), around])


@cache
def _filled(dtype: np.dtype) -> np.ndarray:
    filled = np.ones(AROUND, dtype=dtype)  # an index that is read there leads nowhere
    if dtype.kind == "f":
        filled.view(f"uint{8 * dtype.itemsize}")[...] = NANS[dtype.itemsize]
    elif dtype.itemsize == 1:
        filled.view(np.uint8)[...] = 0xA5  # neither true nor false
    return filled


def _touched(long: np.ndarray) -> bool:
    around = _filled(long.dtype).tobytes()
    return long[:AROUND].tobytes() != around or long[-AROUND:].tobytes() != around
