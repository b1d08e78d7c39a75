"""Pack: k examples are judged as one, and everything around D works with m/k logits."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minigan.activations import Tanh
from minigan.backend import Random
from minigan.checks import check_game
from minigan.dense import Dense
from minigan.gan import discriminator_gradient, generator_gradient
from minigan.layer import Sequential
from minigan.objectives import NON_SATURATING, OBJECTIVES, value
from minigan.optimizers import SGD
from minigan.reshape import Flatten, Pack, Reshape
from minigan.rules import RULES, concatenated
from minigan.several import Discriminators
from minigan.summary import rows_of
from minigan.training.watch import Watch

quick = settings(deadline=None, max_examples=40)
sizes = st.integers(1, 4)
M, K = 6, 3


def double(seed=0):
    return Random(seed, dtype="float64")


def players(k=K, dtype="float64"):
    rng = Random(0, dtype=dtype)
    G = Sequential(Dense(2, 4, rng), Tanh(), Dense(4, 3, rng))
    return G, Sequential(Pack(k), Dense(3 * k, 4, rng), Tanh(), Dense(4, 1, rng))


@quick
@given(packs=sizes, k=sizes, rest=st.lists(sizes, min_size=1, max_size=3))
def test_a_pack_is_k_consecutive_examples_end_to_end_along_the_last_axis(packs, k, rest):
    x = double().normal((packs * k, *rest))
    y = Pack(k)(x)
    assert y.shape == (packs, *rest[:-1], k * rest[-1])
    for p in range(packs):
        np.testing.assert_array_equal(y[p], np.concatenate(list(x[p * k : p * k + k]), axis=-1))


@quick
@given(packs=sizes, k=sizes, rest=st.lists(sizes, min_size=1, max_size=3))
def test_backward_takes_dy_apart_again(packs, k, rest):
    """dx = dy, taken apart again: the map only moves numbers"""
    x = double().normal((packs * k, *rest))
    layer = Pack(k)
    y, cache = layer.forward(x)
    np.testing.assert_array_equal(layer.backward(y, cache)[0], x)


def test_pack_of_1_changes_nothing():
    """Pack(1) changes nothing"""
    x = double().normal((4, 2, 3))
    np.testing.assert_array_equal(Pack(1)(x), x)


def test_a_batch_that_k_does_not_divide_is_refused():
    x = double().normal((7, 2))
    with pytest.raises(
        ValueError,
        match=r"^Pack\(3\): x has 7 examples in shape \(7, 2\), expected a multiple of 3; "
        r"take a batch of 6\.$",
    ):
        Pack(3)(x)
    with pytest.raises(ValueError, match=r"x has 2 examples .* take a batch of 3\.$"):
        Pack(3)(x[:2])
    for k, error in ((0, ValueError), (2.5, TypeError), (True, TypeError)):
        with pytest.raises(error, match="expected an integer of 1 or more"):
            Pack(k)


# Around D -----------------------------------------------------------------------------------------


def test_the_game_of_a_D_that_packs_has_the_right_gradients():
    G, D = players()
    rows = check_game(G, D, double(1).normal((M, 3)), double(2).normal((M, 2)))
    assert all(row.verdict == "ok" for row in rows)


def test_it_is_the_game_of_a_G_that_makes_packs():
    """D on packs of m examples is D without Pack on m/k examples, each k in one."""
    G, D = players()
    D_of_packs = Sequential(Flatten(), *D.layers[1:])  # Flatten: as a Sequential, names "1.W", …
    x, z = double(1).normal((M, 3)), double(2).normal((M, 2))
    G_of_packs = Sequential(*G.layers, Reshape((3,)), Pack(K))
    pairs = [
        [discriminator_gradient(D, G, x, z)],
        [generator_gradient(D, G, z, NON_SATURATING)],
    ]
    pairs[0].append(discriminator_gradient(D_of_packs, G_of_packs, Pack(K)(x), z))
    pairs[1].append(generator_gradient(D_of_packs, G_of_packs, z, NON_SATURATING))
    for ours, theirs in pairs:
        assert ours.keys() == theirs.keys()
        for name in ours:
            np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_plays_with_a_logit_for_each_pack(rule):
    G, D = players()
    stream, seen = double(1), []

    def watch(player, logits, grads):
        for a in logits.values():
            assert a.shape == (M // K, 1)
        seen.append(player)

    play = RULES[rule](
        *(G, D, SGD(G, 0.1), SGD(D, 0.1)),
        *(lambda m: stream.normal((m, 3)), lambda m: stream.normal((m, 2))),
        **{"m": M, "iterations": 2, "watch": watch},
    )
    assert list(play) == [0, 1]
    assert seen.count("G") == 2


def test_concatenated_data_and_samples_come_in_packs_of_their_own():
    G, D = players()
    x, z = double(1).normal((M, 3)), double(2).normal((M, 2))
    expected = discriminator_gradient(D, G, x, z)
    found = {}

    def watch(player, logits, grads):
        found[player] = logits, grads

    opt_G, opt_D = SGD(G, 0.0), SGD(D, 0.0)
    next(concatenated(G, D, opt_G, opt_D, lambda m: x, lambda m: z, m=M, iterations=1, watch=watch))
    logits, grads = found["D"]
    np.testing.assert_allclose(logits["a_real"], D(x), rtol=1e-14)
    np.testing.assert_allclose(logits["a_fake"], D(G(z)), rtol=1e-14)
    for name, g in grads.items():
        np.testing.assert_allclose(g, expected[name], rtol=1e-12, atol=1e-15)


def test_concatenated_refuses_a_pack_of_data_and_samples():
    """Of m = 3 examples and 3 samples Pack(2) makes 3 packs, and one holds both."""
    G, D = players(k=2)
    before = {name: theta.copy() for name, theta in D.params.items()}
    play = concatenated(
        *(G, D, SGD(G, 0.1), SGD(D, 0.1)),
        *(lambda m: double(1).normal((m, 3)), lambda m: double(2).normal((m, 2))),
        **{"m": 3, "iterations": 1},
    )
    with pytest.raises(
        ValueError,
        match=r"^rule 'concatenated': D has 3 logits for 3 examples of the data and 3 samples, "
        r"expected as many for each; take a batch that D's Pack divides\.$",
    ):
        next(play)
    for name, theta in D.params.items():
        np.testing.assert_array_equal(theta, before[name])


@pytest.mark.parametrize("rule", RULES)
def test_the_log_counts_packs(rule, tmp_path: Path):
    G, D = players(dtype="float32")
    stream = Random(1)
    watch = Watch(G, D, NON_SATURATING, tmp_path / "checkpoint")
    watch.begin(1, measuring=True)
    logits = {}

    def both(player, a, grads):
        watch(player, a, grads)
        logits.update(a if player == "D" else {})

    play = RULES[rule](
        *(G, D, SGD(G, 0.1), SGD(D, 0.1)),
        *(lambda m: stream.normal((m, 3)) + 1, lambda m: stream.normal((m, 2))),
        **{"m": 12, "iterations": 1, "watch": both},
    )
    next(play)
    row = watch.row()
    assert row["V"] == pytest.approx(float(value(logits["a_real"], logits["a_fake"])))
    assert row["accuracy_real"] * (12 // K) == (logits["a_real"] > 0).sum()
    assert row["accuracy_fake"] * (12 // K) == (logits["a_fake"] < 0).sum()


def test_at_logit_0_V_is_minus_log_4_whatever_the_pack():
    for k in (1, 2, 3):
        _, D = players(k)
        for name in ("3.W", "3.b"):
            D.params[name][...] = 0
        a = D(double(1).normal((M, 3)))
        assert a.shape == (M // k, 1)
        assert float(value(a, a)) == pytest.approx(-np.log(4), rel=1e-15)
        for objective in OBJECTIVES.values():
            assert abs(objective.slope(a)).sum() == pytest.approx(0.5)  # a mean over the packs


def test_summary_fills_two_packs():
    rng = Random(0)
    inner = Sequential(Pack(2), Dense(18, 4, rng))
    net = Sequential(Pack(3), Dense(9, 9, rng), inner, Dense(4, 1, rng))
    rows = rows_of(net, (3,))
    assert [row["shape"] for row in rows] == [(9,), (9,), (4,), (1,)]
    assert "Pack(3)" in net.summary((3,))
    panel = Discriminators(net, Sequential(Pack(6), Dense(18, 1, rng)))
    assert rows_of(Sequential(panel), (3,))[0]["shape"] == (2,)
