"""Damaged files by the thousand, and what every reader of files owes whoever gives it one.

    fuzz(read, damaged(valid, random.Random(0), 10_000), errors=DataError, name="x.npy")

A reader returns or raises one of its own errors, whose message is one line and names the file. It
does so within a time and a memory, and what lies in the folder stays as it was. The readings happen
in a child process, so that a crash, a hang and a memory that never ends are findings like others:
the input that did it is kept, and the failure says where.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import struct
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # files that no disk sees
WORDS = (0, 1, 2**15 - 1, 2**16 - 1, 2**31 - 1, 2**32 - 1, 2**63 - 1, 2**64 - 1)  # -1 among them


def damaged(valid: bytes, rng: random.Random, n: int, other: bytes = b"") -> Iterator[bytes]:
    """n variations of a file: each has one to three damages, and half of them has one.

    **Parameters**  other: a second valid file, of whose parts some are put into the first; by
    default the file itself.
    """
    for _ in range(n):
        content = bytearray(valid)
        for _ in range(rng.choice((1, 1, 2, 3))):
            rng.choice(DAMAGES)(content, rng, other or valid)
        yield bytes(content)


def _cut(content: bytearray, rng: random.Random, other: bytes) -> None:
    del content[rng.randrange(len(content) + 1) :]


def _flip(content: bytearray, rng: random.Random, other: bytes) -> None:
    if content:
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)


def _overwrite(content: bytearray, rng: random.Random, other: bytes) -> None:
    start, stop = _slice(content, rng, 8)
    content[start:stop] = rng.randbytes(stop - start)


def _insert(content: bytearray, rng: random.Random, other: bytes) -> None:
    start = rng.randrange(len(content) + 1)
    content[start:start] = rng.randbytes(rng.randrange(1, 9))


def _remove(content: bytearray, rng: random.Random, other: bytes) -> None:
    start, stop = _slice(content, rng, 64)
    del content[start:stop]


def _repeat(content: bytearray, rng: random.Random, other: bytes) -> None:
    start, stop = _slice(content, rng, 64)
    content[start:start] = content[start:stop] * rng.randrange(1, 4)


def _fill(content: bytearray, rng: random.Random, other: bytes) -> None:
    start, stop = _slice(content, rng, 32)
    content[start:stop] = rng.choice((b"\0", b"\xff")) * (stop - start)


def _swap(content: bytearray, rng: random.Random, other: bytes) -> None:
    middle = rng.randrange(len(content) + 1)
    content[:] = content[middle:] + content[:middle]


def _splice(content: bytearray, rng: random.Random, other: bytes) -> None:
    """The beginning of one and the end of the other; or a part of the other at its own place."""
    start, stop = _slice(other, rng, len(other))
    if rng.random() < 0.5:
        stop = len(other)
        del content[start:]
    content[start:stop] = other[start:stop]


def _digits(content: bytearray, rng: random.Random, other: bytes) -> None:
    """Another decimal number, as headers spell lengths and versions; or another sign."""
    places = [i for i, byte in enumerate(content) if 48 <= byte <= 57]
    if places:
        at = rng.choice(places)
        content[at : at + 1] = rng.choice((b"%d" % rng.randrange(10), b"-1", b"9" * 12, b"1e99"))


def _word(content: bytearray, rng: random.Random, other: bytes) -> None:
    """An extreme number where a binary header may have a size, in either order of the bytes."""
    size, letter = rng.choice(((2, "H"), (4, "I"), (8, "Q")))
    at, word = rng.randrange(len(content) + 1), rng.choice(WORDS) % 256**size
    content[at : at + size] = struct.pack(rng.choice("<>") + letter, word)


def _slice(content: bytes | bytearray, rng: random.Random, most: int) -> tuple[int, int]:
    start = rng.randrange(len(content) + 1)
    return start, min(len(content), start + rng.randrange(1, most + 2))


DAMAGES = (
    *(_cut, _flip, _flip, _flip, _overwrite, _insert, _remove),
    *(_repeat, _fill, _swap, _splice, _digits, _word),
)


def fuzz(
    read: Callable[[Path], Any],
    inputs: Iterable[bytes],
    *,
    errors: type[Exception] | tuple[type[Exception], ...],
    name: str,
    named: str = "",
    beside: dict[str, bytes] | None = None,
    seconds: float = 2.0,
    megabytes: int = 64,
) -> Counter[str]:
    """Have each input read from a file, and return how many were "read" and how many "refused".

    **Parameters**  read: what is tested; it is given the file's path, in a folder of its own, and
    may raise AssertionError for what it should not have read. errors: what it may raise besides.
    name: of the file; named: what each message must have in it, by default the name. beside: more
    files for the folder, by name. seconds: of a core, for one reading, and 30 times as many on the
    wall, where others use the cores as well; megabytes: of memory, more than the process has, for
    any.

    **Raises**  AssertionError, which says what happened and where the input lies.
    """
    folder = Path(tempfile.mkdtemp(dir=MEMORY))
    for other, content in (beside or {}).items():
        (folder / other).parent.mkdir(parents=True, exist_ok=True)
        (folder / other).write_bytes(content)
    report, write = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of threads that the child does not have: it needs none
        child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(report)
            _limit_memory(megabytes)
            found = _read_all(read, inputs, folder / name, errors, named or name, seconds)
            os.write(write, json.dumps(found).encode())
            status = 0
        finally:
            os._exit(status)  # nothing of pytest's is to run twice
    os.close(write)
    with os.fdopen(report, "rb") as pipe:
        text = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    found = json.loads(text) if text else {"fault": _ended(status, seconds)}
    if "fault" not in found:
        shutil.rmtree(folder)
        return Counter(found)
    raise AssertionError(f"{found['fault']}\nThe input lies in {folder / name}.")


def _ended(status: int, seconds: float) -> str:
    if status in (-signal.SIGALRM, -signal.SIGPROF):
        return f"The reader took more than {seconds:g} seconds."
    how = f"by {signal.Signals(-status).name}" if status < 0 else f"with status {status}"
    return f"The reader's process ended {how}."


def _limit_memory(megabytes: int) -> None:
    """What is asked for beyond so much more than there is now ends in MemoryError."""
    pages = Path("/proc/self/statm")
    if pages.exists():
        now = int(pages.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + megabytes * 2**20,) * 2)


def _read_all(
    read: Callable[[Path], Any],
    inputs: Iterable[bytes],
    path: Path,
    errors: Any,
    named: str,
    seconds: float,
) -> dict[str, Any]:
    found: Counter[str] = Counter(read=0, refused=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    names = _names(path.parent)
    for ending in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(ending, signal.SIG_DFL)  # it ends the process, wherever that is
    for number, content in enumerate(inputs):
        path.write_bytes(content)
        _allow(seconds)
        message = None
        try:
            read(path)
        except errors as error:
            message = str(error)
        except BaseException:
            _allow(0)
            return {"fault": f"Input {number}: {traceback.format_exc()[-5000:]}"}
        _allow(0)
        if message is not None and (named not in message or len(message.splitlines()) != 1):
            fault = f"expected one line with {named!r}, got {message[:5000]!r}"
            return {"fault": f"Input {number}: {fault}"}
        if _names(path.parent) != names or path.read_bytes() != content:
            return {"fault": f"Input {number}: the reader has changed what lies in the folder."}
        found["read" if message is None else "refused"] += 1
    return dict(found)


def _allow(seconds: float) -> None:
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, 30 * seconds)


def _names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))
