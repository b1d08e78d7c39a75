"""One array library or the other: NumPy on the CPU, CuPy on a CUDA GPU.

The array's own type decides: `xp = array_module(x)` is numpy or cupy, and everything after it is
written once. There is no global switch. CuPy is imported when the first GPU array is asked for.

Arrays are born in two places only: in the data, and in a `Random`, which knows its device and its
dtype. Whoever needs the same network in float64 on the CPU, or in float32 on a GPU, passes another
`Random`; no layer has a dtype or a device of its own.
"""

from __future__ import annotations

import importlib
import sys
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

Array = Any  # numpy.ndarray or cupy.ndarray: CuPy has no useful type stubs

DEVICES = ("cpu", "cuda")
DRAWS = ("host", "device")  # where random numbers are drawn: see streams.py


class DeviceError(RuntimeError):
    """A device was asked for that this machine cannot give; the message says what is missing."""


def array_module(x: Array) -> Any:
    """The library that x belongs to: the module numpy or the module cupy.

    **Raises**  TypeError when x is neither's array (a list, a Python number, another library's
    tensor).

    >>> array_module(np.zeros(3)).__name__
    'numpy'
    """
    if isinstance(x, np.ndarray | np.generic):
        return np
    if type(x).__module__.partition(".")[0] == "cupy":
        return sys.modules["cupy"]
    raise TypeError(
        f"expected a NumPy or a CuPy array, got {type(x).__module__}.{type(x).__name__}; "
        "convert it with numpy.asarray first."
    )


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
    if device == "cpu":
        return np
    if device != "cuda":
        raise ValueError(f"device is {device!r}, expected one of 'cpu', 'cuda', 'auto'.")
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
    if device != "auto":
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

    **Raises**  TypeError, ValueError for a seed, a dtype, a device or draws that are none;
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

        if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
            raise TypeError(f"Random: seed is {seed!r}, expected an integer of 0 or more.")
        if seed < 0:
            raise ValueError(f"Random: seed is {seed}, expected an integer of 0 or more.")
        if dtype not in ("float32", "float64"):
            raise ValueError(f"Random: dtype is {dtype!r}, expected 'float32' or 'float64'.")
        if draws not in DRAWS:
            raise ValueError(f"Random: draws is {draws!r}, expected 'host' or 'device'.")
        self.seed, self.stream, self.draws = int(seed), stream, draws
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
        return Random(self.seed, self.device, self.dtype, f"{self.stream}/{name}", self.draws)

    def array(self, values: Any) -> Array:
        """Host values as a new array of this device and dtype."""
        return self._xp.asarray(np.array(values, dtype=self.dtype))

    def zeros(self, shape: Sequence[int]) -> Array:
        """Zeros."""
        return self._xp.zeros(tuple(shape), dtype=self.dtype)

    def ones(self, shape: Sequence[int]) -> Array:
        """Ones."""
        return self._xp.ones(tuple(shape), dtype=self.dtype)

    def normal(self, shape: Sequence[int], std: float = 1.0) -> Array:
        """Numbers from N(0, std²)."""
        return self._drawn.normal(shape, std)

    def uniform(self, shape: Sequence[int], low: float = 0.0, high: float = 1.0) -> Array:
        """Numbers from the uniform distribution on [low, high)."""
        return self._drawn.uniform(shape, low, high)

    def mask(self, shape: Sequence[int], keep: float) -> Array:
        """True with probability keep (to within 2⁻¹⁷), independently."""
        return self._drawn.mask(shape, keep)

    def permutation(self, n: int) -> Any:
        """A random order of 0 … n-1: a NumPy array on the host, or drawn on the device, one there.

        It is for what happens between steps, or is itself called within `changing`.
        """
        return self._drawn.permutation(n)

    @property
    def state(self) -> dict[str, Any]:
        """Where the stream stands, as a dict of strings and integers; assign it to go back."""
        return self._drawn.state

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        """Put the stream where a state says.

        **Raises**  ValueError for the state of the other generator.
        """
        found = state.get("bit_generator")
        if found != self._drawn.name:
            raise ValueError(
                f"Random: the state is of {found!r}, expected {self._drawn.name!r}, from which "
                f"this one draws; it was kept from a Random with other draws than {self.draws!r}."
            )
        self._drawn.state = state
