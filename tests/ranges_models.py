"""RANGES of models: see ranges.py."""

from __future__ import annotations

from typing import Any

import numpy as np
from ranges import (
    Kind,
    Line,
    anything,
    choice,
    flag,
    function,
    instance,
    not_negative,
    number,
    optional,
    shape,
    size,
    word,
)
from ranges_labels import COUNTS

from minigan import MODELS
from minigan.activations import Tanh
from minigan.backend import Random
from minigan.dense import Dense
from minigan.layer import Sequential
from minigan.models import find_model
from minigan.rules import RULES

RNG = instance("a Random", 7, np.random.default_rng(0), Random)


def numbers(*sizes: int, seed: int = 1, dtype: str = "float32") -> Any:
    return Random(seed, dtype=dtype).normal(sizes)


SHAPE = shape()
NETWORK = instance("expected a Sequential", Dense(3, 2, Random(0)), [Tanh()])
MODEL = MODELS["mlp"]


def build(name: str, plain: dict[str, Any], images: bool = False, **kinds: Kind) -> Line:
    """A function that builds G and D."""
    module = "conv_networks" if images else "dense_networks"
    data = (8, 8, 1) if images else (3,) if name == "gaussian_1d" else (2, 2, 1)
    wrong = [((8, 8), ValueError), ((9, 8, 1), ValueError)] if images else []
    return Line(
        f"{module}.{name}",
        lambda: {"rng": Random(0), "shape": data, "marginals": None, "z_dim": 2} | plain,
        rng=RNG,
        shape=Kind(
            lambda p: [data, list(data)],
            lambda p: [*SHAPE.bad(p), *wrong],
            "expected",
            also="the images",
        ),
        marginals=MARGINALS if name == "goodfellow_2014" else NO_MARGINALS,
        z_dim=size(),
        **kinds,
    )


NO_MARGINALS = anything("this network's weights do not depend on the data")
MARGINALS = Kind(
    lambda plain: [None, np.full((2, 2, 1), 0.5, "float32"), np.zeros((2, 2, 1))],
    lambda plain: [(np.ones(3), ValueError), ([0.5] * 4, TypeError), (0.5, TypeError)],
    "expected",
)


def widths(n: int) -> Kind:
    """n sizes."""
    good = tuple(range(1, n + 1))
    bad = [(good[1:], ValueError), ((*good, 1), ValueError), ((0, *good[1:]), ValueError)]
    bad += [(v, TypeError) for v in (None, 3, "3" * n, (2.5, *good[1:]), (True, *good[1:]))]
    return Kind(lambda plain: [good, list(good)], lambda plain: bad, "expected")


BUILDS = [
    build("mlp", {"width": 3}, width=size()),
    build("mlp_batchnorm", {"widths": (2, 3, 4)}, widths=widths(3)),
    build("cgan", {"widths": (2, 3, 4), "classes": 3}, widths=widths(3), classes=size()),
    build("gaussian_1d", {"width": 3}, width=size()),
    build("goodfellow_2014", {"width": 3, "units": 2}, width=size(), units=size()),
    build("dcgan", {"width": 2, "smallest": 2}, images=True, width=size(), smallest=size()),
    *(
        build(
            name,
            {"widths_G": (2, 1, 2, 1)[:n], "widths_D": (1, 2, 1, 2)[:n]},
            images=True,
            widths_G=widths(n),
            widths_D=widths(n),
        )
        for name, n in (("dcgan_32", 2), ("dcgan_upsampling", 4))
    ),
    *(
        Line(
            f"{module}.{name}_optimizers",
            lambda: {
                "G": Dense(1, 1, Random(0)),
                "D": Dense(1, 1, Random(0)),
                "batches_per_epoch": 3,
            },
            G=instance("a Layer", Dense),
            D=instance("a Layer", Dense),
            batches_per_epoch=size() if name == "goodfellow_2014" else NO_EPOCHS,
        )
        for NO_EPOCHS in [anything("its rates do not change")]
        for module, names in (
            (
                "dense_networks",
                ("mlp", "mlp_batchnorm", "cgan", "gaussian_1d", "goodfellow_2014"),
            ),
            ("conv_networks", ("dcgan", "dcgan_32", "dcgan_upsampling")),
        )
        for name in names
    ),
]

MODEL_PLAIN = {
    **{"name": "mine", "text": "a model", "build": MODEL.build, "z_dim": 3, "prior": "normal"},
    **{"make_optimizers": MODEL.make_optimizers, "m": 2, "steps": 3, "epochs": 0, "k": 1},
    **{"rule": "algorithm-1", "objective": "minimax", "l1": 0.0, "l2": 0.1, "generators": 1},
    **{"discriminators": 2, "data": "mnist12k", "white": None, "multiple": 1, "border": None},
    **{"sample_train": False, "conditional": False, "note": "", "small": {}, "small_shape": (2,)},
}
MODEL_KINDS = {
    **{name: word("a text") for name in ("name", "text", "data", "note")},
    **{name: size() for name in ("z_dim", "m", "steps", "k", "generators", "discriminators")},
    **{"epochs": size(0), "multiple": size(), "build": function(), "make_optimizers": function()},
    **{"prior": choice("normal", "uniform"), "rule": choice(*RULES), "small_shape": SHAPE},
    **{"objective": choice("minimax", "non-saturating"), "l1": not_negative()},
    **{"l2": not_negative(), "sample_train": flag(), "conditional": flag()},
    **{
        name: optional(FINITE)
        for FINITE in [number([0, -1], [np.inf], "a finite number")]
        for name in ("white", "border")
    },
    "small": instance("a dict of sizes", [("z_dim", 3)]),
}


SMALL = find_model("gaussian-1d")
CLASSES = anything("read where labels go into both players, and then by the build, which checks it")
NETWORKS = {"shape": (2,), "marginals": None, "classes": 10}
NETWORK_KINDS = {"shape": SHAPE, "marginals": NO_MARGINALS, "classes": CLASSES}
METHODS = [
    *(
        Line(
            f"model.Model.{name}",
            lambda: NETWORKS | {"rng": Random(0)},
            call=getattr(SMALL, name),
            rng=RNG,
            **NETWORK_KINDS,
        )
        for name in ("networks", "players")
    ),
    Line(
        "model.Model.small_networks",
        lambda: {"rng": Random(0), "shape": None},
        call=SMALL.small_networks,
        rng=RNG,
        shape=optional(SHAPE),
    ),
    Line(
        "model.Model.input_shapes",
        lambda: {"shape": (2,), "sizes": None},
        call=SMALL.input_shapes,
        shape=SHAPE,
        sizes=optional(instance("a dict", [("z_dim", 3)], good=[{}, {"z_dim": 3}])),
    ),
    Line("model.Model.padded", lambda: {"shape": (9, 9, 1)}, call=SMALL.padded, shape=SHAPE),
    Line(
        "model.Model.data_range",
        lambda: {"G": Dense(3, 2, Random(0))},
        call=SMALL.data_range,
        G=instance("a Layer", Dense),
    ),
    Line(
        "model.Model.default_steps",
        lambda: {"batches_per_epoch": 3},
        call=SMALL.default_steps,
        batches_per_epoch=size(0),
    ),
    Line(
        "model.Model.optimizers",
        lambda: {"G": Dense(1, 1, Random(0)), "D": Dense(1, 1, Random(0)), "batches_per_epoch": 3},
        call=SMALL.optimizers,
        G=instance("a Layer", Dense),
        D=instance("a Layer", Dense),
        batches_per_epoch=size(),
    ),
    Line(
        "model.Model.noise",
        lambda: {"rng": Random(0), "counts": [1, 2]},
        call=find_model("cgan").noise,
        rng=RNG,
        counts=COUNTS,
    ),
    Line("model.Model", lambda: dict(MODEL_PLAIN), **MODEL_KINDS),
    Line("models.find_model", lambda: {"name": "mlp"}, name=choice("mlp", words="expected")),
    Line("model.output_range", lambda: {"G": Tanh()}, G=instance("a Layer", Dense)),
    Line(
        "summary.table",
        lambda: {"net": Sequential(Dense(3, 2, Random(0))), "shape": (3,)},
        net=NETWORK,
        shape=Kind(SHAPE.good, lambda p: [*SHAPE.bad(p), ((4,), ValueError)], "expected"),
    ),
    Line(
        "layer.Sequential.summary",
        lambda: {"shape": (3,)},
        call=Sequential(Dense(3, 2, Random(0))).summary,
        shape=Kind(SHAPE.good, lambda p: [*SHAPE.bad(p), ((4,), ValueError)], "expected"),
    ),
]

BUILT = [*BUILDS, *METHODS]
