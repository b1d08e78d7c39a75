"""Ctrl-C, SIGTERM and a closed terminal, answered at the end of a step and not within one."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any

SIGNALS = [signal.SIGINT, signal.SIGTERM]
if hasattr(signal, "SIGHUP"):  # the terminal was closed; Windows has no such signal
    SIGNALS.append(signal.SIGHUP)


class Interrupt:
    """A context in which the first of the SIGNALS is only noted, and the second stops at once.

    `signal` is None until one arrives, then its number. Whoever runs the loop looks at it after
    each step, saves, and ends: as soon as the step is over, and no step takes ten seconds but those
    of networks that are too large for the machine. A second signal does not wait, and loses the
    step. The handlers of before are put back on the way out. A SIGHUP that nohup has set to be
    ignored stays ignored.

    Python gives signals to the main thread alone; in any other this does nothing.

    **Raises**  KeyboardInterrupt, with the number of the second signal, wherever the program then
    is.
    """

    def __init__(self) -> None:
        self.signal: int | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Interrupt:
        if threading.current_thread() is threading.main_thread():
            always = (signal.SIGINT, signal.SIGTERM)  # a script's `minigan train &` ignores SIGINT
            heeded = [n for n in SIGNALS if n in always or signal.getsignal(n) != signal.SIG_IGN]
            self._before = {number: signal.signal(number, self._note) for number in heeded}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            # None means that the handler was not installed from Python: it cannot be put back
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.signal is not None:
            raise KeyboardInterrupt(number)
        self.signal = number
