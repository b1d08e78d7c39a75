"""check_game: are the gradients of the composed game right? Part of `minigan.checks`.

V through D into θd, and each objective through D and G into θg, beside slopes that are measured on
V and on the losses themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigan.backend import Array, Random, device_of, to_host
from minigan.comparison import Row, check_float64, compare, judge, not_finite
from minigan.game_contract import check_value, checked, left_as_they_are
from minigan.gan import discriminator_gradient, generator_gradient
from minigan.inputs import check_floats
from minigan.layer import Grads, Layer
from minigan.limits import POSITIVE, check_kind, check_number
from minigan.objectives import MINIMAX, NON_SATURATING, Objective, value
from minigan.replay import arrays_of, memory, moved
from minigan.rule_checks import check_players


def check_game(
    G: Layer,
    D: Layer,
    x: Array,
    z: Array,
    *,
    objectives: Sequence[Objective] = (MINIMAX, NON_SATURATING),
    seed: int = 0,
    tolerance: float = 1e-6,
) -> list[Row]:
    """Check the composed game: V through D into θd, each objective through D and G into θg.

    The analytic side is `discriminator_gradient` and `generator_gradient`, as training uses them.
    The numeric side runs the networks forward and evaluates V and the losses themselves; it shares
    no slope with the other. BatchNorms work on the statistics of the batch, and every evaluation
    begins with the same random streams, so that dropout draws the same masks.

    Only the x and z that are given are tried: an error that needs another m shows with another m.

    Parameters and buffers are moved off their special values first. At the end they, and the random
    streams, are as they were. Weights that are tiny throughout (±0.005 in three layers) leave G's
    gradient in the rounding error of the loss: no verdict; scale such weights up before.

    **Parameters**  G, D: the networks, D ending in a logit, drawn from a float64 Random; x (m, …)
    data and z (m, …) noise, in float64; objectives: of G; seed of the numbers that are added;
    tolerance: the largest relative error.

    **Returns**  a Row for each parameter of D, then, for each objective, for each of G.

    **Raises**  as `check_layer`; ValueError for NaN and infinity in x, z and the networks' arrays;
    GradientError for a gradient that is not finite where the value is.
    """
    check_floats("check_game", "x", x)
    check_floats("check_game", "z", z)
    check_players(G, D, m=len(x))
    check_number("check_game", "tolerance", tolerance, POSITIVE)
    check_kind("check_game", "objectives", objectives, tuple | list, "Objectives")
    if not objectives:
        raise ValueError("check_game: objectives is empty, expected at least one Objective.")
    for objective in objectives:
        check_kind("check_game", "one of objectives", objective, Objective, "an Objective")
    arrays = [(f"{who}: {n}", a) for who, net in (("G", G), ("D", D)) for n, a in arrays_of(net)]
    arrays += [("x", x), ("z", z)]
    check_float64("check_game", arrays)
    for name, array in arrays:
        odd = not_finite(array)
        if odd:
            raise ValueError(f"check_game: {name} holds {odd}; expected finite numbers.")
    rng = Random(seed, device=device_of(x), dtype="float64", stream="check_game")
    with moved(G, D, rng=rng):
        rows = _check_player_D(G, D, x, z, rng, tolerance)
        for objective in objectives:
            rows += _check_player_G(G, D, z, objective, rng, tolerance)
    judge(rows, tolerance)
    return rows


def _check_player_D(
    G: Layer, D: Layer, x: Array, z: Array, rng: Random, tolerance: float
) -> list[Row]:
    put_back = memory(G, D)

    def V() -> Any:
        put_back()
        fake, _ = G.forward(z)
        a_real, _ = D.forward(x)
        a_fake, _ = D.forward(fake)
        return to_host(value(a_real, a_fake)).reshape(1)

    frozen = left_as_they_are(G, D, x=x, z=z)
    name = "V(D, G) by D"
    check_value(name, V())

    def gradient() -> Grads:
        put_back()
        return checked(name, lambda: discriminator_gradient(D, G, x, z), D, frozen)

    return compare(name, "train", D.params, gradient, V, np.ones(1), rng, tolerance)


def _check_player_G(
    G: Layer, D: Layer, z: Array, objective: Objective, rng: Random, tolerance: float
) -> list[Row]:
    put_back = memory(G, D)

    def loss() -> Any:
        put_back()
        fake, _ = G.forward(z)
        a_fake, _ = D.forward(fake)
        return to_host(objective.loss(a_fake)).reshape(1)

    frozen = left_as_they_are(G, D, z=z)
    name = f"{objective.name} loss by G"
    check_value(name, loss())

    def gradient() -> Grads:
        put_back()
        return checked(name, lambda: generator_gradient(D, G, z, objective), G, frozen)

    return compare(name, "train", G.params, gradient, loss, np.ones(1), rng, tolerance)
