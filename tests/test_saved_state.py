"""What must be saved for a game to go on as if never stopped, and what its monitors show."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from minigan import checkpoint
from minigan.activations import LeakyReLU
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.data import Dataset, load
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.layer import Layer, Sequential
from minigan.model import Model
from minigan.objectives import NON_SATURATING
from minigan.optimizers import Adam, Momentum
from minigan.rules import RULES
from minigan.training.game import Game
from minigan.training.watch import Watch


def build(rng: Random, shape: tuple[int, ...], marginals: Any, *, z_dim: int) -> Any:
    G = Sequential(Dense(z_dim, 4, rng), BatchNorm(4, rng), LeakyReLU(0.2), Dense(4, *shape, rng))
    D = Sequential(Dense(*shape, 6, rng), LeakyReLU(0.2), Dropout(0.5, rng), Dense(6, 1, rng))
    return G, D


def optimizers(G: Layer, D: Layer, batches_per_epoch: int) -> Any:
    return Adam(G, 0.01, 0.5), Momentum(D, lambda t: 0.1 / (1 + t), 0.7)


def new_game() -> Game:
    """A game that has something of everything: moments, schedules, buffers, masks, data order."""
    points = np.random.default_rng(0).normal(size=(50, 2)).astype("float32")
    model = Model("tiny", "for tests", build, optimizers, z_dim=3)
    return Game(model, Dataset("points", points), m=8, seed=1, device="cpu")


def play(game: Game, rule: str, steps: int) -> None:
    for _ in RULES[rule](
        *(game.G, game.D, game.opt_G, game.opt_D, game.data, game.noise), m=8, iterations=steps
    ):
        game.step += 1


def everything(game: Game, path: Path) -> bytes:
    game.save(path, {}, "")
    return path.read_bytes()


@pytest.mark.parametrize("rule", RULES)
def test_a_restored_game_goes_on_bit_for_bit(rule: str, tmp_path: Path) -> None:
    game, resumed = new_game(), new_game()
    play(game, rule, 4)
    game.save(tmp_path / "saved", {}, "a log")
    play(game, rule, 9)  # over the end of a pass: 50 examples are 6 batches of 8
    assert resumed.restore(tmp_path / "saved", *checkpoint.load(tmp_path / "saved")) == "a log"
    play(resumed, rule, 9)
    assert everything(resumed, tmp_path / "one") == everything(game, tmp_path / "other")


@pytest.mark.parametrize("separate", [False, True])
def test_the_monitors_of_data_and_of_samples(separate: bool) -> None:
    game = new_game()
    watch = Watch(game.G, game.D, NON_SATURATING, Path("checkpoint"))
    a_real, a_fake = np.array([[3.0], [3.0], [-1.0]]), np.array([[-2.0], [-2.0], [-2.0], [-2.0]])
    grads = {name: np.zeros_like(p) for name, p in game.D.params.items()}
    grads["0.b"][...] = 2.0  # six of them
    watch.begin(7, measuring=True)
    if separate:
        watch("D", {"a_real": a_real}, grads)
        watch("D", {"a_fake": a_fake}, {name: -3 * g for name, g in grads.items()})
    else:
        watch("D", {"a_real": a_real, "a_fake": a_fake}, grads)
    watch("G", {"a_fake": a_fake}, {name: np.ones_like(p) for name, p in game.G.params.items()})
    row = watch.row()

    def sigma(a: float) -> float:
        return 1 / (1 + math.exp(-a))

    V = (2 * math.log(sigma(3)) + math.log(sigma(-1))) / 3 + math.log(1 - sigma(-2))
    expected = {
        "step": 7,
        "V": V,
        "loss_D": -V,
        "loss_G": -math.log(sigma(-2)),
        "D_real": (2 * sigma(3) + sigma(-1)) / 3,
        "D_fake": sigma(-2),
        "accuracy_real": 2 / 3,
        "accuracy_fake": 1.0,
        "grad_norm_D": math.sqrt(6 * (4.0**2 if separate else 2.0**2)),
        "grad_norm_G": math.sqrt(sum(p.size for p in game.G.params.values())),
    }
    assert row.keys() == expected.keys()
    for name, number in expected.items():
        assert math.isclose(row[name], number, rel_tol=1e-12), name


def test_training_never_sees_a_test_digit() -> None:
    train, test = load("mnist12k"), load("mnist12k", split="test")
    assert train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]  # MNIST begins so
    assert test.labels[0] == 7  # ... and its test digits so
    seen = {image.tobytes() for image in train.x}
    assert len(seen) == 10_000
    assert not any(image.tobytes() in seen for image in test.x)
