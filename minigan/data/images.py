"""A folder of pictures, or a CSV table that names pictures, as a Dataset of uint8 images."""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from minigan.data.dataset import DataError, Dataset
from minigan.data.decoding import GREY, Source, header, pixels
from minigan.data.idx import LARGEST

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp")
OTHERS = (".gif", ".webp", ".tif", ".tiff", ".heic", ".avif", ".jp2", ".svg")  # to be converted


def natural(name: str) -> tuple[Any, ...]:
    """A sort key by which 2.png comes before 10.png.

    >>> sorted(["10.png", "2.png", "1.png"], key=natural)
    ['1.png', '2.png', '10.png']
    """
    parts = re.split(r"([0-9]+)", name)
    return tuple(_size(part) if i % 2 else part for i, part in enumerate(parts)), name


def _size(digits: str) -> tuple[int, str]:
    """A key that sorts as the number does; int() takes no more than 4,300 digits."""
    digits = digits.lstrip("0")
    return len(digits), digits


def image_folder(folder: Path, *, resize: int | None = None, color: bool | None = None) -> Dataset:
    """The png, jpg, jpeg and bmp files of a folder, in natural order (2.png before 10.png).

    Files in sub-folders (one level) make classes: the sub-folders in natural order are the labels
    0, 1, 2, ... Hidden files are left out, and files with another ending. Links are followed
    wherever they lead: whoever names a folder vouches for what is in it. Nothing is written.

    **Parameters**  resize and color as for `read_images`.

    **Raises**  DataError when there is no such folder or no picture in it, when pictures lie both
    in the folder and in sub-folders, and as `read_images`; so a link that leads nowhere, a pipe, or
    an empty file that is named like a picture is refused, not passed over.
    """
    if not os.path.isdir(folder):
        raise DataError(f"{folder}: there is no such folder; expected a folder of pictures.")
    here = _pictures(folder)
    inside = {sub.name: _pictures(sub) for sub in _visible(folder) if os.path.isdir(sub)}
    classes = {name: pictures for name, pictures in inside.items() if pictures}
    if here and classes:
        raise DataError(
            f"{folder}: pictures lie both in the folder ({here[0].name}) and in its sub-folder "
            f"{next(iter(classes))}; keep them in one place, or in one sub-folder for each class."
        )
    if not here and not classes:
        raise DataError(
            f"{folder}: no picture in the folder or its sub-folders (one level); expected files "
            f"that end in {', '.join(SUFFIXES)}{_hint(folder)}."
        )
    paths = here or [path for pictures in classes.values() for path in pictures]
    labels = None
    text = f"pictures in {folder}"
    if classes:
        labels = np.repeat(np.arange(len(classes)), [len(group) for group in classes.values()])
        names = list(classes)[:10] + (["..."] if len(classes) > 10 else [])
        text += f", {len(classes)} classes: {', '.join(names)}"
    x = read_images([("", path) for path in paths], resize=resize, color=color)
    return Dataset(folder.resolve().name, x, labels, description=text)


def _hint(folder: Path) -> str:
    """What to do with a folder in which no picture is: its table, its files, or what is deeper."""
    here = _visible(folder)
    subs = [path for path in here if os.path.isdir(path)]
    inside = [file for sub in subs for file in _visible(sub)]
    tables = [file for file in (*here, *inside) if file.suffix.lower() == ".csv"]
    if tables:
        table = next((file for file in tables if file.name == "train.csv"), tables[0])
        return f"; for the pictures that a table names give the table, {table}"
    other = next((file for file in (*here, *inside) if file.suffix.lower() in OTHERS), None)
    if other is not None:
        return f"; convert {other} and others like it to PNG"
    deeper = next((sub for sub in subs for file in _visible(sub) if os.path.isdir(file)), None)
    return f"; there are folders in {deeper}, give that one" if deeper is not None else ""


def read_images(
    sources: list[Source], *, resize: int | None = None, color: bool | None = None
) -> Any:
    """Decode pictures into one uint8 array (n, h, w, c) with 255 for white.

    Every file's header is read first, so that a picture of another size is found before minutes of
    decoding. A camera's rotation mark is obeyed; transparent pixels become white; of an animation
    the first picture is taken.

    **Parameters**  resize=N crops each picture to its central square and scales it to N x N;
    color=True makes 3 channels, False 1 (grey), and None 1 when every file is grey, else 3.

    **Raises**  DataError, naming the file, for a missing or damaged picture, one that is no PNG,
    JPEG, BMP or GIF whatever it is called, one of another size while resize is None, 16-bit pixels,
    a header that declares more than its file can hold, and more pixels than 8 GiB hold.
    """
    if resize is not None and (type(resize) is not int or not 1 <= resize <= 4096):
        raise DataError(f"resize is {resize!r}, expected a side of 1 to 4096 pixels.")
    bar = partial(tqdm, sources, leave=False, disable=None, delay=1)
    found = [header(source) for source in bar("headers")]
    if resize is None:
        for source, (_, size) in zip(sources, found, strict=True):
            if size != found[0][1]:
                raise DataError(
                    f"{source[0]}{source[1]} is {size[0]} x {size[1]} pixels and "
                    f"{sources[0][1]} is {found[0][1][0]} x {found[0][1][1]}; expected one size, "
                    "give resize=N (--resize N)."
                )
    w, h = (resize, resize) if resize is not None else found[0][1]
    if color is None:
        color = any(mode not in GREY for mode, _ in found)
    c = 3 if color else 1
    needed = len(sources) * h * w * c
    if needed > LARGEST:
        raise DataError(
            f"{len(sources)} pictures of {h} x {w} x {c} need {needed / 2**30:.0f} GiB "
            f"of memory, expected at most {LARGEST // 2**30}; give resize=N (--resize N)."
        )
    x = np.empty((len(sources), h, w, c), dtype=np.uint8)
    for i, source in enumerate(bar("pictures")):
        picture = pixels(source, color, resize)
        if picture.shape[:2] != (h, w):
            raise DataError(f"{source[0]}{source[1]}: it has changed while it was read; try again.")
        x[i] = picture.reshape(h, w, c)
    return x


def _visible(folder: Path) -> list[Path]:
    """What a folder holds, in natural order, without hidden files."""
    try:
        paths = [path for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError as error:
        raise DataError(f"{folder}: cannot be read ({error.strerror}).") from error
    return sorted(paths, key=lambda path: natural(path.name))


def _pictures(folder: Path) -> list[Path]:
    """The files that are named like pictures, whatever they are; a folder may have such a name."""
    return [
        path
        for path in _visible(folder)
        if path.suffix.lower() in SUFFIXES and not os.path.isdir(path)
    ]
