"""What no line of RANGES says: copies, sharing, strange memory, and errors half way."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import numpy as np
import pytest
from test_layers_protocol import in_both_modes, over_layers, spread

from minigan.activations import ReLU, sigmoid, softplus
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.conv import Conv2D
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.layer import Sequential
from minigan.minibatch import MinibatchDiscrimination
from minigan.optimizers import SGD, Adam, Momentum, RMSProp
from minigan.penalties import Penalty
from minigan.replay import memory
from minigan.rules import RULES
from minigan.several import Discriminators, Generators

RNG = Random(0)


def copies(thing: Any) -> list[Any]:
    return [copy.deepcopy(thing), pickle.loads(pickle.dumps(thing))]


@pytest.mark.parametrize("draws", ["host", "device"])
def test_a_copy_of_a_random_goes_on_where_it_stood_and_on_its_own(draws: str) -> None:
    rng = Random(3, dtype="float64", stream="a", draws=draws)
    rng.normal((5,))
    for twin in copies(rng):
        assert repr(twin) == repr(rng)
        state = rng.state
        expected = rng.normal((4,))
        rng.state = state
        np.testing.assert_array_equal(twin.normal((4,)), expected)
        assert rng.state == state


@over_layers
@in_both_modes
def test_a_copy_of_a_layer_computes_the_same_with_arrays_of_its_own(
    make: Any, shape: Any, train: bool
) -> None:
    layer = make(Random(0))
    x = Random(1).normal(shape)
    for twin in copies(layer):
        put_back = memory(layer)
        y, cache = layer.forward(x, train)
        dx, grads = layer.backward(y, cache)
        put_back()
        again, cache = twin.forward(x, train)
        np.testing.assert_array_equal(again, y)
        np.testing.assert_array_equal(twin.backward(y, cache)[0], dx)
        for name, theta in twin.params.items():
            assert theta is not layer.params[name]
            np.testing.assert_array_equal(twin.backward(y, cache)[1][name], grads[name])


@over_layers
@in_both_modes
def test_parameters_may_lie_in_memory_as_they_like(make: Any, shape: Any, train: bool) -> None:
    """In Fortran's order, with gaps, and not to be written to: the same numbers."""
    x, plain = Random(1).normal(shape), make(Random(0))
    expected, cache = plain.forward(x, train)
    dx, _ = plain.backward(expected, cache)
    for strange in (np.asfortranarray, spread):
        layer = make(Random(0))
        for leaf in leaves(layer):
            for name in leaf.params:
                leaf.params[name] = strange(leaf.params[name])
                leaf.params[name].flags.writeable = False
        y, cache = layer.forward(x, train)
        np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(layer.backward(expected, cache)[0], dx, rtol=1e-4, atol=1e-5)


def leaves(layer: Any) -> list[Any]:
    """The layers that hold the arrays; those that collect them are left out."""
    inner = [*getattr(layer, "layers", ()), *(getattr(layer, n, None) for n in ("conv", "layer"))]
    found = [leaf for part in inner if part is not None for leaf in leaves(part)]
    return found or [layer]


def test_numpys_small_integers_are_no_trap() -> None:
    """np.uint8(200) + np.uint8(100) is 44."""
    n, few = np.uint8(200), np.uint8(2)
    layer = MinibatchDiscrimination(n, np.uint8(100), few, RNG)
    x = RNG.normal((3, 200))
    y, cache = layer.forward(x)
    assert y.shape == (3, 300)
    assert layer.backward(y, cache)[1]["T"].shape == (200, 100, 2)
    assert Dense(n, n, Random(1)).params["W"].std() == pytest.approx(math.sqrt(2 / 400), rel=0.05)
    assert Conv2D(n, n, np.uint8(3), RNG).params["W"].std() == pytest.approx(
        math.sqrt(2 / (9 * 400)), rel=0.05
    )


@pytest.mark.parametrize("kind", [Sequential, Generators, Discriminators])
def test_layers_that_share_arrays_are_refused(kind: Any) -> None:
    dense, norm = Dense(3, 3, RNG), BatchNorm(3, RNG)
    for shared in (dense, norm):
        for pair in ((shared, shared), (ReLU(), shared, Sequential(ReLU(), shared))):
            with pytest.raises(ValueError, match=r"shares its arrays with (layer|network) \d, exp"):
                kind(*pair)
    tied = Dense(3, 3, RNG)
    tied.params["W"] = dense.params["W"]
    with pytest.raises(ValueError, match="shares its arrays"):
        kind(dense, tied)
    drop = Dropout(0.5, RNG)
    assert kind(drop, drop, dense).layers == (drop, drop, dense)


@pytest.mark.parametrize("phi", [sigmoid, softplus])
def test_large_arrays_of_integers_are_refused_not_rounded_to_integers(phi: Any) -> None:
    with pytest.raises(TypeError, match="a is int64, expected float32 or float64"):
        phi(np.ones(1 << 18, dtype=int))


@pytest.mark.parametrize("rate", [-1e-9, math.nan, math.inf, "0.1", None, True])
@pytest.mark.parametrize("make", [SGD, Momentum, RMSProp, Adam])
def test_a_schedule_out_of_its_range_stops_before_anything_moves(make: Any, rate: Any) -> None:
    net = Dense(2, 1, Random(0))
    before = {name: theta.copy() for name, theta in net.params.items()}
    optimizer = make(net, lambda t: rate)
    kind = ValueError if isinstance(rate, float) else TypeError
    with pytest.raises(kind, match=r"a schedule at t = 0: its rate is .*, expected a number of 0"):
        optimizer.descend({name: theta + 1 for name, theta in net.params.items()})
    for name, theta in net.params.items():
        np.testing.assert_array_equal(theta, before[name])
    assert optimizer.t == 0


def test_a_momentum_of_1_from_a_schedule_is_refused() -> None:
    net = Dense(1, 1, RNG)
    optimizer = Momentum(net, 0.1, lambda t: 1.0)
    with pytest.raises(ValueError, match=r"its rate is 1.0, expected a number in \[0, 1\)"):
        optimizer.descend({"W": net.params["W"] * 0, "b": net.params["b"] * 0})


def test_a_read_only_parameter_is_refused_before_anything_moves() -> None:
    net = Dense(2, 1, Random(0))
    b = net.params["b"].copy()
    net.params["W"].flags.writeable = False
    optimizer = Adam(net)
    with pytest.raises(ValueError, match=r"^Adam: W is read-only, expected"):
        optimizer.ascend({"b": b + 1, "W": np.ones((2, 1), "float32")})
    np.testing.assert_array_equal(net.params["b"], b)
    assert (optimizer.t, optimizer.state) == (0, {})


def test_numpys_float64_makes_no_float64_of_float32() -> None:
    half, net = np.float64(0.5), Dense(2, 1, Random(0))
    grads = {name: theta * 0 + 1 for name, theta in net.params.items()}
    for make in (SGD, Momentum, RMSProp, Adam):
        optimizer = make(net, half, penalty=Penalty(half, half))
        optimizer.descend(grads)
        arrays = [*net.params.values(), *optimizer.state.values()]
        assert {a.dtype.name for a in arrays} == {"float32"}
    assert Penalty(half, half).gradient(net.params["W"]).dtype == np.float32


def test_a_nan_in_a_gradient_is_passed_on() -> None:
    """Whoever trains sees it in the weights; nothing hides it."""
    for make in (SGD, Momentum, RMSProp, Adam):
        net = Dense(1, 1, Random(0))
        make(net).descend({"W": np.full((1, 1), np.nan, "float32"), "b": net.params["b"] * 0})
        assert np.isnan(net.params["W"]).all()


def play(rule: str, G: Any, D: Any, x: Any, z: Any, **options: Any) -> None:
    next(RULES[rule](G, D, SGD(G), SGD(D), lambda m: x, lambda m: z, iterations=1, **options))


@pytest.mark.parametrize("rule", RULES)
def test_a_batch_of_another_size_than_m_is_refused(rule: str) -> None:
    """Under the rule concatenated, half of m + 2 and m - 2 rows would be taken for data."""
    G, D = Dense(2, 3, Random(0)), Dense(3, 1, Random(1))
    x, z = Random(2).normal((6, 3)), Random(3).normal((4, 2))
    with pytest.raises(
        ValueError, match=r"^(data|noise)\(5\) has shape \([46], \d\), expected \(5"
    ):
        play(rule, G, D, x, z, m=5)
    with pytest.raises(ValueError, match=r"^data\(4\) has shape \(6, 3\), expected \(4, …\)"):
        play(rule, G, D, x, z, m=4)


@pytest.mark.parametrize("rule", RULES)
def test_a_D_that_gives_ten_logits_is_no_D(rule: str) -> None:
    G, D = Dense(2, 3, Random(0)), Sequential(Dense(3, 10, Random(1)))
    with pytest.raises(
        ValueError, match=r"D gives shape \(\d+, 10\), expected \(m, 1\): one logit"
    ):
        play(rule, G, D, Random(2).normal((4, 3)), Random(3).normal((4, 2)), m=4)


def test_no_iterations_are_none_and_less_is_refused() -> None:
    G, D = Dense(2, 3, Random(0)), Dense(3, 1, Random(1))
    for rule in RULES.values():
        steps = (G, D, SGD(G), SGD(D), lambda m: None, lambda m: None)
        assert list(rule(*steps, m=4, iterations=0)) == []
        with pytest.raises(
            ValueError, match=r"^iterations is -1, expected an integer of 0 or more"
        ):
            next(rule(*steps, m=4, iterations=-1))


def test_batchnorm_of_one_value_is_refused_in_training_alone() -> None:
    layer = BatchNorm(2, Random(0))
    x = np.ones((1, 2), "float32")
    with pytest.raises(
        ValueError, match="training needs at least 2, use a larger batch or train=F"
    ):
        layer.forward(x)
    assert layer.forward(x, train=np.False_)[0].shape == (1, 2)
    assert layer.forward(np.ones((1, 1, 2, 2), "float32"))[0].shape == (1, 1, 2, 2)


@over_layers
def test_a_dy_of_another_dtype_or_shape_is_refused_by_every_layer(make: Any, shape: Any) -> None:
    layer = make(Random(0))
    y, cache = layer.forward(Random(1).normal(shape))
    if layer.params:
        with pytest.raises(TypeError, match="float64"):
            layer.backward(y.astype("float64"), cache)
    with pytest.raises(ValueError, match=r"dy has shape .*, expected .*, the shape of the output"):
        layer.backward(y[..., None], cache)
    with pytest.raises(TypeError, match=r"dy is int64|dy: expected|dy is float16"):
        layer.backward(y.astype("int64"), cache)


def test_arrays_with_rules_of_their_own_are_refused() -> None:
    x, layer = np.ones((2, 3), "float32"), ReLU()
    for other, words in (
        (x.view(np.matrix), r"got numpy.matrix; convert it with numpy.asarray first"),
        (np.ma.masked_array(x, mask=x > 0), r"MaskedArray; fill its gaps, x.filled"),
        (x.astype(x.dtype.newbyteorder()), "in another machine's byte order"),
    ):
        with pytest.raises(TypeError, match=words):
            layer.forward(other)
    for empty in (x[:0], x[:, :0]):
        with pytest.raises(ValueError, match=r"x is empty, of shape \(\d, \d\), expected sizes"):
            layer.forward(empty)
