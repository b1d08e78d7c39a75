"""One step as a CUDA graph, and the stream that can record one."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from minigan.cuda.feed import Feed

Iterations = Callable[[int], Iterator[int]]  # n → an update rule's generator for n steps


class Recording:
    """One step of a rule as a CUDA graph, made on the current stream.

    **Raises**  whatever CuPy refuses to record; the stream is then as it was. What the host knows
    has moved on by a step, or by a part of it.
    """

    def __init__(self, iterations: Iterations) -> None:
        cp = sys.modules["cupy"]
        stream = cp.cuda.get_current_stream()
        stream.synchronize()
        aside = _stream(cp, "aside")
        self._feed = Feed(cp, aside)
        self.pool = cp.cuda.MemoryPool()  # of the recorded step's arrays; it lives as long
        stream.begin_capture()
        try:
            with cp.cuda.using_allocator(self.pool.malloc), self._feed.recording():
                for _ in iterations(1):  # a generator of its own: an exception would end the run's
                    pass
            self._graph = stream.end_capture()
        except BaseException:
            with contextlib.suppress(Exception):  # what cannot be recorded has broken the capture
                stream.end_capture()
            raise
        finally:
            aside.synchronize()
        self._feed.upload()

    def launch(self) -> None:
        """Run the step with the values that its recording has worked out; once."""
        self._graph.launch()

    def replay(self) -> None:
        """Run the step with new values."""
        self._feed.refresh()
        self._graph.launch()


@contextlib.contextmanager
def own_stream(device: str) -> Iterator[None]:
    """A context whose work on the GPU goes to one stream, which can record; on the CPU, nothing.

    What was begun before is waited for, and at the end what was begun inside.
    """
    if device == "cpu":
        yield
        return
    cp = sys.modules["cupy"]
    wait()
    with _stream(cp, "steps"):
        try:
            yield
        finally:
            wait()


def wait() -> None:
    """Wait for all that the current stream was given."""
    sys.modules["cupy"].cuda.get_current_stream().synchronize()


@cache
def _stream(cp: Any, name: str) -> Any:
    """A stream that neither waits for the null stream nor is waited for, made once."""
    return cp.cuda.Stream(non_blocking=True)
