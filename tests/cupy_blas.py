"""The cuBLAS of the CuPy stand-in: a library of C functions, as ctypes sees it, played by NumPy.

It knows matrices by address, by columns, and by a leading dimension, and computes what NumPy's
a @ b does for them, so that the bits are the same. What cuBLAS answers by a status, or by reading
beyond a matrix, is `Differs` here.
"""

import ctypes
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
from cupy_array import MemoryPointer
from cupy_device import DEVICE, Differs
from cupy_graph import perform

REAL = {0: np.dtype("float32"), 1: np.dtype("float64")}  # CUDA_R_32F, CUDA_R_64F
COMPUTE = {68: "float32", 77: "float32", 70: "float64"}  # CUBLAS_COMPUTE_32F, _FAST_TF32, _64F
LEAST_WORKSPACE = 1 << 22  # without one of the user's, cuBLAS would allot memory in a capture


class Function:
    """A C function: it takes what its argtypes say, and without them cuts addresses to 32 bits."""

    def __init__(self, name: str, run: Callable) -> None:
        self.name, self.run, self.argtypes, self.restype = name, run, None, ctypes.c_int

    def __call__(self, *args: Any) -> int:
        if self.argtypes is None:
            raise Differs(f"{self.name}: without argtypes an address arrives as an int of 32 bits")
        if len(args) != len(self.argtypes):
            raise Differs(f"{self.name} takes {len(self.argtypes)} arguments, got {len(args)}")
        for kind, value in zip(self.argtypes, args, strict=True):
            kind.from_param(value)
        return self.run(*(getattr(a, "value", a) if not hasattr(a, "_obj") else a for a in args))


class Handle:
    """What cublasCreate makes: its stream, and the workspace that it was given for that."""

    stream: int = 0
    workspace: int = 0
    memory: Any = None  # a weak reference to the workspace's array


class Library:
    """libcublas; `products` counts them by their op flags, `computed` lists the compute types."""

    def __init__(self) -> None:
        self.handles: list[Handle] = []
        self.products: list[tuple[int, int]] = []
        self.computed: list[int] = []
        self.cublasCreate_v2 = Function("cublasCreate_v2", self._create)
        self.cublasSetStream_v2 = Function("cublasSetStream_v2", self._set_stream)
        self.cublasSetWorkspace_v2 = Function("cublasSetWorkspace_v2", self._set_workspace)
        self.cublasGemmEx = Function("cublasGemmEx", self._gemm)

    def _create(self, place: Any) -> int:
        DEVICE.alive()
        if DEVICE.capture is not None:
            raise Differs("cublasCreate allots memory and waits: not in a capture")
        self.handles.append(Handle())
        place._obj.value = 1000 + len(self.handles)
        return 0

    def _handle(self, number: int) -> Handle:
        if not 1000 < number <= 1000 + len(self.handles):
            raise Differs("cuBLAS was given a handle that cublasCreate has not made")
        return self.handles[number - 1001]

    def _set_stream(self, number: int, stream: int) -> int:
        handle = self._handle(number)
        handle.stream, handle.workspace = stream or 0, 0  # it goes back to cuBLAS's own
        return 0

    def _set_workspace(self, number: int, place: int, size: int) -> int:
        handle = self._handle(number)
        memory = MemoryPointer.at[place]
        if memory.nbytes < size:
            raise Differs(f"a workspace of {memory.nbytes} bytes is said to have {size}")
        handle.workspace, handle.memory = size, weakref.ref(MemoryPointer.at[place])
        return 0

    def _gemm(
        self, number: int, op_a: int, op_b: int, m: int, n: int, k: int, alpha: Any, a: int,
        type_a: int, lda: int, b: int, type_b: int, ldb: int, beta: Any, c: int, type_c: int,
        ldc: int, compute: int, algorithm: int,
    ) -> int:  # fmt: skip
        handle = self._handle(number)
        stream = DEVICE.thread.stream
        if handle.stream != (stream.ptr if stream else 0):
            raise Differs("cuBLAS works on another stream than CuPy")
        if handle.workspace < LEAST_WORKSPACE:
            raise Differs("no workspace was set since the stream was: the capture would fail")
        if handle.memory() is None:
            raise Differs("the memory of the workspace is gone, and others are given it")
        if not type_a == type_b == type_c or COMPUTE[compute] != REAL[type_a]:
            return 15  # CUBLAS_STATUS_NOT_SUPPORTED
        real = ctypes.c_float if type_a == 0 else ctypes.c_double
        factors = [f._obj for f in (alpha, beta)]
        if [type(f) for f in factors] != [real, real] or [f.value for f in factors] != [1.0, 0.0]:
            raise Differs("alpha and beta are not a 1 and a 0 of the compute type")
        if algorithm != -1 or {op_a, op_b} - {0, 1}:
            return 7  # CUBLAS_STATUS_INVALID_VALUE
        # By columns a matrix is, by rows, its transpose: C = op(A) op(B) is Cᵀ = op(B)ᵀ op(A)ᵀ.
        rows_a = _by_rows(a, REAL[type_a], (k, m) if op_a == 0 else (m, k), lda)
        rows_b = _by_rows(b, REAL[type_b], (n, k) if op_b == 0 else (k, n), ldb)
        rows_c = _by_rows(c, REAL[type_c], (n, m), ldc)
        left, right = (rows_b if op_b == 0 else rows_b.T), (rows_a if op_a == 0 else rows_a.T)
        self.products.append((op_a, op_b))
        self.computed.append(compute)
        perform("matmul", lambda: np.matmul(left, right, out=rows_c), by_cupy=False)
        return 0


def _by_rows(place: int, dtype: np.dtype, shape: tuple[int, int], leading: int) -> np.ndarray:
    """The matrix at an address as rows: `leading` numbers from one to the next."""
    memory = MemoryPointer.at[place]
    start, (rows, columns) = place - memory.ctypes.data, shape
    if leading < max(1, columns):
        raise Differs(f"a leading dimension of {leading} for {columns} numbers side by side")
    if MemoryPointer.dtypes[place] != dtype:
        raise Differs(f"a matrix of {MemoryPointer.dtypes[place]} is read as {dtype}")
    if start + ((rows - 1) * leading + columns) * dtype.itemsize > memory.nbytes:
        raise Differs(f"{rows} rows of {columns}, {leading} apart, do not lie in {memory.nbytes} B")
    return np.ndarray(
        shape, dtype, memory.data, start, strides=(leading * dtype.itemsize, dtype.itemsize)
    )


LIBRARY = Library()


def load() -> Library:
    """What stands in for `minigan.cuda.blas.load`."""
    return LIBRARY
