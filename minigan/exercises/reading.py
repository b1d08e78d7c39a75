"""The exercise "reading": what a row of the log says, and the bound of the JSD that is in it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigan.activations import sigmoid
from minigan.exercises.exercise import Answer, Exercise, Trial, Values, named
from minigan.objectives import value

# So many logits lie above 1/2, between 0 and 1/2, and below 0: each way to count that is wrong
# (the other side, one batch alone, D's border of 1/2 for the logit's 0) has another result.
DATA, SAMPLES = (6, 1, 3), (1, 3, 6)
LOG_4 = math.log(4)


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """Random logits; with `square` small ones, else some of ±1000 among them."""
    a, b = _logits(rng, DATA), _logits(rng, SAMPLES)
    if not square:
        a[0], a[-1], b[0], b[-1] = 1000, -1000, 1000, -1000
    D_real, D_fake = sigmoid(a), sigmoid(b)
    V = float(value(a, b))
    right = _with_bound(V) | {
        "D_real": D_real.mean(),
        "D_fake": D_fake.mean(),
        "accuracy": ((a > 0).mean() + (b < 0).mean()) / 2,
    }
    names = ("V", "D_real", "D_fake", "accuracy", "bound")
    given = named(answer.reading(a, b), names)
    mistakes = (
        _of_V(V, D_real, D_fake, square)
        | {
            "D_real and D_fake are σ of the mean logit: expected the mean of σ over the logits.": {
                "D_real": sigmoid(a.mean(keepdims=True))[0, 0],
                "D_fake": sigmoid(b.mean(keepdims=True))[0, 0],
            },
            "D_fake is 1 - D(G(z)): expected D(G(z)), the probability of being data.": {
                "D_fake": (1 - D_fake).mean()
            },
        }
        | {sentence: {"accuracy": wrong} for sentence, wrong in _of_accuracy(a, b).items()}
        | {sentence: {"bound": wrong} for sentence, wrong in _of_bound(V).items()}
    )
    return Trial(given, right, mistakes)


def _of_V(V: float, D_real: Any, D_fake: Any, square: bool) -> dict[str, Values]:
    found = {
        "V has the wrong sign: -V is the loss of D, and V is never above 0.": _with_bound(-V),
        "V is halved: it is the sum of two means, not the mean over all logits.": (
            _with_bound(V / 2)
        ),
        "V is in bits: expected nats, with the natural logarithm, in the bound, too.": {
            "V": V / math.log(2),
            "bound": (V + LOG_4) / 2 / math.log(2),
        },
    }
    for eps in (1e-7, 1e-8, 1e-12):
        found[f"V has {eps:g} inside its logarithms: log σ(-1000) is -1000, by softplus."] = (
            _with_bound(float(np.log(D_real + eps).mean() + np.log(1 - D_fake + eps).mean()))
        )
    if square:  # else 1 - D is 0 for D = 1, and its logarithm no number
        of_means = math.log(D_real.mean()) + math.log((1 - D_fake).mean())
        found["V is of means, log E D(x) + log E(1 - D): expected E log D(x) + E log(1 - D)."] = (
            _with_bound(of_means)
        )
    return found


def _of_accuracy(a: Any, b: Any) -> dict[str, Any]:
    on_data, on_samples = (a > 0).mean(), (b < 0).mean()
    return {
        "accuracy counts a sample as right where D takes it for data: D is right about G(z) where "
        "its logit is below 0.": (on_data + 1 - on_samples) / 2,
        "accuracy compares the logit with 1/2: D(x) > 1/2 where the logit is above 0.": (
            ((a > 0.5).mean() + (b < 0.5).mean()) / 2
        ),
        "accuracy is that on data alone.": on_data,
        "accuracy is the share of mistakes, not of what is right.": 1 - (on_data + on_samples) / 2,
    }


def _of_bound(V: float) -> dict[str, float]:
    found = {
        "bound is twice what it should be: V + log 4 is a bound of 2 JSD.": V + LOG_4,
        "bound has -log 4: V ≤ 2 JSD - log 4 leaves JSD ≥ (V + log 4)/2.": (V - LOG_4) / 2,
        "bound has log 2 in the place of log 4.": (V + math.log(2)) / 2,
        "bound is a share of the largest JSD, 1 + V/log 4: expected nats, (V + log 4)/2.": (
            1 + V / LOG_4
        ),
    }
    if V + LOG_4 < 0:
        found["bound is cut off at 0: expected (V + log 4)/2, below 0 where D is behind."] = 0.0
    return found


def _logits(rng: np.random.Generator, counts: tuple[int, int, int]) -> Any:
    above, between, below = counts
    parts = (0.6 + 3 * rng.random(above), 0.1 + 0.3 * rng.random(between), -3 * rng.random(below))
    return np.concatenate(parts)[:, None]


def _with_bound(V: float) -> Values:
    return {"V": V, "bound": (V + LOG_4) / 2}


EXERCISE = Exercise(
    name="reading",
    chapter="11-reading-a-run",
    about="from D's logits to a row of the log, and a bound of the JSD",
    functions=("reading",),
    trial=trial,
)
