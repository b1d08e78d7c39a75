"""Where a slope is tiny but not 0, its ratio to what is right is compared.

An error in it would not show beside the slopes of the usual size, and it is all that a player hears
of the examples that D is sure of.
"""

from __future__ import annotations

import numpy as np

from minigan.exercises.exercise import Values

ENDS = np.array([[-40.0], [40.0]])  # the small one of σ(-40) and σ(40) is 4e-18, and 1 - σ(40) is 0
LOST = 1e-15  # an error of a few last digits of 1
TAIL = "{} at a = ±40, divided by what is right,"


def tails(given: Values, right: Values) -> tuple[Values, Values, dict[str, Values]]:
    """The ratios of an answer's slopes at ENDS to the right ones, and what is lost there.

    Returns the results to compare, what they should be, and the mistakes that are seen in them.
    """
    ratios: Values = {}
    mistakes: dict[str, Values] = {}
    for name, slope in right.items():
        tail, shape = TAIL.format(name), np.shape(given[name])
        ratio = ratios[tail] = (np.asarray(given[name]) / slope).ravel()
        if shape != slope.shape or not np.isfinite(ratio).all():
            continue
        lost = f"{name} loses its digits where it is tiny: 1 - σ(40) is 0, and σ(-40) is not."
        held = f"{name} is far too large where it is tiny: a clipped logit, or an eps, holds it up."
        error = np.abs(given[name] - slope).max()
        if error < LOST:
            mistakes[lost] = {tail: ratio}
        elif error < 1e-5 and ratio.max() > 2:
            mistakes[held] = {tail: ratio}
    return ratios, {tail: np.ones(len(ENDS)) for tail in ratios}, mistakes
