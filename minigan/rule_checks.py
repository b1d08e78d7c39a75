"""What a rule refuses before it draws a number: a game that would train without sense."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Integral, Real

from minigan.activations import Sigmoid
from minigan.layer import Layer, Sequential
from minigan.reshape import Pack
from minigan.several import Discriminators, Generators, Weights

FAKES = ("training", "evaluation")  # modes of G


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
    for name, number in (("m", m), ("k", k)):
        if isinstance(number, bool) or not isinstance(number, Integral):
            raise TypeError(f"{name} is {number!r}, expected an integer of 1 or more.")
        if number < 1:
            raise ValueError(f"{name} is {number}, expected an integer of 1 or more.")


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
    if fakes not in FAKES:
        names = " or ".join(map(repr, FAKES[:1] if one_pass else FAKES))
        raise ValueError(f"rule {rule!r}: fakes is {fakes!r}, expected {names}.")
    if weights is not None:
        check_weights(weights, G, D, m)


def check_smooth(smooth: float) -> None:
    """Refuse a label of data with which D would be no judge: at 0.5 both labels are as near.

    **Raises**  TypeError, ValueError.
    """
    if isinstance(smooth, bool) or not isinstance(smooth, Real):
        raise TypeError(f"smooth is {smooth!r}, expected a number above 0.5, 1 at most.")
    if not 0.5 < smooth <= 1:
        raise ValueError(
            f"smooth is {smooth}, expected a number above 0.5, 1 at most: the label of data for D, "
            "as 0.9."
        )


def check_weights(weights: Weights, G: Layer, D: Layer, m: int) -> None:
    """Refuse weights that are not one number of 0 or more for each pair of players.

    **Raises**  TypeError for what is no table of numbers; ValueError, also for a player whose
    weights are all 0 (nobody would score it), and for a batch of which a generator gets no sample,
    or no whole number of packs.
    """
    n_G = len(G.layers) if isinstance(G, Generators) else 1
    n_D = len(D.layers) if isinstance(D, Discriminators) else 1
    expected = f"expected {n_G} x {n_D}: a row for each generator, a column for each discriminator."
    if not hasattr(weights, "__len__"):
        raise TypeError(f"weights are {weights!r}, {expected}")
    sizes = [len(row) if hasattr(row, "__len__") else 0 for row in weights]
    if sizes != [n_D] * n_G:
        raise ValueError(f"weights have rows of {', '.join(map(str, sizes))} numbers, {expected}")
    scores = [[_weight(w) for w in row] for row in weights]
    for kind, players in (("generator", scores), ("discriminator", zip(*scores, strict=True))):
        for i, score in enumerate(players):
            if not sum(score) > 0:
                raise ValueError(f"weights of {kind} {i} are all 0, expected one above 0.")
    if m < n_G:
        raise ValueError(f"m is {m}, expected {n_G} or more: a sample for each generator.")
    k = _packed(D)
    if min(k, n_G) > 1 and m % (k * n_G):
        raise ValueError(
            f"m is {m}, expected a multiple of {k * n_G}: D packs {k} examples, and where pairs "
            f"are weighed each of the {n_G} generators fills packs of its own."
        )


def _weight(w: float) -> float:
    try:
        number = float(w)
    except (TypeError, ValueError):
        raise TypeError(f"weights hold {w!r}, expected numbers of 0 or more.") from None
    if not 0 <= number < math.inf:
        raise ValueError(f"weights hold {w}, expected numbers of 0 or more.")
    return number


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
