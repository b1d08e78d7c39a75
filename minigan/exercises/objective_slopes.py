"""The exercise "objective-slopes": the slopes of G's two objectives on the logits."""

from __future__ import annotations

import numpy as np

from minigan.activations import sigmoid
from minigan.exercises.exercise import Answer, Exercise, Trial, named
from minigan.exercises.tails import ENDS, tails
from minigan.objectives import MINIMAX, NON_SATURATING


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """Random logits; with `square` small ones, else some of ±1000, and the tails at ±40."""
    m = 6
    a = 2 * rng.normal(size=(m, 1))
    if not square:
        a[:2, 0] = 1000, -1000
    right = {"minimax": MINIMAX.slope(a), "non_saturating": NON_SATURATING.slope(a)}
    given = named(answer.slopes(a), tuple(right))
    if not square:
        at_ends = named(answer.slopes(ENDS), tuple(right))
        of_ends = {"minimax": MINIMAX.slope(ENDS), "non_saturating": NON_SATURATING.slope(ENDS)}
        ratios, ones, lost = tails(at_ends, of_ends)
        return Trial(given | ratios, right | ones, lost, m)
    D = sigmoid(a)
    mistakes = {
        "the two slopes are exchanged: minimax is the one that vanishes where D is sure (a ≪ 0).": {
            "minimax": right["non_saturating"],
            "non_saturating": right["minimax"],
        },
        "both slopes have the wrong sign: log(1 - σ(a)) falls as a rises, and so does -log σ(a).": {
            name: -slope for name, slope in right.items()
        },
        "non_saturating has the wrong sign: the loss is -log σ(a), and the minus is missing.": {
            "non_saturating": -right["non_saturating"]
        },
        "non_saturating is the slope of minimax: -log σ(a) has the slope -σ(-a), not -σ(a).": {
            "non_saturating": right["minimax"]
        },
        "minimax is the slope of non-saturating: log(1 - σ(a)) has the slope -σ(a), not -σ(-a).": {
            "minimax": right["non_saturating"]
        },
        "non_saturating is that of -log(1 - σ(a)), σ(a)/m: expected that of -log σ(a).": {
            "non_saturating": -right["minimax"]
        },
        "minimax is that of log σ(a), σ(-a)/m: expected that of log(1 - σ(a)).": {
            "minimax": -right["non_saturating"]
        },
        "these are the slopes in D, -1/(1 - D) and -1/D: expected those in the logit, after one "
        "more factor dD/da = D (1 - D).": {
            "minimax": -1 / (1 - D) / m,
            "non_saturating": -1 / D / m,
        },
        "non_saturating is constant, as if every sample were seen through: it is -(1 - D)/m.": {
            "non_saturating": np.full_like(a, -1 / m)
        },
        "the factor D (1 - D) of the sigmoid is in the slopes twice.": {
            name: slope * D * (1 - D) for name, slope in right.items()
        },
        "both are the slope of the sigmoid: the logarithm divides one factor out.": dict.fromkeys(
            right, -D * (1 - D) / m
        ),
        "the 1/m of the mean is missing in both: the slopes would grow with the batch.": {
            name: slope * m for name, slope in right.items()
        },
    }
    return Trial(given, right, mistakes, m)


EXERCISE = Exercise(
    name="objective-slopes",
    chapter="10-minimax-and-non-saturating",
    about="the slopes of G's two objectives",
    functions=("slopes",),
    trial=trial,
)
