"""The exercise "softplus": ζ and σ for any logit."""

from __future__ import annotations

import numpy as np

from minigan.activations import sigmoid, softplus
from minigan.exercises.exercise import Answer, Exercise, Trial

FAR = np.array([-1e4, -1000.0, 1000.0, 1e4])
TINY = np.array([-40.0, -100.0, -600.0])
TAIL = "{} where it is tiny, divided by what is right,"


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """Logits of the usual size first, then far and tiny ones.

    Where a result is tiny, what is compared is its ratio to what is right: an error in it would not
    show beside 1.
    """
    a = np.concatenate([3 * rng.normal(size=8), [] if square else FAR])
    right = {"softplus": softplus(a), "sigmoid": sigmoid(a)}
    given = {"softplus": answer.softplus(a), "sigmoid": answer.sigmoid(a)}
    mistakes = {
        "softplus is log(1 + e^-a): the exponent has the wrong sign.": {"softplus": softplus(-a)},
        "sigmoid is 1 / (1 + e^a): the exponent has the wrong sign.": {"sigmoid": sigmoid(-a)},
        "softplus is max(a, 0) + log(1 + e^|a|): the exponent must be -|a|.": {
            "softplus": np.maximum(a, 0) + softplus(np.abs(a))
        },
        "softplus lacks max(a, 0): log(1 + e^-|a|) is right for a ≤ 0 alone.": {
            "softplus": softplus(-np.abs(a))
        },
        "softplus lacks log(1 + e^-|a|): max(a, 0) is its limit, not itself.": {
            "softplus": np.maximum(a, 0)
        },
        "sigmoid is 1 / (1 + e^-|a|): right for a ≥ 0 alone; for a < 0 the numerator is e^a.": {
            "sigmoid": sigmoid(np.abs(a))
        },
    }
    if not square:
        right |= {TAIL.format(name): np.ones(3) for name in right}
        given[TAIL.format("softplus")] = answer.softplus(TINY) / softplus(TINY)
        given[TAIL.format("sigmoid")] = answer.sigmoid(TINY) / sigmoid(TINY)
        mistakes = {
            "softplus loses what is small beside 1: log(1 + t) is 0 for t = e^-40, log1p(t) is "
            "not.": {TAIL.format("softplus"): np.zeros(3)},
            "sigmoid loses its digits where it is tiny: 1 - σ(40) is 0, σ(-40) is not.": {
                TAIL.format("sigmoid"): np.zeros(3)
            },
        }
    return Trial(given, right, mistakes)


EXERCISE = Exercise(
    name="softplus",
    chapter="03-kinks-and-slopes",
    about="log(1 + e^a) and 1 / (1 + e^-a) for any a",
    functions=("softplus", "sigmoid"),
    trial=trial,
)
