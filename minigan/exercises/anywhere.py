"""The exercise "anywhere": log Σ exp of each row, on NumPy or on a GPU."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.exercises.exercise import Answer, Exercise, Trial, Values, WrongAnswer, named
from minigan.exercises.patterns import same
from minigan.exercises.pretended import Device, DeviceArray, fetched

HERE, THERE = "the result", "the result on the device"


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """Logits of the usual size first, then far ones; where NumPy's numbers are right, a device's.

    What else is asked for there (no wait, no copy, the dtype of a, no loop) is refused or counted
    while the answer runs.
    """
    a = 3 * rng.normal(size=(4, 4) if square else (5, 4))
    if not square:
        a[1:3] += np.array([[1e4], [-1e4]])
        a[3:, 0], a[3:, -1] = (-1e4, 1e4), (1e4, -1e4)
    right = {HERE: log_sum_exp(a)}
    given = named(answer.log_sum_exp(a.copy(), np), (HERE,))
    mistakes = _mistakes(a) if square else _shifts(a)
    if not same(given[HERE], right[HERE]):
        return Trial(given, right, mistakes, len(a))
    result = _on_a_device(answer, a)
    _refuse_another_dtype(answer, a.astype("float32"))
    _refuse_a_loop(answer)
    return Trial(given | {THERE: fetched(result)}, right | {THERE: right[HERE]}, mistakes, len(a))


def log_sum_exp(a: Any) -> Any:
    """What is right."""
    return _shifted(a, a.max(axis=1))


def _shifted(a: Any, c: Any) -> Any:
    """c + log Σ exp(a - c) of each row."""
    return c + np.log(np.exp(a - c[:, None]).sum(axis=1))


def _mistakes(a: Any) -> dict[str, Values]:
    right, top = log_sum_exp(a), a.max(axis=1)
    values = {
        "the largest is taken off, and not added again: log Σ exp(a - c) is log Σ exp a, less c.": (
            right - top
        ),
        "the largest is added, though it was not taken off: log Σ exp(a - c) is log Σ exp a, less "
        "c.": right + top,
        "the largest of row j is taken off column j: a.max(axis=1) has no axis of the columns; "
        "expected keepdims=True, or [:, None].": (np.log(np.exp(a - top).sum(axis=1)) + top),
        "the logarithm is that to base 2: expected the natural one.": (
            top + (right - top) / np.log(2)
        ),
        "log Σ exp is in bits: expected the natural logarithm.": right / np.log(2),
        "it is the largest of each row: log Σ exp comes near to it, and is not it.": top,
        "the exponentials are averaged: their sum is n times that.": right - np.log(a.shape[1]),
        "the sum runs down the columns (axis 0): each row has its own.": log_sum_exp(a.T),
        "the logarithm is missing: it is Σ exp a.": np.exp(right),
    }
    return {sentence: {HERE: value} for sentence, value in values.items()}


def _shifts(a: Any) -> dict[str, Values]:
    """Numbers to take off of far logits that let an exponential overflow, or all of them be 0."""
    values = {
        "what is taken off of a row is not its largest (its smallest, its mean?): an exponential "
        "overflows.": a.min(axis=1),
        "the first of each row is taken off: expected the largest, then nothing overflows.": a[
            :, 0
        ],
        "the last of each row is taken off: expected the largest, then nothing overflows.": a[
            :, -1
        ],
        "the largest of all is taken off: of a row far below it all exponentials are 0, and log 0 "
        "is no number; expected the largest of each row.": a.max(),
    }
    with np.errstate(all="ignore"):
        return {s: {HERE: _shifted(a, np.broadcast_to(c, len(a)))} for s, c in values.items()}


def _on_a_device(answer: Answer, a: Any) -> DeviceArray:
    """What the answer makes of a pretended device's array.

    **Raises**  WrongAnswer for what does not lie there, and for values that were uploaded.
    """
    device = Device()
    x = device.asarray(a)
    device.uploads = 0
    result = answer.log_sum_exp(x, device)
    if not isinstance(result, DeviceArray):
        kind = type(result).__name__
        raise WrongAnswer(f"for an array of the device the result is a {kind} of the host.")
    if device.uploads:
        raise WrongAnswer(
            "values of the host are copied to the device: numbers need not be, and arrays are made "
            "there, by xp.zeros and its like."
        )
    if not np.array_equal(fetched(x), a):
        raise WrongAnswer("log_sum_exp changes its argument on the device: compute into a new one.")
    return result


def _refuse_another_dtype(answer: Answer, a: Any) -> None:
    """float32 in, float32 out.

    **Raises**  WrongAnswer for another one.
    """
    for found in (answer.log_sum_exp(a.copy(), np), _on_a_device(answer, a)):
        if found.dtype != a.dtype:
            raise WrongAnswer(
                f"the result is {found.dtype} where a is {a.dtype}: twice the bytes, and on most "
                "GPUs far slower; a number without a dtype of its own, such as 2.0, keeps that of "
                "the array."
            )


def _refuse_a_loop(answer: Answer) -> None:
    """As many launches whatever the shape.

    **Raises**  WrongAnswer where there are not.
    """
    few, more = (_launches(answer, shape) for shape in ((4, 4), (12, 12)))
    if few != more:
        raise WrongAnswer(
            f"{few} launches for 4 rows of 4, {more} for 12 of 12: a loop in Python starts kernels "
            "in each turn; a call with axis= is as many whatever the shape."
        )


def _launches(answer: Answer, shape: tuple[int, int]) -> int:
    device = Device()
    answer.log_sum_exp(device.asarray(np.ones(shape)), device)
    return device.launches


EXERCISE = Exercise(
    name="anywhere",
    chapter="13-the-same-code-on-a-gpu",
    about="one formula for NumPy and for a GPU, without waiting",
    functions=("log_sum_exp",),
    trial=trial,
)
