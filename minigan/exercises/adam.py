"""The exercise "adam": one step, with its corrections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan.backend import Random
from minigan.dense import Dense
from minigan.exercises.exercise import Answer, Exercise, Trial, Values, named
from minigan.optimizers import Adam


@dataclass(frozen=True)
class Step:
    """What a step begins with, and where it leads with means and corrections of one's own."""

    theta: Any
    g: Any
    m: Any
    v: Any
    t: int
    alpha: float
    beta1: float
    beta2: float
    eps: float

    def corrections(self, t: int) -> tuple[float, float]:
        """1 - β₁ᵗ and 1 - β₂ᵗ."""
        return 1 - self.beta1**t, 1 - self.beta2**t

    def means(self) -> tuple[Any, Any]:
        """The new m and v."""
        m = self.beta1 * self.m + (1 - self.beta1) * self.g
        return m, self.beta2 * self.v + (1 - self.beta2) * self.g**2

    def along(self, step: Any) -> Values:
        """θ after α times a step downhill."""
        return {"theta": self.theta - self.alpha * step}

    def moved(self, m_hat: Any, v_hat: Any) -> Values:
        """θ after α m̂/(√v̂ + ε) downhill."""
        with np.errstate(invalid="ignore"):  # a mistake may take the root of a negative number
            return self.along(m_hat / (np.sqrt(v_hat) + self.eps))

    def kept(self, m: Any, v: Any) -> Values:
        """All results of a step whose new means are m and v."""
        c1, c2 = self.corrections(self.t)
        return {"m": m, "v": v, **self.moved(m / c1, v / c2)}


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """A step from random means, with a large eps: where it stands is seen.

    Square: with β1 t and β2 t below 1, so that 1 - β t has a root, and can be told from 1 - βᵗ.
    """
    shape = (3, 3) if square else (2, 4)
    theta, g, m = (rng.normal(size=shape) for _ in range(3))
    v, t = rng.uniform(size=shape), int(rng.integers(3, 5) if square else rng.integers(2, 6))
    alpha, eps = 0.1 + rng.uniform(), 0.1 + rng.uniform()
    step = Step(theta, g, m, v, t, alpha, *((0.15, 0.24) if square else (0.8, 0.95)), eps)
    net = Dense(*shape, Random(0, dtype="float64"), bias=False)
    opt = Adam(net, alpha, step.beta1, step.beta2, eps)
    opt.t = t - 1
    net.params["W"][...] = theta
    opt.state = {"m.W": -m, "v.W": v.copy()}  # minigan's m points where θ goes, here downhill
    opt.descend({"W": g})
    right = {"theta": net.params["W"], "m": -opt.state["m.W"], "v": opt.state["v.W"]}
    results = answer.descend(theta, g, m, v, t, alpha, step.beta1, step.beta2, eps)
    given = named(results, tuple(right))
    return Trial(given, right, _of_means(step) | _of_corrections(step) | _of_theta(step))


def _of_means(step: Step) -> dict[str, Values]:
    """What is wrong in m or v; theta follows."""
    g, b1, b2, old_m, old_v = step.g, step.beta1, step.beta2, step.m, step.v
    m, v = step.means()
    c1, c2 = step.corrections(step.t)
    other_m, other_v = b2 * old_m + (1 - b2) * g, b1 * old_v + (1 - b1) * g**2
    turned_m, turned_v = (1 - b1) * old_m + b1 * g, (1 - b2) * old_v + b2 * g**2
    turned = "beta{0} and 1 - beta{0} are exchanged in {1}: beta{0} is the share of the old {1}."
    return {
        "the corrections are kept in m and v: what is kept is uncorrected, each step corrects a "
        "copy.": {"m": m / c1, "v": v / c2},
        "beta1 and beta2 are exchanged: beta1 is m's, beta2 is v's.": {
            "m": other_m,
            "v": other_v,
            **step.moved(other_m / c2, other_v / c1),
        },
        "beta1 and beta2 are exchanged in the means: beta1 is m's, beta2 is v's.": (
            step.kept(other_m, other_v)
        ),
        "beta and 1 - beta are exchanged in both means: beta is the share of the old one.": (
            step.kept(turned_m, turned_v)
        ),
        turned.format(1, "m"): step.kept(turned_m, v),
        turned.format(2, "v"): step.kept(m, turned_v),
        "m lacks the factor 1 - beta1 before g: it is no mean.": step.kept(b1 * old_m + g, v),
        "v lacks the factor 1 - beta2 before g²: it is no mean.": step.kept(m, b2 * old_v + g**2),
        "v is a mean of |g|, expected of g².": step.kept(m, b2 * old_v + (1 - b2) * np.abs(g)),
        "v is a mean of g, expected of g².": step.kept(m, b2 * old_v + (1 - b2) * g),
        "v is a mean of m², expected of g².": step.kept(m, b2 * old_v + (1 - b2) * m**2),
        "v is a mean of the old m², expected of g².": step.kept(
            m, b2 * old_v + (1 - b2) * old_m**2
        ),
    }


def _of_corrections(step: Step) -> dict[str, Values]:
    """What is wrong in the corrections alone."""
    m, v = step.means()
    b1, b2, t = step.beta1, step.beta2, step.t
    c1, c2 = step.corrections(t)
    early, late = step.corrections(t - 1), step.corrections(t + 1)
    return {
        "the corrections multiply: expected m / (1 - beta1**t) and v / (1 - beta2**t).": (
            step.moved(m * c1, v * c2)
        ),
        "the corrections are one step ahead: t counts this step already.": (
            step.moved(m / late[0], v / late[1])
        ),
        "the corrections count from 0: t is the number of this step, 1 for the first.": (
            step.moved(m / early[0], v / early[1])
        ),
        "the corrections have beta * t, expected beta**t: beta to the power t.": (
            step.moved(m / (1 - b1 * t), v / (1 - b2 * t))
        ),
        "the correction of m has beta1 * t, expected beta1**t.": (
            step.moved(m / (1 - b1 * t), v / c2)
        ),
        "the correction of v has beta2 * t, expected beta2**t.": (
            step.moved(m / c1, v / (1 - b2 * t))
        ),
        "the corrections lack the power t: 1 - beta1 and 1 - beta2 are right at t = 1 alone; "
        "expected 1 - beta1**t and 1 - beta2**t.": step.moved(m / (1 - b1), v / (1 - b2)),
        "the correction of m lacks the power t: expected 1 - beta1**t.": (
            step.moved(m / (1 - b1), v / c2)
        ),
        "the correction of v lacks the power t: expected 1 - beta2**t.": (
            step.moved(m / c1, v / (1 - b2))
        ),
        "the means are not corrected: they started at 0 and hold 1 - beta**t of a mean's weight.": (
            step.moved(m, v)
        ),
        "v is not corrected by 1 - beta2**t.": step.moved(m / c1, v),
        "m is not corrected by 1 - beta1**t.": step.moved(m, v / c2),
    }


def _of_theta(step: Step) -> dict[str, Values]:
    """What is wrong in the step of theta, with the right means."""
    m, v = step.means()
    c1, c2 = step.corrections(step.t)
    m_hat, v_hat, eps = m / c1, v / c2, step.eps
    return {
        "theta is moved by the old m and v: expected the new ones.": (
            step.moved(step.m / c1, step.v / c2)
        ),
        "eps is missing.": step.along(m_hat / np.sqrt(v_hat)),
        "eps stands inside the root: expected sqrt(v_hat) + eps.": (
            step.along(m_hat / np.sqrt(v_hat + eps))
        ),
        "eps stands beside sqrt(v), before its correction: that is the form of Keras and "
        "TensorFlow; expected beside sqrt(v_hat).": (
            step.along(np.sqrt(c2) / c1 * m / (np.sqrt(v) + eps))
        ),
        "the root is missing: expected sqrt(v_hat) + eps.": step.along(m_hat / (v_hat + eps)),
        "the step is uphill: downhill is against m_hat.": step.moved(-m_hat, v_hat),
        "the step is along g: expected along m_hat.": step.moved(step.g, v_hat),
    }


EXERCISE = Exercise(
    name="adam",
    chapter="08-momentum-and-adam",
    about="a step of Adam, with its corrections",
    functions=("descend",),
    trial=trial,
)
