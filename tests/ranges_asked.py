"""What the calls that do a whole job take and refuse, as kinds for the lines of ranges_runs.py.

test_ranges_runs.py makes the run in the folder `run`, and the files beside it.
"""

from __future__ import annotations

import dataclasses
import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from ranges import NOT_NUMBERS, Kind, flag, listed, optional, size

from minigan.data import Dataset
from minigan.training import RunError

POINTS = Dataset("six points", np.arange(6, dtype=np.float32).reshape(6, 1))
NO_PATHS = [(v, TypeError) for v in (True, 0, 2.5, math.nan, b"run", [], ["run"], np.array("run"))]
NO_PATHS += [(v, ValueError) for v in ("", "\0", "a\0b", "\ud800")]


def by_run(kind: Kind, *words: str) -> Kind:
    """The same values, all refused by a RunError: settings that config.json holds, too.

    None is left out: it means that nobody has asked.
    """
    nothing = optional(kind)
    return dataclasses.replace(
        nothing,
        bad=lambda plain: [(value, RunError) for value, _ in nothing.bad(plain)],
        words=words or kind.words,
    )


def setting(least: int = 1, most: int = 10**9, *, edges: tuple[Any, ...] = (None,)) -> Kind:
    """An integer of a run's settings; edges: other values that are taken."""
    counted = size(least, words="expected an integer of", huge=most == 10**9)
    own = [10**9 + 1] if most == 10**9 else []
    kind = by_run(
        dataclasses.replace(
            counted,
            bad=lambda plain: [
                *counted.bad(plain),
                *((n, ValueError) for n in (*own, "3", Decimal(1))),
            ],
        )
    )
    return dataclasses.replace(
        kind, good=lambda plain: [least, *counted.good(max(plain, least)), *edges]
    )


def real(good: list[Any], bad: list[Any], words: str) -> Kind:
    """A number of a run's settings."""
    wrong = [*bad, math.nan, math.inf, -math.inf, *(v for v, _ in NOT_NUMBERS), Decimal(1)]
    taken = [*good, *map(np.float64, good), Fraction(4, 5)]
    return by_run(listed(words, taken, [(value, RunError) for value in wrong]), words)


def path(*good: Any, wrong: tuple[Any, ...] = (), words: tuple[str, ...] = ()) -> Kind:
    """A path; wrong: those that are refused by a RunError."""
    bad = [*NO_PATHS, *((value, RunError) for value in wrong)]
    return Kind(lambda plain: list(good), lambda plain: bad, ("expected a path", *words))


def folder() -> Kind:
    """The folder of a run."""
    wrong = ("nowhere", Path("nowhere/run"), "file", "empty")
    found = path("run", Path("run"), wrong=wrong, words=RUN_WORDS)
    return dataclasses.replace(found, bad=lambda plain: [*NO_PATHS, (None, TypeError), *OTHERS])


RUN_WORDS = ("holds no run", "is a file, expected the folder")
OTHERS = [(place, RunError) for place in ("nowhere", Path("nowhere/run"), "file", "empty")]


def file(suffix: str) -> Kind:
    """A file to be written, or None."""
    wrong = (f"nowhere/x{suffix}", f"folder{suffix}", "x", "x.txt", Path("x"), "empty")
    words = ("expected a name that ends in", "expected a file", "is a folder")
    return path(None, f"x{suffix}", Path(f"empty/x{suffix.upper()}"), wrong=wrong, words=words)


def refused(kind: type[Exception], *values: Any) -> list[tuple[Any, type[Exception]]]:
    return [(value, kind) for value in values]


DEVICE = listed(
    "expected one of 'cpu', 'cuda', 'auto'",
    ["cpu", "auto"],
    [
        *refused(TypeError, 0, True, b"cpu", ["cpu"], np.zeros(2)),
        *refused(ValueError, "", "tpu", "CPU", "cuda:0", "cpu "),
    ],
)
DEVICE_GIVEN = dataclasses.replace(
    DEVICE, bad=lambda plain: [*DEVICE.bad(plain), (None, TypeError)]
)
OPEN = listed(
    "expected the run's Dataset", [None], refused(TypeError, 3, "ring", POINTS.x, [POINTS])
)
SEED = dataclasses.replace(
    size(0, huge=False), good=lambda plain: [0, np.int64(1), 10**30]
)  # a seed has no upper end
GPU = Kind(
    lambda plain: [False, np.False_],
    lambda plain: [*flag().bad(plain), (True, ValueError), (np.True_, ValueError)],
    ("True or False", "is for a GPU", "a graph is a whole step"),
)
TF32 = by_run(
    Kind(
        lambda plain: [False, np.False_],
        lambda plain: [*refused(RunError, 0, 1, "no", [], np.array([True])), (True, RunError)],
    ),
    "True or False",
    "is for a GPU",
)
BEST = Kind(
    lambda plain: [False, np.False_],
    lambda plain: [*flag().bad(plain), (True, RunError)],  # the run has no best.npz
    ("True or False", "has no best.npz"),
)
RESUME = Kind(
    lambda plain: [False, np.False_],
    lambda plain: [
        *flag().bad(plain),
        *refused(TypeError, "run", "", Path("run")),
        *refused(RunError, True, np.True_),  # nothing is there to go on with
    ],
    ("True or False", "holds no"),
)
NAMES = [*refused(TypeError, 3, True, b"mlp", ["mlp"], Path("mlp")), ("", ValueError)]
MODEL = listed("expected one of mlp", [None], [*NAMES, ("MLP", ValueError), ("x", ValueError)])
DATA_OF_A_RUN = listed(
    ("expected a name, a path or a Dataset", "there is no data named", "of a kind that is not"),
    ["points.npy", Path("points.npy")],
    [*refused(TypeError, 3, True, b"x", [], POINTS.x), *refused(ValueError, "", "x", "file")],
)
OPTIONS = listed(
    ("expected", "for data by name or path"),
    [None, {}, {"resize": None}],
    [
        *refused(TypeError, "resize", 3, [("resize", 2)], {3: 2}, True),
        *refused(RunError, {"x": 1}, {"resize": 4}, {"hold_out": 2}, {"images": "x"}),
    ],
)
M = dataclasses.replace(
    setting(edges=(6,)),
    bad=lambda plain: [*setting().bad(plain), (7, RunError)],
    words=("expected an integer of", "fewer than one batch"),
)
PLACE = dataclasses.replace(
    path(
        "new",
        Path("new/below"),
        "empty",
        wrong=("file", "file/below", "full"),
        words=("file", "full"),
    ),
    good=lambda plain: [plain, "new", Path("new/below"), "empty", None],
)
COUNTED = {"steps": setting(edges=()), "m": M, "seed": setting(0, 10**30), "k": setting()}
