"""A folder of pictures, or a CSV table that names pictures, as a Dataset of uint8 images."""

from __future__ import annotations

import os
import re
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps
from tqdm import tqdm

from minigan.data.dataset import DataError, Dataset
from minigan.data.idx import LARGEST

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp")
GREY = ("1", "L", "LA")  # Pillow's names for pictures without colour
COLOUR = ("P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "HSV", "LAB")
ORIENTATION = 0x0112  # the EXIF tag of a camera's rotation

Source = tuple[str, Path]  # what an error message starts with ("train.csv row 3: "), and the file


def natural(name: str) -> tuple[Any, ...]:
    """A sort key by which 2.png comes before 10.png.

    >>> sorted(["10.png", "2.png", "1.png"], key=natural)
    ['1.png', '2.png', '10.png']
    """
    parts = re.split(r"([0-9]+)", name)
    return tuple(int(part) if i % 2 else part for i, part in enumerate(parts)), name


def image_folder(folder: Path, *, resize: int | None = None, color: bool | None = None) -> Dataset:
    """The png, jpg, jpeg and bmp files of a folder, in natural order (2.png before 10.png).

    Files in sub-folders (one level) make classes: the sub-folders in natural order are the labels
    0, 1, 2, ... Hidden files are left out.

    **Parameters**  resize and color as for `read_images`.

    **Raises**  DataError when there is no such folder or no picture in it, when pictures lie both
    in the folder and in sub-folders, and as `read_images`.
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
            f"that end in {', '.join(SUFFIXES)}{_table_hint(folder)}."
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


def _table_hint(folder: Path) -> str:
    """Where the pictures of a folder are named by a table (Data/Train/train.csv): give that."""
    here = _visible(folder)
    tables = [*here, *(file for sub in here if os.path.isdir(sub) for file in _visible(sub))]
    tables = [file for file in tables if file.suffix.lower() == ".csv"]
    if not tables:
        return ""
    table = next((file for file in tables if file.name == "train.csv"), tables[0])
    return f"; for the pictures that a table names give the table, {table}"


def read_images(
    sources: list[Source], *, resize: int | None = None, color: bool | None = None
) -> Any:
    """Decode pictures into one uint8 array (n, h, w, c) with 255 for white.

    Every file's header is read first, so that a picture of another size is found before minutes of
    decoding. A camera's rotation mark is obeyed; transparent pixels become white.

    **Parameters**  resize=N crops each picture to its central square and scales it to N x N;
    color=True makes 3 channels, False 1 (grey), and None 1 when every file is grey, else 3.

    **Raises**  DataError, naming the file, for a missing or damaged picture, one of another size
    while resize is None, 16-bit pixels, and more pixels than 8 GiB hold.
    """
    if resize is not None and (isinstance(resize, bool) or not 1 <= resize <= 4096):
        raise DataError(f"resize is {resize!r}, expected a side of 1 to 4096 pixels.")
    found = [_header(source) for source in sources]
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
    for i, source in enumerate(tqdm(sources, "pictures", leave=False, disable=None, delay=1)):
        x[i] = _decode(source, color, resize).reshape(h, w, c)
    return x


def _visible(folder: Path) -> list[Path]:
    """What a folder holds, in natural order, without hidden files."""
    try:
        paths = [path for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError as error:
        raise DataError(f"{folder}: cannot be read ({error.strerror}).") from error
    return sorted(paths, key=lambda path: natural(path.name))


def _pictures(folder: Path) -> list[Path]:
    return [
        path
        for path in _visible(folder)
        if path.suffix.lower() in SUFFIXES and os.path.isfile(path)
    ]


@contextmanager
def _opened(source: Source) -> Iterator[Image.Image]:
    """Open a picture (Pillow reads its header only); what goes wrong with it names the file."""
    origin, path = source
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's remarks on odd tags; the pixels are whole
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                yield image
    except FileNotFoundError as error:
        raise DataError(f"{origin}there is no file {path}.") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DataError(f"{origin}{path}: too many pixels to be a picture ({error}).") from error
    except DataError:
        raise
    except (OSError, EOFError, ValueError, SyntaxError, struct.error) as error:
        raise DataError(
            f"{origin}{path}: cannot be read as a picture, it is damaged or of another format "
            f"({' '.join(str(error).split())})."
        ) from error


def _header(source: Source) -> tuple[str, tuple[int, int]]:
    """Mode and (width, height) of a picture, as it is to be seen."""
    with _opened(source) as image:
        if image.mode not in GREY + COLOUR:
            raise DataError(
                f"{source[0]}{source[1]}: pixels of mode {image.mode}, expected 8 bits a channel; "
                "convert the picture to 8-bit grey or RGB."
            )
        turned = image.getexif().get(ORIENTATION) in (5, 6, 7, 8)  # width and height swapped
        return image.mode, image.size[::-1] if turned else image.size


def _decode(source: Source, color: bool, resize: int | None) -> Any:
    """The pixels of one picture, (h, w) or (h, w, 3)."""
    with _opened(source) as opened:
        image: Image.Image = ImageOps.exif_transpose(opened)
        if image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info:
            image = image.convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
        image = image.convert("RGB" if color else "L")
        if resize is not None:
            image = ImageOps.fit(image, (resize, resize), Image.Resampling.BICUBIC)
        return np.asarray(image, dtype=np.uint8)
