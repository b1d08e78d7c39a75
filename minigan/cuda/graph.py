"""A training step as one CUDA graph: recorded once, then launched as a whole.

A step of a small network is a hundred launches of a few microseconds each, and the host needs
longer to ask for them than the GPU to do them. CUDA can record what is launched on a stream and
launch it again in one go. The arithmetic, the arrays and their order stay the same, so the bits do,
too.

What has to be kept in mind, and where:

    recording does not execute      a recorded step is run by launching it: recording.py
    each launch has the addresses   the arrays made in a step lie in a pool of memory that the
    of the recording                recording keeps, parameters and moments are changed in place
    ... and the numbers             what changes from step to step is fed: feed.py
    CuPy's cuBLAS is refused        a handle of our own: blas.py
    so is waiting for the GPU       steps that are looked at (log rows) are run, not replayed
    the null stream is refused      a whole run is computed on one stream of its own: `own_stream`

A number that was not fed would be the same in every replay, without an error. So the second replay
is taken back and compared, bit for bit, with the step as it is run.

Steps that are run and steps that are replayed move the same state, and may come in any order. The
first steps are run: they compile kernels and make the moments. Where a step cannot be recorded, the
run goes on without, and says why.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from minigan.backend import Array
from minigan.cuda import blas
from minigan.cuda.recording import Iterations, Recording, own_stream, wait
from minigan.replay import same

__all__ = ["CHOICES", "Steps", "host_memory", "own_stream"]

CHOICES = ("auto", "on", "off")
WARM_UP = 3  # steps before a recording
TRIAL = 10  # steps of each kind, after which "auto" decides

PutBack = Callable[[], None]


class Steps:
    """The steps of an update rule, of which most are replayed: an iterator as the rule's own.

    **Parameters**

        iterations   n → the rule's generator for n steps; count: how many there are
        memory       returns a function that puts what the host knows back to this moment: streams,
                     positions, counts. It is used where recording fails halfway
        arrays       all arrays on the GPU that a step changes, for the comparison; None: there is
                     none
        looked_at    whether the step that comes is looked at, and so has to be run
        device       "cpu": all steps are run
        graph        "on": record after WARM_UP steps; "auto": keep it where it is faster, by the
                     median of TRIAL steps of each kind; "off"

    `why` says why steps are not replayed, "" where they are; `done` and `replayed` count them.
    """

    def __init__(
        self,
        iterations: Iterations,
        count: int,
        *,
        memory: Callable[[], PutBack],
        arrays: Callable[[], Iterable[Array]] | None = None,
        looked_at: Callable[[], bool],
        device: str,
        graph: str = "auto",
    ) -> None:
        self._iterations, self._count = iterations, count
        self._memory, self._arrays = memory, arrays
        self._looked_at, self._auto = looked_at, graph == "auto"
        self._recording: Recording | None = None
        self._seconds: dict[str, list[float]] = {"run": [], "replayed": []}
        self.done = self.replayed = 0
        self.why = "there were too few steps besides those that are looked at"
        self._silent = graph == "off" or (device == "cpu" and self._auto)
        self._wanted = graph != "off" and device == "cuda"
        if not self._wanted:
            self.why = "there is none on the CPU" if device == "cpu" else "it is switched off"
        elif blas.why_not():
            self._give_up(blas.why_not())

    def __iter__(self) -> Iterator[int]:
        run = self._iterations(self._count)
        for step in range(self._count):
            self.done = step + 1
            if not self._wanted or step < WARM_UP or self._looked_at():
                next(run)
            elif self._auto and len(self._seconds["run"]) < TRIAL:
                self._timed("run", lambda: next(run))
            elif self._recording is None:
                if not self._record():
                    next(run)
            elif self._arrays is not None:
                self._compare(run, self._arrays)
                self._arrays = None
            elif self._auto and len(self._seconds["replayed"]) < TRIAL:
                self._timed("replayed", self._replay)
                self._decide()
            else:
                self._replay()
            yield step

    @property
    def plan(self) -> str:
        """A line on how the steps will be done; nothing where nobody expects a graph."""
        if not self._wanted:
            return str(self)
        kept = ", and the graph is kept if it is faster" if self._auto else ""
        return f"after {WARM_UP} steps one is recorded as a CUDA graph{kept}"

    def __str__(self) -> str:
        """A line on how the steps were done; nothing where nobody expected a graph."""
        if not self.why:
            return f"CUDA graph: {self.replayed:,} of {self.done:,} steps were replayed"
        return "" if self._silent else f"no CUDA graph: {self.why}"

    @property
    def memory_mb(self) -> float:
        """What a recording holds on the GPU besides the memory that CuPy shares, in MB of 2²⁰."""
        return 0.0 if self._recording is None else self._recording.pool.total_bytes() / 2**20

    def _record(self) -> bool:
        """Record a step and run it; False where that cannot be done, and nothing has moved."""
        put_back = self._memory()
        try:
            self._recording = Recording(self._iterations)
            self._recording.launch()
        except Exception as error:  # CuPy, CUDA and cuBLAS each raise their own kind
            put_back()
            self._give_up(f"a step cannot be recorded ({_in_one_line(error)})")
            return False
        except BaseException:  # a KeyboardInterrupt: it goes on when all is as it was
            put_back()
            raise
        self.replayed, self.why = self.replayed + 1, ""
        return True

    def _compare(self, run: Iterator[int], arrays: Callable[[], Iterable[Array]]) -> None:
        """Replay a step, take it back and run it; give up where the two differ in a bit."""
        put_back, before, why = self._memory(), [a.copy() for a in arrays()], ""
        assert self._recording is not None
        try:
            self._recording.replay()
        except Exception as error:  # as above
            why = f"a step cannot be replayed ({_in_one_line(error)})"
        replayed = [a.copy() for a in arrays()]
        for a, old in zip(arrays(), before, strict=True):
            a[...] = old
        put_back()
        next(run)
        if why == "" and not all(map(same, arrays(), replayed)):
            why = "a replayed step has other numbers than the step itself"
        if why:
            self._give_up(why)

    def _replay(self) -> None:
        assert self._recording is not None
        self._recording.replay()
        self.replayed += 1

    def _timed(self, kind: str, step: Callable[[], Any]) -> None:
        """One step of the trial, which is waited for."""
        start = time.perf_counter()
        step()
        wait()
        self._seconds[kind].append(time.perf_counter() - start)

    def _decide(self) -> None:
        if len(self._seconds["replayed"]) < TRIAL:
            return
        run, replayed = (1e3 * statistics.median(s) for s in self._seconds.values())
        if replayed >= run:
            self._give_up(f"a step takes {run:.3g} ms, and {replayed:.3g} ms where it is replayed")

    def _give_up(self, why: str) -> None:
        self._wanted, self._recording, self.why = False, None, why


def host_memory(states: Iterable[Any], counts: Iterable[Any]) -> PutBack:
    """A function that puts what the host knows of a game back to this moment.

    **Parameters**  states: the streams of random numbers, and the batches of the data, with a
    `state` each; counts: the optimizers, with a t each.
    """
    then = [(known, known.state) for known in states], [(known, known.t) for known in counts]

    def put_back() -> None:
        for known, state in then[0]:
            known.state = state
        for known, t in then[1]:
            known.t = t

    return put_back


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
