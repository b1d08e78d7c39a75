"""Every layer against PyTorch in float64: y, dx, the parameters' gradients and the buffers.

hypothesis draws sizes, options and seeds. PyTorch differentiates by itself, so that nothing of a
backward is written twice. The convolutions have a file of their own (test_conv_torch.py), and so
has minibatch discrimination. Numbers are compared to 10⁻¹¹ of themselves and to 10⁻¹² of 1, the
size of dy, or of the array's largest: terms of that size cancel, behind a BatchNorm to 0.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from fast_settings import both_maps
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import oracle

from minigan.activations import LeakyReLU, ReLU, Sigmoid, Tanh
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.conditional import KeepLabels
from minigan.conv import Conv2D
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.gradcheck import LAYERS
from minigan.initializers import normal
from minigan.layer import Layer, Sequential
from minigan.maxout import Maxout
from minigan.reshape import Flatten, Pack, Reshape
from minigan.several import Discriminators, Generators
from minigan.upsampled import Upsampled
from minigan.upsampling import UpSampling2D

torch = oracle("torch")
F = torch.nn.functional
pytestmark = [pytest.mark.oracle("torch"), pytest.mark.usefixtures(both_maps.__name__)]
quick = settings(deadline=None, max_examples=40)
sizes, seeds = st.integers(1, 7), st.integers(0, 2**31)
shapes = st.lists(sizes, min_size=1, max_size=4).map(tuple)


def compare(layer: Layer, x: np.ndarray, theirs: Callable[..., Any], *, train: bool = True) -> None:
    """y, dx and gradients of the layer, and of theirs(x, params) by autograd, for a random dy."""
    for theta in layer.params.values():  # off the values that they start with
        theta += Random(3, dtype="float64").normal(theta.shape, std=0.3)
    leaves = {name: torch.tensor(a, requires_grad=True) for name, a in layer.params.items()}
    leaves["x"] = torch.tensor(x, requires_grad=True)
    out = theirs(leaves["x"], leaves)
    y, cache = layer.forward(x, train)
    dy = Random(5, dtype="float64", stream="dy").normal(y.shape)
    dx, grads = layer.backward(dy, cache)
    ours = grads | {"x": dx}
    assert ours.keys() == leaves.keys()
    found = torch.autograd.grad(out, list(leaves.values()), torch.tensor(dy))
    close(y, out.detach())
    for name, g in zip(leaves, found, strict=True):
        close(ours[name], g, name)


def close(ours: np.ndarray, theirs: Any, name: str = "") -> None:
    theirs = theirs.numpy()
    size = np.abs(theirs).max(initial=1)
    np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-12 * size, err_msg=name)


def drawn(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    return Random(seed, dtype="float64").normal(shape)


@quick
@given(m=sizes, n_in=sizes, n_out=sizes, bias=st.booleans(), seed=seeds)
def test_dense(m: int, n_in: int, n_out: int, bias: bool, seed: int) -> None:
    layer = Dense(n_in, n_out, Random(seed, dtype="float64"), bias=bias)
    compare(layer, drawn(seed, (m, n_in)), lambda x, p: F.linear(x, p["W"].T, p.get("b")))


ACTIVATIONS: dict[str, tuple[Layer, Callable[[Any], Any]]] = {
    "ReLU": (ReLU(), F.relu),
    "LeakyReLU": (LeakyReLU(0.2), lambda x: F.leaky_relu(x, 0.2)),
    "LeakyReLU(0.001)": (LeakyReLU(0.001), lambda x: F.leaky_relu(x, 0.001)),
    "LeakyReLU(0)": (LeakyReLU(0), lambda x: F.leaky_relu(x, 0)),
    "Sigmoid": (Sigmoid(), F.sigmoid),
    "Tanh": (Tanh(), torch.tanh),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
@quick
@given(shape=shapes, seed=seeds, size=st.sampled_from([1e-3, 1, 5]))
def test_activation(name: str, shape: tuple[int, ...], seed: int, size: float) -> None:
    layer, theirs = ACTIVATIONS[name]
    compare(layer, size * drawn(seed, shape), lambda x, p: theirs(x))


@pytest.mark.parametrize("name", ["ReLU", "LeakyReLU", "LeakyReLU(0.001)", "LeakyReLU(0)"])
def test_the_slope_at_the_kink_is_theirs(name: str) -> None:
    layer, theirs = ACTIVATIONS[name]
    compare(layer, np.array([[0.0, -0.0, 1e-300, -1e-300]]), lambda x, p: theirs(x))


@quick
@given(
    shape=st.one_of(
        st.tuples(st.integers(3, 9), sizes), st.tuples(sizes, st.integers(3, 5), *[sizes] * 2)
    ),
    decay=st.floats(0, 0.999),
    eps=st.sampled_from([1e-5, 1e-3, 0.5]),
    mean=st.sampled_from([0.0, 3.0]),
    seed=seeds,
)
def test_batchnorm_and_its_running_statistics(
    shape: tuple[int, ...], decay: float, eps: float, mean: float, seed: int
) -> None:
    """Three batches in training, of which the running statistics keep something, then evaluation.

    PyTorch's running variance averages n/(n-1) of ours: it is asked for one batch's by momentum 1.
    """
    layer = BatchNorm(shape[-1], Random(0, dtype="float64"), decay=decay, eps=eps)
    running = torch.zeros(shape[-1]).double(), torch.ones(shape[-1]).double()
    for i in range(3):
        x = mean + (1 + i) * drawn(seed + i, shape)
        n = x.size // shape[-1]
        of_batch = torch.zeros(shape[-1]).double(), torch.ones(shape[-1]).double()

        def theirs(x: Any, p: Any, of_batch: Any = of_batch) -> Any:
            channels_first = x.movedim(-1, 1)
            y = F.batch_norm(
                *(channels_first, *of_batch, p["gamma"], p["beta"]),
                training=True,
                momentum=1.0,
                eps=eps,
            )
            return y.movedim(1, -1)

        compare(layer, x, theirs)
        for old, new, share in zip(running, of_batch, (1, (n - 1) / n), strict=True):
            old.copy_(decay * old + (1 - decay) * share * new)
        for buffer, expected in zip(layer.buffers.values(), running, strict=True):
            close(buffer, expected)

    def in_evaluation(x: Any, p: Any) -> Any:
        y = F.batch_norm(x.movedim(-1, 1), *running, p["gamma"], p["beta"], eps=eps)
        return y.movedim(1, -1)

    compare(layer, drawn(seed, shape), in_evaluation, train=False)


@quick
@given(m=sizes, units=sizes, pieces=st.integers(1, 5), seed=seeds)
def test_maxout(m: int, units: int, pieces: int, seed: int) -> None:
    def theirs(x: Any, p: Any) -> Any:
        return F.max_pool2d(x.view(m, 1, pieces, units), (pieces, 1)).view(m, units)

    compare(Maxout(pieces), drawn(seed, (m, pieces * units)), theirs)


def test_of_equal_pieces_the_first_wins_as_in_their_max_pooling() -> None:
    x = np.array([[1.0, 5.0, 1.0, 2.0, 1.0, 5.0], [0.0] * 6])  # pieces of 2 units
    compare(Maxout(3), x, lambda x, p: F.max_pool2d(x.view(2, 1, 3, 2), (3, 1)).view(2, 2))


@quick
@given(shape=shapes, rate=st.floats(0, 0.95), seed=seeds, train=st.booleans())
def test_dropout_by_the_same_mask(
    shape: tuple[int, ...], rate: float, seed: int, train: bool
) -> None:
    rng = Random(seed, dtype="float64")
    x, state = drawn(seed, shape), rng.state
    mask = torch.tensor(rng.mask(shape, keep=1 - rate))
    rng.state = state

    def theirs(x: Any, p: Any) -> Any:
        kept = torch.where(mask, x, 0.0) if train and rate else x
        return kept / (1 - rate) if train else kept

    compare(Dropout(rate, rng), x, theirs, train=train)


@quick
@given(m=sizes, h=sizes, w=sizes, c=sizes, k=st.integers(1, 4), seed=seeds)
def test_flatten_reshape_and_pack(m: int, h: int, w: int, c: int, k: int, seed: int) -> None:
    x = drawn(seed, (k * m, h, w, c))
    compare(Flatten(), x, lambda x, p: x.flatten(1))
    compare(Reshape((c, h * w)), x, lambda x, p: x.unflatten(1, (h,)).reshape(k * m, c, h * w))
    compare(Pack(k), x, lambda x, p: torch.cat(x.unflatten(0, (m, k)).unbind(1), dim=-1))
    compare(Pack(k), x[:, 0, 0], lambda x, p: x.reshape(m, k * c))


def block(rng: Random, n_in: int, n_out: int) -> tuple[Layer, ...]:
    return Dense(n_in, n_out, rng), LeakyReLU(0.2), BatchNorm(n_out, rng, eps=1e-3), Tanh()


def their_block(x: Any, p: dict[str, Any], at: str = "") -> Any:
    h = F.leaky_relu(x @ p[f"{at}0.W"] + p[f"{at}0.b"], 0.2)
    h = F.batch_norm(h, None, None, p[f"{at}2.gamma"], p[f"{at}2.beta"], training=True, eps=1e-3)
    return torch.tanh(h)


@quick
@given(m=st.integers(3, 9), n_in=sizes, n_out=sizes, seed=seeds)
def test_sequential_is_the_chain_rule(m: int, n_in: int, n_out: int, seed: int) -> None:
    rng = Random(seed, dtype="float64")
    net = Sequential(*block(rng, n_in, 5), Sequential(*block(rng, 5, n_out)), Dense(n_out, 2, rng))

    def theirs(x: Any, p: Any) -> Any:
        return their_block(their_block(x, p), p, "4.") @ p["5.W"] + p["5.b"]

    compare(net, drawn(seed, (m, n_in)), theirs)


@quick
@given(m=st.integers(3, 9), k=st.integers(0, 4), classes=sizes, n_out=sizes, seed=seeds)
def test_keep_labels(m: int, k: int, classes: int, n_out: int, seed: int) -> None:
    layer = KeepLabels(classes, *block(Random(seed, dtype="float64"), k + classes, n_out))
    compare(
        layer,
        drawn(seed, (m, k + classes)),
        lambda x, p: torch.cat([their_block(x, p), x[:, k:]], dim=1),
    )


@quick
@given(share=st.integers(3, 5), n=st.integers(1, 3), n_in=sizes, seed=seeds)
def test_several_generators_and_discriminators(share: int, n: int, n_in: int, seed: int) -> None:
    rng, x = Random(seed, dtype="float64"), drawn(seed, (n * share, n_in))
    makers = Generators(*(Sequential(*block(rng, n_in, 4)) for _ in range(n)))
    compare(
        makers,
        x,
        lambda x, p: torch.cat([their_block(h, p, f"{i}.") for i, h in enumerate(x.chunk(n))]),
    )
    judges = Discriminators(*(Sequential(*block(rng, n_in, 1)) for _ in range(n)))
    compare(
        judges, x, lambda x, p: torch.cat([their_block(x, p, f"{j}.") for j in range(n)], dim=1)
    )


@quick
@given(
    factor=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    kernel=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    size=st.tuples(sizes, sizes),
    channels=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    seed=seeds,
)
def test_upsampling_and_a_convolution_as_one(
    factor: Any, kernel: Any, size: Any, channels: Any, seed: int
) -> None:
    rng, (kh, kw) = Random(seed, dtype="float64"), kernel
    layer = Upsampled(UpSampling2D(factor), Conv2D(*channels, kernel, rng, b=normal(0.5)))

    def theirs(x: Any, p: Any) -> Any:
        large = F.interpolate(x.permute(0, 3, 1, 2), scale_factor=factor, mode="nearest")
        pads = ((kw - 1) // 2, kw // 2, (kh - 1) // 2, kh // 2)
        W = p["W"].permute(3, 2, 0, 1).contiguous()
        return F.conv2d(F.pad(large, pads), W, p["b"]).permute(0, 2, 3, 1)

    compare(layer, drawn(seed, (2, *size, channels[0])), theirs)


def test_every_layer_is_asked_about() -> None:
    """Here, or in test_conv_torch.py and test_minibatch_torch.py; Activated runs on a GPU alone."""
    text = inspect.getsource(inspect.getmodule(test_dense))
    elsewhere = {name for name in LAYERS if f"{name}(" not in text}
    assert elsewhere == {"ConvTranspose2D", "MinibatchDiscrimination", "Activated"}
