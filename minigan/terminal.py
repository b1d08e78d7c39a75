"""What the command line owes the shell that it runs in: its streams and its signals.

A stream may know only ASCII, be closed, or end on a full disk; a signal may come while nothing is
there yet to be saved. None of them is a reason for a traceback. A file's name may hold what moves a
terminal's cursor or hides a line, and a stranger may have chosen it: it is shown, never obeyed.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import signal
import sys
import threading
import unicodedata
from collections.abc import Iterator
from types import FrameType
from typing import Any

from minigan.starting import end_at_once


def lenient_streams() -> None:
    """Print what a stream's encoding lacks as "?", and names of files byte for byte."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            utf8 = stream.encoding.lower().replace("-", "") == "utf8"
            stream.reconfigure(errors="surrogateescape" if utf8 else "replace")


def flush_output() -> None:
    """Write what print has kept back.

    **Raises**  OSError when standard output is closed at its other end or full.
    """
    if sys.stdout is not None:  # it is None where the shell has closed it
        sys.stdout.flush()


def drop_output() -> None:
    """Throw away what a stream does not take: Python would try again at its end, and complain."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def say(message: str) -> None:
    """Print lines on standard output, if anybody reads them: what goes on needs no reader.

    What a stream has not taken it is asked to take again by `flush_output`, when all is done.
    """
    with contextlib.suppress(OSError):
        print(message, flush=True)


def complain(message: str) -> None:
    """Print one line on standard error, if there is one."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            print(visible(message), file=sys.stderr, flush=True)


def visible(text: str | os.PathLike[str]) -> str:
    """A text or a path on one line, with what a terminal would obey written out.

    These are control characters, line ends, and what turns the direction of writing. Bytes of names
    that are no UTF-8 stay as they are, see `lenient_streams`.

    >>> print(visible("a\\x1b[2Jb\\n.png"))
    a\\x1b[2Jb\\n.png
    """
    text = os.fspath(text)
    if text.isascii() and text.isprintable():
        return text
    text = re.sub("[\ud800-\udc7f\udd00-\udfff]", _escaped, text)  # no bytes of a name
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    return "".join(
        _escaped(sign) if unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp") else sign
        for sign in text
    )


def _escaped(sign: str | re.Match[str]) -> str:
    return str(sign if isinstance(sign, str) else sign[0]).encode("unicode_escape").decode()


def shell_word(path: str | os.PathLike[str]) -> str:
    """A path as one word of a command that can be copied; odd bytes as bash and zsh spell them.

    >>> print(shell_word("my run"), shell_word("a\\x1bb"))
    'my run' $'a\\x1bb'
    """
    text = os.fspath(path)
    if visible(text) == text and not re.search("[\ud800-\udfff]", text):
        return shlex.quote(text)
    signs = (chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}" for byte in os.fsencode(text))
    return "$'" + "".join("\\" + sign if sign in ("'", "\\") else sign for sign in signs) + "'"


class OneLineError(ValueError):
    """An error over something given, whose message a terminal can show whatever names it quotes."""

    def __init__(self, message: str) -> None:
        super().__init__(visible(message))


@contextlib.contextmanager
def announced(text: str) -> Iterator[None]:
    """A context during which a terminal shows what is being waited for; a file or pipe does not."""
    shown = sys.stderr is not None and sys.stderr.isatty()

    def show(line: str) -> None:
        if shown:
            with contextlib.suppress(OSError):
                print(line, end="", file=sys.stderr, flush=True)

    show(text)
    try:
        yield
    finally:
        show("\r" + " " * len(text) + "\r")


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """A context in which signals end the program from within, so that it cleans up.

    A signal that is ignored, as nohup does with SIGHUP, or that has a handler of somebody else's,
    is left alone.

    **Raises**  SystemExit with 128 + the number of the signal, the status that shells give, for
    SIGTERM and SIGHUP; KeyboardInterrupt for SIGINT.
    """
    before: dict[signal.Signals, Any] = {}
    if threading.current_thread() is threading.main_thread():
        answers = {"SIGINT": signal.default_int_handler, "SIGTERM": _end, "SIGHUP": _end}
        for name, answer in answers.items():
            number = getattr(signal, name, None)  # Windows has no SIGHUP
            if number is not None and signal.getsignal(number) in (signal.SIG_DFL, end_at_once):
                before[number] = signal.signal(number, answer)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
