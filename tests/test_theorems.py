"""What the 2014 paper proves, run: D* = p/(p+q), V(G, D*) = 2 JSD - log 4; and the Dirac-GAN."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from minigan.activations import sigmoid
from minigan.backend import Random
from minigan.dense import Dense
from minigan.gan import discriminator_gradient
from minigan.initializers import zeros
from minigan.objectives import MINIMAX, NON_SATURATING, value, value_slopes
from minigan.optimizers import SGD, Adam
from minigan.reshape import Flatten
from minigan.rules import RULES

P_COUNTS, Q_COUNTS = [1, 3, 4, 8], [6, 3, 5, 2]  # of 16 each, on four points
P, Q = np.array(P_COUNTS) / 16, np.array(Q_COUNTS) / 16
JSD = 0.5 * (P * np.log(2 * P / (P + Q))).sum() + 0.5 * (Q * np.log(2 * Q / (P + Q))).sum()


def counted(logits: Any, counts: list[int]) -> Any:
    """Each logit as often as its point occurs: a batch that *is* the distribution."""
    return np.repeat(logits, counts)[:, None]


def test_optimal_D_is_p_over_p_plus_q_and_V_there_is_2_JSD_minus_log_4() -> None:
    best = np.log(P / Q)  # σ(log p/q) = p / (p + q)

    def V(logits: Any) -> float:
        return float(value(counted(logits, P_COUNTS), counted(logits, Q_COUNTS)))

    assert math.isclose(V(best), 2 * JSD - math.log(4), rel_tol=1e-14)
    rng = np.random.default_rng(0)
    assert all(V(best + 0.1 * rng.normal(size=4)) < V(best) for _ in range(20))
    da_real, da_fake = value_slopes(counted(best, P_COUNTS), counted(best, Q_COUNTS))
    for i in range(4):  # at the maximum the two batches pull equally at every point
        pull = da_real[np.repeat(range(4), P_COUNTS) == i].sum()
        push = da_fake[np.repeat(range(4), Q_COUNTS) == i].sum()
        assert math.isclose(pull, -push, rel_tol=1e-13)


def test_a_table_D_that_ascends_V_arrives_at_p_over_p_plus_q() -> None:
    rng = Random(0, dtype="float64")
    D = Dense(4, 1, rng, W=zeros, bias=False)  # one logit for each of the four points
    x, z = np.repeat(np.eye(4), P_COUNTS, axis=0), np.repeat(np.eye(4), Q_COUNTS, axis=0)
    G = Flatten()  # the identity on vectors: its "noise" is the distribution q
    optimizer = SGD(D, 10.0)
    for _ in range(500):
        optimizer.ascend(discriminator_gradient(D, G, x, z))
    np.testing.assert_allclose(sigmoid(D.params["W"][:, 0]), P / (P + Q), rtol=1e-9)
    assert math.isclose(value(D(x), D(z)), 2 * JSD - math.log(4), rel_tol=1e-12)


def test_D_between_two_gaussians_learns_the_log_ratio_of_their_densities() -> None:
    """For N(1, 1) against N(-1, 1), log p/q = 2x: a line, so that one Dense layer is enough.

    20,000 samples each: the standard errors of a logistic regression's slope and intercept are
    0.019 and 0.015 (from the Fisher information); five of each are allowed.
    """
    rng = Random(0, dtype="float64")
    D = Dense(1, 1, rng)
    x, z = 1 + rng.normal((20_000, 1)), -1 + rng.normal((20_000, 1))
    optimizer = Adam(D, 0.05)
    for _ in range(300):
        optimizer.ascend(discriminator_gradient(D, Flatten(), x, z))
    assert abs(D.params["W"][0, 0] - 2) < 0.095
    assert abs(D.params["b"][0]) < 0.075


def dirac_gan(rule: str, h: float, objective: Any) -> Any:
    """The 2×2 matrix that one iteration applies to (ψ, θ) near (0, 0).

    p_data sits at 0, G at θ, and D has the logit ψ x.
    """
    columns, tiny = [], 1e-6
    for start in ((tiny, 0.0), (0.0, tiny)):
        rng = Random(0, dtype="float64")
        D, G = (Dense(1, 1, rng, W=zeros, bias=False) for _ in "DG")
        D.params["W"][...], G.params["W"][...] = start
        next(
            RULES[rule](
                G,
                D,
                SGD(G, h),
                SGD(D, h),
                lambda m: np.zeros((m, 1)),
                lambda m: np.ones((m, 1)),
                m=1,
                iterations=1,
                objective=objective,
            )
        )
        columns.append([D.params["W"][0, 0] / tiny, G.params["W"][0, 0] / tiny])
    return np.array(columns).T


@pytest.mark.parametrize("objective", [MINIMAX, NON_SATURATING])
def test_in_the_dirac_gan_simultaneous_steps_diverge_and_alternating_ones_cycle(
    objective: Any,
) -> None:
    h = 0.1  # the flow's eigenvalues are ±i/2, so a simultaneous step has 1 ± i h/2
    simultaneous = np.abs(np.linalg.eigvals(dirac_gan("simultaneous", h, objective)))
    alternating = np.abs(np.linalg.eigvals(dirac_gan("algorithm-1", h, objective)))
    np.testing.assert_allclose(simultaneous, math.sqrt(1 + (h / 2) ** 2), rtol=1e-6)
    np.testing.assert_allclose(simultaneous, 1.001249, rtol=1e-6)
    np.testing.assert_allclose(alternating, 1, rtol=1e-6)


def test_G_alone_moves_its_samples_to_where_D_says_data() -> None:
    """With D(x) = σ(x) fixed, every objective pushes G's samples up the line."""
    rng = Random(0, dtype="float64")
    for objective in (MINIMAX, NON_SATURATING):
        D, G = Dense(1, 1, rng, W=zeros), Dense(1, 1, rng)
        D.params["W"][...] = 1.0
        before = G(np.ones((1, 1)))[0, 0]
        for _ in RULES["algorithm-1"](
            G,
            D,
            SGD(G, 0.1),
            SGD(D, 0.0),
            lambda m: np.zeros((m, 1)),
            lambda m: np.ones((m, 1)),
            m=1,
            iterations=5,
            objective=objective,
        ):
            after = G(np.ones((1, 1)))[0, 0]
            assert after > before
            before = after
