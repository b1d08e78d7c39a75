"""What a run leaves when NaN ends it: failure.txt, for whoever comes back in the morning."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from minigan.files import replacing
from minigan.training.folder import FAILURE
from minigan.training.watch import NonFiniteError


@contextlib.contextmanager
def noted(folder: Path) -> Iterator[None]:
    """A context whose NonFiniteError leaves its sentence in the folder; that of before goes first.

    `minigan doctor` reads it.

    **Raises**  NonFiniteError, as the block does; OSError when the old file cannot be removed.
    """
    (folder / FAILURE).unlink(missing_ok=True)
    try:
        yield
    except NonFiniteError as error:
        with contextlib.suppress(OSError), replacing(folder / FAILURE) as temporary:
            temporary.write_text(f"{error}\n", encoding="utf-8")
        raise


def read_failure(folder: Path) -> str:
    """The sentence, in one line; "" where NaN did not end the run."""
    try:
        return " ".join((folder / FAILURE).read_text(encoding="utf-8", errors="replace").split())
    except FileNotFoundError:
        return ""
