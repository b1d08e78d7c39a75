"""Copies of a kernel's arrays on which its threads are tried out, for cupy_kernels.py.

Each copy lies between numbers that no thread may touch: whoever writes beyond an array changes
them, and whoever reads there brings a NaN home.
"""

from typing import Any

import numpy as np
from cupy_device import Differs

AROUND = 1024  # numbers before and behind
FILLERS = {"float32": 0x7FC5A5A5, "float64": 0x7FF8A5A5A5A5A5A5}  # NaNs that nothing computes


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
        self._around = [(copy, _around(copy)) for copy in copies.values()]

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
        if any(_around(copy) != before for copy, before in self._around):
            raise Differs(f"{self._kernel}: a thread writes beyond an array")
        if any(copy[AROUND:-AROUND].tobytes() != before for _, before, copy in self._inputs):
            raise Differs(f"{self._kernel}: a thread writes to an array that is declared const")


def _longer(host: np.ndarray) -> np.ndarray:
    long = np.empty(host.size + 2 * AROUND, dtype=host.dtype)
    if host.dtype.name in FILLERS:
        long.view(f"uint{8 * host.itemsize}")[...] = FILLERS[host.dtype.name]
    elif host.itemsize == 1:
        long.view(np.uint8)[...] = 0xA5  # neither true nor false
    else:
        long[...] = 1  # an index that is read there leads nowhere
    long[AROUND:-AROUND] = host.reshape(-1)
    return long


def _around(long: np.ndarray) -> bytes:
    return long[:AROUND].tobytes() + long[-AROUND:].tobytes()
