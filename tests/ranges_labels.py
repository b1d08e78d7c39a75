"""RANGES of labels and checkpoints: see ranges.py."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from ranges import (
    Kind,
    Line,
    array,
    choice,
    instance,
    listed,
    size,
)

from minigan import checkpoint
from minigan.backend import Random

RNG = instance("a Random", 7, np.random.default_rng(0), Random)


def numbers(*sizes: int, seed: int = 1, dtype: str = "float32") -> Any:
    return Random(seed, dtype=dtype).normal(sizes)


COLUMNS = Kind(
    lambda plain: [plain, np.array([0, 2, 2, 1]), np.array([2, 0, 0, 0], "uint8")],
    lambda plain: (
        [(np.array(v), ValueError) for v in ([0, 3, 1, 1], [0, -1, 1, 1], [[0, 1]])]
        + [(np.array([0.0, 1, 1, 1]), TypeError), (np.array([True] * 4), TypeError)]
        + [(v, TypeError) for v in (None, "0121", 3)]
    ),
    "expected",
)
COUNTS = listed(
    "expected",
    [[1], [0, 7], (3, 0, 2), [np.int64(3)], np.array([2, 3])],
    [
        ([], ValueError),
        ([0, 0], ValueError),
        ([-1, 3], ValueError),
        (None, TypeError),
        (3, TypeError),
    ]
    + [(v, TypeError) for v in ([1.5], ["1"], [True, 1], "12")],
)
LABELS = [
    Line(
        "conditional.beside",
        lambda: {"x": numbers(4, 2, 3), "y": numbers(4, 3)},
        x=array(any_shape=True, wrong=lambda x: [x[:1]]),
        y=array(wrong=lambda y: [y[:1]]),
    ),
    Line(
        "conditional.one_hot",
        lambda: {"columns": np.array([0, 2, 1, 0]), "classes": 3, "dtype": "float32"},
        columns=COLUMNS,
        classes=size(),
        dtype=choice("float32", "float64"),
    ),
    Line(
        "conditional.draw_labels",
        lambda: {"rng": Random(0), "counts": [2, 3]},
        rng=RNG,
        counts=COUNTS,
    ),
    Line(
        "conditional.relabelled",
        lambda: {"noise": numbers(4, 5), "columns": [0, 2, 1, 0], "classes": 3},
        noise=array(fixed=False, wrong=lambda x: [x[:1], x[:, :2]]),
        columns=Kind(
            lambda plain: [[0, 2, 2, 1], (0, 0, 0, 0), np.array([1, 1, 1, 1])],
            lambda plain: [
                *(case for case in COLUMNS.bad(plain) if not isinstance(case[0], int)),
                *[([0, 3, 1, 1], ValueError), ([0.5] * 4, TypeError), (3, ValueError)],
            ],
            "expected",
        ),
        classes=Kind(lambda p: [3, 4], lambda p: [*size().bad(3), (6, ValueError)], "expected"),
    ),
]


def arrays_to_save() -> Kind:
    x = numbers(3)
    bad = [(v, TypeError) for v in (None, [x], x, {"x": x.tolist()}, {1: x}, {"x": None})]
    bad += [({"x": x.astype(object)}, ValueError), ({"x": np.ma.masked_array(x)}, TypeError)]
    good = [{}, {"0.W": x}, {"x": x[:0]}, {"x": np.array(3)}, {"x": x.astype(">f4")}]
    return Kind(lambda plain: good, lambda plain: bad, "expected")


FOLDER = Path(tempfile.mkdtemp(prefix="ranges"))
PATH = Kind(
    lambda plain: [str(plain), Path(plain)],
    lambda plain: [(v, TypeError) for v in (None, 3, [str(plain)], b"checkpoint")],
    "a path",
)
META = listed(
    "expected",
    [{}, {"a": [1, None, "x"]}],
    [(v, TypeError) for v in (None, [1], "meta", {"a": {1, 2}}, {"a": np.ones(2)})]
    + [({"a": np.nan}, ValueError)],
)


def load_saved(path: Any) -> Any:
    checkpoint.save(FOLDER / "saved.npz", {"x": numbers(3)}, {})
    return checkpoint.load(path)


CHECKPOINTS = [
    Line(
        "checkpoint.save",
        lambda: {"path": FOLDER / "checkpoint.npz", "arrays": {"x": numbers(3)}, "meta": {}},
        path=PATH,
        arrays=arrays_to_save(),
        meta=META,
    ),
    Line("checkpoint.load", lambda: {"path": FOLDER / "saved.npz"}, call=load_saved, path=PATH),
]

LABELLED = [*LABELS, *CHECKPOINTS]
