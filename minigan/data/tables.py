"""CSV tables: one that names pictures (filename, label), or one of numbers, a vector a row."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from minigan.data.dataset import DataError, Dataset
from minigan.data.decoding import Source
from minigan.data.images import natural, read_images
from minigan.data.vectors import vectors
from minigan.files import open_file

FILE_COLUMNS = ("filename", "filepath", "image")
LABEL_COLUMN = "label"
LONGEST = 2**25  # characters of a line: some million numbers
LARGEST_FLOAT = float(np.finfo(np.float32).max)

Row = tuple[int, list[str]]  # the row number, 1 for the header, as a spreadsheet counts; the cells


def csv_table(
    path: Path,
    *,
    images: Path | None = None,
    resize: int | None = None,
    color: bool | None = None,
) -> Dataset:
    """A CSV file: pictures when it has a column filename, filepath or image, else numbers.

    Pictures are looked for in the folder images; without one in the CSV's own folder, then in
    Images/train beside it, where the usual tutorial layout Data/Train/train.csv has them. Numbers
    become vectors, one a row, standardised column by column; a header is optional. A column label
    gives labels: integers of 64 bits as they are, anything else as names, numbered in natural
    order.

    A table may come from a stranger. The files that it names must lie in the images folder, also
    when links have been followed, and addresses are not fetched. A number is written in ASCII, as
    -1.5e3 is: not 1_000, nor in the digits of other scripts.

    **Raises**  DataError, naming the row, for a missing file, a path that leads out of the images
    folder, a cell that is no number, a row of another length; for a table without rows, a column
    that is there twice, a line without end.
    """
    with _csv_errors(path), open_file(path) as binary:
        file = io.TextIOWrapper(binary, encoding="utf-8-sig", newline="")
        delimiter = max(",;\t", key=file.readline(LONGEST).count)
        file.seek(0)
        reader = csv.reader(_lines(file), delimiter=delimiter, strict=True)
        rows = ((reader.line_num, row) for row in reader if any(cell.strip() for cell in row))
        _, top = next(rows, (1, []))
        header = [cell.strip().lower() for cell in top]
        column = next((name for name in FILE_COLUMNS if name in header), None)
        for name in (column or FILE_COLUMNS[0], LABEL_COLUMN):
            if header.count(name) > 1:
                raise DataError(f"{path}: {header.count(name)} columns are named {name}; keep one.")
        if column is not None:
            return _picture_table(path, header, column, list(rows), images, resize, color)
        if images is not None or resize is not None or color is not None:
            raise DataError(
                f"{path}: the first row is {', '.join(header)[:80]!r}, expected a column named "
                f"{', '.join(FILE_COLUMNS)}, since images, resize or color was given."
            )
        if all(not cell.strip() or _numbers([cell]) is not None for cell in top):  # no header
            return _number_table(path, [""] * len(top), _chain((1, top), rows))
        return _number_table(path, header, rows)


def _picture_table(
    path: Path,
    header: list[str],
    column: str,
    rows: list[Row],
    images: Path | None,
    resize: int | None,
    color: bool | None,
) -> Dataset:
    """Read the pictures that the rows name."""
    if not rows:
        raise DataError(f"{path}: the table has a header and no rows.")
    for number, row in rows:
        _check_length(path, number, row, header)
    at = header.index(column)
    names = [(number, row[at].strip()) for number, row in rows]
    folder = images if images is not None else _images_folder(path, *names[0])
    if not os.path.isdir(folder):
        raise DataError(f"{folder}: there is no such folder of images (for {path}).")
    sources = [_inside(path, number, folder, name) for number, name in names]
    x = read_images(sources, resize=resize, color=color)
    labels = None
    if LABEL_COLUMN in header:
        labels = _labels(path, [(number, row[header.index(LABEL_COLUMN)]) for number, row in rows])
    return Dataset(path.stem, x, labels, description=f"pictures in {folder} named by {path}")


def _images_folder(path: Path, number: int, name: str) -> Path:
    """The folder that holds the first picture: the CSV's own, or Images/train beside it."""
    places = (path.parent, path.parent / "Images" / "train")
    for folder in places:
        _inside(path, number, folder, name)
        if os.path.exists(folder / name):
            return folder
    raise DataError(
        f"{path} row {number}: there is no file {_short(name)} in {places[0]} or {places[1]}; give "
        "the folder of the pictures (--images DIR)."
    )


def _inside(path: Path, number: int, folder: Path, name: str) -> Source:
    """The file that a row names, which must lie in the folder: a table may come from a stranger."""
    where = f"{path} row {number}: "
    if "://" in name:
        raise DataError(
            f"{where}{_short(name)} is an address, and nothing is fetched; download it."
        )
    if len(name) > 4096:  # as long as systems let a path be
        raise DataError(f"{where}{_short(name)} is too long for the name of a file.")
    try:
        for absolute in (os.path.abspath, os.path.realpath):  # as it is written, and behind links
            root, full = absolute(folder), absolute(os.path.join(absolute(folder), name))
            if not name or full == root or not Path(full).is_relative_to(root):
                raise DataError(
                    f"{where}{_short(name)} is not a file inside the images folder {folder}."
                )
    except DataError:
        raise
    except ValueError as error:
        raise DataError(f"{where}{_short(name)} cannot be read ({error}).") from error
    return where, folder / name


def _labels(path: Path, cells: list[tuple[int, str]]) -> Any:
    """Labels as integers: as they are, or names numbered in natural order."""
    names = [cell.strip() for _, cell in cells]
    if not any(names):
        return None
    for (number, _), name in zip(cells, names, strict=True):
        if not name:
            raise DataError(f"{path} row {number}: the label is empty, other rows have one.")
    if all(re.fullmatch("[+-]?[0-9]{1,19}", name) for name in names):
        with contextlib.suppress(OverflowError):  # beyond 64 bits they are names
            return np.array([int(name) for name in names], dtype=np.int64)
    order = {name: i for i, name in enumerate(sorted(set(names), key=natural))}
    return np.array([order[name] for name in names], dtype=np.int64)


def _number_table(path: Path, header: list[str], rows: Iterator[Row]) -> Dataset:
    """Vectors, one a row; a column named label becomes the labels."""
    label = header.index(LABEL_COLUMN) if LABEL_COLUMN in header else None
    width = len(header) - (label is not None)
    values, labels = array("d"), []
    for number, row in rows:
        _check_length(path, number, row, header)
        if label is not None:
            labels.append((number, row.pop(label)))
        line = _numbers(row)
        if line is None:
            cell = next(cell for cell in row if _numbers([cell]) is None)
            raise DataError(
                f"{path} row {number}: {_short(cell)} is no number; expected numbers only, or a "
                f"column named {', '.join(FILE_COLUMNS)} that names pictures."
            )
        if not (np.abs(line) <= LARGEST_FLOAT).all():
            raise DataError(
                f"{path} row {number}: a cell is NaN or infinite, or beyond 3.4e38, which float32 "
                "cannot hold; remove the row."
            )
        values.frombytes(line.tobytes())
    if not values:
        raise DataError(f"{path}: the table has no numbers.")
    x = np.array(values).reshape(-1, width)
    return vectors(path.stem, x, _labels(path, labels) if labels else None, f"rows of {path}")


def _numbers(row: list[str]) -> Any:
    """The cells as float64, or None when one of them is no number.

    Python's float takes more: digits of other scripts, and 1_000.
    """
    text = "".join(row)
    if "_" in text or not text.isascii():
        return None
    try:
        return np.array(row, dtype=np.float64)
    except ValueError:
        return None


def _check_length(path: Path, number: int, row: list[str], header: list[str]) -> None:
    if len(row) != len(header):
        raise DataError(
            f"{path} row {number}: {len(row)} cells, expected {len(header)} as in the first row."
        )


def _short(cell: str) -> str:
    return repr(cell if len(cell) <= 80 else f"{cell[:80]}…")


def _lines(file: TextIO) -> Iterator[str]:
    """The lines of a file, none longer than memory should hold."""
    while line := file.readline(LONGEST):
        if len(line) == LONGEST:
            raise csv.Error(f"a line has {LONGEST:,} characters or more")
        yield line


def _chain(first: Row, rows: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rows


@contextlib.contextmanager
def _csv_errors(path: Path) -> Iterator[None]:
    """Name the file when it cannot be read or is no CSV."""
    try:
        yield
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise DataError(
            f"{path}: this is no CSV file in UTF-8 ({error}); save it as one."
        ) from error
