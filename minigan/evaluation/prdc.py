"""Precision and recall, density and coverage: who lies among whose neighbours.

Each set is a union of balls, one around each of its points, as wide as the distance r_k to the
point's k-th nearest neighbour in its own set. For data x₁ … x_n and samples g₁ … g_m:

    precision = mean_j [ gⱼ lies in the ball of some xᵢ ]        are samples like data?
    recall    = mean_i [ xᵢ lies in the ball of some gⱼ ]        are all data like samples?
    density   = mean_j (1/k) #{ i : gⱼ lies in the ball of xᵢ }  as precision, counted
    coverage  = mean_i [ some gⱼ lies in the ball of xᵢ ]        whose surroundings are reached?

"In" is ≤. A G of poor samples has a low precision, a G that has collapsed a low recall and a low
coverage. Density and coverage use the balls of the data alone: one far-off sample, whose ball is
enormous, lifts recall, but not coverage.

Identical sets have precision, recall and coverage 1. Two sets of the same distribution do not:
coverage has the expectation 1 - 2⁻ᵏ or nearly so (0.97 for k = 5), density 1, and precision and
recall fall with the dimension (0.6 to 0.7 for N(0, I) in 64 dimensions, 0.94 for digits in the 64
features of minigan's classifier). So look at real data against real data first.

**Source**  Kynkäänniemi et al. 2019 (precision, recall; k = 3); Naeem et al. 2020 (density,
coverage; k = 5) (from memory).

What they can tell: poor samples and missing variety apart, which one number cannot.
What they cannot: whether samples are copies. And n and k change them; compare at equal n and k.
"""

from __future__ import annotations

from typing import NamedTuple

from minigan.backend import Array, array_module
from minigan.evaluation.distances import as_pair, check_count, each_distance, kth_nearest


class Prdc(NamedTuple):
    """Precision, recall, density and coverage; density may be above 1."""

    precision: float
    recall: float
    density: float
    coverage: float


def prdc(data: Array, samples: Array, k: int = 5) -> Prdc:
    """Return the four numbers of samples against data.

    **Shapes**  data (n, …), samples (m, …): features, or points; more than k rows each

    **Raises**  ValueError for a k that is not from 1 to n - 1 and m - 1, and as `as_pair`.

    >>> import numpy as np
    >>> data = np.array([[0.0], [1.0], [5.0]])            # balls of 1, 1 and 4
    >>> prdc(data, np.array([[0.5], [0.8]]), k=1)         # balls of 0.3 and 0.3
    Prdc(precision=1.0, recall=0.3333333333333333, density=2.0, coverage=0.6666666666666666)
    """
    data, samples = as_pair("prdc", data, samples, least=2)
    fewest = min(len(data), len(samples))
    check_count("prdc", "k", k, 1, fewest - 1, f": each of {fewest:,} needs k others")
    xp = array_module(data)
    r_data, r_samples = kth_nearest(data, k), kth_nearest(samples, k)  # squared
    balls = xp.zeros(len(samples))  # how many balls of data each sample lies in
    recalled, covered = xp.zeros(len(data), dtype=bool), xp.zeros(len(data), dtype=bool)

    def of_samples(rows: slice, square: Array) -> None:
        balls[rows] = (square <= r_data).sum(axis=1)

    def of_data(rows: slice, square: Array) -> None:
        recalled[rows] = (square <= r_samples).any(axis=1)
        covered[rows] = square.min(axis=1) <= r_data[rows]

    each_distance(of_samples, samples, data)
    each_distance(of_data, data, samples)
    return Prdc(
        precision=float((balls > 0).mean()),
        recall=float(recalled.mean()),
        density=float(balls.mean() / k),
        coverage=float(covered.mean()),
    )
