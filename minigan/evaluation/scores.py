"""The classifier score: sure about each sample, undecided about all of them together.

Show samples to a classifier of the data (for photographs Inception, hence "Inception score"; for
digits minigan's own). p(y|x) should be sharp, since each sample shows one thing; their mean p(y)
should be flat, since all classes are made. The distance between the two is

    score = exp( mean_x KL( p(y|x) ‖ p(y) ) )        KL = Σ_y p(y|x) log( p(y|x) / p(y) )

1 where every sample gets the same answer, K where each is one class for certain and all K classes
come equally often. p(y) is taken over a tenth of the samples; the score is the mean of the ten,
with their standard deviation.

**Source**  Salimans et al. 2016, section 4 (from memory).

What it can tell: samples that look like nothing, and classes that are never made.
What it cannot: it never sees the data. Ten images, one of each class, a thousand times each, score
as well as data do. A classifier is sure about noise, too. And scores of two classifiers do not
compare.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minigan.backend import Array, array_module, to_host
from minigan.evaluation.distances import REAL, check_count


class Score(NamedTuple):
    """A classifier score: the mean over the splits and their standard deviation."""

    mean: float
    std: float


def classifier_score(probabilities: Array, splits: int = 10) -> Score:
    """Return the score of samples for which a classifier gave these probabilities.

    **Shapes**  probabilities (n, K), rows that sum to 1

    **Parameters**  splits: the samples are cut, in their order, into so many parts.

    **Raises**  TypeError, ValueError for rows that are no probabilities, and for splits that are
    not from 1 to n.

    >>> classifier_score(np.eye(4), splits=1).mean.__round__(6)
    4.0
    >>> classifier_score(np.full((10, 4), 0.25)).mean
    1.0
    """
    p = check_probabilities("classifier score", probabilities)
    check_count("classifier score", "splits", splits, 1, len(p), ", the number of samples")
    scores = [np.exp(_mean_kl(part)) for part in np.array_split(p, splits)]
    return Score(float(np.mean(scores)), float(np.std(scores)))


def _mean_kl(p: Any) -> float:
    """The mean over x of KL(p(y|x) ‖ p(y))."""
    ratio = np.divide(p, p.mean(axis=0), out=np.ones_like(p), where=p > 0)  # 0 log 0 = 0
    return float((p * np.log(ratio)).sum(axis=1).mean())


def check_probabilities(who: str, probabilities: Array) -> Any:
    """Return probabilities (n, K) on the host in float64.

    **Raises**  ValueError, in the name of `who`, for another shape, numbers outside [0, 1], or rows
    that do not sum to 1 to within 0.001; TypeError for what is no array of real numbers.
    """
    if array_module(probabilities) and probabilities.dtype.kind not in REAL:
        raise TypeError(f"{who}: probabilities are {probabilities.dtype}, expected real numbers.")
    p = np.asarray(to_host(probabilities), dtype=np.float64)
    if p.ndim != 2 or p.size == 0:
        raise ValueError(
            f"{who}: probabilities have shape {p.shape}, expected (n, K): a row a sample, a "
            "column a class."
        )
    wrong = ~((p >= 0).all(axis=1) & (abs(p.sum(axis=1) - 1) < 1e-3))
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            f"{who}: row {row} has a sum of {p[row].sum():.6g} and a least number of "
            f"{p[row].min():.6g}, expected probabilities; are these logits? Then take the softmax."
        )
    return p
