"""Files that are there whole or not at all: written beside their place, then moved onto it.

A run can end at any moment (a full disk, a pulled plug, an impatient Ctrl-C). Whoever opens one of
its files finds the last one that was finished, never half of the next.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


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


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files, at any depth, that a killed process could not remove itself."""
    for temporary in folder.rglob(".*.tmp"):
        temporary.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
