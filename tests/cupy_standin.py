"""A strict stand-in for CuPy: what a GPU would refuse, or pay for, shows on a machine without one.

`CUPY` is a module to be put in sys.modules["cupy"]. It has the names and the keyword arguments that
CuPy has (cupy_names.json, recorded by record_cupy_names.py) and no others; its arrays
(cupy_array.py) refuse implicit conversion and do not mix with NumPy's. Where CuPy silently does
something that this project never wants, it is stricter:

    np.exp(a), np.sum(a)               CuPy takes the call over; TypeError here
    a[i] with i out of range           CuPy wraps around; `Differs` here
    a[i] = v, an index twice in i      CuPy leaves open which v wins; `Differs` here
    empty, empty_like                  garbage; NaN here
    cupy.random                        its numbers depend on the GPU; NotImplementedError here
    cupy.add.at                        sums in an open order; AttributeError here

`DEVICE` counts, by operation, what costs: kernel launches (an operation whose result is no view),
synchronisations, uploads, downloads. A library call that is several kernels in CuPy counts as one.
`DEVICE.reset(driver=False)` and `DEVICE.reset(faults={...})` play a machine where something is
missing. What only real hardware shows (rounding, TF32, races, speed) it cannot show.
"""

from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
from cupy_array import call, garbage, ndarray, on_device, operand, result_of
from cupy_device import DEVICE
from cupy_graph import (
    Graph,
    MemoryPool,
    Stream,
    allocate,
    get_allocator,
    get_current_stream,
    using_allocator,
)
from cupy_kernels import RawModule
from cupy_names import NAMES, signature
from numpy.lib import stride_tricks


def asarray(a: Any, dtype: Any = None, **kwargs: Any) -> ndarray:
    """The array itself if it is one of the device's; anything else is copied to the device."""
    if isinstance(a, ndarray):
        return a if dtype is None or a.dtype == dtype else a.astype(dtype)
    return _upload("asarray", a, dtype)


def array(a: Any, dtype: Any = None, **kwargs: Any) -> ndarray:
    if isinstance(a, ndarray):
        return a.astype(dtype or a.dtype)
    return _upload("array", a, dtype)


def _upload(operation: str, a: Any, dtype: Any) -> ndarray:
    host = np.array(a, dtype)  # a copy: the device does not see what becomes of the host's array
    if host.dtype.kind not in "biufc":
        raise ValueError(f"Unsupported dtype {host.dtype}")
    DEVICE.upload(operation)
    allocate(host)
    return on_device(host)


def asnumpy(a: Any, **kwargs: Any) -> np.ndarray:
    return a.get() if isinstance(a, ndarray) else np.asarray(a)


def empty(shape: Any, dtype: Any = float, **kwargs: Any) -> ndarray:
    return ndarray(shape, dtype)


def empty_like(prototype: ndarray, dtype: Any = None, **kwargs: Any) -> ndarray:
    host = garbage(np.empty_like(operand(prototype), dtype))
    allocate(host)
    return on_device(host)


def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    """Elementwise choice; with one argument, nonzero, whose size only the host can know."""
    if x is None and y is None:
        return condition.nonzero()  # a sync
    operands = operand(condition), operand(x), operand(y)
    return result_of("where", lambda: np.where(*operands), [])


def get_array_module(*args: Any) -> ModuleType:
    return CUPY if any(isinstance(a, ndarray) for a in args) else np


def is_available() -> bool:
    return DEVICE.driver


OWN = {f.__name__: f for f in (asarray, array, asnumpy, empty, empty_like, where, get_array_module)}
ON_CUDA = (is_available, get_current_stream, get_allocator, using_allocator)
OWN |= {f"cuda.{f.__name__}": f for f in ON_CUDA}


class Module(ModuleType):
    """cupy or one of its submodules: the recorded names, each run by NumPy's function."""

    def __init__(self, path: str, numpy_module: Any) -> None:
        super().__init__(f"cupy.{path}".rstrip("."))
        self._path, self._numpy = path, numpy_module

    def __getattr__(self, name: str) -> Any:
        path = f"{self._path}.{name}".lstrip(".")
        if path in NAMES["functions"]:
            return partial(self._call, path)
        if path in NAMES["values"]:  # pi, float32, newaxis
            value = getattr(self._numpy, name, self)
            if isinstance(value, ModuleType):  # random, fft
                raise NotImplementedError(f"the stand-in has no cupy.{path}")
            return value
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")

    def _call(self, path: str, *args: Any, **kwargs: Any) -> Any:
        text = NAMES["functions"][path]
        if path in OWN:
            signature(text).bind(*args, **kwargs)
            return OWN[path](*args, **kwargs)
        name = path.rpartition(".")[2]
        if not hasattr(self._numpy, name):
            raise NotImplementedError(f"the stand-in has no cupy.{path}")
        return call(path, getattr(self._numpy, name), text, *args, **kwargs)


CUPY = Module("", np)
CUPY.__version__ = NAMES["cupy"]
CUPY.ndarray = ndarray
CUPY.RawModule = RawModule
CUPY.cuda = Module("cuda", None)
CUPY.cuda.Stream, CUPY.cuda.Graph, CUPY.cuda.MemoryPool = Stream, Graph, MemoryPool
CUPY.linalg = Module("linalg", np.linalg)
CUPY.lib = Module("lib", None)
CUPY.lib.stride_tricks = Module("lib.stride_tricks", stride_tricks)
