"""The two gradients of the game against numeric derivatives, through both players.

The numeric side knows D(x) = 1/(1 + e^-a) and logarithms, not the slopes nor softplus.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from minigan.activations import LeakyReLU, ReLU, Sigmoid, Tanh
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.gan import discriminator_gradient, generator_gradient
from minigan.layer import Layer, Sequential
from minigan.maxout import Maxout
from minigan.objectives import MINIMAX, NON_SATURATING, OBJECTIVES, Objective
from minigan.optimizers import SGD
from minigan.rules import RULES

M = 5
Players = tuple[Sequential, Sequential]
OBJECTIVE = pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES.keys())


def plain(rng: Random) -> Players:
    G = Sequential(Dense(2, 4, rng), Tanh(), Dense(4, 3, rng), Sigmoid())
    return G, Sequential(Dense(3, 4, rng), LeakyReLU(0.2), Dense(4, 1, rng))


def batchnorm_and_dropout(rng: Random) -> Players:
    G = Sequential(
        Dense(2, 4, rng, bias=False),
        BatchNorm(4, rng),
        Tanh(),
        Dropout(0.3, rng.child("G")),
        Dense(4, 3, rng),
    )
    D = Sequential(
        Dropout(0.2, rng.child("D")),
        Dense(3, 6, rng),
        LeakyReLU(0.2),
        BatchNorm(6, rng, decay=0.8, eps=1e-3),
        Dropout(0.5, rng.child("D2")),
        Dense(6, 1, rng),
    )
    return G, D


def maxout(rng: Random) -> Players:
    G = Sequential(Dense(2, 4, rng), ReLU(), Dense(4, 3, rng), Sigmoid())
    D = Sequential(Dense(3, 6, rng), Maxout(2), Dropout(0.5, rng.child("D")), Dense(3, 1, rng))
    return G, D


GAMES = pytest.mark.parametrize("game", [plain, batchnorm_and_dropout, maxout])


def players(game: Callable[[Random], Players], seed: int = 0) -> tuple[Players, Any, Any]:
    """G, D with parameters off their special values (γ = 1, b = 0), and a batch of x and z."""
    rng = Random(seed, dtype="float64")
    G, D = game(rng)
    for net in (G, D):
        for theta in net.params.values():
            theta += 0.3 * rng.normal(theta.shape)
    return (G, D), rng.normal((M, 3)), rng.normal((M, 2))


def rewinder(*nets: Sequential) -> Callable[[], None]:
    """A function that puts the networks' random streams back: one dropout mask for all calls."""
    drawing = [layer for net in nets for layer in net.layers if isinstance(layer, Dropout)]
    start = [layer.rng.state for layer in drawing]

    def rewind() -> None:
        for layer, state in zip(drawing, start, strict=True):
            layer.rng.state = state

    return rewind


def assert_is_gradient(grads: dict[str, Any], f: Callable[[], float], net: Layer) -> None:
    """Every entry of grads is the central difference of f; h⁴ is small enough in five points."""
    assert grads.keys() == net.params.keys()
    h = 1e-4
    for name, theta in net.params.items():
        scale = 1e-3 + np.abs(grads[name]).max()
        for i in np.ndindex(theta.shape):
            kept, f_at = theta[i], {}
            for n in (-2, -1, 1, 2):
                theta[i] = kept + n * h
                f_at[n] = f()
            theta[i] = kept
            numeric = (8 * (f_at[1] - f_at[-1]) - (f_at[2] - f_at[-2])) / (12 * h)
            assert abs(grads[name][i] - numeric) < 1e-8 * scale, (name, i, grads[name][i], numeric)


def D_of(D: Layer, x: Any) -> Any:
    return 1 / (1 + np.exp(-D.forward(x)[0]))


@GAMES
def test_discriminator_gradient_is_the_derivative_of_V(game: Callable[[Random], Players]) -> None:
    (G, D), x, z = players(game)
    rewind = rewinder(G, D)

    def V() -> float:
        rewind()
        fake = G.forward(z)[0]
        return float(np.log(D_of(D, x)).mean() + np.log(1 - D_of(D, fake)).mean())

    rewind()
    assert_is_gradient(discriminator_gradient(D, G, x, z), V, D)


@GAMES
@OBJECTIVE
def test_generator_gradient_is_the_derivative_of_the_objective(
    game: Callable[[Random], Players], objective: Objective
) -> None:
    (G, D), _, z = players(game)
    rewind = rewinder(G, D)

    def loss() -> float:
        rewind()
        p = D_of(D, G.forward(z)[0])
        terms = {"minimax": np.log(1 - p), "non-saturating": -np.log(p)}
        return float(terms[objective.name].mean())

    rewind()
    grads = generator_gradient(D, G, z, objective)
    assert_is_gradient(grads, loss, G)
    if game is not maxout:  # whose few units may all be dropped
        assert all(np.abs(g).max() > 1e-4 for name, g in grads.items() if name.endswith("W"))


def test_D_sees_two_batches_each_normalised_by_its_own_statistics() -> None:
    (G, D), x, z = players(batchnorm_and_dropout)
    norm = D.layers[3]
    assert isinstance(norm, BatchNorm)
    gamma, beta = norm.params.values()
    rewind = rewinder(G, D)
    seen: list[Any] = []
    forward = norm.forward

    def spy(h: Any, train: bool = True) -> Any:
        y, cache = forward(h, train)
        x_hat = (y - beta) / gamma
        seen.append((train, x_hat.mean(axis=0), x_hat.var(axis=0)))
        return y, cache

    norm.forward = spy  # type: ignore[method-assign]
    for step in (
        lambda: discriminator_gradient(D, G, x, z),
        lambda: generator_gradient(D, G, z, MINIMAX),
    ):
        rewind()
        step()
    assert len(seen) == 3  # x, G(z) in D's step; G(z) in G's
    for train, mean, var in seen:
        assert train
        np.testing.assert_allclose(mean, 0, atol=1e-12)
        assert (var > 0.5).all()  # var / (var + eps), of this batch alone


def test_the_gradients_change_no_parameter_and_watch_sees_them() -> None:
    (G, D), x, z = players(plain)
    before = [(net, {name: p.copy() for name, p in net.params.items()}) for net in (G, D)]
    seen: list[tuple[str, dict[str, Any], dict[str, Any]]] = []

    def watch(player: str, logits: dict[str, Any], grads: dict[str, Any]) -> None:
        seen.append((player, logits, grads))

    grads_D = discriminator_gradient(D, G, x, z, watch)
    grads_G = generator_gradient(D, G, z, NON_SATURATING, watch)
    for net, params in before:
        assert all(np.array_equal(net.params[name], p) for name, p in params.items())
    assert [player for player, _, _ in seen] == ["D", "G"]
    assert seen[0][2] is grads_D
    assert seen[1][2] is grads_G
    assert seen[0][1].keys() == {"a_real", "a_fake"}
    assert seen[1][1].keys() == {"a_fake"}
    assert np.array_equal(seen[0][1]["a_real"], D(x))
    assert np.array_equal(seen[0][1]["a_fake"], D(G(z)))
    assert np.array_equal(seen[1][1]["a_fake"], D(G(z)))


def test_each_step_pays_for_what_it_uses_alone() -> None:
    """D's step needs no gradient of its images, G's none of D's parameters nor of the noise."""
    asked = []

    class Watched(Dense):
        def backward(self, dy: Any, cache: Any, *, need_dx: bool = True, need_grads: bool = True):
            asked.append((self.n_in, need_dx, need_grads))
            return super().backward(dy, cache, need_dx=need_dx, need_grads=need_grads)

    rng = Random(0)
    G, D = Watched(2, 3, rng), Watched(3, 1, rng)
    discriminator_gradient(D, G, rng.normal((4, 3)), rng.normal((4, 2)))
    assert asked == [(3, False, True)] * 2
    asked.clear()
    generator_gradient(D, G, rng.normal((4, 2)), NON_SATURATING)
    assert asked == [(3, True, False), (2, False, True)]


@OBJECTIVE
def test_gradients_do_not_grow_with_the_batch(objective: Objective) -> None:
    (G, D), x, z = players(plain)
    x3, z3 = np.tile(x, (3, 1)), np.tile(z, (3, 1))
    pairs = [
        (discriminator_gradient(D, G, x, z), discriminator_gradient(D, G, x3, z3)),
        (generator_gradient(D, G, z, objective), generator_gradient(D, G, z3, objective)),
    ]
    for once, thrice in pairs:
        for name in once:
            np.testing.assert_allclose(thrice[name], once[name], rtol=1e-9, atol=1e-14)


def test_float32_players_have_float32_gradients() -> None:
    G, D = batchnorm_and_dropout(Random(0))
    rng = Random(1)
    x, z = rng.normal((M, 3)), rng.normal((M, 2))
    grads = [discriminator_gradient(D, G, x, z)]
    grads += [generator_gradient(D, G, z, objective) for objective in OBJECTIVES.values()]
    assert {g.dtype.name for each in grads for g in each.values()} == {"float32"}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
@pytest.mark.parametrize(
    ("wrong", "kind", "message"),
    [
        ({"D": Sequential(Tanh(), Sigmoid())}, ValueError, "D ends in a Sigmoid, expected a logit"),
        ({"D": Sequential(Sequential(Tanh(), Sigmoid()))}, ValueError, "D ends in a Sigmoid, exp"),
        ({"D": Sigmoid()}, ValueError, "D ends in a Sigmoid, expected a logit: leave the Sig"),
        ({"D": np.tanh}, TypeError, "D is ufunc, expected a Layer."),
        ({"G": None}, TypeError, "G is NoneType, expected a Layer."),
        ({"m": 0}, ValueError, "m is 0, expected an integer of 1 or more."),
        ({"m": 2.5}, TypeError, "m is 2.5, expected an integer of 1 or more."),
        ({"m": "4"}, TypeError, "m is '4', expected an integer of 1 or more."),
        ({"k": 0}, ValueError, "k is 0, expected an integer of 1 or more."),
        ({"k": True}, TypeError, "k is True, expected an integer of 1 or more."),
    ],
)
def test_a_senseless_game_is_refused_before_anything_is_drawn(
    rule: Any, wrong: dict[str, Any], kind: type[Exception], message: str
) -> None:
    (G, D), _, _ = players(plain)

    def nothing(m: int) -> Any:
        raise AssertionError("drawn from")

    game = {"G": G, "D": D, "m": 4, "iterations": 1} | wrong
    optimizers = {"opt_G": SGD(G), "opt_D": SGD(D), "data": nothing, "noise": nothing}
    with pytest.raises(kind) as error:
        next(rule(**game, **optimizers))
    assert str(error.value).startswith(message)
