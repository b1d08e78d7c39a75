"""Dense: y = xW + b."""

from __future__ import annotations

from typing import Any

from minigan.backend import Array, Random
from minigan.blocks import channel_sum, product
from minigan.initializers import Initializer, drawn, glorot_uniform, zeros
from minigan.inputs import check_dy, check_input
from minigan.layer import Grads, Layer
from minigan.limits import check_flag, check_integer


class Dense(Layer):
    """Map n_in features to n_out features by an affine function.

    **Forward**

        y = x W + b                  yᵢⱼ = Σₖ xᵢₖ Wₖⱼ + bⱼ

    **Backward**  A small change of x, W and b moves y by δy = δx W + x δW + δb, and L by Σ dy ∘ δy.
    What each change is multiplied with is its gradient:

        dW = xᵀ dy                   Wₖⱼ meets xᵢₖ in every example i: a sum over the batch
        db = Σᵢ dyᵢ                  bⱼ is added in every example
        dx = dy Wᵀ                   xᵢₖ reaches every output j through Wₖⱼ

    **Shapes**  x (m, n_in), y (m, n_out), W (n_in, n_out), b (n_out,)

    **Parameters**  rng draws W by the initializer W and b by the initializer b; bias=False leaves
    b out, for a layer that a BatchNorm follows.

    **Raises**  TypeError, ValueError for sizes under 1, for an initializer that gives another
    shape, for an x that is not (m, n_in) and for a dy that is not (m, n_out).

    >>> import numpy as np
    >>> layer = Dense(2, 1, Random(0, dtype="float64"))
    >>> layer.params["W"][...] = [[3.0], [4.0]]
    >>> y, cache = layer.forward(np.array([[1.0, 2.0]]))
    >>> dx, grads = layer.backward(np.array([[10.0]]), cache)
    >>> y.tolist(), dx.tolist(), grads["W"].tolist(), grads["b"].tolist()
    ([[11.0]], [[30.0, 40.0]], [[10.0], [20.0]], [10.0])
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        rng: Random,
        *,
        W: Initializer = glorot_uniform,
        b: Initializer = zeros,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.n_in, self.n_out = n_in, n_out
        self.n_in = check_integer(self, "n_in", n_in)
        self.n_out = check_integer(self, "n_out", n_out)
        self.params["W"] = drawn(self, "W", W, rng, (self.n_in, self.n_out))
        if check_flag(self, "bias", bias):
            self.params["b"] = drawn(self, "b", b, rng, (self.n_out,))

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        check_input(self, x, ("m", self.n_in))
        y = product(x, self.params["W"])  # (m, n_in) (n_in, n_out) → (m, n_out)
        if "b" in self.params:
            y += self.params["b"]
        return y, x

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        x, W = cache, self.params["W"]
        check_dy(self, dy, (len(x), self.n_out), x)
        grads = {}
        if need_grads:
            grads["W"] = product(x.T, dy)  # (n_in, m) (m, n_out) → (n_in, n_out)
            if "b" in self.params:
                grads["b"] = channel_sum(dy)
        dx = product(dy, W.T) if need_dx else None  # (m, n_out) (n_out, n_in) → (m, n_in)
        return dx, grads

    def __repr__(self) -> str:
        return f"Dense({self.n_in} → {self.n_out})"
