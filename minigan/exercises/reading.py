"""The exercise "reading": what a row of the log says, and the bound of the JSD that is in it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigan.activations import sigmoid
from minigan.exercises.exercise import Answer, Exercise, Trial, Values, named
from minigan.objectives import value

Counts = tuple[int, int, int]  # of logits above 1/2, between 0 and 1/2, and below 0
APART = 0.01  # as far at least are the accuracies of different mistakes
LOG_4 = math.log(4)


def trial(answer: Answer, rng: np.random.Generator, square: bool) -> Trial:
    """Random logits; with `square` small ones, else some of ±1000 among them."""
    data, samples = _counts(rng)
    a, b = _logits(rng, data), _logits(rng, samples)
    if not square:
        a[0], a[-1], b[0], b[-1] = 1000, -1000, 1000, -1000
    D_real, D_fake = sigmoid(a), sigmoid(b)
    V = float(value(a, b))
    right = _row(a, b)
    given = named(answer.reading(a, b), tuple(right))
    mistakes: dict[str, Values] = (
        {"data and samples are exchanged: a_real comes first, and is of data.": _row(b, a)}
        | {sentence: _with_bound(wrong) for sentence, wrong in _of_terms(a, b).items()}
        | _of_V(V, D_real, D_fake, square)
        | {
            "D_real and D_fake are σ of the mean logit: expected the mean of σ over the logits.": {
                "D_real": sigmoid(a.mean(keepdims=True))[0, 0],
                "D_fake": sigmoid(b.mean(keepdims=True))[0, 0],
            },
            "D_fake is 1 - D(G(z)): expected D(G(z)), the probability of being data.": {
                "D_fake": (1 - D_fake).mean()
            },
        }
        | {sentence: {"accuracy": wrong} for sentence, wrong in _of_accuracy(data, samples).items()}
        | {sentence: {"bound": wrong} for sentence, wrong in _of_bound(V).items()}
    )
    return Trial(given, right, mistakes, len(a))


def _row(a: Any, b: Any) -> Values:
    """What is right, in the order that it is asked for in."""
    V = float(value(a, b))
    return {
        "V": V,
        "D_real": sigmoid(a).mean(),
        "D_fake": sigmoid(b).mean(),
        "accuracy": ((a > 0).mean() + (b < 0).mean()) / 2,
        "bound": (V + LOG_4) / 2,
    }


def _of_terms(a: Any, b: Any) -> dict[str, float]:
    """V with another one in the place of a term."""
    V, other = float(value(a, b)), float(value(b, a))
    return {
        "data and samples are exchanged in V: expected E log D(x) + E log(1 - D(G(z))).": other,
        "log D(G(z)) stands in V in the place of log(1 - D(G(z))).": float(value(a, -b)),
        "V has - log(1 - D(G(z))): expected the sum of the two terms.": (
            V + 2 * float(np.logaddexp(0, b).mean())
        ),
        "V is a sum over the logits: expected means, with 1/m.": V * len(a),
        "V is its first term alone: E log(1 - D(G(z))) is missing.": (
            -float(np.logaddexp(0, -a).mean())
        ),
        "V is its second term alone: E log D(x) is missing.": -float(np.logaddexp(0, b).mean()),
    }


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


def _of_accuracy(data: Counts, samples: Counts) -> dict[str, float]:
    """Mistakes in the accuracy, from how many logits lie where."""
    m = sum(data)
    on_data, on_samples = (m - data[2]) / m, samples[2] / m
    return {
        "accuracy counts a sample as right where D takes it for data: D is right about G(z) where "
        "its logit is below 0.": (on_data + 1 - on_samples) / 2,
        "accuracy compares the logit with 1/2: D(x) > 1/2 where the logit is above 0.": (
            (data[0] + m - samples[0]) / m / 2
        ),
        "accuracy is that on data alone.": on_data,
        "accuracy is that on samples alone.": on_samples,
        "accuracy is r_x + r_z, the sum of those on data and on samples: expected their mean.": (
            on_data + on_samples
        ),
        "accuracy is r_x + r_z - 1, the bound of the total variation: expected (r_x + r_z)/2.": (
            on_data + on_samples - 1
        ),
        "accuracy is r_x r_z, the product of those on data and on samples: expected their mean.": (
            on_data * on_samples
        ),
        "accuracy is a count: expected the share of the examples.": (on_data + on_samples) * m,
        "accuracy is the share of mistakes, not of what is right.": 1 - (on_data + on_samples) / 2,
    }


def _of_bound(V: float) -> dict[str, float]:
    found = {
        "bound is twice what it should be: V + log 4 is a bound of 2 JSD.": V + LOG_4,
        "bound has -log 4: V ≤ 2 JSD - log 4 leaves JSD ≥ (V + log 4)/2.": (V - LOG_4) / 2,
        "bound is 1 + V: the bound is (V + log 4)/2, and V = -log 4 is where nothing is found.": (
            1 + V
        ),
        "bound has 1 in the place of log 4.": (1 + V) / 2,
        "bound has log 2 in the place of log 4.": (V + math.log(2)) / 2,
        "bound is a share of the largest JSD, 1 + V/log 4: expected nats, (V + log 4)/2.": (
            1 + V / LOG_4
        ),
    }
    if V + LOG_4 < 0:
        found["bound is cut off at 0: expected (V + log 4)/2, below 0 where D is behind."] = 0.0
    return found


def _counts(rng: np.random.Generator) -> tuple[Counts, Counts]:
    """How many logits of data and of samples lie where, one or more in each place.

    Each way to count that is wrong has a result of its own, and another one in another trial.
    """
    m = int(rng.integers(9, 15))
    while True:
        borders = (sorted(map(int, rng.permutation(m - 1)[:2] + 1)) for _ in range(2))
        data, samples = ((i, j - i, m - j) for i, j in borders)
        found = list(_of_accuracy(data, samples).values())
        found += [(1 - data[2] / m + samples[2] / m) / 2, 0.0]
        if np.diff(np.sort(found)).min() > APART:
            return data, samples


def _logits(rng: np.random.Generator, counts: Counts) -> Any:
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
