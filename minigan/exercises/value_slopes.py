"""The exercise "value-slopes": ∂V/∂a on data and on samples."""

from __future__ import annotations

import numpy as np

from minigan.activations import sigmoid
from minigan.exercises.exercise import Answer, Exercise, Trial, named
from minigan.exercises.tails import ENDS, tails
from minigan.objectives import value_slopes


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """Random logits; with `square` small ones, else some of ±1000, and the tails at ±40."""
    m = 5
    a_real, a_fake = 2 * rng.normal(size=(m, 1)), 2 * rng.normal(size=(m, 1))
    if not square:
        a_real[:2, 0], a_fake[:2, 0] = (1000, -1000), (1000, -1000)
    da_real, da_fake = value_slopes(a_real, a_fake)
    right = {"da_real": da_real, "da_fake": da_fake}
    given = named(answer.slopes(a_real, a_fake), tuple(right))
    if not square:
        at_ends = named(answer.slopes(ENDS, ENDS), tuple(right))
        of_ends = dict(zip(right, value_slopes(ENDS, ENDS), strict=True))
        ratios, ones, lost = tails(at_ends, of_ends)
        return Trial(given | ratios, right | ones, lost, m)
    D_real, D_fake = sigmoid(a_real), sigmoid(a_fake)
    mistakes = {
        "the two slopes are exchanged: data pull their logits up, samples push theirs down.": {
            "da_real": da_fake,
            "da_fake": da_real,
        },
        "da_real is D(x)/m, expected (1 - D(x))/m: the slope of log σ(a) is σ(-a), and an example "
        "that D is sure of and right about must do nothing.": {"da_real": D_real / m},
        "da_fake is -(1 - D)/m, expected -D/m: the slope of log(1 - σ(a)) is -σ(a), and a sample "
        "that D sees through must do nothing.": {"da_fake": -(1 - D_fake) / m},
        "da_fake is σ(-a)/m, the slope of data: a sample's term is log(1 - σ(a)), whose slope is "
        "-σ(a).": {"da_fake": (1 - D_fake) / m},
        "the slopes are those in D, 1/D and -1/(1 - D): expected those in the logit, after one "
        "more factor dD/da = D (1 - D).": {
            "da_real": 1 / D_real / m,
            "da_fake": -1 / (1 - D_fake) / m,
        },
        "the factor D (1 - D) of the sigmoid is in the slopes twice.": {
            "da_real": da_real * D_real * (1 - D_real),
            "da_fake": da_fake * D_fake * (1 - D_fake),
        },
        "both are the slope of the sigmoid: the logarithm divides one factor out.": {
            "da_real": D_real * (1 - D_real) / m,
            "da_fake": -D_fake * (1 - D_fake) / m,
        },
        "V is descended: both slopes have the wrong sign, D climbs V.": {
            "da_real": -da_real,
            "da_fake": -da_fake,
        },
        "the 1/m of the two means is missing: the slopes would grow with the batch.": {
            "da_real": da_real * m,
            "da_fake": da_fake * m,
        },
    }
    return Trial(given, right, mistakes, m)


EXERCISE = Exercise("value-slopes", "09-the-game", "V's slopes on the logits", ("slopes",), trial)
