"""A run that goes on on another device: trained on a GPU, say, and continued on a laptop's CPU.

The checkpoint is the same on either device. What follows is not, in the last digits: a GPU adds in
another order. So a run that has moved is no longer bit for bit the run that it would have been.
"""

from __future__ import annotations

from pathlib import Path

from minigan.backend import DeviceError, choose_device
from minigan.training.folder import RunError


def change_device(folder: Path, before: str, asked: str | None) -> str:
    """The device that a resumed run moves to; "" where it stays where it was.

    A run stays unless another device is asked for, also where that one would be faster.

    **Raises**  RunError when it was on a device that is not here, and no other one is asked for;
    ValueError, DeviceError for a device that is asked for.
    """
    if asked is not None and asked != before:
        return choose_device(asked)
    try:
        choose_device(before)
    except DeviceError as error:
        raise RunError(
            f"{folder}: it was trained on {before}, and {error} To go on on the CPU: --device cpu."
        ) from error
    return ""


def from_here_on(moved: str) -> str:
    """What the opening of a resumed run says of the device that it moves to, or nothing.

    >>> from_here_on("cpu"), from_here_on("")
    (', moved to cpu, where the last digits differ', '')
    """
    return f", moved to {moved}, where the last digits differ" if moved else ""
