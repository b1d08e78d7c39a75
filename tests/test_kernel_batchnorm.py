"""The kernels of channel sums and of BatchNorm, against NumPy and against what they promise."""

import math
from contextlib import nullcontext

import numpy as np
import pytest
import standin
from cupy_device import DEVICE

from minigan.backend import Random, to_host
from minigan.batchnorm import BatchNorm
from minigan.blocks import channel_sum
from minigan.cuda import channel_sums, kernels
from minigan.cuda.channel_sums import FEW
from minigan.cuda.kernels import start

# Rows around the limits: what a thread sums by itself, and one strip more than a whole number.
SHAPES = [(2, 3), (7, 1), (FEW, 5), (FEW + 1, 5), (5 * 64 + 1, 3), (6, 5, 4, 3), (40, 16, 16, 1)]
# Strips of strips: on the CPU BLAS sums so many, and other bits come out.
LONGER = [(300, 16, 16, 1), (25, 30, 30, 3)]
DTYPES = ["float32", "float64"]


kernels_double = standin.kernels_double  # conftest.py's, which mutants do without


# --- sums -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(4,), (0, 3), *SHAPES])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_channel_sum_is_numpys(cuda, shape, dtype):
    x = Random(1, dtype=dtype).normal(shape) + 1
    cuda.assert_same(channel_sum(cuda.xp.asarray(x)), channel_sum(x))


@pytest.mark.parametrize("shape", LONGER)
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_sum_is_off_by_no_more_than_it_says(kernels_double, shape, dtype):
    x = Random(1, dtype=dtype).uniform(shape)
    sums = to_host(channel_sum(kernels_double.asarray(x)))
    rows = x.reshape(-1, shape[-1])
    strips = channel_sums.strip_count(len(rows), shape[-1])
    again = channel_sums.strip_count(strips, shape[-1])
    assert strips > FEW >= again
    h = sum(math.ceil(a / b) for a, b in ((len(rows), strips), (strips, again), (again, 1)))
    u = np.finfo(dtype).eps / 2
    exact = np.array([math.fsum(column) for column in rows.T.tolist()])
    assert (np.abs(sums - exact) <= 1.01 * h * u * np.abs(rows).sum(axis=0, dtype="float64")).all()


@pytest.mark.parametrize("shape", LONGER)
def test_rounding_is_no_worse_than_on_the_cpu(kernels_double, shape):
    errors = {"cpu": [], "cuda": []}
    for seed in range(5):
        x = Random(seed).uniform(shape)
        exact = x.reshape(-1, shape[-1]).sum(axis=0, dtype="float64")
        errors["cpu"] += [*(channel_sum(x) - exact)]
        errors["cuda"] += [*(to_host(channel_sum(kernels_double.asarray(x))) - exact)]
    cpu, gpu = (np.square(errors[device]).mean() ** 0.5 for device in ("cpu", "cuda"))
    assert gpu <= cpu


def test_sums_take_a_launch_and_one_more_a_level(kernels_double):
    for rows, launches in ((1, 1), (FEW, 1), (FEW + 1, 2), (FEW * 64 + 1, 3)):
        x = Random(0, "cuda").normal((rows, 2))
        DEVICE.reset()
        channel_sum(x)
        assert DEVICE.launches == {"sum_strips": launches}


def test_no_more_threads_than_a_gpu_holds_share_the_rows(kernels_double, monkeypatch):
    monkeypatch.setattr(channel_sums, "MANY", 12)
    x = Random(0).normal((1000, 5))
    assert channel_sums.strip_count(1000, 5) == 3
    np.testing.assert_allclose(
        to_host(channel_sum(kernels_double.asarray(x))), x.sum(axis=0), rtol=1e-5, atol=1e-4
    )


def test_a_view_is_summed_as_it_is_seen(cuda):
    x = Random(1).normal((6, 8))
    cuda.assert_same(channel_sum(cuda.xp.asarray(x)[::2, 1:6]), channel_sum(x[::2, 1:6]))
    cuda.assert_same(channel_sum(cuda.xp.asarray(x).T), channel_sum(x.T))


# --- BatchNorm ------------------------------------------------------------------------------------


def passes(x, dy, train, device="cuda", **options):
    """Every array of BatchNorm's two passes, by name, its parameters and averages moved."""
    rng = Random(3, device, x.dtype.name)
    layer = BatchNorm(x.shape[-1], rng, **options)
    for array in (*layer.params.values(), *layer.buffers.values()):
        array += rng.uniform(array.shape, 0, 0.5)
    y, cache = layer.forward(rng.array(x), train)
    dx, grads = layer.backward(rng.array(dy), cache)
    return {"y": y, "dx": dx} | grads | layer.buffers


def drawn(shape, dtype, mean=0.0):
    rng = Random(5, dtype=dtype)
    return rng.normal(shape) * 2 + mean, rng.normal(shape) + 1


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("train", [True, False], ids=["train", "eval"])
def test_batchnorm_is_numpys(cuda, shape, dtype, train):
    x, dy = drawn(shape, dtype, mean=3)
    here = passes(x, dy, train, "cpu", decay=0.8, eps=1e-3)
    for name, array in passes(x, dy, train, decay=0.8, eps=1e-3).items():
        cuda.assert_same(array, here[name])


@pytest.mark.parametrize("shape", [(FEW, 5), *LONGER])
@pytest.mark.parametrize("train", [True, False], ids=["train", "eval"])
def test_the_kernels_give_batchnorms_numbers(kernels_double, shape, train):
    x, dy = drawn(shape, "float64", mean=3)
    here = passes(x, dy, train, "cpu", decay=0.8, eps=1e-3)
    for name, array in passes(x, dy, train, decay=0.8, eps=1e-3).items():
        scale = np.abs(here[name]).max()
        np.testing.assert_allclose(to_host(array), here[name], rtol=1e-10, atol=1e-10 * scale)


@pytest.mark.parametrize("shape", [(200, 3), *LONGER])
def test_digits_survive_a_mean_of_a_million(kernels_double, shape):
    x, _ = drawn(shape, "float32", mean=1e6)  # float32 still tells 1e6 and 1e6 + 1/16 apart
    layer = BatchNorm(shape[-1], Random(0, "cuda"), decay=0.0)
    y = to_host(layer.forward(kernels_double.asarray(x))[0])
    rows = x.reshape(-1, shape[-1]).astype("float64")
    mean, var = rows.mean(axis=0), rows.var(axis=0)
    exact = (x - mean) / np.sqrt(var + 1e-5)
    np.testing.assert_allclose(y, exact, rtol=0, atol=5e-6)
    np.testing.assert_allclose(to_host(layer.buffers["running_var"]), var, rtol=1e-5)
    np.testing.assert_allclose(to_host(layer.buffers["running_mean"]), mean, rtol=1e-7)


@pytest.mark.parametrize("shape", [(200, 3), LONGER[1]])
def test_the_sum_of_dx_is_0_along_x_hat_only_eps_is_left(kernels_double, shape):
    eps, (x, dy) = 1e-2, drawn(shape, "float64")
    layer = BatchNorm(shape[-1], Random(0, "cuda", "float64"), eps=eps)
    layer.params["gamma"] += 0.5
    _, cache = layer.forward(kernels_double.asarray(x))
    dx, _ = layer.backward(kernels_double.asarray(dy), cache)
    dx, dy, x = (a.reshape(-1, shape[-1]) for a in (to_host(dx), dy, x))
    var = x.var(axis=0)
    s = np.sqrt(var + eps)
    x_hat = (x - x.mean(axis=0)) / s
    size = np.abs(dx).sum(axis=0)
    assert (np.abs(dx.sum(axis=0)) < 1e-13 * size).all()
    left = 1.5 / s * eps / (var + eps) * (dy * x_hat).sum(axis=0)
    np.testing.assert_allclose((dx * x_hat).sum(axis=0), left, rtol=0, atol=1e-12 * size.max())


def test_values_that_are_all_equal_have_no_variance_and_no_nan(cuda):
    for rows in (10, 700):
        x = np.full((rows, 2), 0.1, dtype="float32")
        layer = BatchNorm(2, Random(0, "cuda"), decay=0.0)
        layer.params["beta"] += 0.25
        y, _ = layer.forward(cuda.xp.asarray(x))
        np.testing.assert_allclose(to_host(y), 0.25, atol=1e-5)
        assert (to_host(layer.buffers["running_var"]) >= 0).all()


def test_a_variance_that_rounding_leaves_below_0_is_0(kernels_double):
    def array(*numbers):
        return kernels_double.asarray(np.array(numbers, dtype="float32"))

    numbers, running, zero = array(*5 * [0]), (array(0), array(0)), array(0)
    sums = array(2, 1.9)  # of x - mean and of its squares, over 2 rows: 1.9 / 2 - 1² < 0
    rows, decay, fresh, eps = 2.0, 0.0, 1.0, 1e-6
    start(
        *("batchnorm", "statistics_of_strips", 1, numbers, *running, zero, sums, 2, zero, zero),
        *(rows, decay, fresh, eps),
    )
    assert to_host(running[1]).tolist() == [0.0]
    np.testing.assert_allclose(to_host(numbers)[2], 1e-3, rtol=1e-6)


def test_a_nan_reaches_the_running_averages_of_its_channel_alone(cuda):
    x, _ = drawn((20, 3), "float32")
    x[4, 1] = np.nan
    layer = BatchNorm(3, Random(0, "cuda"))
    y, _ = layer.forward(cuda.xp.asarray(x))
    for array in (to_host(y)[0], *map(to_host, layer.buffers.values())):
        assert np.isnan(array).tolist() == [False, True, False]


def test_one_value_per_channel_is_refused_in_training_alone(cuda):
    layer = BatchNorm(2, Random(0, "cuda"))
    x = cuda.xp.asarray(np.ones((1, 2), dtype="float32"))
    with pytest.raises(ValueError, match=r"^BatchNorm\(2\): x has 1 value per channel in shape"):
        layer.forward(x)
    assert layer(x).shape == (1, 2)


def test_a_dy_of_another_shape_is_refused(kernels_double):
    layer = BatchNorm(2, Random(0, "cuda"))
    _, cache = layer.forward(Random(1, "cuda").normal((4, 2)))
    with pytest.raises(ValueError, match=r"^BatchNorm\(2\): dy has shape \(5, 2\), expected"):
        layer.backward(Random(1, "cuda").normal((5, 2)), cache)


@pytest.mark.parametrize("train", [True, False], ids=["train", "eval"])
@pytest.mark.parametrize("rows", [9, FEW + 50])
def test_either_backward_takes_either_cache(kernels_double, train, rows):
    x, dy = (kernels_double.asarray(a) for a in drawn((rows, 3), "float64", mean=2))
    layer = BatchNorm(3, Random(0, "cuda", "float64"), decay=0.5)
    layer.forward(x)
    found, forms = [], set()
    for plain_forward in (True, False):
        with kernels.plain() if plain_forward else nullcontext():
            _, cache = layer.forward(x, train)
        forms.add(tuple(type(part) for part in cache))
        for plain_backward in (True, False):
            with kernels.plain() if plain_backward else nullcontext():
                dx, grads = layer.backward(dy, cache)
            found.append([to_host(a) for a in (dx, *grads.values())])
    assert len(forms) == 1
    for others in found[1:]:
        for a, b in zip(others, found[0], strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    ("rows", "forward", "backward"), [(2, 2, 2), (FEW, 2, 2), (FEW + 1, 5, 3), (64 * FEW + 1, 7, 4)]
)
def test_launches_of_a_pass_which_waits_for_nothing(kernels_double, rows, forward, backward):
    rng = Random(0, "cuda")
    layer, x = BatchNorm(3, rng), rng.normal((rows, 3))
    DEVICE.reset()
    _, cache = layer.forward(x)
    assert DEVICE.launches.total() == forward
    DEVICE.reset()
    layer(x)
    assert DEVICE.launches == {"running_statistics": 1, "normalise": 1}
    DEVICE.reset()
    layer.backward(x, cache)
    assert DEVICE.launches.total() == backward
    DEVICE.reset()
    layer.backward(x, cache, need_dx=False)
    assert DEVICE.launches.total() == backward - 1
    assert not DEVICE.syncs
    assert not DEVICE.uploads


@pytest.mark.parametrize("shape", [(20, 3), (FEW + 45, 3), LONGER[1]])
@pytest.mark.parametrize("train", [True, False], ids=["train", "eval"])
def test_the_order_of_the_threads_does_not_matter(kernels_double, shape, train):
    x, dy = drawn(shape, "float32")
    one = passes(x, dy, train).values()
    DEVICE.reversed = True
    for a, b in zip(one, passes(x, dy, train).values(), strict=True):
        np.testing.assert_array_equal(to_host(a), to_host(b))


def test_running_averages_are_updated_where_they_lie(kernels_double):
    layer = BatchNorm(2, Random(0, "cuda", "float64"), decay=0.75)
    before = dict(layer.buffers)
    x = np.array([[1.0, 5.0], [3.0, 9.0]])
    layer.forward(kernels_double.asarray(x))
    assert all(layer.buffers[name] is array for name, array in before.items())
    assert to_host(before["running_mean"]).tolist() == [0.5, 1.75]  # 0 + (2, 7) / 4
    assert to_host(before["running_var"]).tolist() == [1.0, 1.75]  # 3/4 + (1, 4) / 4
