"""check_game and NaN: what is not finite is said so, and where; it is no coarse measurement."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minigan.activations import Tanh
from minigan.backend import Random
from minigan.checks import GradientError, NoVerdictError, check_game
from minigan.dense import Dense
from minigan.layer import Sequential


class Spoiled(Dense):
    """A Dense whose backward gives what it should not, in one entry."""

    what, value, of_x = "NaN", np.nan, False

    def backward(self, dy: Any, cache: Any, **needed: Any) -> Any:
        dx, grads = super().backward(dy, cache, **needed)
        if self.of_x and dx is not None:
            dx[0, 0] = self.value
        elif not self.of_x and grads:
            grads["W"][1, 0] = self.value
        return dx, grads


class Infinite(Spoiled):
    what, value = "infinity", -np.inf


class SpoiledX(Spoiled):
    of_x = True


def a_game(G: Any = Dense, D: Any = Dense) -> tuple[Any, ...]:
    rng = Random(0, dtype="float64")
    nets = Sequential(G(2, 3, rng), Tanh()), Sequential(D(3, 1, rng))
    return *nets, rng.normal((4, 3)), rng.normal((4, 2))


@pytest.mark.parametrize("kind", [Spoiled, Infinite])
@pytest.mark.parametrize("player", ["G", "D"])
def test_a_gradient_that_is_not_finite_is_wrong_and_said_so(player: str, kind: Any) -> None:
    where = "minimax loss by G" if player == "G" else r"V\(D, G\) by D"
    entries = 6 if player == "G" else 3
    with pytest.raises(
        GradientError,
        match=rf"^{where} in training: the gradient for 0.W is not finite where the value is: it "
        rf"holds {kind.what}, in 1 of {entries} entries, the first at \[1, 0\]\.$",
    ):
        check_game(*a_game(**{player: kind}))


def test_a_NaN_on_its_way_through_D_is_seen_at_G() -> None:
    with pytest.raises(GradientError, match=r"by G in training: .* 0.W is not .* NaN, in 2 of 6"):
        check_game(*a_game(D=SpoiledX))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["x", "z", "G: 0.b", "D: 0.W"])
def test_what_is_not_finite_is_refused_before_anything_is_measured(name: str, value: float) -> None:
    G, D, x, z = a_game()
    array = {"x": x, "z": z, "G: 0.b": G.params["0.b"], "D: 0.W": D.params["0.W"]}[name]
    array[(0,) * array.ndim] = value
    kind = "NaN" if np.isnan(value) else "infinity"
    with pytest.raises(
        ValueError,
        match=rf"^check_game: {name} holds {kind}, in 1 of {array.size} entries, the first at "
        r"\[0.*\]; expected finite numbers\.$",
    ):
        check_game(G, D, x, z)


def test_a_value_that_is_not_finite_has_no_slopes() -> None:
    class Overflowing(Dense):
        def forward(self, x: Any, train: bool = True) -> Any:
            y, cache = super().forward(x, train)
            return y * np.inf, cache

    with pytest.raises(NoVerdictError, match=r"^V\(D, G\) by D in training: its value is -inf, so"):
        check_game(*a_game(D=Overflowing))
