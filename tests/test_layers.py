"""Every line of the LAYERS table keeps the protocol, and every identity in a docstring holds."""

import importlib
import math
import pkgutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layers_table import LAYERS

import minigan
from minigan import gradcheck
from minigan.activations import LeakyReLU, ReLU, Sigmoid, Tanh, sigmoid, softplus
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.checks import check_layer
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.layer import Layer, Sequential
from minigan.maxout import Maxout
from minigan.replay import memory, streams
from minigan.reshape import Flatten, Reshape

over_layers = pytest.mark.parametrize(
    ("make", "shape"), [line[1:] for line in LAYERS], ids=[line[0] for line in LAYERS]
)
in_both_modes = pytest.mark.parametrize("train", [True, False], ids=["train", "eval"])
quick = settings(deadline=None, max_examples=40)


def all_layers(layer):
    yield layer
    for inner in getattr(layer, "layers", ()):
        yield from all_layers(inner)


def subclasses(cls):
    for sub in cls.__subclasses__():
        yield sub
        yield from subclasses(sub)


def test_every_layer_of_the_package_is_in_the_table():
    for module in pkgutil.walk_packages(minigan.__path__, "minigan."):
        if module.name != "minigan.__main__":
            importlib.import_module(module.name)
    ours = {c for c in subclasses(Layer) if c.__module__.partition(".")[0] == "minigan"}
    assert {c.__name__ for c in ours} == gradcheck.LAYERS.keys()
    for name, cases in gradcheck.LAYERS.items():
        assert {type(make(Random(0))).__name__ for make, _ in cases} == {name}
    assert len(ours) >= 10  # Dense, four activations, Maxout, BatchNorm, Dropout, two shapes, …


def test_the_ids_of_the_table_differ():
    names = [line[0] for line in LAYERS]
    assert len(set(names)) == len(names)


# What a line of the table buys --------------------------------------------------------------------


@over_layers
@pytest.mark.parametrize("seed", [0, 1])
def test_gradients_and_protocol(make, shape, seed):
    rows = check_layer(make, shape, seed=seed)
    layer = make(Random(0))
    assert [(row.mode, row.name) for row in rows] == [
        (mode, name) for mode in ("train", "eval") for name in ("x", *layer.params)
    ]
    assert [row.entries for row in rows if row.name == "x"] == [math.prod(shape)] * 2
    assert all(row.error < 1e-6 and row.verdict == "ok" for row in rows)


@over_layers
@in_both_modes
def test_float32_stays_float32(make, shape, train):
    layer = make(Random(0))
    for array in (*layer.params.values(), *layer.buffers.values()):
        assert array.dtype == np.float32
    y, cache = layer.forward(Random(1).normal(shape), train)
    assert y.dtype == np.float32
    dx, grads = layer.backward(Random(2).normal(y.shape), cache)
    assert dx.dtype == np.float32
    assert {g.dtype for g in grads.values()} <= {np.dtype(np.float32)}
    for array in layer.buffers.values():
        assert array.dtype == np.float32


@over_layers
@in_both_modes
def test_read_only_arguments(make, shape, train):
    """Purity the hard way: NumPy itself raises where an argument is written to."""
    layer = make(Random(0))
    x = Random(1).normal(shape)
    for array in (x, *layer.params.values(), *(() if train else layer.buffers.values())):
        array.flags.writeable = False
    y, cache = layer.forward(x, train)
    y.flags.writeable = False
    dy = Random(2).normal(y.shape)
    dy.flags.writeable = False
    dx, grads = layer.backward(dy, cache)
    assert dx.shape == x.shape
    assert grads.keys() == layer.params.keys()


@over_layers
@in_both_modes
def test_strides_do_not_matter(make, shape, train):
    """A slice, a transposed or a reversed view is as good as a contiguous array."""
    layer = make(Random(0))
    put_back = memory(layer)

    def run(x, dy):
        put_back()
        y, cache = layer.forward(x, train)
        return y, *layer.backward(dy, cache)

    x = Random(1).normal(shape)
    dy = Random(2).normal(layer.forward(x, train)[0].shape)
    y, dx, grads = run(x, dy)
    for view in (spread, turned, backwards):
        y2, dx2, grads2 = run(view(x), view(dy))
        np.testing.assert_allclose(y2, y, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(dx2, dx, rtol=1e-4, atol=1e-5)
        for name, g in grads.items():
            np.testing.assert_allclose(grads2[name], g, rtol=1e-4, atol=1e-5)


def spread(x):
    wide = np.full((*x.shape[:-1], 2 * x.shape[-1]), np.nan, x.dtype)
    wide[..., ::2] = x
    return wide[..., ::2]


def turned(x):
    return np.asfortranarray(x)


def backwards(x):
    return np.ascontiguousarray(x[::-1])[::-1]


@over_layers
@in_both_modes
def test_returns_none_and_no_grads_where_they_are_not_needed(make, shape, train):
    layer = make(Random(0))
    y, cache = layer.forward(Random(1).normal(shape), train)
    dx, grads = layer.backward(y, cache, need_dx=False)
    assert dx is None
    assert grads.keys() == layer.params.keys()
    dx, grads = layer.backward(y, cache, need_grads=False)
    assert dx.shape == shape
    assert grads == {}
    assert layer.backward(y, cache, need_dx=False, need_grads=False) == (None, {})


@over_layers
def test_calling_a_layer_evaluates_it(make, shape):
    layer = make(Random(0))
    x = Random(1).normal(shape)
    np.testing.assert_array_equal(layer(x), layer.forward(x, train=False)[0])


@over_layers
def test_refuses_integers_and_lists(make, shape):
    layer = make(Random(0))
    with pytest.raises(TypeError, match=r"x is int64, expected float32 or float64; use x\.astype"):
        layer.forward(np.ones(shape, dtype=np.int64))
    with pytest.raises(TypeError, match=r"expected a NumPy or a CuPy array, got builtins\.list"):
        layer.forward(np.ones(shape).tolist())


@over_layers
def test_refuses_another_dtype_than_its_arrays(make, shape):
    layer = make(Random(0))
    if not layer.params:
        assert layer(np.ones(shape)).dtype == np.float64  # nothing to disagree with
        return
    with pytest.raises(TypeError, match=r"x is float64 but .* is float32; convert x, or draw"):
        layer.forward(np.ones(shape))


@over_layers
def test_repr_is_one_short_line(make, shape):
    text = repr(make(Random(0)))
    assert "\n" not in text
    assert len(text) < 60
    assert "object at" not in text


@over_layers
def test_every_random_stream_is_found(make, shape):
    dropouts = [one for one in all_layers(make(Random(0))) if isinstance(one, Dropout)]
    layer = make(Random(0))
    assert len(list(streams(layer))) == len(dropouts)


# Shapes drawn by hypothesis -----------------------------------------------------------------------

sizes = st.integers(1, 4)
seeds = st.integers(0, 2**31)


@quick
@given(m=sizes, n_in=sizes, n_out=sizes, bias=st.booleans(), seed=seeds)
def test_dense_of_any_size(m, n_in, n_out, bias, seed):
    check_layer(lambda rng: Dense(n_in, n_out, rng, bias=bias), (m, n_in), seed=seed)


@quick
@given(
    axes=st.lists(sizes, min_size=1, max_size=3),
    c=sizes,
    decay=st.floats(0, 0.99),
    eps=st.sampled_from([1e-5, 1e-3, 0.1]),
    seed=seeds,
)
def test_batchnorm_of_any_shape(axes, c, decay, eps, seed):
    if math.prod(axes) < 2:
        axes[0] = 2
    check_layer(lambda rng: BatchNorm(c, rng, decay=decay, eps=eps), (*axes, c), seed=seed)


@quick
@given(m=sizes, pieces=sizes, units=sizes, seed=seeds)
def test_maxout_of_any_size(m, pieces, units, seed):
    check_layer(lambda rng: Maxout(pieces), (m, pieces * units), seed=seed)


@quick
@given(
    shape=st.lists(sizes, min_size=1, max_size=4).map(tuple),
    which=st.sampled_from([ReLU, lambda: LeakyReLU(0.3), Sigmoid, Tanh]),
    scale=st.sampled_from([1e-3, 1.0, 30.0]),
    seed=seeds,
)
def test_activations_of_any_shape(shape, which, scale, seed):
    check_layer(lambda rng: which(), shape, seed=seed, input_scale=scale)


@quick
@given(shape=st.lists(sizes, min_size=1, max_size=4).map(tuple), rate=st.floats(0, 0.9), seed=seeds)
def test_dropout_of_any_shape(shape, rate, seed):
    check_layer(lambda rng: Dropout(rate, rng), shape, seed=seed)


@quick
@given(shape=st.lists(sizes, min_size=2, max_size=4).map(tuple), seed=seeds)
def test_flatten_and_reshape_undo_each_other(shape, seed):
    x = Random(seed).normal(shape)
    flat = Flatten()(x)
    assert flat.shape == (shape[0], math.prod(shape[1:]))
    np.testing.assert_array_equal(Reshape(shape[1:])(flat), x)
    check_layer(lambda rng: Sequential(Flatten(), Reshape(shape[1:])), shape, seed=seed)


# The identities of the docstrings -----------------------------------------------------------------


def test_softplus_is_exact_at_1e4():
    for dtype in (np.float32, np.float64):
        a = np.array([-1e4, -100, -20, 0, 20, 1e4], dtype)
        y = softplus(a)
        assert y.dtype == dtype
        expected = [0, math.exp(-100), math.log1p(math.exp(-20)), math.log(2)]
        expected += [20 + math.log1p(math.exp(-20)), 1e4]
        with np.errstate(under="ignore"):
            np.testing.assert_allclose(y, np.array(expected, dtype), rtol=3e-7, atol=1e-44)


@quick
@given(st.floats(-700, 700))
def test_log_sigma_is_minus_softplus_of_minus_a(a):
    """log σ(a) = -ζ(-a) and log(1 - σ(a)) = -ζ(a)"""
    a = np.array([a])
    np.testing.assert_allclose(np.log(sigmoid(a)), -softplus(-a), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(np.log(sigmoid(-a)), -softplus(a), rtol=1e-12, atol=1e-15)


@quick
@given(st.floats(-1e4, 1e4))
def test_sigma_a_plus_sigma_minus_a_is_1(a):
    """1 - σ(x) = σ(-x)"""
    a = np.array([a])
    assert abs(sigmoid(a) + sigmoid(-a) - 1) <= 2.3e-16


def test_sigmoid_of_minus_20_is_a_true_2e_minus_9_in_float32():
    np.testing.assert_allclose(
        sigmoid(np.array([-20], np.float32)), [math.exp(-20) / (1 + math.exp(-20))], rtol=2e-7
    )


def test_sigmoid_slope_does_not_vanish_where_1_minus_y_is_0_in_float32():
    """1 - y is 0 in float32 from x = 17 on"""
    x = np.array([17, 25], np.float32)
    y, cache = Sigmoid().forward(x)
    assert (1 - y == 0).all()
    dx, _ = Sigmoid().backward(np.ones_like(x), cache)
    np.testing.assert_allclose(dx, np.exp(-x.astype(float)), rtol=1e-6)


def test_sigmoid_and_tanh_are_one_curve():
    x = np.linspace(-8, 8, 41)
    np.testing.assert_allclose(Tanh()(x), 2 * Sigmoid()(2 * x) - 1, atol=1e-15)


def test_tanh_slope_is_exact_to_a_rounding_of_y_and_lost_beyond_9_in_float32():
    x = np.linspace(0, 12, 2401, dtype=np.float32)
    dx, _ = Tanh().backward(np.ones_like(x), Tanh().forward(x)[1])
    slope = 1 / np.cosh(x.astype(float)) ** 2
    assert abs(dx - slope).max() < 2.0**-22
    assert abs(dx / slope - 1)[x > 9.2].min() > 0.5  # 0 or 1e-7, not a digit is right


@pytest.mark.parametrize(
    ("layer", "slope"), [(ReLU(), 0.0), (LeakyReLU(0.2), 0.2), (LeakyReLU(0.001), 0.001)], ids=repr
)
@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_the_slope_at_0_is_the_negative_sides(layer, slope, zero):
    y, cache = layer.forward(np.array([zero]))
    assert y == 0
    assert layer.backward(np.array([5.0]), cache)[0] == 5 * slope


@quick
@given(shape=st.sampled_from([(6, 3), (2, 3, 4, 3), (2, 3)]), seed=seeds)
def test_batchnorm_sum_of_dx_is_0(shape, seed):
    """Σ dx = 0        Σ dx ∘ x̂ = γ/s · eps/(var + eps) · Σ dy ∘ x̂"""
    rng = Random(seed, dtype="float64")
    eps = 0.1  # large, so that the second identity is not 0 = 0
    layer = BatchNorm(3, rng, eps=eps)
    layer.params["gamma"] += rng.normal((3,))
    x, dy = rng.normal(shape) + 5, rng.normal(shape)
    _, cache = layer.forward(x)
    dx, _ = layer.backward(dy, cache)
    x, dy, dx = (a.reshape(-1, 3) for a in (x, dy, dx))
    var = x.var(axis=0)
    s = np.sqrt(var + eps)
    x_hat = (x - x.mean(axis=0)) / s
    np.testing.assert_allclose(dx.sum(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(
        (dx * x_hat).sum(axis=0),
        layer.params["gamma"] / s * eps / (var + eps) * (dy * x_hat).sum(axis=0),
        rtol=1e-9,
        atol=1e-12,
    )


def test_batchnorm_normalises_to_mean_beta_and_deviation_gamma():
    rng = Random(0, dtype="float64")
    layer = BatchNorm(3, rng, eps=1e-12)
    layer.params["gamma"][...], layer.params["beta"][...] = [1, 2, 3], [4, 5, 6]
    y, _ = layer.forward(7 + 3 * rng.normal((4, 5, 5, 3)))
    np.testing.assert_allclose(y.mean(axis=(0, 1, 2)), [4, 5, 6], rtol=1e-12)
    np.testing.assert_allclose(y.std(axis=(0, 1, 2)), [1, 2, 3], rtol=1e-9)


@pytest.mark.parametrize("decay", [0.0, 0.8, 0.99])
def test_batchnorm_running_mean_is_decay_old_plus_rest_batch(decay):
    """running_mean ← decay · running_mean + (1 - decay) · mean, and so for the biased variance"""
    rng = Random(0, dtype="float64")
    layer = BatchNorm(2, rng, decay=decay)
    mean, var = np.zeros(2), np.ones(2)
    for _ in range(3):
        x = 3 + 2 * rng.normal((5, 2))
        layer.forward(x)
        mean = decay * mean + (1 - decay) * x.mean(axis=0)
        var = decay * var + (1 - decay) * ((x - x.mean(axis=0)) ** 2).mean(axis=0)
    np.testing.assert_allclose(layer.buffers["running_mean"], mean, rtol=1e-12)
    np.testing.assert_allclose(layer.buffers["running_var"], var, rtol=1e-12)


def test_batchnorm_eval_is_the_same_y_with_the_running_statistics():
    rng = Random(0, dtype="float64")
    layer = BatchNorm(2, rng, eps=1e-3)
    layer.buffers["running_mean"][...], layer.buffers["running_var"][...] = [1, 2], [4, 9]
    x = rng.normal((1, 2))  # a single example: fine in evaluation
    np.testing.assert_allclose(layer(x), (x - [1, 2]) / np.sqrt(np.array([4, 9]) + 1e-3))
    assert layer.buffers["running_mean"].tolist() == [1, 2]


def test_batchnorm_keeps_its_digits_where_the_mean_is_large():
    x = Random(0, dtype="float64").normal((1000, 1))
    layer = BatchNorm(1, Random(0))
    y, _ = layer.forward((1e4 + x).astype(np.float32))
    x = (1e4 + x).astype(np.float32).astype(float)
    np.testing.assert_allclose(y, (x - x.mean()) / np.sqrt(x.var() + 1e-5), atol=3e-6)


def test_batchnorm_statistics_are_per_channel_not_per_pixel():
    x = Random(0, dtype="float64").normal((4, 3, 3, 2)) * np.arange(1, 10).reshape(3, 3, 1)
    y, _ = BatchNorm(2, Random(0, dtype="float64")).forward(x)
    assert y.std(axis=0).max() > 1.5 * y.std(axis=0).min()  # the pixels keep their differences


@pytest.mark.parametrize("rate", [0.2, 0.5, 0.9])
def test_dropout_expectation_of_y_is_x(rate):
    """y = x ∘ μ, μ = 1/(1 - rate) with probability 1 - rate, else 0; E[y] = x"""
    y, _ = Dropout(rate, Random(0)).forward(np.ones(100_000, np.float32))
    kept = y != 0
    np.testing.assert_allclose(y[kept], 1 / (1 - rate), rtol=1e-6)
    error = math.sqrt(rate / (1 - rate) / y.size)  # of the mean
    assert abs(y.mean(dtype=float) - 1) < 4 * error


def test_dropout_does_nothing_in_evaluation_and_draws_nothing():
    rng = Random(0)
    layer, state, x = Dropout(0.5, rng), rng.state, Random(1).normal((3, 4))
    np.testing.assert_array_equal(layer(x), x)
    assert rng.state == state


def test_dropout_draws_a_new_mask_each_time():
    layer, x = Dropout(0.5, Random(0)), np.ones(100)
    assert (layer.forward(x)[0] != layer.forward(x)[0]).any()


def test_maxout_of_several_equal_pieces_the_first_one_wins():
    y, cache = Maxout(3).forward(np.array([[1.0, 7.0, 2.0, 7.0, 2.0, 7.0]]))  # units 0 and 1
    assert y.tolist() == [[2, 7]]
    dx, _ = Maxout(3).backward(np.array([[10.0, 20.0]]), cache)
    assert dx.tolist() == [[0, 20, 10, 0, 0, 0]]


def test_maxout_piece_j_of_unit_i_is_output_j_units_plus_i():
    x = Random(0).normal((4, 6))
    y = Maxout(2)(x)
    for i in range(3):
        np.testing.assert_array_equal(y[:, i], np.maximum(x[:, i], x[:, 3 + i]))


def test_dense_is_x_W_plus_b():
    rng = Random(0, dtype="float64")
    layer, x = Dense(3, 2, rng, b=lambda rng, shape: rng.normal(shape)), rng.normal((4, 3))
    y = layer(x)
    for i in range(4):
        for j in range(2):
            terms = [x[i, k] * layer.params["W"][k, j] for k in range(3)]
            assert y[i, j] == pytest.approx(sum(terms) + layer.params["b"][j], rel=1e-14)


def test_sequential_names_are_positions():
    net = Sequential(Dense(2, 3, Random(0)), ReLU(), Sequential(BatchNorm(3, Random(0))))
    assert list(net.params) == ["0.W", "0.b", "2.0.gamma", "2.0.beta"]
    assert list(net.buffers) == ["2.0.running_mean", "2.0.running_var"]
    assert net.params["0.W"] is net.layers[0].params["W"]


def test_sequential_insists_on_the_shape_of_dy():
    net = Sequential(Dense(2, 3, Random(0)))
    _, tape = net.forward(Random(1).normal((4, 2)))
    with pytest.raises(
        ValueError, match=r"dy has shape \(4, 1\), expected \(4, 3\), the shape of the output"
    ):
        net.backward(np.ones((4, 1), np.float32), tape)


def test_sequential_without_need_dx_asks_no_layer_below_the_parameters():
    class Watched(Flatten):
        calls = 0

        def backward(self, dy, cache, **need):
            Watched.calls += 1
            return super().backward(dy, cache, **need)

    net = Sequential(Watched(), Dense(4, 2, Random(0)), Watched(), Tanh())
    y, tape = net.forward(Random(1).normal((3, 4)))
    assert net.backward(y, tape, need_dx=False)[0] is None
    assert Watched.calls == 1
    net.backward(y, tape)
    assert Watched.calls == 3
