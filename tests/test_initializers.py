"""Initializers: the variances and bounds of their formulas, the fans, no float64 by accident.

The statistical tests draw n = 180,000 weights with a fixed seed, so they give the same answer each
time. They allow five standard errors of the estimate: with another seed a right initializer would
fail with a probability of 6e-7.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from minigan.backend import Random
from minigan.dense import Dense
from minigan.initializers import (
    fans,
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    normal,
    uniform,
    zeros,
)

DENSE, CONV = (300, 600), (5, 5, 72, 100)
FANS = {DENSE: (300, 600), CONV: (25 * 72, 25 * 100)}
KURTOSIS = {"normal": 3.0, "uniform": 9 / 5}  # E[w⁴]/v²; the variance of s² is (kurtosis - 1) v²/n


def variance(name: str, fan_in: int, fan_out: int) -> float:
    return {"glorot": 2 / (fan_in + fan_out), "he": 2 / fan_in}[name]


SCALED = pytest.mark.parametrize(
    ("init", "rule", "kind"),
    [
        (glorot_uniform, "glorot", "uniform"),
        (glorot_normal, "glorot", "normal"),
        (he_uniform, "he", "uniform"),
        (he_normal, "he", "normal"),
    ],
)
SHAPES = pytest.mark.parametrize("shape", [DENSE, CONV], ids=["dense", "conv"])
DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])


def assert_moments(W: Any, v: float, kind: str) -> None:
    n = W.size
    W = W.astype("float64")
    assert abs(W.mean()) < 5 * math.sqrt(v / n)
    assert abs((W**2).mean() / v - 1) < 5 * math.sqrt((KURTOSIS[kind] - 1) / n)
    assert abs((W**4).mean() / v**2 / KURTOSIS[kind] - 1) < 0.05  # a normal is no uniform
    if kind == "uniform":
        r = math.sqrt(3 * v)
        assert r * (1 - 20 / n) < np.abs(W).max() <= r * (1 + 1e-6)  # e⁻²⁰: all n stay below


@SCALED
@SHAPES
@DTYPES
def test_glorot_and_he_have_their_variance(
    init: Any, rule: str, kind: str, shape: tuple[int, ...], dtype: str
) -> None:
    W = init(Random(0, dtype=dtype), shape)
    assert W.shape == shape
    assert W.dtype == dtype
    assert_moments(W, variance(rule, *FANS[shape]), kind)


@DTYPES
def test_normal_uniform_and_zeros(dtype: str) -> None:
    rng = Random(0, dtype=dtype)
    assert_moments(normal()(rng, DENSE), 0.02**2, "normal")
    assert_moments(normal(0.7)(rng, DENSE), 0.7**2, "normal")
    assert_moments(uniform(0.05)(rng, DENSE), 0.05**2 / 3, "uniform")
    assert not zeros(rng, DENSE).any()
    assert normal(0.0)(rng, (3, 3)).tolist() == [[0.0] * 3] * 3
    for init in (normal(), normal(0.7), uniform(0.05), zeros):
        assert init(rng, DENSE).dtype == dtype


@pytest.mark.parametrize("init", [normal(np.sqrt(2 / 9)), uniform(np.sqrt(2 / 9))])
def test_a_numpy_scalar_does_not_make_float32_weights_float64(init: Any) -> None:
    assert init(Random(0), (3, 3)).dtype == "float32"
    assert init(Random(0, dtype="float64"), (3, 3)).dtype == "float64"


def test_fans_count_the_terms_of_an_output_and_of_a_gradient() -> None:
    assert fans((3, 7)) == (3, 7)
    assert fans((5, 4, 3, 7)) == (60, 140)
    with pytest.raises(
        ValueError, match=r"^fans: the kernel has shape \(3,\), expected \(\.\.\., n"
    ):
        fans((3,))


def test_the_variance_of_the_signal_is_kept_forwards_and_backwards() -> None:
    """Var(xW) = fan_in · v · E[x²], Var(dy Wᵀ) = fan_out · v · E[dy²]: with equal fans, Glorot
    keeps both. 400 units on 100 examples: the standard error is about 0.01 of the value."""
    rng = Random(0, dtype="float64")
    W = glorot_normal(rng, (400, 400))
    x, dy = rng.normal((100, 400)), 3 * rng.normal((100, 400))
    assert abs((x @ W).var() - 1) < 0.06
    assert abs((dy @ W.T).var() / 9 - 1) < 0.06
    relu_x = np.maximum(rng.normal((100, 400)), 0)  # E = 1/2: He's doubling brings it back
    assert abs((relu_x @ he_normal(rng, (400, 400))).var() - 1) < 0.06


@pytest.mark.parametrize("wrong", [-0.1, math.nan, math.inf])
def test_wrong_spreads_are_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match=f"^normal: std is {wrong}, expected a finite number of 0"):
        normal(wrong)
    with pytest.raises(ValueError, match=f"^uniform: bound is {wrong}, expected a finite number"):
        uniform(wrong)


def test_one_seed_one_network_and_layers_differ() -> None:
    def kernels() -> list[Any]:
        rng = Random(5)
        return [Dense(4, 4, rng).params["W"], Dense(4, 4, rng).params["W"]]

    (a, b), (c, d) = kernels(), kernels()
    assert np.array_equal(a, c)
    assert np.array_equal(b, d)
    assert not np.array_equal(a, b)


def test_dense_takes_its_initializers_by_name() -> None:
    layer = Dense(300, 600, Random(0), W=uniform(0.05), b=normal(0.5))
    assert_moments(layer.params["W"], 0.05**2 / 3, "uniform")
    assert layer.params["b"].std() > 0.3
    assert not Dense(3, 6, Random(0)).params["b"].any()
