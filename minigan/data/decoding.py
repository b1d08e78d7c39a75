"""One picture file, decoded by Pillow, with nothing in it believed.

A picture may come from a stranger. Four formats are decoded, whatever the file is called: Pillow
knows forty more, among them some that call other programs. What the header declares is compared
with the file before a pixel is decoded, and whatever Pillow raises over damage is one sentence that
names the file.
"""

from __future__ import annotations

import contextlib
import math
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from minigan.data.dataset import DataError
from minigan.files import open_file
from minigan.npy import DEFLATE

FORMATS = ("PNG", "JPEG", "BMP", "GIF")
GREY = ("1", "L", "LA")  # Pillow's names for pictures without colour
COLOUR = ("P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "HSV", "LAB")
ORIENTATION = 0x0112  # the EXIF tag of a camera's rotation
HEAVIEST = 2**28  # bytes of a file: as many as Pillow allows pixels, three times
DENSEST = 8 * DEFLATE  # pixels in a byte of a file: PNG packs no more, and no other format as many

FEW, PAINTED = 100, 2**33  # scans of a progressive JPEG, pixels in all of them: some ten seconds

Source = tuple[str, Path]  # what an error message starts with ("train.csv row 3: "), and the file


def header(source: Source) -> tuple[str, tuple[int, int]]:
    """Mode and (width, height) of a picture, as it is to be seen.

    **Raises**  DataError as `opened`, and for pixels of more than 8 bits a channel.
    """
    with opened(source) as image:
        if image.mode not in GREY + COLOUR:
            raise DataError(
                f"{source[0]}{source[1]}: pixels of mode {image.mode}, expected 8 bits a channel; "
                "convert the picture to 8-bit grey or RGB."
            )
        turned = image.getexif().get(ORIENTATION) in (5, 6, 7, 8)  # width and height swapped
        return image.mode, image.size[::-1] if turned else image.size


def pixels(source: Source, color: bool, resize: int | None) -> Any:
    """The pixels of one picture, (h, w) or (h, w, 3) uint8, as it is to be seen.

    **Raises**  DataError as `opened`.
    """
    with opened(source) as plain:
        plain.getexif()  # kept, so that both see the same rotation: a PNG may have a second one
        image: Image.Image = ImageOps.exif_transpose(plain)
        if image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info:
            image = image.convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
        image = image.convert("RGB" if color else "L")
        if resize is not None:
            image = ImageOps.fit(image, (resize, resize), Image.Resampling.BICUBIC)
        return np.asarray(image, dtype=np.uint8)


@contextlib.contextmanager
def opened(source: Source) -> Iterator[Image.Image]:
    """Open a picture (Pillow reads its header only); what goes wrong with it names the file.

    Of an animation it is the first picture. Pillow's remarks on odd tags are not passed on.

    **Raises**  DataError for what is missing, no file, too large, damaged or of another format,
    here and from the block that works with the picture.
    """
    where = f"{source[0]}{source[1]}"
    try:
        with warnings.catch_warnings(action="ignore"), open_file(source[1]) as file:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            held = os.fstat(file.fileno()).st_size
            if held > HEAVIEST:
                raise DataError(f"{where}: {held:,} bytes, expected at most {HEAVIEST:,}.")
            with Image.open(file, formats=FORMATS) as image:
                _check_size(where, image.size, held)
                _check_scans(where, image, file)
                yield image
    except DataError:
        raise
    except FileNotFoundError as error:
        behind = ", the link leads to nothing" if os.path.islink(source[1]) else ""
        raise DataError(f"{source[0]}there is no file {source[1]}{behind}.") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DataError(f"{where}: too many pixels to be a picture ({error}).") from error
    except MemoryError as error:
        raise DataError(f"{where}: there is not enough memory for its pixels.") from error
    except Exception as error:  # Pillow has no list of what its decoders raise over damage
        if isinstance(error, OSError) and error.errno is not None:
            raise DataError(f"{where}: cannot be read ({error.strerror}).") from error
        raise DataError(
            f"{where}: cannot be read as a picture, {_reason(source[1], error)}."
        ) from error


def _check_size(where: str, size: tuple[int, int], held: int) -> None:
    """Refuse a size that the file cannot hold, before memory is spent on it."""
    if size[0] * size[1] > DENSEST * held:
        raise DataError(
            f"{where}: the header declares {size[0]} x {size[1]} pixels, more than a file of "
            f"{held:,} bytes can hold; it is damaged."
        )


def _check_scans(where: str, image: Image.Image, file: BinaryIO) -> None:
    """Refuse a progressive JPEG that paints its pixels a thousand times: hours, from a megabyte."""
    if not image.info.get("progressive"):
        return
    position = file.tell()
    file.seek(0)
    scans = file.read().count(b"\xff\xda")  # a start of scan; pixels have no such bytes
    file.seek(position)
    if scans > FEW and scans * math.prod(image.size) > PAINTED:
        raise DataError(f"{where}: a JPEG of {scans:,} scans, expected some ten; save it anew.")


def _reason(path: Path, error: Exception) -> str:
    """What is wrong with a file that Pillow does not decode."""
    if not isinstance(error, UnidentifiedImageError):
        return f"it is damaged ({' '.join(str(error).split()) or type(error).__name__})"
    with contextlib.suppress(OSError), open_file(path) as file:
        if file.read(512).lstrip()[:1] == b"<":
            return (
                "it is a web page or an SVG drawing; a failed download leaves such a file, "
                "get it again"
            )
    return f"it is damaged or of another format than {', '.join(FORMATS)}"
