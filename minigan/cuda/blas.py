"""Matrix products by a cuBLAS handle of our own.

CuPy refuses its own handle while a step is being recorded (graph.py): cuBLAS would allot memory
then. A handle that has been given its workspace beforehand has no need to. So that a step has the
same bits whether it is recorded or not, all products on a GPU go this way.

cuBLAS knows matrices by columns: what lies in memory as the rows of M it takes for Mᵀ. Since

    C = A B    is    Cᵀ = Bᵀ Aᵀ

it is asked for Bᵀ times Aᵀ, and what it writes by columns, Cᵀ, is C by rows. An operand that is
itself a transposed view, as in xᵀ dy or dy Wᵀ, lies in memory as the rows of its transpose; an op
flag says so, and nothing is copied.

Products of float32 are computed in float32. Inside `tf32(True)` a tensor core may round their
factors to 11 significant bits first (TF32), which is several times as fast and has relative errors
of 1e-3 instead of 1e-6.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np

from minigan.backend import Array

NAMES = ("libcublas.so.13", "libcublas.so.12", "cublas64_13.dll", "cublas64_12.dll")
WORKSPACE = 32 << 20  # bytes: what cuBLAS recommends for the largest GPUs
KEEP, TRANSPOSE = 0, 1  # CUBLAS_OP_N, CUBLAS_OP_T
DEFAULT = -1  # CUBLAS_GEMM_DEFAULT: cuBLAS chooses the algorithm
TYPE = {"float32": 0, "float64": 1}  # CUDA_R_32F, CUDA_R_64F
COMPUTE = {"float32": 68, "float64": 70}  # CUBLAS_COMPUTE_32F, CUBLAS_COMPUTE_64F
FAST_TF32 = 77  # CUBLAS_COMPUTE_32F_FAST_TF32
REAL = {"float32": ctypes.c_float, "float64": ctypes.c_double}

_int, _address = ctypes.c_int, ctypes.c_void_p
_matrix = (_address, _int, _int)  # where it lies, its type, its leading dimension
SIGNATURES = {
    "cublasCreate_v2": (_address,),
    "cublasSetStream_v2": (_address, _address),
    "cublasSetWorkspace_v2": (_address, _address, ctypes.c_size_t),
    "cublasGemmEx": (
        *(_address, _int, _int, _int, _int, _int, _address),
        *(*_matrix, *_matrix, _address, *_matrix, _int, _int),
    ),
}

_tf32 = False


@contextlib.contextmanager
def tf32(allowed: bool) -> Iterator[None]:
    """A context in which products of float32 may be computed in TF32, or may not (the default)."""
    global _tf32
    before, _tf32 = _tf32, allowed
    try:
        yield
    finally:
        _tf32 = before


def why_not() -> str:
    """Why products are left to CuPy, in a sentence; "" where they go to our own handle."""
    opened = _opened(sys.modules["cupy"], load)
    return opened if isinstance(opened, str) else ""


def product(a: Array, b: Array) -> Array:
    """a b for two matrices on the GPU, (r, k) (k, n) → (r, n).

    CuPy's own product where cuBLAS cannot be used so, and for other dtypes than float32, float64.
    """
    opened = _opened(sys.modules["cupy"], load)
    if isinstance(opened, str) or a.dtype != b.dtype or a.dtype.name not in TYPE:
        return a @ b
    return opened.product(a, b)


def load() -> Any:
    """The cuBLAS that CuPy has loaded into this process; one of another version would not do.

    **Raises**  OSError where there is none of a known name.
    """
    for name in NAMES:
        with contextlib.suppress(OSError):
            return ctypes.CDLL(name, mode=getattr(os, "RTLD_NOLOAD", 0))
    raise OSError(f"CuPy has loaded none of {', '.join(NAMES)}")


class Cublas:
    """A handle for each stream that products are computed on.

    Two streams must not share a workspace. A handle is told its stream first, since that takes its
    workspace away.
    """

    def __init__(self, cp: Any, library: Any) -> None:
        self._cp, self._library = cp, library
        self._handles: dict[int, tuple[Any, Array]] = {}  # and its workspace, by stream
        for name, argtypes in SIGNATURES.items():
            getattr(library, name).argtypes = list(argtypes)

    def product(self, a: Array, b: Array) -> Array:
        """As the module's `product`, of two matrices of one dtype."""
        (r, k), n, real = a.shape, b.shape[1], a.dtype.name
        if b.shape[0] != k:
            raise ValueError(f"a product of shapes {a.shape} and {b.shape}.")
        c = self._cp.empty((r, n), dtype=a.dtype)
        if c.size == 0 or k == 0:
            c.fill(0)
            return c
        op_a, rows_a = _rows(self._cp, a)
        op_b, rows_b = _rows(self._cp, b)
        one, zero = REAL[real](1.0), REAL[real](0.0)
        self._call(
            "cublasGemmEx",
            *(self._handle(), op_b, op_a, n, r, k, ctypes.byref(one)),
            *(rows_b.data.ptr, TYPE[real], rows_b.shape[1]),
            *(rows_a.data.ptr, TYPE[real], rows_a.shape[1]),
            ctypes.byref(zero),
            *(c.data.ptr, TYPE[real], n),
            FAST_TF32 if _tf32 and real == "float32" else COMPUTE[real],
            DEFAULT,
        )
        return c

    def check(self) -> None:
        """Compute a product of small integers, each side also transposed, which is exact.

        **Raises**  RuntimeError when it is another one.
        """
        a = np.arange(6).reshape(2, 3) - 2
        b = np.arange(12).reshape(3, 4) - 5
        expected = a @ b
        for real in TYPE:
            rows_a, rows_b = (self._cp.asarray(x.astype(real)) for x in (a, b))
            columns_a, columns_b = (self._cp.asarray(x.T.astype(real).copy()).T for x in (a, b))
            for left in (rows_a, columns_a):
                for right in (rows_b, columns_b):
                    if self._cp.asnumpy(self.product(left, right)).tolist() != expected.tolist():
                        raise RuntimeError(f"a product of {real} came out wrong")

    def _handle(self) -> Any:
        stream = self._cp.cuda.get_current_stream().ptr
        if stream not in self._handles:
            handle, place = _address(), self._cp.empty(WORKSPACE, dtype="uint8")
            self._call("cublasCreate_v2", ctypes.byref(handle))
            self._call("cublasSetStream_v2", handle, stream)
            self._call("cublasSetWorkspace_v2", handle, place.data.ptr, WORKSPACE)
            self._handles[stream] = handle, place
        return self._handles[stream][0]

    def _call(self, name: str, *args: Any) -> None:
        status = getattr(self._library, name)(*args)
        if status != 0:
            raise RuntimeError(f"{name} returned status {status}")


def _rows(cp: Any, a: Array) -> tuple[int, Array]:
    """The op flag for an operand, and the rows that lie in memory: its own or its transpose's."""
    if a.T.flags.c_contiguous and not a.flags.c_contiguous:
        return TRANSPOSE, a.T
    return KEEP, cp.ascontiguousarray(a)


@cache
def _opened(cp: Any, load: Callable[[], Any]) -> Cublas | str:
    """cuBLAS, which has been tried out, or the reason why it cannot be used."""
    try:
        ones = cp.ones((2, 2), dtype="float32")
        ones @ ones  # CuPy loads it at its first product
        opened = Cublas(cp, load())
        opened.check()
    except (OSError, AttributeError, RuntimeError) as error:
        return f"cuBLAS cannot be used directly ({' '.join(str(error).split())})"
    return opened
