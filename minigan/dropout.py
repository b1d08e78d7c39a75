"""Dropout: switch units off at random while training."""

from __future__ import annotations

from typing import Any

from minigan.backend import Array, Random
from minigan.blocks import elementwise
from minigan.inputs import check_dy, check_input, check_random
from minigan.layer import Grads, Layer
from minigan.limits import SHARE, check_flag, check_number


class Dropout(Layer):
    """Zero each unit with probability `rate` in training, and do nothing in evaluation.

    **Forward**

        train   y = x ∘ μ,   μ = 1/(1 - rate) with probability 1 - rate, else 0;   E[y] = x
        eval    y = x

    **Backward**  dx = dy ∘ μ with the μ of that forward, which is in the cache: a mask drawn anew
    would give the gradient of another function. In evaluation dx = dy.

    **Shapes**  any; y, dy and dx have the shape of x

    **Parameters**  rate: the share of units that is switched off, in [0, 1); rng draws the masks,
    whose probabilities are multiples of 2⁻¹⁶: a rate closer to 1 than about 1e-3 misses E[y] = x

    **Raises**  TypeError, ValueError for a rate outside [0, 1), and for what is no Random

    **Source**  Srivastava et al. 2014 (from memory). Departure: scaled by 1/(1 - rate) while
    training ("inverted dropout") where the paper scales the weights by 1 - rate in evaluation.

    >>> import numpy as np
    >>> layer = Dropout(0.5, Random(0))
    >>> y, cache = layer.forward(np.ones(1000))
    >>> sorted(set(y.tolist())), bool((layer.backward(np.ones(1000), cache)[0] == y).all())
    ([0.0, 2.0], True)
    """

    def __init__(self, rate: float, rng: Random) -> None:
        super().__init__()
        self.rate = check_number("Dropout", "rate", rate, SHARE)
        check_random("Dropout", rng)
        self.rng = rng

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        check_input(self, x)
        if not check_flag(self, "train", train) or self.rate == 0:
            return x, x.shape
        mask = self.rng.mask(x.shape, keep=1 - self.rate)
        return self._scaled(x, mask), mask

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        through = isinstance(cache, tuple)  # the shape of x, where nothing was switched off
        check_dy(self, dy, cache if through else cache.shape, None if through else cache)
        if not need_dx:
            return None, {}
        return (dy if through else self._scaled(dy, cache)), {}

    def _scaled(self, x: Array, mask: Array) -> Array:
        scale = 1 / (1 - self.rate)

        def formula(x: Array, mask: Array) -> Array:
            return x * mask * scale

        return elementwise(formula, x, mask, kernel="dropout", constants=(scale,))

    def __repr__(self) -> str:
        return f"Dropout({self.rate:g})"
