"""The measures on a device give what they give on the CPU."""

from __future__ import annotations

import numpy as np
import pytest
from point_sets import points

from minigan.backend import Random
from minigan.evaluation.frechet import frechet_distance
from minigan.evaluation.histogram import class_histogram
from minigan.evaluation.ladder import kmeans
from minigan.evaluation.mmd import cubic, mmd2, permutation_test, pooled_median, rbf
from minigan.evaluation.neighbours import nearest_examples
from minigan.evaluation.parzen import choose_sigma, parzen
from minigan.evaluation.prdc import prdc
from minigan.evaluation.scores import classifier_score
from minigan.evaluation.two_sample import nearest_neighbour_test

MEASURES = {
    "parzen": lambda x, y: parzen(x, y, choose_sigma(x, y)),
    "score": lambda x, y: classifier_score(abs(x) / abs(x).sum(axis=1)[:, None], 2),
    "frechet": frechet_distance,
    "prdc": lambda x, y: prdc(x, y, 3),
    "rbf": lambda x, y: mmd2(x, y, rbf(pooled_median(x, y))),
    "cubic": lambda x, y: mmd2(x, y, cubic),
    "permutations": lambda x, y: permutation_test(x, y, rbf(2.0), Random(0), 9),
    "1-NN": nearest_neighbour_test,
    "histogram": lambda x, y: class_histogram(
        *(abs(a) / abs(a).sum(axis=1)[:, None] for a in (x, y))
    )[:3],
    "neighbours": lambda x, y: np.concatenate(nearest_examples(x, y)),
}


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("d", [4, 200])  # float64, and float32
def test_a_measure_is_the_same_on_the_device(cuda, name: str, d: int) -> None:
    x, y = points(20, d).astype(np.float32), points(20, d, seed=1, shift=0.3).astype(np.float32)
    there = MEASURES[name](cuda.xp.asarray(x), cuda.xp.asarray(y))
    tight = {"rel": 1e-6} if d < 100 else {"rel": 1e-4, "abs": 1e-4}
    assert there == pytest.approx(MEASURES[name](x, y), **tight)


def test_centres_are_the_same_on_the_device(cuda) -> None:
    x = points(30)
    there = kmeans(cuda.xp.asarray(x), 4, Random(0))
    cuda.assert_same(there, kmeans(x, 4, Random(0)))
