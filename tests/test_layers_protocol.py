"""Every layer of the package is in the LAYERS table, and every line of it keeps the protocol."""

import importlib
import inspect
import math
import pkgutil
import re

import numpy as np
import pytest
from layers_table import LAYERS

import minigan
from minigan import gradcheck
from minigan.backend import Random
from minigan.checks import check_layer
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.layer import Layer, Sequential
from minigan.replay import memory, streams

over_layers = pytest.mark.parametrize(
    ("make", "shape"), [line[1:] for line in LAYERS], ids=[line[0] for line in LAYERS]
)
in_both_modes = pytest.mark.parametrize("train", [True, False], ids=["train", "eval"])


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
    exercises = {"Answered", "Watched"}  # somebody else's backward, and a net that notices updates
    ours = {c for c in ours if c.__name__ not in exercises}
    assert {c.__name__ for c in ours} == gradcheck.LAYERS.keys()
    for name, cases in gradcheck.LAYERS.items():
        assert {type(make(Random(0))).__name__ for make, _ in cases} == {name}
    assert len(ours) >= 10  # Dense, four activations, Maxout, BatchNorm, Dropout, two shapes, …


def test_the_ids_of_the_table_differ():
    names = [line[0] for line in LAYERS]
    assert len(set(names)) == len(names)


# What a line of the table buys --------------------------------------------------------------------


@over_layers
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.long)])
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
def test_the_defaults_are_those_of_the_protocol(make, shape):
    """Even where a layer looks at none of them: a class derived from it may."""
    one = make(Random(0))
    forward, backward = (inspect.signature(f).parameters for f in (one.forward, one.backward))
    assert forward["train"].default is True
    assert backward["need_dx"].default is backward["need_grads"].default is True
    assert inspect.signature(one.__call__).parameters["train"].default is False


@over_layers
def test_calling_a_layer_evaluates_it(make, shape):
    layer = make(Random(0))
    x = Random(1).normal(shape)
    np.testing.assert_array_equal(layer(x), layer.forward(x, train=False)[0])


@over_layers
def test_calling_a_layer_with_train_is_its_forward_in_training(make, shape):
    x = Random(1).normal(shape)
    np.testing.assert_array_equal(make(Random(0))(x, train=True), make(Random(0)).forward(x)[0])


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
    assert len(streams(make(Random(0)))) == len(dropouts)


def test_a_stream_that_layers_share_is_found_once():
    one, other = Random(0), Random(1)
    inner = Sequential(Dropout(0.5, other), Dropout(0.5, one))
    assert streams(Sequential(Dropout(0.5, one), inner), inner) == [one, other]


ALONE = [row for row in LAYERS if not re.search("MinibatchD|Generators|compares", row[0])]


@pytest.mark.parametrize(("make", "shape"), [row[1:] for row in ALONE], ids=[r[0] for r in ALONE])
def test_a_large_batch_gives_what_its_parts_give(make, shape):
    """In evaluation no example knows of the others: y and dx lie end to end, grads add up."""
    layer, rng = make(Random(0, dtype="float64")), Random(1, dtype="float64")
    parts = 260 // shape[0] + 1
    x = rng.normal((parts * shape[0], *shape[1:]))
    y, cache = layer.forward(x, train=False)
    dy = rng.normal(y.shape)
    dx, grads = layer.backward(dy, cache)
    ran = []
    for one, its in zip(np.split(x, parts), np.split(dy, parts), strict=True):
        part, cache = layer.forward(one, train=False)
        ran.append((part, *layer.backward(its, cache)))
    np.testing.assert_allclose(y, np.concatenate([part for part, _, _ in ran]), atol=1e-12)
    np.testing.assert_allclose(dx, np.concatenate([part for _, part, _ in ran]), atol=1e-12)
    for name, g in grads.items():
        total = sum(part[name] for _, _, part in ran)
        np.testing.assert_allclose(g, total, rtol=1e-9, atol=1e-11 * parts)


# Sequential, and what it runs ---------------------------------------------------------------------


class Stranger(Dense):
    """One that looks at no dy, and remembers what it was asked for."""

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        self.asked = need_dx, need_grads
        return cache, dict(self.params)


def test_a_layer_says_which_pass_it_lacks():
    with pytest.raises(NotImplementedError, match=r"^Layer has no forward\.$"):
        Layer().forward(np.ones(3))
    with pytest.raises(NotImplementedError, match=r"^Layer has no backward\.$"):
        Layer().backward(np.ones(3), None)


def test_sequential_looks_at_dy_where_no_layer_of_its_own_does():
    net = Sequential(Stranger(2, 3, Random(0)))
    _, tape = net.forward(np.ones((4, 2), np.float32))
    with pytest.raises(ValueError, match=r"Sequential\(1 layers\): dy has shape \(4, 1\)"):
        net.backward(np.ones((4, 1), np.float32), tape)


@pytest.mark.parametrize("need_dx", [True, False])
@pytest.mark.parametrize("need_grads", [True, False])
def test_sequential_asks_its_layers_for_what_it_is_asked_for(need_dx, need_grads):
    """G's step must not pay for the gradient of D's parameters."""
    layer = Stranger(2, 3, Random(0))
    net = Sequential(layer)
    y, tape = net.forward(np.ones((4, 2), np.float32))
    net.backward(y, tape, need_dx=need_dx, need_grads=need_grads)
    assert layer.asked == (need_dx, need_grads)
