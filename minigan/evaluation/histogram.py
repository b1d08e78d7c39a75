"""The class histogram: how often each class is made, against how often it is in the data.

A classifier says what each sample is; its answers are counted, for samples (shares q) and for data
(shares p), by the same classifier, so that what it mistakes, it mistakes for both.

    classes       how many have at least one sample
    reverse KL    KL(q ‖ p) = Σ q log(q / p)     0 where the shares agree, in nats

The order of q and p matters: KL(q ‖ p) stays finite when G leaves a class out. A G that makes one
of ten equal classes has log 10 = 2.3. n samples of a perfect G are uneven by chance, (K - 1)/(2n)
in the mean.

What it can tell: classes that are left out or preferred.
What it cannot: anything within a class. The count of classes is lenient: one sample that is
mistaken for a 7 makes the 7 found. And a classifier has to choose one of its classes for noise,
too.

**Source**  The reverse KL of mode counts: Lin et al. 2018 (PacGAN), section 4.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from minigan.backend import Array
from minigan.evaluation.scores import check_probabilities


class Histogram(NamedTuple):
    """Classes found, of how many, the reverse KL to the data's histogram, and the counts."""

    classes: int
    of: int
    reverse_kl: float
    counts: tuple[int, ...]


def class_counts(probabilities: Array) -> Any:
    """How many of the rows (n, K) have their largest probability in each class, (K,).

    **Raises**  ValueError for rows that are no probabilities.

    >>> class_counts(np.array([[0.9, 0.1, 0.0], [0.6, 0.4, 0.0], [0.1, 0.2, 0.7]])).tolist()
    [2, 0, 1]
    """
    p = check_probabilities("class histogram", probabilities)
    return np.bincount(p.argmax(axis=1), minlength=p.shape[1])


def class_histogram(samples: Array, data: Array) -> Histogram:
    """Return the histogram of samples, compared with that of data.

    reverse_kl is infinite where samples have a class that no datum has.

    **Shapes**  probabilities of both, (n, K) and (m, K)

    **Raises**  ValueError for rows that are no probabilities, or two numbers of classes.

    >>> one, two = np.array([[1.0, 0.0]]), np.eye(2)
    >>> histogram = class_histogram(one, two)
    >>> histogram.classes, histogram.reverse_kl == math.log(2)
    (1, True)
    """
    made, there = class_counts(samples), class_counts(data)
    if len(made) != len(there):
        raise ValueError(
            f"class histogram: samples have {len(made)} classes and data {len(there)}, expected "
            "the answers of one classifier."
        )
    counts = tuple(made.tolist())
    return Histogram(int((made > 0).sum()), len(made), _kl(made, there), counts)


def _kl(made: Any, there: Any) -> float:
    q, p = made / made.sum(), there / there.sum()
    if (p[q > 0] == 0).any():
        return math.inf
    return max(0.0, float((q[q > 0] * np.log(q[q > 0] / p[q > 0])).sum()))
