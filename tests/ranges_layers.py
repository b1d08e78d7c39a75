"""RANGES of layers and initializers: see ranges.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from ranges import (
    TRUTH,
    Kind,
    Line,
    anything,
    array,
    flag,
    function,
    instance,
    listed,
    not_negative,
    positive,
    shape,
    share,
    size,
)

from minigan import gradcheck
from minigan.activations import ReLU, Tanh
from minigan.backend import Random
from minigan.conditional import KeepLabels
from minigan.conv import Conv2D
from minigan.dense import Dense
from minigan.initializers import glorot_uniform
from minigan.layer import Layer, Sequential
from minigan.reshape import Flatten
from minigan.several import Discriminators, Generators
from minigan.upsampling import UpSampling2D

RNG = instance("a Random", 7, np.random.default_rng(0), Random)
INITIALIZER = function("a function of rng and shape")
PAIR = "an integer or a pair of integers"


def pair(least: int, bad: Any = ()) -> Kind:
    """An integer or two."""
    wrong = [(least - 1, ValueError), ((2, least - 1), ValueError), (10**30, ValueError)]
    wrong += [(n, TypeError) for n in (None, "2", 2.5, True, (2,), (2, 2, 2), (2, 2.0), ())]
    good = [(2, 2), [2, np.int64(2)]]
    return Kind(lambda plain: [plain, *good], lambda plain: [*wrong, *bad], "expected")


PADS = listed(
    "expected",
    ["valid", 0, 1, ((0, 1), (2, 1)), [[1, 1], [np.int8(1), 0]]],
    [(-1, ValueError), (((0, 0), (0, -1)), ValueError), (10**30, ValueError), ("SAME", ValueError)]
    + [(pad, TypeError) for pad in (None, 1.0, True, (1, 1), ((1,), (1,)), (), np.array([1, 1]))],
)


def some_layers() -> Kind:
    """Layers, one or more, of which none that holds arrays comes twice."""
    one = Dense(3, 3, Random(0))
    bad = [((), ValueError), ((one, one), ValueError), ((Sequential(one, Tanh()), one), ValueError)]
    bad += [(wrong, TypeError) for wrong in ((None,), (Tanh(), ReLU), (Tanh(), [one]), ([one],))]
    relu = ReLU()
    return Kind(lambda plain: [plain, (one,), (relu, relu)], lambda plain: bad, "expected")


SOME_LAYERS = some_layers()
ANY_SHAPE = {"ReLU", "LeakyReLU", "Sigmoid", "Tanh", "Dropout"}
ANY_SHAPE |= {"Flatten", "Reshape", "Pack", "BatchNorm"}
HAVE_MODES = {"BatchNorm", "Dropout"}
SAME_IN_BOTH_MODES = anything("this layer is the same function in training and in evaluation")


def made(name: str, plain: dict[str, Any], **kinds: Kind) -> Line:
    """A line of a constructor that takes a Random, besides the sizes in `plain`."""
    return Line(name, lambda: plain | {"rng": Random(0)}, rng=RNG, **kinds)


WEIGHTS = {"W": INITIALIZER, "b": INITIALIZER, "bias": flag()}
WEIGHTS_PLAIN = {"W": glorot_uniform, "b": lambda rng, shape: rng.zeros(shape), "bias": True}
CONV_PLAIN = {"c_in": 2, "c_out": 3, "kernel": 3, "stride": 2, "pad": "same"} | WEIGHTS_PLAIN
CONV = {"c_in": size(), "c_out": size(), "kernel": pair(1), "stride": pair(1), "pad": PADS}
OUTPUT_PAD = listed(
    "expected",
    [0, 1, (0, 1), [1, np.int64(0)]],
    [(-1, ValueError), (2, ValueError), ((0, 2), ValueError), (10**30, ValueError)]
    + [(n, TypeError) for n in (None, "1", 0.5, True, (0,), (0, 0.0), ())],
)
MINIBATCH_PLAIN = {"n_in": 3, "kernels": 2, "dim": 2, "with_itself": True, "T": glorot_uniform}
DENSE = Dense(3, 3, Random(0))

CONSTRUCTORS = [
    made(
        "dense.Dense", {"n_in": 3, "n_out": 2} | WEIGHTS_PLAIN, n_in=size(), n_out=size(), **WEIGHTS
    ),
    made("conv.Conv2D", CONV_PLAIN, **CONV, **WEIGHTS),
    made(
        "conv.ConvTranspose2D",
        CONV_PLAIN | {"pad": 0, "output_pad": 1},
        output_pad=OUTPUT_PAD,
        **CONV | {"stride": pair(2), "pad": PADS},
        **WEIGHTS,
    ),
    Line("upsampling.UpSampling2D", lambda: {"factor": 2}, factor=pair(1)),
    made(
        "batchnorm.BatchNorm",
        {"channels": 3, "decay": 0.9, "eps": 1e-5},
        channels=size(),
        decay=share("a share in [0, 1)"),
        eps=positive(),
    ),
    made("dropout.Dropout", {"rate": 0.5}, rate=share("a share in [0, 1)")),
    Line("activations.LeakyReLU", lambda: {"alpha": 0.2}, alpha=share("a slope in [0, 1)")),
    Line("activations.ReLU", dict),
    Line("activations.Sigmoid", dict),
    Line("activations.Tanh", dict),
    Line("maxout.Maxout", lambda: {"pieces": 2}, pieces=size()),
    made(
        "minibatch.MinibatchDiscrimination",
        MINIBATCH_PLAIN,
        n_in=size(),
        kernels=size(),
        dim=size(),
        with_itself=flag(),
        T=INITIALIZER,
    ),
    Line("reshape.Flatten", dict),
    Line("reshape.Reshape", lambda: {"shape": (2, 3)}, shape=shape()),
    Line("reshape.Pack", lambda: {"k": 2}, k=size()),
    Line(
        "layer.Sequential",
        lambda: {"layers": (DENSE, Tanh())},
        call=lambda layers: Sequential(*layers),
        layers=SOME_LAYERS,
    ),
    Line(
        "several.Generators",
        lambda: {"nets": (DENSE, Tanh())},
        call=lambda nets: Generators(*nets),
        nets=SOME_LAYERS,
    ),
    Line(
        "several.Discriminators",
        lambda: {"nets": (DENSE, Tanh())},
        call=lambda nets: Discriminators(*nets),
        nets=SOME_LAYERS,
    ),
    Line(
        "conditional.KeepLabels",
        lambda: {"classes": 2, "layers": (DENSE, Tanh())},
        call=lambda classes, layers: KeepLabels(classes, *layers),
        classes=size(),
        layers=SOME_LAYERS,
    ),
    Line(
        "upsampled.Upsampled",
        lambda: {"up": UpSampling2D(2), "conv": Conv2D(2, 3, 3, Random(0))},
        up=instance("UpSampling2D", Tanh()),
        conv=instance("stride 1", DENSE, Conv2D(2, 3, 3, Random(0), stride=2)),
    ),
    Line(
        "chains.Activated",
        lambda: {"layer": DENSE, "activation": Tanh()},
        layer=instance("Dense", Tanh(), Flatten()),
        activation=instance(("expected", "no activation"), DENSE, Flatten()),
    ),
]

KERNEL = (4, 6)
INITIALIZERS = [
    Line("initializers.fans", lambda: {"shape": (3, 4)}, shape=shape()),
    *(
        made(f"initializers.{name}", {"shape": (3, 4)}, shape=shape())
        for name in ("glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "zeros")
    ),
    Line(
        "initializers.normal",
        lambda: {"std": 0.02},
        std=not_negative("a finite number of 0 or more"),
    ),
    Line(
        "initializers.uniform",
        lambda: {"bound": 0.02},
        bound=not_negative("a finite number of 0 or more"),
    ),
]


def protocol(name: str, make: Callable[[Random], Layer], x_shape: tuple[int, ...]) -> list[Line]:
    """The lines of forward, backward and a call of a layer."""
    module = type(make(Random(0))).__module__.removeprefix("minigan.")
    fixed = bool(make(Random(0)).params)

    def x() -> Any:
        return Random(1).normal(x_shape)

    def forward(x: Any, train: Any = True) -> Any:
        return make(Random(0)).forward(x, train)[0]

    def call(x: Any, train: Any = True) -> Any:
        return make(Random(0))(x, train)

    def backward(dy: Any, cache: Any, need_dx: Any = True, need_grads: Any = True) -> Any:
        layer = make(Random(0))
        _, cache = layer.forward(x())
        return layer.backward(dy, cache, need_dx=need_dx, need_grads=need_grads)

    def plain_backward() -> dict[str, Any]:
        y = forward(x())
        return {"dy": Random(2).normal(y.shape), "cache": None, "need_dx": True, "need_grads": True}

    takes_any = name in ANY_SHAPE
    xs = array(any_shape=takes_any, fixed=fixed)
    train = flag() if name in HAVE_MODES else SAME_IN_BOTH_MODES
    plain = lambda: {"x": x(), "train": True}  # noqa: E731
    return [
        Line(f"{module}.{name}.forward", plain, call=forward, x=xs, train=train),
        Line(f"{module}.{name}.__call__", plain, call=call, x=xs, train=train),
        Line(
            f"{module}.{name}.backward",
            plain_backward,
            call=backward,
            dy=array(fixed=fixed, wrong=lambda dy: [dy[:1], dy[..., :1]]),
            cache=anything("what forward returned, of which nobody but the layer knows the form"),
            need_dx=TRUTH,
            need_grads=TRUTH,
        ),
    ]


LAYERS = [
    *CONSTRUCTORS,
    *INITIALIZERS,
    *(line for name, cases in gradcheck.LAYERS.items() for line in protocol(name, *cases[0])),
]
