"""Numbers that are others in each step: the counter of a generator, the size of Adam's step.

A training step is always the same work on the same arrays, but for a few numbers that the host
works out: which part of the data comes next, 1 - β₁ᵗ, where a stream of random numbers stands.
`changing` marks them. In an ordinary step it does nothing: it works the number out and returns it.

While a step is recorded (graph.py), it returns an array on the GPU at a fixed address, and a `Feed`
remembers how the number is worked out. Before each replay all are worked out anew, in the same
order, and copied there. So what the host keeps (t, counters, positions, streams) moves on in the
same way whether a step is run or replayed.

What `changing` is given may itself put work on the GPU: a new pass over the data writes down its
order. That must happen at once and once, and must not become part of the recording. CUDA records a
stream, not a process: work on another stream than the one that captures is done at once, in the
mode that CuPy captures in (relaxed), as long as neither of them is the null stream, which waits for
others. So it is done aside, on a stream of its own, and with the memory that is not the recording's
(CuPy's pool keeps what each stream has freed apart). Nothing else runs meanwhile: the host has
waited for the stream that captures before the recording, and waits for the one aside after it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan.backend import Array

Compute = Callable[[], Any]
SLOT = 8  # bytes: the largest dtype
SLOTS = 4096  # for numbers, which are copied together
FEW = 8  # numbers of an array that is copied together with the numbers

_recording: Feed | None = None


def changing(compute: Compute, dtype: Any = None) -> Any:
    """compute(), which is worked out anew, in the same order, in each step.

    **Parameters**  compute: returns a number, a tuple of numbers, or an array of the host or of the
    GPU, always of one shape; it may move on what it reads (a counter, a stream). dtype: of the
    array on the GPU that stands for it in a recorded step.
    """
    return compute() if _recording is None else _recording.add(compute, dtype)


@dataclass
class _Input:
    """A value of the host that a recorded step reads: how it is worked out, and where it goes."""

    compute: Compute
    array: Array  # on the GPU
    slot: Any  # the place among the numbers, on the host; None for a larger array
    value: Any = None


class Feed:
    """The changing numbers of one recorded step, and the memory on the GPU that they are read from.

    Numbers share one array, so that they are one upload; each larger array is another one.

    **Parameters**  cp: the module cupy; aside: the stream for what is not recorded.
    """

    def __init__(self, cp: Any, aside: Any) -> None:
        self._cp, self._aside = cp, aside
        self._allocator = cp.cuda.get_allocator()
        self._inputs: list[_Input] = []
        self._used = 0  # slots
        self._host = np.zeros(SLOTS * SLOT, dtype=np.uint8)
        self._numbers = cp.empty(SLOTS * SLOT, dtype="uint8")

    @contextlib.contextmanager
    def recording(self) -> Iterator[None]:
        """A context in which `changing` adds to this feed."""
        global _recording
        _recording = self
        try:
            yield
        finally:
            _recording = None

    def add(self, compute: Compute, dtype: Any) -> Array:
        """Work a value out, aside, and return the array that will hold it."""
        global _recording
        _recording = None  # what is worked out aside is ordinary, also where it says `changing`
        try:
            with self._aside, self._cp.cuda.using_allocator(self._allocator):
                added = self._place(compute, _as_array(compute()), dtype)
        finally:
            _recording = self
        self._inputs.append(added)
        return added.array

    def upload(self) -> None:
        """Copy the values to the GPU, on the current stream."""
        n = self._used * SLOT
        for known in self._inputs:
            if known.slot is None:
                known.array[...] = self._cp.asarray(known.value)
            else:
                known.slot[...] = known.value
        if n > 0:
            self._numbers[:n] = self._cp.asarray(self._host[:n])

    def refresh(self) -> None:
        """Work all values out for the next step, in their order, and copy them to the GPU.

        **Raises**  ValueError for one of another shape than in the recorded step.
        """
        for known in self._inputs:
            known.value = _as_array(known.compute())
            if known.value.shape != known.array.shape:
                raise ValueError(
                    f"a recorded step reads an array of shape {known.array.shape} where the next "
                    f"one has {known.value.shape}."
                )
        self.upload()

    def _place(self, compute: Compute, value: Any, dtype: Any) -> _Input:
        """A place for a value that was just worked out."""
        kind, shape = np.dtype(dtype or value.dtype), value.shape
        if not isinstance(value, np.ndarray | np.generic) or value.size > FEW:
            return _Input(compute, self._cp.empty(shape, dtype=kind), None, value)
        first = self._used
        self._used += value.size
        if self._used > SLOTS:
            raise RuntimeError(f"a step has more than {SLOTS} changing numbers")
        start, end = first * SLOT, first * SLOT + value.size * kind.itemsize
        array, slot = (b[start:end].view(kind).reshape(shape) for b in (self._numbers, self._host))
        return _Input(compute, array, slot, value)


def _as_array(value: Any) -> Array:
    """A number or a tuple of numbers as an array of the host; an array as it is."""
    return value if hasattr(value, "dtype") else np.asarray(value)
