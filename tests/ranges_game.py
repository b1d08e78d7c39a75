"""RANGES of the game, objectives and rules: see ranges.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from ranges import (
    Kind,
    Line,
    anything,
    array,
    choice,
    function,
    instance,
    listed,
    number,
    optional,
    size,
    word,
)

from minigan.activations import ReLU
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.dense import Dense
from minigan.gan import discriminator_gradient, generator_gradient
from minigan.layer import Layer, Sequential
from minigan.objectives import MINIMAX, NON_SATURATING
from minigan.optimizers import SGD
from minigan.rules import RULES
from minigan.several import Discriminators, Generators

ANY_FLOATS = array(any_shape=True, fixed=False)


def numbers(*sizes: int, seed: int = 1, dtype: str = "float32") -> Any:
    return Random(seed, dtype=dtype).normal(sizes)


def of_floats(name: str, *names: str) -> Line:
    """A function of arrays alone that are as large as they like, and alike."""
    kinds = {names[0]: ANY_FLOATS} | {other: array(any_shape=True) for other in names[1:]}
    if len(names) > 1:
        kinds[names[0]] = array(any_shape=True)
    return Line(name, lambda: {n: numbers(4, 1, seed=i) for i, n in enumerate(names)}, **kinds)


SMOOTH = number([0.51, 0.9, 1, 1.0], [0.5, 0, -1, 1.0000001, 2], "a number above 0.5, 1 at most")


def weights(rows: int, columns: int, columns_known: bool = True) -> Kind:
    """A weight for each pair of players."""
    table = [[1.0] * columns for _ in range(rows)]
    longer, ragged, alone = (
        [row * 2 for row in table],
        [*table, [1.0] * (columns + 1)],
        [[0.0] * columns] * rows,
    )

    def with_one(w: Any) -> Any:
        return [[w, *table[0][1:]], *table[1:]]

    bad = [(1.0, TypeError), ("11", TypeError), (object(), TypeError)]
    bad += [(with_one(w), TypeError) for w in ("1", None, True, 1j)]
    bad += [(with_one(w), ValueError) for w in (-1e-9, np.nan, np.inf)]
    bad += [(wrong, ValueError) for wrong in ([], [[]], ragged, alone)]
    bad += [(longer, ValueError)] if columns_known else []
    good = [table, np.ones((rows, columns)), tuple(map(tuple, table)), with_one(2)]
    return Kind(lambda plain: good, lambda plain: bad, "expected")


LOGITS = {"a_real": array(any_shape=True), "a_fake": array(any_shape=True)}


def logits(**more: Any) -> dict[str, Any]:
    return {"a_real": numbers(4, 2), "a_fake": numbers(4, 2, seed=2)} | more


OBJECTIVES = [
    of_floats("activations.softplus", "a"),
    of_floats("activations.sigmoid", "a"),
    of_floats("cross_entropy.softmax", "a"),
    *(
        of_floats(f"objectives.{name}", "a_fake")
        for name in ("minimax_loss", "minimax_slope", "non_saturating_loss", "non_saturating_slope")
    ),
    *(
        Line(
            f"objectives.{name}",
            lambda: logits(smooth=0.9, weights=None),
            **LOGITS,
            smooth=SMOOTH,
            weights=optional(weights(1, 2)),
        )
        for name in ("value", "value_slopes")
    ),
    Line(
        "objectives.Objective",
        lambda: {"name": "mine", "loss": np.mean, "slope": np.sign},
        name=word("a name"),
        loss=function("a function of a_fake"),
        slope=function("a function of a_fake"),
    ),
    Line(
        "objectives.Objective.weighted",
        lambda: {"weights": None},
        call=lambda weights: MINIMAX.weighted(weights),
        weights=optional(weights(1, 2, columns_known=False)),
    ),
    *(
        Line(
            f"cross_entropy.{name}",
            lambda: {"a": numbers(2, 3), "y": np.eye(3, dtype="float32")[:2]},
            a=array(wrong=lambda a: [a[:, :1], a[:1]]),
            y=array(wrong=lambda y: [y[:, :1], y[:1]]),
        )
        for name in ("cross_entropy", "cross_entropy_slope")
    ),
]

# --- the rules ------------------------------------------------------------------------------------


def players(several: bool = False) -> tuple[Layer, Layer]:
    rng = Random(0)
    if several:
        Gs, Ds = ([Dense(2, 3, rng) for _ in range(2)], [Dense(3, 1, rng) for _ in range(2)])
        return Generators(*Gs), Discriminators(*Ds)
    G = Sequential(Dense(2, 4, rng), BatchNorm(4, rng), ReLU(), Dense(4, 3, rng))
    return G, Sequential(Dense(3, 4, rng), ReLU(), Dense(4, 1, rng))


def player(role: str) -> Kind:
    """G or D, among which are some that do not fit the other."""
    rng = Random(0)
    wrong = {"D": [Dense(3, 2, rng), Dense(4, 1, rng)], "G": [Dense(2, 4, rng), Dense(3, 3, rng)]}
    bad = [(value, TypeError) for value in (None, "G", Dense, lambda x: x)]
    bad += [(net, ValueError) for net in wrong[role]]
    return Kind(lambda plain: [plain], lambda plain: bad, "expected")


def sample(n: int) -> Kind:
    """data or noise: a function of m."""
    x = numbers(6, n)
    bad = [
        (value, TypeError) for value in (None, x, 6, "data", lambda m: x.tolist(), lambda m: None)
    ]
    bad += [(lambda m, y=y: y, error) for y, error in not_alike(x)]
    return Kind(lambda plain: [plain], lambda plain: bad, ("expected", "; convert x"), also="x")


def not_alike(x: Any) -> list[Any]:
    """Batches that are none: of another dtype, size, number of examples."""
    bad = [(x.astype(kind), TypeError) for kind in ("float16", "float64", "int64")]
    return bad + [(y, ValueError) for y in (x[:0], x[:4], x[:1], np.vstack([x, x]), x[:, :1], x[0])]


OBJECTIVE = instance("an Objective", "minimax", lambda a: a, good=[MINIMAX, NON_SATURATING])
WATCH = function("a function of player, logits and grads")
FAKES = choice("training", "evaluation", words="'training'")
ONLY_TRAINING = Kind(
    lambda plain: ["training"],
    lambda p: [("evaluation", ValueError), (None, TypeError)],
    "'training'",
)
IGNORED = anything("steps of this rule are watched, not counted")


def first_step(rule: Any) -> Callable[..., Any]:
    def play(**arguments: Any) -> Any:
        opt_G, opt_D = arguments["opt_G"], arguments["opt_D"]
        if arguments["weights"] is not None:
            arguments["G"], arguments["D"] = players(several=True)
        for optimizer_of, net in ((opt_G, "G"), (opt_D, "D")):
            if isinstance(optimizer_of, SGD):
                optimizer_of.net = arguments[net]
        assert next(rule(**arguments), 0) == 0

    return play


def a_game(m: int = 6) -> dict[str, Any]:
    G, D = players()
    return {
        **{"G": G, "D": D, "opt_G": SGD(G), "opt_D": SGD(D)},
        **{"data": lambda m: numbers(m, 3), "noise": lambda m: numbers(m, 2)},
        **{"m": 6, "iterations": 1, "k": 1, "objective": NON_SATURATING, "smooth": 0.9},
        **{"fakes": "training", "weights": None, "watch": lambda player, logits, grads: None},
    }


OPT = instance("an Optimizer", SGD, players()[0])
ONE = listed("expected 1", [1, np.int64(1)], [(2, ValueError)])


def rule(name: str, function_of: Any) -> Line:
    one_pass = name in ("simultaneous", "worse-player")
    where = {"algorithm-1": "gan", "separate": "rules_keras", "concatenated": "rules_keras"}
    return Line(
        f"{where.get(name, 'rules_joint')}.{function_of.__name__}",
        a_game,
        call=first_step(function_of),
        **{"G": player("G"), "D": player("D"), "opt_G": OPT, "opt_D": OPT},
        **{"data": sample(3), "noise": sample(2), "objective": OBJECTIVE, "smooth": SMOOTH},
        **{"m": SMALL_M, "iterations": size(0, huge=False), "watch": WATCH},
        k=size() if name == "algorithm-1" else ONE,
        fakes=ONLY_TRAINING if one_pass else FAKES,
        weights=optional(weights(2, 2)),
    )


SMALL_M = Kind(
    lambda plain: [6, np.int64(6), 2],
    lambda plain: size().bad(6),
    "an integer of 1 or more",
)


def gradient_of(D: bool) -> Line:
    def plain() -> dict[str, Any]:
        G, net = players()
        both = {"D": net, "G": G, "z": numbers(6, 2), "watch": lambda player, logits, grads: None}
        if not D:
            return both | {"objective": MINIMAX}
        return both | {"x": numbers(6, 3), "smooth": 0.9, "fakes": "training", "weights": None}

    def call(**arguments: Any) -> Any:
        if arguments.get("weights") is not None:
            arguments["G"], arguments["D"] = players(several=True)
        return (discriminator_gradient if D else generator_gradient)(**arguments)

    kinds = {"D": player("D"), "G": player("G"), "z": array(also="x"), "watch": WATCH}
    if D:
        kinds |= {
            "x": array(),
            "smooth": SMOOTH,
            "fakes": FAKES,
            "weights": optional(weights(2, 2)),
        }
    else:
        kinds |= {"objective": OBJECTIVE}
    name = "discriminator_gradient" if D else "generator_gradient"
    return Line(f"gan.{name}", plain, call=call, **kinds)


THE_RULES = [
    *(rule(name, function_of) for name, function_of in RULES.items()),
    gradient_of(True),
    gradient_of(False),
    Line(
        "rules.default_fakes",
        lambda: {"rule": "separate"},
        rule=choice(*RULES, words="'algorithm-1'"),
    ),
]

GAME = [*OBJECTIVES, *THE_RULES]
