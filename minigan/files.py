"""Files that are there whole or not at all: written beside their place, then moved onto it.

A run can end at any moment (a full disk, a pulled plug, an impatient Ctrl-C). Whoever opens one of
its files finds the last one that was finished, never half of the next. Whoever opens a file of
others has an end of it, too: no pipe that nobody fills, no device, no text beyond all bounds.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`, and move it onto `path` when the block has ended well.

    The move is one step of the file system. When the block fails, the temporary file is removed and
    `path` stays as it was.

    **Raises**  OSError, from the block or from the disk.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with replacing(Path(folder) / "log.csv") as temporary:
    ...         _ = temporary.write_text("step")
    ...     [file.name for file in Path(folder).iterdir()]
    ['log.csv']
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        yield temporary
        _to_disk(temporary)  # the bytes must be there before the name says that they are
        os.replace(temporary, path)
        _to_disk(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def open_file(path: Path) -> BinaryIO:
    """Open a file to read it, and nothing else that may have its name.

    **Raises**  OSError when there is none, and for a folder, a pipe or a device, whose reading may
    have no end.
    """
    # Without O_NONBLOCK the opening of a pipe would wait for whoever writes into it.
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.open(path, flags)
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(handle, "rb")
    os.close(handle)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise OSError(errno.EINVAL, "it is a pipe or a device, expected a file", str(path))


def read_file(path: Path, most: int) -> bytes:
    """Return what is in a file of at most so many bytes.

    **Raises**  OSError as `open_file`, and for a larger file.
    """
    with open_file(path) as file:
        size = os.fstat(file.fileno()).st_size  # read() takes what memory it is asked to fill
        if size > most:
            why = f"it has {size:,} bytes, at most {most:,} are read"
            raise OSError(errno.EFBIG, why, str(path))
        return file.read(size)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing; or, where that fails, none of them.

    **Raises**  OSError, FileExistsError where it is there already.
    """
    made = [place for place in (folder, *folder.parents) if not os.path.exists(place)]
    try:
        folder.mkdir(parents=True)
    except OSError:
        for place in made:
            with contextlib.suppress(OSError):
                place.rmdir()
        raise


def write_array(path: Path, array: Any) -> None:
    """Write an array as a .npy file, whole or not at all.

    numpy.save into a file hands its bytes to the C library, and does not hear when a full disk
    takes only some of them.

    **Raises**  OSError from the disk.
    """
    content = io.BytesIO()
    np.save(content, array, allow_pickle=False)
    with replacing(path) as temporary:
        temporary.write_bytes(content.getvalue())


def remove_leftovers(folder: Path, *names: str) -> None:
    """Remove the temporary files that a killed process could not remove itself, and no others'.

    **Parameters**  names: of the files that they were to become, or patterns: "*", "samples/*.npy".
    """
    for name in names:
        place, _, last = name.rpartition("/")
        for temporary in folder.glob(f"{place}/.{last}.tmp".lstrip("/")):
            temporary.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
