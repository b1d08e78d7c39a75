"""Read the idx files that MNIST is published in, plain or gzipped.

The format, from the page of MNIST: two zero bytes, a byte for the type (0x08: unsigned bytes), a
byte for the number of dimensions, each dimension as a big-endian 32-bit integer, then the values
in row-major order. Images have three dimensions (magic number 0x0803), labels one (0x0801).
"""

from __future__ import annotations

import gzip
import math
import os
import struct
import zlib
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np

from minigan import npy
from minigan.data.dataset import DataError
from minigan.files import open_file

LARGEST = npy.LARGEST  # bytes that one file may unpack to; more is taken for a damaged file


def read_idx(path: Path) -> Any:
    """The uint8 array in an idx file.

    The size that the header declares is compared with the file before anything of that size is
    read, so that a damaged header costs no memory.

    **Raises**  DataError when the file cannot be read, is a web page, is no idx file of bytes, or
    has more or fewer values than its header says.
    """
    try:
        with open_file(path) as file:
            packed = os.fstat(file.fileno()).st_size
            start = file.read(512)
            file.seek(0)
            if start[:2] != b"\x1f\x8b":
                return _read(path, file, start, packed)
            with gzip.GzipFile(fileobj=file) as unpacked:
                return _read(path, cast(BinaryIO, unpacked), start, npy.unpacked(packed))
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(
            f"{path}: the gzip file is damaged or incomplete ({error}); get it again."
        ) from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}).") from error


def _read(path: Path, file: BinaryIO, start: bytes, most: int) -> Any:
    """Read header and values from an open file whose content is at most so many bytes."""
    if start.lstrip()[:1] == b"<":
        raise DataError(
            f"{path}: this is a web page and not data, as a failed download leaves behind; "
            "delete it and get the file again."
        )
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or not 1 <= magic[3] <= 4:
        raise DataError(
            f"{path}: this is no idx file, it starts with {magic.hex(' ') or 'nothing'}; expected "
            "00 00 08 03 (images) or 00 00 08 01 (labels)."
        )
    if magic[2] != 0x08:
        raise DataError(f"{path}: values of type 0x{magic[2]:02x}, expected 0x08, unsigned bytes.")
    header = file.read(4 * magic[3])
    if len(header) < 4 * magic[3]:
        raise DataError(f"{path}: the file ends within its header; get it again.")
    shape = struct.unpack(f">{magic[3]}I", header)
    size = math.prod(shape)
    if size == 0:  # beside a 0 the others may be anything
        raise DataError(
            f"{path}: the data is empty, its header declares {' x '.join(map(str, shape))} bytes."
        )
    held = most - 4 - len(header)
    if size > min(held, LARGEST):
        raise DataError(
            f"{path}: the header declares {' x '.join(map(str, shape))} = {size} bytes and the "
            f"file can hold at most {min(held, LARGEST)}; it is damaged, get it again."
        )
    values = file.read(size + 1)  # the one more byte shows that the file does not end
    if len(values) != size:
        found = f"only {len(values)}" if len(values) < size else "more"
        raise DataError(
            f"{path}: the header declares {' x '.join(map(str, shape))} = {size} bytes and the "
            f"file has {found}; get it again."
        )
    return np.frombuffer(values, dtype=np.uint8).reshape(shape)


def idx_header(x: Any) -> bytes:
    """The idx header of a uint8 array: header and values together are the published file.

    >>> idx_header(np.zeros((2, 3), dtype=np.uint8)).hex(" ", 4)
    '00000802 00000002 00000003'
    """
    return struct.pack(f">BBBB{x.ndim}I", 0, 0, 0x08, x.ndim, *x.shape)
