"""What only a real GPU can show: that two runs are equal, that numbers hold at full size, and that
memory does not grow. Skipped where there is none; `pytest -m gpu` runs it together with the third
leg of every test that takes the fixture `cuda`.
"""

import numpy as np
import pytest
import short_runs
from conftest import TOLERANCE, why_no_gpu

from minigan import checkpoint
from minigan.backend import Random, device_module, to_host
from minigan.bench.game import Game, Job
from minigan.bench.run import NETWORKS
from minigan.cuda import kernels
from minigan.data import load
from minigan.gan import discriminator_gradient, generator_gradient
from minigan.models import MODELS
from minigan.objectives import NON_SATURATING
from minigan.training import train

pytestmark = pytest.mark.gpu
quick_pictures = short_runs.quick_pictures


@pytest.fixture(autouse=True)
def gpu():
    if why_no_gpu():
        pytest.skip(why_no_gpu())


@pytest.mark.parametrize("model", ["mlp-batchnorm", "dcgan"])
def test_two_runs_of_a_seed_are_equal_bit_for_bit(model, tmp_path):
    found = []
    for name in ("first", "second"):
        out = tmp_path / name
        train(model, steps=20, log_every=5, out=out, device="cuda", progress=False)
        arrays, _ = checkpoint.load(out / "checkpoint.npz")
        found.append((arrays, (out / "log.csv").read_bytes()))
    (first, log), (second, other) = found
    assert log == other
    for name, array in first.items():
        np.testing.assert_array_equal(second[name], array, err_msg=name)


def gradients(name, device, dtype, m=16):
    """V's gradient in D's parameters, and G's loss's in G's, at the network's own size."""
    model, shape = MODELS[name], MODELS[name].padded(load(MODELS[name].data).shape)
    rng = Random(3, device, dtype)
    G, D = model.networks(rng.child("networks"), shape)
    x, noise = rng.uniform((m, *shape)), model.noise(rng.child("noise"))
    found = {"D": discriminator_gradient(D, G, x, noise(m))}
    found["G"] = generator_gradient(D, G, noise(m), NON_SATURATING)
    return {f"{player} {key}": to_host(g) for player in "GD" for key, g in found[player].items()}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_of_the_whole_networks_are_the_cpus(name, dtype):
    here, there = (gradients(name, device, dtype) for device in ("cpu", "cuda"))
    # of the largest; where a unit's x is 0 to within rounding, its slope may be the other one
    tolerance = {"float32": 1e-3, "float64": TOLERANCE["float64"]}[dtype]
    whole = max(abs(g).max() for g in here.values())
    for key, g in here.items():
        largest = max(abs(g).max(), 1e-3 * whole)  # in front of a BatchNorm a bias has 0
        assert abs(there[key] - g).max() <= tolerance * largest, key


@pytest.mark.parametrize("name", NETWORKS)
def test_kernels_and_plain_formulas_agree_at_full_size(name):
    here = gradients(name, "cuda", "float64")
    with kernels.plain():
        plain = gradients(name, "cuda", "float64")
    whole = max(abs(g).max() for g in plain.values())
    for key, g in plain.items():
        largest = max(abs(g).max(), 1e-3 * whole)
        assert abs(here[key] - g).max() <= TOLERANCE["float64"] * largest, key


@pytest.mark.parametrize("name", ["mlp-batchnorm", "dcgan"])
def test_memory_does_not_grow_with_the_steps(name):
    pool = device_module("cuda").get_default_memory_pool()
    game = Game(Job(name, (28, 28, 1), "cuda", "same", 64, None, False))
    held = []
    for steps in (5, 50):
        for _ in range(steps):
            game.step()
        held.append(pool.used_bytes())
    assert held[1] <= held[0]
