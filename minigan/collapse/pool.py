"""Many games at once: each core plays one, and all of them stop when they are told to.

The processes are new ones ("spawn"), not copies of this one: a copy would inherit the threads of
BLAS half-way. So a script that calls this must do it under `if __name__ == "__main__":`.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

from minigan.collapse.game import Game, Result, Tick, play

LOOK = 0.2  # seconds between two looks at how far the games are
Played = tuple[Result, Any]


class _Stopped(Exception):
    """Raised in a process that plays, when the one that started it wants no more."""


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def play_all(games: Sequence[Game], processes: int, tick: Tick) -> Generator[Played, None, None]:
    """Play the games, so many at a time, and yield each as it ends; with 1, in this process.

    tick(steps) is called here, with the steps that all games together have done since.

    **Raises**  ChildProcessError when a process is ended from outside. Whatever is raised here in
    between, a KeyboardInterrupt for one, first ends all processes.
    """
    if processes == 1 or len(games) <= 1:
        yield from (play(game, tick) for game in games)
        return
    context = multiprocessing.get_context("spawn")
    stop, steps = context.Event(), context.Value("q", 0)
    counted = 0
    with ProcessPoolExecutor(min(processes, len(games)), context, _begin, (stop, steps)) as pool:
        try:
            with _undisturbed():
                waiting = {pool.submit(_play, game) for game in games}
            while waiting:
                ended, waiting = wait(waiting, LOOK, FIRST_COMPLETED)
                now = steps.value
                tick(now - counted)
                counted = now
                yield from (_result(future) for future in ended)
        finally:  # the executor waits for its processes, which look at `stop` at each tick
            stop.set()
            pool.shutdown(cancel_futures=True)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A context in which Ctrl-C waits; a process that is started in it never hears of one.

    Until `_begin` is called there it would end with a traceback. Windows has no such masks.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _result(future: Future[Played]) -> Played:
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise ChildProcessError(
            "a process that played a game was ended from outside, perhaps for lack of memory; the "
            "same command goes on where it was, with fewer --jobs it needs less memory."
        ) from error


_tick: Callable[[int], None]  # in a process that plays: what `_begin` has made


def _begin(stop: Any, steps: Any) -> None:
    """In a new process: leave Ctrl-C to the one that started it, and count steps for it."""
    global _tick
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def tick(n: int) -> None:
        if parent is not None and not parent.is_alive():
            os._exit(1)  # killed: nobody waits for a result, or for this process
        if stop.is_set():
            raise _Stopped
        with steps.get_lock():
            steps.value += n

    _tick = tick


def _play(game: Game) -> Played:
    _tick(0)  # a process that has started late may have nothing to begin
    return play(game, _tick)
