"""Mode collapse in numbers: how many modes the samples reach, how well, and how evenly.

The data are a mixture of K equal Gaussians whose centres are known (`minigan.data.toy`), so that a
sample can be asked which mode it belongs to and how far from it it is, in standard deviations:

    k(x) = argminₖ |x - μₖ|,    d(x) = |x - μ_k(x)| / σ

|x - μ|/σ is the Mahalanobis distance, since the modes are round: their covariance is σ² I.
A generator can fail in three ways, and each has its number:

    high quality    the share of samples with d(x) < 3                 points between the modes
    modes           the k that at least one high-quality sample has    modes that are never made
    reverse KL      KL(q ‖ u) = Σₖ qₖ log(qₖ / (1/K)), over all        modes made too often
                    samples: qₖ is the share with k(x) = k

KL is taken from the generator's histogram q to the even one u, in nats, with 0 log 0 = 0: it is 0
for an even q and log(K/j) for j modes in equal parts, at most log K. The other order, KL(u ‖ q), is
infinite as soon as one mode is missing. One measure is not enough: a generator that makes the same
perfect point for ever has high quality 1, and one that covers the plane finds every mode.

A perfect generator does not reach 1 and 0. In the plane d² is exponential with mean 2, so that
high quality is 1 - exp(-9/2) = 0.98889; and the histogram of n samples is uneven by chance, with
E[KL] ≈ (K - 1) / (2n). `ceiling` measures both.

**Source**  Lin et al. 2018 (PacGAN), section 4.1, for the three measures and the 3σ. What the words
leave open was decided here. A distance of exactly 3 is outside. The histogram counts every sample,
near or far ("each generated sample to its closest mode", from memory); PacGAN's published code logs
a divergence of the high-quality samples alone, and not this one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan.backend import Array, Random, array_module, to_host
from minigan.data.toy import Toy
from minigan.evaluation.distances import REAL, as_numbers
from minigan.inputs import check_random
from minigan.limits import check_integer, check_kind

NEAR = 3.0  # standard deviations


@dataclass(frozen=True)
class Coverage:
    """What samples cover of a mixture: `measure` makes it.

    **Parameters**  modes: found, of `of`; high_quality, in [0, 1]; reverse_kl, in nats; counts: how
    many samples are closest to each mode, near or far.
    """

    modes: int
    of: int
    high_quality: float
    reverse_kl: float
    counts: tuple[int, ...]


def assign(samples: Array, toy: Toy) -> tuple[Any, Any]:
    """Return k(x) and d(x): the closest mode of each sample, and how many sigma away it is.

    A sample that is not finite belongs to no mode: k = -1, d = ∞.

    **Shapes**  samples (n, d) on any device → host arrays (n,) and (n,)

    **Raises**  ValueError for samples of another shape, or none; TypeError for what is no array of
    real numbers, or no Toy.

    >>> from minigan.data.toy import grid
    >>> k, d = assign(np.array([[-4.0, -2.0], [4.0, 4.1]]), grid(sigma=0.05))
    >>> k.tolist(), d.round(6).tolist()
    ([1, 24], [0.0, 2.0])
    """
    check_kind("modes", "toy", toy, Toy, "a Toy, as minigan.data.ring()")
    if array_module(samples) and samples.dtype.kind not in REAL:
        raise TypeError(f"{toy.name}: samples are {samples.dtype}, expected real numbers.")
    x = np.asarray(to_host(samples), dtype=np.float64)
    if x.ndim != 2 or x.shape[1] != toy.modes.shape[1] or not len(x):
        raise ValueError(
            f"{toy.name}: samples have shape {x.shape}, expected (n, {toy.modes.shape[1]}) with n "
            "of 1 or more."
        )
    finite: Any = np.isfinite(x).all(axis=1)
    x = np.where(finite[:, None], x, 0.0)
    distance = np.linalg.norm(x[:, None, :] - toy.modes, axis=-1)  # (n, K)
    k = np.where(finite, distance.argmin(axis=1), -1)
    return k, np.where(finite, distance.min(axis=1) / toy.sigma, np.inf)


def measure(samples: Array, toy: Toy) -> Coverage:
    """Count what the samples cover; see the file's text for the three numbers.

    Samples that are not finite are of no quality and in no mode; of nothing else there is no
    histogram, and reverse_kl is NaN.

    **Shapes**  samples (n, d)

    **Raises**  ValueError as `assign`.

    >>> from minigan.data.toy import ring
    >>> coverage = measure(np.array([[1.0, 0.0], [1.02, 0.0], [0.0, 1.05], [0.0, -1.0]]), ring())
    >>> coverage.modes, coverage.high_quality, coverage.counts       # 5 sigma away is too far
    (2, 0.75, (2, 0, 1, 0, 0, 0, 1, 0))
    """
    k, distance = assign(samples, toy)
    near = distance < NEAR
    counts = np.bincount(k[k >= 0], minlength=len(toy.modes))
    return Coverage(
        modes=len(np.unique(k[near])),
        of=len(toy.modes),
        high_quality=float(near.mean()),
        reverse_kl=reverse_kl(counts),
        counts=tuple(counts.tolist()),
    )


def reverse_kl(counts: Any) -> float:
    """Return KL(q ‖ u) in nats for a histogram of counts (K,) and the even one; NaN for no counts.

    **Raises**  ValueError for counts below 0, or not finite, and for another shape.

    >>> reverse_kl([5, 5, 5, 5]), reverse_kl([10, 10, 0, 0]) == math.log(2)
    (0.0, True)
    """
    counts = as_numbers("reverse KL", "counts", counts)
    if (counts < 0).any():
        raise ValueError(f"reverse KL: counts are as low as {counts.min():g}, expected 0 or more.")
    if not counts.sum():
        return math.nan
    q = counts / counts.sum()
    q, K = q[q > 0], len(q)  # 0 log 0 = 0
    return max(0.0, float((q * np.log(q * K)).sum()))  # rounding can leave an even q below 0


def ceiling(toy: Toy, n: int, rng: Random, trials: int = 100) -> Coverage:
    """Measure a perfect sampler: the mean over some draws of n points from the mixture itself.

    Its counts are those of all draws together; its modes are the fewest of any draw.

    **Raises**  TypeError, ValueError for n or trials that are no integers of 1 or more.

    >>> from minigan.data.toy import ring
    >>> perfect = ceiling(ring(), 2500, Random(0))
    >>> perfect.modes, round(perfect.high_quality, 3), round(perfect.reverse_kl, 3)
    (8, 0.989, 0.001)
    """
    check_kind("modes", "toy", toy, Toy, "a Toy, as minigan.data.ring()")
    n, trials = check_integer("ceiling", "n", n), check_integer("ceiling", "trials", trials)
    check_random("ceiling", rng)
    drawn = [measure(toy.sample(rng, n), toy) for _ in range(trials)]
    return Coverage(
        modes=min(one.modes for one in drawn),
        of=len(toy.modes),
        high_quality=float(np.mean([one.high_quality for one in drawn])),
        reverse_kl=float(np.mean([one.reverse_kl for one in drawn])),
        counts=tuple(np.sum([one.counts for one in drawn], axis=0).tolist()),
    )
