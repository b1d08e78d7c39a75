"""Every piece of the core on a device: the numbers are NumPy's, and nothing is copied in between.

Each test with the fixture `cuda` runs the same lines twice, with arrays of the CPU and with arrays
of device "cuda" (the stand-in, and a GPU where there is one), and compares. Whole trainings are in
test_device_training.py.
"""

import numpy as np
import pytest
from conftest import LEGS_AND_DTYPES
from cupy_device import DEVICE
from fast_settings import plain
from layers_table import LAYERS

from minigan import initializers
from minigan.activations import Tanh, sigmoid, softplus
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.checks import check_layer
from minigan.comparison import GradientError
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.layer import Sequential
from minigan.objectives import OBJECTIVES, value, value_slopes
from minigan.optimizers import SGD, Adam, Momentum, RMSProp
from minigan.penalties import Penalty
from minigan.reshape import Reshape
from minigan.upsampling import UpSampling2D

BY_LAYER = pytest.mark.parametrize(
    ("make", "shape"), [row[1:] for row in LAYERS], ids=[row[0] for row in LAYERS]
)


def moved(layer, rng):
    """The layer with parameters and buffers off their special values (γ = 1, b = 0)."""
    for array in (*layer.params.values(), *layer.buffers.values()):
        array += rng.uniform(array.shape, 0, 0.5)
    return layer


def dropouts(layer):
    """How many masks a forward pass in training draws."""
    if hasattr(layer, "layers"):
        return sum(dropouts(inner) for inner in layer.layers)
    return int(isinstance(layer, Dropout) and layer.rate > 0)


def forward_and_backward(make, shape, train, device, dtype="float32"):
    """Every array that a layer's two passes give: y, dx, the gradients, and its buffers after."""
    rng = Random(7, device, dtype)
    layer = moved(make(rng), rng)
    y, cache = layer.forward(rng.normal(shape), train)
    dx, grads = layer.backward(rng.normal(y.shape), cache)
    return {"y": y, "dx": dx} | grads | layer.buffers


@BY_LAYER
@LEGS_AND_DTYPES
@pytest.mark.parametrize("train", [True, False], ids=["train", "eval"])
def test_a_layer_gives_the_same_numbers_on_the_device(cuda, make, shape, train, dtype):
    with plain():  # the CPU's fast maps round otherwise
        here = forward_and_backward(make, shape, train, "cpu", dtype)
    there = forward_and_backward(make, shape, train, "cuda", dtype)
    assert there.keys() == here.keys()
    for name in here:
        cuda.assert_same(there[name], here[name])


@BY_LAYER
@pytest.mark.parametrize("train", [True, False], ids=["train", "eval"])
def test_a_layer_copies_nothing_but_its_masks(double, make, shape, train):
    rng = Random(7, "cuda")
    layer = make(rng)
    x = rng.normal(shape)
    dy = rng.normal(layer(x).shape)
    DEVICE.reset()
    _, cache = layer.forward(x, train)
    layer.backward(dy, cache)
    assert not DEVICE.syncs
    assert not DEVICE.downloads
    assert DEVICE.uploads.total() == (dropouts(layer) if train else 0)


@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (lambda rng: Dense(4, 3, rng), (5, 4)),
        (lambda rng: BatchNorm(4, rng), (5, 4)),
        (lambda rng: Conv2D(4, 3, 3, rng), (5, 6, 6, 4)),
        (lambda rng: ConvTranspose2D(4, 3, 3, rng), (5, 6, 6, 4)),
    ],
    ids=["Dense", "BatchNorm", "Conv2D", "ConvTranspose2D"],
)
def test_a_layer_on_one_device_refuses_an_x_from_the_other(cuda, make, shape):
    here, there = Random(0), Random(0, "cuda")
    with pytest.raises(TypeError, match=r"x is on 'cpu' but \w+ is on 'cuda'; draw both"):
        make(there).forward(here.normal(shape))
    with pytest.raises(TypeError, match=r"x is on 'cuda' but \w+ is on 'cpu'; draw both"):
        make(here).forward(there.normal(shape))


@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (lambda rng: Dense(3, 2, rng), (4, 3)),
        (lambda rng: Dropout(0.5, rng), (4, 3)),
        (lambda rng: Conv2D(2, 2, 3, rng, stride=2), (2, 4, 3, 2)),
        (lambda rng: ConvTranspose2D(2, 1, 4, rng, stride=2), (2, 2, 3, 2)),
        (lambda rng: UpSampling2D(2), (2, 2, 3, 2)),
    ],
    ids=["Dense", "Dropout", "Conv2D", "ConvTranspose2D", "UpSampling2D"],
)
def test_gradient_checks_run_on_the_device(cuda, make, shape):
    rows = check_layer(make, shape, device="cuda")
    assert [row.name for row in rows] == [row.name for row in check_layer(make, shape)]


def test_a_wrong_backward_is_caught_on_the_device(cuda):
    class Doubled(Tanh):
        def backward(self, dy, cache, **needs):
            dx, grads = super().backward(dy, cache, **needs)
            return 2 * dx if needs.get("need_dx", True) else None, grads

    with pytest.raises(GradientError, match="Doubled"):
        check_layer(lambda rng: Doubled(), (3, 2), device="cuda")


def test_summary_is_the_same_on_the_device(cuda):
    def table(device):
        rng = Random(0, device)
        return Sequential(Dense(4, 3, rng), BatchNorm(3, rng), Reshape((1, 3))).summary((4,))

    assert table("cuda") == table("cpu")


# --- objectives, penalties, initial values, optimizers --------------------------------------------

LOGITS = np.array([[-1e4], [-20], [-0.5], [0], [0.5], [20], [1e4]], dtype=np.float32)


@LEGS_AND_DTYPES
def test_objectives_are_the_same_on_the_device(cuda, dtype):
    x, y = LOGITS.astype(dtype), LOGITS[::-1].astype(dtype)
    a, b = cuda.xp.asarray(x), cuda.xp.asarray(y)
    cuda.assert_same(sigmoid(a), sigmoid(x))
    cuda.assert_same(softplus(a), softplus(x))
    cuda.assert_same(value(a, b), np.asarray(value(x, y)))
    for there, here in zip(value_slopes(a, b), value_slopes(x, y), strict=True):
        cuda.assert_same(there, here)
    for objective in OBJECTIVES.values():
        cuda.assert_same(objective.loss(a), np.asarray(objective.loss(x)))
        cuda.assert_same(objective.slope(a), objective.slope(x))


@LEGS_AND_DTYPES
def test_penalties_are_the_same_on_the_device(cuda, dtype):
    penalty, W = Penalty(0.3, 0.2), np.array([[3, -1, 0], [0.5, -2, 1]], dtype=dtype)
    cuda.assert_same(penalty.value(cuda.xp.asarray(W)), np.asarray(penalty.value(W)))
    cuda.assert_same(penalty.gradient(cuda.xp.asarray(W)), penalty.gradient(W))


@LEGS_AND_DTYPES
@pytest.mark.parametrize(
    "init",
    [
        initializers.glorot_uniform,
        initializers.glorot_normal,
        initializers.he_uniform,
        initializers.he_normal,
        initializers.normal(),
        initializers.uniform(0.05),
        initializers.zeros,
    ],
)
def test_initial_values_are_the_same_on_the_device(cuda, init, dtype):
    there, here = (init(Random(4, device, dtype), (6, 5)) for device in ("cuda", "cpu"))
    cuda.assert_same(there, here)


OPTIMIZERS = {
    "SGD": lambda net: SGD(net, 0.1),
    "Momentum": lambda net: Momentum(net, 0.1, 0.5),
    "Momentum on a schedule": lambda net: Momentum(net, lambda t: 0.1 / (1 + t), lambda t: t / 9),
    "RMSProp": lambda net: RMSProp(net, 0.01),
    "Adam": lambda net: Adam(net, 0.01),
    "Adam with eps_hat": lambda net: Adam(net, 0.01, eps_hat=1e-7),
    "Adam with penalties": lambda net: Adam(net, 0.01, penalty=Penalty(0.1, 0.1)),
}


@LEGS_AND_DTYPES
@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS.keys())
def test_optimizers_take_the_same_steps_on_the_device(cuda, make, dtype):
    def arrays(device):
        rng = Random(2, device, dtype)
        net = Sequential(Dense(4, 3, rng), BatchNorm(3, rng), Dense(3, 1, rng))
        optimizer = make(net)
        for move in (optimizer.ascend, optimizer.ascend, optimizer.descend, optimizer.ascend):
            move({name: rng.normal(theta.shape) for name, theta in net.params.items()})
        return net.params | optimizer.state

    here, there = arrays("cpu"), arrays("cuda")
    assert there.keys() == here.keys()
    for name in here:
        cuda.assert_same(there[name], here[name])


def test_an_optimizer_step_copies_nothing(double):
    rng = Random(2, "cuda")
    net = Dense(4, 3, rng)
    grads = {name: rng.normal(theta.shape) for name, theta in net.params.items()}
    for make in OPTIMIZERS.values():
        DEVICE.reset()
        make(net).descend(grads)
        assert DEVICE.launches
        assert not DEVICE.uploads
        assert not DEVICE.syncs


def test_slopes_for_smooth_labels_are_the_same_on_the_device(cuda):
    there = value_slopes(cuda.xp.asarray(LOGITS), cuda.xp.asarray(LOGITS[::-1]), smooth=0.9)
    for a, b in zip(there, value_slopes(LOGITS, LOGITS[::-1], smooth=0.9), strict=True):
        cuda.assert_same(a, b)
