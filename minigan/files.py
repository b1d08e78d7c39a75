"""Files that are there whole or not at all: written beside their place, then moved onto it.

A run can end at any moment (a full disk, a pulled plug, an impatient Ctrl-C). Whoever opens one of
its files finds the last one that was finished, never half of the next.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
