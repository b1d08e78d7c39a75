"""Algorithm 1 and its variants: what is drawn, looked at and moved, in which order, at which θ."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from minigan.activations import Tanh
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.dense import Dense
from minigan.gan import algorithm_1, discriminator_gradient, generator_gradient
from minigan.layer import Grads, Layer, Sequential
from minigan.objectives import MINIMAX, NON_SATURATING, OBJECTIVES, value_slopes
from minigan.optimizers import SGD
from minigan.rules import RULES, default_fakes

M = 4
RULE = pytest.mark.parametrize("rule", RULES)


@RULE
def test_every_rule_has_the_signature_of_algorithm_1(rule: str) -> None:
    shared = inspect.signature(algorithm_1).parameters
    found = inspect.signature(RULES[rule]).parameters
    assert list(found) == list(shared)
    assert [name for name in shared if found[name] != shared[name]] == (
        ["fakes"] if rule in ("separate", "concatenated") else []
    )
    assert default_fakes(rule) == found["fakes"].default


class Spy(SGD):
    """An SGD that writes down which player moved, which way."""

    def __init__(self, player: str, net: Layer, diary: list[str], alpha: float = 0.1) -> None:
        super().__init__(net, alpha)
        self.player, self.diary = player, diary

    def ascend(self, grads: Grads) -> None:
        super().ascend(grads)
        self.diary.append(f"{self.player} ascends")

    def descend(self, grads: Grads) -> None:
        super().descend(grads)
        self.diary.append(f"{self.player} descends")


class Game:
    """Two small players, recorded streams of data and noise, and a diary of all that happens."""

    def __init__(self, alpha_G: float = 0.1, alpha_D: float = 0.1) -> None:
        rng = Random(0, dtype="float64")
        self.G = Sequential(Dense(2, 4, rng), BatchNorm(4, rng), Tanh(), Dense(4, 3, rng))
        self.D = Sequential(Dense(3, 4, rng), Tanh(), Dense(4, 1, rng))
        self.diary: list[str] = []
        self.x: list[Any] = []
        self.z: list[Any] = []
        self._rng = rng
        self.opt_G = Spy("G", self.G, self.diary, alpha_G)
        self.opt_D = Spy("D", self.D, self.diary, alpha_D)

    def data(self, m: int) -> Any:
        self.diary.append(f"data({m})")
        self.x.append(self._rng.normal((m, 3)))
        return self.x[-1]

    def noise(self, m: int) -> Any:
        self.diary.append(f"noise({m})")
        self.z.append(self._rng.normal((m, 2)))
        return self.z[-1]

    def watch(self, player: str, logits: dict[str, Any], grads: Grads) -> None:
        self.diary.append(f"watch {player} on {' and '.join(logits)}")
        assert grads.keys() == {"G": self.G, "D": self.D}[player].params.keys()

    def run(self, rule: str, iterations: int = 1, **settings: Any) -> Iterator[int]:
        return RULES[rule](
            self.G,
            self.D,
            self.opt_G,
            self.opt_D,
            self.data,
            self.noise,
            m=M,
            iterations=iterations,
            watch=self.watch,
            **settings,
        )


D_STEP = ["noise(4)", "data(4)", "watch D on a_real and a_fake", "D ascends"]
G_STEP = ["noise(4)", "watch G on a_fake", "G descends"]


@pytest.mark.parametrize(
    ("rule", "k", "expected"),
    [
        ("algorithm-1", 1, D_STEP + G_STEP),
        ("algorithm-1", 3, 3 * D_STEP + G_STEP),
        (
            "simultaneous",
            1,
            [
                *("noise(4)", "data(4)"),
                *("watch D on a_real and a_fake", "watch G on a_fake", "D ascends", "G descends"),
            ],
        ),
        (
            "separate",
            1,
            [
                *("data(4)", "noise(4)"),
                *("watch D on a_real", "D ascends", "watch D on a_fake", "D ascends"),
                *G_STEP,
            ],
        ),
        (
            "concatenated",
            1,
            ["data(4)", "noise(4)", "watch D on a_real and a_fake", "D ascends", *G_STEP],
        ),
    ],
)
def test_the_order_of_draws_and_updates(rule: str, k: int, expected: list[str]) -> None:
    game = Game()
    assert list(game.run(rule, iterations=2, k=k)) == [0, 1]
    assert game.diary == 2 * expected


@RULE
def test_it_yields_after_each_iteration_and_draws_nothing_ahead(rule: str) -> None:
    game = Game()
    iteration = game.run(rule, iterations=3)
    assert game.diary == []
    last_moves = ["G descends", "D ascends"] if rule == "worse-player" else ["G descends"]
    for i in range(3):
        assert next(iteration) == i
        assert game.diary[-1] in last_moves
        assert sum(game.diary.count(move) for move in last_moves) == i + 1
    with pytest.raises(StopIteration):
        next(iteration)


@pytest.mark.parametrize("rule", sorted(RULES.keys() - {"algorithm-1"}))
def test_k_belongs_to_algorithm_1(rule: str) -> None:
    with pytest.raises(ValueError, match=f"^rule '{rule}': k is 2, expected 1; only algorithm-1"):
        next(Game().run(rule, k=2))


def expected_step(rule: str, G: Layer, D: Layer, game: Game, objective: Any) -> None:
    """One iteration of SGD with α = 0.1 by hand, on the batches that the game drew."""

    def move(net: Layer, grads: Grads, alpha: float) -> None:
        for name, theta in net.params.items():
            theta += alpha * grads[name]

    (x, *_), (z, *more_z) = game.x, game.z
    if rule == "algorithm-1":
        move(D, discriminator_gradient(D, G, x, z), 0.1)
        move(G, generator_gradient(D, G, more_z[0], objective), -0.1)  # D moved, z is fresh
    elif rule == "simultaneous":
        grads_D = discriminator_gradient(D, G, x, z)
        grads_G = generator_gradient(D, G, z, objective)
        move(D, grads_D, 0.1)
        move(G, grads_G, -0.1)
    elif rule == "worse-player":
        real, fake = (1 / (1 + np.exp(-D(batch))) for batch in (x, G(z, train=True)))
        loss_D = -(np.log(real).mean() + np.log(1 - fake).mean()) / 2
        if loss_D >= -np.log(fake).mean():
            move(D, discriminator_gradient(D, G, x, z), 0.1)
        else:
            move(G, generator_gradient(D, G, z, objective), -0.1)
    elif rule == "concatenated":  # without a BatchNorm in D, one batch or two make no difference
        (a_real, tape_real), (a_fake, tape_fake) = D.forward(x), D.forward(G(z))
        da_real, da_fake = value_slopes(a_real, a_fake)
        for grads in (D.backward(da_real, tape_real)[1], D.backward(da_fake, tape_fake)[1]):
            move(D, grads, 0.1)
        move(G, generator_gradient(D, G, more_z[0], objective), -0.1)
    else:
        fake = G(z)  # in evaluation mode
        for batch, which in ((x, 0), (fake, 1)):
            a, tape = D.forward(batch)
            move(D, D.backward(value_slopes(a, a)[which], tape)[1], 0.1)
        move(G, generator_gradient(D, G, more_z[0], objective), -0.1)


@RULE
@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES.keys())
def test_each_gradient_is_taken_at_the_documented_parameters(rule: str, objective: Any) -> None:
    game = Game()
    G, D = copy.deepcopy(game.G), copy.deepcopy(game.D)
    next(game.run(rule, objective=objective))
    expected_step(rule, G, D, game, objective)
    for net, by_hand in ((game.G, G), (game.D, D)):
        for name, theta in net.params.items():
            np.testing.assert_allclose(theta, by_hand.params[name], rtol=1e-13, atol=1e-15)


@RULE
def test_a_step_of_one_player_leaves_the_other_alone(rule: str) -> None:
    for alpha_G, alpha_D, still, moving in ((0.1, 0.0, "D", "G"), (0.0, 0.1, "G", "D")):
        game = Game(alpha_G, alpha_D)
        nets = {"G": game.G, "D": game.D}
        before = {p: {n: a.copy() for n, a in net.params.items()} for p, net in nets.items()}
        for _ in game.run(rule, iterations=3):
            pass
        for name, theta in nets[still].params.items():
            assert np.array_equal(theta, before[still][name]), (still, name)
        for name, theta in nets[moving].params.items():
            if name.endswith("W"):
                assert np.abs(theta - before[moving][name]).max() > 1e-4, (moving, name)


@RULE
def test_which_noise_G_runs_on_and_in_which_mode(rule: str) -> None:
    game = Game()
    runs: list[tuple[Any, bool]] = []
    first = game.G.layers[0]
    forward = first.forward

    def spy(z: Any, train: bool = True) -> Any:
        runs.append((z, train))
        return forward(z, train)

    first.forward = spy  # type: ignore[method-assign]
    next(game.run(rule))
    numbered = [next(i for i, z in enumerate(game.z) if z is run) for run, _ in runs]
    trains = [train for _, train in runs]
    assert (numbered, trains) == {
        "algorithm-1": ([0, 1], [True, True]),
        "simultaneous": ([0], [True]),
        "worse-player": ([0], [True]),
        "separate": ([0, 1], [False, True]),
        "concatenated": ([0, 1], [False, True]),
    }[rule]


def test_the_default_objective_is_the_non_saturating_one() -> None:
    after = []
    for settings in ({}, {"objective": NON_SATURATING}, {"objective": MINIMAX}):
        game = Game()
        next(game.run("algorithm-1", **settings))
        after.append(game.G.params["0.W"])
    assert np.array_equal(after[0], after[1])
    assert not np.allclose(after[0], after[2])


def test_the_running_statistics_of_D_move_in_the_step_of_G_too() -> None:
    """No parameter of D does; but its BatchNorms are in training mode and see the batch."""
    rng = Random(0, dtype="float64")
    G, D = Sequential(Dense(2, 3, rng)), Sequential(BatchNorm(3, rng), Dense(3, 1, rng))
    before = D.buffers["0.running_mean"].copy()
    generator_gradient(D, G, rng.normal((M, 2)), MINIMAX)
    assert not np.array_equal(D.buffers["0.running_mean"], before)
