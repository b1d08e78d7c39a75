"""Minibatch discrimination: D looks at how alike the samples of one batch are.

A D that judges each sample alone cannot see that G makes the same one again and again: one good
sample is as convincing the hundredth time. This layer shows D how many others of the batch lie
close by, so that a collapsed G gives itself away, and the slope that G receives through it pushes
its samples apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from minigan.backend import Array, Random, array_module, device_of
from minigan.blocks import product
from minigan.initializers import Initializer, drawn, glorot_uniform
from minigan.inputs import check_dy, check_input
from minigan.layer import Grads, Layer
from minigan.limits import check_flag, check_integer

# All pairs of examples are compared in all kernels, m² B C differences: 131 MB in float32 for
# m = 256, B = 100, C = 5. So they are taken a block at a time, and no more than this many stand in
# memory: a CPU's cache full (128 kB), or work for a whole GPU.
DIFFERENCES = {"cpu": 1 << 15, "cuda": 1 << 22}
LOST = (
    1e-30  # closeness that is taken for 0, before products with it are denormal: 100 times as slow
)


class MinibatchDiscrimination(Layer):
    """Append to each example how close the others of its batch are, seen by B learned kernels.

    **Forward**  for the examples i, j = 1 … m and the kernels b = 1 … B

        Mᵢ = xᵢ T                             B rows Mᵢ_b of C numbers
        c_b(i, j) = exp(-‖Mᵢ_b - Mⱼ_b‖₁)      1 for equal rows, towards 0 for distant ones
        o_ib = Σⱼ c_b(i, j)                   as many as lie close by, softly counted
        y = [x, o]

    The sum as printed runs over all j, i itself included, which adds 1 to every o.
    with_itself=False sums over j ≠ i. The gradients are the same, and a bias behind the layer makes
    up for the 1; but in float32 what is below 6e-8 is lost beside it.

    **Backward**  Let do be the last B columns of dy, and s = sign(Mᵢ_bc - Mⱼ_bc), the slope of the
    absolute value. A small change of M moves o by

        δo_ib = -Σⱼ c_b(i, j) Σ_c s · (δMᵢ_bc - δMⱼ_bc)

    Each pair moves twice: Mᵢ stands in example i's own sum, before every j, and in the sum of each
    other example j, behind the minus. c is the same for (i, j) and (j, i); s has the other sign,
    which the minus turns round again. So the two parts have one form and add up:

        dMᵢ_bc = -Σⱼ (do_ib + do_jb) · c_b(i, j) · sign(Mᵢ_bc - Mⱼ_bc)
        dT = xᵀ dM                            T meets xᵢ in every example, as in Dense
        dx = dy's first n_in columns + dM Tᵀ  x goes straight through and into M

    sign(0) = 0. The term j = i always stands at the kink and needs no care: Mᵢ - Mᵢ is 0 whatever x
    is, so its slope is 0, and so is its sign. Two equal rows of different examples are at a true
    kink. There the two sides' slopes cancel: samples that are exactly equal are not pushed apart,
    but those that nearly are feel the full slope.

    Two identities follow, and are tested. Only differences count, so that one vector added to all x
    changes no o; hence what reaches x through o sums to 0 over the batch:

        1 ≤ o ≤ m             0 ≤ o ≤ m - 1 without i itself
        Σᵢ dMᵢ = 0            the pairs (i, j) and (j, i) cancel

    Training and evaluation are the same: the output depends on the batch in both. So D(x) of an
    example alone is not what it is among others (o = 1: nothing is near), and logits compare only
    between batches of one size. What else is in the batch matters, too. Algorithm 1 shows D data
    and samples in two batches, as the source does. In one (the rule "concatenated") every o counts
    data and samples together, and a collapsed G shows less: half of the neighbours are data.

    **Shapes**  x (m, n_in), y (m, n_in + B), T (n_in, B, C)

    **Parameters**  kernels: B, how many closenesses each example gets; dim: C, how many numbers are
    compared in each; with_itself: whether j = i counts; rng draws T by the initializer T, as a
    matrix (n_in, B · C). The larger T, the closer is "close".

    **Raises**  ValueError for sizes under 1 and for an x that is not (m, n_in).

    **Source**  Salimans et al. 2016, "Improved Techniques for Training GANs", section 3.2 (from
    memory). OpenAI's code leaves out j = i (from memory) and normalises T, which is not done here.

    >>> import numpy as np
    >>> layer = MinibatchDiscrimination(1, 1, 1, Random(0, dtype="float64"))
    >>> layer.params["T"][...] = np.log(2)          # c halves with each step of 1
    >>> x = np.array([[0.0], [0.0], [1.0]])
    >>> layer(x).round(9).tolist()                  # 1 + 1 + 1/2, twice, and 1/2 + 1/2 + 1
    [[0.0, 2.5], [0.0, 2.5], [1.0, 2.0]]
    """

    def __init__(
        self,
        n_in: int,
        kernels: int,
        dim: int,
        rng: Random,
        *,
        with_itself: bool = True,
        T: Initializer = glorot_uniform,
    ) -> None:
        super().__init__()
        self.n_in, self.kernels, self.dim = n_in, kernels, dim
        self.with_itself = check_flag("MinibatchDiscrimination", "with_itself", with_itself)
        self.n_in = check_integer(self, "n_in", n_in)
        self.kernels = check_integer(self, "kernels", kernels)
        self.dim = check_integer(self, "dim", dim)
        shape = self.n_in, self.kernels, self.dim
        self.params["T"] = drawn(self, "T", T, rng, (n_in, math.prod(shape[1:]))).reshape(shape)

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        check_input(self, x, ("m", self.n_in))
        xp, m = array_module(x), len(x)
        M = product(self._matrix().T, x.T).reshape(self.kernels, self.dim, m)
        y = xp.empty((m, self.n_in + self.kernels), dtype=x.dtype)
        y[:, : self.n_in] = x
        o = y[:, self.n_in :].T  # (B, m), a view
        for some, rows in _blocks(M):
            _, c = _compare(M[some], rows)
            if not self.with_itself:
                c *= 1 - xp.eye(*c.shape[1:], rows.start, dtype=c.dtype)
            o[some, rows] = c.sum(axis=2)  # over j
        return y, (x, M)

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        x, M = cache
        check_dy(self, dy, (len(x), self.n_in + self.kernels), x)
        if not (need_dx or need_grads):
            return None, {}
        xp = array_module(M)
        do = dy[:, self.n_in :].T  # (B, m)
        dM = xp.empty_like(M)  # (B, C, m)
        for some, rows in _blocks(M):
            difference, c = _compare(M[some], rows)
            pair = (do[some, rows, None] + do[some, None, :]) * c  # (some, rows, m)
            dM[some, :, rows] = -(pair[:, None] * xp.sign(difference)).sum(axis=3)  # over j
        dM = dM.reshape(self.kernels * self.dim, len(x))
        grads = {}
        if need_grads:
            grads["T"] = product(x.T, dM.T).reshape(self.n_in, self.kernels, self.dim)
        if not need_dx:
            return None, grads
        return dy[:, : self.n_in] + product(dM.T, self._matrix().T), grads

    def _matrix(self) -> Array:
        """T as a matrix (n_in, B · C)."""
        return self.params["T"].reshape(self.n_in, self.kernels * self.dim)

    def __repr__(self) -> str:
        itself = "" if self.with_itself else ", j ≠ i"
        return f"MinibatchDiscrimination({self.n_in} + {self.kernels} × {self.dim}{itself})"


def _blocks(M: Array) -> Iterator[tuple[slice, slice]]:
    """Some kernels b and some examples i at a time, whose differences to all j are few enough."""
    kernels, dim, m = M.shape
    limit = DIFFERENCES[device_of(M)]
    few = max(1, min(m, limit // (dim * m)))
    some = max(1, limit // (dim * m * few))
    for b in range(0, kernels, some):
        for i in range(0, m, few):
            yield slice(b, b + some), slice(i, i + few)


def _compare(M: Array, rows: slice) -> tuple[Array, Array]:
    """From some kernels' M (B, C, m) to Mᵢ - Mⱼ (B, C, rows, m) and c (B, rows, m), i in rows."""
    xp = array_module(M)
    difference = M[:, :, rows, None] - M[:, :, None, :]
    c = xp.exp(-xp.abs(difference).sum(axis=1))
    c *= c > LOST
    return difference, c
