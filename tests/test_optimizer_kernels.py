"""cuda/optimizers.cu: one launch for all parameters gives the bits of NumPy's formulas."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from cupy_device import DEVICE
from published_optimizers import Bag
from standin import standin

from minigan import optimizer as shared
from minigan.activations import Tanh
from minigan.backend import Random, to_host
from minigan.cuda import kernels
from minigan.cuda.optimizers import MOST
from minigan.dense import Dense
from minigan.gan import sum_of_gradients
from minigan.layer import Sequential
from minigan.optimizers import SGD, Adam, Momentum, RMSProp
from minigan.penalties import Penalty
from minigan.rules import RULES
from minigan.schedules import decay_exponentially

DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])
BACKWARDS = pytest.mark.parametrize("backwards", [False, True], ids=["forwards", "backwards"])
PENALTY = Penalty(0.03, 0.02)

OPTIMIZERS = {
    "SGD": lambda net: SGD(net, 0.1),
    "SGD, whole numbers": lambda net: SGD(net, 1),
    "SGD on a schedule, penalised": lambda net: SGD(
        net, decay_exponentially(0.1, 1.3), penalty=PENALTY
    ),
    "Momentum": lambda net: Momentum(net, 0.1, 0.7),
    "Momentum on a schedule": lambda net: Momentum(net, lambda t: 0.1 / (1 + t), lambda t: t / 9),
    "Momentum, penalised": lambda net: Momentum(net, 0.1, 0.7, penalty=Penalty(l2=0.3)),
    "RMSProp": lambda net: RMSProp(net, 0.01, 0.8, 1e-3),
    "RMSProp, penalised": lambda net: RMSProp(net, 0.01, 0.8, 1e-3, penalty=PENALTY),
    "Adam": lambda net: Adam(net, 0.01, 0.5, 0.9, 1e-3),
    "Adam with eps_hat": lambda net: Adam(net, 0.01, 0.5, 0.9, eps_hat=1e-3),
    "Adam, whole numbers": lambda net: Adam(net, 1, 0, 0, 1, penalty=Penalty(1, 2)),
    "Adam on a schedule, penalised": lambda net: Adam(
        net, decay_exponentially(0.1, 1.3), penalty=Penalty(l1=0.3)
    ),
}
EACH = pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS.keys())
SHAPES = {"0.W": (3, 5), "0.b": (1,), "1.W": (1, 1), "1.gamma": (67,), "2.W": (3, 3, 2, 5)}
SHAPES |= {"2.b": ()}


def on_host(shapes: dict[str, tuple[int, ...]], dtype: str, seed: int) -> dict[str, Any]:
    """Random numbers of all sizes, some of them 0."""
    rng = np.random.default_rng(seed)
    sizes = {name: 10 ** rng.uniform(-4, 1, shape) for name, shape in shapes.items()}
    signs = {name: rng.integers(-1, 2, shape) for name, shape in shapes.items()}
    return {name: np.asarray(signs[name] * sizes[name], dtype=dtype) for name in shapes}


def trained(make: Any, shapes: dict[str, tuple[int, ...]], dtype: str, xp: Any) -> dict[str, Any]:
    """Parameters and state after a few steps in both directions, on the host."""
    net = Bag(**{name: xp.asarray(a) for name, a in on_host(shapes, dtype, 0).items()})
    optimizer = make(net)
    moves = (optimizer.ascend, optimizer.descend, optimizer.ascend, optimizer.ascend)
    for seed, move in enumerate(moves, 1):
        grads = on_host(shapes, dtype, seed)
        move({name: xp.asarray(g) for name, g in grads.items()})
    assert optimizer.t == len(moves)
    return {name: to_host(a) for name, a in (net.params | optimizer.state).items()}


def assert_same_bits(there: dict[str, Any], here: dict[str, Any]) -> None:
    assert there.keys() == here.keys()
    for name, expected in here.items():
        assert there[name].dtype == expected.dtype
        np.testing.assert_array_equal(there[name], expected, err_msg=name)


@EACH
@DTYPES
@BACKWARDS
def test_the_kernels_give_the_bits_of_the_formulas(make: Any, dtype: str, backwards: bool) -> None:
    here = trained(make, SHAPES, dtype, np)
    with standin(backwards=backwards) as xp:
        there = trained(make, SHAPES, dtype, xp)
        assert DEVICE.launches.total() - DEVICE.launches["zeros_like"] == 4  # a step each
    assert_same_bits(there, here)


@pytest.mark.parametrize("count", [MOST - 1, MOST, MOST + 1, 2 * MOST + 3])
def test_many_parameters_take_as_few_launches_as_they_can(count: int) -> None:
    shapes = {f"{i}.{'Wb'[i % 2]}": (1 + i % 4,) for i in range(count)}
    make = OPTIMIZERS["Adam on a schedule, penalised"]
    here = trained(make, shapes, "float32", np)
    with standin() as xp:
        there = trained(make, shapes, "float32", xp)
        assert DEVICE.launches["adam"] == 4 * -(-count // MOST)
    assert_same_bits(there, here)


def test_parameters_of_two_dtypes_and_empty_ones_move_as_on_the_cpu() -> None:
    def moved(xp: Any) -> dict[str, Any]:
        arrays = [np.ones(3, "float32"), np.ones((0, 2), "float32"), np.ones(2), np.zeros(5)]
        net = Bag(**{str(i): xp.asarray(a) for i, a in enumerate(arrays)})
        optimizer = Adam(net)
        for _ in range(2):
            optimizer.descend({name: 0.3 * a for name, a in net.params.items()})
        return {name: to_host(a) for name, a in (net.params | optimizer.state).items()}

    here = moved(np)
    with standin() as xp:
        assert_same_bits(moved(xp), here)
        assert DEVICE.launches["adam"] == 2 * 2


@EACH
@DTYPES
@pytest.mark.parametrize("plain", [False, True], ids=["kernels", "plain"])
def test_a_recorded_step_finds_its_rates_in_an_array(
    make: Any, dtype: str, plain: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As feed.changing gives them while a graph is recorded: θ's dtype, on the device."""
    here = trained(make, SHAPES, dtype, np)

    def changing(compute: Any, dtype: Any) -> Any:
        return sys.modules["cupy"].asarray(np.asarray(compute(), dtype=dtype))

    monkeypatch.setattr(shared, "changing", changing)
    with standin() as xp:
        if plain:
            with kernels.plain():
                there = trained(make, SHAPES, dtype, xp)
        else:
            there = trained(make, SHAPES, dtype, xp)
    assert_same_bits(there, here)


def test_each_replay_of_a_recorded_step_counts_an_update(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = []
    monkeypatch.setattr(shared, "changing", lambda compute, dtype: recorded.append(compute) or (1,))
    optimizer = SGD(Bag(W=np.zeros(1)), lambda t: 0.5**t)
    optimizer.descend({"W": np.ones(1)})
    (compute,) = recorded
    assert [compute(), compute(), compute()] == [(1.0,), (0.5,), (0.25,)]
    assert optimizer.t == 3


@DTYPES
def test_a_gradient_that_is_a_view_is_read_in_order(dtype: str) -> None:
    start, g = (on_host({"W": (4, 6)}, dtype, seed)["W"] for seed in (0, 1))
    here = Bag(W=start.copy())
    SGD(here).descend({"W": g})
    with standin() as xp:
        there = Bag(W=xp.asarray(start))
        SGD(there).descend({"W": xp.asarray(np.ascontiguousarray(g.T)).T})
        np.testing.assert_array_equal(to_host(there.params["W"]), here.params["W"])


def test_a_parameter_that_is_a_view_is_refused() -> None:
    with standin() as xp:
        net = Bag(W=xp.zeros((4, 6)).T)
        with pytest.raises(ValueError, match=r"W: an array of shape \(6, 4\) is not contiguous"):
            SGD(net).descend({"W": xp.ones((6, 4))})


def test_a_gradient_on_the_other_device_is_refused() -> None:
    with standin() as xp:
        net = Bag(W=xp.zeros(3))
        with pytest.raises(TypeError):
            SGD(net).descend({"W": np.ones(3)})


@DTYPES
@BACKWARDS
def test_two_gradients_are_added_in_one_launch(dtype: str, backwards: bool) -> None:
    one, other = (on_host(SHAPES, dtype, seed) for seed in (1, 2))
    here = sum_of_gradients(one, other)
    assert_same_bits(here, {name: one[name] + other[name] for name in one})
    with standin(backwards=backwards) as xp:
        parts = [{name: xp.asarray(g) for name, g in grads.items()} for grads in (one, other)]
        parts[1]["0.W"] = xp.asarray(np.ascontiguousarray(other["0.W"].T)).T
        DEVICE.reset()
        DEVICE.reversed = backwards
        total = sum_of_gradients(*parts)
        assert DEVICE.launches == {"sum_of_gradients": 1, "ascontiguousarray": 1}
        assert_same_bits({name: to_host(a) for name, a in total.items()}, here)
    assert sum_of_gradients({}, {}) == {}


@pytest.mark.parametrize("rule", ["algorithm-1", "simultaneous"])
def test_an_iteration_moves_and_sums_in_three_launches(rule: str) -> None:
    with standin():
        rng = Random(0, "cuda")
        G = Sequential(Dense(2, 3, rng), Tanh(), Dense(3, 2, rng))
        D = Sequential(Dense(2, 3, rng), Tanh(), Dense(3, 1, rng))
        x = rng.normal((4, 2))
        play = RULES[rule](
            G, D, Adam(G), Adam(D), lambda m: x, lambda m: x, m=4, iterations=2
        )  # fmt: skip
        next(play)  # which makes the moments
        DEVICE.reset()
        next(play)
        assert DEVICE.launches["adam"] == 2
        assert DEVICE.launches["sum_of_gradients"] == 1
        assert not {"power", "ascontiguousarray", "zeros_like"} & DEVICE.launches.keys()
        assert not DEVICE.syncs
        assert not DEVICE.uploads


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_network_without_parameters_has_steps_that_move_nothing(
    kernels_double: Any, name: str
) -> None:
    """Such a G is a choice, too: noise as it is, through a Tanh."""
    of_another = {"0.W": kernels_double.ones((2, 2), dtype="float32")}
    for net in (Tanh(), Sequential(Tanh(), Sequential(Tanh()))):
        optimizer = OPTIMIZERS[name](net)
        before = DEVICE.launches.copy()
        optimizer.ascend({})
        optimizer.descend({})
        assert (optimizer.t, optimizer.state, DEVICE.launches) == (2, {}, before)
        with pytest.raises(ValueError, match=r"the parameters of .* differ in 0\.W; expected the"):
            optimizer.descend(of_another)
        assert optimizer.t == 2
    assert sum_of_gradients({}, {}) == {}
