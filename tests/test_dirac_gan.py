"""The Dirac-GAN, played by demos/dirac_gan.py with minigan's own rules, against its exact values.

Near the equilibrium one step is a 2x2 matrix, whose eigenvalues decide; away from it there are the
laws of the radius r² = ψ² + θ² that are derived at each test.
"""

from __future__ import annotations

import math
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from minigan.backend import Random
from minigan.dense import Dense
from minigan.objectives import MINIMAX, NON_SATURATING
from minigan.penalties import Penalty


def load_demo() -> ModuleType:
    """demos/dirac_gan.py as a module: its first cell, the functions, without its run."""
    path = Path(__file__).parent.parent / "demos" / "dirac_gan.py"
    functions = path.read_text(encoding="utf-8").partition("\n# %% What is asked for")[0]
    module = ModuleType("dirac_gan")
    exec(compile(functions, str(path), "exec"), module.__dict__)
    return module


DEMO = load_demo()
BOTH = pytest.mark.parametrize("objective", [MINIMAX, NON_SATURATING], ids=lambda one: one.name)


def assert_eigenvalues(found: Any, upper: complex) -> None:
    """The two are `upper` and its conjugate; the differences are good for some nine digits."""
    np.testing.assert_allclose(found, [upper.conjugate(), upper], rtol=0, atol=1e-9)


def radius(path: Any) -> Any:
    return np.hypot(path[:, 0], path[:, 1])


@BOTH
@pytest.mark.parametrize("h", [0.01, 0.1, 1.0])
def test_simultaneous_steps_have_1_plus_minus_ih_over_2(h: float, objective: Any) -> None:
    """ψ' = -θ/2, θ' = ψ/2 near 0, with the eigenvalues ±i/2, and one Euler step adds 1 + h times
    that. Both gradients are taken at the old (ψ, θ)."""
    found = DEMO.eigenvalues("simultaneous", h=h, objective=objective)
    assert_eigenvalues(found, 1 + 0.5j * h)
    assert_eigenvalues((found - 1) / h, 0.5j)
    np.testing.assert_allclose(np.abs(found), math.sqrt(1 + h * h / 4), rtol=1e-8)


def test_at_h_one_tenth_simultaneous_steps_diverge_by_1_001249_a_step() -> None:
    np.testing.assert_allclose(np.abs(DEMO.eigenvalues("simultaneous", h=0.1)), 1.001249, rtol=3e-7)


@BOTH
@pytest.mark.parametrize("rule", ["algorithm-1", "separate", "concatenated"])
@pytest.mark.parametrize("h", [0.01, 0.1, 1.0])
def test_alternating_steps_turn_by_the_angle_of_cosine_1_minus_h2_over_8(
    rule: str, h: float, objective: Any
) -> None:
    """First ψ ← ψ - hθ/2, then θ ← θ + hψ/2: two shears, so that the determinant is 1 and the
    trace 2 - h²/4. The data are at 0 and pull nothing, so three rules are one here."""
    found = DEMO.eigenvalues(rule, h=h, objective=objective)
    angle = math.acos(1 - h * h / 8)
    assert_eigenvalues(found, complex(math.cos(angle), math.sin(angle)))
    np.testing.assert_allclose(np.abs(found), 1, rtol=1e-9)


@pytest.mark.parametrize("k", [2, 5])
def test_k_steps_of_D_turn_faster_and_no_more(k: int) -> None:
    found = DEMO.eigenvalues("algorithm-1", h=0.1, k=k)
    cosine = 1 - k * 0.01 / 8
    assert_eigenvalues(found, complex(cosine, math.sqrt(1 - cosine * cosine)))


def test_with_R1_the_flow_has_minus_0_15_plus_minus_0_477i() -> None:
    """[[-γ, -1/2], [1/2, 0]] has λ² + γλ + 1/4 = 0, so λ = -γ/2 ± i √(1 - γ²)/2."""
    found = DEMO.eigenvalues("simultaneous", h=0.1, gamma=0.3)
    assert_eigenvalues((found - 1) / 0.1, -0.15 + 0.5j * math.sqrt(1 - 0.09))
    np.testing.assert_allclose(((found - 1) / 0.1)[1], -0.15 + 0.477j, rtol=1e-4)


def test_with_R1_alternating_steps_shrink_by_the_root_of_1_minus_h_gamma() -> None:
    """The first shear has become (1 - hγ)ψ - hθ/2, and the determinant 1 - hγ."""
    found = DEMO.eigenvalues("algorithm-1", h=0.1, gamma=0.3)
    np.testing.assert_allclose(np.abs(found), math.sqrt(1 - 0.1 * 0.3), rtol=1e-9)


def test_for_a_linear_D_R1_is_the_L2_penalty_of_half_gamma() -> None:
    """R1 = γ/2 E|∂a/∂x|², and D's own backward says what ∂a/∂x is."""
    gamma, psi, tiny = 0.3, -1.7, 1e-6

    def R1(psi: float) -> float:
        D = Dense(1, 1, Random(0, dtype="float64"), bias=False)
        D.params["W"][...] = psi
        a, cache = D.forward(np.zeros((5, 1)))  # the data
        dx, _ = D.backward(np.ones_like(a), cache)
        return gamma / 2 * float((dx * dx).mean())

    penalty, W = Penalty(l2=gamma / 2), np.array([[psi]])
    assert math.isclose(R1(psi), float(penalty.value(W)), rel_tol=1e-14)
    slope = (R1(psi + tiny) - R1(psi - tiny)) / (2 * tiny)
    assert math.isclose(slope, float(penalty.gradient(W)[0, 0]), rel_tol=1e-8)
    assert math.isclose(slope, gamma * psi, rel_tol=1e-8)


def test_a_simultaneous_minimax_step_is_at_right_angles_to_the_radius() -> None:
    """It is h σ(ψθ) (-θ, ψ), so r² grows by the factor 1 + h² σ² everywhere, not only near 0; the
    flow (h → 0) runs in circles."""
    path = DEMO.play("simultaneous", (0.3, 1.1), 400, h=0.1)
    psi, theta = path[:-1].T
    growth = 1 + (0.1 / (1 + np.exp(-psi * theta))) ** 2
    np.testing.assert_allclose((radius(path)[1:] / radius(path)[:-1]) ** 2, growth, rtol=1e-13)


def test_alternating_minimax_steps_close_their_orbit() -> None:
    """The two shears keep ψ² + θ² - (h/2)ψθ. That σ(ψθ) is not quite 1/2 makes it wobble (measured:
    by 0.14 h r0², relatively), and after thirty turns it wobbles as in the first."""
    h, r0 = 0.1, 0.1
    psi, theta = DEMO.play("algorithm-1", (0.0, r0), 4000, h=h).T
    wobble = np.abs((psi**2 + theta**2 - h / 2 * psi * theta) / r0**2 - 1)
    one_turn = round(4 * math.pi / h)
    assert wobble.max() < 0.2 * h * r0**2
    assert math.isclose(wobble[-one_turn:].max(), wobble[:one_turn].max(), rel_tol=1e-2)


@pytest.mark.parametrize("start", [0.2, 1.0])
def test_simultaneous_non_saturating_steps_end_on_a_circle_of_radius_root_2h(start: float) -> None:
    """-log D adds (r²)' = -2ψθ tanh(ψθ/2) ≈ -(ψθ)², on average over a circle -r⁴/8. The step size
    adds r² h²/4 a step. h r⁴/8 = r² h²/4 at r = √(2h): from inside and outside the path goes there.
    """
    h = 0.1
    last = radius(DEMO.play("simultaneous", (0.0, start), 4000, h=h, objective=NON_SATURATING))
    one_turn = round(4 * math.pi / h)
    assert math.isclose(last[-one_turn:].mean(), math.sqrt(2 * h), rel_tol=2e-3)


def test_alternating_non_saturating_steps_come_in_slowly() -> None:
    """(r²)' = -r⁴/8 alone: 1/r² = 1/r0² + t/8. It converges, but no eigenvalue says so: |λ| = 1."""
    h, r0 = 0.1, 0.5
    r = radius(DEMO.play("algorithm-1", (0.0, r0), 5000, h=h, objective=NON_SATURATING))
    one_turn = round(4 * math.pi / h)
    t = 5000 * h - one_turn * h / 2  # in the middle of the last turn
    assert math.isclose(r[-one_turn:].mean(), 1 / math.sqrt(1 / r0**2 + t / 8), rel_tol=5e-3)
