"""Where the sources differ, minigan chose; each choice in numbers that a person can check.

The gradients of the layers are checked elsewhere, against differences. Here stand the conventions
that no gradient check can see: both choices would pass it.
"""

from __future__ import annotations

import numpy as np
import pytest

from minigan.activations import LeakyReLU, ReLU, Sigmoid
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.blocks import WHOLE
from minigan.dropout import Dropout
from minigan.initializers import normal
from minigan.layer import Layer, Sequential
from minigan.maxout import Maxout
from minigan.reshape import Flatten, Reshape


def double() -> Random:
    return Random(0, dtype="float64")


def slopes_at(layer: Layer, x: list[float]) -> list[float]:
    values = np.array(x)
    return layer.backward(np.ones_like(values), layer.forward(values)[1])[0].tolist()


def test_at_a_kink_the_slope_is_the_negative_sides() -> None:
    assert slopes_at(ReLU(), [-1.0, 0.0, -0.0, 1.0]) == [0, 0, 0, 1]
    assert slopes_at(LeakyReLU(0.25), [-1.0, 0.0, -0.0, 1.0]) == [0.25, 0.25, 0.25, 1]


def test_of_equal_pieces_the_first_wins_alone() -> None:
    layer = Maxout(3)  # two units; unit 0 has the pieces 5, 5, 1 and unit 1 the pieces 0, 2, 2
    y, cache = layer.forward(np.array([[5.0, 0.0, 5.0, 2.0, 1.0, 2.0]]))
    assert y.tolist() == [[5, 2]]
    assert layer.backward(np.array([[10.0, 20.0]]), cache)[0].tolist() == [[10, 0, 0, 20, 0, 0]]


def test_the_slope_of_a_sigmoid_lives_on_in_both_tails_in_float32() -> None:
    x = np.float32([-20, 20])
    dx, _ = Sigmoid().backward(np.ones_like(x), Sigmoid().forward(x)[1])
    np.testing.assert_allclose(dx, 2.0611536e-09, rtol=1e-6)


def test_running_variance_is_biased_and_decay_is_the_share_that_stays() -> None:
    layer = BatchNorm(1, double(), decay=0.75)
    layer.forward(np.array([[1.0], [5.0]]))  # mean 3; variance 4 by 1/n, 8 by 1/(n-1)
    assert layer.buffers["running_mean"].tolist() == [0.25 * 3]
    assert layer.buffers["running_var"].tolist() == [0.75 * 1 + 0.25 * 4]


def test_batchnorm_evaluates_by_its_running_statistics_and_keeps_them() -> None:
    layer = BatchNorm(1, double(), eps=1.0)
    layer.buffers["running_mean"][...] = 2
    layer.buffers["running_var"][...] = 15
    y, cache = layer.forward(np.array([[10.0]]), train=False)
    assert y.tolist() == [[2.0]]  # (10 - 2) / √(15 + 1)
    dx, grads = layer.backward(np.array([[4.0]]), cache)
    assert dx.tolist() == [[1.0]]  # the statistics are constants: γ/s · dy
    assert grads["gamma"].tolist() == [8.0]
    assert grads["beta"].tolist() == [4.0]
    assert layer.buffers["running_mean"].tolist() == [2]
    assert layer.buffers["running_var"].tolist() == [15]


def test_a_channel_is_one_channel_at_all_pixels() -> None:
    rng = np.random.default_rng(0)
    x = 3 + rng.normal(size=(4, 5, 6, 2)) * np.array([1.0, 10.0])
    layer = BatchNorm(2, double(), eps=1e-12)
    y, _ = layer.forward(x)
    np.testing.assert_allclose(y.mean(axis=(0, 1, 2)), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=(0, 1, 2)), 1, rtol=1e-9)
    assert y.mean(axis=0).std() > 0.1  # a single pixel is not centred over the batch
    np.testing.assert_allclose(layer.buffers["running_mean"], 0.01 * x.mean(axis=(0, 1, 2)))


def test_a_second_number_is_not_taken_for_eps() -> None:
    with pytest.raises(TypeError, match="positional"):
        BatchNorm(3, double(), 0.8)  # type: ignore[misc]
    assert BatchNorm(3, double()).eps == 1e-5
    assert BatchNorm(3, double()).decay == 0.99


def test_dropout_scales_in_training_and_does_nothing_in_evaluation() -> None:
    layer = Dropout(0.75, double())
    x = np.ones(100_000)
    y, _ = layer.forward(x)
    assert set(y.tolist()) == {0.0, 4.0}
    assert abs(y.mean() - 1) < 5 * np.sqrt(3 / 100_000)  # E[y] = x; the variance of y is 3
    np.testing.assert_array_equal(layer(x), x)


def test_dropout_of_an_array_of_many_blocks_is_what_it_is_of_one() -> None:
    x = Random(1).normal((WHOLE + 1,))
    layer = Dropout(0.5, Random(0))
    y, mask = layer.forward(x)
    assert y.dtype == np.float32
    np.testing.assert_array_equal(y, np.where(mask, 2 * x, 0))


def test_dropout_gives_back_the_mask_of_its_own_forward() -> None:
    layer = Dropout(0.5, double())
    x = np.ones((10, 10))
    (y1, cache1), (y2, cache2) = layer.forward(x), layer.forward(x)
    assert not np.array_equal(y1, y2)
    np.testing.assert_array_equal(layer.backward(x, cache1)[0], y1)
    np.testing.assert_array_equal(layer.backward(x, cache2)[0], y2)


@pytest.mark.parametrize(
    "layer", [ReLU(), LeakyReLU(0.2), Sigmoid(), Dropout(0.5, double()), BatchNorm(3, double())]
)
@pytest.mark.parametrize("train", [True, False])
def test_the_callers_arrays_stay_as_they_are(layer: Layer, train: bool) -> None:
    x, dy = double().normal((4, 3)), double().child("dy").normal((4, 3))
    kept = x.copy(), dy.copy()
    _, cache = layer.forward(x, train)
    layer.backward(dy, cache)
    layer.backward(dy, cache)
    np.testing.assert_array_equal(x, kept[0])
    np.testing.assert_array_equal(dy, kept[1])


def test_a_network_that_is_called_evaluates() -> None:
    net = Sequential(Dropout(0.5, double()), Sequential(Dropout(0.5, double())))
    x = np.ones((4, 3))
    assert net(x).tolist() == net.forward(x, train=False)[0].tolist() == x.tolist()
    assert net.forward(x)[0].tolist() != x.tolist()


def test_flatten_and_reshape_run_through_the_last_axis_fastest() -> None:
    image = np.arange(12.0).reshape(1, 2, 3, 2)
    assert Flatten()(image).tolist() == [list(range(12))]
    np.testing.assert_array_equal(Reshape((2, 3, 2))(Flatten()(image)), image)


def test_numpy_scalars_as_settings_leave_float32_alone() -> None:
    rng = Random(0)
    x = rng.normal((4, 3))
    for layer in (
        LeakyReLU(np.float64(0.2)),
        BatchNorm(3, rng, decay=np.float64(0.9), eps=np.float64(1e-3)),
        Dropout(np.float64(0.5), rng),
    ):
        y, cache = layer.forward(x)
        dx, grads = layer.backward(y, cache)
        assert {a.dtype.name for a in (y, dx, *grads.values())} == {"float32"}, layer
    assert normal(np.sqrt(2 / 9))(rng, (3, 3)).dtype == "float32"
