"""The Parzen window: its formula, its pitfalls in numbers, and the ladder on real digits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from oracles import oracle
from point_sets import log_density, points

from minigan.backend import Random
from minigan.data import load
from minigan.evaluation.ladder import kmeans, ladder
from minigan.evaluation.parzen import SIGMAS, choose_sigma, log_likelihoods, parzen


def test_one_centre_is_a_gaussian() -> None:
    x, centre, sigma = points(5, 4), points(1, 4, seed=1), 0.7
    square = ((x - centre) ** 2).sum(axis=1)
    expected = -square / (2 * sigma**2) - 4 / 2 * math.log(2 * math.pi * sigma**2)
    np.testing.assert_allclose(log_likelihoods(x, centre, [sigma])[0], expected, rtol=1e-12)


def test_many_centres_are_the_mean_of_their_densities() -> None:
    x, centres = points(20), points(13, seed=1)
    for i, sigma in enumerate((0.3, 1.0, 4.0)):
        expected = [log_density(a, centres, sigma) for a in x]
        found = log_likelihoods(x, centres, (0.3, 1.0, 4.0))[i]
        np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_what_underflows_has_a_finite_likelihood() -> None:
    found = log_likelihoods(np.array([[1000.0]]), np.array([[0.0]]), [0.1])
    assert found[0, 0] == pytest.approx(-(1e6) / 0.02 - math.log(0.1 * math.sqrt(2 * math.pi)))


def test_pixels_from_minus_1_to_1_cost_d_log_2() -> None:
    rng = np.random.default_rng(0)
    x, centres = rng.random((20, 784)), rng.random((30, 784))
    unit, wide = parzen(x, centres, 0.2), parzen(2 * x - 1, 2 * centres - 1, 0.4)
    assert wide.mean - unit.mean == pytest.approx(-784 * math.log(2), abs=0.01)


def test_the_mean_has_its_standard_error() -> None:
    x, centres = points(20), points(13, seed=1)
    log_p = log_likelihoods(x, centres, [0.5])[0]
    found = parzen(x, centres, 0.5)
    assert (found.mean, found.sigma) == (pytest.approx(log_p.mean()), 0.5)
    assert found.error == pytest.approx(log_p.std() / math.sqrt(20))


def test_the_order_of_the_centres_is_nothing() -> None:
    x, centres = points(20), points(13, seed=1)
    assert parzen(x, centres[::-1], 0.5).mean == pytest.approx(parzen(x, centres, 0.5).mean)


def test_sigma_is_the_likeliest_for_one_centre() -> None:
    """For one centre it is the root of the mean squared distance in each direction."""
    x = points(400, 2)
    best = math.sqrt((x**2).mean())
    grid = [best * factor for factor in (0.5, 0.9, 1.0, 1.1, 2.0)]
    assert choose_sigma(x, np.zeros((1, 2)), grid) == best


def test_the_papers_sigmas() -> None:
    assert len(SIGMAS) == 10
    assert (SIGMAS[0], SIGMAS[-1]) == pytest.approx((0.1, 1.0))


@pytest.mark.parametrize("sigma", [0.0, -1.0, math.nan, math.inf, 1e-200, 1e200])
def test_a_sigma_that_is_none_is_refused(sigma: float) -> None:
    with pytest.raises(ValueError, match=r"parzen: sigma is .*, expected a number above 0"):
        parzen(points(3), points(3), sigma)


def test_without_a_sigma_there_is_no_best() -> None:
    with pytest.raises(ValueError, match="parzen: there is no sigma, expected one number or more"):
        choose_sigma(points(3), points(3), [])


@pytest.mark.oracle("scipy")
def test_against_scipy() -> None:
    spatial = oracle("scipy", "scipy.spatial.distance")
    special = oracle("scipy", "scipy.special")
    rng = np.random.default_rng(0)
    x, centres, sigma = rng.random((50, 100)), rng.random((60, 100)), 0.3
    exponents = -spatial.cdist(x, centres, "sqeuclidean") / (2 * sigma**2)
    expected = special.logsumexp(exponents, axis=1) - math.log(60)
    expected -= 100 * math.log(sigma * math.sqrt(2 * math.pi))
    np.testing.assert_allclose(log_likelihoods(x, centres, [sigma])[0], expected, rtol=1e-12)


def test_against_scikit_learn() -> None:
    """With one leaf: its tree stops early, and in 100 dimensions is wrong by thousands of nats."""
    neighbors = pytest.importorskip("sklearn.neighbors")
    x, centres = points(50, 20), points(60, 20, seed=1)
    tree = neighbors.KernelDensity(bandwidth=0.8, leaf_size=60).fit(centres)
    np.testing.assert_allclose(log_likelihoods(x, centres, [0.8])[0], tree.score_samples(x))


@pytest.fixture(scope="module")
def digits():
    train, test = (load(split=split).x.reshape(-1, 784) / np.float32(255) for split in PARTS)
    return train[:4000], test[::8], test[1::8]  # centres, to choose sigma, to score


PARTS = ("train", "test")


def test_the_ladder_on_real_digits(digits) -> None:
    """k-means centres beat four times as many real digits: the measure rewards what is smooth."""
    real, choose, score = digits
    rungs = dict(ladder(real, choose, score, list(SIGMAS), Random(0)))
    prototypes, few, mean = rungs.values()
    assert list(rungs) == [
        "1,000 k-means centres of real data",
        "1,000 real examples",
        "the mean of real data, alone",
    ]
    all_real = parzen(score, real, choose_sigma(choose, real))
    noise = np.random.default_rng(0).random(real.shape, dtype=np.float32)
    nothing = parzen(score, noise, choose_sigma(choose, noise))
    assert prototypes.mean > few.mean + 50
    assert prototypes.mean > all_real.mean > few.mean + 50
    assert 50 > few.mean - 80 > mean.mean > -80
    assert -660 < nothing.mean < -600


def test_kmeans_ends_where_each_centre_is_the_mean_of_its_own() -> None:
    x = np.concatenate([points(30, 2, shift=at) for at in (0, 30, 60)])
    centres = kmeans(x, 3, Random(0), steps=30)
    index = ((x[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
    for k in set(index):
        np.testing.assert_allclose(centres[k], x[index == k].mean(axis=0))
    for count in (0, 91, 2.5):
        with pytest.raises(
            (TypeError, ValueError), match=rf"k-means: count is {count}, .* from 1 to 90, as"
        ):
            kmeans(x, count, Random(0))


def test_centres_of_bytes_are_those_of_numbers() -> None:
    """A sum of bytes is no byte."""
    x = np.random.default_rng(0).integers(0, 256, (60, 9), dtype=np.uint8)
    np.testing.assert_allclose(kmeans(x, 4, Random(0)), kmeans(x / 1.0, 4, Random(0)), rtol=1e-6)


def test_a_centre_that_gets_nothing_stays() -> None:
    x = np.array([[1.0], [1.0], [1.0]])
    assert kmeans(x, 2, Random(0), steps=3).tolist() == [[1.0], [1.0]]
