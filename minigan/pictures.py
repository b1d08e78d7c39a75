"""Pictures made of samples that are images: grids of them, and films of grids.

Pillow makes them, and is not imported before a picture is asked for. The same numbers give the same
bytes.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from minigan.files import replacing
from minigan.limits import check_integer, check_path, sentence

if TYPE_CHECKING:
    from PIL import Image

WIDTH = 600  # what grids aim at, in pixels
GAP, GREY = 2, 96  # the line between two images of a grid: its pixels, its colour
FILM_FRAMES = 60  # a film has no more, however long the run


def grid(images: Any, columns: int | None = None) -> Any:
    """Lay out images side by side, row by row, near to a square, each enlarged by a whole factor.

    The factor brings the width nearest to 600 pixels; pixels become squares, nothing is smoothed.

    **Shapes**  images (n, h, w, c) uint8 with c = 1 or 3 → (height, width, c) uint8. Other c are
    shown as the mean over the channels.

    **Parameters**  columns: 1 or more, or None for as many as make it near to a square.

    **Raises**  TypeError, ValueError for no images, another shape or dtype, and no such columns.

    >>> grid(np.full((4, 8, 8, 1), 255, dtype=np.uint8)).shape
    (594, 594, 1)
    """
    if columns is not None:
        check_integer("grid", "columns", columns)
    images = np.asarray(images)
    if images.ndim != 4 or images.dtype != np.uint8 or not images.size:
        raise ValueError(
            f"grid: images are {images.dtype} of shape {images.shape}, expected uint8 (n, h, w, c)."
        )
    n, h, w, c = images.shape
    if c not in (1, 3):
        images, c = images.mean(axis=3, keepdims=True).astype(np.uint8), 1
    columns = columns or min(n, math.ceil(math.sqrt(n * h / w)))
    rows = math.ceil(n / columns)
    scale = max(1, round((WIDTH - GAP * (columns - 1)) / (columns * w)))
    images = images.repeat(scale, axis=1).repeat(scale, axis=2)
    h, w = h * scale, w * scale
    picture = np.full((rows * (h + GAP) - GAP, columns * (w + GAP) - GAP, c), GREY, dtype=np.uint8)
    for i, image in enumerate(images):
        top, left = i // columns * (h + GAP), i % columns * (w + GAP)
        picture[top : top + h, left : left + w] = image
    return picture


def write_grid(
    path: str | Path, images: Any, columns: int | None = None, rows: Sequence[object] = ()
) -> None:
    """Write a grid of uint8 images (n, h, w, c) as a PNG file.

    **Parameters**  columns: of the grid, by default so many that it is near to a square; rows: what
    is written to the left of each row, if anything.

    **Raises**  as `grid`, and TypeError for another path or rows; OSError from the disk.
    """
    from PIL import Image

    path = check_path("write_grid", "path", path)
    if isinstance(rows, str) or not hasattr(rows, "__len__"):
        raise TypeError(sentence("write_grid", "rows", rows, "a list of names"))
    pixels = grid(images, columns)
    picture = Image.fromarray(pixels.squeeze(2) if pixels.shape[2] == 1 else pixels)
    with replacing(path) as temporary:
        (_with_names(picture, rows) if rows else picture).save(temporary, format="PNG")


def _with_names(picture: Image.Image, rows: Sequence[object]) -> Image.Image:
    """The picture of a grid with a black margin on its left that names the rows."""
    from PIL import Image, ImageDraw, ImageFont

    height = (picture.height + GAP) / len(rows)
    size = max(8, min(24, round(height / 2)))
    font, names = ImageFont.load_default(size), [str(name) for name in rows]
    margin = size + round(max(font.getlength(name) for name in names))
    named = Image.new(picture.mode, (margin + picture.width, picture.height))
    named.paste(picture, (margin, 0))
    draw = ImageDraw.Draw(named)
    white = 255 if picture.mode == "L" else (255, 255, 255)
    for i, name in enumerate(names):
        middle = (margin / 2, i * height + (height - GAP) / 2)
        draw.text(middle, name, fill=white, font=font, anchor="mm")
    return named


def write_film(path: str | Path, frames: Sequence[str | Path]) -> None:
    """Write frames, PNG files, as an animated GIF at `path` that holds its last frame.

    At most 60 of the frames are taken, evenly, the first and the last among them. All share the
    colours of a mosaic of first, middle and last, so that nothing flickers. A damaged frame is left
    out: it is no reason to have no film.

    **Raises**  TypeError for what is no path, or no list of them; ValueError without a frame that
    can be read; OSError from the disk.
    """
    from PIL import Image

    from minigan.data.decoding import opened

    path = check_path("write_film", "path", path)
    if not isinstance(frames, tuple | list):
        raise TypeError(sentence("write_film", "frames", frames, "a list of paths"))
    frames = [check_path("write_film", "one of frames", frame) for frame in frames]
    chosen = np.linspace(0, len(frames) - 1, min(len(frames), FILM_FRAMES)).round().astype(int)
    pictures = []
    for i in chosen:
        with contextlib.suppress(ValueError), opened(("", Path(frames[i]))) as picture:
            pictures.append(picture.convert("L" if picture.mode == "L" else "RGB"))
    if not pictures:
        raise ValueError("write_film: got no frames, expected at least one PNG file.")
    if pictures[0].mode == "RGB":
        palette = _common_palette(pictures)
        pictures = [p.quantize(palette=palette, dither=Image.Dither.NONE) for p in pictures]
    durations = [120] * (len(pictures) - 1) + [2500]  # milliseconds
    with replacing(path) as temporary:
        pictures[0].save(
            temporary,
            format="GIF",
            save_all=True,
            append_images=pictures[1:],
            duration=durations,
            loop=0,
        )


def _common_palette(pictures: Sequence[Image.Image]) -> Image.Image:
    from PIL import Image

    chosen = [pictures[0], pictures[len(pictures) // 2], pictures[-1]]
    width, height = pictures[0].size
    mosaic = Image.new("RGB", (width, height * len(chosen)))
    for i, picture in enumerate(chosen):
        mosaic.paste(picture, (0, i * height))
    return mosaic.quantize(256)
