"""Fréchet distance: how far apart two clouds of features are, by their means and covariances.

Take each cloud for a Gaussian, with the mean and the covariance that it has. Then there is a
formula for the distance (squared; Wasserstein's of order 2) between N(m₁, C₁) and N(m₂, C₂):

    F = ‖m₁ - m₂‖² + tr( C₁ + C₂ - 2 (C₁ C₂)^½ )

The square root of a product of matrices is avoided. With R = C₁^½, which is symmetric, C₁C₂ =
R R C₂ has the eigenvalues of R C₂ R, which is symmetric, too, and has no negative ones. So

    tr (C₁C₂)^½ = Σ √λᵢ        λ the eigenvalues of C₁^½ C₂ C₁^½

which takes two symmetric eigenvalue problems (`eigh`): real numbers from beginning to end. λ that
rounding has put below 0 are 0.

    equal covariances          F = ‖m₁ - m₂‖²
    diagonal, equal means      F = Σ (√a - √b)²
    all features times s       F becomes s² F

The last line says that F has no unit: it compares generators by one network of features, never
across networks. With Inception's features it is known as FID; minigan's are its own.

**Source**  Heusel et al. 2017 for generators; Dowson & Landau 1982 for the formula (from memory).

What it can tell: missing classes, too little variety, blur and noise, all in one number.
What it cannot: which of these it was; and whether samples are copies of the training data.
Its estimate is too large, by about c/n: N(0, I) in 64 dimensions against itself gives 1.1 for 2,000
points and 0.2 for 10,000. Compare at equal n, and look at real data against real data first.
"""

from __future__ import annotations

from typing import Any

from minigan.backend import Array, array_module
from minigan.evaluation.distances import REAL, as_pair, as_rows
from minigan.limits import sentence

HUGE = 1e100  # moments beyond it have products that are not safely below infinity


def moments(x: Array) -> tuple[Array, Array]:
    """The mean (d,) and the covariance (d, d) of rows (n, d), with 1/(n - 1), in float64.

    **Raises**  ValueError, TypeError as `as_rows`, for fewer than two rows, too.

    >>> import numpy as np
    >>> mean, C = moments(np.array([[0.0, 1.0], [2.0, 1.0]]))
    >>> mean.tolist(), C.tolist()
    ([1.0, 1.0], [[2.0, 0.0], [0.0, 0.0]])
    """
    x = as_rows("moments", x, least=2)
    xp = array_module(x)
    x = x.astype(xp.float64)
    mean = x.mean(axis=0)
    x -= mean
    return mean, x.T @ x / (len(x) - 1)


def frechet_distance(x: Array, y: Array) -> float:
    """Return F between two sets of features.

    **Shapes**  x (n, …), y (m, …), two rows or more each

    **Raises**  ValueError, TypeError as `as_pair`.

    >>> import numpy as np
    >>> x = np.array([[0.0, 0.0], [2.0, 1.0], [1.0, 5.0]])
    >>> round(frechet_distance(x, x + np.array([3.0, 4.0])), 9)      # equal covariances
    25.0
    """
    x, y = as_pair("frechet distance", x, y, least=2)
    return frechet_of_moments(moments(x), moments(y))


def frechet_of_moments(first: tuple[Array, Array], second: tuple[Array, Array]) -> float:
    """Return F between N(m₁, C₁) and N(m₂, C₂), given as (mean, covariance) each.

    **Raises**  ValueError for moments of two lengths, or that are not finite; TypeError for what
    are no arrays of numbers.

    >>> import numpy as np
    >>> zero = np.zeros(2)
    >>> first, second = (zero, np.diag([1.0, 4.0])), (zero, np.diag([9.0, 4.0]))
    >>> round(frechet_of_moments(first, second), 9)                  # (1 - 3)² + (2 - 2)²
    4.0
    """
    for moments in (first, second):
        if not isinstance(moments, tuple) or len(moments) != 2:
            raise TypeError(sentence("frechet distance", "a pair", moments, "(mean, covariance)"))
        if any(array_module(a) and a.dtype.kind not in REAL for a in moments):
            raise TypeError("frechet distance: the moments are no real numbers, expected floats.")
        if not all(bool((abs(a) <= HUGE).all()) for a in moments):  # max(0, NaN) is 0
            raise ValueError(
                f"frechet distance: the moments are not finite, or beyond {HUGE:g}, expected "
                "finite numbers."
            )
    (m1, C1), (m2, C2) = first, second
    xp, d = array_module(m1), m1.size
    if m1.shape != m2.shape or not C1.shape == C2.shape == (d, d):
        raise ValueError(
            f"frechet distance: means have shapes {m1.shape} and {m2.shape}, covariances "
            f"{C1.shape} and {C2.shape}, expected (d,) and (d, d)."
        )
    values, vectors = xp.linalg.eigh(C1)
    root: Any = (vectors * xp.sqrt(xp.maximum(values, 0))) @ vectors.T  # C₁^½
    inner = root @ C2 @ root
    # rounding leaves it a little unsymmetric, and eigh would look at one half of it alone
    overlap = xp.sqrt(xp.maximum(xp.linalg.eigvalsh((inner + inner.T) / 2), 0)).sum()
    distance = ((m1 - m2) ** 2).sum() + xp.trace(C1) + xp.trace(C2) - 2 * overlap
    return max(0.0, float(distance))
