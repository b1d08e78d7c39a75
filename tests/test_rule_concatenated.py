"""The rule "concatenated": D looks at data and samples in one batch."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from minigan.activations import Tanh
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.gan import discriminator_gradient
from minigan.layer import Grads, Sequential
from minigan.objectives import value
from minigan.optimizers import SGD
from minigan.replay import memory
from minigan.rules import concatenated

M = 5


class Game:
    """Two players, one batch of each, and the gradient of D that the rule uses."""

    def __init__(self, *in_D: Any) -> None:
        rng = Random(0, dtype="float64")
        self.G = Sequential(Dense(2, 4, rng), BatchNorm(4, rng), Tanh(), Dense(4, 3, rng))
        layers = [make(rng) for make in in_D]
        self.D = Sequential(Dense(3, 4, rng), *layers, Tanh(), Dense(4, 1, rng))
        self.G.forward(rng.normal((M, 2)))  # running statistics that are no longer 0 and 1
        self.x, self.z = rng.normal((M, 3)) + 1, rng.normal((M, 2))
        self.grads: Grads = {}
        self.logits: dict[str, Any] = {}

    def play(self, **settings: Any) -> Grads:
        """One iteration; return D's gradient in it."""

        def watch(player: str, logits: dict[str, Any], grads: Grads) -> None:
            if player == "D":
                self.grads, self.logits = grads, logits

        opt_G, opt_D = SGD(self.G, 0.0), SGD(self.D, 0.0)
        next(
            concatenated(
                *(self.G, self.D, opt_G, opt_D, lambda m: self.x, lambda m: self.z),
                **({"m": M, "iterations": 1, "watch": watch} | settings),
            )
        )
        return self.grads


def batch_norm(rng: Random) -> BatchNorm:
    return BatchNorm(4, rng, decay=0.75)


def dropout(rng: Random) -> Dropout:
    return Dropout(0.5, rng)


def test_without_a_batchnorm_the_gradient_is_that_of_algorithm_1() -> None:
    game = Game()
    expected = discriminator_gradient(game.D, game.G, game.x, game.z)
    for name, g in game.play(fakes="training").items():
        np.testing.assert_allclose(g, expected[name], rtol=1e-12, atol=1e-15)


def test_with_a_batchnorm_it_is_another_one() -> None:
    game = Game(batch_norm)
    expected = discriminator_gradient(game.D, game.G, game.x, game.z)
    assert not np.allclose(game.play(fakes="training")["0.W"], expected["0.W"], rtol=0.1)


@pytest.mark.parametrize("in_D", [(batch_norm,), (dropout,), (batch_norm, dropout)])
def test_D_ascends_V_of_one_batch(in_D: Any) -> None:
    """∂V/∂θd by differences, V = mean log D(x) + mean log(1 - D(G(z))), D run on both at once."""
    game = Game(*in_D)
    D, both = game.D, np.concatenate([game.x, game.G(game.z)])
    put_back = memory(D)

    def V() -> float:
        put_back()
        a, _ = D.forward(both)
        return float(value(a[:M], a[M:]))

    grads = copy.deepcopy(game.play())
    for name, theta in D.params.items():
        for index in np.ndindex(theta.shape):
            old = theta[index]
            theta[index] = old + 1e-5
            above = V()
            theta[index] = old - 1e-5
            slope = (above - V()) / 2e-5
            theta[index] = old
            assert grads[name][index] == pytest.approx(slope, rel=1e-6, abs=1e-9), (name, index)


def test_the_logits_of_data_come_first_and_the_batchnorm_sees_both() -> None:
    game = Game(batch_norm)
    forward, seen = game.D.layers[1].forward, []

    def spy(x: Any, train: bool = True) -> Any:
        seen.append((x.copy(), train))
        return forward(x, train)

    game.D.layers[1].forward = spy  # type: ignore[method-assign]
    fake = game.G(game.z)
    game.play()
    both = np.concatenate([game.x, fake])
    np.testing.assert_array_equal(seen[0][0], game.D.layers[0](both))
    assert [(len(x), train) for x, train in seen] == [(2 * M, True), (M, True)]  # D's step, G's
    a, _ = copy.deepcopy(game.D).forward(both)
    np.testing.assert_allclose(game.logits["a_real"], a[:M], rtol=1e-14)
    np.testing.assert_allclose(game.logits["a_fake"], a[M:], rtol=1e-14)


def test_fakes_says_in_which_mode_the_samples_of_D_are_made() -> None:
    logits = {}
    for fakes, train in (("evaluation", False), ("training", True)):
        game = Game()
        samples = copy.deepcopy(game.G)(game.z, train=train)
        game.play(fakes=fakes)
        np.testing.assert_allclose(game.logits["a_fake"], game.D(samples), rtol=1e-14)
        logits[fakes] = game.logits["a_fake"]
    assert not np.allclose(logits["evaluation"], logits["training"])
    default = Game()
    default.play()
    np.testing.assert_array_equal(default.logits["a_fake"], logits["evaluation"])


def test_another_word_for_fakes_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^rule 'concatenated': fakes is 'eval', expected 'train"):
        Game().play(fakes="eval")
