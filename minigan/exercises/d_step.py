"""The exercise "d-step": D's gradient of V, with two tapes."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.backend import Random
from minigan.exercises.exercise import Answer, Exercise, Trial, Values
from minigan.exercises.players import by_name, left_alone, players
from minigan.gan import discriminator_gradient
from minigan.objectives import value_slopes


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """Random players, data and noise; square: data and samples are single numbers."""
    m, n = 5, 1 if square else 2
    D, G = players(Random(int(rng.integers(2**31)), dtype="float64"), n)
    x, z = rng.normal(size=(m, n)) + 1, rng.normal(size=(m, 3))
    right = discriminator_gradient(D, G, x, z)
    with left_alone("D's", D=D, G=G):
        given = answer.gradient(D, G, x, z, value_slopes)
    return Trial(by_name(given, right, "D", G=G), right, _mistakes(D, G, x, z), m)


def _mistakes(D: Any, G: Any, x: Any, z: Any) -> dict[str, Values]:
    fake = G.forward(z)[0]
    (a_real, on_data), (a_fake, on_samples) = D.forward(x), D.forward(fake)
    da_real, da_fake = value_slopes(a_real, a_fake)

    def back(da: Any, tape: Any) -> Values:
        grads: Values = D.backward(da, tape)[1]
        return grads

    def both(one: Values, other: Values, sign: int = 1) -> Values:
        return {name: one[name] + sign * other[name] for name in one}

    first, second = value_slopes(a_fake, a_real)
    data, samples = back(da_real, on_data), back(da_fake, on_samples)
    return {
        "stale cache: D's gradient on the data was taken from the tape of the samples; each run of "
        "D has a tape of its own.": both(back(da_real, on_samples), samples),
        "stale cache: D's gradient on the samples was taken from the tape of the data; each run of "
        "D has a tape of its own.": both(data, back(da_fake, on_data)),
        "the samples are missing: V has a second term, log(1 - D(G(z))).": data,
        "the data are missing: V has a first term, log D(x).": samples,
        "the two gradients are subtracted: V is a sum, and the sign of the second term is in its "
        "slope already.": both(data, samples, -1),
        "V is descended: every gradient has the wrong sign, D climbs V.": {
            name: -data[name] - samples[name] for name in data
        },
        "the slopes, or the tapes, of data and samples are exchanged.": both(
            back(da_fake, on_data), back(da_real, on_samples)
        ),
        "slopes was given the samples' logits first: it is slopes(a_real, a_fake).": (
            both(back(first, on_data), back(second, on_samples))
        ),
        "the gradients are the mean of data's and samples': V is their sum.": {
            name: (data[name] + samples[name]) / 2 for name in data
        },
    }


EXERCISE = Exercise("d-step", "09-the-game", "the gradient that D ascends", ("gradient",), trial)
