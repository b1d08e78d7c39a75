"""One array library or the other: NumPy on the CPU, CuPy on a CUDA GPU.

The array's own type decides: `xp = array_module(x)` is numpy or cupy, and everything after it is
written once. There is no global switch. CuPy is imported when the first GPU array is asked for.

Arrays are born in two places only: in the data, and in a `Random`, which knows its device and its
dtype. Whoever needs the same network in float64 on the CPU, or in float32 on a GPU, passes another
`Random`; no layer has a dtype or a device of its own.
"""

from __future__ import annotations

import importlib
import math
import sys
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigan import limits
from minigan.limits import check_kind, check_number, check_sizes, sentence

Array = Any  # numpy.ndarray or cupy.ndarray: CuPy has no useful type stubs
OWN = (np.generic, np.memmap)  # what besides np.ndarray calculates as it does
DEVICES = ("cpu", "cuda")
DRAWS = ("host", "device")  # where random numbers are drawn: see streams.py


class DeviceError(RuntimeError):
    """A device was asked for that this machine cannot give; the message says what is missing."""


def array_module(x: Array) -> Any:
    """The library that x belongs to: the module numpy or the module cupy.

    **Raises**  TypeError when x is neither's array (a list, a Python number, another library's
    tensor), or one with rules of its own: of a np.matrix, * is another product, and what a masked
    array hides would count.

    >>> array_module(np.zeros(3)).__name__
    'numpy'
    """
    kind = type(x)
    if kind is np.ndarray or issubclass(kind, OWN):
        return np
    if kind.__module__.partition(".")[0] == "cupy":
        return sys.modules["cupy"]
    gaps = issubclass(kind, np.ma.MaskedArray)
    how = "fill its gaps, x.filled(…)" if gaps else "convert it with numpy.asarray"
    name = f"{kind.__module__}.{kind.__name__}"
    raise TypeError(f"expected a NumPy or a CuPy array, got {name}; {how} first.")


def device_of(x: Array) -> str:
    """The name of the device that x lives on: "cpu" or "cuda"."""
    return "cpu" if array_module(x) is np else "cuda"


def to_host(x: Array) -> Any:
    """The values of x as a NumPy array: x itself on the CPU, a copy from the GPU."""
    xp = array_module(x)
    return np.asarray(x) if xp is np else xp.asnumpy(x)


def device_module(device: str) -> Any:
    """The array library for a device name: numpy for "cpu", cupy for "cuda".

    CuPy is tried, not only imported: without a CUDA library the import succeeds and the first
    operation fails, so one elementwise operation and one matrix product are run here.

    **Raises**  ValueError for another name; DeviceError, in one sentence with what to do, when
    CuPy, a driver with a GPU, or one of the CUDA libraries is missing.
    """
    if isinstance(device, str) and device == "cpu":
        return np
    if not isinstance(device, str) or device != "cuda":
        kind = ValueError if isinstance(device, str) else TypeError
        raise kind(sentence("", "device", device, "one of 'cpu', 'cuda', 'auto'"))
    try:
        cp = importlib.import_module("cupy")
    except ModuleNotFoundError as error:
        raise DeviceError(
            "device 'cuda' needs CuPy, which is not installed: pip install 'minigan[cuda13]' "
            "(NVIDIA driver 580 or newer) or 'minigan[cuda12]' (525 to 579)."
        ) from error
    except ImportError as error:
        raise DeviceError(
            f"device 'cuda': CuPy is installed but cannot be imported ({_in_one_line(error)}); "
            "install it again: pip install 'minigan[cuda13]' or 'minigan[cuda12]'."
        ) from error
    if not cp.cuda.is_available():
        raise DeviceError(
            "device 'cuda': CuPy is installed but finds no NVIDIA GPU whose driver is new "
            "enough (525 for cuda12, 580 for cuda13): see nvidia-smi, or use --device cpu."
        )
    try:
        x = cp.ones((2, 2), dtype="float32")
        cp.asnumpy((x + x) @ x)
    except Exception as error:  # NVRTC, cuBLAS, the driver: each raises its own kind
        raise DeviceError(
            "device 'cuda': CuPy finds a GPU but a CUDA library does not work "
            f"({_in_one_line(error)}); install it with CuPy: pip install 'minigan[cuda13]' or "
            "'minigan[cuda12]'."
        ) from error
    return cp


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def choose_device(device: str = "auto") -> str:
    """ "cpu" or "cuda" for a name; "auto" is "cuda" where that works and "cpu" elsewhere.

    **Raises**  as `device_module`.
    """
    if not isinstance(device, str) or device != "auto":
        device_module(device)
        return device
    try:
        device_module("cuda")
    except DeviceError:
        return "cpu"
    return "cuda"


class Random:
    """A stream of random numbers that bears arrays on one device with one dtype.

    Every random number of minigan (weights, noise, dropout masks, the order of the data) comes from
    a Random that somebody passed in. A seed means the same run on the CPU and on a GPU, whichever
    way the numbers are drawn.

    **Parameters**  seed, an integer ≥ 0; device "cpu", "cuda" or "auto"; dtype "float32" or
    "float64", of every array that is born here; stream, a name: streams of one seed are
    independent; draws: "host", by NumPy's generator, and copied to the device, or "device", by a
    generator that runs there and gives other numbers (`minigan.streams`).

    A copy (copy.deepcopy, pickle) goes on where this one stands, and on its own.

    **Raises**  TypeError, ValueError for a seed, a dtype, a device or draws that are none, and in
    its methods for a shape that is no sizes of 0 or more and for numbers out of their range;
    DeviceError.

    >>> Random(0).normal((2, 3)).dtype.name
    'float32'
    >>> bool((Random(7).normal((2,)) == Random(7).normal((2,))).all())
    True
    """

    def __init__(
        self,
        seed: int,
        device: str = "cpu",
        dtype: str = "float32",
        stream: str = "",
        draws: str = "host",
    ) -> None:
        from minigan.streams import STREAMS  # which imports this file

        self.seed = limits.check_integer("Random", "seed", seed, 0, math.inf)
        name = dtype.name if isinstance(dtype, np.dtype) else dtype
        limits.check_choice("Random", "dtype", name, ("float32", "float64"))
        limits.check_choice("Random", "draws", draws, DRAWS)
        check_kind("Random", "stream", stream, str, "a name")
        self.stream, self.draws = stream, draws
        self.device = choose_device(device)
        self.dtype = np.dtype(dtype).name
        self._xp = device_module(self.device)
        key = (zlib.crc32(stream.encode()),) if stream else ()
        sequence = np.random.SeedSequence(self.seed, spawn_key=key)
        self._drawn = STREAMS[draws](sequence, self._xp, self.dtype)

    def __repr__(self) -> str:
        stream = f", stream={self.stream!r}" if self.stream else ""
        draws = f", draws={self.draws!r}" if self.draws != "host" else ""
        return f"Random({self.seed}, device={self.device!r}, dtype={self.dtype!r}{stream}{draws})"

    def child(self, name: str) -> Random:
        """An independent stream of the same seed, device, dtype and draws, the same for a name."""
        check_kind("Random.child", "name", name, str, "a name")
        return Random(self.seed, self.device, self.dtype, f"{self.stream}/{name}", self.draws)

    def __reduce__(self) -> Any:  # for copy.deepcopy and pickle, which cannot copy a module
        made_with = self.seed, self.device, self.dtype, self.stream, self.draws
        return Random, made_with, self.state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.state = state

    def array(self, values: Any) -> Array:
        """Host values, numbers or lists of them, as a new array of this device and dtype."""
        host = limits.check_numbers("Random", "values", values)
        return self._xp.asarray(limits.fitting("Random", "values", host, self.dtype))

    def zeros(self, shape: Sequence[int]) -> Array:
        """Zeros."""
        return self._xp.zeros(check_sizes("Random", shape), dtype=self.dtype)

    def ones(self, shape: Sequence[int]) -> Array:
        """Ones."""
        return self._xp.ones(check_sizes("Random", shape), dtype=self.dtype)

    def normal(self, shape: Sequence[int], std: float = 1.0) -> Array:
        """Numbers from N(0, std²), std ≥ 0."""
        std = check_number("Random", "std", std, limits.NOT_NEGATIVE)
        return self._drawn.normal(check_sizes("Random", shape), std)

    def uniform(self, shape: Sequence[int], low: float = 0.0, high: float = 1.0) -> Array:
        """Numbers from the uniform distribution on [low, high), both finite, low ≤ high."""
        low = check_number("Random", "low", low, limits.FINITE)
        above = f"a finite number, {low:g} or more", lambda high: low <= high < math.inf
        high = check_number("Random", "high", high, above)
        return self._drawn.uniform(check_sizes("Random", shape), low, high)

    def mask(self, shape: Sequence[int], keep: float) -> Array:
        """True with probability keep in [0, 1] (to within 2⁻¹⁷), independently."""
        keep = check_number("Random", "keep", keep, limits.CHANCE)
        return self._drawn.mask(check_sizes("Random", shape), keep)

    def permutation(self, n: int) -> Any:
        """A random order of 0 … n-1, n ≥ 0: a NumPy array, or drawn on the device, one there.

        It is for what happens between steps, or is itself called within `changing`.
        """
        return self._drawn.permutation(limits.check_integer("Random", "n", n, 0))

    @property
    def state(self) -> dict[str, Any]:
        """Where the stream stands: a dict of strings and integers; assign it to go back."""
        return self._drawn.state

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        """Put the stream where a state says.

        **Raises**  TypeError, ValueError for what is none, or the state of the other generator.
        """
        check_kind("Random", "state", state, dict, "what another one's state was")
        found = state.get("bit_generator")
        if found != self._drawn.name:
            raise ValueError(
                f"Random: the state is of {found!r}, expected {self._drawn.name!r}, from which "
                f"this one draws; it was kept from a Random with other draws than {self.draws!r}."
            )
        self._drawn.state = state
