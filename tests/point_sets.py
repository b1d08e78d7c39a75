"""Small sets of points, and every measure by its definition: loops over pairs, in plain Python."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def points(n: int, d: int = 3, seed: int = 0, shift: float = 0.0) -> Any:
    return np.random.default_rng(seed).normal(shift, 1.0, (n, d))


def distance(a: Any, b: Any) -> float:
    return math.sqrt(sum((float(p) - float(q)) ** 2 for p, q in zip(a, b, strict=True)))


def log_density(x: Any, centres: Any, sigma: float) -> float:
    """The log of the mean of the Gaussians around the centres, none of which may underflow."""
    d = len(x)
    peak = (sigma * math.sqrt(2 * math.pi)) ** d
    terms = [math.exp(-(distance(x, c) ** 2) / (2 * sigma**2)) / peak for c in centres]
    return math.log(sum(terms) / len(centres))


def radius(i: int, x: Any, k: int) -> float:
    """The distance of point i to the k-th nearest other point of its set."""
    return sorted(distance(x[i], x[j]) for j in range(len(x)) if j != i)[k - 1]


def prdc(data: Any, samples: Any, k: int) -> tuple[float, float, float, float]:
    r = [radius(i, data, k) for i in range(len(data))]
    s = [radius(j, samples, k) for j in range(len(samples))]
    precision = recall = density = coverage = 0.0
    for g in samples:
        balls = sum(distance(g, x) <= r[i] for i, x in enumerate(data))
        precision += (balls > 0) / len(samples)
        density += balls / k / len(samples)
    for i, x in enumerate(data):
        recall += any(distance(x, g) <= s[j] for j, g in enumerate(samples)) / len(data)
        coverage += (min(distance(x, g) for g in samples) <= r[i]) / len(data)
    return precision, recall, density, coverage


def mmd2(x: Any, y: Any, k: Any) -> float:
    n, m = len(x), len(y)
    xx = sum(k(x[i], x[j]) for i in range(n) for j in range(n) if i != j)
    yy = sum(k(y[i], y[j]) for i in range(m) for j in range(m) if i != j)
    xy = sum(k(a, b) for a in x for b in y)
    return float(xx / (n * (n - 1)) + yy / (m * (m - 1)) - 2 * xy / (n * m))


def one_nn(x: Any, others: Any) -> float:
    """How often a point's nearest neighbour, itself apart, is of its own set."""
    right = 0
    for i, p in enumerate(x):
        own = min(distance(p, q) for j, q in enumerate(x) if j != i)
        right += own < min(distance(p, q) for q in others)
    return right / len(x)
