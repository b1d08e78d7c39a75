"""The exercise "dropout": forward and backward with one mask."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.exercises.exercise import Answer, Exercise, Trial, WrongAnswer, named

RATE = 0.25


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """One forward and backward; not square: in evaluation.

    An answer may draw its mask as it likes. So the mask is read off its y, and what is compared is
    the scale of what was kept, and dx beside dy times that mask.

    **Raises**  WrongAnswer for a y of another shape, or a mask that is no mask at this rate.
    """
    if square:
        _check_seeds(answer)
    x, dy = 1 + rng.uniform(size=(40, 50)), rng.normal(size=(40, 50))
    y, cache = _pair(answer.forward(x, RATE, rng, square))
    named(y, ("y",))
    if np.shape(y) != x.shape:
        raise WrongAnswer(f"y has the shape {np.shape(y)}, expected that of x, {x.shape}.")
    dx = answer.backward(dy, cache, RATE, rng)
    named(dx, ("dx",))
    mask = np.asarray(y) / x
    if not square:
        return _in_evaluation(np.asarray(y), np.asarray(dx), x, dy)
    kept, scale = np.asarray(y) != 0, 1 / (1 - RATE)
    if np.isfinite(mask).all():
        _check_mask(kept)
    given = {"y": y, "dx": dx}
    right = {"y": x * kept * scale, "dx": dy * mask}
    ones = dy * kept
    mistakes: dict[str, Any] = {
        "y is not scaled: what is kept is multiplied by 1/(1 - rate), or its mean falls.": {
            "y": x * kept,
            "dx": ones,
        },
        "y is scaled by 1/rate, expected by 1/(1 - rate).": {
            "y": x * kept / RATE,
            "dx": ones / RATE,
        },
        "y is scaled by 1 - rate, expected by 1/(1 - rate).": {
            "y": x * kept * (1 - RATE),
            "dx": ones * (1 - RATE),
        },
        "dx is not scaled, and y is: the mask holds 1/(1 - rate) and 0.": {"dx": ones},
        "dx is dy: what was switched off in forward has no gradient.": {"dx": dy},
        "dx is dy scaled everywhere: what was switched off in forward has no gradient.": {
            "dx": dy * scale
        },
    }
    off, scaled = np.isclose(dx, 0), np.isclose(dx, dy * scale)
    if off.any() and (off | scaled).all() and (off == kept).any():  # a mask, and another one
        mistakes = {
            "the mask is redrawn in backward: it has to be the one of that forward, which is "
            "what the cache is for.": {"dx": dx}
        }
    return Trial(given, right, mistakes)


def _check_seeds(answer: Answer) -> None:
    """One seed is one mask, and another seed another one."""
    x = np.ones((40, 50))
    first, again, other = (
        _pair(answer.forward(x, RATE, np.random.default_rng(seed), True))[0] for seed in (0, 0, 1)
    )
    if not np.array_equal(first, again, equal_nan=True):
        raise WrongAnswer("the mask is not drawn from rng: with one seed it was another mask.")
    constant = np.size(first) < 2 or np.ptp(first) == 0  # no mask: what it keeps tells more
    if np.array_equal(first, other) and not constant:
        raise WrongAnswer("the mask is not drawn from rng: another seed gives the same mask.")


def _check_mask(kept: Any) -> None:
    """Each entry is drawn by itself, and kept with probability 1 - RATE.

    Two rows of 50 that are drawn so agree with probability (5/8)⁵⁰, two columns of 40 with (5/8)⁴⁰:
    one of 10,000 masks has such a pair by chance at most. The share of those that are kept is luck
    where rows or columns agree, so it comes last.
    """
    rows, columns = (len(np.unique(kept, axis=axis, return_index=True)[1]) for axis in (0, 1))
    share = kept.mean()
    if share in (0, 1):
        what = "switched off" if share == 0 else "kept"
        raise WrongAnswer(f"every entry is {what} in training, expected the share rate off.")
    if rows == 1:
        raise WrongAnswer("the mask is the same for every example: each entry is drawn by itself.")
    if columns == 1:
        raise WrongAnswer(
            "the mask is the same along a row, it switches off whole examples: each entry is drawn "
            "by itself."
        )
    if (rows, columns) != kept.shape:
        of_rows = rows / kept.shape[0] < columns / kept.shape[1]
        what = "some examples have the same mask" if of_rows else "some columns of it are equal"
        raise WrongAnswer(f"the mask repeats itself, {what}: each entry is drawn by itself.")
    if abs(share - (1 - RATE)) > 0.06:  # six standard deviations of 2,000 entries
        what = (
            "the share `rate` is kept, expected the share 1 - rate."
            if abs(share - RATE) < 0.06
            else "expected the share 1 - rate."
        )
        raise WrongAnswer(f"{share:.0%} of the entries are kept at rate {RATE}: {what}")


def _in_evaluation(y: Any, dx: Any, x: Any, dy: Any) -> Trial:
    mistakes: dict[str, Any] = {
        "y is scaled by 1 - rate in evaluation: that goes with a forward that does not scale in "
        "training; here nothing happens.": {"y": x * (1 - RATE), "dx": dx}
    }
    if (y == 0).any():
        mistakes["the mask is used in evaluation, too: there y = x."] = {"y": y, "dx": dx}
    return Trial({"y": y, "dx": dx}, {"y": x, "dx": dy}, mistakes)


def _pair(results: Any) -> tuple[Any, Any]:
    if not isinstance(results, tuple | list) or len(results) != 2:
        raise WrongAnswer("forward returned something else than y and a cache.")
    y, cache = results
    return y, cache


EXERCISE = Exercise(
    name="dropout",
    chapter="07-dropout-maxout-minibatch",
    about="forward and backward with one mask",
    functions=("forward", "backward"),
    trial=trial,
)
