"""Checkpoints: arrays and a few facts in one strict file that is whole or refused.

The file is an ordinary .npz: a zip archive, not compressed, of one .npy for each array and
`minigan.json` for the rest. numpy.load opens it too, but believes it: a flipped bit in a member's
header can shift the weights silently. So the file carries a SHA-256 over all that it holds, and
`load` compares first and parses afterwards. Nothing in it is a pickle; loading runs no code.

The same arrays and facts give the same bytes, and only these are loaded: no time of day is written,
and what zip leaves open is settled in archive.py.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from minigan import archive
from minigan.archive import ArchiveError, Members
from minigan.files import replacing
from minigan.limits import check_kind, check_path
from minigan.npy import read_header

FORMAT = "minigan-checkpoint"
VERSION = 1
HEAD = "minigan.json"  # the member that says what the file is

Arrays = dict[str, Any]  # name → NumPy array


class CheckpointError(ValueError):
    """A checkpoint cannot be used; the message names the file and says in one line why."""


def save(path: str | Path, arrays: Arrays, meta: dict[str, Any]) -> None:
    """Write a checkpoint in the place of the one at `path`, which stays until the new one is whole.

    **Parameters**  path of the file; arrays: name → NumPy array of numbers; meta: a dict of what
    JSON can say.

    **Raises**  ValueError for an array of Python objects, and NaN in meta; TypeError for a masked
    array, whose gaps would be lost, and for a meta that is no JSON;
    OSError from the disk, in which case the old file is still there and no half of a new one is.
    """
    path = check_path("checkpoint", "path", path)
    check_kind("checkpoint", "arrays", arrays, dict, "a dict of NumPy arrays by name")
    check_kind("checkpoint", "meta", meta, dict, "a dict of what JSON can say")
    members = {f"{name}.npy": _npy(name, array) for name, array in sorted(arrays.items())}
    head = {"format": FORMAT, "version": VERSION, "meta": meta}
    try:
        head["sha256"] = _digest(head, members)
    except (TypeError, ValueError) as error:  # a class that JSON has not; NaN, or a circle
        why = " ".join(str(error).split())
        raise type(error)(
            f"checkpoint: meta is no JSON ({why}), expected what JSON can say."
        ) from None
    _check_keys(meta)
    with replacing(path) as temporary:
        archive.write(temporary, {HEAD: _text(head)} | members)


def _check_keys(meta: Any) -> None:
    """Refuse keys that are no texts: JSON makes the text "1" of the number 1, another key."""
    for value in meta.values() if isinstance(meta, dict) else meta:
        if isinstance(value, dict | list | tuple):
            _check_keys(value)
    if isinstance(meta, dict):
        for key in meta:
            check_kind("checkpoint", "a key of meta", key, str, "a text")


def load(path: str | Path) -> tuple[Arrays, dict[str, Any]]:
    """Read the checkpoint at `path`: the arrays and the meta that were saved, or an error.

    The arrays are read-only views of the bytes that were checked; copy what has to change.

    **Raises**  TypeError for what is no path; CheckpointError when the file is not there, is no
    checkpoint, or is not exactly what was saved.
    """
    path = check_path("checkpoint", "path", path)
    members = _read_members(path)
    head = _parse_head(path, members.pop(HEAD))
    if head.pop("sha256") != _digest(head, members):
        raise CheckpointError(
            f"{path}: damaged, its content does not have the SHA-256 checksum that it was saved "
            "with; it was not loaded. Take a copy of the file, or start a new run."
        )
    arrays = {name.removesuffix(".npy"): _array(path, name, c) for name, c in members.items()}
    return arrays, head["meta"]


def need(path: str | Path, found: Any, keys: Any, what: str) -> None:
    """Refuse a checkpoint that lacks one of the keys that the reader is about to use.

    **Raises**  CheckpointError, which names the missing keys.
    """
    missing = sorted(set(keys) - set(found))
    if missing:
        names = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
        raise CheckpointError(f"{path}: {what} {names} missing; it was saved by another network.")


@contextlib.contextmanager
def using(path: str | Path) -> Iterator[None]:
    """A context in which a checkpoint is put to use: whatever its content does, the error names it.

    The content is what was saved, but by whom? A checksum can be computed by anybody.

    **Raises**  CheckpointError.
    """
    try:
        yield
    except CheckpointError:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise CheckpointError(
            f"{path}: what it says cannot be used ({reason}); it was not saved by this minigan."
        ) from error


def like(path: str | Path, name: str, saved: Any, array: Any) -> None:
    """Refuse a saved array of another shape or dtype than the one it is for.

    **Raises**  CheckpointError.
    """
    if saved.shape != array.shape or saved.dtype != array.dtype:
        raise CheckpointError(
            f"{path}: {name} is {saved.dtype} {saved.shape}, expected {array.dtype} {array.shape}; "
            "it was saved by another network."
        )


def finite(path: str | Path, name: str, saved: Any) -> None:
    """Refuse a saved array with NaN or an infinity in it.

    **Raises**  CheckpointError.
    """
    if not np.isfinite(saved).all():
        raise CheckpointError(f"{path}: {name} has numbers in it that are not finite.")


def count(path: str | Path, found: dict[str, Any], key: str) -> int:
    """Return a fact that counts something.

    **Raises**  CheckpointError for another one than an integer of 0 or more.
    """
    number = found[key]
    if type(number) is not int or number < 0:
        raise CheckpointError(f"{path}: {key} in it is {number!r:.60}, expected 0 or more.")
    return number


def _digest(head: dict[str, Any], members: dict[str, bytes]) -> str:
    """SHA-256 over everything but itself; the lengths keep two neighbours from trading bytes."""
    sha = hashlib.sha256(_text(head))
    for name, content in sorted(members.items()):
        sha.update(f"\n{name}\n{len(content)}\n".encode())
        sha.update(content)
    return sha.hexdigest()


def _npy(name: str, array: Any) -> bytes:
    check_kind("checkpoint: arrays", "a key", name, str, "a name")
    if not isinstance(array, np.ndarray) or isinstance(array, np.ma.MaskedArray):
        kind = type(array).__name__
        raise TypeError(f"checkpoint: {name} of arrays is {kind}, expected a NumPy array.")
    file = io.BytesIO()
    try:
        np.lib.format.write_array(file, array, allow_pickle=False)
    except ValueError as error:
        raise ValueError(
            f"checkpoint: {name} of arrays holds Python objects, expected numbers."
        ) from error
    return file.getvalue()


def _read_members(path: Path) -> Members:
    """Return the raw bytes of each member; the declared sizes are checked before they are read."""
    try:
        return archive.read(path, HEAD)
    except FileNotFoundError as error:
        raise CheckpointError(f"{path}: there is no checkpoint here.") from error
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except ArchiveError as error:
        raise CheckpointError(str(error)) from error


def _parse_head(path: Path, text: bytes) -> dict[str, Any]:
    try:
        head = json.loads(text)
        as_saved = _text(head) == text  # no NaN, no second value for a key, no other spelling
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path}: damaged, its {HEAD} is not readable.") from error
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise CheckpointError(f"{path}: not a minigan checkpoint (its {HEAD} is another's).")
    if head.get("version") != VERSION:
        raise CheckpointError(
            f"{path}: its format version is {head.get('version')!r}, this minigan reads {VERSION}."
        )
    if head.keys() != {"format", "version", "meta", "sha256"} or not isinstance(head["meta"], dict):
        raise CheckpointError(f"{path}: damaged, its {HEAD} does not have the keys it must have.")
    if not as_saved:
        raise CheckpointError(f"{path}: damaged, its {HEAD} is not spelled as it was saved.")
    return head


def _text(head: dict[str, Any]) -> bytes:
    return json.dumps(head, sort_keys=True, allow_nan=False).encode()


def _array(path: Path, name: str, content: bytes) -> Any:
    """Parse one .npy whose bytes are known to be those that were saved, by whomever."""
    file = io.BytesIO(content)
    try:
        if not name.endswith(".npy"):
            raise ValueError("not a .npy")
        shape, fortran, dtype = read_header(file)
        values = np.frombuffer(content, dtype, offset=file.tell())
        return values.reshape(shape, order="F" if fortran else "C")
    except ValueError as error:
        raise CheckpointError(f"{path}: {name!r} cannot be used ({error}).") from error
