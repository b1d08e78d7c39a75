"""The exercise "g-step": G's gradient, through D."""

from __future__ import annotations

import numpy as np

from minigan.activations import sigmoid
from minigan.backend import Random
from minigan.exercises.exercise import Answer, Exercise, Trial, Values
from minigan.exercises.players import by_name, left_alone, players
from minigan.gan import generator_gradient
from minigan.objectives import NON_SATURATING


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """Random players and noise; square: G makes one number, so that D's logit fits into it."""
    D, G = players(Random(int(rng.integers(2**31)), dtype="float64"), 1 if square else 2)
    m = 5
    z = rng.normal(size=(m, 3))
    right = generator_gradient(D, G, z, NON_SATURATING)
    with left_alone("G's", D=D, G=G):
        given = answer.gradient(D, G, z, NON_SATURATING.slope)
    given = by_name(given, right, "G", D=D)
    fake, tape_G = G.forward(z)
    a, tape_D = D.forward(fake)
    da = NON_SATURATING.slope(a)
    p = sigmoid(a)

    def through_G(dfake: np.ndarray) -> Values:
        grads: Values = G.backward(dfake, tape_G)[1]
        return grads

    mistakes = {
        "D is skipped: the slope at the logit went straight into G. G hears of it through D only: "
        "first back through D, whose dx is the gradient with respect to G(z).": through_G(
            np.broadcast_to(da, fake.shape)
        ),
        "the loss is ascended: every gradient has the wrong sign, G descends.": {
            name: -array for name, array in right.items()
        },
        "dy of D is the loss's value or 1, not its slope: begin with slope(a_fake).": through_G(
            D.backward(np.ones_like(a), tape_D)[0]
        ),
        "the slope was taken at σ(a), expected at the logit a itself.": through_G(
            D.backward(NON_SATURATING.slope(p), tape_D)[0]
        ),
        "the slope is multiplied by σ(a) (1 - σ(a)): it is the slope in the logit already.": (
            through_G(D.backward(da * p * (1 - p), tape_D)[0])
        ),
    }
    if square:
        mistakes["the slope was taken at G(z), expected at D's logit on it, slope(a_fake)."] = (
            through_G(D.backward(NON_SATURATING.slope(fake), tape_D)[0])
        )
    return Trial(given, right, mistakes, m)


EXERCISE = Exercise(
    name="g-step",
    chapter="10-minimax-and-non-saturating",
    about="the gradient that G descends",
    functions=("gradient",),
    trial=trial,
)
