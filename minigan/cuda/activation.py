"""Activations as kernels know them: a number for φ, and α."""

from __future__ import annotations

from typing import NamedTuple

from minigan.activations import LeakyReLU, ReLU, Sigmoid, Tanh
from minigan.backend import Array
from minigan.layer import Layer

KINDS: dict[type[Layer], int] = {ReLU: 1, LeakyReLU: 2, Sigmoid: 3, Tanh: 4}


class Activation(NamedTuple):
    """φ of a kernel: the number of its kind in common.cu, and LeakyReLU's α."""

    kind: int = 0
    alpha: float = 0.0

    @property
    def keeps_x(self) -> bool:
        """Whether the slope is taken from φ's x (Sigmoid), and not from its y."""
        return self.kind == KINDS[Sigmoid]

    def kept(self, y: Array, x: Array) -> Array:
        """Which of the two the activation's cache is."""
        return x if self.keeps_x else y


IDENTITY = Activation()


def activation_of(layer: Layer) -> Activation | None:
    """The layer as a kernel's φ; None if it is none. A class derived from one is none."""
    kind = KINDS.get(type(layer))
    return None if kind is None else Activation(kind, getattr(layer, "alpha", 0.0))
