"""Arrays that somebody saved: .npy, .npz and idx files, as images or as vectors.

Nothing is ever unpickled: a pickle runs code when it is read. What a header declares is compared
with what the file holds before memory is taken.
"""

from __future__ import annotations

import math
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from minigan.archive import UNREADABLE
from minigan.data.dataset import DataError, Dataset
from minigan.data.idx import read_idx
from minigan.data.vectors import vectors
from minigan.files import open_file
from minigan.limits import check_kind
from minigan.npy import read_array, unpacked

IMAGE_KEYS = {"train": ("x", "x_train", "images"), "test": ("x_test",)}
LABEL_KEYS = {"x": "y", "x_train": "y_train", "images": "labels", "x_test": "y_test"}
LAYOUTS = {"NHW": 3, "NHWC": 4, "NCHW": 4, "ND": 2}  # axes: number, height, width, channel, d
CHANNELS = (1, 3, 4)
SHOWN = 20  # names of arrays in a message


def npy_file(path: Path, *, layout: str | None = None) -> Dataset:
    """An array saved by numpy.save.

    **Parameters**  layout as for `as_dataset`.

    **Raises**  DataError when the file cannot be read or is no array of numbers; as `as_dataset`.
    """
    try:
        with open_file(path) as file:
            x = _read_array(file, str(path), os.fstat(file.fileno()).st_size)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}).") from error
    return as_dataset(x, path.stem, f"array {path}", layout=layout)


def npz_file(
    path: Path, *, key: str | None = None, layout: str | None = None, split: str = "train"
) -> Dataset:
    """One array of a file saved by numpy.savez: key, else x, x_train, images, or the only one.

    split="test" takes x_test. Labels are y, y_train, labels or y_test beside it, where these are
    integers, one for each example.

    **Raises**  DataError for a file that is damaged or no such file, and for a packed array that
    claims to become more than `minigan.npy.unpacked` allows; as `as_dataset`.
    """
    with _archive(path) as archive:
        names = [name.removesuffix(".npy") for name in archive.namelist()]
        if len(set(names)) != len(names):
            raise DataError(f"{path}: two arrays in it have the same name; save it again.")
        key = _choose_key(path, names, key, split)
        x = _read_member(archive, path, key)
        labels = None
        if LABEL_KEYS.get(key) in names:
            labels = _read_member(archive, path, LABEL_KEYS[key])
            if labels.dtype.kind not in "iu" or (labels.size,) != x.shape[:1]:
                labels = None
    return as_dataset(x, path.stem, f"array {_shown(key)} of {path}", layout=layout, labels=labels)


def read_npz_array(path: Path, key: str) -> Any:
    """The array of that name in a .npz file, as it is."""
    with _archive(path) as archive:
        return _read_member(archive, path, key)


def idx_file(path: Path, *, layout: str | None = None) -> Dataset:
    """Images from an idx file, with the labels of the file beside it that is named as MNIST's.

    **Raises**  DataError for a file of labels; as `read_idx` and `as_dataset`.
    """
    x = read_idx(path)
    if x.ndim == 1:
        raise DataError(f"{path}: this idx file holds labels, expected images; give that file.")
    beside = path.with_name(path.name.replace("images", "labels").replace("idx3", "idx1"))
    labels = read_idx(beside) if beside != path and os.path.isfile(beside) else None
    name = path.name.removesuffix(".gz")
    return as_dataset(x, name, f"idx file {path}", layout=layout, labels=labels)


def as_dataset(
    x: Any, name: str, description: str = "", *, layout: str | None = None, labels: Any = None
) -> Dataset:
    """An array as a Dataset: (n, h, w), (n, h, w, c) or (n, c, h, w) are images, (n, d) vectors.

    Images of integers must lie in 0 … 255 (white is 255, or 1 when nothing is above 1); images of
    floats in [0, 1], or in [-1, 1], which is mapped to [0, 1]. Vectors may be of any unit.

    **Parameters**  layout, one of NHW, NHWC, NCHW, ND; without it 4 axes are channels-last or
    -first by where 1, 3 or 4 stands. ND makes vectors of any array, one row for each example.

    **Raises**  DataError for another number of axes, channels that cannot be told, values outside
    the ranges above, values that are no real numbers, and as `Dataset`.
    """
    check_kind(name, "x", x, np.ndarray, "a NumPy array")
    if x.dtype.kind not in "buif":
        raise DataError(f"{name}: the array is of dtype {x.dtype}, expected real numbers.")
    layout = _layout(name, x.shape, layout)
    if isinstance(labels, np.ndarray) and labels.dtype.kind in "iu":  # or else the Dataset says why
        labels = labels.reshape(-1).astype(np.int64)
    if layout == "ND":
        rows = x.reshape(len(x), math.prod(x.shape[1:]))
        return vectors(name, rows, labels, description)
    if x.size == 0:
        raise DataError(f"{name}: the data is empty, the array has shape {x.shape}.")
    if layout == "NHW":
        x = x[..., None]
    elif layout == "NCHW":
        x = x.transpose(0, 2, 3, 1)
    x, top = _pixels(name, x)
    return Dataset(name, np.ascontiguousarray(x), labels, top, description=description)


def _layout(name: str, shape: tuple[int, ...], layout: str | None) -> str:
    """The order of the axes: as given, where it fits the shape, or as the shape tells."""
    if layout is not None:
        check_kind(name, "layout", layout, str, "a name of axes, such as NHWC")
        layout = layout.upper()
        if layout not in LAYOUTS:
            raise DataError(f"{name}: layout is {layout!r}, expected {', '.join(LAYOUTS)}.")
        if len(shape) != LAYOUTS[layout] and not (layout == "ND" and len(shape) > 2):
            raise DataError(
                f"{name}: layout {layout} needs {LAYOUTS[layout]} axes, the array is {shape}."
            )
        return layout
    if len(shape) in (2, 3):
        return "ND" if len(shape) == 2 else "NHW"
    if len(shape) != 4:
        raise DataError(
            f"{name}: the array is {shape}, expected images (n, h, w), (n, h, w, c) or "
            "(n, c, h, w), or vectors (n, d); n single numbers are x.reshape(-1, 1)."
        )
    last, first = shape[3] in CHANNELS, shape[1] in CHANNELS
    if last == first:
        raise DataError(
            f"{name}: which axis of {shape} is the channel cannot be told (1, 3 or 4 at the end or "
            "after n); say it: layout NHWC or NCHW (--layout)."
        )
    return "NHWC" if last else "NCHW"


def _pixels(name: str, x: Any) -> tuple[Any, float]:
    """The pixels as uint8 or as float32 in [0, 1], and the value of white."""
    if x.dtype.kind == "b":
        return x.astype(np.uint8), 1.0
    low, high = x.min().item(), x.max().item()
    if x.dtype.kind in "iu":
        if low < 0 or high > 255:
            raise DataError(
                f"{name}: pixels are {x.dtype} from {low} to {high}, expected 0 to 255; scale "
                "them, or say layout ND if these are vectors (--layout ND)."
            )
        return x.astype(np.uint8, copy=False), 1.0 if high == 1 else 255.0
    if not (math.isfinite(low) and math.isfinite(high)):
        with np.errstate(over="ignore"):
            return x.astype(np.float32), 1.0  # the Dataset says where
    almost = -0.1 < low < 0  # [0, 1] with rounding errors: taken for [-1, 1], black would be grey
    if almost or not -1 <= low <= high <= 1:
        advice = "clip them" if almost else "scale them"
        if low >= 0 and 2 < high <= 255:
            advice = "divide by 255, or save them as uint8"
        raise DataError(
            f"{name}: pixels are {x.dtype} from {low:.9g} to {high:.9g}, expected [0, 1] or "
            f"[-1, 1]; {advice}, or say layout ND if these are vectors (--layout ND)."
        )
    x = x.astype(np.float32)
    return ((x + 1) / 2 if low < 0 else x), 1.0


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a .npz file; what is wrong with it as an archive names the file."""
    try:
        with open_file(path) as file, zipfile.ZipFile(file) as archive:
            yield archive
    except DataError:
        raise
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except (*UNREADABLE, zlib.error) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise DataError(f"{path}: this is no .npz file, or it is damaged ({reason}).") from error


def _choose_key(path: Path, names: list[str], key: str | None, split: str) -> str:
    if key is None:
        key = next((name for name in IMAGE_KEYS[split] if name in names), None)
    if key is None and len(names) == 1 and split == "train":
        key = names[0]
    if key is None or key not in names:
        wanted = key or f"{' or '.join(IMAGE_KEYS[split])} for the {split} part"
        some = [*map(_shown, names[:SHOWN])] + ["…"] * (len(names) > SHOWN)
        raise DataError(
            f"{path}: it has no array {wanted}, only {', '.join(some) or 'none'}; name one: "
            f"{path.name}[KEY]."
        )
    return key


def _shown(name: str) -> str:
    """A name as it may stand in a sentence: anything can be one in a zip, a line's end, too."""
    return name if name.isprintable() else repr(name)


def _read_member(archive: zipfile.ZipFile, path: Path, key: str) -> Any:
    """One array of the archive."""
    where = f"{path}[{_shown(key)}]"
    name = f"{key}.npy" if f"{key}.npy" in archive.namelist() else key
    if name not in archive.namelist():
        raise DataError(f"{path}: it has no array {key}; it is another file than expected.")
    info = archive.getinfo(name)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DataError(f"{where}: packed in another way than NumPy's; save it again.")
    if info.compress_type == zipfile.ZIP_DEFLATED and info.file_size > unpacked(info.compress_size):
        raise DataError(
            f"{where}: its {info.compress_size} bytes claim to be {info.file_size} packed "
            "ones, as those of a zip bomb do; if they are data, save them unpacked: numpy.savez."
        )
    with archive.open(name) as file:
        return _read_array(file, where, info.file_size)


def _read_array(file: IO[bytes], where: str, size: int) -> Any:
    """An array in NumPy's format from a file of so many bytes."""
    try:
        return read_array(file, size)
    except ValueError as error:
        raise DataError(f"{where}: {error}.") from error
