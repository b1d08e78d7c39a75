"""The full MNIST and Fashion-MNIST: find the published files on this machine, or download them.

Their files have the same names and the same shapes, so that neither tells one set from the other.
What is read is therefore compared with the SHA-256 of the published content, whether it came from
an idx file, a gzipped one, or Keras' mnist.npz.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import numpy as np

from minigan.data.arrays import read_npz_array
from minigan.data.dataset import DataError, Dataset
from minigan.data.download import fetch
from minigan.data.idx import idx_header, read_idx
from minigan.data.published import FULL_SETS, File, FullSet


def load_full(full: FullSet, split: str) -> Dataset:
    """One part of a full set, from this machine if it has it, otherwise from a mirror.

    **Raises**  DataError when a file is damaged or another one than its name says, and when there
    is neither a local file nor a mirror that serves it.
    """
    found = find(full, split)
    if found is None:
        found = download(full, split)
    x, y = (_read(full, path, file) for path, file in zip(found, full.parts[split], strict=True))
    text = f"{full.text}, {split}, from {found[0]} ({full.licence})"
    return Dataset(full.name, x[..., None], y.astype(np.int64), description=text)


def find(full: FullSet, split: str) -> tuple[Path, Path] | None:
    """Where images and labels of a part lie on this machine: the first folder that has both.

    **Raises**  DataError when MINIGAN_DATA is set to what is no folder.
    """
    for folder in _folders(full):
        paths = [_spelled(folder, file.name) for file in full.parts[split]]
        if paths[0] is not None and paths[1] is not None and not _is_sibling(full, paths[1]):
            return paths[0], paths[1]
    npz = Path(os.path.expanduser(full.npz)) if full.npz else None
    return (npz, npz) if npz is not None and os.path.isfile(npz) else None


def download(full: FullSet, split: str) -> tuple[Path, Path]:
    """Fetch images and labels of a part into the cache.

    **Raises**  DataError that says where to put the files by hand.
    """
    folder, paths = cache_folder() / full.name, []
    for file in full.parts[split]:
        path = folder / f"{file.name}.gz"
        try:
            fetch(path, [mirror + path.name for mirror in full.mirrors], file.size, file.sha256)
        except DataError as error:
            names = " and ".join(f"{file.name}.gz" for file in full.parts[split])
            given = os.environ.get("MINIGAN_DATA")
            looked = f"MINIGAN_DATA is {given!r}, which has none of this; " if given else ""
            point = "point it" if given else "set MINIGAN_DATA"
            raise DataError(
                f"{full.name}: {str(error).rstrip('.')}; {looked}put {names} into {folder}, or "
                f"{point} to the folder that has them; mnist12k ships with minigan and needs no "
                "download."
            ) from error
        paths.append(path)
    return paths[0], paths[1]


def cache_folder() -> Path:
    """Where downloads are kept: $XDG_CACHE_HOME/minigan, or ~/.cache/minigan."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "minigan"


def _folders(full: FullSet) -> list[Path]:
    """The folders to look in, in order."""
    bases = [cache_folder(), Path("data")]
    if given := os.environ.get("MINIGAN_DATA"):
        if not os.path.isdir(given):
            raise DataError(f"MINIGAN_DATA is {given!r}, which is no folder; correct or unset it.")
        bases.insert(0, Path(given))
    folders = []
    for base in bases:
        raw = sorted(base.glob(f"*/{full.torchvision}"))
        folders += [base, base / full.name, base / full.torchvision, *raw]
    return folders + [Path(os.path.expanduser(place)) for place in full.places]


def _spelled(folder: Path, name: str) -> Path | None:
    """The file in either spelling, as it is or gzipped."""
    for spelling in (name, name.replace("-idx", ".idx")):
        for path in (folder / spelling, folder / f"{spelling}.gz"):
            if os.path.isfile(path):
                return path
    return None


def _is_sibling(full: FullSet, labels: Path) -> bool:
    """Whether a labels file is that of another set here (the small file tells them apart)."""
    try:
        found = _content_hash(read_idx(labels))
    except DataError:
        return False  # damaged: reading it will say so
    return any(
        found == other.parts[split][1].content
        for other in FULL_SETS.values()
        if other.name != full.name
        for split in other.parts
    )


def _read(full: FullSet, path: Path, file: File) -> Any:
    """The content of a local file, proven to be the published one."""
    if path.suffix == ".npz":
        part = "test" if file.name.startswith("t10k") else "train"
        x = read_npz_array(path, ("x_" if "images" in file.name else "y_") + part)
    else:
        x = read_idx(path)
    if x.dtype != np.uint8 or _content_hash(x) != file.content:
        raise DataError(
            f"{path}: this is not {full.name}'s {file.name}, the SHA-256 of its content differs; "
            "it is damaged or of another data set, delete or move it and run again."
        )
    return x


def _content_hash(x: Any) -> str:
    """The SHA-256 of the idx file that would hold x."""
    return hashlib.sha256(idx_header(x) + np.ascontiguousarray(x).tobytes()).hexdigest()
