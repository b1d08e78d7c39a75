"""The exercise "momentum": v ← μ v - α g, θ ← θ + v."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.backend import Random
from minigan.dense import Dense
from minigan.exercises.exercise import Answer, Exercise, Trial, Values, named
from minigan.optimizers import Momentum


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """One step from a random velocity."""
    n_in, n_out = (3, 3) if square else (2, 4)
    net = Dense(n_in, n_out, Random(0, dtype="float64"), bias=False)
    theta, g, v = (rng.normal(size=(n_in, n_out)) for _ in range(3))
    alpha, mu = 0.1 + rng.uniform(), 0.3 + 0.4 * rng.uniform()
    opt = Momentum(net, alpha, mu)
    net.params["W"][...], opt.state["v.W"] = theta, v.copy()
    opt.descend({"W": g})
    right = {"theta": net.params["W"], "v": opt.state["v.W"]}
    given = named(answer.descend(theta, g, v, alpha, mu), tuple(right))
    return Trial(given, right, _mistakes(theta, g, v, alpha, mu))


def _mistakes(theta: Any, g: Any, v: Any, alpha: float, mu: float) -> dict[str, Values]:
    """Another velocity by which theta is moved, and other ways to move it."""
    velocities = _velocities(g, v, alpha, mu)
    found: dict[str, Values] = {s: {"theta": theta + w, "v": w} for s, w in velocities.items()}
    step, mean = mu * v - alpha * g, mu * v + (1 - mu) * g
    return found | {
        "theta is moved by the old velocity: expected the new one.": {"theta": theta + v},
        "the velocity is subtracted, though its sign is in it already: theta + v.": {
            "theta": theta - step
        },
        "the velocity is not used: this is a plain step, and v stays.": {
            "theta": theta - alpha * g,
            "v": v,
        },
        "the velocity points uphill and is subtracted: here its sign is in it.": {
            "theta": theta - (mu * v + alpha * g),
            "v": mu * v + alpha * g,
        },
        "alpha multiplies the whole velocity, as in PyTorch: here it is in the velocity.": {
            "theta": theta - alpha * (mu * v + g),
            "v": mu * v + g,
        },
        "the velocity is a mean of the gradients, μ v + (1 - μ) g: expected μ v - α g, and theta + "
        "v.": {"theta": theta - alpha * mean, "v": mean},
        "this is Nesterov's step, which looks ahead: expected theta + v.": {
            "theta": theta + mu * step - alpha * g
        },
        "alpha multiplies twice: it is in the velocity already.": {"theta": theta + alpha * step},
        "the gradient is taken twice: it is in the velocity already.": {
            "theta": theta + step - alpha * g
        },
        "theta is right, and the velocity that is returned is the old one: expected the new one.": {
            "v": v
        },
        "theta is right, and the velocity that is returned lacks the step - α g.": {"v": mu * v},
    }


def _velocities(g: Any, v: Any, alpha: float, mu: float) -> dict[str, Any]:
    """What stands in the place of μ v - α g."""
    return {
        "the step is uphill: downhill is against the gradient.": mu * v + alpha * g,
        "the velocity is not decayed: a share mu of it stays.": v - alpha * g,
        "the velocity is forgotten: this is a plain step.": -alpha * g,
        "the gradient is damped by 1 - mu: here it counts in full.": mu * v - alpha * (1 - mu) * g,
        "the gradient is not multiplied by alpha.": mu * v - g,
        "1 - mu of the velocity stays: expected mu of it.": (1 - mu) * v - alpha * g,
        "mu multiplies the gradient: expected the velocity alone.": v - mu * alpha * g,
        "mu multiplies the gradient, too: expected the velocity alone.": mu * (v - alpha * g),
    }


EXERCISE = Exercise(
    name="momentum",
    chapter="08-momentum-and-adam",
    about="a step that keeps a share of the step before",
    functions=("descend",),
    trial=trial,
)
