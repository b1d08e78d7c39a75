"""What a rule refuses before it draws a number: a game that would train without sense."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any

from minigan.activations import Sigmoid
from minigan.backend import Array
from minigan.inputs import check_floats
from minigan.layer import Layer, Sequential
from minigan.limits import (
    Range,
    check_choice,
    check_function,
    check_integer,
    check_kind,
    check_number,
    sentence,
    shown,
)
from minigan.reshape import Pack
from minigan.several import Discriminators, Generators, Weights

FAKES = ("training", "evaluation")  # modes of G
SMOOTH: Range = (
    "a number above 0.5, 1 at most: the label of data for D, as 0.9",
    lambda smooth: 0.5 < smooth <= 1,
)


def check_players(G: Layer, D: Layer, *, m: int, k: int = 1) -> None:
    """Refuse what would train without an error and without sense.

    **Raises**  TypeError, ValueError for players that are no layers, a D that ends in a sigmoid
    (the objectives apply it), and an m or k under 1.
    """
    for name, net in (("G", G), ("D", D)):
        if not isinstance(net, Layer):
            raise TypeError(f"{name} is {type(net).__name__}, expected a Layer.")
    if _ends_in_a_sigmoid(D):
        raise ValueError(
            "D ends in a Sigmoid, expected a logit: leave the Sigmoid out, the objectives apply it."
        )
    check_integer("", "m", m)
    check_integer("", "k", k)


def check_rule(
    rule: str,
    G: Layer,
    D: Layer,
    *,
    m: int,
    k: int,
    smooth: float,
    fakes: str,
    weights: Weights | None,
    one_pass: bool = False,
) -> None:
    """Refuse players and options that the rule cannot play with.

    **Parameters**  rule: its name; one_pass: whether both players move on one G(z).

    **Raises**  TypeError, ValueError: as `check_players` and `check_weights`; for k other than 1,
    where D makes no k steps; a smooth outside (0.5, 1]; a mode of G that there is not.
    """
    check_players(G, D, m=m, k=k)
    if k != 1 and rule != "algorithm-1":
        raise ValueError(f"rule {rule!r}: k is {k}, expected 1; only algorithm-1 loops over D.")
    check_smooth(smooth)
    if one_pass and fakes == "evaluation":
        raise ValueError(
            f"rule {rule!r}: fakes is 'evaluation', expected 'training': both players look at one "
            "G(z), through which G learns."
        )
    check_choice(f"rule {rule!r}", "fakes", fakes, FAKES[:1] if one_pass else FAKES)
    if weights is not None:
        check_weights(weights, G, D, m)


def check_smooth(smooth: float) -> None:
    """Refuse a label of data with which D would be no judge: at 0.5 both labels are as near.

    **Raises**  TypeError, ValueError.
    """
    check_number("", "smooth", smooth, SMOOTH)


def check_weights(weights: Weights, G: Layer, D: Layer, m: int) -> None:
    """Refuse weights that are not one number of 0 or more for each pair of players.

    **Raises**  TypeError for what is no table of numbers; ValueError, also for a player whose
    weights are all 0 (nobody would score it), and for a batch of which a generator gets no sample,
    or no whole number of packs.
    """
    n_G = len(G.layers) if isinstance(G, Generators) else 1
    n_D = logits_of(D)
    check_table(weights, n_G, n_D)
    if m < n_G:
        raise ValueError(f"m is {m}, expected {n_G} or more: a sample for each generator.")
    k = _packed(D)
    if min(k, n_G) > 1 and m % (k * n_G):
        raise ValueError(
            f"m is {m}, expected a multiple of {k * n_G}: D packs {k} examples, and where pairs "
            f"are weighed each of the {n_G} generators fills packs of its own."
        )


def check_table(weights: Any, n_G: int | None = None, n_D: int | None = None) -> int:
    """Refuse what is no table of numbers of 0 or more; return how many columns it has.

    **Raises**  TypeError, ValueError, also for a player whose weights are all 0.
    """
    places = "a row for each generator, a column for each discriminator"
    if not isinstance(weights, tuple | list) and not getattr(weights, "shape", ()):
        table = f"{n_G or 'N'} x {n_D or 'M'}"
        raise TypeError(f"weights are {shown(weights)}, expected {table}: {places}.")
    sizes = [len(row) if hasattr(row, "__len__") else 0 for row in weights]
    n_G = len(sizes) if n_G is None else n_G
    n_D = max(sizes, default=0) if n_D is None else n_D
    if sizes != [n_D] * n_G or n_D < 1:
        found = ", ".join(map(str, sizes)) or "no"
        raise ValueError(f"weights have rows of {found} numbers, expected {n_G} x {n_D}: {places}.")
    scores = [[_weight(w) for w in row] for row in weights]
    for kind, players in (("generator", scores), ("discriminator", zip(*scores, strict=True))):
        for i, score in enumerate(players):
            if not sum(score) > 0:
                raise ValueError(f"weights of {kind} {i} are all 0, expected one above 0.")
    return n_D


def _weight(w: Any) -> float:
    expected = "expected numbers of 0 or more."
    if isinstance(w, bool) or not isinstance(w, Real):
        raise TypeError(f"weights hold {w!r}, {expected}")
    number = float(w)
    if not 0 <= number < math.inf:
        raise ValueError(f"weights hold {w}, {expected}")
    return number


def check_gradient(where: str, G: Layer, D: Layer, z: Array, watch: Any, *objectives: Any) -> None:
    """Refuse what a gradient cannot be taken of: at every step, so only what is quick to see.

    **Raises**  TypeError, ValueError.
    """
    check_kind(where, "G", G, Layer, "a Layer")
    check_kind(where, "D", D, Layer, "a Layer")
    check_floats(where, "z", z)
    check_function(where, "watch", watch, "of player, logits and grads")
    for objective in objectives:
        if not hasattr(objective, "slope"):
            raise TypeError(sentence(where, "objective", objective, "an Objective, as MINIMAX"))


def check_logits(D: Layer, a: Array) -> None:
    """Refuse the output of a D that is not one logit for each example, or pack of them.

    **Raises**  ValueError.
    """
    n = logits_of(D)
    if a.ndim != 2 or a.shape[1] != n:
        each = "one logit" if n == 1 else "a logit from each discriminator"
        raise ValueError(f"{D!r}: D gives shape {a.shape}, expected (m, {n}): {each}.")


def logits_of(D: Layer) -> int:
    """How many logits D gives for an example: one, or one from each of several."""
    if isinstance(D, Sequential):
        return logits_of(D.layers[-1])
    return len(D.layers) if isinstance(D, Discriminators) else 1


def check_loop(
    opt_G: Any, opt_D: Any, data: Any, noise: Any, iterations: int, objective: Any, watch: Any
) -> tuple[Callable[[int], Array], Callable[[int], Array]]:
    """Refuse what a rule's loop cannot run on; return data and noise, each of which then checks
    that a batch is as large as it was asked for.

    **Raises**  TypeError, ValueError; those of data and noise, too.
    """
    for name, optimizer in (("opt_G", opt_G), ("opt_D", opt_D)):
        if isinstance(optimizer, type) or not hasattr(optimizer, "ascend"):
            raise TypeError(sentence("", name, optimizer, "an Optimizer"))
    check_function("", "data", data, "data(m)")
    check_function("", "noise", noise, "noise(m)")
    check_integer("", "iterations", iterations, 0, math.inf)
    check_function("", "watch", watch, "of player, logits and grads")
    if not hasattr(objective, "weighted"):
        raise TypeError(sentence("", "objective", objective, "an Objective, as MINIMAX"))
    return _batches("data", data), _batches("noise", noise)


def _batches(name: str, sample: Callable[[int], Array]) -> Callable[[int], Array]:
    def batch(m: int) -> Array:
        x = sample(m)
        check_floats("", f"{name}({m})", x)
        if x.shape[:1] != (m,):
            raise ValueError(f"{name}({m}) has shape {x.shape}, expected ({m}, …).")
        return x

    return batch


def _packed(D: Layer) -> int:
    """How many examples share a logit of D: the k of its Packs, multiplied."""
    if isinstance(D, Discriminators):
        return _packed(D.layers[0])
    if isinstance(D, Sequential):
        return math.prod(_packed(layer) for layer in D.layers)
    return D.k if isinstance(D, Pack) else 1


def _ends_in_a_sigmoid(net: Layer) -> bool:
    ends: Sequence[Layer] = (net,)
    if isinstance(net, Sequential):
        ends = net.layers[-1:]
    elif isinstance(net, Discriminators):
        ends = net.layers
    return any(
        isinstance(end, Sigmoid) or (end is not net and _ends_in_a_sigmoid(end)) for end in ends
    )
