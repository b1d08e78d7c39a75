"""The optimizers: their published forms, both verbs, state by name, schedules, errors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from published_optimizers import PUBLISHED, STEPS, Bag, Make, bag, random_grads, same, snapshot

from minigan.backend import Random
from minigan.blocks import WHOLE
from minigan.dense import Dense
from minigan.optimizers import SGD, Adam, Momentum, RMSProp
from minigan.penalties import Penalty

EACH = pytest.mark.parametrize("name", PUBLISHED)
DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])


@EACH
@DTYPES
def test_fifty_steps_follow_the_published_form(name: str, dtype: str) -> None:
    make, published = PUBLISHED[name]
    net = bag(dtype)
    start, grads = snapshot(net), random_grads(net)
    optimizer = make(net)
    for g in grads:
        optimizer.descend(g)
    rtol = 1e-12 if dtype == "float64" else STEPS * 2.0**-23  # a rounding of θ at each step
    for key, theta in net.params.items():
        for i in np.ndindex(theta.shape):
            expected = published(float(start[key][i]), [float(g[key][i]) for g in grads])
            size = max(1.0, abs(expected))
            assert abs(float(theta[i]) - expected) < rtol * size, (key, i)


@EACH
@DTYPES
def test_ascending_g_is_descending_minus_g_bit_for_bit(name: str, dtype: str) -> None:
    make, _ = PUBLISHED[name]
    up, down = bag(dtype), bag(dtype)
    opt_up, opt_down = make(up), make(down)
    for g in random_grads(up):
        opt_up.ascend(g)
        opt_down.descend({key: -value for key, value in g.items()})
    assert same(up.params, down.params)
    assert not same(up.params, bag(dtype).params)


def test_adam_keeps_the_sign_of_a_step_in_m() -> None:
    """m ← β₁ m ± (1 - β₁) g: a step up and a step down by the same g pull against each other."""
    net = Bag(W=np.zeros(1))
    optimizer = Adam(net, 0.1, 0.5, 0.9, eps=0.0)
    optimizer.ascend({"W": np.array([2.0])})
    optimizer.descend({"W": np.array([2.0])})
    assert math.isclose(optimizer.state["m.W"][0], 0.5 * (0.5 * 2) - 0.5 * 2)
    assert math.isclose(net.params["W"][0], 0.1 - 0.1 * (0.5 / (1 - 0.5**2)) / 2)


@EACH
def test_one_step_up_goes_up_and_one_step_down_goes_down(name: str) -> None:
    make, _ = PUBLISHED[name]
    for verb, sign in (("ascend", 1), ("descend", -1)):
        net = Bag(W=np.zeros(2))
        getattr(make(net), verb)({"W": np.array([3.0, -0.5])})
        assert np.sign(net.params["W"]).tolist() == [sign, -sign]


@pytest.mark.parametrize("size", [1e-3, 1.0, -7.0, 1e4])
@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.5, 0.999), (0.0, 0.0)])
def test_a_constant_gradient_gives_adam_steps_of_alpha(
    size: float, betas: tuple[float, float]
) -> None:
    net = Bag(W=np.zeros(1))
    optimizer = Adam(net, 0.01, *betas, eps=0.0)
    for t in range(1, 201):
        optimizer.descend({"W": np.array([size])})
        assert math.isclose(net.params["W"][0], -math.copysign(0.01 * t, size), rel_tol=1e-12)


def test_the_two_forms_of_adam_differ_by_the_place_of_eps_alone() -> None:
    nets = bag(), bag(), bag()
    printed, efficient = Adam(nets[0], eps=0.01), Adam(nets[1], eps_hat=0.01)
    same_place = Adam(
        nets[2], eps_hat=0.01 * math.sqrt(1 - 0.999)
    )  # eps_hat = eps √(1 - β₂ᵗ), t = 1
    g = random_grads(nets[0], 1)[0]
    for optimizer in (printed, efficient, same_place):
        optimizer.descend(g)
    np.testing.assert_allclose(nets[2].params["W"], nets[0].params["W"], rtol=1e-14)
    assert np.abs(nets[1].params["W"] - nets[0].params["W"]).max() > 1e-5


def test_momentum_of_a_constant_gradient_ends_in_steps_of_alpha_over_1_minus_mu() -> None:
    net = Bag(W=np.zeros(1))
    optimizer = Momentum(net, 0.1, 0.5)
    for _ in range(60):
        before = net.params["W"].copy()
        optimizer.ascend({"W": np.array([3.0])})
    assert math.isclose((net.params["W"] - before)[0], 0.1 * 3 / (1 - 0.5), rel_tol=1e-12)


@EACH
def test_arrays_stay_the_same_objects_and_gradients_are_not_touched(name: str) -> None:
    make, _ = PUBLISHED[name]
    net = bag()
    arrays = dict(net.params)
    optimizer = make(net, penalty=Penalty(0.1, 0.1))
    for g in random_grads(net, 3):
        for array in g.values():
            array.flags.writeable = False
        optimizer.descend(g)
    assert all(net.params[key] is array for key, array in arrays.items())


@EACH
def test_state_follows_the_name_whatever_the_order(name: str) -> None:
    make, _ = PUBLISHED[name]
    shape = (3,)
    one, other = (Bag(W=np.ones(shape), U=np.ones(shape)) for _ in range(2))
    opt_one, opt_other = make(one), make(other)
    for i, g in enumerate(random_grads(one, 10)):
        opt_one.descend(g)
        other.params = dict(reversed(other.params.items()))  # another order before each step
        opt_other.descend(dict(reversed(g.items())) if i % 3 else g)
    assert same(one.params, other.params)
    assert same(opt_one.state, opt_other.state)
    assert {key.partition(".")[2] for key in opt_one.state} in ({"W", "U"}, set())


@EACH
def test_two_nets_of_equal_names_share_nothing(name: str) -> None:
    make, _ = PUBLISHED[name]
    alone, first, second = bag(), bag(), bag(seed=5)
    opt_alone, opt_first, opt_second = make(alone), make(first), make(second)
    for g, h in zip(random_grads(first, 10), random_grads(second, 10, seed=9), strict=True):
        opt_first.descend(g)
        opt_second.ascend(h)
        opt_alone.descend(g)
    assert same(alone.params, first.params)


@EACH
def test_t_and_state_are_all_that_a_resume_needs(name: str) -> None:
    make, _ = PUBLISHED[name]
    net = bag()
    grads = random_grads(net, 10)
    optimizer = make(net)
    for g in grads[:5]:
        optimizer.descend(g)
    resumed_net = Bag(**snapshot(net))
    resumed = make(resumed_net)
    resumed.t = optimizer.t
    resumed.state = {key: array.copy() for key, array in optimizer.state.items()}
    for g in grads[5:]:
        optimizer.descend(g)
        resumed.descend(g)
    assert optimizer.t == resumed.t == 10
    assert same(net.params, resumed_net.params)


@pytest.mark.parametrize("make", [SGD, Momentum, RMSProp, Adam])
def test_alpha_may_be_a_function_of_the_updates_made_before(make: Make) -> None:
    seen: list[int] = []

    def alpha(t: int) -> float:
        seen.append(t)
        return 0.1 if t < 2 else 0.0

    net, constant = Bag(W=np.ones(3)), Bag(W=np.ones(3))
    scheduled, plain = make(net, alpha), make(constant, 0.1)
    for i in range(4):
        g = {"W": np.array([1.0, -2.0, 0.5])}
        scheduled.descend(g)
        if i < 2:
            plain.descend(g)
        if i == 1:
            assert same(net.params, constant.params)
    assert seen == [0, 1, 2, 3]
    if make is not Momentum:  # whose velocity moves on when alpha is 0
        assert same(net.params, constant.params)


def test_momentum_may_be_a_function_of_the_updates_made_before() -> None:
    net = Bag(W=np.zeros(1))
    optimizer = Momentum(net, lambda t: 0.1 / (t + 1), lambda t: 0.5 + 0.1 * t)
    theta = v = 0.0
    for t in range(5):
        optimizer.descend({"W": np.array([2.0])})
        v = (0.5 + 0.1 * t) * v - 0.1 / (t + 1) * 2.0
        theta += v
        assert math.isclose(net.params["W"][0], theta, rel_tol=1e-13)


@EACH
def test_a_float32_net_has_float32_state(name: str) -> None:
    make, _ = PUBLISHED[name]
    net = bag("float32")
    optimizer = make(net, penalty=Penalty(np.float64(0.1), np.float64(0.1)))
    if isinstance(optimizer.alpha, float):
        optimizer.alpha = lambda t: np.float64(0.01)  # a schedule written with np.sqrt
    for g in random_grads(net, 3):
        optimizer.descend(g)
    assert {array.dtype.name for array in net.params.values()} == {"float32"}
    assert {array.dtype.name for array in optimizer.state.values()} <= {"float32"}


@EACH
@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_a_large_kernel_moves_like_its_parts(name: str, layout: str) -> None:
    """Adam walks through large contiguous arrays in blocks of rows; the blocks must not show."""
    make, _ = PUBLISHED[name]
    rng = np.random.default_rng(0)
    W, dW = rng.normal(size=(250, 600)), rng.normal(size=(250, 600))
    assert W.size > WHOLE
    order = {"rows": np.ascontiguousarray, "columns": np.asfortranarray}[layout]
    whole = Bag(W=order(W.copy()))
    parts = Bag(**{f"row{i}": row.copy() for i, row in enumerate(W)})
    opt_whole, opt_parts = make(whole), make(parts)
    for scale in (1.0, -0.5, 3.0):
        opt_whole.descend({"W": scale * dW})
        opt_parts.descend({f"row{i}": scale * row for i, row in enumerate(dW)})
    np.testing.assert_array_equal(whole.params["W"], np.stack(list(parts.params.values())))


def test_adams_defaults_are_those_of_the_paper() -> None:
    adam = Adam(Dense(1, 1, Random(0)))
    assert (adam.alpha, adam.beta1, adam.beta2, adam.eps) == (0.001, 0.9, 0.999, 1e-8)
