"""Two small players for the exercises about the game, and a look at whether they were moved."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from minigan.activations import LeakyReLU, Tanh
from minigan.backend import Array, Random
from minigan.dense import Dense
from minigan.exercises.exercise import Values, WrongAnswer
from minigan.initializers import normal
from minigan.layer import Sequential


class Watched(Sequential):
    """Layers in a row that notice when a parameter is set, `D.params["0.W"] = ...`.

    A Sequential collects its params anew at each use, so that would change nothing; whoever writes
    it means to update the net.
    """

    updated = False

    @property
    def params(self) -> dict[str, Array]:  # type: ignore[override]
        """All parameters, in a dict that notices."""
        net = self

        class Noticing(dict[str, Array]):
            def __setitem__(self, name: str, array: Array) -> None:
                net.updated = True
                super().__setitem__(name, array)

            def update(self, *args: Any, **kwargs: Any) -> None:
                net.updated = True
                super().update(*args, **kwargs)

        return Noticing(super().params)


def players(rng: Random, n: int) -> tuple[Watched, Watched]:
    """D on n numbers, and G that makes n out of three of noise; no bias is 0."""
    one = normal(1.0)
    D = Watched(Dense(n, 4, rng, b=one), LeakyReLU(0.2), Dense(4, 1, rng, b=one))
    G = Watched(Dense(3, 4, rng, b=one), Tanh(), Dense(4, n, rng, b=one))
    return D, G


def by_name(given: Any, right: Values, player: str, **other: Watched) -> Values:
    """The gradients that an answer returned, which has to be one for each parameter.

    **Parameters**  player: whose turn it is; other: the other player, by its name.

    **Raises**  WrongAnswer, also for the gradients of the other player, known by their shapes.
    """
    for name, net in other.items():
        of_other = {n: a.shape for n, a in net.params.items()}
        if isinstance(given, dict) and of_other == {n: np.shape(g) for n, g in given.items()}:
            raise WrongAnswer(f"these are the gradients of {name}, and it is {player}'s turn.")
    if not isinstance(given, dict) or given.keys() != right.keys():
        raise WrongAnswer(f"expected a dict with the keys of {player}.params: {', '.join(right)}.")
    return given


@contextlib.contextmanager
def left_alone(whose: str, **nets: Watched) -> Iterator[None]:
    """See that a block moves no parameter.

    **Parameters**  whose: "D's" or "G's", the player whose step it is; nets by name.

    **Raises**  WrongAnswer, which names the net that was moved.
    """
    before = {name: {n: a.copy() for n, a in net.params.items()} for name, net in nets.items()}
    yield
    for name, net in nets.items():
        moved = any((net.params[n] != a).any() for n, a in before[name].items())
        if moved or net.updated:
            why = (
                "return the gradient; an optimizer applies it."
                if name == whose[0]
                else f"this is {whose} step, and {name} stands still in it."
            )
            raise WrongAnswer(f"{name} was updated: {why}")
