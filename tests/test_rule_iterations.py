"""What a rule does in one iteration it does in every one, and in each of the k steps of D."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minigan.activations import LeakyReLU
from minigan.backend import Array, Random
from minigan.batchnorm import BatchNorm
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.gan import discriminator_gradient, generator_gradient
from minigan.layer import Layer, Sequential
from minigan.objectives import MINIMAX, NON_SATURATING, OBJECTIVES
from minigan.optimizers import Adam
from minigan.rules import RULES
from minigan.several import Discriminators, Generators

M = 6
ONE_PASS = ("simultaneous", "worse-player")
WEIGHTS = [[3.0, 1.0], [1.0, 2.0]]


class Game:
    """Two of each, with a BatchNorm and a Dropout; all that it draws follows from its seeds."""

    def __init__(self) -> None:
        rng = Random(0, dtype="float64")
        self.G = Generators(*(self.generator(rng) for _ in range(2)))
        self.D = Discriminators(*(self.discriminator(rng) for _ in range(2)))
        self.opt_G, self.opt_D = Adam(self.G, 0.01), Adam(self.D, 0.01)
        self.x, self.z = Random(1, dtype="float64"), Random(2, dtype="float64")

    @staticmethod
    def generator(rng: Random) -> Layer:
        return Sequential(Dense(2, 4, rng), BatchNorm(4, rng), LeakyReLU(0.2), Dense(4, 3, rng))

    @staticmethod
    def discriminator(rng: Random) -> Layer:
        return Sequential(Dense(3, 4, rng), LeakyReLU(0.2), Dropout(0.3, rng), Dense(4, 1, rng))

    def data(self, m: int) -> Array:
        return 2 + self.x.normal((m, 3))

    def noise(self, m: int) -> Array:
        return self.z.normal((m, 2))

    def run(self, rule: str, iterations: int, **options: Any) -> None:
        players = self.G, self.D, self.opt_G, self.opt_D, self.data, self.noise
        for _ in RULES[rule](*players, m=M, iterations=iterations, **options):
            pass

    def arrays(self) -> list[Array]:
        nets = self.G, self.D
        return [a for net in nets for part in (net.params, net.buffers) for a in part.values()]


def assert_same(one: Game, other: Game) -> None:
    for a, b in zip(one.arrays(), other.arrays(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("fakes", ["training", "evaluation"])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_four_iterations_are_one_iteration_four_times(
    rule: str, fakes: str, objective: str
) -> None:
    if rule in ONE_PASS:
        fakes = "training"
    options = {"objective": OBJECTIVES[objective], "smooth": 0.55, "fakes": fakes}
    at_once, one_by_one = Game(), Game()
    at_once.run(rule, 4, weights=WEIGHTS, **options)
    for _ in range(4):
        one_by_one.run(rule, 1, weights=WEIGHTS, **options)
    assert_same(at_once, one_by_one)


@pytest.mark.parametrize("fakes", ["training", "evaluation"])
@pytest.mark.parametrize("objective", [MINIMAX, NON_SATURATING], ids=lambda o: o.name)
def test_each_of_the_k_steps_of_D_obeys_the_options(fakes: str, objective: Any) -> None:
    options = {"smooth": 0.55, "fakes": fakes, "weights": WEIGHTS}
    by_rule, by_hand = Game(), Game()
    by_rule.run("algorithm-1", 2, k=3, objective=objective, **options)
    G, D = by_hand.G, by_hand.D
    for _ in range(2):
        for _ in range(3):
            z, x = by_hand.noise(M), by_hand.data(M)
            by_hand.opt_D.ascend(discriminator_gradient(D, G, x, z, **options))
        slopes = objective.weighted(WEIGHTS)
        by_hand.opt_G.descend(generator_gradient(D, G, by_hand.noise(M), slopes))
    assert_same(by_rule, by_hand)
