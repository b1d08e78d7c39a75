"""One process at a time in a run folder: two that write the same files would spoil both."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

from minigan.training.folder import RunError

if sys.platform != "win32":
    import fcntl


class Lock:
    """The sole right to write in a run folder, until `release` or the end of the process.

    The lock is the system's own, on the folder itself: it leaves no file, and a process that is
    killed leaves no lock. Where there is none (Windows, some network disks) nobody is kept out.

    **Parameters**  folder, which is there.

    **Raises**  RunError when another process, or another run in this one, has the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._handle: int | None = None
        if sys.platform == "win32":
            return
        try:
            self._handle = os.open(folder, os.O_RDONLY)
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.release()
            if error.errno in (errno.EAGAIN, errno.EACCES):
                raise RunError(
                    f"{folder}: another process is training there; wait for its end, or stop it "
                    "with Ctrl-C."
                ) from error

    def release(self) -> None:
        """Let others in."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
