"""L1 and L2 penalties on the kernels."""

from __future__ import annotations

from dataclasses import dataclass

from minigan.backend import Array, array_module
from minigan.inputs import check_floats
from minigan.limits import NOT_NEGATIVE, check_kind, check_number


@dataclass(frozen=True)
class Penalty:
    """Pull every kernel towards 0: R(W) = l1 Σ|W| + l2 ΣW², summed over the parameters named W.

    An optimizer that is given a Penalty descends R whichever way it moves the objective: a player
    that ascends V ascends V - R, one that descends a loss descends loss + R. R is left out of the
    reported losses, so that V stays V.

        ∂R/∂W = l1 sign(W) + 2 l2 W,   sign(0) = 0

    **Parameters**  l1 (per unit of |W|) and l2 (per unit of W²), each ≥ 0.

    **Raises**  TypeError, ValueError for a negative or infinite one.

    >>> import numpy as np
    >>> W = np.array([[3.0, -1.0, 0.0]])
    >>> float(Penalty(1.0, 10.0).value(W)), Penalty(1.0, 10.0).gradient(W).tolist()
    (104.0, [[61.0, -21.0, 0.0]])
    """

    l1: float = 0.0
    l2: float = 0.0

    def __post_init__(self) -> None:
        for name, rate in (("l1", self.l1), ("l2", self.l2)):
            number = check_number("Penalty", name, rate, NOT_NEGATIVE)
            object.__setattr__(self, name, number)  # frozen, but for this

    def applies_to(self, name: str) -> bool:
        """Whether the parameter of this name is a kernel: "W", or "3.W" inside a Sequential."""
        check_kind("Penalty", "name", name, str, "a parameter's name")
        return name.rpartition(".")[2] == "W"

    def value(self, W: Array) -> Array:
        """R(W) of one kernel."""
        check_floats("Penalty", "W", W)
        return self.l1 * array_module(W).abs(W).sum() + self.l2 * (W * W).sum()

    def gradient(self, W: Array) -> Array:
        """∂R/∂W of one kernel."""
        check_floats("Penalty", "W", W)
        return self.l1 * array_module(W).sign(W) + (2 * self.l2) * W
