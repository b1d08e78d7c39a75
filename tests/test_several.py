"""Several generators and discriminators: who gets which rows, and who is scored by whom."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigan.activations import Tanh
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.checks import check_game
from minigan.dense import Dense
from minigan.layer import Grads, Layer, Sequential
from minigan.objectives import MINIMAX, NON_SATURATING, OBJECTIVES, value, value_slopes
from minigan.optimizers import SGD
from minigan.reshape import Flatten
from minigan.rules import RULES, default_fakes
from minigan.several import Discriminators, Generators, deal, pairs

M = 6
ALPHA = 0.1  # the step, and 0.8 the label of data
WEIGHTS = {  # N generators by M discriminators, none of them symmetric
    (2, 2): [[1.0, 2.0], [4.0, 0.0]],
    (2, 3): [[1.0, 2.0, 3.0], [5.0, 0.0, 1.0]],
    (3, 1): [[1.0], [2.0], [5.0]],
    (1, 2): [[1.0, 3.0]],
}


@given(st.integers(0, 40), st.integers(1, 9))
def test_deal_gives_every_row_to_one_and_equal_shares(m: int, n: int) -> None:
    parts = deal(m, n)
    assert [row for part in parts for row in range(m)[part]] == list(range(m))
    sizes = [part.stop - part.start for part in parts]
    assert len(sizes) == n
    assert max(sizes) - min(sizes) <= 1


def test_pairs_weights_add_up_to_1_and_belong_to_row_and_column() -> None:
    found = {(rows.start, j): w for w, rows, j in pairs([[1, 2, 3], [5, 0, 1]], 6)}
    twelfths = {(0, 0): 1, (0, 1): 2, (0, 2): 3, (3, 0): 5, (3, 1): 0, (3, 2): 1}
    assert found == pytest.approx({place: w / 12 for place, w in twelfths.items()})


def draw(n_G: int, n_D: int) -> tuple[list[Any], list[Any]]:
    """The single networks: Gs with a BatchNorm that has seen a batch, Ds without one."""
    rng = Random(0, dtype="float64")
    Gs = [
        Sequential(Dense(2, 4, rng), BatchNorm(4, rng), Tanh(), Dense(4, 3, rng))
        for _ in range(n_G)
    ]
    for G in Gs:
        G.forward(rng.normal((7, 2)))
    return Gs, [Sequential(Dense(3, 4, rng), Tanh(), Dense(4, 1, rng)) for _ in range(n_D)]


class ByHand:
    """The game of the pairs, one network and one pair at a time."""

    def __init__(self, Gs: list[Any], Ds: list[Any], weights: Any, objective: Any) -> None:
        self.Gs, self.Ds, self.objective = Gs, Ds, objective
        self.w = np.array(weights) / np.sum(weights)

    def samples(self, z: Any, train: bool) -> list[Any]:
        parts = np.array_split(z, len(self.Gs))
        return [G(part, train=train) for G, part in zip(self.Gs, parts, strict=True)]

    def half(self, batches: list[Any], label: float) -> list[Grads]:
        """Each Dⱼ's gradient Σᵢ wᵢⱼ [(label - Dⱼ)/mᵢ], from batch i alone."""
        grads = []
        for j, D in enumerate(self.Ds):
            total = {name: np.zeros_like(theta) for name, theta in D.params.items()}
            for i, batch in enumerate(batches):
                a, tape = D.forward(batch)
                slope = (label - 1 / (1 + np.exp(-a))) / len(batch)
                for name, g in D.backward(slope, tape)[1].items():
                    total[name] += self.w[i, j] * g
            grads.append(total)
        return grads

    def on_data(self, x: Any) -> list[Grads]:
        return self.half([x] * len(self.Gs), 0.8)

    def of_G(self, z: Any) -> list[Grads]:
        """Each Gᵢ's gradient Σⱼ wᵢⱼ ∇L(Dⱼ(Gᵢ(zᵢ)))."""
        grads = []
        for i, (G, part) in enumerate(zip(self.Gs, np.array_split(z, len(self.Gs)), strict=True)):
            fake, tape_G = G.forward(part)
            dfake = 0
            for j, D in enumerate(self.Ds):
                a, tape = D.forward(fake)
                p = 1 / (1 + np.exp(-a))
                slope = -p if self.objective is MINIMAX else p - 1
                dfake = dfake + self.w[i, j] * D.backward(slope / len(part), tape)[0]
            grads.append(G.backward(dfake, tape_G)[1])
        return grads

    def iteration(self, rule: str, x: Any, z: Any, fresh: Any) -> None:
        fakes = self.samples(z, default_fakes(rule) == "training")
        real, false = self.on_data(x), self.half(fakes, 0.0)
        both = [{n: r[n] + f[n] for n in r} for r, f in zip(real, false, strict=True)]
        if rule == "simultaneous":
            grads_G = self.of_G(z)
            move(self.Ds, both, ALPHA)
            move(self.Gs, grads_G, -ALPHA)
        elif rule == "worse-player":
            loss_D = loss_G = 0.0
            for i, j in np.ndindex(self.w.shape):
                D_x, D_Gz = (1 / (1 + np.exp(-self.Ds[j](batch))) for batch in (x, fakes[i]))
                loss_D -= self.w[i, j] * (np.log(D_x).mean() + np.log(1 - D_Gz).mean()) / 2
                loss_G -= self.w[i, j] * np.log(D_Gz).mean()
            if loss_D >= loss_G:
                move(self.Ds, both, ALPHA)
            else:
                move(self.Gs, self.of_G(z), -ALPHA)
        else:
            if rule == "separate":
                move(self.Ds, real, ALPHA)
                both = self.half(fakes, 0.0)
            move(self.Ds, both, ALPHA)
            move(self.Gs, self.of_G(fresh), -ALPHA)


def move(nets: list[Any], grads: list[Grads], by: float) -> None:
    for net, g in zip(nets, grads, strict=True):
        for name, theta in net.params.items():
            theta += by * g[name]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES.keys())
@pytest.mark.parametrize("size", WEIGHTS, ids=str)
def test_each_player_is_scored_by_the_weighted_sum_over_its_adversaries(
    rule: str, objective: Any, size: tuple[int, int]
) -> None:
    Gs, Ds = draw(*size)
    by_hand = ByHand(copy.deepcopy(Gs), copy.deepcopy(Ds), WEIGHTS[size], objective)
    G, D = Generators(*Gs), Discriminators(*Ds)
    rng = Random(1, dtype="float64")
    x, z = rng.normal((M, 3)), [rng.normal((M, 2)) for _ in range(2)]
    noise = iter(z)
    next(
        RULES[rule](
            *(G, D, SGD(G, ALPHA), SGD(D, ALPHA), lambda m: x, lambda m: next(noise)),
            m=M,
            iterations=1,
            objective=objective,
            smooth=0.8,
            weights=WEIGHTS[size],
        )
    )
    by_hand.iteration(rule, x, z[0], z[1])
    for net, expected in zip([*Gs, *Ds], [*by_hand.Gs, *by_hand.Ds], strict=True):
        for name, theta in net.params.items():
            np.testing.assert_allclose(theta, expected.params[name], rtol=1e-11, atol=1e-14)


def iterate(rule: str, G: Layer, D: Layer, **options: Any) -> Iterator[int]:
    rng = Random(1, dtype="float64")
    return RULES[rule](
        *(G, D, SGD(G, ALPHA), SGD(D, ALPHA)),
        *(lambda m: rng.normal((m, 3)), lambda m: rng.normal((m, 2))),
        **({"m": M, "iterations": 3} | options),
    )


@pytest.mark.parametrize("rule", RULES)
def test_without_weights_all_pairs_count_alike(rule: str) -> None:
    ends = []
    for weights in (None, [[1, 1, 1], [1, 1, 1]], np.full((2, 3), 7.0)):
        Gs, Ds = draw(2, 3)
        for _ in iterate(rule, Generators(*Gs), Discriminators(*Ds), weights=weights):
            pass
        ends.append([theta for net in (*Gs, *Ds) for theta in net.params.values()])
    for plain, ones, sevens in zip(*ends, strict=True):
        np.testing.assert_allclose(ones, plain, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(sevens, plain, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("rule", RULES)
def test_one_of_each_is_the_plain_game(rule: str) -> None:
    (G,), (D,) = draw(1, 1)
    bundles = Generators(copy.deepcopy(G)), Discriminators(copy.deepcopy(D))
    for _ in iterate(rule, G, D):
        pass
    for _ in iterate(rule, *bundles, weights=[[0.5]]):
        pass
    for net, bundle in zip((G, D), bundles, strict=True):
        for name, theta in net.params.items():
            np.testing.assert_allclose(bundle.params[f"0.{name}"], theta, rtol=1e-13)


def test_a_pair_of_weight_0_does_not_move_each_other() -> None:
    """G₀ meets D₀ alone and G₁ meets D₁ alone: two games that know nothing of each other."""
    Gs, Ds = draw(2, 2)
    G, D = Generators(*Gs), Discriminators(*Ds)
    before = copy.deepcopy(Ds[0].params)
    rng = Random(2, dtype="float64")
    x, z = rng.normal((M, 3)), rng.normal((M, 2))
    ends = []
    for other in (0.0, 5.0):
        Gs[1].params["3.b"][...] = other  # what G₁ makes is nothing to D₀
        Ds[0].params["0.W"][...] = before["0.W"]
        gradient = {}

        def watch(player: str, logits: Any, grads: Grads, gradient: Any = gradient) -> None:
            gradient[player] = grads

        play = RULES["simultaneous"](
            *(G, D, SGD(G, 0.0), SGD(D, 0.0), lambda m: x, lambda m: z),
            m=M,
            iterations=1,
            weights=np.eye(2),
            watch=watch,
        )
        next(play)
        ends.append(gradient)
    assert np.array_equal(ends[0]["D"]["0.0.W"], ends[1]["D"]["0.0.W"])
    assert not np.allclose(ends[0]["D"]["1.0.W"], ends[1]["D"]["1.0.W"])


def test_the_whole_game_of_several_against_differences() -> None:
    Gs, Ds = draw(2, 3)
    rng = Random(3, dtype="float64")
    rows = check_game(Generators(*Gs), Discriminators(*Ds), rng.normal((M, 3)), rng.normal((M, 2)))
    assert {row.verdict for row in rows} == {"ok"}


def test_weighted_slopes_are_the_derivatives_of_the_weighted_V_and_losses() -> None:
    rng, h, weights = np.random.default_rng(0), 1e-5, WEIGHTS[2, 3]
    logits = [rng.normal(size=(5, 3)), rng.normal(size=(5, 3))]
    functions = [
        (0, lambda: value(*logits, 0.9, weights), value_slopes(*logits, 0.9, weights)[0]),
        (1, lambda: value(*logits, 0.9, weights), value_slopes(*logits, 0.9, weights)[1]),
    ]
    for objective in OBJECTIVES.values():
        weighted = objective.weighted(weights)
        functions.append((1, lambda w=weighted: w.loss(logits[1]), weighted.slope(logits[1])))
    for which, f, slopes in functions:
        for place in np.ndindex(5, 3):
            kept = logits[which][place]
            logits[which][place] = kept + h
            above = f()
            logits[which][place] = kept - h
            below = f()
            logits[which][place] = kept
            assert slopes[place] == pytest.approx((above - below) / (2 * h), rel=1e-7, abs=1e-11)


def test_V_of_several_is_minus_log_4_where_every_D_is_one_half() -> None:
    zeros = np.zeros((6, 3))
    for weights in (None, WEIGHTS[2, 3]):
        assert math.isclose(value(zeros, zeros, weights=weights), -math.log(4), rel_tol=1e-15)
        loss = NON_SATURATING.weighted(weights).loss(zeros)
        assert math.isclose(loss, math.log(2), rel_tol=1e-15)


def test_the_best_D_is_p_over_p_plus_the_mixture_that_it_is_shown() -> None:
    """On three points, with q₁ and q₂ of two generators that D weighs 1 to 3."""
    p, q1, q2 = np.array([2, 1, 1]) / 4, np.array([3, 1, 0]) / 4, np.array([0, 0, 4]) / 4
    x, fakes = (np.repeat(range(3), c) for c in ([2, 1, 1], [3, 1, 0]))
    samples = np.concatenate([fakes, np.repeat(range(3), [0, 0, 4])])
    mixture = (1 * q1 + 3 * q2) / 4
    logits = np.log(p / mixture)
    da_real, da_fake = value_slopes(
        logits[x][:, None], logits[samples][:, None], weights=[[1.0], [3.0]]
    )
    for point in range(3):
        pull, push = da_real[x == point].sum(), da_fake[samples == point].sum()
        assert math.isclose(pull, -push, rel_tol=1e-13)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([[1, 1]], "weights have rows of 2 numbers, expected 2 x 3: a row for each generator, a "),
        ([[1, 2], [1, 2], [1, 2]], "weights have rows of 2, 2, 2 numbers, expected 2 x 3"),
        ([1, 2], "weights have rows of 0, 0 numbers, expected 2 x 3"),
        ([[1, 2, 3], [1, -2, 3]], "weights hold -2, expected numbers of 0 or more."),
        ([[1, 2, 3], [1, math.nan, 3]], "weights hold nan, expected numbers of 0 or more."),
        ([[1, 2, math.inf], [1, 1, 3]], "weights hold inf, expected numbers of 0 or more."),
        ([[1, 2, 3], [0, 0, 0]], "weights of generator 1 are all 0, expected one above 0."),
        ([[1, 2, 0], [1, 2, 0]], "weights of discriminator 2 are all 0, expected one above 0."),
        (3.0, "weights are 3.0, expected 2 x 3: a row for each generator, a column for each"),
        ([[1, 2, None], [1, 2, 3]], "weights hold None, expected numbers of 0 or more."),
        ([[1, 2, "x"], [1, 2, 3]], "weights hold 'x', expected numbers of 0 or more."),
    ],
)
def test_weights_without_sense_are_refused(weights: Any, message: str) -> None:
    Gs, Ds = draw(2, 3)
    with pytest.raises((TypeError, ValueError), match="weights") as error:
        next(iterate("algorithm-1", Generators(*Gs), Discriminators(*Ds), weights=weights))
    assert str(error.value).startswith(message)


def test_fewer_samples_than_generators_are_refused_where_they_are_weighed() -> None:
    Gs, Ds = draw(3, 1)
    play = iterate("separate", Generators(*Gs), *Ds, weights=[[1], [1], [1]], m=2)
    with pytest.raises(ValueError, match=r"^m is 2, expected 3 or more: a sample for each gen"):
        next(play)


@pytest.mark.parametrize("kind", [Generators, Discriminators])
def test_no_networks_and_no_layers_are_refused(kind: Any) -> None:
    with pytest.raises(ValueError, match=rf"^{kind.__name__}: got no networks, expected at least"):
        kind()
    with pytest.raises(TypeError, match=rf"^{kind.__name__}: network 1 is 'D', expected a Layer."):
        kind(Flatten(), "D")


def test_a_network_of_other_than_one_logit_is_no_discriminator() -> None:
    rng = Random(0)
    panel = Discriminators(Dense(3, 1, rng), Dense(3, 2, rng))
    with pytest.raises(ValueError, match=r"network 1 gives shape \(4, 2\), expected \(m, 1\)"):
        panel(rng.normal((4, 3)))


def test_each_generator_has_its_own_rows_and_batchnorm() -> None:
    Gs, _ = draw(2, 1)
    G, z = Generators(*copy.deepcopy(Gs)), Random(4, dtype="float64").normal((5, 2))
    expected = np.concatenate([Gs[0](z[:3], train=True), Gs[1](z[3:], train=True)])
    np.testing.assert_array_equal(G(z, train=True), expected)
    for i, net in enumerate(Gs):
        np.testing.assert_array_equal(
            G.buffers[f"{i}.1.running_mean"], net.buffers["1.running_mean"]
        )
