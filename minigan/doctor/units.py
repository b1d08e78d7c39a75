"""Looking at units: what reaches the activations of a network, batch after batch.

A unit is one column of a dense layer or one channel of an image. It is silent when nothing in all
that was shown makes it answer:

    ReLU            x ≤ 0 throughout: its slope is 0, and no gradient passes
    LeakyReLU       x ≤ 0 throughout: its slope is α throughout, and it does nothing but scale
    Tanh, Sigmoid   at their ends throughout: the slope is under a thousandth of its largest
    Maxout          a piece that is never the largest: it is never used and never trained
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from minigan.activations import LeakyReLU, ReLU, Sigmoid, Tanh, sigmoid
from minigan.backend import Array, array_module, to_host
from minigan.layer import Layer, Sequential
from minigan.maxout import Maxout
from minigan.replay import memory

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


def silences(net: Sequential, batches: list[Array], *, bounded: bool = False) -> list[Silence]:
    """Show batches to a network in training mode, and count the units that none of them wakes.

    **Parameters**  bounded: the last activation is the range of the output, as G's Tanh, whose
    ends are black and white: it is left out.
    """
    answered: dict[str, Any] = {}
    layers: dict[str, Layer] = {}

    def see(path: str, layer: Layer, x: Array) -> None:
        if type(layer) in ANSWERS:
            layers[path] = layer
            seen = to_host(ANSWERS[type(layer)](layer, x))
            answered[path] = answered.get(path, False) | seen

    put_back = memory(net)
    for x in batches:
        walk_through(net, x, see)
    put_back()
    if bounded:
        layers.popitem()
    return [
        Silence(path, layer, int((~answered[path]).sum()), int(answered[path].size))
        for path, layer in layers.items()
    ]


def walk_through(
    net: Sequential, x: Array, see: Callable[[str, Layer, Array], None], path: str = ""
) -> Array:
    """Forward in training mode, layer by layer; see(path, layer, x) is shown each layer's input."""
    for i, layer in enumerate(net.layers):
        place = f"{path}.{i}" if path else str(i)
        if isinstance(layer, Sequential):
            x = walk_through(layer, x, see, place)
        else:
            see(place, layer, x)
            x = layer.forward(x)[0]
    return x


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


def _wins(layer: Layer, x: Array) -> Array:
    _, winner = layer.forward(x)  # (m, units), the index of the largest piece
    pieces = array_module(x).arange(layer.pieces)[:, None, None]  # type: ignore[attr-defined]
    return (winner[None] == pieces).any(axis=1)  # (pieces, units)


ANSWERS: dict[type[Layer], Callable[[Layer, Array], Array]] = {
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
