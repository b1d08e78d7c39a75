"""What the words of several commands share: types of numbers, `--device`, `--json`, `--best`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TypeAlias

from minigan.backend import DEVICES

Sub: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def at_least(low: int) -> Callable[[str], int]:
    """An argparse type: an integer of `low` or more.

    **Raises**  argparse.ArgumentTypeError, when the type is used, for any other text.
    """

    def integer(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if value < low:
            raise argparse.ArgumentTypeError(f"{text!r} is not an integer of {low} or more")
        return value

    return integer


def image_shape(text: str) -> tuple[int, ...]:
    """An argparse type: 28x28x1 or 2 as a tuple of sizes.

    **Raises**  argparse.ArgumentTypeError for any other text.
    """
    sizes = text.lower().split("x")
    if not all(size.isdecimal() and int(size) > 0 for size in sizes):
        raise argparse.ArgumentTypeError(f"{text!r} is not a shape such as 28x28x1, or 2")
    return tuple(int(size) for size in sizes)


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
