"""The nearest-neighbour test: by its definition, and in the cases that it is taken for."""

from __future__ import annotations

import numpy as np
import pytest
from point_sets import one_nn, points

from minigan.evaluation.two_sample import nearest_neighbour_test


def test_twenty_points_by_the_definition() -> None:
    data, samples = points(20), points(20, seed=1, shift=0.5)
    found = nearest_neighbour_test(data, samples)
    assert found.data == pytest.approx(one_nn(data, samples))
    assert found.samples == pytest.approx(one_nn(samples, data))
    assert found.both == pytest.approx((found.data + found.samples) / 2)


def test_the_same_distribution_is_a_coin() -> None:
    found = nearest_neighbour_test(points(2000, 3, 0), points(2000, 3, 1))
    assert found.both == pytest.approx(0.5, abs=0.04)


def test_sets_apart_are_told_apart() -> None:
    assert nearest_neighbour_test(points(50), points(50, shift=50)) == (1, 1, 1)


def test_copies_of_the_data_are_below_one_half() -> None:
    data = points(50)
    assert nearest_neighbour_test(data, data + 1e-9) == (0, 0, 0)


def test_the_mean_can_be_one_half_while_both_sides_are_wrong() -> None:
    """Samples in the middle of data that are far from each other: everyone's neighbours."""
    data, samples = 10 * np.eye(40), 0.1 * points(40, 40)
    found = nearest_neighbour_test(data, samples)
    assert found == (0.5, 0.0, 1.0)


def test_a_tie_counts_half() -> None:
    same = np.zeros((4, 2))
    assert nearest_neighbour_test(same, same) == (0.5, 0.5, 0.5)


def test_rounding_decides_no_tie() -> None:
    """On a diagonal, every datum has a datum and a sample that are √2 away."""
    along = np.array([[1.0, 1.0]])
    data, samples = along * [[0], [1], [50], [51]], along * [[-1], [2], [49], [52]]
    assert nearest_neighbour_test(data, samples) == (0.25, 0.5, 0.0)


def test_one_datum_again_and_again_ties_with_itself() -> None:
    x = np.random.default_rng(0).random((20, 784), dtype=np.float32)
    assert nearest_neighbour_test(x, x[:1].repeat(20, axis=0)).samples == 0.5


def test_two_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="3 data and 4 samples, expected as many"):
        nearest_neighbour_test(points(3), points(4))


def test_against_scikit_learn() -> None:
    neighbors = pytest.importorskip("sklearn.neighbors")
    data, samples = points(100, 8), points(100, 8, seed=1, shift=0.3)
    pool, is_data = np.concatenate([data, samples]), np.arange(200) < 100
    near = neighbors.NearestNeighbors(n_neighbors=1).fit(pool)
    index = near.kneighbors(return_distance=False)[:, 0]  # of the pool itself: one is left out
    right = is_data[index] == is_data
    expected = (right.mean(), right[:100].mean(), right[100:].mean())
    assert nearest_neighbour_test(data, samples) == pytest.approx(expected)
