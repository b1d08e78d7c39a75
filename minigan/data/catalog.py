"""One call for all data: a name that minigan knows, or the path of your own."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minigan.data.arrays import idx_file, npy_file, npz_file
from minigan.data.dataset import DataError, Dataset
from minigan.data.embedded import EMBEDDED
from minigan.data.holding import part
from minigan.data.images import OTHERS, SUFFIXES, image_folder
from minigan.data.mnist import cache_folder, find, load_full
from minigan.data.published import FULL_SETS
from minigan.data.tables import csv_table
from minigan.data.toy import POINTS, TOYS
from minigan.limits import check_flag, check_kind

NAMES = (*EMBEDDED, *FULL_SETS, *TOYS)
DEFAULT = "mnist12k"
KINDS = "a folder of pictures, .csv, .npy, .npz or idx file"
HINTS = {  # what to do with files of other kinds, by their ending
    **dict.fromkeys((*SUFFIXES, *OTHERS), "; give the folder that it lies in"),
    **dict.fromkeys((".zip", ".tar", ".tgz", ".7z", ".rar"), "; unpack it, and give the folder"),
    **dict.fromkeys((".txt", ".tsv"), "; a table in it is read as csv:FILE"),
    **dict.fromkeys((".xls", ".xlsx", ".ods"), "; save it as .csv"),
}


def load(
    spec: str | os.PathLike[str] = DEFAULT,
    *,
    images: str | os.PathLike[str] | None = None,
    resize: int | None = None,
    layout: str | None = None,
    color: bool | None = None,
    hold_out: int | None = None,
    split: str = "train",
) -> Dataset:
    """The data that a name or a path means.

        mnist12k, digits8x8        ship with the package
        mnist, fashion-mnist       found on this machine or downloaded
        gaussian, ring, grid       100,000 fixed points of a toy distribution
        DIR or folder:DIR          pictures; sub-folders are classes
        FILE.csv or csv:FILE       a table of pictures (column filename) or of numbers
        FILE.npy, FILE.npz[KEY]    a saved array; idx files as MNIST's

    A name goes before a path: the folder mnist is ./mnist.

    **Parameters**  images, the folder of a CSV's pictures; resize, the side in pixels to which
    pictures are cropped and scaled; color, True for 3 channels, False for 1, None as the files
    are; layout, the axes of a saved array (NHW, NHWC, NCHW, ND); hold_out, how many examples at the
    end of the training part are not trained on; split, "train" or "test", or "validation" for those
    that are held out.

    **Raises**  DataError, in one line, for what cannot be found, read or understood, for an option
    that means nothing for this data, and for a hold_out that leaves nothing to train on; TypeError
    for what is no path, no text, no integer, or neither True nor False.

    >>> load("mnist12k")
    Dataset('mnist12k', 10000 images of shape (28, 28, 1))
    """
    check_kind("load", "spec", spec, str | os.PathLike, "a name or a path")
    if images is not None:
        check_kind("load", "images", images, str | os.PathLike, "a folder")
    if resize is not None:
        check_kind("load", "resize", resize, int | np.integer, "a side of 1 to 4096 pixels")
    if layout is not None:
        check_kind("load", "layout", layout, str, "a name of axes, such as NHWC")
    if color is not None:
        color = check_flag("load", "color", color)
    if split not in ("train", "validation", "test"):
        raise DataError(f"split is {split!r}, expected 'train', 'validation' or 'test'.")
    if split == "validation" and hold_out is None:
        raise DataError("split is 'validation', which is there with hold_out alone: say how many.")
    folder = None if images is None else Path(os.path.expanduser(os.fspath(images)))
    options = {"images": folder, "resize": resize, "layout": layout, "color": color}
    name = os.fspath(spec)
    file = "test" if split == "test" else "train"
    if isinstance(spec, str) and name in NAMES:
        _only(name, options)
        found = _load_name(name, file)
    else:
        found = _load_path(name, options, file)
    return found if split == "test" or hold_out is None else part(found, split, hold_out)


def _load_name(name: str, split: str) -> Dataset:
    if name in EMBEDDED:
        return EMBEDDED[name].load(split)
    return TOYS[name].dataset(split) if name in TOYS else load_full(FULL_SETS[name], split)


def _load_path(name: str, options: dict[str, Any], split: str) -> Dataset:
    """Data from a path, with the options that its kind knows."""
    kind, path, key = _kind(name)
    if split == "test" and kind != "npz":
        raise DataError(
            f"{name}: your own data has one part, the one to train on; only names and .npz files "
            "with x_test have a test part."
        )
    if kind == "folder":
        return image_folder(path, **_only(name, options, "resize", "color"))
    if kind == "csv":
        return csv_table(path, **_only(name, options, "images", "resize", "color"))
    known = _only(name, options, "layout")
    if kind == "npz":
        return npz_file(path, key=key, split=split, **known)
    return npy_file(path, **known) if kind == "npy" else idx_file(path, **known)


def _kind(spec: str) -> tuple[str, Path, str | None]:
    """What a spec that is no name means: the kind, the path, and the key in a .npz file."""
    prefix, colon, text = spec.partition(":")
    kind = prefix if colon and prefix in ("folder", "csv") else None
    text = os.path.expanduser(text if kind is not None else spec)
    path, key = Path(text), None
    bracket = re.fullmatch(r"(.+\.npz)\[(.+)\]", text)
    if bracket is not None and not os.path.exists(path):
        path, key = Path(bracket[1]), bracket[2]
    if not text or not os.path.exists(path):
        hint = "; nothing is fetched from an address, download it" if "://" in spec else ""
        raise DataError(
            f"there is no data named {spec[:500]!r} and no such path; the names are "
            f"{', '.join(NAMES)}; a path is {KINDS}{hint}."
        )
    if not os.path.isdir(path) and not os.path.isfile(path):
        raise DataError(f"{path}: a pipe or a device, which cannot be read twice; save it first.")
    if kind is not None:
        return kind, path, None
    suffix = path.suffix.lower()
    if os.path.isdir(path):
        return "folder", path, None
    if suffix in (".csv", ".npy", ".npz"):
        return suffix[1:], path, key
    if "idx" in path.name or suffix == ".gz":
        return "idx", path, None
    hint = HINTS.get(suffix, "")
    raise DataError(f"{path}: a file of a kind that is not read here, expected {KINDS}{hint}.")


def _only(name: str, options: dict[str, Any], *known: str) -> dict[str, Any]:
    """The options that this data knows; another one that was given is refused, not ignored."""
    for option, value in options.items():
        if value is not None and option not in known:
            raise DataError(
                f"{name}: {option} is {value} and means nothing for this data; it takes "
                f"{' and '.join(known) or 'no options'}."
            )
    return {option: options[option] for option in known}


class Entry(NamedTuple):
    """A line of `minigan data`: examples to train on, their shape, where they would come from."""

    name: str
    examples: int
    shape: tuple[int, ...]
    source: str
    licence: str


def describe() -> list[Entry]:
    """Every name with what it means on this machine; looks at folders, never at the network."""
    entries = [
        Entry(data.name, data.count, data.shape, "embedded", data.licence)
        for data in EMBEDDED.values()
    ]
    for full in FULL_SETS.values():
        found = find(full, "train")
        if found is not None:
            source = f"found at {found[0]}"
        else:
            size = sum(file.size for file in full.parts["train"]) / 1e6
            source = f"to be downloaded ({size:.0f} MB) to {cache_folder() / full.name}"
        entries.append(Entry(full.name, full.count, full.shape, source, full.licence))
    for toy in TOYS.values():
        shape = (toy.modes.shape[1],)
        entries.append(Entry(toy.name, POINTS, shape, f"drawn: {toy.text}", "none needed"))
    return entries
