"""The two quotients and their extrapolation, where the docstring's series end and are exact."""

from __future__ import annotations

import numpy as np
import pytest

from minigan import differences
from minigan.differences import FACTOR, FIRST, STEPS, measure


def probe(f, theta):
    array = np.array([theta])
    one = np.ones(1)
    return differences._Probe(lambda: f(array), array, (0,), theta, f(array), one, one)


@pytest.mark.parametrize("t", [0.5, 0.25])
def test_odd_and_even_are_the_series_of_the_docstring(t):
    """odd(t) = L' + t²/6 L''' + …,  even(t) = J + t L'' + t³/12 L'''' + …, which end for L = θ⁴."""
    theta = 1.5
    odd, even, _, _ = probe(lambda x: x**4, theta).quotients(t)
    assert odd == pytest.approx(4 * theta**3 + t**2 / 6 * 24 * theta, rel=1e-14)
    assert even == pytest.approx(t * 12 * theta**2 + t**3 / 12 * 24, rel=1e-14)


@pytest.mark.parametrize("t", [0.5, 1e-9])
def test_at_the_kink_of_abs_odd_is_0_for_every_t_and_even_is_the_jump(t):
    assert probe(np.abs, 0.0).quotients(t)[:2] == (0, 2)


def test_extrapolation_takes_the_leading_powers_out():
    """[r² odd(t/r) - odd(t)] / (r² - 1) = L' + O(t⁴): exact for L = θ³, then t⁴ for L = θ⁵."""
    r, t, theta = FACTOR, 0.5, 1.5
    cubic, quintic = probe(lambda x: x**3, theta), probe(lambda x: x**5, theta)
    wide, narrow = cubic.quotients(t)[0], cubic.quotients(t / r)[0]
    (_, once) = differences._extrapolate(narrow, [wide], 2)
    assert once == pytest.approx((r**2 * narrow - wide) / (r**2 - 1), rel=1e-14)
    assert once == pytest.approx(3 * theta**2, rel=1e-13)
    row = []
    for i in range(3):
        row = differences._extrapolate(quintic.quotients(t / r**i)[0], row, 2)
    assert row[2] == pytest.approx(5 * theta**4, rel=1e-13)
    assert abs(row[1] / (5 * theta**4) - 1) > 1e-7
    evens = []
    for i in range(3):  # t, then t³: J = 0 comes out for θ⁴
        evens = differences._extrapolate(
            probe(lambda x: x**4, theta).quotients(t / r**i)[1], evens, 1
        )
    assert abs(evens[2]) < 1e-12 < 1e-3 < abs(evens[1])


def test_the_last_t_is_1e_minus_11():
    last = FIRST / FACTOR ** (STEPS - 1)
    assert last == pytest.approx(1e-11, rel=0.25)


def test_measure_weighs_the_outputs_by_dy_and_keeps_the_array():
    x, dy = np.array([0.3, -1.2]), np.array([2.0, -3.0])
    found = measure(lambda: np.sin(x), x, dy, np.full(2, 2.0**-53))
    np.testing.assert_allclose(found.value, dy * np.cos(x), rtol=1e-9)
    assert not found.kink.any()
    assert x.tolist() == [0.3, -1.2]
