"""Modes found, high quality, reverse KL: closed forms, and what must hold for any samples."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigan.backend import Random
from minigan.data.toy import Toy, grid, ring
from minigan.evaluation.modes import assign, ceiling, measure, reverse_kl

MIXTURES = pytest.mark.parametrize("toy", [ring(), grid()], ids=["ring", "grid"])


def around(toy: Toy, sigmas: float) -> np.ndarray:
    """A point beside each mode, so many sigma away in a direction of its own."""
    angle = np.arange(len(toy.modes)) * 2.4
    direction = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return toy.modes + sigmas * toy.sigma * direction


@MIXTURES
def test_the_modes_themselves_are_all_found_all_near_and_even(toy: Toy) -> None:
    coverage = measure(toy.modes, toy)
    assert coverage.modes == coverage.of == len(toy.modes)
    assert coverage.high_quality == 1
    assert coverage.reverse_kl == 0
    assert set(coverage.counts) == {1}


@MIXTURES
@pytest.mark.parametrize(("sigmas", "near"), [(2.99, True), (3.01, False), (8.9, False)])
def test_near_is_within_three_standard_deviations(toy: Toy, sigmas: float, near: bool) -> None:
    coverage = measure(around(toy, sigmas), toy)
    assert coverage.high_quality == near
    assert coverage.modes == near * len(toy.modes)
    assert coverage.reverse_kl == 0  # far samples, too, belong to the closest mode


def test_a_distance_of_exactly_three_is_not_near() -> None:
    toy = Toy("one", np.array([[0.0, 0.0]]), 0.5, "one mode")
    assert assign(np.array([[1.5, 0.0]]), toy)[1].tolist() == [3.0]
    assert measure(np.array([[1.5, 0.0]]), toy).high_quality == 0


def test_a_mode_that_only_far_samples_have_is_not_found() -> None:
    samples = np.concatenate([ring().modes[:3], 1.2 * ring().modes[3:5]])
    coverage = measure(samples, ring())
    assert coverage.modes == 3
    assert coverage.high_quality == 0.6
    assert coverage.counts == (1, 1, 1, 1, 1, 0, 0, 0)
    assert coverage.reverse_kl == pytest.approx(math.log(8 / 5))


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30).filter(any))
def test_reverse_kl_by_its_definition(counts: list[int]) -> None:
    n, K = sum(counts), len(counts)
    expected = sum(c / n * math.log((c / n) / (1 / K)) for c in counts if c)
    assert reverse_kl(counts) == pytest.approx(expected, abs=1e-12)
    assert 0 <= reverse_kl(counts) <= math.log(K) + 1e-12


@given(st.integers(1, 30), st.integers(0, 29), st.integers(1, 9))
def test_j_modes_in_equal_parts_of_K_have_log_K_over_j(j: int, more: int, each: int) -> None:
    assert reverse_kl([each] * j + [0] * more) == pytest.approx(math.log((j + more) / j), abs=1e-12)


def test_which_way_round_the_kl_is() -> None:
    """KL(q ‖ u) of a quarter and three quarters; KL(u ‖ q) would be 0.144."""
    assert reverse_kl([1, 3]) == pytest.approx(0.25 * math.log(0.5) + 0.75 * math.log(1.5))
    assert math.isfinite(reverse_kl([4, 0]))


@given(st.integers(0, 2**32), st.integers(1, 60), st.floats(0.01, 3))
def test_of_any_samples(seed: int, n: int, spread: float) -> None:
    samples = np.random.default_rng(seed).normal(size=(n, 2), scale=spread)
    coverage, again = measure(samples, ring()), measure(samples[::-1], ring())
    assert coverage == again  # a set of samples has no order
    k, distance = assign(samples, ring())
    expected = [np.linalg.norm(x - ring().modes, axis=1) / 0.01 for x in samples]
    assert k.tolist() == [int(d.argmin()) for d in expected]
    np.testing.assert_allclose(distance, [d.min() for d in expected])
    assert coverage.modes == len({int(i) for i in k[distance < 3]})
    assert sum(coverage.counts) == n


def test_samples_that_are_not_finite_count_as_bad_ones_and_for_no_mode() -> None:
    bad = [[math.nan, 0.0], [math.inf, 0.0], [0.0, -math.inf]]
    coverage = measure(np.array([[1.0, 0.0], *bad]), ring())
    assert (coverage.modes, coverage.high_quality) == (1, 0.25)
    assert coverage.counts == (1, 0, 0, 0, 0, 0, 0, 0)
    nothing = measure(np.array(bad), ring())
    assert (nothing.modes, nothing.high_quality, sum(nothing.counts)) == (0, 0, 0)
    assert math.isnan(nothing.reverse_kl)


@pytest.mark.parametrize("shape", [(0, 2), (4, 3), (4,), (4, 2, 1)])
def test_samples_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"^ring: samples have shape \(.*\), expected \(n, 2\)"):
        measure(np.zeros(shape), ring())


@MIXTURES
def test_the_ceiling_is_that_of_the_formulas(toy: Toy) -> None:
    """1 - exp(-9/2) = 0.98889 of a perfect sampler is near; E[KL] ≈ (K - 1)/(2n)."""
    n, trials = 2500, 200
    perfect = ceiling(toy, n, Random(0, dtype="float64"), trials)
    p, K = 1 - math.exp(-9 / 2), len(toy.modes)
    assert perfect.modes == K
    assert abs(perfect.high_quality - p) < 4 * math.sqrt(p * (1 - p) / (n * trials))
    assert perfect.reverse_kl == pytest.approx((K - 1) / (2 * n), rel=0.15)  # 4 errors: 2 n KL is
    # χ² with K - 1 degrees of freedom, whose mean over 200 draws has an error of 3.8 % and less
    assert sum(perfect.counts) == n * trials


def test_samples_on_a_gpu(cuda: object) -> None:
    samples = Random(0, device="cuda").normal((50, 2))
    assert measure(samples, ring()) == measure(Random(0).normal((50, 2)), ring())
