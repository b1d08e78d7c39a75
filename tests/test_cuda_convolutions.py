"""Convolutions on the device, layers and games: the CPU's numbers, at a stated cost.

The tests with the fixture `cuda` run on a GPU, too, where there is one.
"""

import numpy as np
import pytest
from convolution_drawings import UNEVEN
from cupy_device import DEVICE
from layers_table import LAYERS

from minigan.backend import Random, to_host
from minigan.checks import check_layer
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.cuda import kernels, patches, upsampling
from minigan.layer import Sequential
from minigan.models import MODELS
from minigan.objectives import OBJECTIVES
from minigan.optimizers import SGD
from minigan.rules import RULES
from minigan.upsampling import UpSampling2D

WORDS = ("Conv", "Upsampl", "UpSampling")
ROWS = [row for row in LAYERS if any(word in row[0] for word in WORDS)]
each_layer = pytest.mark.parametrize(
    ("make", "shape"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
CONVOLUTIONAL = [name for name in MODELS if name.startswith("dcgan")]


def forward_and_backward(make, shape, device):
    rng = Random(7, device, "float64")
    layer = make(rng)
    y, cache = layer.forward(rng.normal(shape))
    dx, grads = layer.backward(rng.normal(y.shape), cache)
    return {"y": y, "dx": dx} | grads


@each_layer
def test_a_layer_gives_the_numbers_of_the_cpu(cuda, make, shape):
    """To 1e-10 in float64, by kernels as by the plain formulas."""
    here = forward_and_backward(make, shape, "cpu")
    there = forward_and_backward(make, shape, "cuda")
    assert there.keys() == here.keys()
    for name, expected in here.items():
        actual = to_host(there[name])
        scale = abs(expected).max(initial=1)
        np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-10 * scale, err_msg=name)


GRADIENTS = {
    "Conv2D": (lambda rng: Conv2D(2, 3, 3, rng, stride=2), (2, 5, 4, 2)),
    "Conv2D to fewer channels": (lambda rng: Conv2D(3, 1, (2, 3), rng), (2, 4, 3, 3)),
    "ConvTranspose2D": (lambda rng: ConvTranspose2D(2, 1, 4, rng, stride=2), (2, 2, 3, 2)),
    "UpSampling2D": (lambda rng: UpSampling2D((2, 3)), (2, 2, 3, 2)),
    "both": (lambda rng: Sequential(UpSampling2D(2), Conv2D(2, 3, 3, rng)), (2, 3, 2, 2)),
}


@pytest.mark.parametrize(("make", "shape"), GRADIENTS.values(), ids=GRADIENTS)
def test_gradients_are_checked_on_the_device(cuda, make, shape):
    assert all(row.verdict == "ok" for row in check_layer(make, shape, device="cuda"))


@pytest.mark.parametrize("name", CONVOLUTIONAL)
def test_every_convolutional_game_is_the_same_on_the_device(cuda, name):
    """With SGD: Adam makes full steps of gradients that are rounding alone (b before BatchNorm)."""
    model = MODELS[name]

    def arrays(device):
        rng = Random(5, device, "float64")
        G, D = model.small_networks(rng)
        shape_z, shape_x = model.input_shapes(model.small_shape, model.small)
        x = rng.uniform((6, *shape_x))
        play = RULES[model.rule](
            G, D, SGD(G, 0.05), SGD(D, 0.05), lambda m: x, lambda m: rng.normal((m, *shape_z)),
            m=6, iterations=3, k=model.k, objective=OBJECTIVES[model.objective],
        )  # fmt: skip
        assert sum(1 for _ in play) == 3
        return G.params | {f"D.{name}": theta for name, theta in D.params.items()} | G.buffers

    here, there = arrays("cpu"), arrays("cuda")
    for key, expected in here.items():
        np.testing.assert_allclose(to_host(there[key]), expected, rtol=1e-10, atol=1e-10)


# --- memory outside the arrays --------------------------------------------------------------------

AROUND = 64  # numbers before and after an array


def guarded(xp, shape, inside, around):
    """An array in the middle of a larger one, and that one."""
    size = int(np.prod(shape))
    whole = xp.ndarray((size + 2 * AROUND,), dtype="float64")
    whole.fill(around)
    array = whole[AROUND : AROUND + size].reshape(shape)
    array[...] = inside
    return array, whole


def computations(xp):
    """Each function that starts a kernel of its own, on arrays with NaN around them."""
    x, W, y = (
        guarded(xp, a.shape, xp.asarray(a), float("nan"))[0] for a in UNEVEN.arrays("float64")
    )
    p = guarded(xp, (2, *y.shape[1:3], 3, 2, 3), 1.5, float("nan"))[0]
    d = guarded(xp, (2, 3, 2, 2 * 3 * 3), 2.5, float("nan"))[0]
    dy = guarded(xp, (2, 6, 3, 3), 3.5, float("nan"))[0]
    up = UpSampling2D((2, 3))
    return {
        "unfold": lambda: patches.unfold(x, UNEVEN.window),
        "fold": lambda: patches.fold(p, x.shape, UNEVEN.window),
        "gather": lambda: patches.gather(x, W, UNEVEN.window),
        "scatter": lambda: patches.scatter(y, W, x.shape, UNEVEN.window),
        "repeat": lambda: up.forward(x)[0],
        "block_sums": lambda: upsampling.block_sums(dy, (2, 3)),
        "side_by_side": lambda: upsampling.side_by_side(x, (3, 2), (2, 3)),
        "interleave": lambda: upsampling.interleave(d, (5, 4), (2, 3)),
        "both": lambda: _both(x, W, up),
    }


def _both(x, W, up):
    conv = Conv2D(3, 4, (3, 2), Random(0, "cuda", "float64"))
    conv.params["W"] = W
    net = Sequential(up, conv)
    y, tape = net.forward(x)
    dx, grads = net.backward(y, tape)
    return y.sum() + dx.sum() + grads["1.W"].sum()


@pytest.mark.parametrize("name", computations(np))
def test_nothing_is_read_or_written_outside_the_arrays(cuda, name, monkeypatch):
    """And every number of a result is written: it was NaN."""
    if cuda.plain:
        pytest.skip("the plain formulas start no kernels of ours")
    compute = computations(cuda.xp)[name]
    wholes = []

    def empty(shape, dtype):
        array, whole = guarded(cuda.xp, shape, float("nan"), 777.0)
        assert array.dtype == dtype
        wholes.append(whole)
        return array

    monkeypatch.setattr(cuda.xp, "empty", empty, raising=False)
    result = to_host(compute())
    assert wholes
    assert np.isfinite(result).all()
    for whole in map(to_host, wholes):
        assert (whole[:AROUND] == 777).all()
        assert (whole[-AROUND:] == 777).all()


# --- what it costs --------------------------------------------------------------------------------


def launches(make, shape):
    """Forward's and backward's launches, each by name; nothing is uploaded or waited for."""
    rng = Random(0, "cuda")
    layer, x = make(rng), rng.normal(shape)
    y, cache = layer.forward(x)
    counts = []
    for step in (lambda: layer.forward(x), lambda: layer.backward(y, cache)):
        DEVICE.reset()
        step()
        assert not DEVICE.uploads
        assert not DEVICE.syncs
        counts.append(dict(DEVICE.launches))
    return counts


SHAPE = (4, 8, 8, 3)
FEW, MANY = {"sum_strips": 1}, {"sum_strips": 2}  # db, of up to 256 rows and of more
COSTS = {
    "Conv2D": (
        lambda rng: Conv2D(3, 8, 5, rng, stride=2),
        {"unfold": 1, "matmul": 1, "add": 1},
        {"unfold": 1, "matmul": 2, "fold": 1} | FEW,
    ),
    "ConvTranspose2D": (
        lambda rng: ConvTranspose2D(3, 8, 4, rng, stride=2),
        {"matmul": 1, "fold": 1, "add": 1},
        {"unfold": 2, "matmul": 2} | MANY,
    ),
    "Conv2D to fewer channels": (  # and turn the weights, there and back
        lambda rng: Conv2D(3, 2, 5, rng),
        {"ascontiguousarray": 1, "matmul": 1, "fold": 1, "add": 1},
        {"ascontiguousarray": 2, "unfold": 2, "matmul": 2} | FEW,
    ),
    "both": (
        lambda rng: Sequential(UpSampling2D(2), Conv2D(3, 4, 5, rng)),
        {"weights": 1, "unfold": 1, "matmul": 1, "interleave": 1, "add": 1},
        {"side_by_side": 1, "unfold": 1, "matmul": 2, "gradient": 1, "weights": 1, "fold": 1}
        | MANY,
    ),
}


@pytest.mark.parametrize(("make", "forward", "backward"), COSTS.values(), ids=COSTS)
def test_launches_of_a_layer(kernels_double, make, forward, backward):
    assert launches(make, SHAPE) == [forward, backward]


@pytest.mark.parametrize("make", [row[0] for row in COSTS.values()], ids=COSTS)
@pytest.mark.parametrize("shape", [(16, 8, 8, 3), (4, 32, 8, 3), (4, 8, 32, 3)])
def test_there_are_no_more_launches_for_more_pixels(kernels_double, make, shape):
    (forward, backward), (as_before, and_back) = launches(make, shape), launches(make, SHAPE)
    assert backward.pop("sum_strips") <= and_back.pop("sum_strips") + 1
    assert (forward, backward) == (as_before, and_back)


OURS = ("unfold", "fold", "repeat", "interleave", "side_by_side", "weights", "gradient")
# A Conv2D unfolds forward and for dW, and folds for dx; a ConvTranspose2D folds forward and unfolds
# for each of dx and dW. In a step of dcgan D runs three times and G twice; D's first dx is needed
# by G alone. With two of these layers in either player:
UNFOLDS = 3 * 2 + 2 * 2 + 2 * 2  # D forward, dW for both batches, G backward
FOLDS = 2 * 2 + 2 * 1 + 2  # G forward, D's dx twice in its own step and once in G's
STEPS = {
    "dcgan": {"unfold": UNFOLDS, "fold": FOLDS},
    "dcgan-32": {"unfold": 12, "fold": 6, "repeat": 1, "interleave": 1, "side_by_side": 1}
    | {"weights": 2, "gradient": 1},
    "dcgan-upsampling": {"unfold": 22, "fold": 13, "interleave": 4, "side_by_side": 2}
    | {"weights": 6, "gradient": 2},
}


@pytest.mark.parametrize("name", STEPS)
def test_launches_of_a_step(kernels_double, name):
    """Of the kernels of convolutions, whatever the size; a second step uploads only its masks."""
    model, rng = MODELS[name], Random(0, "cuda")
    G, D = model.small_networks(rng)
    shape_z, shape_x = model.input_shapes(model.small_shape, model.small)
    z, x = rng.normal((6, *shape_z)), rng.uniform((6, *shape_x))
    opt_G, opt_D = model.optimizers(G, D)
    play = RULES[model.rule](
        G, D, opt_G, opt_D, lambda m: x, lambda m: z, m=6, iterations=3, k=model.k,
        objective=OBJECTIVES[model.objective],
    )  # fmt: skip
    next(play)
    DEVICE.reset()
    next(play)
    assert {name: n for name, n in DEVICE.launches.items() if name in OURS} == STEPS[name]
    assert not DEVICE.syncs
    if name == "dcgan":  # which has no Dropout
        assert not DEVICE.uploads


def test_plain_starts_no_kernel(double):
    rng = Random(0, "cuda")
    net = Sequential(UpSampling2D(2), Conv2D(3, 4, 5, rng), ConvTranspose2D(4, 2, 3, rng, stride=2))
    y, tape = net.forward(rng.normal(SHAPE))
    net.backward(y, tape)
    assert not {*OURS} & {*DEVICE.launches}
    assert not kernels.on(y)
