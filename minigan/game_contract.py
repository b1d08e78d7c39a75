"""The rules that a player's gradient keeps in a game, beside being right.

Taking a gradient moves nothing: neither player's parameters, nor the batches. A gradient of G that
trains D on its way, by however little, is a wrong step, though every number in it is right.
"""

from __future__ import annotations

from collections.abc import Callable

from minigan.backend import Array
from minigan.comparison import GradientError
from minigan.layer import Grads, Layer
from minigan.replay import left_alone


def checked(
    where: str, gradient: Callable[[], Grads], own: Layer, frozen: dict[str, Array]
) -> Grads:
    """The gradient for the parameters of `own`, of which nothing in `frozen` has moved.

    **Raises**  GradientError, also for other names, shapes or dtypes than the parameters'.
    """

    def fail(message: str) -> None:
        raise GradientError(f"{where} in training: {message}")

    with left_alone(frozen, fail, "taking the gradient changed {}; it must leave it as it is."):
        grads = gradient()
    if grads.keys() != own.params.keys():
        missing = sorted(own.params.keys() - grads.keys())
        extra = sorted(grads.keys() - own.params.keys())
        fail(f"the gradient must have the keys of params: missing {missing}, not known {extra}.")
    for name, theta in own.params.items():
        for what in ("shape", "dtype"):
            got, expected = getattr(grads[name], what, None), getattr(theta, what)
            if got != expected:
                fail(f"the gradient for {name} has {what} {got}, expected {expected}.")
    return grads


def left_as_they_are(G: Layer, D: Layer, **batches: Array) -> dict[str, Array]:
    """What no gradient may change, by the names that a message gives them."""
    players = (("G", G), ("D", D))
    return batches | {f"{who}'s {n!r}": a for who, net in players for n, a in net.params.items()}
