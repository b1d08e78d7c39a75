"""A layer and the activation after it as one: which are joined, and that nothing else changes."""

from contextlib import nullcontext

import numpy as np
import pytest
import standin
from cupy_device import DEVICE
from fast_settings import plain as plain_maps

from minigan.activations import LeakyReLU, ReLU, Sigmoid, Tanh
from minigan.backend import Random, to_host
from minigan.batchnorm import BatchNorm
from minigan.bench.flops import stages
from minigan.bench.meter import Meter, watched
from minigan.chains import Activated
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.cuda import kernels
from minigan.cuda.channel_sums import FEW
from minigan.dense import Dense
from minigan.doctor.units import shown
from minigan.dropout import Dropout
from minigan.initializers import normal
from minigan.layer import Sequential
from minigan.reshape import Reshape
from minigan.upsampled import Upsampled
from minigan.upsampling import UpSampling2D

ACTIVATIONS = [ReLU(), LeakyReLU(0.2), Sigmoid(), Tanh()]
BY_ACTIVATION = pytest.mark.parametrize("phi", ACTIVATIONS, ids=repr)
FIRST = {  # make, shape of x; over FEW rows the sums are those of strips
    "Dense": (lambda rng: Dense(3, 4, rng, b=normal(0.5)), (6, 3)),
    "Dense, 1 to 1": (lambda rng: Dense(1, 1, rng, b=normal(0.5)), (FEW + 30, 1)),
    "Conv2D": (lambda rng: Conv2D(2, 3, 3, rng, b=normal(0.5)), (2, 4, 3, 2)),
    "Conv2D, many": (lambda rng: Conv2D(1, 3, 2, rng, b=normal(0.5)), (5, 9, 8, 1)),
    "ConvTranspose2D": (
        lambda rng: ConvTranspose2D(2, 1, 4, rng, stride=2, b=normal(0.5)),
        (3, 2, 3, 2),
    ),
    "Upsampled": (
        lambda rng: Upsampled(UpSampling2D(2), Conv2D(1, 3, 3, rng, b=normal(0.5))),
        (2, 3, 2, 1),
    ),
    "BatchNorm": (lambda rng: BatchNorm(3, rng, eps=1e-3), (5, 3)),
    "BatchNorm, many": (lambda rng: BatchNorm(2, rng, decay=0.5), (5, 9, 8, 2)),
}
BY_FIRST = pytest.mark.parametrize(("make", "shape"), FIRST.values(), ids=FIRST.keys())


kernels_double = standin.kernels_double  # conftest.py's, which mutants do without


def generator(device):
    rng = Random(0, device, "float64")
    return Sequential(
        *(Dense(3, 8, rng), LeakyReLU(0.2), BatchNorm(8, rng), ReLU(), Reshape((2, 2, 2))),
        *(UpSampling2D(2), Conv2D(2, 3, 3, rng), Tanh(), Dropout(0.2, rng)),
        *(Conv2D(3, 2, 3, rng, bias=False), ReLU(), BatchNorm(2, rng), BatchNorm(2, rng)),
    )


# --- what is joined -------------------------------------------------------------------------------


def test_a_network_on_a_gpu_joins_biases_and_batchnorms_with_activations(
    kernels_double,
):
    net = generator("cuda")
    assert [(position, repr(layer)) for position, layer in net.plan] == [
        (0, "Dense(3 → 8) + LeakyReLU(0.2)"),
        (2, "BatchNorm(8) + ReLU()"),
        (4, "Reshape(2×2×2)"),
        (6, "UpSampling2D(2×2) + Conv2D(2 → 3) + Tanh()"),
        (8, "Dropout(0.2)"),
        (9, "Conv2D(3 → 2)"),
        (10, "ReLU()"),
        (11, "BatchNorm(2)"),
        (12, "BatchNorm(2)"),
    ]


def test_on_the_cpu_nothing_is_joined_with_an_activation():
    net = generator("cpu")
    assert not any(isinstance(layer, Activated) for _, layer in net.plan)


def test_a_class_derived_from_a_layer_runs_by_its_own_code(kernels_double):
    class Louder(Dense):
        def forward(self, x, train=True):
            y, cache = super().forward(x, train)
            return 10 * y, cache

    class Shifted(ReLU):
        def forward(self, x, train=True):
            return super().forward(x - 1, train)

    rng = Random(0, "cuda")
    for layers in ((Louder(2, 2, rng), ReLU()), (Dense(2, 2, rng), Shifted())):
        assert [layer for _, layer in Sequential(*layers).plan] == [*layers]
    with pytest.raises(TypeError, match=r"Shifted\(\) is no activation that kernels know"):
        Activated(Dense(2, 2, rng), Shifted())


# --- what they compute ----------------------------------------------------------------------------


def passes(make, shape, phi, dtype, train=True, device="cuda", joined=True, **needs):
    """Every array of the two passes of a layer and φ."""
    rng = Random(4, device, dtype)
    layer = make(rng)
    for array in (*layer.params.values(), *layer.buffers.values()):
        array += rng.uniform(array.shape, 0, 0.5)
    x = rng.normal(shape)
    chain = Activated(layer, phi) if joined else Sequential(layer, phi)
    y, cache = chain.forward(x, train)
    dy = rng.normal(y.shape)
    dx, grads = chain.backward(dy, cache, **needs)
    grads = {name.removeprefix("0."): array for name, array in grads.items()}
    return {"y": y, "dx": dx} | grads | layer.buffers


@BY_FIRST
@BY_ACTIVATION
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_joined_layer_gives_the_numbers_of_the_two(cuda, make, shape, phi, dtype):
    for train in (True, False):
        with plain_maps():  # the CPU's fast maps round otherwise
            here = passes(make, shape, phi, dtype, train, "cpu", joined=False)
        there = passes(make, shape, phi, dtype, train)
        assert there.keys() == here.keys()
        for name, array in there.items():
            cuda.assert_same(array, here[name])


@BY_FIRST
@pytest.mark.parametrize("need_dx", [True, False])
@pytest.mark.parametrize("need_grads", [True, False])
def test_what_is_not_needed_is_not_there_and_the_rest_is_the_same(
    kernels_double, make, shape, need_dx, need_grads
):
    all_of_it = passes(make, shape, Tanh(), "float64")
    some = passes(make, shape, Tanh(), "float64", need_dx=need_dx, need_grads=need_grads)
    assert (some.pop("dx") is None) == (not need_dx)
    names = {"y", "running_mean", "running_var"} & set(all_of_it)
    assert set(some) == (set(all_of_it) - {"dx"} if need_grads else names)
    for name, array in some.items():
        np.testing.assert_allclose(to_host(array), to_host(all_of_it[name]), rtol=1e-12)


def test_a_network_of_joined_layers_is_the_one_of_the_cpu(cuda):
    def arrays(device):
        net = generator(device)
        x = Random(1, device, "float64").normal((5, 3))
        y, tape = net.forward(x)
        dx, grads = net.backward(Random(2, device, "float64").normal(y.shape), tape)
        return {"y": y, "dx": dx, "eval": net(x)} | grads | net.buffers

    with plain_maps():
        here = arrays("cpu")
    there = arrays("cuda")
    assert [*there] == [*here]
    for name in here:
        cuda.assert_same(there[name], here[name])


def test_at_a_kink_the_slope_is_the_negative_sides(kernels_double):
    x = kernels_double.asarray(np.array([[-1.0], [0.0], [2.0]]))
    for phi, slopes in ((ReLU(), [0, 0, 1]), (LeakyReLU(0.25), [0.25, 0.25, 1])):
        dense = Dense(1, 1, Random(0, "cuda", "float64"))
        dense.params["W"][...] = 1
        layer = Activated(dense, phi)
        _, cache = layer.forward(x)
        dx, grads = layer.backward(kernels_double.ones_like(x), cache)
        assert to_host(dx)[:, 0].tolist() == slopes
        assert to_host(grads["b"]).tolist() == [sum(slopes)]


@BY_FIRST
@BY_ACTIVATION
def test_either_backward_takes_either_cache(kernels_double, make, shape, phi):
    rng = Random(4, "cuda", "float64")
    layer, x, found = Activated(make(rng), phi), rng.normal(shape), []
    for plain in (True, False):
        with kernels.plain() if plain else nullcontext():
            y, cache = layer.forward(x)
        dy = Random(5, "cuda", "float64").normal(y.shape)
        for again in (True, False):
            with kernels.plain() if again else nullcontext():
                dx, grads = layer.backward(dy, cache)
            found.append([to_host(a) for a in (y, dx, *grads.values())])
    for others in found[1:]:
        for a, b in zip(others, found[0], strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-10)


def test_two_tapes_at_once_do_not_disturb_each_other(kernels_double):
    rng = Random(0, "cuda", "float64")
    layer = Activated(Dense(3, 4, rng), Sigmoid())
    x, other, dy = rng.normal((5, 3)), rng.normal((5, 3)), rng.normal((5, 4))
    y, cache = layer.forward(x)
    before = to_host(y)
    expected = to_host(layer.backward(dy, cache)[0])
    layer.forward(other)
    np.testing.assert_array_equal(to_host(y), before)
    np.testing.assert_array_equal(to_host(layer.backward(dy, cache)[0]), expected)


def test_a_parameter_that_is_replaced_is_the_one_that_counts(kernels_double):
    rng = Random(0, "cuda", "float64")
    net = Sequential(Dense(2, 1, rng), ReLU())
    net.layers[0].params["W"] = rng.array([[3.0], [4.0]])
    net.layers[0].params["b"] = rng.array([5.0])
    assert to_host(net(rng.array([[1.0, 2.0]]))).tolist() == [[16.0]]


def test_a_dy_of_another_shape_is_refused(kernels_double):
    rng = Random(0, "cuda")
    for first, shape in ((Dense(3, 2, rng), (4, 3)), (BatchNorm(2, rng), (4, 2))):
        layer = Activated(first, ReLU())
        _, cache = layer.forward(rng.normal(shape))
        with pytest.raises(ValueError, match=r"\+ ReLU\(\): dy has shape \(5, 2\), expected"):
            layer.backward(rng.normal((5, 2)), cache)
    with pytest.raises(ValueError, match="1 value per channel"):
        layer.forward(rng.normal((1, 2)))


# --- what they cost -------------------------------------------------------------------------------


@BY_ACTIVATION
def test_launches_of_a_chain_which_waits_for_nothing(kernels_double, phi):
    rng = Random(0, "cuda")
    dense, norm = Activated(Dense(3, 4, rng), phi), Activated(BatchNorm(3, rng), phi)
    x = rng.normal((6, 3))
    DEVICE.reset()
    y, cache = dense.forward(x)
    assert DEVICE.launches == {"matmul": 1, "add_bias_and_activate": 1}
    DEVICE.reset()
    dense.backward(y, cache)
    assert DEVICE.launches == {"pull_back_and_sum": 1, "matmul": 2}
    DEVICE.reset()
    y, cache = norm.forward(x)
    norm.backward(y, cache)
    assert DEVICE.launches.total() == 4
    assert not DEVICE.syncs
    assert not DEVICE.uploads


@BY_FIRST
@BY_ACTIVATION
def test_threads_may_run_in_any_order(kernels_double, make, shape, phi):
    one = {name: to_host(a) for name, a in passes(make, shape, phi, "float32").items()}
    DEVICE.reversed = True
    for name, array in passes(make, shape, phi, "float32").items():
        np.testing.assert_array_equal(to_host(array), one[name])


def test_a_clock_at_every_stage_changes_nothing(kernels_double):
    net = generator("cuda")
    x = Random(1, "cuda", "float64").normal((5, 3))
    found = stages(net, (3,))
    assert [stage.position for stage in found] == [position for position, _ in net.plan]
    assert sum(stage.parameters for stage in found) == sum(
        a.size for a in (net.params | net.buffers).values()
    )
    y, tape = watched(net, "G", (3,), Meter(lambda: None)).forward(x)
    _, grads = watched(net, "G", (3,), Meter(lambda: None)).backward(y, tape)
    assert grads.keys() == net.params.keys()
    assert net.summary((3,)).count("LeakyReLU(0.2)") == 1


def test_the_doctor_sees_what_goes_into_a_joined_activation(kernels_double):
    net, x = generator("cuda"), Random(1, "cuda", "float64").normal((5, 3))
    seen = []
    with shown(net, (LeakyReLU, ReLU, Tanh), lambda path, layer, x: seen.append(path)):
        net(x)
    assert seen == ["1", "3", "7", "10"]
