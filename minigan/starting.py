"""The first moment of the program `minigan`: a signal ends it, for there is nothing yet to save.

Importing NumPy takes some tenths of a second, and taking everything down after the last line of
output some hundredths. A Ctrl-C in them would be a traceback through other people's files. So the
package imports this file first. Where it is imported as the program, `minigan` or `python -m
minigan`, a signal then ends the process with the status that shells give, 128 and its number, until
a command takes the signals over (terminal.py), and again when it has given them back. In every
other program this file does nothing. (What Python does before it comes here is not ours: 50 ms.)
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from itertools import pairwise
from types import FrameType


def is_the_program(argv: Sequence[str], original: Sequence[str]) -> bool:
    """Whether these are the words of `minigan` or of `python -m minigan`.

    **Parameters**  argv: sys.argv, whose first word is "-m" while Python looks for the module that
    it names; original: sys.orig_argv.

    >>> is_the_program(["/usr/bin/minigan", "train"], ["python", "/usr/bin/minigan", "train"])
    True
    >>> is_the_program(["-m", "train"], ["python", "-m", "minigan", "train"])
    True
    >>> is_the_program(["mine.py", "minigan"], ["python", "mine.py", "minigan"])
    False
    """
    first = argv[0] if argv else ""
    if first == "-m":
        return ("-m", "minigan") in pairwise(original)
    return os.path.basename(first) in ("minigan", "minigan.exe")


def end_at_once(number: int, frame: FrameType | None) -> None:
    """Answer a signal while there is nothing to save."""
    os._exit(128 + number)


if is_the_program(sys.argv, sys.orig_argv):
    signal.signal(signal.SIGINT, end_at_once)  # also where a script's `minigan &` ignores it
    for _name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, _name) and signal.getsignal(getattr(signal, _name)) == signal.SIG_DFL:
            signal.signal(getattr(signal, _name), end_at_once)
