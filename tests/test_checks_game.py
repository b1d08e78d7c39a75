"""The composed game: the gradients of both players through each other, wrong ones, and kinks."""

import re

import numpy as np
import pytest
from wrong_layers_base import Norm3

from minigan import gan
from minigan.activations import LeakyReLU, ReLU, Sigmoid, Tanh, sigmoid
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.checks import GradientError, KinkError, check_game
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.layer import Layer, Sequential
from minigan.maxout import Maxout
from minigan.objectives import MINIMAX, NON_SATURATING, Objective, minimax_loss


def players(rng, *, norm=False, dropout=False, maxout=False):
    G = [Dense(2, 5, rng), *([BatchNorm(5, rng)] if norm else []), ReLU(), Dense(5, 3, rng), Tanh()]
    D = [Dense(3, 6, rng), Maxout(2) if maxout else LeakyReLU(0.2)]
    D += [BatchNorm(3 if maxout else 6, rng)] if norm else []
    D += [Dropout(0.3, rng)] if dropout else []
    return Sequential(*G), Sequential(*D, Dense(3 if maxout else 6, 1, rng))


KINDS = {
    "plain": {},
    "BatchNorm": {"norm": True},
    "dropout": {"dropout": True},
    "maxout": {"maxout": True, "dropout": True},
    "all": {"norm": True, "dropout": True, "maxout": True},
}


def a_game(seed=0, **kind):
    rng = Random(seed, dtype="float64")
    G, D = players(rng, **kind)
    return G, D, rng.normal((6, 3)), rng.normal((6, 2))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_game(kind, seed):
    G, D, x, z = a_game(seed, **KINDS[kind])
    rows = check_game(G, D, x, z)
    assert [(row.layer, row.name) for row in rows] == [
        *(("V(D, G) by D", name) for name in D.params),
        *(("minimax loss by G", name) for name in G.params),
        *(("non-saturating loss by G", name) for name in G.params),
    ]
    assert all(row.verdict == "ok" and row.error < 1e-6 for row in rows)


def test_the_whole_game_on_the_device(cuda):
    rng = Random(0, "cuda", "float64")
    G, D = players(rng, norm=True, dropout=True, maxout=True)
    rows = check_game(G, D, rng.normal((4, 3)), rng.normal((4, 2)))
    assert {row.verdict for row in rows} == {"ok"}


def test_the_game_is_left_as_it_was():
    G, D, x, z = a_game(norm=True, dropout=True)
    arrays = [
        *G.params.values(),
        *D.params.values(),
        *G.buffers.values(),
        *D.buffers.values(),
        x,
        z,
    ]
    before, state = [a.copy() for a in arrays], D.layers[-2].rng.state
    check_game(G, D, x, z)
    for array, old in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, old)
    assert D.layers[-2].rng.state == state


def test_the_objectives_can_be_chosen():
    G, D, x, z = a_game()
    rows = check_game(G, D, x, z, objectives=[MINIMAX])
    assert {row.layer for row in rows} == {"V(D, G) by D", "minimax loss by G"}


def test_an_objective_with_a_wrong_slope_is_caught():
    saturates = Objective("eps", lambda a: -np.log(sigmoid(a) + 1e-8).mean(), NON_SATURATING.slope)
    shifted = Objective("shifted", minimax_loss, lambda a: MINIMAX.slope(a) * a.size)
    G, D, x, z = a_game()
    with pytest.raises(GradientError, match=r"shifted loss by G in training.*by the factor 6\)"):
        check_game(G, D, x, z, objectives=[shifted])
    D.layers[-1].params["b"][...] = -20  # where 1e-8 beside D(G(z)) = 2e-9 makes it saturate
    with pytest.raises(GradientError, match="eps loss by G"):
        check_game(G, D, x, z, objectives=[saturates])


def fake_tape_for_real(D, G, x, z, watch=None):
    """Differentiate the real batch through the fake batch's tape."""
    fake, _ = G.forward(z)
    a_real, _ = D.forward(x)
    a_fake, tape = D.forward(fake)
    da_real, da_fake = gan.value_slopes(a_real, a_fake)
    real, fakes = (D.backward(da, tape, need_dx=False)[1] for da in (da_real, da_fake))
    return {name: real[name] + fakes[name] for name in real}


def only_real(D, G, x, z, watch=None):
    G.forward(z)
    a_real, tape = D.forward(x)
    return D.backward(gan.value_slopes(a_real, a_real)[0], tape, need_dx=False)[1]


def sum_for_mean(D, G, x, z, watch=None):
    return {name: len(x) * g for name, g in gan.discriminator_gradient(D, G, x, z).items()}


@pytest.mark.parametrize("mutant", [fake_tape_for_real, only_real, sum_for_mean])
def test_a_wrong_step_of_D_is_caught(mutant, monkeypatch):
    monkeypatch.setattr("minigan.game_checks.discriminator_gradient", mutant)
    with pytest.raises(GradientError, match=r"V\(D, G\) by D in training: the gradient for"):
        check_game(*a_game())


def past_D(D, G, z, objective, watch=None):
    """Send the slope straight into G."""
    fake, tape = G.forward(z)
    slope = objective.slope(D.forward(fake)[0])
    return G.backward(slope + 0 * fake, tape, need_dx=False)[1]


def evaluating_D(D, G, z, objective, watch=None):
    """Freeze D by running it in evaluation mode."""
    fake, tape_G = G.forward(z)
    a_fake, tape_D = D.forward(fake, train=False)
    dfake, _ = D.backward(objective.slope(a_fake), tape_D, need_grads=False)
    return G.backward(dfake, tape_G, need_dx=False)[1]


def wrong_sign(D, G, z, objective, watch=None):
    return {name: -g for name, g in gan.generator_gradient(D, G, z, objective).items()}


@pytest.mark.parametrize("mutant", [past_D, evaluating_D, wrong_sign])
def test_a_wrong_step_of_G_is_caught(mutant, monkeypatch):
    monkeypatch.setattr("minigan.game_checks.generator_gradient", mutant)
    with pytest.raises(GradientError, match="minimax loss by G in training: the gradient for"):
        check_game(*a_game(norm=True))


def moving(array_of, by):
    """The right gradient, and an array of the game moves meanwhile."""

    def gradient(real, *game, **options):
        grads = real(*game, **options)
        array_of(*game)[...] += by
        return grads

    return gradient


def last_of(net):
    return list(net.params.values())[-1]


MOVING = {
    "G's step moves D's '3.b'": ("G", lambda D, G, z, objective: last_of(D)),
    "G's step moves G's '3.b'": ("G", lambda D, G, z, objective: last_of(G)),
    "G's step moves z": ("G", lambda D, G, z, objective: z),
    "D's step moves G's '3.b'": ("D", lambda D, G, x, z: last_of(G)),
    "D's step moves D's '3.b'": ("D", lambda D, G, x, z: last_of(D)),
    "D's step moves x": ("D", lambda D, G, x, z: x),
    "D's step moves z": ("D", lambda D, G, x, z: z),
}
STEPS = {"G": "generator_gradient", "D": "discriminator_gradient"}


@pytest.mark.parametrize("by", [0.1, 1e-9])
@pytest.mark.parametrize("name", MOVING)
def test_a_gradient_that_moves_something_is_caught(name, by, monkeypatch):
    player, array_of = MOVING[name]
    real = getattr(gan, STEPS[player])
    wrong = moving(array_of, by)
    monkeypatch.setattr(f"minigan.game_checks.{STEPS[player]}", lambda *game: wrong(real, *game))
    what = name.partition(" moves ")[2]
    with pytest.raises(GradientError, match=rf"changed {what}; it must leave it as it is\.$"):
        check_game(*a_game(norm=True))


ODD = {
    "missing ['0.b'], not known []": lambda grads: {n: g for n, g in grads.items() if n != "0.b"},
    "missing [], not known ['5.W']": lambda grads: grads | {"5.W": grads["0.W"]},
    "0.b has shape (1, 6), expected (6,)": lambda grads: grads | {"0.b": grads["0.b"][None]},
    "0.b has dtype float32, expected float64": lambda grads: (
        grads | {"0.b": grads["0.b"].astype("float32")}
    ),
}


@pytest.mark.parametrize("message", ODD)
def test_a_gradient_of_another_form_than_the_parameters_is_caught(message, monkeypatch):
    def odd(*game):
        return ODD[message](gan.discriminator_gradient(*game))

    monkeypatch.setattr("minigan.game_checks.discriminator_gradient", odd)
    with pytest.raises(GradientError, match=re.escape(message)):
        check_game(*a_game())


def test_a_wrong_layer_inside_a_player_is_caught():
    class Off(Norm3):
        def backward(self, dy, cache, **need):
            dx, grads = super().backward(dy, cache, **need)
            return (None if dx is None else dx * 1.0001), grads

    rng = Random(0, dtype="float64")
    G = Sequential(Dense(2, 3, rng), Off(rng), Tanh())
    D = Sequential(Dense(3, 1, rng))
    with pytest.raises(GradientError, match=r"minimax loss by G.*0\.W\["):
        check_game(G, D, rng.normal((6, 3)), rng.normal((6, 2)))


class Crease(Layer):
    """y = x + |b - c| where c is the b that it met first."""

    def __init__(self, rng):
        super().__init__()
        self.params["b"] = rng.zeros((3,))
        self.c = None

    def forward(self, x, train=True):
        self.c = self.params["b"].copy() if self.c is None else self.c
        return x + abs(self.params["b"] - self.c), None

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (dy if need_dx else None), ({"b": 0 * dy.sum(axis=0)} if need_grads else {})


def test_a_kink_in_the_game_is_no_pass():
    rng = Random(0, dtype="float64")
    G, D = Sequential(Dense(2, 3, rng)), Sequential(Crease(rng), Dense(3, 1, rng))
    with pytest.raises(KinkError, match=r"V\(D, G\) by D in training: there is a kink at 0\.b\["):
        check_game(G, D, rng.normal((6, 3)), rng.normal((6, 2)))


def test_players_are_checked_first():
    rng = Random(0, dtype="float64")
    G, D = Sequential(Dense(2, 3, rng)), Sequential(Dense(3, 1, rng), Sigmoid())
    with pytest.raises(ValueError, match="D ends in a Sigmoid, expected a logit"):
        check_game(G, D, rng.normal((4, 3)), rng.normal((4, 2)))
