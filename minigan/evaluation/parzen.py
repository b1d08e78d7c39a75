"""Parzen window log-likelihood: how likely held-out data are under a density around the samples.

G has no density that could be evaluated. So one is drawn around n of its samples μᵢ, a Gaussian of
one width σ around each, and held-out data x of d numbers are scored by it:

    p(x) = 1/n Σᵢ N(x; μᵢ, σ² I)
    log p(x) = log Σᵢ exp(-‖x - μᵢ‖²/(2σ²)) - log n - d log(σ √(2π))

in nats; the largest exponent is taken out of the sum, so that nothing underflows. σ is the one of a
few that makes other held-out data likeliest; choosing it on the data that are scored would flatter.

**Source**  Goodfellow et al. 2014, section 5. The protocol of their MNIST number, 225 ± 2: n =
10,000, pixels in [0, 1], σ from logspace(-1, 0, 10) on 1,000 rows of a validation set, mean over
the 10,000 test images ± the standard deviation over them / √10000.

What it can tell: noise from digits, a G that makes one image only from a G that makes many.
What it cannot: rank good generators. Pitfalls, all measured on MNIST (docs/evaluation.md):

* n counts. 1,000 real images score 130 nats below 10,000 real images. Always say n.
* Units count. Images in [-1, 1] instead of [0, 1] score d log 2 = 543.4 nats less.
* It can be gamed. k-means centres of the training data beat the data themselves by 90 nats: smooth
  prototypes are closer to everything than real images are.
* Theis et al. 2016 (from memory) advise against it in many dimensions. Here it is for the paper's
  sake.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from minigan.backend import Array, array_module, to_host
from minigan.evaluation.distances import LARGEST, as_pair, each_distance
from minigan.limits import check_kind, check_number

WIDTH = ("a number above 0 (1e-15 to 1e15)", lambda sigma: 1 / LARGEST <= sigma <= LARGEST)
SIGMAS = tuple(np.logspace(-1, 0, 10).tolist())  # of images in [0, 1]


class Likelihood(NamedTuple):
    """A mean log-likelihood in nats, its standard error, and the σ that it was computed with."""

    mean: float
    error: float
    sigma: float


def log_likelihoods(x: Array, samples: Array, sigmas: Sequence[float]) -> Array:
    """log p(x) of every x for every σ, from one walk over the distances.

    **Shapes**  x (m, …), samples (n, …) → (len(sigmas), m) float64

    **Raises**  ValueError for no σ, or one that is not above 0 (1e-15 to 1e15), TypeError for one
    that is no number, and as `as_pair`.

    >>> x, samples = np.array([[0.0]]), np.array([[0.0], [0.0]])
    >>> log_likelihoods(x, samples, [1.0]).round(6).tolist()      # log 1/√(2π)
    [[-0.918939]]
    """
    x, samples = as_pair("parzen", x, samples)
    check_kind("parzen", "sigmas", sigmas, tuple | list | np.ndarray, "a list of numbers")
    if len(sigmas) == 0:
        raise ValueError("parzen: there is no sigma, expected one number or more.")
    sigmas = [check_number("parzen", "sigma", sigma, WIDTH) for sigma in sigmas]
    xp, d = array_module(x), x.shape[1]
    log_p = xp.zeros((len(sigmas), len(x)))

    def use(rows: slice, square: Array) -> None:
        least = square.min(axis=1).astype(xp.float64)
        square -= least[:, None].astype(square.dtype)
        for i, sigma in enumerate(sigmas):
            terms = xp.exp(square * (-1 / (2 * sigma**2)))  # the largest is 1
            log_sum = xp.log(terms.sum(axis=1, dtype=xp.float64)) - least / (2 * sigma**2)
            norm = math.log(len(samples)) + d * math.log(sigma * math.sqrt(2 * math.pi))
            log_p[i, rows] = log_sum - norm

    each_distance(use, x, samples)
    return log_p


def choose_sigma(validation: Array, samples: Array, sigmas: Sequence[float] = SIGMAS) -> float:
    """Return the σ under which data that are not scored afterwards have the highest mean log p.

    **Raises**  ValueError, TypeError as `log_likelihoods`.

    >>> one = np.array([[1.0]])
    >>> choose_sigma(one, 0 * one, [0.5, 1.0, 2.0])      # the likeliest σ for a distance of 1
    1.0
    """
    means = to_host(log_likelihoods(validation, samples, sigmas).mean(axis=1))
    return float(sigmas[int(means.argmax())])


def parzen(test: Array, samples: Array, sigma: float) -> Likelihood:
    """Return the mean log p of test data ± its standard error.

    The error is the standard deviation over the test data / √m: how much other test data would
    change the number. Other samples of the same G would, too, which is not in it.

    **Raises**  ValueError, TypeError as `log_likelihoods`.

    >>> parzen(np.array([[0.0], [0.0]]), np.array([[0.0]]), 1.0).mean.__round__(6)
    -0.918939
    """
    log_p = to_host(log_likelihoods(test, samples, [sigma]))[0]
    return Likelihood(float(log_p.mean()), float(log_p.std() / math.sqrt(len(log_p))), sigma)
