"""A side of the comparison as the parent sees it: a process that is asked for steps."""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PINS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # they slow OpenBLAS down on some machines
THREADS = (
    *("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"),
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
)


class SideError(RuntimeError):
    """A side that cannot take part; the message says why."""


class Side:
    """A process that makes training steps of one library when asked; a context that ends it.

    Each library chooses its threads itself, unless they are given, and OpenBLAS its kernels.

    **Parameters**  name as the rows have it; script: the file to run; python: by which interpreter;
    asked: what the script is to do; pause: seconds before each turn, in which the other side's
    threads, which spin before they sleep, come to rest; threads: how many, None for the library's
    own choice; env: variables to set.

    **Raises**  SideError when the process ends before it has said what it is.
    """

    def __init__(
        self,
        name: str,
        script: str,
        python: str = sys.executable,
        *,
        asked: dict[str, Any],
        pause: float,
        threads: int | None,
        env: dict[str, str] | None = None,
    ) -> None:
        self.name, self.pause = name, pause
        self.steps = 1  # in a turn
        self.turns: list[float] = []  # the median ms of each turn
        self.times: list[float] = []  # ms of all counted steps
        self.peak_mb: float | None = None
        self._said = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  `end` closes it
        dropped = {*PINS, *THREADS}
        kept = {key: value for key, value in os.environ.items() if key not in dropped}
        if threads is not None:
            kept |= dict.fromkeys(THREADS, str(threads))
        try:
            self._process = subprocess.Popen(
                [python, str(HERE / script), json.dumps(asked)],
                env=kept | (env or {}),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._said,  # a file: nobody reads a pipe while the steps are made
                encoding="utf-8",
            )
        except OSError as error:
            raise SideError(f"{name}: {python}: {error.strerror}") from None
        try:
            self.about = self._answer()
        except BaseException:
            self.end()
            raise

    def __enter__(self) -> Side:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def warm_up(self, seconds: float) -> float:
        """Let it find its memory and its kernels, and set how many steps fill so many seconds.

        Returns the milliseconds of a step, roughly.
        """
        self._make(2)
        ms = min(self._make(2))
        self.steps = max(1, round(1e3 * seconds / ms))
        return ms

    def turn(self) -> None:
        """Have a turn's steps made and counted.

        **Raises**  SideError when the process ends instead.
        """
        times = self._make(self.steps)
        self.times += times
        self.turns.append(statistics.median(times))

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()
        self._said.close()

    def _make(self, steps: int) -> list[float]:
        time.sleep(self.pause)
        with contextlib.suppress(BrokenPipeError):  # it has ended; what it said is read below
            self._process.stdin.write(f"{steps}\n")
            self._process.stdin.flush()
        answer = self._answer()
        self.peak_mb = answer["peak_mb"]
        return list(answer["ms"])

    def _answer(self) -> dict[str, Any]:
        line = self._process.stdout.readline()
        if line:
            return dict(json.loads(line))
        status = self._process.wait()
        self._said.seek(0)
        said = self._said.read().strip().splitlines()
        raise SideError(f"{self.name}: {said[-1] if said else f'ended with status {status}'}")
