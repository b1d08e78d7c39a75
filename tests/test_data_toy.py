"""The toy distributions: where the modes are, how the points fall, the density."""

from __future__ import annotations

import numpy as np
import pytest

from minigan.backend import Random
from minigan.data import TOYS, gaussian, grid, load, ring
from minigan.data.toy import POINTS


def test_the_ring_has_eight_modes_at_equal_angles_and_none_twice():
    modes = TOYS["ring"].modes
    angles = np.sort(np.arctan2(modes[:, 1], modes[:, 0]) % (2 * np.pi))
    np.testing.assert_allclose(angles, np.arange(8) * np.pi / 4, atol=1e-12)
    np.testing.assert_allclose(np.hypot(*modes.T), 1, atol=1e-15)


def test_the_grid_has_the_25_points_of_minus_4_to_4_by_2():
    modes = {tuple(mode) for mode in TOYS["grid"].modes.tolist()}
    assert modes == {(a, b) for a in (-4, -2, 0, 2, 4) for b in (-4, -2, 0, 2, 4)}


@pytest.mark.parametrize(("name", "sigma"), [("gaussian", 1.25), ("ring", 0.01), ("grid", 0.05)])
def test_points_fall_on_every_mode_alike_with_its_sigma(name, sigma):
    toy = TOYS[name]
    x = toy.sample(Random(1), 40_000).astype(float)
    distance = ((x[:, None] - toy.modes) ** 2).sum(axis=-1)
    mode = distance.argmin(axis=1)
    count = np.bincount(mode, minlength=len(toy.modes))
    expected = len(x) / len(toy.modes)
    assert np.abs(count - expected).max() < 5 * np.sqrt(expected)
    error = x - toy.modes[mode]
    assert toy.sigma == sigma
    assert np.abs(error.mean(axis=0)).max() < 5 * sigma / np.sqrt(len(x))
    np.testing.assert_allclose(error.std(axis=0), sigma, rtol=0.02)


def test_the_gaussian_has_the_mean_and_the_spread_that_it_is_given():
    x = gaussian(mu=-2, sigma=0.5).sample(Random(0, dtype="float64"), 50_000)
    assert x.shape == (50_000, 1)
    assert x.dtype == np.float64
    assert abs(x.mean() + 2) < 0.01
    assert abs(x.std() - 0.5) < 0.01
    assert gaussian().modes.tolist() == [[4.0]]


@pytest.mark.parametrize(
    "toy", [gaussian(), ring(sigma=0.2), grid(sigma=0.3)], ids=lambda toy: toy.name
)
def test_the_density_integrates_to_one_and_is_the_mixtures(toy):
    line = np.linspace(-12, 12, 601)
    if toy.modes.shape[1] == 1:
        points, cell = line[:, None], line[1] - line[0]
    else:
        points = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
        cell = (line[1] - line[0]) ** 2
    assert abs(toy.density(points).sum() * cell - 1) < 1e-9
    peak = (2 * np.pi * toy.sigma**2) ** (-toy.modes.shape[1] / 2)
    far = gaussian(0, 1).density([[40.0]])  # exp(-800) is 0 in float64, and no warning
    assert far.tolist() == [0.0]
    assert toy.density(toy.modes[:1])[0] >= peak / len(toy.modes)


@pytest.mark.parametrize("name", ["gaussian", "ring", "grid"])
def test_the_dataset_is_the_same_100000_points_in_every_run(name):
    data, again, test = load(name), load(name), load(name, split="test")
    assert data.x.shape == (POINTS, TOYS[name].modes.shape[1])
    assert data.x.dtype == np.float32
    assert data.mean is None
    assert data.std is None
    assert np.array_equal(data.x, again.x)
    assert not np.array_equal(data.x, test.x)


def test_fresh_samples_follow_the_random_that_is_passed_in():
    a, b = Random(3), Random(3)
    first = TOYS["ring"].sample(a, 10)
    assert np.array_equal(first, TOYS["ring"].sample(b, 10))
    assert not np.array_equal(first, TOYS["ring"].sample(a, 10))


@pytest.mark.parametrize("make", [gaussian, ring, grid])
@pytest.mark.parametrize("sigma", [0.0, -1.0, float("nan")])
def test_sigma_must_be_positive(make, sigma):
    with pytest.raises(ValueError, match=r"sigma is .*, expected a number above 0\."):
        make(sigma=sigma)


@pytest.mark.parametrize("name", ["gaussian", "ring", "grid"])
def test_points_on_the_device_are_those_of_the_cpu(cuda, name):
    points = TOYS[name].sample(Random(4, device="cuda"), 50)
    cuda.assert_same(points, TOYS[name].sample(Random(4), 50))
