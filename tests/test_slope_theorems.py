"""What the slopes decide: where label smoothing puts D, and why G stalls under minimax.

The two objectives of G have the slopes -σ(a) and -(1 - σ(a)) at D's logit a on a sample.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minigan.activations import Tanh, sigmoid
from minigan.backend import Random
from minigan.dense import Dense
from minigan.gan import discriminator_gradient, generator_gradient
from minigan.initializers import zeros
from minigan.layer import Grads, Layer, Sequential
from minigan.objectives import MINIMAX, NON_SATURATING, value_slopes
from minigan.optimizers import SGD
from minigan.reshape import Flatten

P_COUNTS, Q_COUNTS = [1, 3, 4, 8, 2, 0], [6, 3, 5, 2, 0, 2]  # of 18 each, on six points
P, Q = np.array(P_COUNTS) / 18, np.array(Q_COUNTS) / 18
X, FAKE = np.repeat(np.eye(6), P_COUNTS, axis=0), np.repeat(np.eye(6), Q_COUNTS, axis=0)


def smoothed_gradient(D: Layer, alpha: float, beta: float) -> Grads:
    """∇ of mean_data [α log D + (1-α) log(1-D)] + mean_samples [β log D + (1-β) log(1-D)].

    value_slopes gives what log D and log(1-D) want; the labels weigh the two.
    """
    grads = []
    for batch, label in ((X, alpha), (FAKE, beta)):
        a, tape = D.forward(batch)
        up, down = value_slopes(a, a)
        grads.append(D.backward(label * up + (1 - label) * down, tape)[1])
    return {name: grads[0][name] + grads[1][name] for name in grads[0]}


@pytest.mark.parametrize(("alpha", "beta"), [(0.9, 0.0), (1.0, 0.1), (0.7, 0.2), (0.9, 0.1)])
def test_with_labels_alpha_and_beta_D_learns_alpha_p_plus_beta_q_over_p_plus_q(
    alpha: float, beta: float
) -> None:
    """p [α(1 - D) - (1-α)D] + q [β(1 - D) - (1-β)D] = αp + βq - (p + q)D: 0 at that D."""
    D = Dense(6, 1, Random(0, dtype="float64"), W=zeros, bias=False)
    best = (alpha * P + beta * Q) / (P + Q)
    inside = best * (1 - best) > 0  # where D* is 0 or 1, its logit runs away for ever
    optimizer = SGD(D, 10.0)
    for _ in range(1500):
        optimizer.ascend(smoothed_gradient(D, alpha, beta))
    d = sigmoid(D.params["W"][:, 0])
    np.testing.assert_allclose(d[inside], best[inside], rtol=1e-9)
    np.testing.assert_allclose(d[~inside], best[~inside], atol=1e-2)


@settings(deadline=None)
@given(st.floats(0.5, 1), st.floats(0, 0.5))
def test_smoothed_labels_pull_D_to_that_point_from_any_side(alpha: float, beta: float) -> None:
    """The gradient in the logit of each outcome is αp + βq - (p + q)D itself."""
    D = Dense(6, 1, Random(0, dtype="float64"), bias=False)
    d = sigmoid(D.params["W"][:, 0])
    (gradient,) = smoothed_gradient(D, alpha, beta).values()
    np.testing.assert_allclose(gradient[:, 0], alpha * P + beta * Q - (P + Q) * d, atol=1e-15)


@pytest.mark.parametrize("alpha", [0.6, 0.9, 1.0])
def test_one_sided_smoothing_is_alpha_for_data_and_0_for_samples(alpha: float) -> None:
    """The rules' `smooth` is the first of the two labels: the best D is α p/(p + q)."""
    D = Dense(6, 1, Random(0, dtype="float64"), bias=False)
    found = discriminator_gradient(D, Flatten(), X, FAKE, smooth=alpha)["W"]
    np.testing.assert_allclose(found, smoothed_gradient(D, alpha, 0.0)["W"], rtol=0, atol=1e-16)
    optimizer = SGD(D, 10.0)
    for _ in range(1500):
        optimizer.ascend(discriminator_gradient(D, Flatten(), X, FAKE, smooth=alpha))
    d, best = sigmoid(D.params["W"][:, 0]), alpha * P / (P + Q)
    inside = best * (1 - best) > 0
    np.testing.assert_allclose(d[inside], best[inside], rtol=1e-9)
    np.testing.assert_allclose(d[~inside], best[~inside], atol=1e-2)


def small_game(seed: int) -> tuple[Layer, Layer, Random]:
    rng = Random(seed, dtype="float64")
    G = Sequential(Dense(2, 5, rng), Tanh(), Dense(5, 3, rng))
    D = Sequential(Dense(3, 5, rng), Tanh(), Dense(5, 1, rng))
    return G, D, rng


@pytest.mark.parametrize("logit", [-30.0, -3.0, 0.0, 2.0])
def test_for_one_sample_the_gradients_of_G_have_ratio_e_to_the_a(logit: float) -> None:
    """Through D and through G, in every parameter: one direction, another length."""
    G, D, rng = small_game(0)
    z = rng.normal((1, 2))
    D.params["2.b"] += logit - float(D(G(z))[0, 0])
    d = 1 / (1 + math.exp(-logit))
    minimax, other = (generator_gradient(D, G, z, one) for one in (MINIMAX, NON_SATURATING))
    for name in other:
        assert np.abs(other[name]).max() > 1e-3
        np.testing.assert_allclose(minimax[name], d / (1 - d) * other[name], rtol=1e-11)


def test_in_a_batch_minimax_weighs_each_sample_by_its_ratio() -> None:
    """So the samples that D knows for fakes count least, of all those that could learn most."""
    G, D, rng = small_game(1)
    z = rng.normal((6, 2), 3.0)
    d = sigmoid(D(G(z)))[:, 0]
    assert np.ptp(d) > 0.1
    expected: dict[str, Any] = {}
    for i in range(6):
        for name, g in generator_gradient(D, G, z[i : i + 1], NON_SATURATING).items():
            expected[name] = expected.get(name, 0) + d[i] / (1 - d[i]) * g / 6
    for name, g in generator_gradient(D, G, z, MINIMAX).items():
        np.testing.assert_allclose(g, expected[name], rtol=1e-11, atol=1e-16)


def test_the_further_D_is_ahead_the_less_minimax_moves_G() -> None:
    """Data at 1, samples at -1, D(x) = σ(wx): both gradients of G are w times their slope, w grows
    like log k, and the minimax slope falls like 1/k."""
    rng = Random(0, dtype="float64")
    G, D = Dense(1, 1, rng, W=zeros), Dense(1, 1, rng, W=zeros, bias=False)
    G.params["b"][...] = -1.0
    z, x = np.zeros((1, 1)), np.ones((1, 1))
    optimizer, sizes = SGD(D, 0.5), []
    for k in range(2001):
        if k in (20, 200, 2000):
            both = (generator_gradient(D, G, z, one) for one in (MINIMAX, NON_SATURATING))
            sizes.append([abs(float(grads["b"][0])) for grads in both])
            w = float(D.params["W"][0, 0])
            assert math.isclose(w + math.exp(w) - 1, k, rel_tol=0.2)  # w' = σ(-w) a step
            np.testing.assert_allclose(sizes[-1], [w / (1 + math.exp(w)), w / (1 + math.exp(-w))])
        optimizer.ascend(discriminator_gradient(D, G, x, z))
    (early, log_early), (middle, log_middle), (late, log_late) = sizes
    assert early > 5 * middle > 25 * late
    assert log_early < log_middle < log_late
