"""Share work among the CPU's cores: `share` runs one function on several threads at once.

NumPy lets go of Python's lock while it computes, so two threads that each walk over half of the
images really run side by side. The matrix products inside must then not start threads of their
own: BLAS is held to one thread while `share` runs, and put back afterwards. (Leaving the threads to
BLAS is no better: after a product OpenBLAS's idle threads keep their cores busy, waiting for the
next one, for 60 ms where it was measured; all that NumPy does in between has one core less.)

There are as many threads as BLAS itself would use: OPENBLAS_NUM_THREADS and its kin are obeyed.

One number of threads gives the same bits each time; between different numbers random numbers, what
is computed entry by entry and sums over channels are the same bits, while matrix products and
convolutions, which a thread computes a share of, agree but for their rounding, so that two
trainings slowly part.
"""

from __future__ import annotations

import contextvars
import functools
import os
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from threadpoolctl import LibController, ThreadpoolController

from minigan.limits import check_integer

_here = threading.local()  # .busy: this thread is already one of several that share work
_fixed: int | None = None  # what `use_threads` says
_sharing = threading.Lock()  # held while BLAS is: whoever shares has all cores
_jobs: queue.SimpleQueue[Any] = queue.SimpleQueue()  # where the workers wait
_workers: list[threading.Thread] = []  # started as they are needed


def threads() -> int:
    """How many threads `share` can use here; 1 inside of it, and while another thread shares."""
    if getattr(_here, "busy", False):
        return 1
    if _fixed is not None:
        return _fixed
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min([cores or 1, *(int(library.num_threads) for library in _blas())])


@contextmanager
def use_threads(n: int) -> Iterator[None]:
    """Let `share` use n threads inside this block, whatever BLAS would use.

    **Raises**  TypeError, ValueError for what is no integer of 1 or more.
    """
    global _fixed
    check_integer("use_threads", "n", n)
    before, _fixed = _fixed, n
    try:
        yield
    finally:
        _fixed = before


def share(work: Callable[[int], None], parts: int) -> None:
    """Call work(0), …, work(parts - 1), as many at a time as there are threads, and wait for all.

    What work computes must not depend on the order in which the parts run.

    **Raises**  what a part raises, and KeyboardInterrupt, but not before all parts that have begun
    have ended: nobody writes into the arrays any more.

    >>> squares = [0, 0, 0]
    >>> def work(part):
    ...     squares[part] = part * part
    >>> share(work, 3)
    >>> squares
    [0, 1, 4]
    """
    n = threads()
    if n == 1 or parts == 0 or _sharing.locked():
        for part in range(parts):
            work(part)
        return
    rest = iter(range(parts))

    def take(_: int) -> None:  # a thread that has ended a part takes the next one
        for part in rest:
            work(part)

    with _sharing:
        _start_workers(min(n, parts) - 1)
        before = [(library, library.num_threads) for library in _blas()]
        try:
            for library, _ in before:
                library.set_num_threads(1)
            outcomes = _all(work if parts <= n else take, min(n, parts))
        finally:
            for library, count in before:
                library.set_num_threads(count)
    for error in outcomes:
        if error is not None:
            raise error


def _all(work: Callable[[int], None], parts: int) -> list[BaseException | None]:
    """Part 0 here and the others by the workers, each of which appends what its part raised."""
    outcomes: list[BaseException | None] = []
    ended: queue.SimpleQueue[None] = queue.SimpleQueue()  # wakes up this thread, which waits
    begun = 0
    try:
        for part in range(1, parts):
            job = contextvars.copy_context(), work, part, outcomes, ended
            begun += 1  # before it is so: an interrupt comes after a call, not between two lines
            _jobs.put(job)
        _run(work, 0)
    finally:
        _wait(outcomes, ended, begun)
    return outcomes


def _run(work: Callable[[int], None], part: int) -> None:
    _here.busy = True
    try:
        work(part)
    finally:
        _here.busy = False


def _wait(outcomes: list[Any], ended: queue.SimpleQueue[None], begun: int) -> None:
    """Wait for all parts that have begun, also when interrupted meanwhile."""
    try:
        while len(outcomes) < begun:
            ended.get()
    except BaseException:  # a KeyboardInterrupt: it goes on when they have ended
        _wait(outcomes, ended, begun)
        raise


@functools.cache
def _blas() -> list[LibController]:
    """The BLAS libraries of this process; found once, which takes a millisecond."""
    return list(ThreadpoolController().select(user_api="blas").lib_controllers)


def _start_workers(n: int) -> None:
    while len(_workers) < n:
        worker = threading.Thread(target=_serve, args=(_jobs,), name="minigan", daemon=True)
        worker.start()
        _workers.append(worker)


def _serve(jobs: queue.SimpleQueue[Any]) -> None:
    while True:
        _do(*jobs.get())  # no name here keeps a job's arrays alive until the next one


def _do(
    context: contextvars.Context,
    work: Callable[[int], None],
    part: int,
    outcomes: list[BaseException | None],
    ended: queue.SimpleQueue[None],
) -> None:
    outcome = None
    try:
        context.run(_run, work, part)
    except BaseException as error:  # handed to the thread that asked
        outcome = error
    outcomes.append(outcome)
    ended.put(None)


def _start_anew() -> None:
    """In the child of a fork no other thread lives on, neither workers nor one that shares."""
    global _sharing, _jobs
    _sharing, _jobs = threading.Lock(), queue.SimpleQueue()
    _workers.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)
