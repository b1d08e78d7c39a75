"""Several generators and several discriminators, as two layers that every rule can play with.

N generators are one generator that deals its noise out among them: what it makes is a mixture. M
discriminators are one that answers with M logits for each example. Every pair (Gᵢ, Dⱼ) plays the
game of equation (1), and the whole is a weighted mean over the pairs:

    V = Σᵢⱼ wᵢⱼ V(Dⱼ, Gᵢ),   Σᵢⱼ wᵢⱼ = 1

All Dⱼ ascend V, and all Gᵢ descend it (or the same mean of another objective). Since only its own
terms depend on a player, each is scored by a weighted sum over its adversaries:

    Dⱼ ascends  Σᵢ wᵢⱼ V(Dⱼ, Gᵢ)        Gᵢ descends  Σⱼ wᵢⱼ L(Dⱼ(Gᵢ(z)))

What it changes: with p the density of the data and qᵢ that of Gᵢ, the best Dⱼ is p/(p + q̄ⱼ), where
q̄ⱼ = Σᵢ wᵢⱼ qᵢ / Σᵢ wᵢⱼ. It is enough for D that the mixture is right, so each Gᵢ may keep to a part
of the data; and a Gᵢ that has fooled one Dⱼ still hears from the others.

That the mixture is right is not enough where D judges packs of k (`Pack`), each made by one Gᵢ: the
packs' density is a mixture of the qᵢᵏ, which is pᵏ only if every qᵢ is p. (The chance that two
examples of a pack both lie in a region A is the mean of qᵢ(A)², which is above the square of the
mean wherever the qᵢ(A) differ.) So there each Gᵢ has to make all of the data.

Without weights all pairs count alike, wᵢⱼ = 1/(NM), if N divides m: then V is the plain mean over
all logits, and the rules need not know how many players there are. (Otherwise each generator counts
as its share of the batch.) A player's gradient has the size of its share, 1/N for each of N
generators, 1/M for each of M discriminators: Adam and RMSProp do not notice (but for their eps),
for SGD and Momentum multiply alpha.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from minigan.backend import Array, array_module
from minigan.inputs import check_dy, check_input
from minigan.layer import Grads, Layer, check_layers, named

Weights = Sequence[Sequence[float]]  # wᵢⱼ: a row for each generator, a column for each D


def deal(m: int, n: int) -> list[slice]:
    """Which rows of m each of n gets: one after the other, the first m % n of them one more.

    >>> [(rows.start, rows.stop) for rows in deal(5, 2)]
    [(0, 3), (3, 5)]
    """
    ends = [i * (m // n) + min(i, m % n) for i in range(n + 1)]
    return [slice(start, stop) for start, stop in pairwise(ends)]


def pairs(weights: Weights, m: int) -> Iterator[tuple[float, slice, int]]:
    """Yield (wᵢⱼ, the rows of Gᵢ's samples, the column j of Dⱼ's logits); the weights add up to 1.

    m: the number of rows that the logits have. Behind a Pack(k) that is a kth of the batch, and the
    rows are Gᵢ's alone if k divides the share of each generator, as `check_weights` sees to.

    >>> [(w, rows.start, j) for w, rows, j in pairs([[3, 1]], 5)]
    [(0.75, 0, 0), (0.25, 0, 1)]
    """
    total = sum(float(w) for row in weights for w in row)
    for rows, row in zip(deal(m, len(weights)), weights, strict=True):
        for j, w in enumerate(row):
            yield float(w) / total, rows, j


class Generators(Layer):
    """Several networks that share one batch: each makes an equal part of the samples.

    **Forward**  z is cut into as many parts as there are networks:

        y = [G₁(z₁); G₂(z₂); …],   z = [z₁; z₂; …]

    **Backward**  dy is cut likewise, and each network gets its part:

        dx = [∂G₁ᵀ dy₁; ∂G₂ᵀ dy₂; …],   ∂L/∂θᵢ from dyᵢ alone

    A network's BatchNorm sees its own part only. One that gets no rows (m < n) has gradient 0.

    **Shapes**  x (m, …), y (m, …): rows 0 to m/n - 1 belong to the first network, and so on.

    **Parameters**  nets: the networks, one or more; params are their own, named "0.…", "1.…".

    **Raises**  TypeError for what is no Layer, ValueError without networks, for two that share
    arrays, and for a wrong dy.

    >>> import numpy as np
    >>> from minigan.activations import ReLU
    >>> from minigan.reshape import Flatten
    >>> both = Generators(Flatten(), ReLU())       # the first lets everything through
    >>> both(np.array([[-1.0], [-2.0], [-3.0], [4.0]])).tolist()
    [[-1.0], [-2.0], [0.0], [4.0]]
    """

    def __init__(self, *nets: Layer) -> None:
        check_layers("Generators", "network", nets)
        self.layers = nets

    @property
    def params(self) -> dict[str, Array]:  # type: ignore[override]
        """All parameters, named "network.name"."""
        return named([net.params for net in self.layers])

    @property
    def buffers(self) -> dict[str, Array]:  # type: ignore[override]
        """All buffers, named "network.name"."""
        return named([net.buffers for net in self.layers])

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        check_input(self, x, ("m", "..."))
        ran = [
            (i, rows, *self.layers[i].forward(x[rows], train))
            for i, rows in enumerate(deal(len(x), len(self.layers)))
            if rows.start < rows.stop
        ]
        shapes = dict.fromkeys(part.shape[1:] for _, _, part, _ in ran)
        if len(shapes) > 1:
            found = ", ".join(f"(m, {str(s)[1:-1].rstrip(',')})" for s in shapes)
            raise ValueError(f"{self!r}: the networks give shapes {found}, expected the same.")
        y = array_module(x).concatenate([part for _, _, part, _ in ran])
        return y, ([(i, rows, cache) for i, rows, _, cache in ran], y.shape)

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        ran, shape = cache
        check_dy(self, dy, shape)
        xp, dx = array_module(dy), []
        grads: Grads = {}
        for i, rows, tape in ran:
            part, own = self.layers[i].backward(
                dy[rows], tape, need_dx=need_dx, need_grads=need_grads
            )
            dx.append(part)
            grads |= {f"{i}.{name}": g for name, g in own.items()}
        if need_grads:
            everything = self.params.items()  # of those without rows, too: they are idle
            grads = {n: grads[n] if n in grads else xp.zeros_like(a) for n, a in everything}
        return (xp.concatenate(dx) if need_dx else None), grads

    def __repr__(self) -> str:
        return f"Generators({len(self.layers)} networks)"


class Discriminators(Layer):
    """Several networks that look at one batch: a logit from each, side by side.

    **Forward**

        y = [D₁(x), D₂(x), …]

    **Backward**  x went into every network, so their gradients for it add up:

        dx = Σⱼ ∂Dⱼᵀ dyⱼ,   ∂L/∂θⱼ from dyⱼ alone,   dyⱼ being column j of dy

    **Shapes**  x (m, …), y (m, n) for n networks of one output each.

    **Parameters**  nets: the networks, one or more; params are their own, named "0.…", "1.…".

    **Raises**  TypeError for what is no Layer; ValueError without networks, for two that share
    arrays, for one whose output is
    not (m, 1), for networks that pack different numbers of examples, and for a wrong dy.

    >>> import numpy as np
    >>> from minigan.activations import ReLU
    >>> from minigan.reshape import Flatten
    >>> panel = Discriminators(Flatten(), ReLU())
    >>> y, cache = panel.forward(np.array([[-1.0], [4.0]]))
    >>> dx, _ = panel.backward(np.array([[1.0, 10.0], [1.0, 10.0]]), cache)
    >>> y.tolist(), dx.tolist()
    ([[-1.0, 0.0], [4.0, 4.0]], [[1.0], [11.0]])
    """

    def __init__(self, *nets: Layer) -> None:
        check_layers("Discriminators", "network", nets)
        self.layers = nets

    @property
    def params(self) -> dict[str, Array]:  # type: ignore[override]
        """All parameters, named "network.name"."""
        return named([net.params for net in self.layers])

    @property
    def buffers(self) -> dict[str, Array]:  # type: ignore[override]
        """All buffers, named "network.name"."""
        return named([net.buffers for net in self.layers])

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        ran = [net.forward(x, train) for net in self.layers]
        for j, (a, _) in enumerate(ran):
            if a.ndim != 2 or a.shape[1] != 1:
                raise ValueError(
                    f"{self!r}: network {j} gives shape {a.shape}, expected (m, 1): one logit for "
                    "each example."
                )
            if len(a) != len(ran[0][0]):
                raise ValueError(
                    f"{self!r}: network {j} gives {len(a)} logits and network 0 gives "
                    f"{len(ran[0][0])} for x of shape {x.shape}, expected as many from each; give "
                    "them all a Pack of the same k, or none."
                )
        y = array_module(x).concatenate([a for a, _ in ran], axis=1)
        return y, ([tape for _, tape in ran], y.shape)

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        tapes, shape = cache
        check_dy(self, dy, shape)
        # contiguous: products with a column that lies scattered round otherwise on a GPU
        columns = [array_module(dy).ascontiguousarray(dy[:, j : j + 1]) for j in range(shape[1])]
        ran = [
            net.backward(own, tape, need_dx=need_dx, need_grads=need_grads)
            for own, net, tape in zip(columns, self.layers, tapes, strict=True)
        ]
        dx = sum((part for part, _ in ran[1:]), start=ran[0][0]) if need_dx else None
        return dx, named([grads for _, grads in ran])

    def __repr__(self) -> str:
        return f"Discriminators({len(self.layers)} networks)"
