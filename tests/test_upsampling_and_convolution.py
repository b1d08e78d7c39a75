"""UpSampling2D followed by a convolution, as one network and as two layers: the same in every way.

A network may compute the two together, at the low resolution. Nobody may notice, other than by the
clock and by the last digits, whose rounding test_fast_patches.py explains.
"""

from copy import copy

import numpy as np
import pytest
from fast_settings import fast
from hypothesis import example, given, settings
from hypothesis import strategies as st

from minigan.activations import LeakyReLU
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.dense import Dense
from minigan.layer import Sequential
from minigan.optimizers import SGD
from minigan.reshape import Reshape
from minigan.upsampling import UpSampling2D


@pytest.fixture(scope="module", autouse=True, params=["one block", "many blocks"])
def fast_for_all_sizes(request):
    with fast() if request.param == "one block" else fast(block=300, threads=2):
        yield


KINDS = {"Conv2D": Conv2D, "ConvTranspose2D": ConvTranspose2D}
both_kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def drawn_bias(rng, shape):
    return rng.normal(shape)


@st.composite
def nets(draw):
    """(factor, kind, kernel, options, shape of x, channels out, seed)"""
    factor = draw(st.one_of(st.integers(1, 3), st.tuples(st.integers(1, 3), st.integers(1, 3))))
    kernel = draw(st.one_of(st.integers(1, 6), st.tuples(st.integers(1, 6), st.integers(1, 6))))
    kind = draw(st.sampled_from(list(KINDS.values())))
    sides = st.tuples(st.integers(0, 2), st.integers(0, 2))
    options = {
        "pad": draw(st.one_of(st.just("same"), st.just("same"), st.tuples(sides, sides))),
        "stride": draw(st.sampled_from([1, 1, 1, 1, 2, (1, 3)])),
        "bias": draw(st.booleans()),
    }
    # 6 pixels: enough for every kernel without padding, and more than any padding cuts off
    m, h, w, c = (draw(st.integers(*limits)) for limits in ((1, 4), (6, 8), (6, 8), (1, 4)))
    c_out, seed = draw(st.integers(1, 4)), draw(st.integers(0, 2**31))
    return factor, kind, kernel, options, (m, h, w, c), c_out, seed


def make(case, dtype="float64"):
    """The two layers, and an x."""
    factor, kind, kernel, options, shape, c_out, seed = case
    rng = Random(seed, dtype=dtype)
    conv = kind(shape[3], c_out, kernel, rng, b=drawn_bias, **options)
    return UpSampling2D(factor), conv, rng.normal(shape)


def one_by_one(up, conv, x, dy_of, train=True):
    """y, dx, dW and db by the two layers, each called for itself."""
    h, cache_up = up.forward(x, train)
    y, cache = conv.forward(h, train)
    dh, grads = conv.backward(dy_of(y), cache)
    dx, _ = up.backward(dh, cache_up)
    return {"y": y, "x": dx} | grads


def as_a_network(up, conv, x, dy_of, train=True):
    y, tape = Sequential(up, conv).forward(x, train)
    dx, grads = Sequential(up, conv).backward(dy_of(y), tape)
    return {"y": y, "x": dx} | {name.removeprefix("1."): g for name, g in grads.items()}


def random_dy(y):
    return np.random.default_rng(7).normal(size=y.shape).astype(y.dtype)


CUT = {"pad": ((0, 0), (1, 0)), "stride": 1, "bias": False}  # off y: no convolution pads less


@settings(deadline=None, max_examples=150)
@given(case=nets(), train=st.booleans())
@example(case=(1, ConvTranspose2D, 1, CUT, (1, 6, 6, 1), 1, 0), train=True)
@example(case=(2, ConvTranspose2D, (2, 3), CUT, (2, 6, 7, 2), 3, 1), train=True)
def test_one_network_equals_two_layers_to_1e_12(case, train):
    up, conv, x = make(case)
    expected = one_by_one(up, conv, x, random_dy, train)
    actual = as_a_network(up, conv, x, random_dy, train)
    assert actual.keys() == expected.keys()
    for name, wanted in expected.items():
        scale = max(abs(wanted).max(), 1)
        np.testing.assert_allclose(actual[name], wanted, rtol=0, atol=1e-12 * scale, err_msg=name)


def cast(conv, change):
    """The same convolution with changed parameters."""
    other = copy(conv)
    other.params = {name: change(theta) for name, theta in conv.params.items()}
    return other


@settings(deadline=None, max_examples=100)
@given(nets())
def test_one_network_equals_two_layers_within_float32_rounding(case):
    up, conv, x = make(case, "float32")
    actual = as_a_network(up, conv, x, random_dy)
    dy, x = random_dy(actual["y"]).astype(float), x.astype(float)
    conv = cast(conv, lambda theta: theta.astype(float))
    exact = one_by_one(up, conv, x, lambda y: dy)
    sums = one_by_one(up, cast(conv, abs), abs(x), lambda y: abs(dy))  # Σ|terms|
    taps, block = np.prod(conv.window.kernel), np.prod(up.factor)
    positions = max(dy[..., 0].size, x[..., 0].size * block)
    terms = {"y": taps * x.shape[3] + 1, "x": block * taps * dy.shape[3]}
    for name, size in sums.items():
        assert actual[name].dtype == np.float32
        bound = terms.get(name, positions) * 2.0**-24 * size
        assert (abs(actual[name] - exact[name]) <= bound).all(), name


@both_kinds
def test_what_is_not_needed_is_not_given(kind):
    rng = Random(0)
    net = Sequential(UpSampling2D(2), kind(3, 2, 5, rng))
    y, tape = net.forward(rng.normal((2, 4, 4, 3)))
    dx, grads = net.backward(y, tape)
    none, same_grads = net.backward(y, tape, need_dx=False)
    same_dx, empty = net.backward(y, tape, need_grads=False)
    assert none is None
    assert empty == {}
    np.testing.assert_allclose(same_dx, dx, rtol=1e-5, atol=1e-5)
    assert same_grads.keys() == grads.keys() == {"1.W", "1.b"}
    for name in grads:
        np.testing.assert_allclose(same_grads[name], grads[name], rtol=1e-5, atol=1e-5)
    assert net.backward(y, tape, need_dx=False, need_grads=False) == (None, {})


@both_kinds
def test_two_tapes_at_once(kind):
    """D runs on x and on G(z) before it is differentiated: each tape remembers its own run."""
    rng = Random(0, dtype="float64")
    up, conv = UpSampling2D(2), kind(2, 3, 5, rng)
    net = Sequential(up, conv)
    xs = [rng.normal((3, 4, 5, 2)), rng.normal((2, 6, 3, 2))]
    runs = [net.forward(x) for x in xs]
    for x, (y, tape) in [*zip(xs, runs, strict=True)][::-1] * 2:
        expected = one_by_one(up, conv, x, random_dy)
        dx, grads = net.backward(random_dy(y), tape)
        np.testing.assert_allclose(y, expected["y"], rtol=1e-11, atol=1e-12)
        np.testing.assert_allclose(dx, expected["x"], rtol=1e-11, atol=1e-12)
        np.testing.assert_allclose(grads["1.W"], expected["W"], rtol=1e-11, atol=1e-12)


@both_kinds
def test_weights_that_moved_are_used_at_once(kind):
    rng = Random(0, dtype="float64")
    up, conv = UpSampling2D(2), kind(2, 3, 5, rng)
    net, x = Sequential(up, conv), rng.normal((2, 4, 4, 2))
    optimizer = SGD(net, 0.1)
    for _ in range(3):
        y, tape = net.forward(x)
        expected = one_by_one(up, conv, x, lambda y: y)
        np.testing.assert_allclose(y, expected["y"], rtol=1e-11, atol=1e-12)
        dx, grads = net.backward(y, tape)
        np.testing.assert_allclose(dx, expected["x"], rtol=1e-11, atol=1e-12)
        optimizer.descend(grads)  # in place
    conv.params["W"] = conv.params["W"] + 1  # and whoever replaces the array is believed
    np.testing.assert_allclose(net(x), conv(up(x)), rtol=1e-11, atol=1e-12)


@both_kinds
def test_in_the_middle_of_a_network(kind):
    rng = Random(0, dtype="float64")
    layers = [
        *(Dense(3, 32, rng), Reshape((4, 4, 2)), BatchNorm(2, rng), LeakyReLU(0.2)),
        *(UpSampling2D(2), kind(2, 3, 5, rng), BatchNorm(3, rng), LeakyReLU(0.2)),
        *(UpSampling2D((1, 2)), UpSampling2D(2), kind(3, 1, 4, rng), UpSampling2D(2)),
    ]
    z = rng.normal((5, 3))
    for train in (True, False):
        h, caches = z, []
        for layer in layers:
            h, cache = layer.forward(h, train)
            caches.append(cache)
        dy = random_dy(h)
        y, tape = Sequential(*layers).forward(z, train)
        np.testing.assert_allclose(y, h, rtol=1e-10, atol=1e-11)
        dx, grads = Sequential(*layers).backward(dy, tape)
        for i, layer in [*enumerate(layers)][::-1]:
            dy, wanted = layer.backward(dy, caches[i])
            for name, g in wanted.items():
                np.testing.assert_allclose(grads[f"{i}.{name}"], g, rtol=1e-9, atol=1e-10)
        np.testing.assert_allclose(dx, dy, rtol=1e-9, atol=1e-10)
        assert Sequential(*layers)(z).shape == y.shape


@both_kinds
def test_the_arguments_stay_as_they_are(kind):
    rng = Random(0)
    net = Sequential(UpSampling2D(2), kind(3, 2, 5, rng))
    x = rng.normal((2, 4, 4, 3))
    for array in (x, *net.params.values()):
        array.flags.writeable = False
    y, tape = net.forward(x)
    dy = random_dy(y)
    dy.flags.writeable = False
    kept = [a.copy() for a in (y, *net.backward(dy, tape)[1].values())]
    net.forward(2 * x)
    np.testing.assert_array_equal(y, kept[0])
    dx, grads = net.backward(dy, tape)
    net.backward(2 * dy, tape)
    assert dx.flags.writeable
    for g, wanted in zip(grads.values(), kept[1:], strict=True):
        np.testing.assert_array_equal(g, wanted)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.ones((2, 4, 4, 1)), "x has 1 channel in shape (2, 8, 8, 1), expected (m, h, w, 3)."),
        (np.ones((2, 4, 3)), "UpSampling2D(2×2): x has shape (2, 4, 3), expected (m, h, w, c)."),
        (np.ones((2, 4, 4, 3), "float32"), "x is float32 but W is float64; convert x, or draw the"),
        (np.ones((2, 4, 4, 3), "int64"), "x is int64, expected float32 or float64; use x.astype"),
    ],
    ids=["channels", "axes", "dtype", "integers"],
)
@both_kinds
def test_the_errors_are_the_layers_own(kind, x, message):
    net = Sequential(UpSampling2D(2), kind(3, 2, 5, Random(0, dtype="float64")))
    with pytest.raises((TypeError, ValueError)) as caught:
        net.forward(x)
    assert message in str(caught.value)


@both_kinds
def test_a_dy_of_the_wrong_shape_is_refused(kind):
    net = Sequential(UpSampling2D(2), kind(3, 2, 5, Random(0)))
    _, tape = net.forward(Random(1).normal((2, 4, 5, 3)))
    with pytest.raises(ValueError, match=r"dy has shape .*, expected \(2, 8, 10, 2\), the "):
        net.backward(np.ones((2, 10, 8, 2), "float32"), tape)
