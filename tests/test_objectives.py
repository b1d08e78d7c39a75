"""V, the two objectives and their slopes, against the same formulas in 60 decimal digits.

Errors are counted in ulp, units in the last place of the exact result; a correctly rounded function
has 0.5. float32 is computed in float64 and has that; float64 has it where NumPy's longdouble is
wider, and else up to 2.5. test_objectives_exact.py goes further.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minigan.activations import sigmoid, softplus
from minigan.objectives import (
    MINIMAX,
    NON_SATURATING,
    OBJECTIVES,
    minimax_loss,
    minimax_slope,
    non_saturating_loss,
    non_saturating_slope,
    value,
    value_slopes,
)

ULP = {"float32": 1.0, "float64": 2.5}
DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])

float32s = st.floats(width=32, allow_nan=False, allow_infinity=False)
logits32 = st.lists(st.floats(-1e4, 1e4, width=32), min_size=1, max_size=20)


def exact_softplus(a: Decimal) -> Decimal:
    """log(1 + eᵃ) to some 40 digits: the series of log1p where 1 + e^-|a| would lose them."""
    e = (-abs(a)).exp()
    log1p = (1 + e).ln() if e > Decimal("1e-15") else e - e * e / 2 + e**3 / 3
    return max(a, Decimal(0)) + log1p


def exact_sigmoid(a: Decimal) -> Decimal:
    return 1 / (1 + (-a).exp())


def in_decimal(f: Callable[[Decimal], Decimal], a: np.ndarray) -> list[Decimal]:
    """f of every number in a, in 60 digits; the exponents reach down to e^-10000."""
    with localcontext(prec=60, Emin=-99999, Emax=99999):
        return [f(Decimal(x)) for x in a.ravel().tolist()]


def worst_ulp(got: np.ndarray, exact: list[Decimal]) -> float:
    """The largest |got - exact| in units of the last place of exact (of the smallest normal
    number, where exact is smaller: below it NumPy may round to 0)."""
    tiny = float(np.finfo(got.dtype).tiny)
    errors = []
    for y, true in zip(got.ravel().tolist(), exact, strict=True):
        unit = np.spacing(got.dtype.type(max(abs(float(true)), tiny)))
        at_least = tiny if abs(true) < tiny else unit
        errors.append(float(abs(Decimal(y) - true) / Decimal(float(at_least))))
    return max(errors)


def close(got: Any, true: Any, rtol: float) -> bool:
    """Relative error only: pytest.approx would let 1e-12 pass for 0."""
    return math.isclose(float(got), float(true), rel_tol=float(rtol))


def many_logits(dtype: str) -> np.ndarray:
    """1024 logits: a power of two, so that the 1/m of the slopes rounds nothing."""
    rng = np.random.default_rng(0)
    edges = [0.0, -0.0, 1e-30, -1e-30, 17.0, -20.0, 88.8, -88.8, 709.9, -709.9, 1e4, -1e4]
    parts = [edges, rng.uniform(-10, 10, 400), rng.uniform(-90, 90, 400)]
    parts += [rng.uniform(-1e4, 1e4, 100), rng.normal(size=112) * 10.0 ** rng.uniform(-9, 0, 112)]
    return np.concatenate(parts).astype(dtype)[:, None]


@DTYPES
def test_softplus_and_sigmoid_to_the_last_digits(dtype: str) -> None:
    a = many_logits(dtype)
    assert worst_ulp(softplus(a), in_decimal(exact_softplus, a)) <= ULP[dtype]
    assert worst_ulp(sigmoid(a), in_decimal(exact_sigmoid, a)) <= ULP[dtype]
    assert softplus(a).dtype == sigmoid(a).dtype == dtype


@DTYPES
def test_slopes_to_the_last_digits(dtype: str) -> None:
    a = many_logits(dtype)
    m = len(a)
    up, down = in_decimal(lambda x: exact_sigmoid(-x) / m, a), in_decimal(exact_sigmoid, a)
    minus_down = [-p / m for p in down]
    da_real, da_fake = value_slopes(a, a)
    assert worst_ulp(da_real, up) <= ULP[dtype]
    assert worst_ulp(da_fake, minus_down) <= ULP[dtype]
    assert worst_ulp(minimax_slope(a), minus_down) <= ULP[dtype]
    assert worst_ulp(non_saturating_slope(a), [-p for p in up]) <= ULP[dtype]
    for slope in (da_real, da_fake, minimax_slope(a), non_saturating_slope(a)):
        assert slope.dtype == dtype
        assert slope.shape == a.shape


@DTYPES
def test_value_and_losses_are_the_exact_means(dtype: str) -> None:
    a_real, a_fake = many_logits(dtype), many_logits(dtype)[::2] - np.dtype(dtype).type(3)
    log_D = [-s for s in in_decimal(lambda a: exact_softplus(-a), a_real)]
    log_not_D = [-s for s in in_decimal(exact_softplus, a_fake)]
    minus_log_D = in_decimal(lambda a: exact_softplus(-a), a_fake)

    def mean(terms: list[Decimal]) -> float:
        return float(sum(terms) / len(terms))

    rtol = 8 * np.finfo(dtype).eps  # all terms of a mean have one sign: nothing cancels
    assert close(value(a_real, a_fake), mean(log_D) + mean(log_not_D), rtol)
    assert close(minimax_loss(a_fake), mean(log_not_D), rtol)
    assert close(non_saturating_loss(a_fake), mean(minus_log_D), rtol)
    for loss in (value(a_real, a_fake), minimax_loss(a_fake), non_saturating_loss(a_fake)):
        assert loss.dtype == dtype
        assert loss.shape == ()


@DTYPES
@pytest.mark.parametrize("m", [1, 3, 128])
def test_V_is_minus_log_4_where_D_is_one_half(dtype: str, m: int) -> None:
    a = np.zeros((m, 1), dtype)
    assert close(value(a, a), -math.log(4), 2 * np.finfo(dtype).eps)


@given(logits32, logits32)
@settings(deadline=None)
def test_V_is_at_most_0_and_everything_is_finite(real: list[float], fake: list[float]) -> None:
    a_real, a_fake = np.float32(real)[:, None], np.float32(fake)[:, None]
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        numbers = [value(a_real, a_fake), minimax_loss(a_fake), non_saturating_loss(a_fake)]
        slopes = [*value_slopes(a_real, a_fake), minimax_slope(a_fake)]
    assert numbers[0] <= 0
    assert np.isfinite(numbers).all()
    assert all(np.isfinite(slope).all() for slope in slopes)


@given(float32s)
@settings(deadline=None, max_examples=500)
def test_every_finite_float32_logit_gives_finite_terms_and_slopes(logit: float) -> None:
    a = np.float32([[logit]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        terms = np.float32([softplus(a)[0, 0], minimax_loss(a), non_saturating_loss(a)])
        slopes = np.float32([minimax_slope(a)[0, 0], non_saturating_slope(a)[0, 0]])
    assert np.isfinite(terms).all()
    assert (slopes >= -1).all()
    assert (slopes <= 0).all()
    assert close(slopes.sum(), -1, 1e-6)  # σ(a) + σ(-a) = 1


@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES.keys())
def test_slope_is_the_derivative_of_the_loss(objective: Any) -> None:
    a, h = np.linspace(-8, 8, 33)[:, None], 1e-4
    for i, slope in enumerate(objective.slope(a)[:, 0]):
        step = np.zeros_like(a)
        step[i] = h
        numeric = (objective.loss(a + step) - objective.loss(a - step)) / (2 * h)
        assert close(slope, numeric, 1e-6)


def test_value_slopes_are_the_derivatives_of_V() -> None:
    a_real, a_fake, h = np.linspace(-7, 8, 5)[:, None], np.linspace(-6, 5, 7)[:, None], 1e-4
    da_real, da_fake = value_slopes(a_real, a_fake)
    for i in range(5):
        step = h * np.eye(5)[:, i : i + 1]
        numeric = (value(a_real + step, a_fake) - value(a_real - step, a_fake)) / (2 * h)
        assert close(da_real[i, 0], numeric, 1e-6)
    for i in range(7):
        step = h * np.eye(7)[:, i : i + 1]
        numeric = (value(a_real, a_fake + step) - value(a_real, a_fake - step)) / (2 * h)
        assert close(da_fake[i, 0], numeric, 1e-6)


def test_ratio_of_the_slopes_is_e_to_the_a() -> None:
    a = np.linspace(-300, 300, 601)[:, None]
    ratio = minimax_slope(a) / non_saturating_slope(a)
    for got, exact in zip(ratio.ravel(), in_decimal(Decimal.exp, a), strict=True):
        assert close(got, float(exact), 8e-15)


def test_minimax_slope_at_minus_20_in_float32_is_a_true_2e_9() -> None:
    a = np.full((1, 1), -20, np.float32)
    assert close(minimax_slope(a)[0, 0], -2.0611536181902037e-09, 4e-7)
    assert 1 - sigmoid(-a) == 0  # what the textbook 1 - D would have given


@pytest.mark.parametrize("m", [1, 3, 100])
@pytest.mark.parametrize("logit", [-20.0, -1e4])
def test_non_saturating_slope_is_minus_1_over_m_where_minimax_vanishes(
    m: int, logit: float
) -> None:
    a = np.full((m, 1), logit, np.float32)
    assert (non_saturating_slope(a) == np.float32(-1) / np.float32(m)).all()


def test_objectives_are_means_so_a_batch_repeated_changes_nothing() -> None:
    a_real, a_fake = many_logits("float64")[:50], many_logits("float64")[50:80]
    real3, fake3 = np.tile(a_real, (3, 1)), np.tile(a_fake, (3, 1))
    assert close(value(real3, fake3), value(a_real, a_fake), 1e-14)
    for objective in OBJECTIVES.values():
        assert close(objective.loss(fake3), objective.loss(a_fake), 1e-14)
        np.testing.assert_allclose(objective.slope(fake3)[:30], objective.slope(a_fake) / 3)
    for repeated, once in zip(
        value_slopes(real3, fake3), value_slopes(a_real, a_fake), strict=True
    ):
        np.testing.assert_allclose(repeated[: len(once)], once / 3, rtol=1e-14)


def test_a_name_means_its_equation() -> None:
    a = np.array([[-3.0], [0.5]])
    D = 1 / (1 + np.exp(-a))
    assert {name: objective.name for name, objective in OBJECTIVES.items()} == {
        "minimax": "minimax",
        "non-saturating": "non-saturating",
    }
    assert OBJECTIVES["minimax"] is MINIMAX
    assert MINIMAX.loss(a) == pytest.approx(np.log(1 - D).mean())
    assert NON_SATURATING.loss(a) == pytest.approx(-np.log(D).mean())


def test_arguments_stay_as_they_are() -> None:
    a = many_logits("float32")
    before = a.copy()
    value(a, a)
    value_slopes(a, a)
    for objective in OBJECTIVES.values():
        objective.loss(a)
        objective.slope(a)
    assert np.array_equal(a, before)
