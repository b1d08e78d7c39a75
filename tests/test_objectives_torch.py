"""The objectives and their slopes against PyTorch's autograd in float64, options included.

PyTorch's side is its cross-entropies of labels, as D's loss is written in most GAN code: V is minus
their sum.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import oracle

from minigan.activations import sigmoid, softplus
from minigan.backend import Random
from minigan.cross_entropy import cross_entropy, cross_entropy_slope, softmax
from minigan.objectives import OBJECTIVES, value, value_slopes
from minigan.penalties import Penalty

torch = oracle("torch")
F = torch.nn.functional
pytestmark = pytest.mark.oracle("torch")
quick = settings(deadline=None, max_examples=60)
seeds, spreads = st.integers(0, 2**31), st.sampled_from([0.1, 3.0, 30.0])


def logits(seed: int, shape: tuple[int, ...], spread: float) -> np.ndarray:
    return spread * Random(seed, dtype="float64").normal(shape)


def slopes(y: Any, *leaves: Any) -> list[np.ndarray]:
    return [g.numpy() for g in torch.autograd.grad(y, leaves)]


def leaf(a: np.ndarray) -> Any:
    return torch.tensor(a, requires_grad=True)


def assert_close(ours: Any, theirs: Any) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-300)


def crossed(a: Any, label: float) -> Any:
    return F.binary_cross_entropy_with_logits(a, torch.full_like(a, label))


@quick
@given(seed=seeds, spread=spreads, m=st.integers(1, 9), smooth=st.floats(0.55, 1))
def test_the_value_and_its_slopes(seed: int, spread: float, m: int, smooth: float) -> None:
    """Within 10⁻¹² of the larger term of the smoothed slope, in which two terms may cancel."""
    a = logits(seed, (m, 1), spread), logits(seed + 1, (m, 1), spread)
    a_real, a_fake = map(leaf, a)
    V = -crossed(a_real, smooth) - crossed(a_fake, 0.0)
    np.testing.assert_allclose(value(*a, smooth), V.item(), rtol=1e-12)
    for ours, theirs in zip(value_slopes(*a, smooth), slopes(V, a_real, a_fake), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-15 / m)


@quick
@given(seed=seeds, spread=spreads, m=st.integers(1, 9))
@pytest.mark.parametrize("name", OBJECTIVES)
def test_an_objective_of_g_and_its_slope(name: str, seed: int, spread: float, m: int) -> None:
    """Their logsigmoid, like ours, is exact in both tails."""
    a = logits(seed, (m, 1), spread)
    a_fake = leaf(a)
    sign = {"minimax": -1, "non-saturating": 1}[name]
    loss = -sign * F.logsigmoid(sign * a_fake).mean()
    assert_close(OBJECTIVES[name].loss(a), loss.item())
    assert_close(OBJECTIVES[name].slope(a), slopes(loss, a_fake)[0])


@quick
@given(seed=seeds, m=st.integers(1, 4), n=st.integers(1, 3), d=st.integers(1, 3))
@pytest.mark.parametrize("name", OBJECTIVES)
def test_several_players_by_weights(name: str, seed: int, m: int, n: int, d: int) -> None:
    a = logits(seed, (n * m, d), 2), logits(seed + 1, (n * m, d), 2)
    w = np.random.default_rng(seed).uniform(0.1, 1, (n, d))
    a_real, a_fake = map(leaf, a)
    shares = torch.tensor(w / w.sum())
    parts = a_fake.view(n, m, d)
    V = (shares * (F.logsigmoid(a_real).mean(0) + F.logsigmoid(-parts).mean(1))).sum()
    sign = {"minimax": -1, "non-saturating": 1}[name]
    loss = (shares * (-sign * F.logsigmoid(sign * parts)).mean(1)).sum()
    weights = w.tolist()
    assert_close(value(*a, weights=weights), V.item())
    for ours, theirs in zip(
        value_slopes(*a, weights=weights), slopes(V, a_real, a_fake), strict=True
    ):
        assert_close(ours, theirs)
    objective = OBJECTIVES[name].weighted(weights)
    assert_close(objective.loss(a[1]), loss.item())
    assert_close(objective.slope(a[1]), slopes(loss, a_fake)[0])


@quick
@given(seed=seeds, spread=spreads, m=st.integers(1, 9), n=st.integers(2, 6))
def test_softmax_cross_entropy_and_its_slope(seed: int, spread: float, m: int, n: int) -> None:
    """PyTorch takes 1 from the right answer's share: it is off by 10⁻¹⁶ where that is nearly 1."""
    a = logits(seed, (m, n), spread)
    right = np.random.default_rng(seed).integers(n, size=m)
    y, theirs = np.eye(n)[right], leaf(a)
    loss = F.cross_entropy(theirs, torch.tensor(right))
    np.testing.assert_allclose(cross_entropy(a, y), loss.item(), rtol=1e-12, atol=1e-15)
    (da,) = slopes(loss, theirs)
    np.testing.assert_allclose(cross_entropy_slope(a, y), da, rtol=1e-12, atol=1e-15)
    assert_close(softmax(a), F.softmax(torch.tensor(a), dim=1))


@quick
@given(seed=seeds, shape=st.lists(st.integers(1, 5), max_size=4).map(tuple))
def test_softplus_and_sigmoid(seed: int, shape: tuple[int, ...]) -> None:
    """softplus against -logsigmoid(-a): theirs of that name turns into a line above 20."""
    a = logits(seed, shape, 20)
    assert_close(softplus(a), -F.logsigmoid(torch.tensor(-a)).numpy())
    assert_close(sigmoid(a), torch.sigmoid(torch.tensor(a)).numpy())


@quick
@given(seed=seeds, l1=st.floats(0, 1), l2=st.floats(0, 1))
def test_a_penalty_and_its_gradient(seed: int, l1: float, l2: float) -> None:
    W = logits(seed, (3, 4), 1)
    W[0, 0] = 0  # where their abs has the slope 0, too
    theirs, penalty = leaf(W), Penalty(l1, l2)
    R = l1 * theirs.abs().sum() + l2 * theirs.square().sum()
    assert_close(penalty.value(W), R.item())
    assert_close(penalty.gradient(W), slopes(R, theirs)[0])
