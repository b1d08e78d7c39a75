"""Share work among the CPU's cores: `share` runs one function on several threads at once.

NumPy lets go of Python's lock while it computes, so two threads that each walk over half of the
images really run side by side. The matrix products inside must then not start threads of their
own: BLAS is held to one thread while `share` runs, and put back afterwards. (Leaving the threads to
BLAS is no better: after each product its idle threads keep their cores busy for some 30 ms, waiting
for the next one, and everything that NumPy does in between has one core less.)

There are as many threads as BLAS itself would use: OPENBLAS_NUM_THREADS and its kin are obeyed.
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

_here = threading.local()  # .busy: this thread is already one of several that share work
_fixed: int | None = None  # what `use_threads` says


def threads() -> int:
    """How many threads `share` can use here, 1 inside of it."""
    if getattr(_here, "busy", False):
        return 1
    if _fixed is not None:
        return _fixed
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min([cores or 1, *(int(library.num_threads) for library in _blas())])


@contextmanager
def use_threads(n: int) -> Iterator[None]:
    """Let `share` use n threads inside this block, whatever BLAS would use.

    **Raises**  ValueError for an n under 1.
    """
    global _fixed
    if n < 1:
        raise ValueError(f"use_threads: n is {n}, expected 1 or more.")
    before, _fixed = _fixed, n
    try:
        yield
    finally:
        _fixed = before


def share(work: Callable[[int], None], parts: int) -> None:
    """Call work(0), …, work(parts - 1), each on a thread of its own, and wait for all of them.

    What work computes must not depend on the order in which the parts run. An exception in a part
    is raised here when all have ended.

    >>> squares = [0, 0, 0]
    >>> def work(part):
    ...     squares[part] = part * part
    >>> share(work, 3)
    >>> squares
    [0, 1, 4]
    """
    if threads() == 1:
        for part in range(parts):
            work(part)
        return
    before = [(library, library.num_threads) for library in _blas()]
    for library, _ in before:
        library.set_num_threads(1)
    done: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
    for part in range(1, parts):
        _jobs().put((contextvars.copy_context(), functools.partial(work, part), done))
    mine = _outcome(functools.partial(work, 0))
    outcomes = [mine, *(done.get() for _ in range(1, parts))]
    for library, n in before:
        library.set_num_threads(n)
    for error in outcomes:
        if error is not None:
            raise error


def _outcome(work: Callable[[], None]) -> BaseException | None:
    _here.busy = True
    try:
        work()
    except BaseException as error:  # handed to the thread that asked, KeyboardInterrupt included
        return error
    finally:
        _here.busy = False
    return None


@functools.cache
def _blas() -> list[LibController]:
    """The BLAS libraries of this process; found once, which takes a millisecond."""
    return list(ThreadpoolController().select(user_api="blas").lib_controllers)


@functools.cache
def _jobs() -> queue.SimpleQueue[Any]:
    """Where the worker threads wait for jobs; they are started at the first."""
    jobs: queue.SimpleQueue[Any] = queue.SimpleQueue()
    for _ in range(max(threads(), os.cpu_count() or 1) - 1):
        threading.Thread(target=_serve, args=(jobs,), name="minigan", daemon=True).start()
    return jobs


def _serve(jobs: queue.SimpleQueue[Any]) -> None:
    while True:
        context, work, done = jobs.get()
        done.put(context.run(_outcome, work))


if hasattr(os, "register_at_fork"):  # threads do not survive a fork: the child starts its own
    os.register_at_fork(after_in_child=_jobs.cache_clear)
