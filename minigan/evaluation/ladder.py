"""What else would score so: a ladder of stand-ins for samples, beside a Parzen log-likelihood.

A log-likelihood of 200 nats means nothing to anybody. Beside it stand the numbers of things that
everybody can judge: real images, few of them, their mean, and k-means centres, which are smooth
averages of real images, fewer than the samples, and score higher than real images. So the ladder
says both what a number is worth and why it should not be trusted.
"""

from __future__ import annotations

from collections.abc import Iterator

from minigan.backend import Array, Random, array_module
from minigan.evaluation.distances import as_rows, check_count, nearest
from minigan.evaluation.parzen import Likelihood, choose_sigma, parzen
from minigan.inputs import check_random
from minigan.limits import check_integer

CENTRES, STEPS = 1000, 4


def kmeans(x: Array, count: int, rng: Random, steps: int = STEPS) -> Array:
    """Return centres of x after some steps of Lloyd's algorithm, from random examples on.

    A step gives each example to the nearest centre, and moves each centre to the mean of what it
    was given. A centre without examples stays.

    **Shapes**  x (n, …) → (count, d)

    **Raises**  TypeError, ValueError for a count that is not from 1 to n, and for steps that are no
    integer of 0 or more.

    >>> import numpy as np
    >>> x = np.array([[0.0], [2.0], [10.0], [14.0]])
    >>> sorted(kmeans(x, 2, Random(0), steps=9).ravel().tolist())
    [1.0, 12.0]
    """
    x = as_rows("k-means", x)
    check_count("k-means", "count", count, 1, len(x), ", as there are rows")
    steps = check_integer("k-means", "steps", steps, 0)
    check_random("k-means", rng)
    xp = array_module(x)
    centres = x[xp.asarray(rng.permutation(len(x))[:count])]
    for _ in range(steps):
        index, _ = nearest(x, centres)
        given = (index == xp.arange(count)[:, None]).astype(x.dtype)  # (count, n), 0 or 1
        sizes = given.sum(axis=1)[:, None]
        centres = xp.where(sizes > 0, given @ x / xp.maximum(sizes, 1), centres)
    return centres


def rungs(real: Array, rng: Random) -> Iterator[tuple[str, Array]]:
    """Stand-ins for samples, made of real examples (n, d): what they are called, and they."""
    n = min(CENTRES, len(real) // 4)
    yield f"{n:,} k-means centres of real data", kmeans(real, n, rng)
    yield f"{n:,} real examples", real[:n]
    yield "the mean of real data, alone", real.mean(axis=0, keepdims=True)


def ladder(
    real: Array, sigma_rows: Array, scored: Array, sigmas: list[float], rng: Random
) -> list[tuple[str, Likelihood]]:
    """The Parzen log-likelihood of each stand-in, by the protocol of the samples.

    **Raises**  ValueError as `minigan.evaluation.parzen.log_likelihoods`.
    """
    found = []
    for name, samples in rungs(real, rng):
        sigma = choose_sigma(sigma_rows, samples, sigmas)
        found.append((name, parzen(scored, samples, sigma)))
    return found
