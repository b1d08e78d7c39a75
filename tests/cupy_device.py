"""The GPU of the CuPy stand-in: counters of what costs, and what can be missing."""

from collections import Counter


class CUDARuntimeError(RuntimeError):
    """What CuPy raises where the driver is missing or fails."""


class Differs(AssertionError):
    """CuPy would go on here with another result than NumPy's. No `except IndexError` catches it."""


class Device:
    """What the pretended GPU was made to do, by operation, and what is broken about it."""

    def __init__(self) -> None:
        self.reset()

    def reset(self, *, driver: bool = True, faults: dict[str, Exception] | None = None) -> None:
        """Set all counters to 0; faults maps an operation, as in launches, to what it raises."""
        self.driver, self.faults = driver, faults or {}
        self.reversed = False  # kernels run their threads from the last to the first
        self.launches: Counter[str] = Counter()  # of kernels
        self.syncs: Counter[str] = Counter()  # the host waits for the device
        self.uploads: Counter[str] = Counter()
        self.downloads: Counter[str] = Counter()

    def alive(self) -> None:
        if not self.driver:
            raise CUDARuntimeError("cudaErrorInsufficientDriver: CUDA driver version is too old")

    def launch(self, operation: str) -> None:
        self.alive()
        if operation in self.faults:
            raise self.faults[operation]
        self.launches[operation] += 1

    def fetch(self, operation: str) -> None:
        """A copy to the host, which waits for everything that was launched before."""
        self.syncs[operation] += 1
        self.downloads[operation] += 1


DEVICE = Device()
