"""The network that looks at samples for us: three convolutions, 64 features, one logit a class.

Whoever compares images pixel by pixel takes a digit that moved by one pixel for another digit. So
distances between sets of images are taken between features: what a classifier of real images makes
of them just before its last layer, where it has forgotten what does not matter for the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigan.activations import ReLU
from minigan.backend import Array, Random, array_module, device_of, to_host
from minigan.batchnorm import BatchNorm
from minigan.conv import Conv2D
from minigan.data import Dataset
from minigan.dense import Dense
from minigan.initializers import he_normal
from minigan.layer import Layer, Sequential
from minigan.limits import check_shape, sentence
from minigan.reshape import Flatten

WIDTHS = (16, 32, 32)  # channels behind each convolution
FEATURES = 64
BLOCK = 500  # images that go through a network at once


def classifier(
    rng: Random,
    shape: tuple[int, ...],
    classes: int,
    widths: Sequence[int] = WIDTHS,
    features: int = FEATURES,
) -> Sequential:
    """Return the network: images → features → one logit for each class.

        [Conv2D, stride 2 → BatchNorm → ReLU] for each width    28 → 14 → 7 → 4
        Flatten → Dense → BatchNorm → ReLU                      the features
        Dense                                                   the logits

    The kernels are 5x5 and, at last, 3x3. What a BatchNorm follows has no bias, for it would be
    subtracted out again with the mean. All layers but the last make the features.

    **Shapes**  x (m, h, w, c) with pixels in [0, 1], logits (m, classes)

    **Raises**  TypeError, ValueError for sizes that are no integers of 1 or more.

    **Source**  after LeCun et al. 1998 (from memory), LeNet-5: convolutions that halve, then dense
    layers. Departure: strides in place of pooling, ReLU, BatchNorm, and fewer weights.

    >>> net = classifier(Random(0), (28, 28, 1), 10)
    >>> sum(theta.size for theta in net.params.values())
    56122
    """
    shape = check_shape("classifier", "shape", shape)
    if len(shape) != 3:
        raise ValueError(sentence("classifier", "shape", shape, "(h, w, c)"))
    widths = check_shape("classifier", "widths", widths)
    layers: list[Layer] = []
    h, w, c = shape
    for i, width in enumerate(widths):
        kernel = 5 if i < len(widths) - 1 else 3
        convolution = Conv2D(c, width, kernel, rng, stride=2, W=he_normal, bias=False)
        layers += [convolution, BatchNorm(width, rng), ReLU()]
        h, w, c = -(-h // 2), -(-w // 2), width
    dense = Dense(h * w * c, features, rng, W=he_normal, bias=False)
    layers += [Flatten(), dense, BatchNorm(features, rng), ReLU()]
    return Sequential(*layers, Dense(features, classes, rng))


def in_blocks(net: Sequential, images: Any) -> Array:
    """Return net(images), in evaluation mode, a block of images after the other.

    **Shapes**  images (m, h, w, c) on either device, m ≥ 1 → (m, …) on the network's
    """
    device = device_of(next(iter(net.params.values())))
    rng = Random(0, device)  # bears arrays, draws nothing

    def there(x: Array) -> Array:
        return x.astype(rng.dtype, copy=False) if device_of(x) == device else rng.array(to_host(x))

    outputs = [net(there(images[i : i + BLOCK])) for i in range(0, len(images), BLOCK)]
    return array_module(outputs[0]).concatenate(outputs)


def accuracy(net: Sequential, labels: Sequence[int], dataset: Dataset) -> float:
    """Return the share of labelled images whose label has the highest logit.

    **Parameters**  labels: what the logits stand for, in order.
    """
    highest = to_host(in_blocks(net, dataset.x.astype(np.float32) / dataset.top)).argmax(axis=1)
    return float((np.array(labels)[highest] == dataset.labels).mean())
