"""The GPU of the CuPy stand-in: counters of what costs, and what can be missing."""

import threading
from collections import Counter
from typing import Any


class CUDARuntimeError(RuntimeError):
    """What CuPy raises where the driver is missing or fails."""


class Differs(AssertionError):
    """CuPy would go on here with another result than NumPy's. No `except IndexError` catches it."""


class Thread(threading.local):
    """What each thread has of its own: its stream, None for the null one, and its allocator."""

    stream: Any = None
    allocator: Any = None


class Device:
    """What the pretended GPU was made to do, by operation, and what is broken about it."""

    def __init__(self) -> None:
        self.thread = Thread()
        self.reset()

    def reset(self, *, driver: bool = True, faults: dict[str, Exception] | None = None) -> None:
        """Set all counters to 0; faults maps an operation, as in launches, to what it raises."""
        self.driver, self.faults = driver, faults or {}
        self.reversed = False  # kernels run their threads from the last to the first
        self.launches: Counter[str] = Counter()  # of kernels
        self.syncs: Counter[str] = Counter()  # the host waits for the device
        self.uploads: Counter[str] = Counter()
        self.downloads: Counter[str] = Counter()
        self.busy: set[Any] = set()  # streams whose work nobody has waited for

    @property
    def capture(self) -> Any:
        """What this thread's stream is recording, as in cupy_graph.py; None: it works."""
        return self.thread.stream.capture if self.thread.stream else None

    def alive(self) -> None:
        if not self.driver:
            raise CUDARuntimeError("cudaErrorInsufficientDriver: CUDA driver version is too old")

    def launch(self, operation: str) -> None:
        """Count a kernel; one that is recorded counts when its graph is launched, with the rest."""
        self.alive()
        if operation in self.faults:
            raise self.faults[operation]
        if self.capture is None:
            self._work()
            self.launches[operation] += 1

    def upload(self, operation: str) -> None:
        """A copy from the host."""
        self.alive()
        self._not_recorded(operation)
        self._work()
        self.uploads[operation] += 1

    def wait(self, operation: str) -> None:
        """The host waits for all that this thread's stream was given."""
        self._not_recorded(operation)
        self.syncs[operation] += 1
        self.busy.discard(self.thread.stream)

    def fetch(self, operation: str) -> None:
        """A copy to the host, which waits for everything that was launched before."""
        self.wait(operation)
        self.downloads[operation] += 1

    def _work(self) -> None:
        """Streams do not wait for each other: what one computes, another may read too early."""
        if self.busy - {self.thread.stream}:
            raise Differs("another stream is still at work, and this one does not wait for it")
        self.busy.add(self.thread.stream)

    def _not_recorded(self, operation: str) -> None:
        if self.capture is not None:
            self.capture.broken = True
            raise CUDARuntimeError(
                "cudaErrorStreamCaptureUnsupported: operation not permitted when stream is "
                f"capturing ({operation})"
            )


DEVICE = Device()
