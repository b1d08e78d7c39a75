"""How much arithmetic a layer is: counted from its shapes, by the plain algorithm.

A product of matrices (a, b) (b, c) is a·b·c multiplications, each with an addition: 2abc FLOP. Only
products are counted, for in everything else (activations, BatchNorm, optimizers) the arithmetic is
nothing beside the moving of numbers. A convolution counts as what it is in patches.py: unfold, one
product. A fast path that needs fewer operations is not credited with fewer, so that GFLOP a second
means the same for every way of computing the same thing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from minigan.chains import Activated
from minigan.conditional import KeepLabels
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.dense import Dense
from minigan.layer import Layer, Sequential
from minigan.minibatch import MinibatchDiscrimination
from minigan.several import Discriminators, Generators
from minigan.summary import rows_of
from minigan.upsampled import Upsampled

Shape = tuple[int, ...]  # of one example, without the batch axis


def multiply_adds(layer: Layer, x_shape: Shape, y_shape: Shape) -> int:
    """The multiplications of one example's forward pass through a layer.

    Each number of a kernel W meets each row that is multiplied with W once: one row for Dense, a
    row for each position of a Conv2D's window, for each pixel that a ConvTranspose2D paints. dx
    and dW are products of the same three sizes: as many multiplications each.

    >>> from minigan import Random
    >>> multiply_adds(Dense(3, 5, Random(0)), (3,), (5,))
    15
    >>> multiply_adds(Conv2D(1, 8, 5, Random(0), stride=2), (28, 28, 1), (14, 14, 8))
    39200
    """
    match layer:
        case Sequential():
            return sum(multiply_adds(*part) for part in walk(layer, x_shape))
        case KeepLabels():
            return multiply_adds(layer.net, x_shape, y_shape)
        case Dense():
            rows = 1
        case Generators():  # each makes its part of the batch
            each = [multiply_adds(net, x_shape, y_shape) for net in layer.layers]
            return sum(each) // len(each)
        case Discriminators():  # each looks at every example
            return sum(multiply_adds(net, x_shape, (1,)) for net in layer.layers)
        case MinibatchDiscrimination():
            return int(layer.params["T"].size)
        case Conv2D():
            rows = math.prod(y_shape[:2])
        case ConvTranspose2D():
            rows = math.prod(x_shape[:2])
        case Upsampled():
            (h, w, c), (down, right) = x_shape, layer.up.factor
            return multiply_adds(layer.conv, (h * down, w * right, c), y_shape)
        case Activated():
            return multiply_adds(layer.layer, x_shape, y_shape)
        case _:
            return 0
    return rows * int(layer.params["W"].size)


def walk(net: Sequential, shape: Shape) -> Iterator[tuple[Layer, Shape, Shape]]:
    """Each layer of a network with the shapes of its input and output.

    **Parameters**  shape of one input, without the batch axis.
    """
    for layer, row in zip(net.layers, rows_of(net, shape), strict=True):
        yield layer, shape, row["shape"]
        shape = row["shape"]


class Stage(NamedTuple):
    """A layer as the network computes it: perhaps joined ones, where their parameters stand."""

    position: int
    layer: Layer
    shape: Shape  # of one output
    parameters: int
    multiply_adds: int  # of one example's forward pass, by the plain algorithm


def stages(net: Sequential, shape: Shape) -> list[Stage]:
    """The stages of a network's plan, for one input of this shape."""
    layers, found, begin = list(walk(net, shape)), [], 0
    for position, layer in net.plan:
        joined = layers[begin : begin + _count(layer)]
        count = sum(array.size for array in (layer.params | layer.buffers).values())
        products = sum(multiply_adds(*part) for part in joined)
        found.append(Stage(position, layer, joined[-1][2], count, products))
        begin += len(joined)
    return found


def _count(layer: Layer) -> int:
    """How many of a network's layers it is."""
    match layer:
        case Upsampled():
            return 2
        case Activated():
            return _count(layer.layer) + 1
        case _:
            return 1
