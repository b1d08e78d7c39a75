"""RANGES of optimizers, penalties and schedules: see ranges.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from ranges import (
    Kind,
    Line,
    array,
    instance,
    not_negative,
    number,
    optional,
    share,
    size,
    word,
)

from minigan.backend import Random
from minigan.dense import Dense
from minigan.layer import Layer
from minigan.optimizers import SGD, Adam, Momentum, Optimizer, RMSProp
from minigan.penalties import Penalty


def numbers(*sizes: int, seed: int = 1, dtype: str = "float32") -> Any:
    return Random(seed, dtype=dtype).normal(sizes)


NET = instance("a Layer", np.ones(2), {"W": np.ones(2)})
PENALTY = optional(instance("a Penalty", 0.1, {"l1": 0.1}))
GOOD_RATE = not_negative()
ALPHA = Kind(
    lambda plain: [*GOOD_RATE.good(plain), lambda t: 0.1, lambda t: np.float64(0.0)],
    lambda plain: GOOD_RATE.bad(plain),
    "a number of 0 or more",
)


def net() -> Layer:
    return Dense(3, 2, Random(0))


def grads(**more: Any) -> dict[str, Any]:
    return {"W": numbers(3, 2), "b": numbers(2)} | more


def optimizer(name: str, plain: dict[str, Any], **kinds: Kind) -> Line:
    both = {"net": NET, "alpha": ALPHA, "penalty": PENALTY}
    return Line(
        f"optimizers.{name}",
        lambda: {"net": net(), "alpha": 0.1, "penalty": None} | plain,
        **both | kinds,
    )


def moved(make: Callable[[Layer], Optimizer], verb: str) -> Callable[[Any], Any]:
    """A verb of an optimizer, twice: what becomes of the parameters."""

    def move(grads: Any) -> Any:
        layer = net()
        before = {name: theta.copy() for name, theta in layer.params.items()}
        opt = make(layer)
        try:
            getattr(opt, verb)(grads)
        except Exception:
            same = all((before[name] == theta).all() for name, theta in layer.params.items())
            assert (same, opt.t, opt.state) == (True, 0, {}), "something moved before the error"
            raise
        getattr(opt, verb)(grads)
        return layer.params

    return move


def gradients() -> Kind:
    """A dict as backward returns it."""
    part = array(wrong=lambda g: [g[:1], g.T if g.ndim > 1 else g[:, None]])
    g = grads()
    bad = [(grads(W=wrong), error) for wrong, error in part.bad(g["W"])]
    bad += [(grads(b=wrong), error) for wrong, error in part.bad(g["b"]) if np.ndim(wrong) < 2]
    bad += [({}, ValueError), ({"W": g["W"]}, ValueError), (grads(c=g["b"]), ValueError)]
    bad += [(value, TypeError) for value in (None, [g["W"], g["b"]], g["W"], "grads")]
    good = [grads(W=same) for same in part.good(g["W"])]
    return Kind(
        lambda plain: [plain, *good], lambda plain: bad, ("expected", "; convert"), alike=True
    )


MOVERS = [
    optimizer("SGD", {}),
    optimizer("Momentum", {"momentum": 0.5}, momentum=share("a number in [0, 1)")),
    optimizer(
        "RMSProp",
        {"decay": 0.9, "eps": 1e-8},
        decay=share("a number in [0, 1)"),
        eps=not_negative(),
    ),
    optimizer(
        "Adam",
        {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "eps_hat": None},
        beta1=share("a number in [0, 1)"),
        beta2=share("a number in [0, 1)"),
        eps=not_negative(),
        eps_hat=optional(not_negative()),
    ),
    Line("optimizer.Optimizer", lambda: {"net": net(), "penalty": None}, net=NET, penalty=PENALTY),
    *(
        Line(
            f"optimizers.{kind.__name__}.{verb}", lambda: {"grads": grads()}, call=call, grads=GRADS
        )
        for GRADS in [gradients()]
        for kind in (SGD, Momentum, RMSProp, Adam)
        for verb in ("ascend", "descend")
        for call in [moved(kind, verb)]
    ),
    Line(
        "penalties.Penalty",
        lambda: {"l1": 0.1, "l2": 0.1},
        l1=not_negative(),
        l2=not_negative(),
    ),
    Line(
        "penalties.Penalty.applies_to",
        lambda: {"name": "0.W"},
        call=Penalty(0.1).applies_to,
        name=word("a parameter's name"),
    ),
    Line(
        "penalties.Penalty.value",
        lambda: {"W": numbers(3, 2)},
        call=Penalty(1, 1).value,
        W=array(any_shape=True, fixed=False),
    ),
    Line(
        "penalties.Penalty.gradient",
        lambda: {"W": numbers(3, 2)},
        call=Penalty(np.float64(1), np.float64(1)).gradient,
        W=array(any_shape=True, fixed=False),
    ),
    Line(
        "schedules.decay_exponentially",
        lambda: {"start": 0.1, "divisor": 2, "floor": 0.02},
        start=not_negative(),
        divisor=number([1, 1.0, 1e30], [0, -1, 0.999, np.inf], "a number of 1 or more"),
        floor=not_negative(),
    ),
    Line(
        "schedules.ramp_by_epoch",
        lambda: {"start": 0.5, "end": 0.7, "epochs": 3, "batches_per_epoch": 10},
        start=not_negative(),
        end=not_negative(),
        epochs=size(),
        batches_per_epoch=size(),
    ),
]
