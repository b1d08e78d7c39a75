"""Rates that change during training: functions of t, the number of updates made before."""

from __future__ import annotations

from collections.abc import Callable

Rate = float | Callable[[int], float]  # a constant, or a function of t


def check_rates(name: str, low: float, high: float, **rates: Rate) -> None:
    """Refuse a constant rate outside [low, high), in the name of the optimizer that got it.

    **Raises**  ValueError.
    """
    for key, rate in rates.items():
        if not callable(rate) and not low <= rate < high:
            bound = "of 0 or more" if high == float("inf") else f"in [{low:g}, {high:g})"
            raise ValueError(f"{name}: {key} is {rate}, expected a number {bound}.")


def decay_exponentially(start: float, divisor: float, floor: float = 0.0) -> Callable[[int], float]:
    """Divide a rate by a constant after every update: max(start / divisorᵗ, floor).

    >>> rate = decay_exponentially(0.1, divisor=2, floor=0.02)
    >>> [rate(t) for t in range(4)]
    [0.1, 0.05, 0.025, 0.02]
    """
    return lambda t: max(start * divisor**-t, floor)


def ramp_by_epoch(
    start: float, end: float, *, epochs: int, batches_per_epoch: int
) -> Callable[[int], float]:
    """Move a rate from start, in the first epoch, to end, in epoch number `epochs`, in a line.

    It changes between epochs and stays at end afterwards.

    >>> rate = ramp_by_epoch(0.5, 0.7, epochs=3, batches_per_epoch=10)
    >>> [round(rate(t), 3) for t in (0, 9, 10, 20, 1000)]
    [0.5, 0.5, 0.6, 0.7, 0.7]
    """
    return lambda t: start + (end - start) * min(t // batches_per_epoch / max(epochs - 1, 1), 1.0)
