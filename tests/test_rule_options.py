"""What every rule can be told: the label of data, the mode of D's samples; and what it refuses."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest
from test_rules import Game, M

from minigan.activations import Sigmoid
from minigan.backend import Random
from minigan.dense import Dense
from minigan.gan import discriminator_gradient, generator_gradient
from minigan.layer import Grads, Layer, Sequential
from minigan.objectives import NON_SATURATING, value, value_slopes
from minigan.reshape import Flatten
from minigan.rules import RULES
from minigan.several import Discriminators

RULE = pytest.mark.parametrize("rule", RULES)
ONE_PASS = ("simultaneous", "worse-player")
P_COUNTS, Q_COUNTS = [1, 2, 3, 4], [4, 3, 2, 1]  # of tenths at four points
P, Q = np.array(P_COUNTS) / 10, np.array(Q_COUNTS) / 10


def counted(logits: Any, counts: list[int]) -> Any:
    """Each logit as often as its point occurs: a batch that *is* the distribution."""
    return np.repeat(logits, counts)[:, None]


@pytest.mark.parametrize("alpha", [1.0, 0.9, 0.6])
def test_with_smoothing_the_best_D_is_alpha_p_over_p_plus_q(alpha: float) -> None:
    best = alpha * P / (P + Q)
    logits = np.log(best / (1 - best))

    def V(a: Any) -> float:
        return float(value(counted(a, P_COUNTS), counted(a, Q_COUNTS), alpha))

    rng = np.random.default_rng(0)
    assert all(V(logits + 0.1 * rng.normal(size=4)) < V(logits) for _ in range(20))
    by_hand = P @ (alpha * np.log(best) + (1 - alpha) * np.log(1 - best)) + Q @ np.log(1 - best)
    assert math.isclose(V(logits), by_hand, rel_tol=1e-13)
    da_real, da_fake = value_slopes(counted(logits, P_COUNTS), counted(logits, Q_COUNTS), alpha)
    for i in range(4):  # at the maximum the two batches pull equally at every point
        pull = da_real[np.repeat(range(4), P_COUNTS) == i].sum()
        push = da_fake[np.repeat(range(4), Q_COUNTS) == i].sum()
        assert math.isclose(pull, -push, rel_tol=1e-12)


def test_smoothing_is_one_sided_and_a_D_surer_than_alpha_is_pulled_back() -> None:
    a = np.array([[-30.0], [-1.0], [0.0], [2.0], [30.0]])
    plain, smooth = value_slopes(a, a), value_slopes(a, a, 0.9)
    D_x = 1 / (1 + np.exp(-a))
    np.testing.assert_allclose(smooth[0], (0.9 - D_x) / 5, rtol=1e-12)
    np.testing.assert_array_equal(smooth[1], plain[1])
    assert (smooth[0][D_x > 0.9] < 0).all()
    assert (plain[0] > 0).all()


@pytest.mark.parametrize("alpha", [0.501, 0.55, 0.7, 0.99])
def test_slopes_are_the_derivatives_of_the_smoothed_V(alpha: float) -> None:
    rng, h = np.random.default_rng(1), 1e-5
    logits = [3 * rng.normal(size=(6, 1)), 3 * rng.normal(size=(6, 1))]
    for which, slopes in enumerate(value_slopes(logits[0], logits[1], alpha)):
        for i in range(6):
            kept = logits[which][i, 0]
            logits[which][i, 0] = kept + h
            above = value(logits[0], logits[1], alpha)
            logits[which][i, 0] = kept - h
            below = value(logits[0], logits[1], alpha)
            logits[which][i, 0] = kept
            assert slopes[i, 0] == pytest.approx((above - below) / (2 * h), rel=1e-8)


def test_a_smooth_of_numpy_leaves_float32_alone() -> None:
    a = np.zeros((3, 1), dtype=np.float32)
    arrays = [value(a, a, np.float64(0.9)), *value_slopes(a, a, np.float64(0.9))]
    assert {np.asarray(array).dtype.name for array in arrays} == {"float32"}


def gradient_D(D: Layer, real: Any, fake: Any, alpha: float) -> tuple[Grads, Grads]:
    """The two halves of D's gradient from labels: (label - D)/m, back through D."""
    halves = []
    for batch, label in ((real, alpha), (fake, 0.0)):
        a, tape = D.forward(batch)
        halves.append(D.backward((label - 1 / (1 + np.exp(-a))) / len(batch), tape)[1])
    return halves[0], halves[1]


def move(net: Layer, grads: Grads, by: float) -> None:
    for name, theta in net.params.items():
        theta += by * grads[name]


def one_iteration(rule: str, game: Game, G: Layer, D: Layer, alpha: float, train: bool) -> None:
    """One iteration of SGD with step 0.1 by hand, on the batches that the game drew."""
    x, z, fresh = game.x[0], game.z[0], game.z[-1]
    fake = G(z, train=train)
    real, false = gradient_D(D, x, fake, alpha)
    if rule == "separate":
        move(D, real, 0.1)
        move(D, gradient_D(D, x, fake, alpha)[1], 0.1)
        move(G, generator_gradient(D, G, fresh, NON_SATURATING), -0.1)
        return
    both = {name: real[name] + false[name] for name in real}
    if rule == "simultaneous":
        grads_G = generator_gradient(D, G, z, NON_SATURATING)
        move(D, both, 0.1)
        move(G, grads_G, -0.1)
    elif rule == "worse-player":
        D_x, D_Gz = (1 / (1 + np.exp(-D(batch))) for batch in (x, fake))
        if -(np.log(D_x).mean() + np.log(1 - D_Gz).mean()) / 2 >= -np.log(D_Gz).mean():
            move(D, both, 0.1)
        else:
            move(G, generator_gradient(D, G, z, NON_SATURATING), -0.1)
    else:
        move(D, both, 0.1)
        move(G, generator_gradient(D, G, fresh, NON_SATURATING), -0.1)


@RULE
@pytest.mark.parametrize("alpha", [1.0, 0.8])
@pytest.mark.parametrize("fakes", ["training", "evaluation"])
def test_one_iteration_with_every_option(rule: str, alpha: float, fakes: str) -> None:
    if rule in ONE_PASS:
        fakes = "training"
    game = Game()
    game.G.forward(Random(5, dtype="float64").normal((9, 2)))  # running statistics off 0 and 1
    G, D = copy.deepcopy(game.G), copy.deepcopy(game.D)
    next(game.run(rule, smooth=alpha, fakes=fakes))
    one_iteration(rule, game, G, D, alpha, fakes == "training")
    for net, by_hand in ((game.G, G), (game.D, D)):
        for name, theta in net.params.items():
            np.testing.assert_allclose(theta, by_hand.params[name], rtol=1e-12, atol=1e-15)


@RULE
@pytest.mark.parametrize("settings", [{"smooth": 0.8}, {"weights": [[3.0]]}])
def test_an_option_changes_neither_draws_nor_order(rule: str, settings: dict[str, Any]) -> None:
    plain, game = Game(), Game()
    for each, told in ((plain, {}), (game, settings)):
        assert list(each.run(rule, iterations=1, **told)) == [0]
    assert game.diary == plain.diary
    assert len(game.diary) >= 4


@pytest.mark.parametrize("rule", sorted(RULES.keys() - set(ONE_PASS)))
@pytest.mark.parametrize("fakes", ["training", "evaluation"])
def test_fakes_is_the_mode_of_D_s_samples_and_G_s_own_are_made_in_training(
    rule: str, fakes: str
) -> None:
    game = Game()
    modes: list[bool] = []
    norm = game.G.layers[1]
    forward = norm.forward

    def spy(x: Any, train: bool = True) -> Any:
        modes.append(train)
        return forward(x, train)

    norm.forward = spy  # type: ignore[method-assign]
    next(game.run(rule, fakes=fakes))
    assert modes == [fakes == "training", True]


def test_the_gradients_take_the_options_as_the_rules_do() -> None:
    game = Game()
    D, G, x, z = game.D, game.G, game.data(M), game.noise(M)
    real, false = gradient_D(D, x, G(z), 0.7)
    found = discriminator_gradient(D, G, x, z, smooth=0.7, fakes="evaluation")
    for name, g in found.items():
        np.testing.assert_allclose(g, real[name] + false[name], rtol=1e-12, atol=1e-15)


@RULE
@pytest.mark.parametrize(
    ("wrong", "kind", "message"),
    [
        ({"smooth": 1.1}, ValueError, "smooth is 1.1, expected a number above 0.5, 1 at most: th"),
        ({"smooth": 0.5}, ValueError, "smooth is 0.5, expected a number above 0.5, 1 at most: th"),
        ({"smooth": math.nan}, ValueError, "smooth is nan, expected a number above 0.5"),
        (
            {"smooth": "0.9"},
            TypeError,
            "smooth is '0.9', expected a number above 0.5, 1 at most: th",
        ),
        ({"smooth": True}, TypeError, "smooth is True, expected a number above 0.5, 1 at most: th"),
        ({"fakes": "test"}, ValueError, "rule 'RULE': fakes is 'test', expected 'training'"),
        (
            {"weights": [[1.0], [1.0]]},
            ValueError,
            "weights have rows of 1, 1 numbers, expected 1",
        ),
    ],
)
def test_options_without_sense_are_refused_before_anything_is_drawn(
    rule: str, wrong: dict[str, Any], kind: type[Exception], message: str
) -> None:
    game = Game()
    with pytest.raises(kind) as error:
        next(game.run(rule, **wrong))
    assert str(error.value).startswith(message.replace("RULE", rule))
    assert game.diary == []


@pytest.mark.parametrize("rule", ONE_PASS)
def test_with_one_pass_there_are_no_samples_of_evaluation_mode(rule: str) -> None:
    message = f"^rule '{rule}': fakes is 'evaluation', expected 'training': both players look at"
    with pytest.raises(ValueError, match=message):
        next(Game().run(rule, fakes="evaluation"))


@RULE
def test_a_sigmoid_at_the_end_of_one_of_several_D_is_found(rule: str) -> None:
    game = Game()
    rng = Random(0, dtype="float64")
    game.D = Discriminators(  # type: ignore[assignment]
        Dense(3, 1, rng), Sequential(Flatten(), Dense(3, 1, rng), Sigmoid())
    )
    with pytest.raises(ValueError, match=r"^D ends in a Sigmoid, expected a logit"):
        next(game.run(rule))
