"""MMD: by its definition, without bias, and its permutation test."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from point_sets import distance, points
from point_sets import mmd2 as by_definition

from minigan.backend import Random
from minigan.evaluation import mmd
from minigan.evaluation.mmd import (
    cubic,
    mmd2,
    mmd2_of_dealings,
    permutation_test,
    pooled_median,
    rbf,
)


def test_twenty_points_by_the_definition() -> None:
    x, y = points(20), points(13, seed=1, shift=0.3)
    by_rbf = by_definition(x, y, lambda a, b: math.exp(-(distance(a, b) ** 2) / 2.5))
    by_cubic = by_definition(x, y, lambda a, b: (float(a @ b) / 3 + 1) ** 3)
    assert mmd2(x, y, rbf(2.5)) == pytest.approx(by_rbf, abs=1e-12)
    assert mmd2(x, y, cubic) == pytest.approx(by_cubic, abs=1e-12)


def test_two_points_each() -> None:
    """k within is 1, k between is e⁻¹: 1 + 1 - 2/e."""
    assert mmd2(np.zeros((2, 1)), np.ones((2, 1)), rbf(1.0)) == pytest.approx(2 - 2 / math.e)


def test_without_bias_the_mean_over_equal_distributions_is_0() -> None:
    """And the estimate with itself-pairs, for comparison, is above 0 by about 2/n."""
    rng = np.random.default_rng(0)
    found = [mmd2(rng.normal(size=(20, 2)), rng.normal(size=(20, 2)), rbf(4.0)) for _ in range(300)]
    error = np.std(found) / math.sqrt(300)
    assert abs(np.mean(found)) < 4 * error
    assert 4 * error < 0.02  # so that a bias of (1 - E k)·2/20 would be seen
    assert min(found) < 0


@given(st.integers(0, 10**6))
def test_distances_alone_count_for_the_rbf_kernel(seed: int) -> None:
    x, y = points(8, 2, seed), points(9, 2, seed + 1)
    value = mmd2(x, y, rbf(2.0))
    assert mmd2(x + 5, y + 5, rbf(2.0)) == pytest.approx(value, abs=1e-9)
    assert mmd2(y, x[::-1], rbf(2.0)) == pytest.approx(value, abs=1e-12)


def test_the_median_is_of_the_pool() -> None:
    x, y = points(6), points(5, seed=1, shift=3)
    pool = [*x, *y]
    squares = [distance(pool[i], pool[j]) ** 2 for i in range(11) for j in range(i)]
    assert pooled_median(x, y) == pytest.approx(np.median(squares))


def test_of_a_large_pool_evenly_spaced_rows_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mmd, "ROWS", 3)
    x, y = np.array([[0.0], [1.0], [2.0]]), np.array([[4.0], [8.0]])
    assert pooled_median(x, y) == pytest.approx(36)  # 0, 2 and 8: of 4, 36 and 64


def test_copies_of_one_example_have_no_scale() -> None:
    with pytest.raises(ValueError, match=r"rbf: scale is 0\.0, .* above 0 .* where all examples"):
        rbf(pooled_median(np.zeros((3, 2)), np.zeros((3, 2))))


@pytest.mark.parametrize("scale", [0.0, -1.0, math.nan, math.inf, 1e-320])
def test_a_scale_that_is_none_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match=r"rbf: scale is .*, expected a finite number above 0"):
        rbf(scale)


def test_p_of_different_sets_is_the_least_there_is() -> None:
    x, y = points(40), points(50, seed=1, shift=3)
    assert permutation_test(x, y, rbf(3.0), Random(0)) == pytest.approx(1 / 201)


def test_p_of_equal_distributions_is_uniform() -> None:
    found = [
        permutation_test(points(15, 2, 2 * s), points(10, 2, 2 * s + 1), rbf(3.0), Random(s), 39)
        for s in range(200)
    ]
    # p ≤ 0.2 has probability 0.2, and p ≤ 0.5 one half; 4 standard errors of 200 draws
    assert np.mean(np.array(found) <= 0.2) == pytest.approx(0.2, abs=4 * math.sqrt(0.16 / 200))
    assert np.mean(np.array(found) <= 0.5) == pytest.approx(0.5, abs=4 * math.sqrt(0.25 / 200))


def test_each_dealing_has_the_mmd2_of_its_sets() -> None:
    pool, rng = points(12), np.random.default_rng(0)
    K = np.exp([[-(distance(a, b) ** 2) / 2.0 for b in pool] for a in pool])
    np.fill_diagonal(K, 0)
    is_x = np.stack([rng.permutation(12) < 5 for _ in range(4)], axis=1)
    expected = [mmd2(pool[x], pool[~x], rbf(2.0)) for x in is_x.T]
    np.testing.assert_allclose(mmd2_of_dealings(K, is_x.astype(float)), expected, atol=1e-12)


def test_dealings_that_are_all_alike_have_p_1() -> None:
    x = np.zeros((6, 2))
    assert permutation_test(x, x, rbf(1.0), Random(0), 19) == 1


@pytest.mark.parametrize("permutations", [0, -1, 2.5])
def test_without_dealings_there_is_no_p(permutations) -> None:
    with pytest.raises(
        (TypeError, ValueError), match=r"permutation test: permutations is .* from 1 to 100,000"
    ):
        permutation_test(points(3), points(3), rbf(1.0), Random(0), permutations)


def test_a_pool_beyond_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="the pool has 5,002 rows, at most 5,000"):
        permutation_test(np.zeros((5000, 1)), np.zeros((2, 1)), cubic, Random(0))
