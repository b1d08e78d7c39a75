"""Precision, recall, density, coverage: by their definition, and where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from point_sets import points
from point_sets import prdc as by_definition

from minigan.evaluation.prdc import prdc


@pytest.mark.parametrize("k", [1, 3, 5])
def test_twenty_points_by_the_definition(k: int) -> None:
    data, samples = points(20), points(23, seed=1, shift=0.4)
    assert prdc(data, samples, k) == pytest.approx(by_definition(data, samples, k))


def test_identical_sets_are_perfect() -> None:
    found = prdc(points(50), points(50), 3)
    assert (found.precision, found.recall, found.coverage) == (1, 1, 1)


def test_sets_far_apart_have_nothing_in_common() -> None:
    assert prdc(points(50), points(50, shift=100), 3) == (0, 0, 0, 0)


@given(st.integers(0, 10**6), st.integers(1, 4))
def test_precision_and_recall_change_places_with_data_and_samples(seed: int, k: int) -> None:
    a, b = points(12, 2, seed), points(9, 2, seed + 1, shift=0.5)
    there, back = prdc(a, b, k), prdc(b, a, k)
    assert (there.precision, there.recall) == (back.recall, back.precision)
    shuffled = np.random.default_rng(seed)
    assert prdc(shuffled.permutation(a), shuffled.permutation(b), k) == pytest.approx(there)


@pytest.mark.parametrize("k", [3, 5])
def test_the_same_distribution_has_coverage_1_minus_2_to_the_minus_k(k: int) -> None:
    found = prdc(points(2000, 8, 0), points(2000, 8, 1), k)
    assert found.coverage == pytest.approx(1 - 2.0**-k, abs=0.02)
    assert found.density == pytest.approx(1, abs=0.05)


def test_in_64_dimensions_the_same_distribution_has_not_precision_1() -> None:
    found = prdc(points(2000, 64, 0), points(2000, 64, 1), 3)
    assert 0.55 < found.precision < 0.75
    assert 0.55 < found.recall < 0.75


def test_collapse_costs_recall_and_coverage_not_precision() -> None:
    data = points(500, 4)
    collapsed = np.repeat(data[:5], 100, axis=0) + 1e-6 * points(500, 4, seed=1)
    found = prdc(data, collapsed)
    assert found.precision == 1
    assert found.recall < 0.02
    assert found.coverage < 0.1


def test_ten_images_again_and_again_recall_these_ten() -> None:
    """Balls of radius 0 have in them what they are drawn around."""
    data = np.random.default_rng(0).random((200, 784), dtype=np.float32)
    found = prdc(data, data[:10].repeat(20, axis=0))
    assert (found.precision, found.recall) == (1, 0.05)


def test_one_far_off_sample_lifts_recall_and_not_coverage() -> None:
    data, samples = points(100, 2), points(5, 2, seed=1, shift=30)
    samples[0] = -1000  # beyond the data: its ball, as wide as to the next sample, has them all
    found = prdc(data, samples, k=1)
    assert found.recall == 1
    assert found.coverage == found.precision == 0


def test_against_prdc() -> None:
    """The authors' package has < for ≤; with random points there are no ties."""
    published = pytest.importorskip("prdc")
    data, samples = points(150, 8), points(130, 8, seed=1, shift=0.2)
    expected = published.compute_prdc(data, samples, nearest_k=5)
    assert prdc(data, samples, 5)._asdict() == pytest.approx(expected)


@pytest.mark.parametrize("k", [0, 5, 2.5])
def test_a_k_beyond_the_points_is_refused(k) -> None:
    words = rf"prdc: k is {k}, expected an integer from 1 to 4: each of 5 needs k others"
    with pytest.raises((TypeError, ValueError), match=words):
        prdc(points(5), points(9), k)
    with pytest.raises((TypeError, ValueError), match=words):
        prdc(points(9), points(5), k)
