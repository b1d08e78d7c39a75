"""The layer protocol, and Sequential: the chain rule.

A layer is a function y = f(x; θ) together with its two gradients. It has

    params     θ, a dict of arrays that an optimizer trains in place
    buffers    arrays that are saved but not trained (running mean and variance)

    forward(x, train=True)                                        → y, cache
    backward(dy, cache, *, need_dx=True, need_grads=True)         → dx, grads

where dy = ∂L/∂y for a scalar L, dx = ∂L/∂x, and grads has the keys of params: grads["W"] = ∂L/∂W.
`backward` is the vector-Jacobian product. It reads its arguments and the parameters, nothing else.

Why it looks like this:

* The cache is returned, not stored on the layer. The discriminator runs on x and on G(z) before it
  is differentiated; a cache on the layer would be overwritten by the second run, and the gradient
  for x would silently be computed from the activations of G(z).
* Gradients are returned, not accumulated. Nothing has to be zeroed, and not using a gradient *is*
  freezing: there is no `trainable` flag and no `detach`.
* `train` is an argument, never a mode, and the cache remembers it. "Frozen" and "evaluation" are
  different things: a frozen discriminator still normalises by the statistics of its batch.
* `need_dx` and `need_grads` exist for speed alone. Where one is False, its part need not be
  computed: minigan's layers return None, or {}.
* forward and backward change none of their arguments, and what they return is the caller's: a
  later call does not write into it.
* Shapes are channels-last: (m, features) or (m, height, width, channels); m is the batch size.
* x and dy are arrays of float32 or float64, not empty, dy in the shape and dtype of y (`inputs`);
  train is True or False; need_dx and need_grads may be any truth values. What else there is for a
  layer to refuse stands in its docstring, under Raises.
* A layer keeps the dtype of x. Parameters get theirs from the `Random` that drew them.
* A layer that draws random numbers keeps its Random as `self.rng`, so that whoever compares two
  runs of it can put the stream back.
"""

from __future__ import annotations

from typing import Any

from minigan.backend import Array, array_module
from minigan.inputs import check_dy
from minigan.limits import sentence, shown

Grads = dict[str, Array]


class Layer:
    """A differentiable function with parameters; see the module's text for the protocol."""

    params: dict[str, Array]
    buffers: dict[str, Array]

    def __init__(self) -> None:
        self.params = {}
        self.buffers = {}

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        """Y = f(x; θ), and the cache that backward needs."""
        raise NotImplementedError(f"{type(self).__name__} has no forward.")

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        """From dL/dy and forward's cache to dL/dx and {name: dL/dparam}."""
        raise NotImplementedError(f"{type(self).__name__} has no backward.")

    def __call__(self, x: Array, train: bool = False) -> Array:
        """The output alone, in evaluation mode unless train is set."""
        return self.forward(x, train)[0]

    def joined(self, following: Layer) -> Layer | None:
        """A layer that computes this and the following one at once, faster; None if none does."""
        return None

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


def named(dicts: list[dict[str, Array]]) -> dict[str, Array]:
    """One dict of several layers' arrays, "position.name": array."""
    return {f"{i}.{name}": a for i, arrays in enumerate(dicts) for name, a in arrays.items()}


def check_layers(where: str, kind: str, layers: tuple[Any, ...]) -> None:
    """Refuse what is no row of layers of which each has parameters of its own.

    A parameter that stood in two places would have two names, two gradients, of which neither is
    the whole one, and two sets of moments in an optimizer.

    **Raises**  TypeError, ValueError.
    """
    if not layers:
        raise ValueError(f"{where}: got no {kind}s, expected at least one.")
    owner: dict[int, int] = {}
    for i, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            raise TypeError(f"{where}: {kind} {i} is {shown(layer)}, expected a Layer.")
        for array in (layer.params | layer.buffers).values():
            if owner.setdefault(_begins(array), i) != i:
                raise ValueError(
                    f"{where}: {kind} {i}, {layer!r}, shares its arrays with {kind} "
                    f"{owner[_begins(array)]}, expected arrays of its own: make another one."
                )


def _begins(array: Any) -> int:
    """Where in memory an array begins: W.T and W[:] begin where W does, and are W once more."""
    if not getattr(array, "size", 0) or not hasattr(array, "__setitem__"):
        return id(array)  # of an empty one and of a NumPy scalar an address says nothing
    if array_module(array).__name__ == "cupy":
        straight = array if array.flags.c_contiguous else array.T
        return int(straight.data.ptr) if straight.flags.c_contiguous else id(array)
    return int(array.__array_interface__["data"][0])


def _tape(net: Sequential, cache: Any) -> Any:
    """The tape and the shape of y that a forward has returned.

    **Raises**  TypeError for what is none, and for the tape of a longer or a shorter network.
    """
    fits = isinstance(cache, tuple) and len(cache) == 2 and isinstance(cache[0], list)
    if not fits or len(cache[0]) != len(net.plan):
        raise TypeError(sentence(net, "cache", cache, "the tape that its forward returned"))
    return cache


class Sequential(Layer):
    """Layers one after the other: the chain rule.

    **Forward**

        h₀ = x,   hᵢ₊₁ = fᵢ(hᵢ),   y = hₙ

    **Backward**, from the last layer to the first:

        ∂L/∂hᵢ = (∂fᵢ/∂hᵢ)ᵀ ∂L/∂hᵢ₊₁,   ∂L/∂θᵢ = (∂fᵢ/∂θᵢ)ᵀ ∂L/∂hᵢ₊₁

    The cache is the tape: the caches of the layers, in order. Without need_dx the walk ends at the
    first layer that has parameters, since nothing below it is asked for. Two neighbours may run as
    one (`Layer.joined`); which do, the plan, is settled when the network is made.

    **Shapes**  whatever the layers take; backward insists that dy has the shape of forward's y.

    **Parameters**  layers: one or more; a layer without arrays, such as ReLU, may stand in several
    places. params are the layers' own, named by position: "0.W", "0.b", "1.gamma". The layers hold
    the arrays; `params` and `buffers` collect them anew at each use, so they are never stale.

    **Raises**  ValueError without layers, for two that share arrays, or for a dy of the wrong
    shape; TypeError for what is no Layer.

    >>> import numpy as np
    >>> from minigan.activations import ReLU
    >>> net = Sequential(ReLU(), ReLU())
    >>> y, tape = net.forward(np.array([[-1.0, 2.0]]))
    >>> dx, grads = net.backward(np.array([[5.0, 7.0]]), tape)
    >>> y.tolist(), dx.tolist(), grads
    ([[0.0, 2.0]], [[0.0, 7.0]], {})
    """

    def __init__(self, *layers: Layer) -> None:
        check_layers("Sequential", "layer", layers)
        self.layers = layers
        self.plan = _plan(layers)

    # Collected at each use rather than stored: whoever replaces layer.params["W"] is believed.
    @property
    def params(self) -> dict[str, Array]:  # type: ignore[override]
        """All parameters, named "position.name"."""
        return named([layer.params for layer in self.layers])

    @property
    def buffers(self) -> dict[str, Array]:  # type: ignore[override]
        """All buffers, named "position.name"."""
        return named([layer.buffers for layer in self.layers])

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        tape = []
        for _, layer in self.plan:
            x, cache = layer.forward(x, train)
            tape.append(cache)
        return x, (tape, x.shape)

    def __call__(self, x: Array, train: bool = False) -> Array:
        """The output alone; no tape is kept, so each layer's cache is gone before the next runs."""
        for _, layer in self.plan:
            x = layer(x, train)
        return x

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        tape, shape = _tape(self, cache)
        check_dy(self, dy, shape)
        first = next((i for i, (_, layer) in enumerate(self.plan) if layer.params), len(self.plan))
        last_needed = 0 if need_dx else first
        grads: list[Grads] = [{} for _ in self.layers]
        for i in reversed(range(last_needed, len(self.plan))):
            position, layer = self.plan[i]
            dy, grads[position] = layer.backward(
                dy, tape[i], need_dx=need_dx or i > first, need_grads=need_grads
            )
        return (dy if need_dx else None), named(grads)

    def __repr__(self) -> str:
        return f"Sequential({len(self.layers)} layers)"

    def summary(self, shape: tuple[int, ...]) -> str:
        """The network as a table: `summary.table` for one input of this shape: sizes without m."""
        from minigan.summary import table  # which is made of this file's classes

        return table(self, shape)


def _plan(layers: tuple[Layer, ...]) -> list[tuple[int, Layer]]:
    """The layers in the order in which they run, neighbours joined where that is faster.

    Of two layers that are joined one has parameters, and its position is theirs.
    """
    from minigan.chains import activated  # which is made of this file's classes

    plan: list[tuple[int, Layer]] = []
    for position, layer in enumerate(layers):
        joined = None
        if plan:
            before, last = plan[-1]
            joined = last.joined(layer) or activated(last, layer)
        if joined is None:
            plan.append((position, layer))
        else:
            plan[-1] = (position if layer.params else before), joined
    return plan
