"""Several players, and packs: which samples share a logit, and whose they are."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from minigan.activations import Tanh
from minigan.backend import Random, device_of, to_host
from minigan.batchnorm import BatchNorm
from minigan.dense import Dense
from minigan.layer import Grads, Layer, Sequential
from minigan.maxout import Maxout
from minigan.objectives import value
from minigan.optimizers import SGD
from minigan.reshape import Pack
from minigan.rules import RULES
from minigan.several import Discriminators, Generators

ALPHA = 0.1
WEIGHTS = np.array([[1.0, 2.0], [4.0, 0.0]])


def players(n_G: int, n_D: int) -> tuple[Generators, Discriminators]:
    rng = Random(0, dtype="float64")
    Gs = [Sequential(Dense(2, 3, rng), Tanh()) for _ in range(n_G)]
    Ds = [Sequential(Pack(2), Dense(6, 2, rng), Tanh(), Dense(2, 1, rng)) for _ in range(n_D)]
    return Generators(*Gs), Discriminators(*Ds)


def iterate(rule: str, G: Layer, D: Layer, **options: Any) -> Iterator[int]:
    rng = Random(1, dtype="float64")
    return RULES[rule](
        *(G, D, SGD(G, 0.0), SGD(D, 0.0)),
        *(lambda m: rng.normal((m, 3)), lambda m: rng.normal((m, 2))),
        **({"m": 8, "iterations": 1} | options),
    )


def test_with_weights_each_generator_fills_packs_of_its_own() -> None:
    """Else the pack in the middle would be of both, and a batch of one pack would be of neither."""
    G, D = players(2, 1)
    for m in (2, 6, 7, 10):
        for net, weights in ((D.layers[0], [[1], [3]]), (players(2, 2)[1], np.eye(2))):
            with pytest.raises(ValueError, match=rf"^m is {m}, expected a multiple of 4: D packs"):
                next(iterate("algorithm-1", G, net, m=m, weights=weights))
    next(iterate("algorithm-1", G.layers[0], D, m=6, weights=[[1.0]]))  # all packs are of the one


@pytest.mark.parametrize("rule", RULES)
def test_packs_of_several_generators_are_weighed_like_their_samples(rule: str) -> None:
    """Every rule's gradients, against differences of the sum over pairs as it is written down."""
    G, D = players(2, 2)
    rng = Random(2, dtype="float64")
    x, z, w = rng.normal((8, 3)), rng.normal((8, 2)), WEIGHTS / WEIGHTS.sum()
    found: dict[str, Grads] = {"G": {}, "D": {}}

    def watch(player: str, logits: Any, grads: Grads) -> None:  # D's come in two halves, or whole
        for name, g in grads.items():
            found[player][name] = found[player].get(name, 0) + g

    next(
        RULES[rule](
            *(G, D, SGD(G, 0.0), SGD(D, 0.0), lambda m: x, lambda m: z),
            **{"m": 8, "iterations": 1, "weights": WEIGHTS, "smooth": 0.8, "watch": watch},
        )
    )

    def says(j: int, batch: Any) -> Any:
        return 1 / (1 + np.exp(-D.layers[j](batch)))

    def of_D() -> float:
        V = 0.0
        for i, j in np.ndindex(2, 2):
            real, fake = says(j, x), says(j, G.layers[i](z[4 * i : 4 * i + 4]))
            on_data = 0.8 * np.log(real) + 0.2 * np.log(1 - real)
            V += w[i, j] * (on_data.mean() + np.log(1 - fake).mean())
        return V

    def of_G() -> float:
        fakes = [one(z[4 * i : 4 * i + 4]) for i, one in enumerate(G.layers)]
        return -sum(w[i, j] * np.log(says(j, fakes[i])).mean() for i, j in np.ndindex(2, 2))

    for player, net, f in (("D", D, of_D), ("G", G, of_G)):
        for name, theta in net.params.items():
            for place in np.ndindex(theta.shape):
                kept = theta[place]
                theta[place] = kept + 1e-5
                above = f()
                theta[place] = kept - 1e-5
                slope = (above - f()) / 2e-5
                theta[place] = kept
                assert found[player][name][place] == pytest.approx(slope, rel=1e-6, abs=1e-10)


def test_with_packs_it_is_not_enough_that_the_mixture_is_right() -> None:
    """p is 1/2 on two points and each Gᵢ makes one of them: D of examples can only guess, and D of
    pairs tells the pairs of equals, which are all samples and half of the data."""
    log_4 = math.log(4)
    one_by_one = np.zeros((4, 1))
    assert math.isclose(value(one_by_one, one_by_one, weights=[[1], [1]]), -log_4, rel_tol=1e-15)
    best = math.log((1 / 4) / (1 / 2))  # of (0, 0) and (1, 1); of (0, 1) and (1, 0) it is infinite
    of_data, of_samples = np.array([[best], [best], [900.0], [900.0]]), np.full((4, 1), best)
    V = float(value(of_data, of_samples, weights=[[1], [1]]))
    assert V + log_4 > 0.4
    assert math.isclose(V, math.log(1 / 3) / 2 + math.log(2 / 3), rel_tol=1e-14)


def test_discriminators_that_pack_differently_are_refused() -> None:
    rng = Random(0)
    panel = Discriminators(Dense(3, 1, rng), Sequential(Pack(2), Dense(6, 1, rng)))
    message = r"network 1 gives 2 logits and network 0 gives 4 for x of shape \(4, 3\), expected as"
    with pytest.raises(ValueError, match=message):
        panel(rng.normal((4, 3)))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("k", "weights"), [(1, WEIGHTS), (2, WEIGHTS), (2, None)])
def test_several_weighed_smoothed_and_packed_are_the_same_on_the_device(
    cuda: Any, rule: str, k: int, weights: Any
) -> None:
    """And everything stays float32, whatever the weights and the label are made of."""
    ends = []
    for device in ("cpu", "cuda"):
        rng = Random(3, device)
        Gs = [Sequential(Dense(2, 4, rng), BatchNorm(4, rng), Dense(4, 3, rng)) for _ in range(2)]
        Ds = [Sequential(Pack(k), Dense(3 * k, 2, rng), Maxout(2)) for _ in range(2)]
        G, D = Generators(*Gs), Discriminators(*Ds)
        opt_G, opt_D = SGD(G, ALPHA), SGD(D, ALPHA)
        x, z, seen = rng.normal((8, 3)), rng.child("z"), set()

        def watch(player: str, logits: Any, grads: Grads, seen: Any = seen) -> None:
            seen |= {(a.dtype.name, device_of(a)) for a in (*logits.values(), *grads.values())}

        play = RULES[rule](
            *(G, D, opt_G, opt_D, lambda m, x=x: x, lambda m, z=z: z.normal((m, 2))),  # type: ignore[misc]
            **{"m": 8, "iterations": 4, "weights": weights, "smooth": np.float64(0.8)},
            watch=watch,
        )
        assert list(play) == [0, 1, 2, 3]
        arrays = [*G.params.values(), *G.buffers.values(), *D.params.values()]
        assert seen == {("float32", device)}
        ends.append([to_host(array) for array in arrays])
    for here, there in zip(*ends, strict=True):
        np.testing.assert_allclose(there, here, rtol=1e-4, atol=1e-6)
