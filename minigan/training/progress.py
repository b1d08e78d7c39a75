"""What a person sees while a run goes on: a bar on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import Any

from tqdm import tqdm

from minigan.training.log import Row

LINES = 15  # a run's plain lines, where there is no terminal


class Progress:
    """Steps done, steps a second, time left, and the last values of V, D(x), D(G(z)), and of the
    Fréchet distance where there is one.

    Everything goes to standard error. On a terminal it is a bar that moves in its place; in a file
    or a pipe that would be thousands of lines, so there are about 15 plain ones instead; and so on
    a terminal without a size (some containers' and build machines'), where no bar would be seen.

    **Parameters**  start, end: the step before the first and the last step; shown=False: nothing.
    """

    def __init__(self, start: int, end: int, *, shown: bool = True) -> None:
        self.start, self.end = start, end
        self.shown = shown and sys.stderr is not None  # None: the shell has closed it
        self._values: dict[str, str] = {}
        self._every = max(1, -(-(end - start) // LINES))
        self._began = time.monotonic()
        self._bar: tqdm[Any] | None = None
        if self.shown and _has_room_for_a_bar():
            self._bar = tqdm(total=end, initial=start, unit="step", dynamic_ncols=True)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            with contextlib.suppress(OSError):
                self._bar.close()

    def row(self, row: Row) -> None:
        """Take the values of a log row."""
        names = {"V": "V", "D(x)": "D_real", "D(G(z))": "D_fake"}
        self._values |= {name: f"{row[column]:.3f}" for name, column in names.items()}
        if "frechet" in row:
            self._values["Fréchet"] = f"{row['frechet']:.4g}"
        if self._bar is not None:
            self._bar.set_postfix(self._values, refresh=False)

    def step(self, step: int) -> None:
        """Count a step that is done.

        A terminal that was closed or a log on a full disk ends what is shown, not the run.
        """
        try:
            if self._bar is not None:
                self._bar.update(1)
            elif self.shown and ((step - self.start) % self._every == 0 or step == self.end):
                print(self._line(step), file=sys.stderr, flush=True)
        except OSError:
            self._bar, self.shown = None, False

    def _line(self, step: int) -> str:
        rate = (step - self.start) / max(time.monotonic() - self._began, 1e-9)
        values = "  ".join(f"{name} {value}" for name, value in self._values.items())
        left = tqdm.format_interval((self.end - step) / rate)
        return f"step {step}/{self.end}  {rate:.1f} steps/s  {left} left  {values}".rstrip()


class Bar:
    """A bar that is gone when its context ends; on a terminal alone.

    **Parameters**  title; start, end: what is done before, and at the end; shown=False: nothing.
    """

    def __init__(self, title: str, start: int, end: int, *, shown: bool = True) -> None:
        self._bar: tqdm[Any] | None = None
        if shown and sys.stderr is not None and sys.stderr.isatty():
            self._bar = tqdm(desc=title, initial=start, total=end, leave=False)

    def __enter__(self) -> Bar:
        return self

    def step(self) -> None:
        """Count one more; a terminal that was closed ends what is shown, and nothing else."""
        try:
            if self._bar is not None:
                self._bar.update(1)
        except OSError:
            self._bar = None

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            with contextlib.suppress(OSError):
                self._bar.close()


def _has_room_for_a_bar() -> bool:
    """Whether standard error is a terminal of three lines or more: tqdm hides its bar in fewer."""
    if not sys.stderr.isatty():
        return False
    try:
        size = os.get_terminal_size(sys.stderr.fileno())
    except (OSError, ValueError):  # no terminal of the system's, as in a notebook: tqdm knows
        return True
    return size.lines >= 3 and size.columns > 0
