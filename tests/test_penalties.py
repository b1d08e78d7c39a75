"""Penalties pull kernels towards 0, whichever way the optimizer moves, and stay out of V."""

from __future__ import annotations

import math

import numpy as np
import pytest
from published_optimizers import PUBLISHED, Bag

from minigan.backend import Random
from minigan.dense import Dense
from minigan.gan import algorithm_1, discriminator_gradient
from minigan.layer import Sequential
from minigan.objectives import value
from minigan.optimizers import SGD
from minigan.penalties import Penalty

EACH = pytest.mark.parametrize("name", PUBLISHED)


@EACH
@pytest.mark.parametrize("verb", ["ascend", "descend"])
def test_a_penalty_goes_downhill_under_both_verbs(name: str, verb: str) -> None:
    make, _ = PUBLISHED[name]
    penalty = Penalty(l1=0.3, l2=0.2)
    net = Bag(W=np.array([2.0, -3.0, 0.0]), b=np.array([2.0]))
    before = penalty.value(net.params["W"])
    optimizer = make(net, penalty=penalty)
    getattr(optimizer, verb)({"W": np.zeros(3), "b": np.zeros(1)})
    W = net.params["W"]
    assert penalty.value(W) < before
    assert W[0] < 2
    assert W[1] > -3
    assert W[2] == 0  # sign(0) = 0
    assert net.params["b"][0] == 2  # biases are left alone


@pytest.mark.parametrize(("verb", "sign"), [("ascend", 1), ("descend", -1)])
def test_a_penalised_step_is_the_step_of_the_penalised_objective(verb: str, sign: int) -> None:
    W, dW = np.array([[2.0, -3.0, 0.0]]), np.array([[0.5, 0.25, -1.0]])
    net = Bag(**{"0.W": W.copy(), "1.gamma": np.ones(3)})
    optimizer = SGD(net, 0.1, penalty=Penalty(0.3, 0.2))
    getattr(optimizer, verb)({"0.W": dW, "1.gamma": np.ones(3)})
    R = 0.3 * np.sign(W) + 2 * 0.2 * W
    np.testing.assert_allclose(net.params["0.W"], W + 0.1 * (sign * dW - R), rtol=1e-15)
    np.testing.assert_allclose(net.params["1.gamma"], 1 + 0.1 * sign)


@EACH
@pytest.mark.parametrize(("verb", "sign"), [("ascend", 1), ("descend", -1)])
def test_every_step_is_penalised_not_only_the_first(name: str, verb: str, sign: int) -> None:
    make, _ = PUBLISHED[name]
    rng, penalty = Random(4, dtype="float64"), Penalty(l1=0.3, l2=0.2)
    W = rng.normal((3, 2))
    penalised, plain = Bag(W=W.copy()), Bag(W=W.copy())
    one, other = make(penalised, penalty=penalty), make(plain)
    for _ in range(6):
        g = rng.normal(W.shape)
        getattr(one, verb)({"W": g})
        getattr(other, verb)({"W": g - sign * penalty.gradient(plain.params["W"])})
        np.testing.assert_array_equal(penalised.params["W"], plain.params["W"])


def test_penalty_gradient_is_the_derivative_of_its_value() -> None:
    penalty, h = Penalty(0.3, 0.7), 1e-6
    W = np.array([[2.0, -3.0], [0.1, -0.2]])
    for i in np.ndindex(W.shape):
        step = np.zeros_like(W)
        step[i] = h
        numeric = (penalty.value(W + step) - penalty.value(W - step)) / (2 * h)
        assert math.isclose(penalty.gradient(W)[i], numeric, rel_tol=1e-7)
    assert Penalty(1.0, 0.0).gradient(np.zeros(2)).tolist() == [0.0, 0.0]


def test_a_penalty_is_for_kernels_only() -> None:
    for name, kernel in (("W", 1), ("3.W", 1), ("1.0.W", 1), ("b", 0), ("0.b", 0), ("1.gamma", 0)):
        assert Penalty().applies_to(name) == bool(kernel)


def test_a_penalty_is_left_out_of_what_watch_sees() -> None:
    rng = Random(0, dtype="float64")
    G, D = Sequential(Dense(2, 2, rng)), Sequential(Dense(2, 1, rng))
    x, z = rng.normal((4, 2)), rng.normal((4, 2))
    fake = G(z)
    V, gradient = value(D(x), D(fake)), discriminator_gradient(D, G, x, z)
    seen = {}

    def watch(player: str, logits: dict, grads: dict) -> None:
        seen.setdefault(player, (logits, grads))

    penalty = Penalty(l1=10.0, l2=10.0)
    opt_G, opt_D = SGD(G, penalty=penalty), SGD(D, penalty=penalty)
    for _ in algorithm_1(
        G, D, opt_G, opt_D, lambda m: x, lambda m: z, m=4, iterations=1, watch=watch
    ):
        logits, grads = seen["D"]
        assert value(logits["a_real"], logits["a_fake"]) == V
        assert all(np.array_equal(grads[name], gradient[name]) for name in gradient)
