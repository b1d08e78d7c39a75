"""benchmarks/bare_steps.py moves the players as minigan does: floor.py compares the same work."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from minigan.backend import Random
from minigan.models import MODELS
from minigan.optimizers import Adam
from minigan.rules import concatenated

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
STEPS = 3


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    spec = importlib.util.spec_from_file_location("bare_steps", BENCHMARKS / "bare_steps.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules.pop("serve", None)
    return module


def trained_by_both(bare: ModuleType) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """(before, after in minigan, after in bare NumPy) of all parameters, G's and D's."""
    rng = np.random.default_rng(0)
    x = rng.random((bare.M, 784), dtype=np.float32)
    z = rng.standard_normal((2 * STEPS, bare.M, 100), dtype=np.float32)
    supply = iter(z)
    game = bare.Game(x, lambda m: next(supply), rng)
    G, D = MODELS["mlp-batchnorm"].networks(Random(0), (28, 28, 1))
    before = []
    for net, player in ((G, game.G), (D, game.D)):
        before.append(player.theta.copy())
        for theta, p in zip(net.params.values(), player.p, strict=True):
            theta[...] = p
    for _ in range(STEPS):
        game.step()
    supply = iter(z)
    opt_G, opt_D = Adam(G, 2e-4, 0.5), Adam(D, 2e-4, 0.5)
    images = x.reshape(bare.M, 28, 28, 1)
    data = lambda m: images  # noqa: E731
    noise = lambda m: next(supply)  # noqa: E731
    played = concatenated(
        G, D, opt_G, opt_D, data, noise, m=bare.M, iterations=STEPS, fakes="training"
    )
    list(played)
    after = [np.concatenate([p.ravel() for p in net.params.values()]) for net in (G, D)]
    return list(zip(before, after, (game.G.theta, game.D.theta), strict=True))


def test_the_bare_step_moves_both_players_as_minigan_does(bare):
    """Float32 rounding flips the sign of hardly any step of Adam: the whole path agrees."""
    for before, ours, theirs in trained_by_both(bare):
        moved = np.linalg.norm(ours - before)
        assert moved > 1e-4 * np.sqrt(before.size)
        assert np.linalg.norm(theirs - ours) < 0.01 * moved


def test_running_statistics_are_those_of_the_layers(bare):
    """BatchNorm's buffers after the same batches."""
    rng = np.random.default_rng(0)
    x = rng.random((bare.M, 784), dtype=np.float32)
    z = rng.standard_normal((bare.M, 100), dtype=np.float32)
    game = bare.Game(x, None, rng)
    G, _ = MODELS["mlp-batchnorm"].networks(Random(0), (28, 28, 1))
    for theta, p in zip(G.params.values(), game.G.p, strict=True):
        theta[...] = p
    y, _ = game.generate(z)
    np.testing.assert_allclose(y.reshape(-1, 28, 28, 1), G(z, train=True), atol=2e-6)
    for buffer, mine in zip(G.buffers.values(), itertools.chain(*game.running), strict=True):
        np.testing.assert_allclose(mine, buffer, rtol=1e-4, atol=1e-6)


def test_the_products_are_those_of_a_step(bare):
    """Shape by shape: outputs, weights' gradients, inputs' gradients."""
    pairs = bare.products(np.random.default_rng(0))
    G = [s for s in bare.shapes_of_players()[0] if len(s) == 2]
    D = [s for s in bare.shapes_of_players()[1] if len(s) == 2]
    shapes = [(a @ b).shape for a, b in pairs]
    forward = lambda layers, m: [(m, n_out) for _, n_out in layers]  # noqa: E731
    for shape in [*forward(G, 128), *forward(D, 256), *forward(G, 128), *forward(D, 128), *G, *D]:
        shapes.remove(shape)
    # what is left are the gradients of inputs: not of x in D's step, nor of z in G's
    wanted = [(256, 512), (256, 256), (128, 256), (128, 512), (128, 784)]
    wanted += [(128, 256), (128, 512), (128, 1024)]
    assert sorted(shapes) == sorted(wanted)
