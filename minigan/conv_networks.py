"""The published convolutional networks, parameter for parameter.

A function for each builds G and D for images (h, w, c), grey or in colour, of every size that the
network can halve as often as it does. D always ends in a logit. Beside it stand the optimizers of
the same source.

G begins with a small picture of many channels, made by a Dense layer, and doubles its sides until
they are the data's; D halves them again. There are two ways to double: a ConvTranspose2D of stride
2 (dcgan), or an UpSampling2D with a convolution of stride 1 after it (the other two).

They take rng, a Random; the shape of an example; marginals, which they do not look at; z_dim,
numbers in the noise; and width, or widths_G and widths_D, integers of 1 or more. TypeError and
ValueError say what is none. The optimizers take G, D and batches_per_epoch.
"""

from __future__ import annotations

from itertools import pairwise

from minigan.activations import LeakyReLU, ReLU, Sigmoid, Tanh
from minigan.backend import Array, Random
from minigan.batchnorm import BatchNorm
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.initializers import glorot_normal, normal
from minigan.layer import Layer, Sequential
from minigan.limits import check_integer, check_shape
from minigan.model import Networks, Optimizers, Shape
from minigan.optimizers import Adam
from minigan.reshape import Flatten, Reshape
from minigan.upsampling import UpSampling2D


def dcgan(
    rng: Random,
    shape: Shape,
    marginals: Array | None = None,
    *,
    z_dim: int = 100,
    width: int = 64,
    smallest: int = 8,
) -> Networks:
    """Strided convolutions against strided transposed ones, tanh images; it follows the data.

    The sides are halved once, and then while both are even and above `smallest`: 28 → 14 → 7,
    32 → 16 → 8, 64 → 32 → 16 → 8. D has `width` channels after the first convolution and twice as
    many after each further one, G the same in the other direction. Kernels are 4x4, drawn from
    N(0, 0.02²); where a BatchNorm follows, a convolution has no bias, which it would only subtract.

    **Raises**  ValueError for vectors, and for images with an odd side.

    **Source**  Radford et al. 2015 (from memory). Departure: z is normal where theirs is uniform,
    the kernels are 4x4 where theirs are 5x5, and the first Dense keeps its bias, as in later ports.
    """
    h, w, c = image_sides("dcgan", shape, factor=2)
    width = check_integer("dcgan", "width", width)
    check_integer("dcgan", "smallest", smallest)
    h, w, widths = h // 2, w // 2, [width]
    while h % 2 == w % 2 == 0 and min(h, w) > smallest:
        h, w, widths = h // 2, w // 2, [*widths, 2 * widths[-1]]
    W = normal(0.02)
    first = h * w * widths[-1]
    up: list[Layer] = [Dense(z_dim, first, rng, W=W), BatchNorm(first, rng, decay=0.9), ReLU()]
    up += [Reshape((h, w, widths[-1]))]
    for n_in, n_out in pairwise(reversed(widths)):
        up += [ConvTranspose2D(n_in, n_out, 4, rng, stride=2, W=W, bias=False)]
        up += [BatchNorm(n_out, rng, decay=0.9), ReLU()]
    up += [ConvTranspose2D(width, c, 4, rng, stride=2, W=W), Tanh()]
    down: list[Layer] = [Conv2D(c, width, 4, rng, stride=2, W=W), LeakyReLU(0.2)]
    for n_in, n_out in pairwise(widths):
        down += [Conv2D(n_in, n_out, 4, rng, stride=2, W=W, bias=False)]
        down += [BatchNorm(n_out, rng, decay=0.9), LeakyReLU(0.2)]
    return Sequential(*up), Sequential(*down, Flatten(), Dense(first, 1, rng, W=W))


def dcgan_optimizers(G: Layer, D: Layer, batches_per_epoch: int) -> Optimizers:
    """Adam 2e-4 with beta1 0.5."""
    return Adam(G, 2e-4, 0.5), Adam(D, 2e-4, 0.5)


def dcgan_32(
    rng: Random,
    shape: Shape,
    marginals: Array | None = None,
    *,
    z_dim: int = 100,
    widths_G: tuple[int, int] = (128, 64),
    widths_D: tuple[int, int] = (8, 64),
) -> Networks:
    """Upsampling and convolution against strided convolution, tanh images of 32x32.

    BatchNorm and glorot_uniform kernels are Keras' defaults. G has Dropout, too.

    **Raises**  ValueError for vectors, and for images with a side that 4 does not divide.
    """
    h, w, c = image_sides("dcgan-32", shape, factor=4)
    check_shape("dcgan-32", "widths_G", widths_G, 2)
    check_shape("dcgan-32", "widths_D", widths_D, 2)
    h, w, (first, second) = h // 4, w // 4, widths_G
    G = Sequential(
        Dense(z_dim, h * w * first, rng),
        LeakyReLU(0.001),
        Reshape((h, w, first)),
        BatchNorm(first, rng, decay=0.99, eps=1e-3),
        UpSampling2D(2),
        Dropout(0.3, rng),
        Conv2D(first, second, 5, rng),
        LeakyReLU(0.001),
        BatchNorm(second, rng, decay=0.99, eps=1e-3),
        UpSampling2D(2),
        Conv2D(second, c, 5, rng),
        Tanh(),
    )
    first, second = widths_D
    D = Sequential(
        Conv2D(c, first, 5, rng, stride=2),
        LeakyReLU(0.001),
        Dropout(0.3, rng),
        Conv2D(first, second, 5, rng, stride=2),
        LeakyReLU(0.001),
        Flatten(),
        Dense(h * w * second, 1, rng),
    )
    return G, D


def dcgan_32_optimizers(G: Layer, D: Layer, batches_per_epoch: int) -> Optimizers:
    """Adam 2e-4 with beta1 0.05 (not 0.5), in Keras' form."""
    return Adam(G, 2e-4, 0.05, eps_hat=1e-7), Adam(D, 2e-4, 0.05, eps_hat=1e-7)


def dcgan_upsampling(
    rng: Random,
    shape: Shape,
    marginals: Array | None = None,
    *,
    z_dim: int = 100,
    widths_G: tuple[int, int, int, int] = (256, 128, 64, 32),
    widths_D: tuple[int, int, int, int] = (64, 128, 256, 512),
) -> Networks:
    """Upsampling and transposed convolution against convolution with dropout, sigmoid images.

    All kernels are glorot_normal. Departure: Keras redraws what lies beyond two deviations.

    **Raises**  ValueError for vectors, and for images with a side that 4 does not divide.
    """
    height, width, c = image_sides("dcgan-upsampling", shape, factor=4)
    check_shape("dcgan-upsampling", "widths_G", widths_G, 4)
    check_shape("dcgan-upsampling", "widths_D", widths_D, 4)
    h, w, W = height // 4, width // 4, glorot_normal
    first, last = widths_G[0], widths_G[-1]
    up: list[Layer] = [Dense(z_dim, h * w * first, rng, W=W)]
    up += [BatchNorm(h * w * first, rng, decay=0.9, eps=1e-3), ReLU(), Reshape((h, w, first))]
    for (n_in, n_out), factor in zip(pairwise(widths_G), (2, 2, 1), strict=True):
        up += [UpSampling2D(factor)] * (factor > 1)
        up += [ConvTranspose2D(n_in, n_out, 5, rng, W=W)]
        up += [BatchNorm(n_out, rng, decay=0.9, eps=1e-3), ReLU()]
    up += [ConvTranspose2D(last, c, 5, rng, W=W), Sigmoid()]
    down: list[Layer] = []
    for (n_in, n_out), stride in zip(pairwise((c, *widths_D)), (2, 2, 2, 1), strict=True):
        down += [Conv2D(n_in, n_out, 5, rng, stride=stride, W=W), LeakyReLU(0.2), Dropout(0.2, rng)]
    n = -(-height // 8) * -(-width // 8) * widths_D[-1]  # 28 → 14 → 7 → 4: three times ⌈n/2⌉
    return Sequential(*up), Sequential(*down, Flatten(), Dense(n, 1, rng, W=W))


def dcgan_upsampling_optimizers(G: Layer, D: Layer, batches_per_epoch: int) -> Optimizers:
    """Adam 2e-4 with beta1 0.5, in Keras' form."""
    return Adam(G, 2e-4, 0.5, eps_hat=1e-7), Adam(D, 2e-4, 0.5, eps_hat=1e-7)


def image_sides(name: str, shape: Shape, factor: int) -> tuple[int, int, int]:
    """(h, w, c) of images whose sides `factor` divides.

    **Raises**  ValueError for others, and for vectors.
    """
    shape = check_shape(name, "shape", shape)
    if len(shape) != 3:
        raise ValueError(
            f"{name}: the data have shape {shape}, expected images (h, w, c); for vectors take "
            "mlp, mlp-batchnorm or gaussian-1d."
        )
    h, w, c = shape
    if h % factor or w % factor:
        side = max(factor, min(h, w) // 4 * 4)
        raise ValueError(
            f"{name}: the images are {h}x{w}, expected sides that {factor} divides; make them so, "
            f"as --resize {side} does with a folder of images."
        )
    return h, w, c
