"""Compile a kernel once, start it often."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from minigan.backend import Array, array_module

THREADS = 256  # of a block
# No fused multiply-adds: a kernel rounds after each operation, as NumPy does.
OPTIONS = ("-std=c++17", "--fmad=false")
DOUBLE = np.float64  # a number that a kernel gets as a double, whatever its `real` is
NUMBERS = (int, float, np.generic, np.ndarray)  # of the host; a kernel's other arguments are arrays

_switched_on = True


def on(*arrays: Array) -> bool:
    """Whether kernels compute with these arrays: they are CuPy's, and nobody has said `plain`."""
    return _switched_on and all(array_module(a) is not np for a in arrays)


@contextlib.contextmanager
def plain() -> Iterator[None]:
    """A context in which the GPU computes by the plain formulas: what kernels are compared with."""
    global _switched_on
    before, _switched_on = _switched_on, False
    try:
        yield
    finally:
        _switched_on = before


def start(file: str, name: str, n: int, *args: Any, dtype: Any = None) -> None:
    """Start n threads of a kernel: `name` in `file`.cu, whose first argument is n.

    Arrays must be C-contiguous, since a kernel gets nothing but an address. An int arrives as
    `integer`, a float as `real`; whatever is neither (a structured array, a NumPy scalar, a DOUBLE)
    as it is.

    **Parameters**  dtype: what `real` is, float32 or float64; by default the dtype of the first
    array of floating-point numbers.

    **Raises**  ValueError for an array that is not contiguous.
    """
    if n == 0:
        return
    real = np.dtype(dtype or next(a.dtype for a in args if _floats(a)))
    function = _function(sys.modules["cupy"], file, name, real)
    converted = [_converted(a, real.type, name) for a in args]
    function((-(-n // THREADS),), (THREADS,), (np.int64(n), *converted))


def source(file: str) -> str:
    """The CUDA source of a file here, with common.cu in front."""
    folder = Path(__file__).parent
    return "\n".join(
        (folder / f"{name}.cu").read_text(encoding="utf-8") for name in ("common", file)
    )


def options(real: str) -> tuple[str, ...]:
    """The compiler's options for "float32" or "float64"."""
    return (*OPTIONS, f"-Dreal={'float' if real == 'float32' else 'double'}")


@cache
def _module(cp: Any, file: str, real: str) -> Any:
    return cp.RawModule(code=source(file), options=options(real))


@cache
def _function(cp: Any, file: str, name: str, real: np.dtype[Any]) -> Any:
    return _module(cp, file, real.name).get_function(name)


def _floats(a: Any) -> bool:
    """Whether it is an array of the GPU, of floating-point numbers."""
    return not isinstance(a, NUMBERS) and a.dtype.kind == "f"


def _converted(a: Any, real: Any, kernel: str) -> Any:
    if isinstance(a, float) and not isinstance(a, DOUBLE):
        return real(a)
    if isinstance(a, int):
        return np.int64(a)
    if not isinstance(a, NUMBERS) and not a.flags.c_contiguous:
        raise ValueError(
            f"kernel {kernel}: an array of shape {a.shape} is not contiguous; make it so with "
            "xp.ascontiguousarray."
        )
    return a
