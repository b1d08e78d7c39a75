"""The Fréchet distance: where it has a closed form, against scipy, and its bias."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import oracle
from point_sets import points

from minigan.evaluation.frechet import frechet_distance, frechet_of_moments, moments


def covariance(d: int, seed: int) -> np.ndarray:
    root = points(d, d, seed=seed)
    return root @ root.T


def test_equal_covariances_leave_the_means() -> None:
    x = points(20, 4)
    assert frechet_distance(x, x + np.array([1, -2, 0, 2])) == pytest.approx(9, rel=1e-9)
    assert frechet_distance(x, x[::-1]) == pytest.approx(0, abs=1e-12)


def test_diagonal_covariances_leave_the_roots() -> None:
    a, b = np.array([1.0, 4.0, 9.0]), np.array([4.0, 0.25, 9.0])
    found = frechet_of_moments((np.zeros(3), np.diag(a)), (np.zeros(3), np.diag(b)))
    assert found == pytest.approx(1 + 1.5**2, rel=1e-12)


def test_covariances_that_do_not_commute() -> None:
    """tr (C1 C2)^½ for 2 x 2 is √(tr C1C2 + 2 √(det C1 det C2)), by Cayley and Hamilton."""
    C1, C2 = covariance(2, 0), covariance(2, 1)
    root = np.sqrt(np.trace(C1 @ C2) + 2 * np.sqrt(np.linalg.det(C1) * np.linalg.det(C2)))
    found = frechet_of_moments((np.zeros(2), C1), (np.ones(2), C2))
    assert found == pytest.approx(2 + np.trace(C1) + np.trace(C2) - 2 * root, rel=1e-10)


def test_moments_are_numpys() -> None:
    x = points(20, 4)
    mean, C = moments(x)
    np.testing.assert_allclose(mean, x.mean(axis=0))
    np.testing.assert_allclose(C, np.cov(x, rowvar=False))


@given(st.integers(2, 12), st.integers(2, 12), st.integers(1, 6), st.integers(0, 10**6))
def test_a_distance_is_symmetric_and_not_below_0(n: int, m: int, d: int, seed: int) -> None:
    x, y = points(n, d, seed), points(m, d, seed + 1, shift=0.5)
    there, back = frechet_distance(x, y), frechet_distance(y, x)
    assert there == pytest.approx(back, rel=1e-6, abs=1e-6)
    assert there >= 0
    assert frechet_distance(x, x) < 1e-5
    turned = np.linalg.qr(points(d, d, seed))[0]  # no direction is special
    assert frechet_distance(x @ turned, y @ turned) == pytest.approx(there, rel=1e-6, abs=1e-6)


def test_features_times_s_have_a_distance_times_s_squared() -> None:
    x, y = points(30, 4), points(30, 4, seed=1)
    assert frechet_distance(3 * x, 3 * y) == pytest.approx(9 * frechet_distance(x, y))


def test_float32_features_are_taken_in_float64() -> None:
    x, y = (100 + points(50, 8, seed) for seed in (0, 1))
    exact = frechet_distance(x.astype(np.float32).astype(np.float64), y)
    assert frechet_distance(x.astype(np.float32), y) == pytest.approx(exact, rel=1e-9)


def test_the_callers_features_stay_as_they_are() -> None:
    x = points(9, 2)
    kept = x.copy()
    frechet_distance(x, x + 1)
    np.testing.assert_array_equal(x, kept)


def test_the_estimate_falls_with_n() -> None:
    """The same N(0, I) in 64 dimensions twice: 23 for 100 points, 1.11 for 2,000."""
    values = {n: frechet_distance(points(n, 64, 0), points(n, 64, 1)) for n in (100, 2000)}
    assert values[100] == pytest.approx(23, rel=0.1)
    assert values[2000] == pytest.approx(1.11, rel=0.1)


@pytest.mark.parametrize(("n", "d"), [(60, 8), (10, 20)])  # and fewer points than dimensions
@pytest.mark.oracle("scipy")
def test_against_scipy(n: int, d: int) -> None:
    linalg = oracle("scipy", "scipy.linalg")
    x, y = points(n, d), points(n, d, seed=1) @ covariance(d, 2) / d
    (m1, C1), (m2, C2) = moments(x), moments(y)
    root = np.trace(linalg.sqrtm(C1 @ C2)).real
    expected = ((m1 - m2) ** 2).sum() + np.trace(C1) + np.trace(C2) - 2 * root
    assert frechet_distance(x, y) == pytest.approx(expected, rel=1e-6)


def test_moments_that_are_none_are_refused() -> None:
    """A distance of NaN must not become the 0 of equal sets."""
    good = (np.zeros(2), np.eye(2))
    with pytest.raises(ValueError, match="frechet distance: the moments are not finite"):
        frechet_of_moments(good, (np.full(2, np.nan), np.eye(2)))
    with pytest.raises(ValueError, match=r"means have shapes \(2,\) and \(3,\), covariances"):
        frechet_of_moments(good, (np.zeros(3), np.eye(3)))
    with pytest.raises(ValueError, match=r"covariances \(2, 2\) and \(2,\), expected \(d,\)"):
        frechet_of_moments(good, (np.zeros(2), np.ones(2)))


def test_one_point_has_no_covariance() -> None:
    with pytest.raises(ValueError, match=r"frechet distance: got an array of shape .* 2 or more"):
        frechet_distance(np.zeros((1, 3)), np.zeros((5, 3)))
