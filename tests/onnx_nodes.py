"""ONNX's published node tests, run by minigan's layers.

A node test is a folder: model.onnx, a graph of one node, and its inputs and outputs as tensors. The
files lie in the onnx package, under backend/test/data/node. A function here for each operator takes
the node's attributes and inputs and makes the outputs with minigan. Images are (m, c, h, w) there.

Beside most tests stands an "expanded" one: the same arrays, and a graph that writes the operator
out in others. Those are left out, for they have more than one node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from oracles import oracle

from minigan.activations import LeakyReLU, ReLU, Sigmoid, Tanh, softplus
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.cross_entropy import cross_entropy, softmax
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.layer import Layer
from minigan.optimizers import Adam, Momentum
from minigan.penalties import Penalty
from minigan.reshape import Flatten, Reshape
from minigan.upsampling import UpSampling2D

onnx = oracle("onnx")
FOLDER = Path(onnx.__file__).parent / "backend" / "test" / "data" / "node"
Outputs = list[np.ndarray]
RNG = Random(0)


@cache
def names(operators: frozenset[str]) -> dict[str, str]:
    """The published tests of these operators, and of which one each is."""
    found = {}
    for folder in sorted(FOLDER.iterdir()):
        nodes = onnx.load(folder / "model.onnx", load_external_data=False).graph.node
        if len(nodes) == 1 and nodes[0].op_type in operators:
            found[folder.name.removeprefix("test_")] = nodes[0].op_type
    return found


def read(name: str) -> tuple[str, dict[str, Any], list[Any], Outputs]:
    """The operator, its attributes, and the inputs and outputs; None for an input left out."""
    folder = FOLDER / f"test_{name}"
    (node,) = onnx.load(folder / "model.onnx").graph.node
    attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}

    def tensors(kind: str) -> Outputs:
        n = len(list((folder / "test_data_set_0").glob(f"{kind}_*.pb")))
        files = [folder / "test_data_set_0" / f"{kind}_{i}.pb" for i in range(n)]
        return [onnx.numpy_helper.to_array(onnx.load_tensor(file)) for file in files]

    given = iter(tensors("input"))
    return (
        node.op_type,
        attributes,
        [next(given) if s else None for s in node.input],
        tensors("output"),
    )


def channels_last(x: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(np.moveaxis(x, 1, -1))


def channels_first(x: np.ndarray) -> np.ndarray:
    return np.moveaxis(x, -1, 1)


def with_params(layer: Layer, **params: np.ndarray) -> Layer:
    for name, theta in params.items():
        layer.params[name][...] = theta
    return layer


def window(attributes: dict[str, Any]) -> dict[str, Any]:
    """stride and pad; SAME_LOWER puts the odd zero first, and has none where it is tested."""
    top, left, bottom, right = attributes.get("pads", (0, 0, 0, 0))
    same = attributes.get("auto_pad", b"") in (b"SAME_UPPER", b"SAME_LOWER")
    pad = "same" if same else ((top, bottom), (left, right))
    return {"stride": tuple(attributes.get("strides", (1, 1))), "pad": pad}


def conv(attributes: dict[str, Any], x: Any, W: Any) -> Outputs:
    (c_out, c_in, *kernel), options = W.shape, window(attributes)
    layer = Conv2D(c_in, c_out, tuple(kernel), RNG, bias=False, **options)
    return [channels_first(with_params(layer, W=W.transpose(2, 3, 1, 0))(channels_last(x)))]


def conv_transpose(attributes: dict[str, Any], x: Any, W: Any) -> Outputs:
    """An output_shape says how much is cut off, or added where that is negative."""
    (c_in, c_out, *kernel), options = W.shape, window(attributes)
    extra = tuple(attributes.get("output_padding", (0, 0)))
    if "output_shape" in attributes:
        axes = zip(x.shape[2:], options["stride"], kernel, attributes["output_shape"], strict=True)
        missing = [n - (s * (h - 1) + k) for h, s, k, n in axes]
        assert min(missing) >= 0
        extra = tuple(missing)
    layer = ConvTranspose2D(
        c_in, c_out, tuple(kernel), RNG, bias=False, output_pad=extra, **options
    )
    return [channels_first(with_params(layer, W=W.transpose(2, 3, 1, 0))(channels_last(x)))]


def batchnorm(
    attributes: dict[str, Any], x: Any, gamma: Any, beta: Any, mean: Any, var: Any
) -> Outputs:
    train, decay = bool(attributes.get("training_mode")), attributes.get("momentum", 0.9)
    layer = BatchNorm(len(gamma), RNG, decay=decay, eps=attributes.get("epsilon", 1e-5))
    with_params(layer, gamma=gamma, beta=beta)
    running = layer.buffers["running_mean"], layer.buffers["running_var"]
    running[0][...], running[1][...] = mean, var
    y = channels_first(layer(channels_last(x), train=train))
    return [y, *running] if train else [y]


def gemm(attributes: dict[str, Any], a: Any, b: Any, c: Any = None) -> Outputs:
    """alpha (a b) + beta c is a Dense of alpha b and beta c."""
    a, b = (m.T if attributes.get(f"trans{M}") else m for m, M in ((a, "A"), (b, "B")))
    layer = Dense(*b.shape, RNG, bias=c is not None)
    with_params(layer, W=attributes.get("alpha", 1.0) * b)
    if c is not None:
        with_params(layer, b=attributes.get("beta", 1.0) * c.reshape(-1))
    return [layer(np.ascontiguousarray(a))]


def elementwise(make: Callable[[dict[str, Any]], Any]) -> Callable[..., Outputs]:
    return lambda attributes, x: [make(attributes)(x)]


def along(function: Callable[[np.ndarray], np.ndarray]) -> Callable[..., Outputs]:
    """A function of rows, along an axis, by default the last."""

    def run(attributes: dict[str, Any], x: Any) -> Outputs:
        axis = attributes.get("axis", -1)
        return [np.moveaxis(function(np.moveaxis(x, axis, -1)), -1, axis)]

    return run


def log_softmax(x: np.ndarray) -> np.ndarray:
    """-log pⱼ is the cross-entropy of the answer j: each row, each answer."""
    n = x.shape[-1]
    answers = np.eye(n, dtype=x.dtype)
    rows = [
        [-cross_entropy(row[None], answers[j : j + 1]) for j in range(n)]
        for row in x.reshape(-1, n)
    ]
    return np.array(rows, x.dtype).reshape(x.shape)


def loss(attributes: dict[str, Any], x: Any, labels: Any) -> Iterator[Any]:
    """(m, classes, …): a row of logits for each label; a row at a time for the reduction none."""
    rows = np.moveaxis(x, 1, -1).reshape(-1, x.shape[1])
    y = np.eye(x.shape[1], dtype=x.dtype)[labels.reshape(-1)]
    reduction = attributes.get("reduction", b"mean")
    if reduction == b"none":
        each = [cross_entropy(a[None], right[None]) for a, right in zip(rows, y, strict=True)]
        yield np.array(each, x.dtype).reshape(labels.shape)
    else:
        yield cross_entropy(rows, y) * (len(rows) if reduction == b"sum" else 1)
    yield channels_first(log_softmax(np.moveaxis(x, 1, -1)))


def reshape(attributes: dict[str, Any], x: Any, shape: Any) -> Outputs:
    """0 in the shape is the size as it was, -1 what is left."""
    sizes = [x.shape[i] if n == 0 else int(n) for i, n in enumerate(shape)]
    sizes = [-x.size // int(np.prod(sizes)) if n == -1 else n for n in sizes]
    return [Reshape(tuple(sizes[1:]))(x)]


def dropout(mask: np.ndarray) -> Callable[..., Outputs]:
    """By a mask that is given."""

    def run(attributes: dict[str, Any], x: Any, rate: Any = 0.5, train: Any = False) -> Outputs:
        layer = Dropout(float(attributes.get("ratio", rate)), RNG)
        layer.rng = SimpleNamespace(mask=lambda shape, keep: mask.copy())
        return [layer.forward(x, bool(train))[0]]

    return run


def resize(attributes: dict[str, Any], x: Any, *rest: Any) -> Outputs:
    """Scales for all axes, or for some; whole numbers for height and width."""
    (scales,) = (s for s in rest if s is not None and s.size)
    factor = dict(zip(attributes.get("axes", range(4)), scales.tolist(), strict=True))
    assert all(s == int(s) for s in factor.values())
    assert factor.get(0, 1) == factor.get(1, 1) == 1
    return [channels_first(UpSampling2D((int(factor[2]), int(factor[3])))(channels_last(x)))]


def bag(x: Any) -> Layer:
    layer = Layer()
    layer.params = {"W": x.copy()}
    return layer


def moved(make: Callable[..., Any], kinds: int) -> Callable[..., Outputs]:
    """An optimizer's step: rate, count, then the parameters, gradients and states of each kind."""

    def run(attributes: dict[str, Any], rate: Any, t: Any, *arrays: Any) -> Outputs:
        n = len(arrays) // (2 + kinds)
        groups = [arrays[i * n : (i + 1) * n] for i in range(2 + kinds)]
        outputs = [
            make(attributes, float(rate), int(t), *each) for each in zip(*groups, strict=True)
        ]
        return [a for kind in zip(*outputs, strict=True) for a in kind]

    return run


def momentum(attributes: dict[str, Any], rate: float, t: int, x: Any, g: Any, v: Any) -> Outputs:
    """Theirs, at its update 0, is v ← α v + g, x ← x - R v, with R the rate; ours holds -R v."""
    assert t == 0
    net, l2 = bag(x), attributes["norm_coefficient"] / 2
    opt = Momentum(net, rate, attributes["alpha"], penalty=Penalty(l2=l2))
    opt.state["v.W"] = -rate * v
    opt.descend({"W": g})
    return [net.params["W"], opt.state["v.W"] / -rate]


def adam(
    attributes: dict[str, Any], rate: float, t: int, x: Any, g: Any, v: Any, h: Any
) -> Outputs:
    """Theirs at the update 0 corrects no bias, so ours gets the rate that its correction undoes."""
    assert t == 0
    beta1, beta2 = attributes["alpha"], attributes["beta"]
    net, l2 = bag(x), attributes["norm_coefficient"] / 2
    undone = rate * (1 - beta1) / (1 - beta2) ** 0.5
    eps, penalty = attributes["epsilon"], Penalty(l2=l2)
    opt = Adam(net, undone, beta1, beta2, eps_hat=eps, penalty=penalty)
    opt.state |= {"m.W": -v, "v.W": h.copy()}  # m points where x goes
    opt.descend({"W": g})
    return [net.params["W"], -opt.state["m.W"], opt.state["v.W"]]


RUN: dict[str, Callable[..., Iterable[np.ndarray]]] = {
    "Conv": conv,
    "ConvTranspose": conv_transpose,
    "BatchNormalization": batchnorm,
    "Gemm": gemm,
    "MatMul": gemm,
    "Relu": elementwise(lambda attributes: ReLU()),
    "LeakyRelu": elementwise(lambda attributes: LeakyReLU(attributes.get("alpha", 0.01))),
    "Sigmoid": elementwise(lambda attributes: Sigmoid()),
    "Tanh": elementwise(lambda attributes: Tanh()),
    "Softplus": elementwise(lambda attributes: softplus),
    "Softmax": along(softmax),
    "LogSoftmax": along(log_softmax),
    "SoftmaxCrossEntropyLoss": loss,
    "Flatten": elementwise(lambda attributes: Flatten()),
    "Reshape": reshape,
    "Resize": resize,
    "Upsample": resize,
    "Momentum": moved(momentum, 1),
    "Adam": moved(adam, 2),
}


def run(name: str) -> tuple[Outputs, Outputs]:
    """What minigan makes of the inputs of a test, and what is expected."""
    operator, attributes, inputs, expected = read(name)
    if operator == "Dropout":
        # The second output is the mask; without it, x ≠ 0 everywhere and y shows what was kept.
        mask = expected[1] if len(expected) > 1 else expected[0] != 0
        return dropout(mask)(attributes, *inputs), expected[:1]
    return list(islice(RUN[operator](attributes, *inputs), len(expected))), expected
