"""Every reader of pictures and tables, with valid files to be damaged: see fuzz_readers.py."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from fuzz_readers import Reader
from PIL import Image, PngImagePlugin

from minigan.data import DataError, Dataset, load

PIXELS = np.random.default_rng(0).integers(0, 256, (6, 5, 3), "u1")
TABLE = b'filename,label\n0.png,7\n"1.png",cat\nInside/2.png,-3\n../0.png,12\n'
MARKS = b'\xef\xbb\xbffilename;label\r\n0.png;7\r\n"1.png";7\r\n'
NUMBERS = b'a,label,"c"\n1,0,2.5e3\n-4,1,.5\n+7,0,-8E-2\n'


def saved(mode: str, format: str, **options: Any) -> bytes:
    """A picture as Pillow writes it."""
    content = io.BytesIO()
    Image.fromarray(PIXELS).convert(mode).save(content, format, **options)
    return content.getvalue()


def turned(orientation: int = 6) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def texts() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Title", "a picture", zip=True)
    info.add_itxt("XML:com.adobe.xmp", '<x tiff:Orientation="6"/>')
    return info


def pngs() -> tuple[bytes, ...]:
    film = [Image.new("RGB", (5, 6), (i, 2, 3)) for i in range(3)]
    tags = {"pnginfo": texts(), "icc_profile": b"profile", "dpi": (3, 4)}
    return (
        *(saved(mode, "PNG") for mode in ("1", "L", "LA", "RGB", "RGBA")),
        saved("P", "PNG", transparency=bytes(range(9)), exif=turned(), **tags),
        saved("L", "PNG", transparency=3),
        saved("RGB", "PNG", save_all=True, append_images=film, loop=2),
    )


def jpegs() -> tuple[bytes, ...]:
    return (
        *(saved(mode, "JPEG") for mode in ("L", "RGB", "CMYK")),
        saved("RGB", "JPEG", progressive=True, exif=turned(8), icc_profile=b"x", comment=b"hi"),
        saved("RGB", "MPO", save_all=True, append_images=[Image.fromarray(PIXELS)]),
    )


def bmps() -> tuple[bytes, ...]:
    return (*(saved(mode, "BMP") for mode in ("1", "L", "P", "RGB", "RGBA")), RUNS)


def gifs() -> tuple[bytes, ...]:
    film = [Image.fromarray(np.roll(PIXELS, i, 0)).convert("P") for i in (1, 2)]
    return (
        saved("L", "GIF"),
        saved("P", "GIF", transparency=4, interlace=True),
        saved("P", "GIF", save_all=True, append_images=film, duration=9, loop=1, comment=b"hi"),
    )


# A BMP in runs (RLE8), which Pillow reads and does not write: 4 x 2 pixels, a palette of two.
_RUNS = b"\x03\x01\x01\x00\x00\x00\x00\x02\x01\x00\x03\x01\x00\x01"
RUNS = (
    b"BM"
    + struct.pack("<IHHI", 62 + len(_RUNS), 0, 0, 62)
    + struct.pack("<IiiHHIIiiII", 40, 4, 2, 1, 8, 1, len(_RUNS), 0, 0, 2, 2)
    + b"\0\0\0\0\xff\xff\xff\0"
    + _RUNS
)


def resealed(content: bytes) -> bytes:
    """A PNG whose checksums are right again, so that its chunks are looked into."""
    sealed, at = content[:8], 8
    while at + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        chunk = content[at + 4 : at + 8 + length]
        sealed += content[at : at + 4] + chunk + struct.pack(">I", zlib.crc32(chunk))
        at += 12 + length
    return sealed + content[at:]


def every_other_resealed(inputs: Iterator[bytes]) -> Iterator[bytes]:
    for i, content in enumerate(inputs):
        yield resealed(content) if i % 2 else content


def check(data: Dataset, n: int) -> None:
    assert data.kind == "images"
    assert len(data) == n
    assert data.x.dtype == np.uint8
    assert data.shape[2] in (1, 3)


def read_folder(path: Path) -> None:
    check(load(path.parent), 1)


def read_folder_resized(path: Path) -> None:
    data = load(path.parent, resize=4, color=True)
    check(data, 1)
    assert data.shape == (4, 4, 3)


def read_pictures(path: Path) -> None:
    data = load(path)
    if data.kind == "images":
        check(data, len(data))
        assert set(data.x[:, 0, 0, 0].tolist()) <= {1, 2, 3}, "a picture of another folder"


def read_numbers(path: Path) -> None:
    data = load(path)
    assert data.kind == "vectors"
    assert np.isfinite(data.x).all()


def flat(value: int) -> bytes:
    content = io.BytesIO()
    Image.new("L", (2, 2), value).save(content, "PNG")
    return content.getvalue()


def readers() -> dict[str, Reader]:
    """The table: a folder with one picture in it, or a table."""
    beside = {"here/0.png": flat(1), "here/1.png": flat(2), "here/Inside/2.png": flat(3)}
    return {
        "png": Reader(pngs(), read_folder, DataError, "0.png"),
        "jpeg": Reader(jpegs(), read_folder, DataError, "0.jpg"),
        "bmp": Reader(bmps(), read_folder_resized, DataError, "0.bmp"),
        "gif": Reader(gifs(), read_folder, DataError, "0.png"),
        "csv of pictures": Reader(
            (TABLE, TABLE.replace(b"../0.png,12\n", b""), MARKS),
            *(read_pictures, DataError, "here/train.csv", "train.csv"),
            beside=beside | {"0.png": flat(9)},
        ),
        "csv of numbers": Reader(
            (NUMBERS, NUMBERS.replace(b"label", b"b"), b"1\t2\r\n3\t4\r\n"),
            *(read_numbers, DataError, "numbers.csv"),
        ),
    }
