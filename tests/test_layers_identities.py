"""Every identity in the docstring of a layer holds."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minigan.activations import LeakyReLU, ReLU, Sigmoid, Tanh, sigmoid, softplus
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.blocks import WHOLE
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.layer import Sequential
from minigan.maxout import Maxout
from minigan.reshape import Flatten

quick = settings(deadline=None, max_examples=40)
seeds = st.integers(0, 2**31)


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


@pytest.mark.parametrize("mean", [1e4, 1e6])
@pytest.mark.parametrize("rows", [1000, WHOLE + 1])  # one block, and many
def test_batchnorm_keeps_its_digits_where_the_mean_is_large(rows, mean):
    x = (mean + Random(0, dtype="float64").normal((rows, 1))).astype(np.float32)
    layer = BatchNorm(1, Random(0), decay=0)
    y, _ = layer.forward(x)
    x = x.astype(float)
    np.testing.assert_allclose(y, (x - x.mean()) / np.sqrt(x.var() + 1e-5), atol=3e-6)
    np.testing.assert_allclose(layer.buffers["running_mean"], x.mean(), rtol=2**-23)
    np.testing.assert_allclose(layer.buffers["running_var"], x.var(), rtol=3e-6)


def test_batchnorms_running_mean_gets_what_rounding_left():
    x = (1e6 + Random(0, dtype="float64").normal((8000, 2))).astype(np.float32)
    layer = BatchNorm(2, Random(0), decay=0)
    layer.forward(x)
    exact = x.mean(axis=0, dtype=float)
    assert (abs(x.sum(axis=0) / 8000 - exact) > 0.5).all()  # the sum of many alone is far off
    np.testing.assert_allclose(layer.buffers["running_mean"], exact, rtol=2**-23)


@pytest.mark.parametrize("mean", [1e4, 1e6])
@pytest.mark.parametrize("rows", [64, WHOLE + 1])
def test_batchnorms_backward_keeps_its_digits(rows, mean):
    rng = Random(0, dtype="float64")
    x, dy = (mean + rng.normal((rows, 1))).astype("float32"), (1 + rng.normal((rows, 1)))
    layer = BatchNorm(1, Random(0))
    dx, grads = layer.backward(dy.astype("float32"), layer.forward(x)[1])
    s = np.sqrt(x.var(dtype=float) + 1e-5)
    x_hat = (x - x.mean(dtype=float)) / s
    scale = abs(dy * x_hat).sum()
    assert abs(grads["gamma"] - (dy * x_hat).sum()) < 1e-6 * scale
    exact = (dy - dy.mean() - x_hat * (dy * x_hat).mean()) / s
    np.testing.assert_allclose(dx, exact, atol=3e-6)


@pytest.mark.parametrize("value", [0, 0.1, 143.97719, 159835.86])
@pytest.mark.parametrize("rows", [7, 5000, WHOLE + 1])
def test_batchnorm_of_a_channel_of_equal_values_is_beta(rows, value):
    """Its variance is 0, and not what rounding makes of it, which may be less."""
    layer = BatchNorm(3, Random(0), decay=0)
    layer.params["beta"][...] = 3
    y, _ = layer.forward(np.full((rows, 3), value, np.float32))
    var = layer.buffers["running_var"]
    assert ((var >= 0) & (var <= 1e-9 * value**2)).all()
    np.testing.assert_allclose(y, 3, atol=1e-3)


def test_batchnorm_statistics_are_per_channel_not_per_pixel():
    x = Random(0, dtype="float64").normal((4, 3, 3, 2)) * np.arange(1, 10).reshape(3, 3, 1)
    y, _ = BatchNorm(2, Random(0, dtype="float64")).forward(x)
    assert y.std(axis=0).max() > 1.5 * y.std(axis=0).min()  # the pixels keep their differences


@pytest.mark.parametrize("shape", [(100_000,), (333, 301), (7, 41, 43, 9)], ids=str)
@pytest.mark.parametrize("rate", [0.2, 0.5, 0.9])
def test_dropout_expectation_of_y_is_x(rate, shape):
    """y = x ∘ μ, μ = 1/(1 - rate) with probability 1 - rate, else 0; E[y] = x"""
    y, _ = Dropout(rate, Random(0)).forward(np.ones(shape, np.float32))
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


def test_maxout_of_a_single_tie_in_a_batch_the_first_piece_wins():
    x = np.arange(24.0).reshape(4, 6)  # of each unit the second piece wins,
    x[2, 1] = x[2, 4]  # but here
    y, cache = Maxout(2).forward(x)
    dx, _ = Maxout(2).backward(np.ones_like(y), cache)
    won = np.array([[0, 0, 0, 1, 1, 1]] * 4)
    won[2, [1, 4]] = 1, 0
    np.testing.assert_array_equal(dx, won)


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


def test_without_need_dx_the_lowest_parameters_are_asked_for_none():
    """D's step must not pay for the gradient with respect to the images."""
    asked = []

    class Watched(Dense):
        def backward(self, dy, cache, *, need_dx=True, need_grads=True):
            asked.append(need_dx)
            return super().backward(dy, cache, need_dx=need_dx, need_grads=need_grads)

    net = Sequential(Watched(4, 3, Random(0)), Tanh(), Watched(3, 2, Random(0)))
    y, tape = net.forward(Random(1).normal((3, 4)))
    net.backward(y, tape, need_dx=False)
    net.backward(y, tape)
    assert asked == [True, False, True, True]  # from the last layer to the first
