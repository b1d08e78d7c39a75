"""RANGES of patches, windows, pictures and plots: see ranges.py."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from ranges import (
    Bad,
    Kind,
    Line,
    array,
    choice,
    function,
    instance,
    listed,
    positive,
    size,
    word,
)
from ranges_layers import PADS, pair

from minigan.backend import Random
from minigan.dense import Dense
from minigan.objectives import MINIMAX, NON_SATURATING
from minigan.pictures import write_grid
from minigan.plane import look
from minigan.threads import use_threads

FOLDER = Path(tempfile.mkdtemp(prefix="ranges"))
PNG = FOLDER / "picture.png"


def numbers(*sizes: int, seed: int = 1) -> Any:
    return Random(seed).normal(sizes)


PATH = Kind(
    lambda plain: [plain],
    lambda plain: [(v, TypeError) for v in (None, 3, [str(plain)], b"picture.png")],
    "a path",
)
TEXT = word("a text")
NOTHING = lambda plain: []  # noqa: E731 - a picture takes a while, and `path` draws one
TITLE = Kind(NOTHING, TEXT.bad, TEXT.words)

PATCHES = [
    Line(
        "window.window",
        lambda: {"kernel": 3, "stride": 1, "pad": "same"},
        kernel=pair(1),
        stride=pair(1),
        pad=PADS,
    ),
    Line(
        "threads.use_threads",
        lambda: {"n": 1},
        call=lambda n: use(n),
        n=size(huge=False),
    ),
]


def use(n: Any) -> None:
    with use_threads(n):
        pass


IMAGES = Kind(
    lambda x: [x, x[..., :1], x.tolist() and x[:1], np.asfortranarray(x), x[::-1]],
    lambda x: [
        *((wrong, ValueError) for wrong in (x[:0], x[..., :0], x[0], x[None], None, [], "x")),
        *((x.astype(kind), ValueError) for kind in ("float32", "int64", "bool")),
    ],
    "expected uint8 (n, h, w, c)",
)
COLUMNS = Kind(
    lambda plain: [None, 1, 3, np.int64(2)],
    lambda plain: [case for case in size(huge=False).bad(2) if case[0] is not None],
    "an integer of 1 or more",
)


def images() -> Any:
    return np.arange(3 * 2 * 2 * 3, dtype="uint8").reshape(3, 2, 2, 3)


def a_png() -> Path:
    write_grid(FOLDER / "frame.png", images())
    return FOLDER / "frame.png"


PICTURES = [
    Line(
        "pictures.grid", lambda: {"images": images(), "columns": 2}, images=IMAGES, columns=COLUMNS
    ),
    Line(
        "pictures.write_grid",
        lambda: {"path": PNG, "images": images(), "columns": 1, "rows": ["a", "b", 3]},
        path=PATH,
        images=IMAGES,
        columns=Kind(lambda plain: [None, 3], COLUMNS.bad, COLUMNS.words),
        rows=listed("a list of names", [(), range(3)], [(v, TypeError) for v in (None, 3, "abc")]),
    ),
    Line(
        "pictures.write_film",
        lambda: {"path": FOLDER / "film.gif", "frames": [a_png()]},
        path=PATH,
        frames=listed(
            "expected",
            [[a_png(), str(a_png())], (a_png(), FOLDER / "missing.png")],
            [([], ValueError), ([FOLDER / "missing.png"], ValueError), (None, TypeError)]
            + [(v, TypeError) for v in (3, "frame.png", [None], [3], np.ones(3))],
        ),
    ),
]


def table(n: int = 0) -> Kind:
    """A NumPy array of numbers, (m,) or (m, n)."""

    def bad(x: Any) -> Bad:
        found: Bad = [(v, TypeError) for v in (None, x.tolist(), "x", 3, x.astype(object))]
        found += [(v, TypeError) for v in (x.astype(complex), np.ma.masked_array(x))]
        return found + [(v, ValueError) for v in (x[:0], x[None], x[0] if n else x[:, None])]

    return Kind(NOTHING, bad, "expected")


def or_none(kind: Kind) -> Kind:
    return Kind(
        kind.good, lambda x: [case for case in kind.bad(x) if case[0] is not None], kind.words
    )


LOG = {name: [1.0, 2.0] for name in ("step", "loss_D", "loss_G", "D_real", "D_fake")}


def without(name: str) -> dict[str, Any]:
    return {key: column for key, column in LOG.items() if key != name}


def a_view() -> Any:
    rng = Random(0)
    G, D = Dense(2, 2, rng), Dense(2, 1, rng)
    return look(G, D, numbers(8, 2), np.zeros((5, 2)), ((-1.0, 1.0), (-1.0, 1.0)))


def refused(words: str, bad: Bad) -> Kind:
    return Kind(NOTHING, lambda plain: bad, words)


VIEW = Kind(NOTHING, instance("", np.ones((2, 2))).bad, "a Plane")
PLOTS = [
    Line(
        "plots.write_curves",
        lambda: {"path": PNG, "log": LOG, "objective": "minimax"},
        path=PATH,
        log=refused(
            "expected",
            [(v, TypeError) for v in (None, [LOG], "log.csv")]
            + [(without(name), ValueError) for name in LOG]
            + [(LOG | {"loss_D": [1.0]}, ValueError), ({}, ValueError)],
        ),
        objective=Kind(NOTHING, choice("minimax").bad, "'minimax'"),
    ),
    Line(
        "plots.write_density",
        lambda: {
            **{"path": PNG, "samples": np.arange(9.0), "data": np.arange(5.0)},
            **{"D": (np.arange(3.0), np.ones(3)), "title": ""},
        },
        path=PATH,
        samples=table(),
        data=or_none(table()),
        D=listed(
            "a pair of arrays",
            [None],
            [(v, TypeError) for v in (3, "D", np.ones(3))]
            + [((np.ones(3),), ValueError), ((np.ones(3), np.ones(2)), ValueError)],
        ),
        title=TITLE,
    ),
    Line(
        "plots.write_scatter",
        lambda: {
            **{"path": PNG, "samples": numbers(9, 2), "data": numbers(5, 2)},
            **{"title": "", "labels": ("a", "b")},
        },
        path=PATH,
        samples=table(2),
        data=or_none(table(2)),
        title=TITLE,
        labels=refused(
            "a pair of texts",
            [(v, TypeError) for v in (None, 3, "ab")]
            + [(v, ValueError) for v in ((), ("a",), ("a", 3), ("a", "b", "c"))],
        ),
    ),
    Line(
        "plots.span",
        lambda: {"values": np.arange(3.0)},
        values=listed(
            "numbers",
            [np.array([]), [1, 2], np.array([np.nan, 1.0])],
            [(v, TypeError) for v in (None, "x", [[1], [1, 2]], [None])],
        ),
    ),
    Line(
        "plane_picture.write_plane",
        lambda: {"path": PNG, "view": a_view(), "title": ""},
        **{"path": PATH, "view": VIEW, "title": TITLE},
    ),
    Line("plane_picture.describe_plane", lambda: {"view": a_view()}, view=VIEW),
]

LAYER = instance("a Layer", Dense)
ROWS = array(fixed=False)
OBJECTIVE = instance("an Objective", "minimax", good=[MINIMAX, NON_SATURATING])


def a_game() -> dict[str, Any]:
    rng = Random(0)
    box = ((-1.0, 1.0), (-1.0, 1.0))
    return {
        **{"G": Dense(2, 2, rng), "D": Dense(2, 1, rng), "z": numbers(8, 2), "box": box},
        **{"data": np.zeros((5, 2)), "objective": MINIMAX},
        **{"to_data": np.asarray, "to_network": np.asarray},
    }


PLANE = [
    Line(
        "plane.look",
        a_game,
        **{"G": LAYER, "D": LAYER, "z": array(also="x"), "data": table(2), "objective": OBJECTIVE},
        box=listed(
            "((low, high), (low, high))",
            [[[0, 1], [0, 1]], np.array([[-1.0, 2.0], [0.0, 1.0]])],
            [(v, TypeError) for v in (None, 3, (0, 1), ((0, 1),), "box", ((0, 1), (0, "x")))]
            + [(((1, 0), (0, 1)), ValueError), (((0, 1), (0, np.inf)), ValueError)]
            + [(((0, np.nan), (0, 1)), ValueError), (((0, 0), (0, 1)), ValueError)],
        ),
        to_data=function("a function of an array"),
        to_network=function("a function of an array"),
    ),
    Line(
        "plane.shortened",
        lambda: {"v": numbers(4, 2), "half": 1.0},
        v=array(fixed=False),
        half=positive(),
    ),
    Line(
        "plane.pull",
        lambda: {"D": Dense(2, 1, Random(0)), "fake": numbers(4, 2), "objective": MINIMAX},
        D=LAYER,
        fake=array(also="x"),
        objective=OBJECTIVE,
    ),
    Line(
        "plane.judges_one_by_one",
        lambda: {"D": Dense(2, 1, Random(0)), "points": numbers(8, 2)},
        D=LAYER,
        points=array(also="x"),
    ),
    Line("plane.grid_of", lambda: {"z": numbers(4, 2)}, z=ROWS),
]

SEEN = [*PATCHES, *PICTURES, *PLOTS, *PLANE]
