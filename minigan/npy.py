"""Arrays as numpy.save writes them, read from files of anybody.

NumPy's own reader believes a header: it unpickles if it is allowed to, and takes what memory it is
told to take. Here nothing is unpickled, a pickle runs code, and what a header declares is compared
with what the file holds before memory is taken.
"""

from __future__ import annotations

import io
import math
import struct
import tokenize
import warnings
from typing import IO, Any

import numpy as np

LARGEST = 8 * 2**30  # bytes that one array may have; more is taken for a damaged file
DEFLATE = 1032  # zip and gzip pack at most so many bytes into one
LIKELY = 100  # ... and arrays of any use seldom more than so many
HEADER = 10_000  # bytes of a header, which has an array's dtype and shape and no more
AXES = 64  # NumPy has no more
MAGIC = b"\x93NUMPY"


def unpacked(packed: int) -> int:
    """Return how many bytes packed ones may become: more than 256 MB of almost nothing is a bomb.

    >>> unpacked(10), unpacked(10**6) == 2**28, unpacked(10**7)
    (10320, True, 1000000000)
    """
    return min(packed * DEFLATE, max(2**28, packed * LIKELY))


def read_array(file: IO[bytes], size: int) -> Any:
    """An array from an open file of so many bytes, which the header must agree with.

    **Raises**  ValueError, whose message goes on behind the name of the file; OSError.
    """
    shape, fortran, dtype = read_header(file)
    declared, held = math.prod(shape) * dtype.itemsize, size - file.tell()
    if declared != held or declared > LARGEST:
        raise ValueError(
            f"the header declares {shape} {dtype}, {declared} bytes, and the file has {held} (at "
            f"most {LARGEST} are read); it is damaged or too large"
        )
    values = file.read(held)
    if len(values) != held:
        raise ValueError(f"the file ends after {len(values)} of {held} bytes; it is damaged")
    try:
        return np.ndarray(shape, dtype, values, order="F" if fortran else "C")
    except (ValueError, TypeError) as error:
        raise ValueError(f"an array cannot have the shape {shape} ({error})") from error


def read_header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, whether it is in Fortran's order, and dtype, from where the file stands.

    **Raises**  ValueError, whose message goes on behind the name of the file; OSError.
    """
    shape, fortran, dtype = _parsed(_header(file))
    if dtype.hasobject:
        raise ValueError(
            "it holds pickled Python objects, which are never read (a pickle can run code); save "
            "it as an array of numbers"
        )
    if len(shape) > AXES or not all(type(n) is int and 0 <= n < 2**63 for n in shape):
        raise ValueError(f"an array cannot have the shape {str(shape)[:60]}; it is damaged")
    return shape, fortran, dtype


def _header(file: IO[bytes]) -> bytes:
    """The header, whose length is looked at before so much is read."""
    start = file.read(len(MAGIC) + 2)
    if start[:-2] != MAGIC or len(start) < len(MAGIC) + 2:
        raise ValueError("this is no array saved by NumPy (it does not begin like one)")
    version = start[-2], start[-1]
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f"NumPy format {version}, expected (1, 0) or (2, 0)")
    letter = "<H" if version == (1, 0) else "<I"
    count = file.read(struct.calcsize(letter))
    length = struct.unpack(letter, count)[0] if len(count) == struct.calcsize(letter) else 0
    header = file.read(min(length, HEADER + 1))
    if not 0 < length == len(header) <= HEADER:
        raise ValueError(
            "this is no array saved by NumPy (its header ends too soon, or has more than "
            f"{HEADER:,} bytes)"
        )
    return start + count + header


def _parsed(header: bytes) -> tuple[Any, bool, Any]:
    file = io.BytesIO(header)
    try:
        version = np.lib.format.read_magic(file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "(3L, 4L)" is Python 2's, and is read all the same
            if version == (1, 0):
                return np.lib.format.read_array_header_1_0(file, HEADER)
            return np.lib.format.read_array_header_2_0(file, HEADER)
    except (  # what Python's parser and NumPy's dtype raise for text that is anything at all
        ArithmeticError,
        AttributeError,
        LookupError,
        MemoryError,
        RecursionError,
        SyntaxError,
        TypeError,
        ValueError,
        tokenize.TokenError,
    ) as error:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise ValueError(f"this is no array saved by NumPy ({reason})") from error
