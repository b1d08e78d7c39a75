"""Rates that change during training: functions of t, the number of updates made before."""

from __future__ import annotations

import math
from collections.abc import Callable

from minigan.limits import (
    NOT_NEGATIVE,
    SHARE,
    Range,
    check_integer,
    check_number,
)

Rate = float | Callable[[int], float]  # a constant, or a function of t


ONE_OR_MORE: Range = ("a number of 1 or more", lambda x: 1 <= x < math.inf)
UNDER_1: Range = ("a number in [0, 1)", SHARE[1])


def checked_rate(where: str, name: str, rate: Rate, within: Range = NOT_NEGATIVE) -> Rate:
    """A rate as an optimizer keeps it; what its schedule gives is looked at as it comes.

    **Raises**  TypeError, ValueError for a number out of its range.
    """
    return rate if callable(rate) else check_number(where, name, rate, within)


def decay_exponentially(start: float, divisor: float, floor: float = 0.0) -> Callable[[int], float]:
    """Divide a rate by a constant after every update: max(start / divisorᵗ, floor).

    **Parameters**  start, floor: rates, 0 or more; divisor: 1 or more.

    **Raises**  TypeError, ValueError for a number out of its range.

    >>> rate = decay_exponentially(0.1, divisor=2, floor=0.02)
    >>> [rate(t) for t in range(4)]
    [0.1, 0.05, 0.025, 0.02]
    """
    check_number("decay_exponentially", "start", start, NOT_NEGATIVE)
    check_number("decay_exponentially", "divisor", divisor, ONE_OR_MORE)
    check_number("decay_exponentially", "floor", floor, NOT_NEGATIVE)
    return lambda t: max(start * divisor**-t, floor)


def ramp_by_epoch(
    start: float, end: float, *, epochs: int, batches_per_epoch: int
) -> Callable[[int], float]:
    """Move a rate from start, in the first epoch, to end, in epoch number `epochs`, in a line.

    It changes between epochs and stays at end afterwards.

    **Parameters**  start, end: rates, 0 or more; epochs, batches_per_epoch: integers of 1 or more.

    **Raises**  TypeError, ValueError for a number out of its range.

    >>> rate = ramp_by_epoch(0.5, 0.7, epochs=3, batches_per_epoch=10)
    >>> [round(rate(t), 3) for t in (0, 9, 10, 20, 1000)]
    [0.5, 0.5, 0.6, 0.7, 0.7]
    """
    check_number("ramp_by_epoch", "start", start, NOT_NEGATIVE)
    check_number("ramp_by_epoch", "end", end, NOT_NEGATIVE)
    check_integer("ramp_by_epoch", "epochs", epochs)
    check_integer("ramp_by_epoch", "batches_per_epoch", batches_per_epoch)
    return lambda t: start + (end - start) * min(t // batches_per_epoch / max(epochs - 1, 1), 1.0)
