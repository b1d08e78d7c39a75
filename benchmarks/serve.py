"""One side of a comparison: a process that makes steps when asked, and says how long each took.

It reads a line with a number n from standard input, makes one step that is not counted (threads
wake up, caches fill again after the other side's turn) and n that are, and writes a JSON line. It
ends with its input. Only the standard library is needed, so that any rival's environment will do.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def serve(
    step: Callable[[], Any],
    *,
    about: dict[str, Any],
    wait: Callable[[], Any] = lambda: None,
    peak: Callable[[], float | None] | None = None,
    together: bool = False,
) -> None:
    """Answer requests until there are no more.

    **Parameters**  about: versions and settings, sent first; wait: blocks until the device is done;
    peak: the most memory held so far in MB, by default the process's own; together: whether the
    steps of a turn are waited for at its end alone, as a training does, and each counts as long as
    the turn divided by their number. A GPU is asked for the next step while it makes the last one.
    """
    sys.stdout.write(json.dumps(about) + "\n")
    sys.stdout.flush()
    gc.disable()  # a collection would be one side's pause in the middle of a step
    for line in sys.stdin:
        step()
        wait()
        count = int(line)
        times = _whole_turn(step, wait, count) if together else _each_step(step, wait, count)
        gc.collect()
        answer = {"ms": times, "peak_mb": (peak or peak_mb)()}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _each_step(step: Callable[[], Any], wait: Callable[[], Any], count: int) -> list[float]:
    times = []
    for _ in range(count):
        start = time.perf_counter()
        step()
        wait()
        times.append(1e3 * (time.perf_counter() - start))
    return times


def _whole_turn(step: Callable[[], Any], wait: Callable[[], Any], count: int) -> list[float]:
    start = time.perf_counter()
    for _ in range(count):
        step()
    wait()
    return [1e3 * (time.perf_counter() - start) / count] * count


def peak_mb() -> float | None:
    """The most memory that this process has held, in MB of 2²⁰ bytes; None where it is not told."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return None
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
