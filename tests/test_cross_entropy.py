"""Softmax cross-entropy and its slope, against differences, 60 decimal digits, and PyTorch."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pytest
from conftest import Cuda
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import oracle
from test_objectives import close

from minigan.conditional import one_hot
from minigan.cross_entropy import cross_entropy, cross_entropy_slope, softmax
from minigan.objectives import value_slopes

DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])


def logits(dtype: str = "float64", m: int = 6, n: int = 5) -> np.ndarray:
    return (3 * np.random.default_rng(0).normal(size=(m, n))).astype(dtype)


def answers(a: np.ndarray, seed: int = 1) -> np.ndarray:
    m, n = a.shape
    return one_hot(np.random.default_rng(seed).integers(0, n, m), n, a.dtype)


def extreme(dtype: str) -> np.ndarray:
    """Rows of five logits to ±1e4, of which any may be the right one."""
    rng = np.random.default_rng(2)
    scales = np.repeat([1.0, 10.0, 100.0, 1e4], 16)[:, None]
    rows = [
        (rng.uniform(-1, 1, (64, 5)) * scales),
        [[1e4, -1e4, 0, 0, 0], [-1e4, 1e4, 1e4, -1e4, 0], [1e4] * 5, [-1e4] * 5, [0.0] * 5],
        [[40.0, 0, 0, 0, 0], [0, 20.0, 0, 0, 0], [1e4, 9960.0, 9960.0, 9960.0, 9960.0]],
    ]
    return np.concatenate([np.asarray(part, dtype) for part in rows]).astype(dtype)


def exact(a: np.ndarray, right: int) -> tuple[list[Decimal], list[Decimal]]:
    """Each row's loss, and each entry of p - y, in 60 digits.

    With r = Σ_wrong exp(aⱼ - a_right): log(1 + r), exp(aⱼ - a_right)/(1 + r) and -r/(1 + r).
    """
    losses, slopes = [], []
    with localcontext(prec=60, Emin=-99999, Emax=99999):
        for row in a.tolist():
            odds = [(Decimal(x) - Decimal(row[right])).exp() for x in row]
            odds[right] = Decimal(0)
            r = sum(odds)
            losses.append((1 + r).ln() if r > Decimal("1e-15") else r - r**2 / 2 + r**3 / 3)
            odds[right] = -r
            slopes += [o / (1 + r) for o in odds]
    return losses, slopes


def test_the_slope_is_the_derivative_of_the_loss() -> None:
    a, h = logits(), 1e-4
    y = answers(a)
    slope = cross_entropy_slope(a, y)
    for index in np.ndindex(*a.shape):
        step = np.zeros_like(a)
        step[index] = h
        numeric = (cross_entropy(a + step, y) - cross_entropy(a - step, y)) / (2 * h)
        assert close(slope[index], numeric, 1e-6), index


def test_a_name_means_its_equation() -> None:
    a = logits()
    y = answers(a)
    p = np.exp(a) / np.exp(a).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(softmax(a), p, rtol=1e-14)
    assert cross_entropy(a, y) == pytest.approx(-np.log(p[y == 1]).mean(), rel=1e-14)
    np.testing.assert_allclose(cross_entropy_slope(a, y), (p - y) / len(a), rtol=1e-12)


def worst(found: np.ndarray, exact: list[Decimal]) -> float:
    """The largest relative error, in units of eps (1 + |x|/2), where x is the log of the exact.

    An exponential multiplies the rounding of its argument x, which is up to |x| eps/2.
    """
    eps, tiny = (Decimal(float(getattr(np.finfo(found.dtype), n))) for n in ("eps", "tiny"))
    errors = []
    for got, true in zip(found.ravel().tolist(), exact, strict=True):
        with localcontext(prec=60, Emin=-99999, Emax=99999):
            size = max(abs(true), tiny)  # what is smaller may be 0
            errors.append(float(abs(Decimal(got) - true) / size / eps / (1 + abs(size.ln()) / 2)))
    return max(errors)


@DTYPES
def test_losses_and_slopes_are_exact_for_logits_to_1e4(dtype: str) -> None:
    a = extreme(dtype)
    for right in range(5):
        y = one_hot(np.full(len(a), right), 5, dtype)
        losses, slopes = exact(a, right)
        found = [cross_entropy(a[i : i + 1], y[i : i + 1]) for i in range(len(a))]
        rows = [cross_entropy_slope(a[i : i + 1], y[i : i + 1])[0] for i in range(len(a))]
        assert {array.dtype.name for array in (*found, *rows)} == {dtype}
        assert worst(np.array(found), losses) <= 2
        assert worst(np.array(rows), slopes) <= 3


def test_the_slope_at_a_lead_of_20_in_float32_is_a_true_2e_9() -> None:
    a, y = np.float32([[20, 0]]), np.float32([[1, 0]])
    np.testing.assert_allclose(
        cross_entropy_slope(a, y), [[-2.0611536181902037e-09, 2.0611536181902037e-09]], rtol=4e-7
    )
    assert softmax(a)[0, 0] - 1 == 0  # what p - y, as it is written, would have given


@given(st.lists(st.floats(-1e4, 1e4, width=32), min_size=2, max_size=9), st.data())
@settings(deadline=None)
def test_slopes_sum_to_0_and_everything_is_finite(row: list[float], data: Any) -> None:
    right = data.draw(st.integers(0, len(row) - 1))
    a, y = np.float32([row]), one_hot(np.array([right]), len(row), "float32")
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss, slope, p = cross_entropy(a, y), cross_entropy_slope(a, y), softmax(a)
    assert np.isfinite(loss)
    assert loss >= 0
    assert abs(slope.sum()) <= 1e-6 * abs(slope).max()
    assert abs(p.sum() - 1) < 1e-6
    assert slope[0, right] <= 0
    assert (np.delete(slope[0], right) >= 0).all()


@DTYPES
@pytest.mark.parametrize("n", [2, 10, 1000])
def test_who_knows_nothing_has_the_loss_log_n(n: int, dtype: str) -> None:
    a = np.full((3, n), 7, dtype)
    assert close(cross_entropy(a, answers(a)), np.log(n), 8 * np.finfo(dtype).eps)


def test_the_loss_is_a_mean_so_a_batch_repeated_changes_nothing() -> None:
    a = logits()
    y = answers(a)
    a3, y3 = np.tile(a, (3, 1)), np.tile(y, (3, 1))
    assert close(cross_entropy(a3, y3), cross_entropy(a, y), 1e-14)
    np.testing.assert_allclose(cross_entropy_slope(a3, y3)[:6], cross_entropy_slope(a, y) / 3)


def test_with_two_answers_it_is_the_loss_of_D() -> None:
    a = logits(n=1)
    two, real = np.concatenate([np.zeros_like(a), a], axis=1), np.tile([[0.0, 1.0]], (len(a), 1))
    da_real, da_fake = value_slopes(a, a)  # of V, which D ascends
    np.testing.assert_allclose(cross_entropy_slope(two, real)[:, 1:], -da_real, rtol=1e-14)
    np.testing.assert_allclose(cross_entropy_slope(two, 1 - real)[:, 1:], -da_fake, rtol=1e-14)


def test_arguments_stay_as_they_are() -> None:
    a = logits()
    y = answers(a)
    kept = a.copy(), y.copy()
    for function in (cross_entropy, cross_entropy_slope):
        function(a, y)
    softmax(a)
    np.testing.assert_array_equal(a, kept[0])
    np.testing.assert_array_equal(y, kept[1])


@pytest.mark.parametrize(
    ("a", "y"),
    [
        (np.zeros((3, 4)), np.array([0, 1, 2])),
        (np.zeros((3, 4)), np.zeros((3, 5))),
        (np.zeros(4), np.zeros(4)),
        (np.zeros((3, 1)), np.ones((3, 1))),
    ],
    ids=["labels", "classes", "axes", "one class"],
)
@pytest.mark.parametrize("function", [cross_entropy, cross_entropy_slope])
def test_other_shapes_are_refused(function: Any, a: np.ndarray, y: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"^cross_entropy: a has shape .*\.one_hot\.$") as refused:
        function(a, y)
    assert str(a.shape) in str(refused.value)
    assert str(y.shape) in str(refused.value)


def test_on_a_gpu_as_on_the_cpu(cuda: Cuda) -> None:
    a = logits("float32")
    y = answers(a)
    for function in (cross_entropy, cross_entropy_slope):
        cuda.assert_same(function(cuda.xp.asarray(a), cuda.xp.asarray(y)), function(a, y))
    cuda.assert_same(softmax(cuda.xp.asarray(a)), softmax(a))


@pytest.mark.oracle("torch")
@DTYPES
def test_pytorch_says_the_same(dtype: str) -> None:
    torch = oracle("torch")
    a = logits(dtype, m=64, n=10)
    y = answers(a)
    theirs = torch.tensor(a, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(theirs, torch.tensor(y.argmax(axis=1)))
    loss.backward()
    eps = np.finfo(dtype).eps
    np.testing.assert_allclose(cross_entropy(a, y), loss.item(), rtol=8 * eps)
    np.testing.assert_allclose(
        cross_entropy_slope(a, y), theirs.grad.numpy(), rtol=64 * eps, atol=eps
    )
