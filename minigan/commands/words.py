"""What the words of several commands share: types with a range, `--device`, `--json`, `--best`.

A type says its range itself: str(type) stands in the help of each option that has it.
"""

from __future__ import annotations

import argparse
import math
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from minigan.backend import DEVICES, DeviceError, choose_device

Sub: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


@dataclass(frozen=True)
class Integer:
    """An argparse type: an integer from `least` to `most`, in the digits 0 to 9.

    **Raises**  argparse.ArgumentTypeError, when the type is used, for any other text.

    >>> str(Integer(1)), str(Integer(0, 100)), Integer(1)("12")
    ('1 to 10^9', '0 to 100', 12)
    """

    least: int
    most: int = 10**9

    def __str__(self) -> str:
        """The range."""
        return f"{_short(self.least)} to {_short(self.most)}"

    def __call__(self, text: str) -> int:
        """The integer that the text means."""
        digits = re.fullmatch("[+-]?[0-9]{1,30}", text)  # int() takes 1_000 and ５, too
        if digits is None or not self.least <= int(text) <= self.most:
            raise argparse.ArgumentTypeError(f"{cut(text)} is not an integer from {self}")
        return int(text)


@dataclass(frozen=True)
class Number:
    """An argparse type: a decimal number for which `fits` holds; `words` are the range.

    **Raises**  argparse.ArgumentTypeError, when the type is used, for any other text.

    >>> Number("0 or more", lambda number: number >= 0)("1e-3")
    0.001
    """

    words: str
    fits: Callable[[float], bool]

    def __str__(self) -> str:
        """The range."""
        return self.words

    def __call__(self, text: str) -> float:
        """The number that the text means."""
        decimal = re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", text)
        if decimal is None or not self.fits(float(text)):
            raise argparse.ArgumentTypeError(f"{cut(text)} is not a number {self}")
        return float(text)


@dataclass(frozen=True)
class Text:
    """An argparse type: a text that is not empty, as that of a shell's unset variable is.

    **Parameters**  what: such as "a folder", for the error; kind: what is made of the text.

    **Raises**  argparse.ArgumentTypeError, when the type is used, for an empty text.
    """

    what: str
    kind: type[str] | type[Path] = str

    def __call__(self, text: str) -> Any:
        """The text, or its path."""
        if not text.strip():
            raise argparse.ArgumentTypeError(f"{text!r} is empty, expected {self.what}")
        return self.kind(text)


@dataclass(frozen=True)
class File:
    """An argparse type: a file with one of these endings, in a folder that is there.

    **Raises**  argparse.ArgumentTypeError, when the type is used, for any other text.

    >>> str(File((".png", ".pdf")))
    'a .png or .pdf file in a folder that is there'
    """

    endings: tuple[str, ...]

    def __str__(self) -> str:
        """What it has to be."""
        return f"a {' or '.join(self.endings)} file in a folder that is there"

    def __call__(self, text: str) -> Path:
        """The path of the file."""
        path = Path(text)
        right = path.suffix.lower() in self.endings and os.path.isdir(path.parent)
        if not right or os.path.isdir(path):
            raise argparse.ArgumentTypeError(f"{cut(text)} is not {self}")
        return path


SECONDS = Number("above 0, 86400 at most", lambda number: 0 < number <= 86400)
PICTURE = File((".png", ".pdf"))
LARGEST = 10**6  # numbers in an example: a dense layer beside them takes gigabytes
RUN = Text("the folder of a run", Path)
SEED = Integer(0, 10**18)


def _short(n: int) -> str:
    """A round number as it is read: 10^9."""
    power = len(str(abs(n))) - 1
    return f"{'-' if n < 0 else ''}10^{power}" if power > 5 and abs(n) == 10**power else str(n)


def cut(text: str) -> str:
    """What was given, in quotes, and no more of it than a line holds."""
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


def image_shape(text: str) -> tuple[int, ...]:
    """An argparse type: 28x28x1 or 2 as a tuple of sizes, their product at most LARGEST.

    **Raises**  argparse.ArgumentTypeError for any other text.
    """
    sizes = text.lower().split("x")
    if len(sizes) not in (1, 3) or not all(re.fullmatch("0*[1-9][0-9]{0,6}", s) for s in sizes):
        raise argparse.ArgumentTypeError(f"{cut(text)} is not a shape such as 28x28x1, or 2")
    shape = tuple(int(size) for size in sizes)
    if math.prod(shape) > LARGEST:
        raise argparse.ArgumentTypeError(f"{cut(text)} is a shape of more than 10^6 numbers")
    return shape


def device_that_works(text: str) -> str:
    """An argparse type: the name of a device that this machine has.

    **Raises**  argparse.ArgumentTypeError for any other text.
    """
    try:
        choose_device(text)
    except (ValueError, DeviceError) as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def add_device(p: argparse.ArgumentParser) -> None:
    """Add --device."""
    p.add_argument(
        "--device",
        choices=("auto", *DEVICES),
        default="auto",
        help="where to compute: auto (the default) is cuda where that works and cpu elsewhere",
    )


def add_best(p: argparse.ArgumentParser) -> None:
    """Add --best."""
    p.add_argument(
        "--best",
        action="store_true",
        help="G as it was at the run's best evaluation (train --evaluate-every), not at its end",
    )


def add_json(p: argparse.ArgumentParser) -> None:
    """Add --json."""
    p.add_argument("--json", action="store_true", help="one JSON object a line, nothing else")
