"""DATA: what the functions of data and of runs refuse; ranges_around.py says how to read a line."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from ranges_around import COUNT, FINITE, NOT_WHOLE, POSITIVE, RNG, Line, Refused

from minigan.backend import Random
from minigan.data import Batches, Dataset, ring

POINTS = np.arange(6, dtype=np.float32).reshape(3, 2)
IMAGES = np.zeros((3, 4, 4, 1), np.uint8)
VECTORS, PICTURES = Dataset("three", POINTS), Dataset("pictures", IMAGES, np.arange(3))
A_DATASET: Refused = {"expected a Dataset": [None, POINTS, "digits8x8"]}
A_PATH: Refused = {"expected a": [None, 3, b"x", True]}
LABELS: Refused = {
    "expected 3 integers": [[0, 1, 2], "x", 3, np.arange(2), np.arange(3.0), np.ones(3, bool)]
}
DEVICE: Refused = {"expected one of 'cpu', 'cuda', 'auto'": ["", "tpu", "CPU", 3]}


def count(words: str = "expected an integer of 1 or more") -> Refused:
    return {words: [0, -1, "3", True, 1.5, math.nan, [2]]}


def batch(m: Any = 2) -> Any:
    return Batches(PICTURES, Random(0))(m)


def state_of(order: Any = (0, 1, 2), position: Any = 0, state: Any = None) -> None:
    batches = Batches(PICTURES, Random(0))
    batches.state = {"order": order, "position": position} if state is None else state


def sampled(m: Any = 2, rng: Any = None) -> Any:
    return ring().sample(Random(0) if rng is None else rng, m)


def density(x: Any) -> Any:
    return ring().density(x)


def part_of_a_toy(split: Any) -> Any:
    return ring().dataset(split)


CALLS = {  # of methods, by functions above
    "Batches()": batch,
    "Batches.state": state_of,
    "Toy.sample": sampled,
    "Toy.density": density,
    "Toy.dataset": part_of_a_toy,
}
DATA = [
    Line(
        "data.dataset.Dataset",
        lambda: {"name": "x", "x": IMAGES, "labels": None, "top": 255.0, "mean": None, "std": None},
        name={"expected a text": [None, 3]},
        x={
            "expected a plain NumPy array": [
                *(None, 3, "x", [[1.0]], POINTS[0], IMAGES[..., 0]),
                np.ma.masked_array(POINTS, POINTS > 2),
            ],
            "is empty": [POINTS[:0], POINTS[:, :0], IMAGES[..., :0]],
            "expected float32": [
                POINTS.astype(k) for k in ("float64", "int64", "complex64", ">f4")
            ],
            "expected uint8 or float32": [IMAGES.astype("int8"), IMAGES.astype("float16")],
            "expected finite numbers": [POINTS * np.float32("nan")],
            "expected 0 to 255": [np.full((1, 2, 2, 1), n, np.float32) for n in (-1, 256)],
        },
        labels=LABELS,
        top=POSITIVE,
        mean={"belong together": [np.zeros(2)]},
        std={"belong together": [np.ones(2)]},
    ),
    Line(
        "data.dataset.Dataset",
        lambda: {"name": "x", "x": POINTS, "mean": np.zeros(2), "std": np.ones(2)},
        mean={"mean and std must be finite": [0, [0, 0], np.zeros(3), np.full(2, math.nan), "x"]},
        std={
            "std above 0": [1, np.zeros(2), -np.ones(2), np.full(2, math.inf), np.ones(2, complex)]
        },
    ),
    Line(
        "data.dataset.Batches",
        lambda: {"dataset": PICTURES, "rng": Random(0), "low": -1, "high": 1, "shape": (5, 5, 1)},
        dataset=A_DATASET,
        rng=RNG,
        low=FINITE | {"expected low < high": [1, 2.5]},
        high=FINITE | {"expected low < high": [-1, -2.5]},
        shape={
            "expected": [
                "x",
                3,
                (3, 4, 1),
                (4, 4),
                (5, 5, 2),
                (5.5, 5, 1),
                (-4, -4, 1),
                (10**30, 4, 1),
            ]
        },
        border={"expected a finite number": [math.nan, math.inf, "x", True, [1.0]]},
        labelled={"expected True or False": [None, 1, "no"]},
    ),
    Line(
        "data.dataset.Batches",
        lambda: {"dataset": VECTORS, "rng": Random(0)},
        labelled={"there are no labels": [True]},
    ),
    Line(
        "Batches()",
        lambda: {"m": 3},
        m={"expected an integer ≥ 1": [0, -1, *NOT_WHOLE], "smaller batch": [4, 10**30]},
    ),
    Line(
        "Batches.state",
        dict,
        order={
            "expected (n,) integers": ["x", [[0, 1, 2]], 3],
            "the data has 3": [[0, 1]],
            "no permutation": [[0, 0, 1], [0, 1, 3], [0.5, 1, 2]],
        },
        position={"expected an integer": ["x", 1.7, None], "expected 0 to 3": [-1, 4]},
        state={"expected a dict of order and position": [3, {}, {"order": [0, 1, 2]}]},
    ),
    Line(
        "data.holding.part",
        lambda: {"dataset": VECTORS, "split": "train", "hold_out": 2},
        dataset=A_DATASET,
        split={"expected 'train' or 'validation'": [None, "test", "", 3]},
        hold_out={"expected an integer from 1 to 2": [0, 3, -1, 10**30, *NOT_WHOLE]},
    ),
    Line(
        "data.arrays.as_dataset",
        lambda: {"x": POINTS, "name": "x"},
        x={
            "expected a NumPy array": [None, 3, "x", [[1.0]]],
            "expected real numbers": [POINTS.astype(k) for k in ("complex64", "O", "S3", "M8[s]")],
            "expected images": [POINTS[0], POINTS[None, None, None]],
            "is empty": [POINTS[:0]],
            "float32 cannot hold": [np.full((2, 2), 1e300)],
            "cannot be told": [np.zeros((2, 5, 5, 5))],
        },
        layout={"expected a name of axes": [3, True], "expected NHW": ["x", ""], "needs": ["NHW"]},
        labels=LABELS,
    ),
    Line(
        "data.catalog.load",
        lambda: {"spec": "pictures"},
        spec={"expected a name or a path": [None, 3, b"x", ["x"]], "no data named": ["", "no"]},
        images={"expected a folder": [3, True], "means nothing for this data": ["pictures"]},
        resize={"side of 1 to 4096 pixels": [0, -1, 4097, 10**30, True, 1.5, "8", [2]]},
        layout={"expected a name of axes": [3], "means nothing for this data": ["NHW", ""]},
        color={"expected True or False": [0, 1, "rgb"]},
        hold_out={"expected an integer from 1 to 3": [0, -1, 4, 1.5, "1", True]},
        split={
            "expected 'train', 'validation' or 'test'": ["", "x", 3],
            "say how many": ["validation"],
            "has one part": ["test"],
        },
    ),
    Line(
        "data.export.export",
        lambda: {"dataset": PICTURES, "folder": "new"},
        dataset=A_DATASET | {"cannot be written as PNG": [VECTORS]},
        folder={"expected a path": [None, 3, b"x"], "no empty folder": ["", ".", "pictures"]},
    ),
    Line(
        "data.toy.Toy",
        lambda: {"name": "x", "modes": np.zeros((2, 1)), "sigma": 1.0, "text": ""},
        modes={
            "expected an array (K, d)": [
                None,
                "x",
                [[0.0]],
                np.zeros(3),
                np.zeros((2, 2), complex),
            ],
            "empty or not finite": [np.zeros((0, 2)), np.full((1, 1), math.nan)],
        },
        sigma=POSITIVE,
    ),
    Line("data.toy.gaussian", lambda: {"mu": 1, "sigma": 2}, mu=FINITE, sigma=POSITIVE),
    Line(
        "data.toy.ring",
        lambda: {"count": 3, "radius": 1, "sigma": 0.1},
        count=COUNT | {"100000 at most": [100_001]},
        radius=POSITIVE,
        sigma=POSITIVE,
    ),
    Line("data.toy.grid", lambda: {"sigma": 0.1}, sigma=POSITIVE),
    Line("Toy.sample", lambda: {"m": 2}, m=COUNT, rng={"expected a Random": [0, "rng"]}),
    Line("Toy.density", lambda: {"x": [[0, 1]]}, x={"expected (m, 2)": [3, [1.0], [[1.0, 2, 3]]]}),
    Line(
        "Toy.dataset",
        lambda: {"split": "test"},
        split={"expected 'train' or 'test'": [None, "", "validation", 3]},
    ),
]
