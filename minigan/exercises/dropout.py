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
        _from_rng(answer)
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
    kept = np.asarray(y) != 0
    share, scale = kept.mean(), 1 / (1 - RATE)
    if abs(share - (1 - RATE)) > 0.06:  # six standard deviations of 2,000 entries
        what = (
            "the share `rate` is kept, expected the share 1 - rate."
            if abs(share - RATE) < 0.06
            else "expected 1 - rate: is each entry drawn by itself?"
        )
        raise WrongAnswer(f"{share:.0%} of the entries are kept at rate {RATE}: {what}")
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


def _from_rng(answer: Answer) -> None:
    """One seed is one mask."""
    masks = [
        _pair(answer.forward(np.ones((9, 9)), RATE, np.random.default_rng(0), True))[0]
        for _ in range(2)
    ]
    if not np.array_equal(*masks):
        raise WrongAnswer("the mask is not drawn from rng: with one seed it was another mask.")


def _in_evaluation(y: Any, dx: Any, x: Any, dy: Any) -> Trial:
    mistakes: dict[str, Any] = {
        "y is scaled by 1 - rate in evaluation: that goes with a forward that does not scale in "
        "training; here nothing happens.": {"y": x * (1 - RATE), "dx": dx}
    }
    if (y == 0).any():
        mistakes["the mask is used in evaluation, too: there y = x."] = {"y": y, "dx": dx}
    return Trial({"y": y, "dx": dx}, {"y": x, "dx": dy}, mistakes)


def _pair(results: Any) -> tuple[Any, Any]:
    if not isinstance(results, tuple) or len(results) != 2:
        raise WrongAnswer("forward returned something else than y and a cache.")
    return results


EXERCISE = Exercise(
    name="dropout",
    chapter="07-dropout-maxout-minibatch",
    about="forward and backward with one mask",
    functions=("forward", "backward"),
    trial=trial,
)
