"""How much examples vary and how far they are from others, by distances: no trained judge.

All of them are compared with the same numbers of data against other data, never taken as they are.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigan.backend import Random

Rows = Any  # (n, d) float64 on the host
ANCHORS = 16  # cells for data without classes: 1,024 examples put 64 into each, give or take 8
MANY = 100  # from so many classes on, 1,024 examples say little about each


def total_variance(x: Rows) -> float:
    """Σⱼ var(xⱼ): the mean squared distance to the mean, and half that between two examples.

    >>> total_variance(np.array([[0.0, 0.0], [2.0, 4.0]]))
    5.0
    """
    return float(x.var(axis=0).sum())


def squared_distances(a: Rows, b: Rows) -> Any:
    """‖aᵢ - bⱼ‖² for all pairs (n, k), as ‖a‖² - 2 a·b + ‖b‖²; b's mean is taken off both first.

    >>> squared_distances(np.array([[0.0], [3.0]]), np.array([[1.0], [1.0]])).tolist()
    [[1.0, 1.0], [4.0, 4.0]]
    """
    centre = b.mean(
        axis=0
    )  # rounding is relative to the norms: far from 0 it would be all there is
    a, b = a - centre, b - centre
    square = (a * a).sum(axis=1)[:, None] - 2 * (a @ b.T) + (b * b).sum(axis=1)
    return np.maximum(square, 0)


def nearest_distances(x: Rows, points: Rows) -> Any:
    """minⱼ ‖xᵢ - pⱼ‖ for each example, (n,)."""
    return np.sqrt(squared_distances(x, points).min(axis=1))


def gap(x: Rows) -> float:
    """The median distance of an example to the nearest other one: 0 where they are copies.

    >>> gap(np.array([[0.0], [1.0], [9.0], [12.0]]))
    2.0
    """
    square = squared_distances(x, x)
    np.fill_diagonal(square, np.inf)
    return float(np.median(np.sqrt(square.min(axis=1))))


def nearest(x: Rows, points: Rows) -> Any:
    """The index of the nearest point for each example, (n,)."""
    return squared_distances(x, points).argmin(axis=1)


def effective_number(cells: Any) -> float:
    """exp(entropy) of how the examples share out over cells: n where all n are equally full.

    >>> effective_number(np.array([0, 0, 1, 1])), effective_number(np.array([7, 7, 7, 7]))
    (2.0, 1.0)
    """
    share = np.unique(cells, return_counts=True)[1] / len(cells)
    return float(np.exp(-(share * np.log(share)).sum()))


class Cells:
    """A division of the data into cells, in which samples can be counted.

    The modes of a toy distribution; or the classes that the data come with, where the class of a
    sample is that of the nearest example; or else the surroundings of 16 examples.

    **Parameters**  x (n, d), labels (n,) or None; modes (K, d), or None; rng, which draws the 16.

    >>> cells = Cells(np.array([[0.0], [1.0], [8.0]]), np.array([4, 4, 6]), None, Random(0))
    >>> cells.of(np.array([[0.4], [7.0]])).tolist(), cells.kind
    ([4, 6], 'classes')
    """

    def __init__(self, x: Rows, labels: Any, modes: Any, rng: Random) -> None:
        classes = 0 if labels is None else len(np.unique(labels))
        self._points, self._names, self.kind = x, labels, "classes"
        if modes is not None and len(modes) > 1:
            self._points, self._names, self.kind = modes, np.arange(len(modes)), "modes"
        elif not 1 < classes <= MANY:
            self._points = x[rng.permutation(len(x))[:ANCHORS]]
            self._names, self.kind = np.arange(len(self._points)), "cells"
        self.count = len(np.unique(self._names))

    def of(self, x: Rows) -> Any:
        """The cell of each example, (n,)."""
        return self._names[nearest(x, self._points)]


def ratio(a: float, b: float) -> float:
    """a / b; data that do not vary at all are matched by samples that do not.

    >>> ratio(1.0, 4.0), ratio(0.0, 0.0), ratio(2.0, 0.0)
    (0.25, 1.0, inf)
    """
    return a / b if b > 0 else math.inf if a > 0 else 1.0
