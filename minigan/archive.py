"""A zip archive that can be written in one way only, so that a single other bit is noticed.

Zip leaves much open: dates, attributes, notes, what lies between and behind the members. Nobody
looks at these bytes, and so nobody sees that they have changed. Here they are all determined by the
names and the contents of the members, and a file that has others is refused. numpy.load and every
unzip read it: nothing is compressed; each member is a header and its content, and behind the last
stand the directory and its end (PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16).
"""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from minigan.files import open_file

Members = dict[str, bytes]  # name → content, in the order of the file

VERSION = 20  # of the format that is needed to unpack it: 2.0
DATE = 1 << 5 | 1  # the first of January 1980, always: the same content gives the same bytes
UTF8 = 1 << 11  # the flag of a name that is not ASCII
RIGHTS = 0o600 << 16  # of the unpacked file: its owner may read and write
UNIX, WINDOWS = 3, 0  # who wrote it: Unix, says every file now; older ones say the truth
LARGEST, MOST = 2**32 - 2, 2**16 - 2  # bytes and members: what the format can count

# what zipfile raises for bytes that are no zip archive, each for its own kind of damage
UNREADABLE = (
    zipfile.BadZipFile,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
)


class ArchiveError(ValueError):
    """A file is no such archive; the message names it and says in one line why."""


def write(path: Path, members: Members) -> None:
    """Write the archive.

    **Raises**  ArchiveError for more than 4 GB or 65,534 members, which zip cannot count; OSError.
    """
    heads, tail = _frame(members, UNIX)
    with path.open("wb") as file:
        for head, content in zip(heads, members.values(), strict=True):
            file.write(head)
            file.write(content)
        file.write(tail)


def read(path: Path, first: str) -> Members:
    """Read the archive: the members that were written, or an error.

    The declared sizes are compared with that of the file before anything of that size is read.

    **Parameters**  first: the name of the first member, which tells the file from others.

    **Raises**  ArchiveError for a file that `write` does not write; OSError.
    """
    with open_file(path) as file:
        infos = _directory(path, file)
        if not infos or infos[0].filename != first:
            raise ArchiveError(f"{path}: not a minigan checkpoint (it has no {first}).")
        file.seek(0)
        heads, members = [], {}
        for info in infos:
            heads.append(file.read(30 + len(info.filename.encode())))
            members[info.filename] = file.read(info.file_size)
        tail = file.read()
    if len(members) != len(infos):
        raise ArchiveError(f"{path}: damaged, two of its parts have the same name.")
    if (heads, tail) not in (_frame(members, UNIX), _frame(members, WINDOWS)):
        raise ArchiveError(
            f"{path}: damaged, its checksums or the bytes between its parts are not those that it "
            "was saved with; it was not loaded. Take a copy of the file, or start a new run."
        )
    return members


def _directory(path: Path, file: BinaryIO) -> list[zipfile.ZipInfo]:
    """What the file says that it holds, as far as that can be."""
    size = file.seek(0, os.SEEK_END)
    if size > LARGEST:
        raise ArchiveError(f"{path}: no checkpoint, it is larger than {LARGEST:,} bytes.")
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
    except UNREADABLE as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ArchiveError(
            f"{path}: damaged or no checkpoint, its structure is wrong ({reason}); it was not "
            "loaded."
        ) from error
    for info in infos:
        if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
            raise ArchiveError(f"{path}: {info.filename!r} in it is not stored plainly.")
    if sum(info.file_size for info in infos) > size:
        raise ArchiveError(f"{path}: damaged, its parts claim to be larger than it is.")
    return infos


def _frame(members: Members, system: int = UNIX) -> tuple[list[bytes], bytes]:
    """What stands before each content, and what behind the last: the directory and its end."""
    heads: list[bytes] = []
    directory: list[bytes] = []
    at = 0
    for name, content in members.items():
        raw, size, flags = name.encode(), len(content), 0 if name.isascii() else UTF8
        if len(heads) == MOST or at + size > LARGEST:
            raise ArchiveError(
                f"these are {len(members):,} arrays of {sum(map(len, members.values())):,} bytes, "
                f"a checkpoint takes {MOST:,} of {LARGEST:,} bytes together."
            )
        # version, flags, not compressed, time and date, checksum, size packed and unpacked, lengths
        facts = struct.pack(
            *("<5H3L2H", VERSION, flags, 0, 0, DATE),
            *(zlib.crc32(content), size, size, len(raw), 0),
        )
        heads.append(b"PK\3\4" + facts + raw)
        # who wrote it; then no comment, the first disk, no kind, rights, where its header stands
        directory += [b"PK\1\2", bytes((VERSION, system)), facts]
        directory += [struct.pack("<3H2L", 0, 0, 0, RIGHTS, at), raw]
        at += len(heads[-1]) + size
    tail, n = b"".join(directory), len(members)
    return heads, tail + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, n, n, len(tail), at, 0)
