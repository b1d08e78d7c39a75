"""The rule "worse-player": of two with the same samples, the one whose loss is higher moves.

D's loss is its mean cross-entropy, -V/2, and G's is -mean log D(G(z)).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minigan.backend import Random
from minigan.dense import Dense
from minigan.initializers import zeros
from minigan.layer import Grads
from minigan.objectives import OBJECTIVES
from minigan.optimizers import SGD
from minigan.rules import worse_player
from minigan.several import Discriminators, Generators

M = 4


class Line:
    """D(x) = σ(wx + b) and G(z) = z + c on the line; who moved, and what watch saw."""

    def __init__(self, w: float, b: float, c: float, alpha: float = 0.1) -> None:
        rng = Random(0, dtype="float64")
        self.G, self.D = Dense(1, 1, rng), Dense(1, 1, rng, W=zeros)
        self.G.params["W"][...], self.G.params["b"][...] = 1.0, c
        self.D.params["W"][...], self.D.params["b"][...] = w, b
        self.opt_G, self.opt_D = SGD(self.G, alpha), SGD(self.D, alpha)
        self.seen: list[str] = []

    def watch(self, player: str, logits: dict[str, Any], grads: Grads) -> None:
        self.seen.append(f"{player}: {', '.join(logits)}")

    def play(self, x: Any, z: Any, iterations: int = 1, **settings: Any) -> str:
        """Who moved, a letter each iteration."""
        moved = ""
        for _ in worse_player(
            *(self.G, self.D, self.opt_G, self.opt_D, lambda m: x, lambda m: z),
            **({"m": M, "iterations": iterations, "watch": self.watch} | settings),
        ):
            moved += "D" * (self.opt_D.t - moved.count("D"))
            moved += "G" * (self.opt_G.t - moved.count("G"))
        return moved


ONES, ZEROS = np.ones((M, 1)), np.zeros((M, 1))


def test_while_D_is_right_about_both_G_moves_and_D_stands_still() -> None:
    game = Line(w=10.0, b=-5.0, c=0.0)  # D(1) = σ(5), D(0) = σ(-5)
    assert game.play(ONES, ZEROS) == "G"
    assert (game.D.params["W"].item(), game.D.params["b"].item()) == (10.0, -5.0)
    # ∂/∂c of -log σ(10 c - 5) at 0 is -10 σ(5); a step of 0.1 downhill
    assert game.G.params["b"].item() == pytest.approx(10 * 0.1 / (1 + np.exp(-5)))


def test_while_D_takes_samples_for_data_D_moves_and_G_stands_still() -> None:
    game = Line(w=-10.0, b=5.0, c=0.0)  # D(1) = σ(-5), D(0) = σ(5)
    assert game.play(ONES, ZEROS) == "D"
    assert (game.G.params["W"].item(), game.G.params["b"].item()) == (1.0, 0.0)
    # ∂V/∂b = σ(5) - σ(5) = 0 and ∂V/∂w = σ(5)·1 - σ(5)·0
    assert game.D.params["W"].item() == pytest.approx(-10 + 0.1 / (1 + np.exp(-5)))
    assert game.D.params["b"].item() == pytest.approx(5.0)


def test_of_equals_D_moves() -> None:
    assert Line(w=0.0, b=0.0, c=0.0).play(ONES, ZEROS) == "D"  # both losses are log 2


def test_D_s_loss_is_half_of_minus_V() -> None:
    """With a constant D = σ(b), D's loss is (ζ(-b) + ζ(b))/2 and G's ζ(-b): b < 0 moves G."""
    assert Line(w=0.0, b=-0.01, c=0.0).play(ONES, ZEROS) == "G"
    assert Line(w=0.0, b=0.01, c=0.0).play(ONES, ZEROS) == "D"


def test_it_can_lock() -> None:
    """Where D is flat around the samples G has nothing to climb, and nobody moves D."""
    game = Line(w=0.0, b=-0.01, c=3.0)
    assert game.play(ONES, ZEROS, iterations=50) == 50 * "G"
    players = [*game.D.params.values(), *game.G.params.values()]
    assert [a.item() for a in players] == [0.0, -0.01, 1.0, 3.0]


@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES.keys())
@pytest.mark.parametrize("smooth", [1.0, 0.6])
def test_who_is_worse_off_depends_on_neither_objective_nor_smoothing(
    objective: Any, smooth: float
) -> None:
    options = {"objective": objective, "smooth": smooth}
    assert Line(w=10.0, b=-5.0, c=0.0).play(ONES, ZEROS, **options) == "G"
    assert Line(w=-10.0, b=5.0, c=0.0).play(ONES, ZEROS, **options) == "D"
    assert Line(w=0.0, b=-0.01, c=0.0).play(ONES, ZEROS, **options) == "G"
    # with the label 0.6 for data, D's loss would be above G's: it is too sure, a logit of 5
    assert Line(w=5.1, b=-0.1, c=0.0).play(ONES, ZEROS, **options) == "G"


def test_a_pair_that_does_not_play_has_no_say() -> None:
    """Each D has the logit -0.1 on its own G's samples and 9 on the other's; data are at 1.1."""
    rng = Random(0, dtype="float64")
    Gs, Ds = ([Dense(1, 1, rng, W=zeros) for _ in range(2)] for _ in "GD")
    for c, G, D in zip((-1.0, 1.0), Gs, Ds, strict=True):
        G.params["b"][...] = c
        D.params["W"][...], D.params["b"][...] = -4.55 * c, 4.45
    moved = {}
    for name, weights in (("own", np.eye(2)), ("other", 1 - np.eye(2)), ("all", None)):
        opt_G, opt_D = SGD(Generators(*Gs), 0.0), SGD(Discriminators(*Ds), 0.0)
        play = worse_player(
            *(opt_G.net, opt_D.net, opt_G, opt_D, lambda m: 1.1 * ONES, lambda m: ZEROS),
            **{"m": M, "iterations": 1, "weights": weights},  # type: ignore[arg-type]
        )
        assert list(play) == [0]
        moved[name] = "G" * opt_G.t + "D" * opt_D.t
    # D's loss and G's: 0.57 and 0.74, 4.76 and 0.00, over all pairs 2.67 and 0.37
    assert moved == {"own": "G", "other": "D", "all": "D"}


def test_watch_sees_both_players_whoever_moves() -> None:
    for w in (10.0, -10.0):
        game = Line(w=w, b=0.0, c=0.0)
        game.play(ONES, ZEROS)
        assert game.seen == ["D: a_real, a_fake", "G: a_fake"]


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_many_iterations_against_the_equations_on_the_line(objective: str) -> None:
    x, z = np.array([[0.5], [1.0], [2.0], [1.5]]), np.array([[-1.0], [0.0], [0.5], [0.2]])
    game = Line(w=2.0, b=-1.0, c=0.0, alpha=1.0)
    moved = game.play(x, z, iterations=40, objective=OBJECTIVES[objective])
    assert min(moved.count("D"), moved.count("G")) >= 3

    w, b, u, c = 2.0, -1.0, 1.0, 0.0  # D(x) = σ(wx + b), G(z) = uz + c
    expected = ""
    for _ in range(40):
        fake = u * z + c
        D_x, D_Gz = (1 / (1 + np.exp(-(w * batch + b))) for batch in (x, fake))
        loss_D = -(np.log(D_x).mean() + np.log(1 - D_Gz).mean()) / 2
        if loss_D >= -np.log(D_Gz).mean():
            expected += "D"
            w, b = (
                w + ((1 - D_x) * x - D_Gz * fake).mean(),
                b + ((1 - D_x) - D_Gz).mean(),
            )
        else:
            expected += "G"
            slope = w * (-D_Gz if objective == "minimax" else -(1 - D_Gz))
            u, c = u - (slope * z).mean(), c - slope.mean()
    assert moved == expected
    found = [*game.D.params.values(), *game.G.params.values()]
    np.testing.assert_allclose([a.item() for a in found], [w, b, u, c], rtol=1e-10)
