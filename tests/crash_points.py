"""Everything that a process does to files, counted, so that any of it can be its last or can fail.

`watched` puts itself between Python and the system: opening to write, writing, fsync, renaming,
removing, making and removing folders. Each call is a point. A write is two of them: nothing is
written yet, and half of it is. Of the many writes of one file only the first counts, unless all are
asked for.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Act = Callable[[str, str], None]  # gets the name of the call and the file
CALLS = ("replace", "rename", "unlink", "remove", "mkdir", "rmdir")


def at(number: int, act: Act) -> Act:
    """Do nothing but at the call of that number, counted from 1."""
    count = 0

    def point(call: str, file: str) -> None:
        nonlocal count
        count += 1
        if count == number:
            act(call, file)

    return point


def die(call: str, file: str) -> None:
    """End this process as kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)


def broken(call: str, file: str) -> None:
    """A disk that fails this once."""
    raise OSError(errno.EIO, os.strerror(errno.EIO), file)


def from_then_on(number: int, act: Act) -> Act:
    """Do nothing before the call of that number."""
    count = 0

    def point(call: str, file: str) -> None:
        nonlocal count
        count += 1
        if count >= number:
            act(call, file)

    return point


def full(call: str, file: str) -> None:
    """A full disk: names can be made, moved and removed, but there is no room for content."""
    if call in ("half", "fsync", "mkdir"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), file)


def read_only(call: str, file: str) -> None:
    """A disk that has become read-only: nothing can be changed."""
    raise OSError(errno.EROFS, os.strerror(errno.EROFS), file)


def limit(size: int) -> Act:
    """Let the system refuse files of more bytes than that, from now on (RLIMIT_FSIZE)."""

    def act(call: str, file: str) -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return act


@contextmanager
def watched(point: Act, every_write: bool = False) -> Iterator[None]:
    """A context in which point(call, file) comes before each call that changes files."""
    names: dict[int, str] = {}

    class Raw(io.FileIO):
        written = False

        def write(self, content: Any) -> int:
            if self.written and not every_write:
                return super().write(content)
            self.written = True
            point("write", str(self.name))
            content = bytes(content)
            done = super().write(content[: len(content) // 2])
            point("half", str(self.name))
            return done + super().write(content[len(content) // 2 :])

    def open_file(file: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
        if not {*mode} & {*"wax+"}:
            return plain["open"](file, mode, *args, **options)
        point("open", os.fspath(file))
        raw = Raw(file, mode.replace("b", "").replace("t", ""))
        buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        if "b" in mode:
            return buffered
        _, encoding, errors, newline = (*args, *(None,) * 4)[:4]
        encoding = options.get("encoding", encoding)
        newline = options.get("newline", newline)
        return io.TextIOWrapper(buffered, encoding, errors, newline)

    def open_handle(path: Any, flags: int, *args: Any, **options: Any) -> int:
        handle = plain["os.open"](path, flags, *args, **options)
        names[handle] = os.fspath(path)
        return int(handle)

    def fsync(handle: int) -> None:
        point("fsync", names.get(handle, "?"))
        plain["fsync"](handle)

    def counted(name: str) -> Any:
        def call(path: Any, *args: Any, **options: Any) -> Any:
            point(name, os.fspath(path))
            return plain[name](path, *args, **options)

        return call

    plain = {name: getattr(os, name) for name in CALLS}
    plain |= {"open": io.open, "os.open": os.open, "fsync": os.fsync}
    builtins.open = io.open = open_file  # type: ignore[assignment]
    os.open, os.fsync = open_handle, fsync
    for name in CALLS:
        setattr(os, name, counted(name))
    try:
        yield
    finally:
        builtins.open = io.open = plain["open"]
        os.open, os.fsync = plain["os.open"], plain["fsync"]
        for name in CALLS:
            setattr(os, name, plain[name])
