"""The exercise "adam": one step, with its corrections."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.backend import Random
from minigan.dense import Dense
from minigan.exercises.exercise import Answer, Exercise, Trial, Values, named
from minigan.optimizers import Adam

B1, B2 = 0.8, 0.95


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """A step from random means, with a large eps: where it stands is seen."""
    shape = (3, 3) if square else (2, 4)
    theta, g, m = (rng.normal(size=shape) for _ in range(3))
    v, t = rng.uniform(size=shape), int(rng.integers(2, 6))
    alpha, eps = 0.1 + rng.uniform(), 0.1 + rng.uniform()
    net = Dense(*shape, Random(0, dtype="float64"), bias=False)
    opt = Adam(net, alpha, B1, B2, eps)
    opt.t = t - 1
    net.params["W"][...] = theta
    opt.state = {"m.W": -m, "v.W": v.copy()}  # minigan's m points where θ goes, here downhill
    opt.descend({"W": g})
    right = {"theta": net.params["W"], "m": -opt.state["m.W"], "v": opt.state["v.W"]}
    given = named(answer.descend(theta, g, m, v, t, alpha, B1, B2, eps), tuple(right))
    return Trial(given, right, _mistakes(theta, g, m, v, t, alpha, eps))


def _mistakes(
    theta: Any, g: Any, m: Any, v: Any, t: int, alpha: float, eps: float
) -> dict[str, Values]:
    undamped, first = B1 * m + g, B2 * v + (1 - B2) * np.abs(g)
    other_m, other_v = B2 * m + (1 - B2) * g, B1 * v + (1 - B1) * g**2
    m, v = B1 * m + (1 - B1) * g, B2 * v + (1 - B2) * g**2
    c1, c2 = 1 - B1**t, 1 - B2**t

    def moved(step: Any) -> Values:
        return {"theta": theta - alpha * step}

    m_hat, v_hat = m / c1, v / c2
    later = (1 - B1 ** (t + 1), 1 - B2 ** (t + 1))
    return {
        "the corrections are kept in m and v: what is kept is uncorrected, each step corrects a "
        "copy.": {"m": m_hat, "v": v_hat},
        "beta1 and beta2 are exchanged: beta1 is m's, beta2 is v's.": {
            "m": other_m,
            "v": other_v,
            **moved((other_m / c2) / (np.sqrt(other_v / c1) + eps)),
        },
        "beta1 and beta2 are exchanged in the means: beta1 is m's, beta2 is v's.": {
            "m": other_m,
            "v": other_v,
            **moved((other_m / c1) / (np.sqrt(other_v / c2) + eps)),
        },
        "the corrections multiply: expected m / (1 - beta1**t) and v / (1 - beta2**t).": moved(
            (m * c1) / (np.sqrt(v * c2) + eps)
        ),
        "eps is missing.": moved(m_hat / np.sqrt(v_hat)),
        "the corrections are one step ahead: t counts this step already.": moved(
            (m / later[0]) / (np.sqrt(v / later[1]) + eps)
        ),
        "the corrections lack the power t: 1 - beta1 and 1 - beta2 are right at t = 1 alone; "
        "expected 1 - beta1**t and 1 - beta2**t.": moved(
            (m / (1 - B1)) / (np.sqrt(v / (1 - B2)) + eps)
        ),
        "the correction of m lacks the power t: expected 1 - beta1**t.": moved(
            (m / (1 - B1)) / (np.sqrt(v / c2) + eps)
        ),
        "the correction of v lacks the power t: expected 1 - beta2**t.": moved(
            (m / c1) / (np.sqrt(v / (1 - B2)) + eps)
        ),
        "the means are not corrected: they started at 0 and hold 1 - beta**t of a mean's weight.": (
            moved(m / (np.sqrt(v) + eps))
        ),
        "v is not corrected by 1 - beta2**t.": moved((m / c1) / (np.sqrt(v) + eps)),
        "m is not corrected by 1 - beta1**t.": moved(m / (np.sqrt(v / c2) + eps)),
        "the corrections count from 0: t is the number of this step, 1 for the first.": moved(
            (m / (1 - B1 ** (t - 1))) / (np.sqrt(v / (1 - B2 ** (t - 1))) + eps)
        ),
        "eps stands inside the root: expected sqrt(v_hat) + eps.": moved(
            (m / c1) / np.sqrt(v / c2 + eps)
        ),
        "eps stands beside sqrt(v), before its correction: that is the form of Keras and "
        "TensorFlow; expected beside sqrt(v_hat).": moved(
            np.sqrt(c2) / c1 * m / (np.sqrt(v) + eps)
        ),
        "the root is missing: expected sqrt(v_hat) + eps.": moved((m / c1) / (v / c2 + eps)),
        "the step is uphill: downhill is against m_hat.": moved(
            -(m / c1) / (np.sqrt(v / c2) + eps)
        ),
        "the step is along g: expected along m_hat.": moved(g / (np.sqrt(v / c2) + eps)),
        "m lacks the factor 1 - beta1 before g: it is no mean.": {
            "m": undamped,
            **moved((undamped / c1) / (np.sqrt(v / c2) + eps)),
        },
        "v is a mean of |g|, expected of g².": {
            "v": first,
            **moved((m / c1) / (np.sqrt(first / c2) + eps)),
        },
    }


EXERCISE = Exercise(
    name="adam",
    chapter="08-momentum-and-adam",
    about="a step of Adam, with its corrections",
    functions=("descend",),
    trial=trial,
)
