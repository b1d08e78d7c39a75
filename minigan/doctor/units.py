"""Looking at units: what reaches the activations of a network, batch after batch.

A unit is one column of a dense layer or one channel of an image. It is silent when nothing in all
that was shown makes it answer:

    ReLU            x ≤ 0 throughout: its slope is 0, and no gradient passes
    LeakyReLU       x ≤ 0 throughout: its slope is α throughout, and it does nothing but scale
    Tanh, Sigmoid   at their ends throughout: the slope is under a thousandth of its largest
    Maxout          a piece that is never the largest: it is never used and never trained
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from minigan.activations import LeakyReLU, ReLU, Sigmoid, Tanh, sigmoid
from minigan.backend import Array, array_module
from minigan.cuda import kernels
from minigan.layer import Layer
from minigan.maxout import Maxout
from minigan.model import output_range
from minigan.replay import memory
from minigan.several import Generators
from minigan.training.watch import walk

FLAT = (
    1e-3  # of the largest slope: what is a thousand times slower than its neighbours stands still
)


@dataclass(frozen=True)
class Silence:
    """How many of a layer's units (of a Maxout: pieces) never answered."""

    path: str
    layer: Layer
    silent: int
    units: int

    @property
    def share(self) -> float:
        """The silent ones among all."""
        return self.silent / self.units


def silences(net: Layer, batches: list[Array], *, but: Sequence[Layer] = ()) -> list[Silence]:
    """Show batches to a network in training mode, and count the units that none of them wakes.

    **Parameters**  but: layers that are left out, as `output_layers`.
    """
    answered: dict[str, Any] = {}
    layers: dict[str, Layer] = {}

    def see(path: str, layer: Layer, x: Array) -> None:
        if not any(layer is other for other in but):
            layers[path] = layer
            answered[path] = answered.get(path, False) | ANSWERS[type(layer)](layer, x)

    put_back = memory(net)
    with shown(net, tuple(ANSWERS), see):
        for x in batches:
            net(x, train=True)
    put_back()
    return [
        Silence(path, layer, int((~answered[path]).sum()), answered[path].size)
        for path, layer in layers.items()
    ]


def output_layers(G: Layer) -> list[Layer]:
    """The Tanh or Sigmoid in which G ends, or each of several does: its ends are black and white.

    >>> from minigan.layer import Sequential
    >>> output_layers(Sequential(Tanh(), ReLU(), Sigmoid()))
    [Sigmoid()]
    """
    nets = G.layers if isinstance(G, Generators) else (G,)
    ends = [list(walk(net)) for net in nets if output_range(net)]
    return [[one for _, one in net if isinstance(one, Tanh | Sigmoid)][-1] for net in ends]


@contextmanager
def shown(
    net: Layer, kinds: tuple[type[Layer], ...], see: Callable[[str, Layer, Array], None]
) -> Iterator[None]:
    """A context in which layers of these kinds call see(path, layer, x) with each of their inputs.

    Whatever holds the layers goes on as always: only the layer's own forward is stood in for. On a
    GPU layers run by the plain formulas, since the kernels of joined ones do not call it.
    """
    chosen = [(path, layer) for path, layer in walk(net) if type(layer) in kinds]

    def stand_in(path: str, layer: Layer) -> Callable[..., tuple[Array, Any]]:
        plain = layer.forward

        def forward(x: Array, train: bool = True) -> tuple[Array, Any]:
            see(path, layer, x)
            return plain(x, train)

        return forward

    for path, layer in chosen:
        vars(layer)["forward"] = stand_in(path, layer)
    try:
        with kernels.plain():
            yield
    finally:
        for _, layer in chosen:
            del vars(layer)["forward"]


def _by_unit(x: Array, answers: Array) -> Array:
    """Whether each unit answers anywhere in the batch or in the image: (channels,)."""
    return answers.reshape(-1, x.shape[-1]).any(axis=0)


def _positive(layer: Layer, x: Array) -> Array:
    return _by_unit(x, x > 0)


def _tanh_moves(layer: Layer, x: Array) -> Array:
    y = array_module(x).tanh(x)
    return _by_unit(x, 1 - y * y > FLAT)  # its largest slope is 1


def _sigmoid_moves(layer: Layer, x: Array) -> Array:
    return _by_unit(x, 4 * sigmoid(x) * sigmoid(-x) > FLAT)  # its largest slope is 1/4


def _wins(layer: Any, x: Array) -> Array:
    _, winner = Maxout.forward(
        layer, x
    )  # (m, units): which piece; not layer.forward, which is `shown`
    pieces = array_module(x).arange(layer.pieces)[:, None, None]
    return (winner[None] == pieces).any(axis=1)  # (pieces, units)


ANSWERS: dict[type[Layer], Callable[[Any, Array], Array]] = {
    ReLU: _positive,
    LeakyReLU: _positive,
    Tanh: _tanh_moves,
    Sigmoid: _sigmoid_moves,
    Maxout: _wins,
}


def through(silence: Silence) -> bool:
    """Whether a gradient still passes a silent unit of this layer: LeakyReLU's α, other pieces."""
    return isinstance(silence.layer, LeakyReLU | Maxout)


def every(player: str, found: list[Silence]) -> Iterator[tuple[str, Silence]]:
    """Each silence with the place where it is: D layer 2, ReLU()."""
    for silence in found:
        yield f"{player} layer {silence.path}, {silence.layer!r}", silence
