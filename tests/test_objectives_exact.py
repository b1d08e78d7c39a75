"""V, the losses and every slope to 2 units in the last place: float32 to ±1e4, float64 beyond.

The exact values come from Python's decimal module in 60 digits. An ulp is the distance of
the floating-point numbers around the exact value, subnormal ones included. Where the two terms of a
smoothed slope cancel, at D(x) = α, it is the ulp of the larger one in float64; in float32 that of
what is left.

float64 has digits to spare only where NumPy's longdouble is wider; elsewhere, and on a GPU, it
comes to within 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal, localcontext
from functools import cache
from typing import Any

import numpy as np
import pytest
from test_objectives import exact_sigmoid, exact_softplus, in_decimal

from minigan.activations import Sigmoid, sigmoid, softplus
from minigan.backend import to_host
from minigan.conditional import one_hot
from minigan.cross_entropy import cross_entropy, cross_entropy_slope
from minigan.objectives import (
    minimax_loss,
    minimax_slope,
    non_saturating_loss,
    non_saturating_slope,
    value,
    value_slopes,
)

WIDER = np.finfo(np.longdouble).nmant > np.finfo(np.float64).nmant
LIMIT = {"float32": 2.0, "float64": 2.0 if WIDER else 3.0}
DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])
EDGES = [0.6931472, 2.7108281697871486, 2.7084832, 8.3, 16.6, 17.3, 36.7, 37.4, 87.3, 88.7, 103.9]
EDGES += [104.0, 708.3, 709.8, 745.1, 745.2, 1e4]
SMOOTH = 0.9
M = (1, 3, 100, 1024)


@cache
def logits(dtype: str, most: float = 1e4) -> np.ndarray:
    """Powers of two and their neighbours, edges, random bits, and where the functions bend."""
    info = np.finfo(dtype)
    rng = np.random.default_rng(7)
    lowest = info.minexp - info.nmant  # the exponent of the smallest subnormal number
    every = 1 if dtype == "float32" else 12
    powers = np.ldexp(np.ones(1, dtype), np.arange(lowest, math.frexp(most)[1], every))
    bits = f"uint{info.bits}"
    random_bits = rng.integers(0, np.array(most, dtype).view(bits), 500, dtype=bits).view(dtype)
    bends = [rng.uniform(0, 5, 500), rng.uniform(0, 20, 300), rng.uniform(0, 110, 200)]
    around = [np.asarray(a, dtype) for a in (powers, EDGES)]
    around += [np.nextafter(a, np.array(way, dtype)) for a in around for way in (0, np.inf)]
    positive = np.concatenate([*around, random_bits, *(b.astype(dtype) for b in bends), [0.0]])
    positive = positive[positive <= most].astype(dtype)
    return np.concatenate([positive, -positive])[:, None]


def ulps(got: Any, exact: list[Decimal], size: list[Decimal] | None = None) -> float:
    """The largest |got - exact| in units in the last place of exact, or of size."""
    info = np.finfo(got.dtype)
    worst = 0.0
    with localcontext(prec=60, Emin=-99999, Emax=99999):
        for y, true, large in zip(got.ravel().tolist(), exact, size or exact, strict=True):
            off = abs(Decimal(y) - true)
            exponent = max(_exponent(abs(large)), info.minexp)
            worst = max(worst, float(off / Decimal(2) ** (exponent - info.nmant)))
    return worst


def _exponent(x: Decimal) -> int:
    """The e of 2ᵉ ≤ x < 2ᵉ⁺¹; very small where x is so."""
    if x < Decimal("1e-400"):
        return -9999
    numerator, denominator = x.as_integer_ratio()
    e = numerator.bit_length() - denominator.bit_length()
    return e if Decimal(2) ** e <= x else e - 1


@cache
def truth(dtype: str, most: float) -> dict[str, list[Decimal]]:
    a = logits(dtype, most)
    return {
        "ζ(a)": in_decimal(exact_softplus, a),
        "ζ(-a)": in_decimal(lambda x: exact_softplus(-x), a),
        "σ(a)": in_decimal(lambda x: exact_sigmoid(within(x)), a),
        "σ(-a)": in_decimal(lambda x: exact_sigmoid(within(-x)), a),
    }


def within(a: Decimal) -> Decimal:
    """a, or where σ has long been 0 or 1 to 60 digits: e^200000 is still a Decimal."""
    return max(min(a, Decimal(200_000)), Decimal(-200_000))


def over(m: int, numbers: list[Decimal], factor: int = 1) -> list[Decimal]:
    with localcontext(prec=60, Emin=-99999, Emax=99999):
        return [factor * x / m for x in numbers]


def smoothed(up: list[Decimal], down: list[Decimal], sign: int) -> list[Decimal]:
    """α up + sign (1 - α) down, the parts of a smoothed term or slope."""
    alpha = Decimal(SMOOTH)
    with localcontext(prec=60, Emin=-99999, Emax=99999):
        return [alpha * u + sign * (1 - alpha) * d for u, d in zip(up, down, strict=True)]


def of_one(loss: Callable[[Any], Any], a: Any) -> Any:
    """The loss of each logit alone, a batch of one."""
    rows = [to_host(loss(a[i : i + 1])) for i in range(len(a))]
    return np.array(rows)


def worst_terms(dtype: str, most: float, place: Callable[[Any], Any]) -> dict[str, float]:
    """By function: the largest error of its terms, in ulp; place puts the logits on a device.

    The losses are those of batches of one, and take a call for each logit: every fourth.
    """
    a, true = place(logits(dtype, most)[::4]), {n: t[::4] for n, t in truth(dtype, most).items()}
    zero = -place(np.full((1, 1), np.inf, dtype))  # D is sure, and right: log(1 - D) = 0
    minus, found = {n: over(1, t, -1) for n, t in true.items()}, {}

    def of_data(x: Any) -> Any:
        return value(x, zero, SMOOTH)

    for name, got, exact in [
        ("softplus", softplus(a), true["ζ(a)"]),
        ("sigmoid", sigmoid(a), true["σ(a)"]),
        ("V, data", of_one(lambda x: value(x, zero), a), minus["ζ(-a)"]),
        ("V, samples", of_one(lambda x: value(-zero, x), a), minus["ζ(a)"]),
        ("V, data, smooth", of_one(of_data, a), smoothed(minus["ζ(-a)"], minus["ζ(a)"], 1)),
        ("minimax loss", of_one(minimax_loss, a), minus["ζ(a)"]),
        ("non-saturating loss", of_one(non_saturating_loss, a), true["ζ(-a)"]),
    ]:
        found[name] = ulps(to_host(got), exact)
        assert got.dtype == dtype
    return found


def worst_slopes(dtype: str, most: float, m: int, place: Callable[[Any], Any]) -> dict[str, float]:
    """The same for the slopes of a batch of m, of which only the first are looked at."""
    true, all_logits = truth(dtype, most), logits(dtype, most)
    up, down = over(m, true["σ(-a)"]), over(m, true["σ(a)"])
    found: dict[str, float] = {}
    for start in range(0, len(all_logits), m):
        if m == 1 and start % 16:
            continue  # one call for each logit: some of them
        part = slice(start, start + m)
        rows = np.resize(all_logits[part], (m, 1))
        a, n = place(rows), len(all_logits[part])
        smooth = smoothed(up[part], down[part], -1)
        both = [max(u, d) for u, d in zip(up[part], down[part], strict=True)]
        for name, got, exact, size in [
            ("∂V/∂a_real", value_slopes(a, a)[0], up[part], None),
            ("∂V/∂a_fake", value_slopes(a, a)[1], over(1, down[part], -1), None),
            (
                "∂V/∂a_real, smooth",
                value_slopes(a, a, SMOOTH)[0],
                smooth,
                both if dtype == "float64" else None,
            ),
            ("minimax slope", minimax_slope(a), over(1, down[part], -1), None),
            ("non-saturating slope", non_saturating_slope(a), over(1, up[part], -1), None),
        ]:
            found[name] = max(found.get(name, 0), ulps(to_host(got)[:n], exact, size))
            assert got.dtype == dtype
    return found


@DTYPES
def test_every_term_of_V_and_of_the_losses(dtype: str, record_property: Any) -> None:
    found = worst_terms(dtype, 1e4, np.asarray)
    record_property("cases", len(found) * len(logits(dtype)) // 4)
    assert max(found.values()) <= LIMIT[dtype], found


@DTYPES
@pytest.mark.parametrize("m", M)
def test_every_slope(dtype: str, m: int, record_property: Any) -> None:
    found = worst_slopes(dtype, 1e4, m, np.asarray)
    record_property("cases", len(found) * len(logits(dtype)) // (16 if m == 1 else 1))
    assert max(found.values()) <= LIMIT[dtype], found


def test_float64_beyond_1e4(record_property: Any) -> None:
    found = worst_slopes("float64", 1e300, 100, np.asarray)
    record_property("cases", len(found) * len(logits("float64", 1e300)))
    found |= worst_terms("float64", 1e300, np.asarray)
    assert max(found.values()) <= LIMIT["float64"], found


def test_float32_to_the_largest_number() -> None:
    found = worst_terms("float32", 3e38, np.asarray) | worst_slopes("float32", 3e38, 3, np.asarray)
    assert max(found.values()) <= LIMIT["float32"], found


def mean(terms: list[Decimal]) -> Decimal:
    with localcontext(prec=60, Emin=-99999, Emax=99999):
        return sum(terms, Decimal(0)) / len(terms)


@DTYPES
@pytest.mark.parametrize("m", [1, 2, 3, 7, 64, 100, 1000, 8191])
@pytest.mark.parametrize("smooth", [1.0, SMOOTH])
def test_the_means_of_a_batch(dtype: str, m: int, smooth: float) -> None:
    """Their terms have one sign: nothing cancels, and the sum is rounded once."""
    rng = np.random.default_rng(m)
    index = rng.integers(0, len(logits(dtype)), (2, m))
    real, fake = (logits(dtype)[i] for i in index)
    true = {n: np.array(t, dtype=object) for n, t in truth(dtype, 1e4).items()}
    log_D, log_not_D = [*-true["ζ(-a)"][index[0]]], [*-true["ζ(a)"][index[0]]]
    on_data = log_D if smooth == 1 else smoothed(log_D, log_not_D, 1)
    on_samples = mean([*-true["ζ(a)"][index[1]]])
    with localcontext(prec=60):
        V = mean(on_data) + on_samples
    found = {
        "V": ulps(value(real, fake, smooth), [V]),
        "minimax": ulps(minimax_loss(fake), [on_samples]),
        "non-saturating": ulps(non_saturating_loss(fake), [mean([*true["ζ(-a)"][index[1]]])]),
    }
    assert max(found.values()) <= LIMIT[dtype], found


@DTYPES
@pytest.mark.parametrize("classes", [2, 10])
def test_cross_entropy_and_its_slope(dtype: str, classes: int, record_property: Any) -> None:
    rng = np.random.default_rng(classes)
    scales = 10.0 ** rng.uniform(-3, 4, (300, 1))
    a = np.clip(rng.normal(size=(300, classes)) * scales, -1e4, 1e4).astype(dtype)
    right = rng.integers(0, classes, 300)
    y = one_hot(right, classes, dtype)
    found = {"loss": 0.0, "slope": 0.0}
    with localcontext(prec=60, Emin=-99999, Emax=99999):
        for i, row in enumerate(a.tolist()):
            odds = [(Decimal(x) - Decimal(row[right[i]])).exp() for x in row]
            odds[right[i]] = Decimal(0)
            r = sum(odds, Decimal(0))
            loss = (1 + r).ln() if r > Decimal("1e-15") else r - r**2 / 2 + r**3 / 3
            odds[right[i]] = -r
            one, its = a[i : i + 1], y[i : i + 1]
            slope = cross_entropy_slope(one, its)
            found["loss"] = max(found["loss"], ulps(cross_entropy(one, its), [loss]))
            found["slope"] = max(found["slope"], ulps(slope, [o / (1 + r) for o in odds]))
    record_property("cases", 300 * (classes + 1))
    limit = LIMIT[dtype] if dtype == "float32" or WIDER else 1e4  # e^t multiplies t's error by t
    assert max(found.values()) <= limit, found


@DTYPES
def test_infinite_logits_give_the_limits(dtype: str) -> None:
    up, down = np.full((4, 1), np.inf, dtype), np.full((4, 1), -np.inf, dtype)
    with np.errstate(all="raise"):
        assert [float(softplus(a)[0, 0]) for a in (down, up)] == [0, np.inf]
        assert [float(sigmoid(a)[0, 0]) for a in (down, up)] == [0, 1]
        assert float(value(up, down)) == 0
        assert float(value(down, down)) == float(value(up, up)) == -np.inf
        assert float(value(up, down, SMOOTH)) == -np.inf
        assert (value_slopes(up, down)[0] == 0).all()
        assert (value_slopes(down, up)[0] == 0.25).all()
        assert (value_slopes(down, up)[1] == -0.25).all()
        assert (value_slopes(up, down)[1] == 0).all()
        assert (minimax_slope(down) == 0).all()
        assert (non_saturating_slope(down) == -0.25).all()
        assert (float(minimax_loss(up)), float(non_saturating_loss(down))) == (-np.inf, np.inf)


def test_the_sigmoid_of_images_is_within_4_in_float32() -> None:
    """It runs over pixels in the dtype of x, with float32's own exp."""
    x = logits("float32")
    assert ulps(Sigmoid().forward(x)[0], truth("float32", 1e4)["σ(a)"]) <= 4


def test_on_a_gpu_as_exact(cuda: Any) -> None:
    found = worst_slopes("float32", 1e4, 1024, cuda.xp.asarray)
    a, true = cuda.xp.asarray(logits("float32")), truth("float32", 1e4)
    found["softplus"] = ulps(to_host(softplus(a)), true["ζ(a)"])
    found["sigmoid"] = ulps(to_host(sigmoid(a)), true["σ(a)"])
    assert max(found.values()) <= LIMIT["float32"], found
