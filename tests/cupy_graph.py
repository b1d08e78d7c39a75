"""Streams, graphs and memory pools of the CuPy stand-in.

Capturing does not execute: what is launched on a stream that captures is written down as a function
of no arguments, and its result holds NaN until the graph is launched, which calls the functions in
order. So a number that a step worked out on the host during the capture is the same in each launch,
as it is in CUDA. Everything that CUDA or CuPy cannot record is refused, and so is

    capturing on a stream that waits for the null stream
    memory from the shared pool in a capture, where others would be given it between two launches
    memory from a graph's pool outside a capture; launching a graph whose pool is gone
    work on one stream while another one's has not been waited for

What the last one refuses is often harmless in CUDA; minigan has no need of it.
"""

import contextlib
import itertools
import weakref
from collections.abc import Callable, Iterator
from types import MethodType
from typing import Any

import numpy as np
from cupy_device import DEVICE, CUDARuntimeError, Differs

Work = Callable[[], Any]
NOT_RECORDED = {"matmul", "dot", "vdot", "inner", "outer", "tensordot", "einsum"}  # cuBLAS


class Capture:
    """What a stream has recorded so far."""

    def __init__(self) -> None:
        self.works: list[Work] = []
        self.pools: set[MemoryPool] = set()
        self.memory: list[Any] = []  # of its arrays: kernels know nothing but addresses
        self.broken = False  # by something that cannot be recorded

    def refuse(self, operation: str) -> None:
        """Refuse what CuPy does by its own cuBLAS handle."""
        if operation in NOT_RECORDED or operation.startswith("linalg."):
            raise NotImplementedError(f"calling cuBLAS API during stream capture ({operation})")

    def result(self, example: np.ndarray, compute: Work) -> np.ndarray:
        """Memory like the example's, which holds compute() once the graph has been launched."""
        out = np.empty_like(example)
        out.fill(np.iinfo(out.dtype).min if out.dtype.kind in "iu" else np.nan)
        self.works.append(lambda: np.copyto(out, compute()))
        return out


def perform(operation: str, work: Work, *, by_cupy: bool = True) -> None:
    """Do what changes an array in place, or record it; by_cupy: and not by another library."""
    DEVICE.launch(operation)
    if DEVICE.capture is None:
        work()
        return
    if by_cupy:
        DEVICE.capture.refuse(operation)
    DEVICE.capture.works.append(work)


def example(compute: Work) -> Any:
    """What a result will look like: computed from what the memory happens to hold."""
    with np.errstate(all="ignore"):
        return compute()


class Graph:
    """What a stream has recorded."""

    def __init__(self, capture: Capture) -> None:
        self._works, self._memory = capture.works, capture.memory
        self._pools = [weakref.ref(pool) for pool in capture.pools]

    def launch(self, stream: Any = None) -> None:
        if stream is not None and stream is not DEVICE.thread.stream:
            raise NotImplementedError("the stand-in launches a graph on the current stream")
        if DEVICE.capture is not None:
            raise NotImplementedError("the stand-in records no graph in a graph")
        if any(pool() is None for pool in self._pools):
            raise Differs("the memory of a graph is gone, and others are given it")
        DEVICE.launch("graph")
        for work in self._works:
            work()

    def upload(self, stream: Any = None) -> None:
        DEVICE.alive()


class Stream:
    """A stream; the null one is `Stream.null`."""

    null: "Stream"
    _pointers = itertools.count(4096, 16)

    def __init__(
        self,
        null: bool = False,
        non_blocking: bool = False,
        ptds: bool = False,
        priority: int | None = None,
    ) -> None:
        self.is_non_blocking, self.capture = non_blocking, None
        self.ptr = 0 if null else next(self._pointers)
        self._before: list[Any] = []

    def __enter__(self) -> "Stream":
        self._before.append(DEVICE.thread.stream)
        DEVICE.thread.stream = self if self.ptr else None
        return self

    def __exit__(self, *_: object) -> None:
        DEVICE.thread.stream = self._before.pop()

    def synchronize(self) -> None:
        if self.capture is not None:
            self.capture.broken = True
            raise CUDARuntimeError("cudaErrorStreamCaptureUnsupported: synchronize")
        DEVICE.alive()
        DEVICE.syncs["synchronize"] += 1
        DEVICE.busy.discard(self if self.ptr else None)

    def is_capturing(self) -> bool:
        return self.capture is not None

    def begin_capture(self, mode: int | None = None) -> None:
        if self.ptr == 0:
            raise RuntimeError("cannot capture on the default (legacy) stream")
        if not self.is_non_blocking:
            raise Differs("work on the null stream would break the capture: non_blocking=True")
        if self.capture is not None:
            raise CUDARuntimeError("cudaErrorIllegalState: the stream captures already")
        DEVICE.alive()
        self.capture = Capture()

    def end_capture(self) -> Graph:
        if self.capture is None:
            raise CUDARuntimeError("cudaErrorIllegalState: the stream does not capture")
        capture, self.capture = self.capture, None
        if capture.broken:
            raise CUDARuntimeError("cudaErrorStreamCaptureInvalidated: operation failed due to ...")
        return Graph(capture)


Stream.null = Stream(null=True)


def get_current_stream(device_id: int = -1) -> Stream:
    return DEVICE.thread.stream or Stream.null


class MemoryPool:
    """Memory of its own; the shared pool has no object here."""

    def __init__(self, allocator: Any = None) -> None:
        pass

    def malloc(self, size: int) -> Any:
        raise NotImplementedError("the stand-in's arrays are NumPy's")

    def total_bytes(self) -> int:
        return 0


def get_allocator() -> Any:
    return DEVICE.thread.allocator


@contextlib.contextmanager
def using_allocator(allocator: Any = None) -> Iterator[None]:
    before, DEVICE.thread.allocator = DEVICE.thread.allocator, allocator
    try:
        yield
    finally:
        DEVICE.thread.allocator = before


def allocate(host: Any) -> None:
    """Take memory for a new array from the current allocator; a graph's keeps it."""
    allocator = DEVICE.thread.allocator
    pool = allocator.__self__ if isinstance(allocator, MethodType) else None
    if DEVICE.capture is None:
        if pool is not None:
            raise Differs("an array that outlives the capture would lie in the graph's memory")
    elif pool is None:
        raise Differs("a graph's array lies in the shared pool, which gives the memory to others")
    else:
        DEVICE.capture.pools.add(pool)
        DEVICE.capture.memory.append(host)
