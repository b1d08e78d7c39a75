"""The published dense networks, parameter for parameter.

A function for each builds G and D for the shape of one example, so that every model takes data of
another size: images (h, w, c) get the source's output layer, vectors (d,) a linear one. D always
ends in a logit. Beside it stand the optimizers of the same source.

They take rng, a Random; the shape of an example; marginals, the data's mean example in [0, 1], or
None; z_dim, numbers in the noise; and width or widths, units, classes, integers of 1 or more.
TypeError and ValueError say what is none. The optimizers take G, D and batches_per_epoch, 1 or
more.
"""

from __future__ import annotations

import math

from minigan.activations import LeakyReLU, ReLU, Sigmoid, Tanh
from minigan.backend import Array, Random, array_module
from minigan.batchnorm import BatchNorm
from minigan.conditional import KeepLabels
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.initializers import glorot_uniform, uniform, zeros
from minigan.layer import Layer, Sequential
from minigan.limits import check_integer, check_shape
from minigan.maxout import Maxout
from minigan.model import Networks, Optimizers, Shape, output_layers
from minigan.optimizers import Adam, Momentum
from minigan.reshape import Flatten
from minigan.schedules import decay_exponentially, ramp_by_epoch


def mlp(
    rng: Random, shape: Shape, marginals: Array | None = None, *, z_dim: int = 100, width: int = 500
) -> Networks:
    """500-500 ReLU against 500-500 ReLU, sigmoid images: the plain-MLP tutorial."""
    shape = check_shape("mlp", "shape", shape)
    G = Sequential(
        Dense(z_dim, width, rng),
        ReLU(),
        Dense(width, width, rng),
        ReLU(),
        *output_layers(width, rng, shape, Sigmoid()),
    )
    D = Sequential(
        Flatten(),
        Dense(math.prod(shape), width, rng),
        ReLU(),
        Dense(width, width, rng),
        ReLU(),
        Dense(width, 1, rng),
    )
    return G, D


def mlp_optimizers(G: Layer, D: Layer, batches_per_epoch: int) -> Optimizers:
    """Adam with Keras' defaults."""
    return Adam(G, 1e-3, 0.9, 0.999, eps_hat=1e-7), Adam(D, 1e-3, 0.9, 0.999, eps_hat=1e-7)


def mlp_batchnorm(
    rng: Random,
    shape: Shape,
    marginals: Array | None = None,
    *,
    z_dim: int = 100,
    widths: tuple[int, int, int] = (256, 512, 1024),
) -> Networks:
    """256-512-1024 LeakyReLU and BatchNorm against 512-256 LeakyReLU, tanh images."""
    shape = check_shape("mlp-batchnorm", "shape", shape)
    check_shape("mlp-batchnorm", "widths", widths, 3)
    layers: list[Layer] = []
    n = z_dim
    for width in widths:
        layers += [Dense(n, width, rng), LeakyReLU(0.2)]
        layers += [BatchNorm(width, rng, decay=0.8, eps=1e-3)]
        n = width
    G = Sequential(*layers, *output_layers(n, rng, shape, Tanh()))
    D = Sequential(
        Flatten(),
        Dense(math.prod(shape), widths[1], rng),
        LeakyReLU(0.2),
        Dense(widths[1], widths[0], rng),
        LeakyReLU(0.2),
        Dense(widths[0], 1, rng),
    )
    return G, D


def mlp_batchnorm_optimizers(G: Layer, D: Layer, batches_per_epoch: int) -> Optimizers:
    """Adam 2e-4 with beta1 0.5, in Keras' form."""
    return Adam(G, 2e-4, 0.5, eps_hat=1e-7), Adam(D, 2e-4, 0.5, eps_hat=1e-7)


def cgan(
    rng: Random,
    shape: Shape,
    marginals: Array | None = None,
    *,
    classes: int = 10,
    z_dim: int = 100,
    widths: tuple[int, int, int] = (256, 512, 1024),
) -> Networks:
    """mlp-batchnorm's networks with labels in both players, and dropout in D.

    The sizes are our own; what Mirza & Osindero 2014 have is the game (`minigan.conditional`).

    A label is one number among hundreds of pixels. With Glorot's weights D hardly hears it (after
    1,500 steps on mnist12k, seed 0, 9.8 % of the digits were those of their label: chance). So D's
    first weights for labels are √n times as large, n the number of pixels: a sum of n terms has √n
    times the standard deviation of one, and label and image begin equally loud.
    """
    shape = check_shape("cgan", "shape", shape)
    check_shape("cgan", "widths", widths, 3)

    def W(rng: Random, shape: Shape) -> Array:
        weights = glorot_uniform(rng, shape)
        weights[-classes:] *= math.sqrt(shape[0] - classes)
        return weights

    layers: list[Layer] = []
    classes = check_integer("cgan", "classes", classes)
    z_dim = check_integer("cgan", "z_dim", z_dim)
    n, pixels = z_dim + classes, math.prod(shape)
    for width in widths:
        layers += [Dense(n, width, rng), LeakyReLU(0.2), BatchNorm(width, rng, decay=0.8, eps=1e-3)]
        n = width
    squash = [] if len(shape) == 1 else [Tanh()]
    G = Sequential(KeepLabels(classes, *layers, Dense(n, pixels, rng), *squash))
    D = Sequential(
        Dense(pixels + classes, widths[1], rng, W=W),
        LeakyReLU(0.2),
        Dropout(0.3, rng),
        Dense(widths[1], widths[0], rng),
        LeakyReLU(0.2),
        Dropout(0.3, rng),
        Dense(widths[0], 1, rng),
    )
    return G, D


def cgan_optimizers(G: Layer, D: Layer, batches_per_epoch: int) -> Optimizers:
    """Adam 2e-4 with beta1 0.5."""
    return Adam(G, 2e-4, 0.5), Adam(D, 2e-4, 0.5)


def gaussian_1d(
    rng: Random, shape: Shape, marginals: Array | None = None, *, z_dim: int = 1, width: int = 32
) -> Networks:
    """Two small tanh networks for vectors, one number by default: figure 1 of the 2014 paper.

    **Raises**  ValueError for images.
    """
    shape = check_shape("gaussian-1d", "shape", shape)
    if len(shape) != 1:
        raise ValueError(f"gaussian-1d: the data have shape {shape}, expected vectors (d,).")
    G = Sequential(Dense(z_dim, width, rng), Tanh(), Dense(width, shape[0], rng))
    D = Sequential(
        Dense(shape[0], width, rng),
        Tanh(),
        Dense(width, width, rng),
        Tanh(),
        Dense(width, 1, rng),
    )
    return G, D


def gaussian_1d_optimizers(G: Layer, D: Layer, batches_per_epoch: int) -> Optimizers:
    """Adam 1e-3 with beta1 0.5."""
    return Adam(G, 1e-3, 0.5), Adam(D, 1e-3, 0.5)


def goodfellow_2014(
    rng: Random,
    shape: Shape,
    marginals: Array | None = None,
    *,
    z_dim: int = 100,
    width: int = 1200,
    units: int = 240,
) -> Networks:
    """The MNIST networks of the 2014 paper's code: ReLU and sigmoid against maxout with dropout.

    G's weights start uniform in ±0.05, D's in ±0.005. G's output bias starts where the sigmoid
    gives the data's mean image: b = log(p / (1 - p)), p clipped to [1e-7, 1 - 1e-7].

    **Raises**  ValueError for marginals of another size than the data.
    """
    shape = check_shape("goodfellow-2014", "shape", shape)

    units = check_integer("goodfellow-2014", "units", units)

    def bias(rng: Random, n: Shape) -> Array:
        if marginals is None:
            return zeros(rng, n)
        if array_module(marginals) is not None and marginals.size != math.prod(shape):
            raise ValueError(
                f"goodfellow-2014: marginals have shape {marginals.shape}, expected {shape}."
            )
        p = marginals.reshape(-1).clip(1e-7, 1 - 1e-7)
        return rng.array([math.log(q / (1 - q)) for q in p.tolist()])

    W_G, W_D, pieces = uniform(0.05), uniform(0.005), 5
    G = Sequential(
        Dense(z_dim, width, rng, W=W_G),
        ReLU(),
        Dense(width, width, rng, W=W_G),
        ReLU(),
        *output_layers(width, rng, shape, Sigmoid(), W=W_G, b=bias),
    )
    D = Sequential(
        Flatten(),
        Dropout(0.2, rng),
        Dense(math.prod(shape), units * pieces, rng, W=W_D),
        Maxout(pieces),
        Dropout(0.5, rng),
        Dense(units, units * pieces, rng, W=W_D),
        Maxout(pieces),
        Dropout(0.5, rng),
        Dense(units, 1, rng, W=W_D),
    )
    return G, D


def goodfellow_2014_optimizers(G: Layer, D: Layer, batches_per_epoch: int) -> Optimizers:
    """Momentum 0.5 rising to 0.7 over 250 epochs, rate 0.1 divided by 1.000004 an update.

    The source's D ascends V/2, the mean of its two halves, which is V at half the rate.
    """
    alpha_G = decay_exponentially(0.1, divisor=1.000004, floor=1e-6)
    alpha_D = decay_exponentially(0.1 / 2, divisor=1.000004, floor=1e-6 / 2)
    momentum = ramp_by_epoch(0.5, 0.7, epochs=250, batches_per_epoch=batches_per_epoch)
    return Momentum(G, alpha_G, momentum), Momentum(D, alpha_D, momentum)
