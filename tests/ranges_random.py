"""RANGES of devices, random numbers and checks of gradients: see ranges.py."""

from __future__ import annotations

from typing import Any

import numpy as np
from ranges import (
    Kind,
    Line,
    choice,
    instance,
    listed,
    not_floats,
    not_negative,
    number,
    optional,
    positive,
    size,
    word,
)

from minigan import gradcheck
from minigan.activations import Tanh
from minigan.backend import Random
from minigan.dense import Dense
from minigan.objectives import MINIMAX, NON_SATURATING

RNG = instance("a Random", 7, np.random.default_rng(0), Random)
SEED = Kind(
    lambda plain: [0, 1, 2**32, 2**64, 2**200, np.uint64(2**64 - 1)],
    lambda plain: size(0, huge=False).bad(0),
    "an integer of 0 or more",
)
DEVICE = choice("cpu", "auto", words="'cuda'")


def numbers(*sizes: int, seed: int = 1, dtype: str = "float32") -> Any:
    return Random(seed, dtype=dtype).normal(sizes)


# --- devices and random numbers -------------------------------------------------------------------


def arrays() -> Kind:
    """Any array of NumPy or CuPy, of any dtype."""
    x = numbers(3, 2)
    bad = [(value, TypeError) for value in (None, 3, "x", x.tolist(), x.view(np.matrix))]
    bad += [(np.ma.masked_array(x, mask=x > 0), TypeError), (memoryview(x), TypeError)]
    good = [x, x[:0], x.astype(int), np.float64(3), x.astype(object), x.copy().view(np.memmap)]
    return Kind(lambda plain: good, lambda plain: bad, "expected a NumPy or a CuPy array")


def sizes() -> Kind:
    """The shape of what a Random draws, which may be empty."""
    good = [(), (0,), (3,), [2, 3], (np.int64(2), 0)]
    bad = [((2, -1), ValueError), ((10**30,), ValueError)]
    bad += [(wrong, TypeError) for wrong in (None, 3, "33", (2.0,), (True,), np.array([2, 2]))]
    return Kind(lambda plain: good, lambda plain: bad, ("of 0 or more",))


def drawn(method: str, plain: dict[str, Any], /, **kinds: Kind) -> list[Line]:
    """A method of Random, on the host and as on a device."""
    return [
        Line(
            f"backend.Random.{method}",
            lambda: plain,
            call=lambda draws=draws, **given: getattr(Random(0, draws=draws), method)(**given),
            **kinds,
        )
        for draws in ("host", "device")
    ]


ENDS = [-1e30, 0, -1.5]
RANDOM = [
    *(
        Line(f"backend.{name}", lambda: {"x": numbers(3)}, x=arrays())
        for name in ("array_module", "device_of", "to_host")
    ),
    Line("backend.choose_device", lambda: {"device": "cpu"}, device=DEVICE),
    Line(
        "backend.device_module",
        lambda: {"device": "cpu"},
        device=Kind(lambda p: ["cpu"], lambda p: [*DEVICE.bad(p), ("auto", ValueError)], "'cuda'"),
    ),
    Line(
        "backend.Random",
        lambda: {"seed": 0, "device": "cpu", "dtype": "float32", "stream": "", "draws": "host"},
        seed=SEED,
        device=DEVICE,
        dtype=choice("float32", "float64"),
        stream=word("a name"),
        draws=choice("host", "device"),
    ),
    *drawn("child", {"name": "D"}, name=word("a name")),
    *drawn(
        "array",
        {"values": [1, 2.5]},
        values=listed(
            "expected numbers",
            [3, [], [[1, 2]], (1, 2), np.arange(3), True, 10**400 // 10**390],
            [(value, TypeError) for value in (None, "x", ["a"], [[1], [1, 2]], {"a": 1}, 1j)],
        ),
    ),
    *drawn("zeros", {"shape": (2, 3)}, shape=sizes()),
    *drawn("ones", {"shape": (2, 3)}, shape=sizes()),
    *drawn("normal", {"shape": (2, 3), "std": 1.0}, shape=sizes(), std=not_negative()),
    *drawn(
        "uniform",
        {"shape": (2, 3), "low": -1, "high": 1.0},
        shape=sizes(),
        low=number([*ENDS, 1.0], [1.5, -np.inf, np.inf, 10**400], "a finite number"),
        high=number([1e30, -1, 0], [-1.5, np.inf, -np.inf, 10**400], "a finite number"),
    ),
    *drawn(
        "mask",
        {"shape": (2, 3), "keep": 0.5},
        shape=sizes(),
        keep=number([0, 1, 1.0, 1e-9], [-1e-9, 1.0000001, 2, np.inf], "a share in [0, 1]"),
    ),
    *drawn("permutation", {"n": 5}, n=size(0)),
]

# --- checks of gradients --------------------------------------------------------------------------

TOLERANCE = positive("a number above 0")
FLOAT64S = Kind(
    lambda x: [x, np.asfortranarray(x), x[::-1].copy()[::-1]],
    lambda x: [*not_floats(x), (x.astype("float32"), TypeError), (x[:0], ValueError)],
    "expected",
    also="x",
)


def a_game() -> dict[str, Any]:
    rng = Random(0, dtype="float64")
    G, D = Dense(1, 2, rng), Dense(2, 1, rng)
    x, z = numbers(3, 2, dtype="float64"), numbers(3, 1, dtype="float64")
    return {"G": G, "D": D, "x": x, "z": z, "objectives": (MINIMAX,), "seed": 0, "tolerance": 1e-6}


CHECKS = [
    Line(
        "checks.check_layer",
        lambda: {
            **{
                "make": lambda rng: Tanh(),
                "shape": (2, 1),
                "x": None,
                "seed": 0,
                "input_scale": 1.0,
            },
            **{"tolerance": 1e-6, "device": "cpu", "modes": ("train",)},
        },
        make=Kind(
            bad=lambda p: [(v, TypeError) for v in (None, "Tanh", Tanh(), lambda rng: None)],
            words="expected a",
        ),
        shape=Kind(
            lambda plain: [(2, 1), [2, 1], (np.int64(2), 1), (3,)],
            lambda plain: (
                [(v, ValueError) for v in ((), None, (0, 1), (2, -1))]
                + [(v, ValueError) for v in (3, "3", (2.0, 1), (True, 1), np.array([2, 1]))]
            ),
            ("sizes of 1 or more", "such as (5, 3)"),
        ),
        x=Kind(
            bad=lambda p: [(numbers(2, 1, dtype="float64"), ValueError), ([[1.0]], TypeError)],
            words="expected",
        ),
        seed=SEED,
        input_scale=TOLERANCE,
        tolerance=Kind(lambda p: [1e-6, 1e-3, np.float32(1e-4)], TOLERANCE.bad, TOLERANCE.words),
        device=DEVICE,
        modes=Kind(
            lambda plain: [["train"], ("eval",), ["train", "eval"]],
            lambda plain: (
                [(v, ValueError) for v in ("train", [], ["test"], ["train", "test"])]
                + [(v, TypeError) for v in (None, 3)]
                + [([["train"]], ValueError)]
            ),
            "expected some of",
        ),
    ),
    Line(
        "game_checks.check_game",
        a_game,
        **{"G": instance("a Layer", Dense), "D": instance("a Layer", Dense)},
        **{"x": FLOAT64S, "z": FLOAT64S},
        objectives=Kind(
            lambda plain: [(MINIMAX,), [NON_SATURATING]],
            lambda plain: (
                [(v, TypeError) for v in (None, "minimax", ["minimax"], MINIMAX)]
                + [((), ValueError)]
            ),
            "expected",
        ),
        seed=SEED,
        tolerance=Kind(lambda p: [1e-6, 1e-3, np.float32(1e-4)], TOLERANCE.bad, TOLERANCE.words),
    ),
    Line(
        "gradcheck.find",
        lambda: {"name": None},
        name=optional(choice("Tanh", "mlp", words="expected one of")),
    ),
    Line(
        "gradcheck.check",
        lambda: {"name": "Tanh", "device": "cpu", "seed": 0},
        call=lambda **given: list(gradcheck.check(**given)),
        name=choice("Tanh", words="expected one of"),
        device=DEVICE,
        seed=Kind(lambda p: [0, 3], SEED.bad, SEED.words),
    ),
    Line(
        "gradcheck.check_model",
        lambda: {"name": "gaussian-1d", "device": "cpu", "seed": 0, "m": 2},
        name=choice("gaussian-1d", words="expected one of"),
        device=choice("cpu", words="'cuda'"),
        seed=Kind(lambda p: [0], SEED.bad, SEED.words),
        m=Kind(lambda p: [1], size().bad, "an integer of 1 or more"),
    ),
]

DRAWN = [*RANDOM, *CHECKS]
