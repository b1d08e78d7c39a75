"""Update rules that published GANs use beside Algorithm 1, each with a name.

Every rule has the signature of `algorithm_1` and yields after each iteration.

    algorithm-1     k steps of D, fresh noise, one step of G             Goodfellow et al. 2014
    simultaneous    one z, both gradients taken before either update     the 2014 paper's own code
    worse-player    one z, and only the player with the higher loss moves
    separate        D moves once on data, once on samples; then G        the plain Keras tutorials
    concatenated    D moves on one batch of data and samples; then G     the DCGAN Keras tutorial

Each takes the same options: an objective for G, one-sided label smoothing for D, the mode of G that
makes D's samples, and weights for several players. `algorithm_1` says what they mean; the other
rules say where they differ.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator

from minigan.gan import algorithm_1
from minigan.limits import check_choice
from minigan.rules_joint import simultaneous, worse_player
from minigan.rules_keras import concatenated, separate

__all__ = ["RULES", "concatenated", "default_fakes", "separate", "simultaneous", "worse_player"]

RULES: dict[str, Callable[..., Iterator[int]]] = {
    "algorithm-1": algorithm_1,
    "simultaneous": simultaneous,
    "worse-player": worse_player,
    "separate": separate,
    "concatenated": concatenated,
}


def default_fakes(rule: str) -> str:
    """The mode of G in which the rule of that name makes D's samples unless told otherwise.

    **Raises**  TypeError, ValueError for another name than those in RULES.

    >>> default_fakes("algorithm-1"), default_fakes("separate")
    ('training', 'evaluation')
    """
    check_choice("default_fakes", "rule", rule, RULES)
    return str(inspect.signature(RULES[rule]).parameters["fakes"].default)
