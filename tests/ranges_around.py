"""MEASURES: what each measure refuses, a line a function, and kinds of what is refused.

    Line("evaluation.prdc.prdc", good arguments, parameter={"words of the error": [values]})

ranges_data.py has the lines of data and runs, test_ranges_around.py the tests.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minigan.backend import Random
from minigan.data import Dataset, ring
from minigan.evaluation.mmd import rbf

Refused = dict[str, list[Any]]
R = np.random.default_rng(0)
X, Y, P = R.normal(size=(8, 3)), R.normal(size=(7, 3)), np.full((12, 4), 0.25)
POINTS = np.float32(R.normal(size=(3, 2)))
IMAGES = np.zeros((3, 4, 4, 1), np.uint8)
MASKED = np.ma.masked_array(X, X > 0)
NOT_WHOLE = [None, "3", True, 1.5, math.nan, np.float32(2), [2], np.array(2)]
NOT_NUMBERS = [None, "x", True, [1.0], np.array([1.0]), 1j]
DATASET = Dataset("three", POINTS)
PICTURES = Dataset("pictures", IMAGES, np.arange(3))


class Line:
    """A function, arguments that it takes, and what it refuses of each parameter."""

    def __init__(
        self, name: str, good: Callable[[], dict[str, Any]], /, **refused: Refused
    ) -> None:
        self.name, self.good, self.refused = name, good, refused


def rows(least: int = 1) -> Refused:
    """What no measure takes for examples (n, d)."""
    return {
        "expected a NumPy or a CuPy array": [
            None,
            3,
            "x",
            X.tolist(),
            np.ma.masked_array(X, X > 0),
        ],
        "expected real numbers": [X.astype(kind) for kind in ("complex64", "O", "S8", "M8[s]")],
        "expected (n, d)": [X[0], X[:0], X[:, :0], np.array(1.0), *([X[:1]] if least > 1 else [])],
        "is not finite": [
            put(math.nan),
            put(math.inf),
            put(1e16),
            np.full((8, 3), 2**63, np.uint64),
        ],
    }


def put(value: float) -> Any:
    x = X.copy()
    x[2, 1] = value
    return x


PAIR = rows() | {"expected as many in both": [X[:, :2], X[..., None].repeat(2, 2)]}
PAIR_2 = rows(2) | {"expected as many in both": [X[:, :2]]}
DISTRIBUTION = {
    "expected a NumPy or a CuPy array": [None, P.tolist(), "x"],
    "expected real numbers": [P.astype("complex64"), P.astype("O")],
    "expected (n, K)": [P[0], P[:0], P[:, :0], P[None]],
    "expected probabilities": [P * 2, -P, put(math.nan), X, P * 0, P * math.inf],
}
RNG: Refused = {"expected a Random": [None, 0, np.random.default_rng(0), "rng"]}
COUNT: Refused = {"expected an integer of 1 or more": [0, -1, *NOT_WHOLE], "at most": [10**30]}
POSITIVE: Refused = {"expected a number above 0": [0, -1.0, math.nan, math.inf, *NOT_NUMBERS]}
FINITE: Refused = {"expected a finite number": [math.nan, math.inf, -math.inf, *NOT_NUMBERS]}
A_DATASET: Refused = {"expected a Dataset": [None, POINTS, "digits8x8"]}
SCALE: Refused = {"expected a finite number above 0": [0, -1, math.inf, math.nan, *NOT_NUMBERS]}
KERNEL: Refused = {"expected a function such as rbf(1.0)": [None, 3, "rbf"]}
A_TOY: Refused = {"expected a Toy": [None, "ring", 3]}
NUMBERS: Refused = {"expected (n,) finite numbers": [None, "x", [], 3, [[1, 2]], [math.nan], [1j]]}
MOMENTS = (np.zeros(3), np.eye(3))
PAIR_OF_MOMENTS: Refused = {
    "expected (mean, covariance)": [None, 3, (np.zeros(3),), [*MOMENTS]],
    "expected a NumPy or a CuPy array": [([0, 0, 0], np.eye(3))],
    "expected floats": [(np.zeros(3, complex), np.eye(3))],
    "expected (d,) and (d, d)": [(np.zeros(2), np.eye(2)), (np.zeros(3), np.eye(2))],
    "expected finite numbers": [
        (np.full(3, math.nan), np.eye(3)),
        (np.zeros(3), np.full((3, 3), math.inf)),
        (np.full(3, 1e200), np.eye(3)),
    ],
}


def up_to(most: int) -> Refused:
    return {f"expected an integer from 1 to {most:,}": [0, -1, most + 1, 10**30, *NOT_WHOLE]}


MEASURES = [
    Line(
        "evaluation.parzen.parzen",
        lambda: {"test": X, "samples": Y, "sigma": 1.0},
        test=PAIR,
        samples=PAIR,
        sigma={"expected a number above 0 (1e-15 to 1e15)": [0, -1, math.nan, 1e16, *NOT_NUMBERS]},
    ),
    Line(
        "evaluation.parzen.choose_sigma",
        lambda: {"validation": X, "samples": Y, "sigmas": [0.5, 1.0]},
        validation=PAIR,
        samples=PAIR,
        sigmas={
            "expected a list of numbers": [None, 3, "x"],
            "expected one number": [[]],
            "expected a number above 0": [[0], [1, -1], [math.nan], ["x"], [True], [None]],
        },
    ),
    Line(
        "evaluation.parzen.log_likelihoods",
        lambda: {"x": X, "samples": Y, "sigmas": [1.0]},
        x=PAIR,
        samples=PAIR,
        sigmas={"expected a list of numbers": [None, 3], "expected a number above 0": [[0]]},
    ),
    Line("evaluation.frechet.frechet_distance", lambda: {"x": X, "y": Y}, x=PAIR_2, y=PAIR_2),
    Line("evaluation.frechet.moments", lambda: {"x": X}, x=rows(2)),
    Line(
        "evaluation.frechet.frechet_of_moments",
        lambda: {"first": MOMENTS, "second": MOMENTS},
        first=PAIR_OF_MOMENTS,
        second=PAIR_OF_MOMENTS,
    ),
    Line(
        "evaluation.prdc.prdc",
        lambda: {"data": X, "samples": Y, "k": 2},
        data=PAIR_2,
        samples=PAIR_2,
        k=up_to(6),
    ),
    Line(
        "evaluation.two_sample.nearest_neighbour_test",
        lambda: {"data": X[:7], "samples": Y},
        data=PAIR_2 | {"expected as many": [X]},
        samples=PAIR_2 | {"expected as many": [X]},
    ),
    Line("evaluation.mmd.rbf", lambda: {"scale": 1.0}, scale=SCALE),
    Line(
        "evaluation.mmd.mmd2",
        lambda: {"x": X, "y": Y, "kernel": rbf(1.0)},
        x=PAIR_2,
        y=PAIR_2,
        kernel=KERNEL,
    ),
    Line("evaluation.mmd.pooled_median", lambda: {"x": X, "y": Y}, x=PAIR, y=PAIR),
    Line(
        "evaluation.mmd.permutation_test",
        lambda: {"x": X, "y": Y, "kernel": rbf(1.0), "rng": Random(0), "permutations": 5},
        x=PAIR_2,
        y=PAIR_2,
        kernel=KERNEL,
        rng=RNG,
        permutations=up_to(100_000),
    ),
    Line(
        "evaluation.scores.classifier_score",
        lambda: {"probabilities": P, "splits": 3},
        probabilities=DISTRIBUTION,
        splits=up_to(12),
    ),
    Line(
        "evaluation.histogram.class_counts",
        lambda: {"probabilities": P},
        probabilities=DISTRIBUTION,
    ),
    Line(
        "evaluation.histogram.class_histogram",
        lambda: {"samples": P, "data": P},
        samples=DISTRIBUTION | {"expected the answers of one classifier": [np.eye(3)]},
        data=DISTRIBUTION | {"expected the answers of one classifier": [np.eye(3)]},
    ),
    Line(
        "evaluation.training_set.nearest_neighbour_error",
        lambda: {"training": X, "labels": range(8), "test": Y, "test_labels": [0] * 7},
        training=PAIR,
        labels={"expected 8 integers": [None, [1], np.arange(8.0), "x", [[0]] * 8]},
        test=PAIR,
        test_labels={"expected 7 integers": [None, [1], np.arange(7.0), "x", [True] * 7]},
    ),
    Line(
        "evaluation.neighbours.nearest_examples",
        lambda: {"samples": X, "training": Y},
        samples=PAIR,
        training=PAIR,
    ),
    Line(
        "evaluation.neighbours.median_distance", lambda: {"distance": [1.0, 2.0]}, distance=NUMBERS
    ),
    Line("evaluation.distances.nearest", lambda: {"x": X, "y": Y}, x=PAIR, y=PAIR),
    Line("evaluation.distances.kth_nearest", lambda: {"x": X, "k": 2}, x=rows(2), k=up_to(7)),
    Line(
        "evaluation.modes.measure",
        lambda: {"samples": X[:, :2], "toy": ring()},
        samples={
            "expected a NumPy or a CuPy array": [None, [[0.0, 1.0]], "x"],
            "expected real numbers": [X[:, :2].astype("complex64"), X[:, :2].astype("O")],
            "expected (n, 2)": [X, X[0, :2], X[:0, :2]],
        },
        toy=A_TOY,
    ),
    Line(
        "evaluation.modes.reverse_kl",
        lambda: {"counts": [1, 2]},
        counts=NUMBERS | {"expected 0 or more": [[1, -2]]},
    ),
    Line(
        "evaluation.modes.ceiling",
        lambda: {"toy": ring(), "n": 5, "rng": Random(0), "trials": 2},
        toy={"expected a Toy": [None, "ring"]},
        n=COUNT,
        rng=RNG,
        trials=COUNT,
    ),
    Line(
        "evaluation.ladder.kmeans",
        lambda: {"x": X, "count": 2, "rng": Random(0), "steps": 1},
        x=rows(),
        count=up_to(8),
        rng=RNG,
        steps={"expected an integer of 0 or more": [-1, *NOT_WHOLE]},
    ),
    Line(
        "evaluation.classifier.classifier",
        lambda: {"rng": Random(0), "shape": (8, 8, 1), "classes": 2, "widths": (2,), "features": 3},
        rng=RNG,
        shape={"expected": [None, 3, (8, 8), (0, 8, 1), (8, 8, 0), (8.0, 8, 1), "x", (-1, 2, 3)]},
        classes={"expected an integer of 1 or more": [0, -1, *NOT_WHOLE, 10**30]},
        widths={"expected a tuple of sizes": [None, 3, [], [0], [1.5], ["x"]]},
        features={"expected an integer of 1 or more": [0, -1, *NOT_WHOLE, 10**30]},
    ),
    Line(
        "evaluation.features.load",
        lambda: {"name": "mnist", "device": "cpu"},
        name={"expected a name or a path": [None, 3, True], "expected one of mnist": ["", "no"]},
        device={"expected one of 'cpu', 'cuda', 'auto'": ["", "tpu", 3, None]},
    ),
]
