"""The same x and dy in other clothes: of other strides, and in two halves. The gradients stay.

A backward sees dy as a contiguous array of numbers of both signs, none of them 0, unless somebody
shows it another. In a network it meets slices and transposed views, and gradients that are 0 where
a ReLU was off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from minigan.backend import Array, array_module

if TYPE_CHECKING:
    from minigan.contract import Contract


def check_disguises(contract: Contract) -> None:
    """See that neither strides nor zeros in dy change what backward returns.

    **Raises**  GradientError, which says the rule.
    """
    _check_strides(contract)
    _check_halves(contract)


def gradient_of(name: str) -> str:
    """How a message calls the gradient for x, or for a parameter."""
    return "dx" if name == "x" else f"grads[{name!r}]"


def _check_strides(contract: Contract) -> None:
    x, dy = contract.x, contract.dy
    message = "gave another {} for {} of other strides; it may not rely on how an array lies."
    for view in (_turned, _backwards):
        contract.put_back()
        _, cache = contract.layer.forward(view(x), contract.train)
        contract.compare(contract.backward(dy, cache), message.format("{}", "an x"))
        _, cache = contract.forward()
        contract.compare(contract.backward(view(dy), cache), message.format("{}", "a dy"))


def _check_halves(contract: Contract) -> None:
    """See that backward(max(dy, 0)) + backward(min(dy, 0)) = backward(dy)."""
    xp, dy = array_module(contract.dy), contract.dy
    _, cache = contract.forward()
    above = {n: g.copy() for n, g in contract.backward(xp.maximum(dy, 0), cache).items()}
    below = contract.backward(xp.minimum(dy, 0), cache)
    largest = max(map(_size, [*above.values(), *below.values()]))
    for name, g in contract.gradients.items():
        limit = 1e-9 * max(_size(above[name]), _size(below[name])) + 1e-12 * largest
        if not _size(above[name] + below[name] - g) <= limit:
            contract.fail(
                f"backward is not linear in dy: {gradient_of(name)} of the positive part of dy and "
                "that of the negative part, with zeros elsewhere, do not add up to that of dy."
            )


def _turned(a: Array) -> Array:
    return a.transpose().copy().transpose()


def _backwards(a: Array) -> Array:
    return a[::-1].copy()[::-1]


def _size(a: Array) -> float:
    return float(abs(a).max()) if a.size else 0.0
