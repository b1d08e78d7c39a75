"""LAYERS: every layer in every configuration that behaves differently, with the shape of an x.

The lines of `minigan gradcheck` come first; what it need not show to everybody follows: odd sizes
and special values. A line buys the whole of test_layers_protocol.py, and the run on the
stand-in for CuPy: (id, make, shape), where make(rng) returns the layer and shape is that of one x,
batch axis first.
"""

from minigan import gradcheck
from minigan.activations import LeakyReLU, ReLU, Sigmoid, Tanh
from minigan.batchnorm import BatchNorm
from minigan.chains import Activated
from minigan.conditional import KeepLabels
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.initializers import he_normal, normal
from minigan.layer import Sequential
from minigan.maxout import Maxout
from minigan.minibatch import MinibatchDiscrimination
from minigan.reshape import Flatten, Pack, Reshape
from minigan.several import Discriminators, Generators
from minigan.upsampled import Upsampled
from minigan.upsampling import UpSampling2D


def _generator(rng):
    return Sequential(
        Dense(3, 6, rng, bias=False),
        BatchNorm(6, rng, decay=0.8),
        ReLU(),
        Dense(6, 4, rng),
        Tanh(),
        Reshape((2, 2, 1)),
    )


def _discriminator(rng):
    return Sequential(
        Flatten(), Dense(4, 6, rng), Maxout(2), Dropout(0.3, rng), Dense(3, 1, rng, W=normal(0.5))
    )


def _comparing_discriminator(rng):
    return Sequential(
        *(Pack(2), Dense(6, 4, rng), LeakyReLU(0.2)),
        *(MinibatchDiscrimination(4, 2, 3, rng), Dense(6, 1, rng)),
    )


SHOWN = [
    (name if i == 1 else f"{name}, {i}", make, shape)
    for name, cases in gradcheck.LAYERS.items()
    for i, (make, shape) in enumerate(cases, start=1)
]


def _image_generator(rng):
    return Sequential(
        *(Dense(3, 8, rng), Reshape((2, 2, 2)), BatchNorm(2, rng), ReLU()),
        *(UpSampling2D(2), Conv2D(2, 3, 5, rng), LeakyReLU(0.2)),
        *(ConvTranspose2D(3, 2, 4, rng, stride=2, bias=False), BatchNorm(2, rng), Tanh()),
    )


def _labelled_generator(rng):
    layers = Dense(5, 6, rng), BatchNorm(6, rng), ReLU(), Dropout(0.2, rng), Dense(6, 4, rng)
    return Sequential(KeepLabels(2, *layers, Tanh()))


def _image_discriminator(rng):
    return Sequential(
        *(Conv2D(1, 3, 5, rng, stride=2), LeakyReLU(0.2), Dropout(0.2, rng)),
        *(Conv2D(3, 4, 4, rng, stride=2), BatchNorm(4, rng), Flatten(), Dense(16, 1, rng)),
    )


def _conv(*sizes, **options):
    """A Conv2D that draws its bias, too."""
    return lambda rng: Conv2D(*sizes, rng, b=normal(0.5), **options)


def _transpose(*sizes, **options):
    return lambda rng: ConvTranspose2D(*sizes, rng, b=normal(0.5), **options)


def _three(rng):
    return [Dense(3, 2, rng), Dense(3, 2, rng), Sequential(Tanh(), Dense(3, 2, rng))]


ASYMMETRIC = ((0, 2), (3, 1))  # (top, bottom), (left, right)

LAYERS = [
    *SHOWN,
    ("Dense, square", lambda rng: Dense(4, 4, rng, W=he_normal), (3, 4)),
    ("Dense, one example", lambda rng: Dense(2, 3, rng), (1, 2)),
    ("Dense, 1 to 1", lambda rng: Dense(1, 1, rng), (2, 1)),
    ("ReLU, images", lambda rng: ReLU(), (2, 3, 4, 2)),
    ("LeakyReLU(0.001)", lambda rng: LeakyReLU(0.001), (4, 5)),
    ("LeakyReLU(0)", lambda rng: LeakyReLU(0), (4, 5)),
    ("Tanh, images", lambda rng: Tanh(), (2, 3, 4, 2)),
    ("Maxout(2)", lambda rng: Maxout(2), (3, 8)),
    ("Maxout(5)", lambda rng: Maxout(5), (3, 10)),
    ("Maxout(1)", lambda rng: Maxout(1), (3, 4)),
    ("BatchNorm, two examples", lambda rng: BatchNorm(3, rng), (2, 3)),
    ("BatchNorm, one image", lambda rng: BatchNorm(2, rng), (1, 3, 2, 2)),
    ("BatchNorm, eps 1", lambda rng: BatchNorm(4, rng, decay=0, eps=1.0), (6, 4)),
    ("Dropout(0.2), images", lambda rng: Dropout(0.2, rng), (2, 3, 4, 2)),
    ("Dropout(0)", lambda rng: Dropout(0.0, rng), (4, 5)),
    (
        "MinibatchDiscrimination, one example",
        lambda rng: MinibatchDiscrimination(3, 2, 2, rng),
        (1, 3),
    ),
    (
        "MinibatchDiscrimination, two examples, without itself",
        lambda rng: MinibatchDiscrimination(2, 1, 3, rng, with_itself=False),
        (2, 2),
    ),
    ("MinibatchDiscrimination, 1 of 1", lambda rng: MinibatchDiscrimination(1, 1, 1, rng), (4, 1)),
    (
        "MinibatchDiscrimination, as drawn by N(0, 1)",
        lambda rng: MinibatchDiscrimination(5, 4, 3, rng, T=normal(1.0)),
        (3, 5),
    ),
    ("Pack(1)", lambda rng: Pack(1), (3, 2)),
    ("Pack, the whole batch", lambda rng: Pack(4), (4, 3)),
    ("Pack, images", lambda rng: Pack(3), (6, 3, 2, 1)),
    ("Flatten, already flat", lambda rng: Flatten(), (2, 3)),
    ("Conv2D, kernel 1", _conv(3, 2, 1), (2, 3, 2, 3)),
    ("Conv2D, kernel 1, stride 2", _conv(2, 3, 1, stride=2), (2, 4, 3, 2)),
    ("Conv2D, even kernel, same", _conv(2, 2, 4), (2, 3, 5, 2)),
    ("Conv2D, kernel 2, stride 2", _conv(1, 2, 2, stride=2), (2, 4, 5, 1)),
    ("Conv2D, kernel (1, 5)", _conv(2, 1, (1, 5)), (2, 3, 4, 2)),
    ("Conv2D, kernel (4, 2), stride (1, 3)", _conv(2, 2, (4, 2), stride=(1, 3)), (2, 3, 7, 2)),
    ("Conv2D, kernel 5 of 3 pixels", _conv(1, 2, 5), (2, 3, 2, 1)),
    ("Conv2D, the window is the image", _conv(2, 3, (3, 4), pad="valid"), (2, 3, 4, 2)),
    (
        "Conv2D, no padding, a row and column left over",
        _conv(1, 1, 3, stride=2, pad="valid"),
        (2, 6, 4, 1),
    ),
    ("Conv2D, stride 3 over kernel 2", _conv(2, 2, 2, stride=3, pad=0), (2, 6, 5, 2)),
    ("Conv2D, stride 3, same", _conv(1, 2, 4, stride=3), (2, 7, 5, 1)),
    ("Conv2D, pad 2 on every side", _conv(1, 2, 3, pad=2), (2, 2, 3, 1)),
    ("Conv2D, asymmetric pad", _conv(2, 2, (3, 2), stride=2, pad=ASYMMETRIC), (2, 4, 3, 2)),
    ("Conv2D, no bias", lambda rng: Conv2D(2, 3, 3, rng, stride=2, bias=False), (2, 5, 4, 2)),
    ("Conv2D, one pixel", _conv(2, 3, 3), (3, 1, 1, 2)),
    ("Conv2D, one image", _conv(1, 1, 2), (1, 3, 3, 1)),
    ("ConvTranspose2D, kernel 1", _transpose(3, 2, 1), (2, 3, 2, 3)),
    ("ConvTranspose2D, stride 1, same", _transpose(2, 3, 5), (2, 3, 4, 2)),
    ("ConvTranspose2D, even kernel, same", _transpose(2, 2, 4), (2, 3, 2, 2)),
    ("ConvTranspose2D, kernel 4, stride 2", _transpose(2, 1, 4, stride=2), (2, 3, 2, 2)),
    (
        "ConvTranspose2D, kernel (3, 2), stride (1, 3)",
        _transpose(1, 2, (3, 2), stride=(1, 3)),
        (2, 3, 2, 1),
    ),
    (
        "ConvTranspose2D, stride 3 over kernel 2",
        _transpose(2, 2, 2, stride=3, pad="valid"),
        (2, 2, 3, 2),
    ),
    ("ConvTranspose2D, stride 3 over kernel 1, same", _transpose(1, 1, 1, stride=3), (2, 2, 2, 1)),
    ("ConvTranspose2D, no padding", _transpose(1, 2, 3, pad="valid"), (2, 2, 3, 1)),
    ("ConvTranspose2D, all but the middle cut off", _transpose(2, 2, 3, pad=2), (2, 3, 4, 2)),
    (
        "ConvTranspose2D, asymmetric pad",
        _transpose(2, 1, (3, 4), stride=2, pad=ASYMMETRIC),
        (2, 3, 3, 2),
    ),
    (
        "ConvTranspose2D, output_pad on both axes",
        _transpose(1, 2, (2, 3), stride=(3, 2), pad=1, output_pad=(2, 1)),
        (2, 3, 2, 1),
    ),
    (
        "ConvTranspose2D, output_pad where no patch reaches",
        _transpose(2, 1, 1, stride=2, pad=0, output_pad=1),
        (2, 2, 2, 2),
    ),
    (
        "ConvTranspose2D, no bias",
        lambda rng: ConvTranspose2D(3, 2, 4, rng, stride=2, bias=False),
        (2, 2, 3, 3),
    ),
    ("ConvTranspose2D, one pixel", _transpose(2, 3, 3, stride=2), (3, 1, 1, 2)),
    ("UpSampling2D((3, 1))", lambda rng: UpSampling2D((3, 1)), (2, 2, 3, 2)),
    ("UpSampling2D((1, 2)), one channel", lambda rng: UpSampling2D((1, 2)), (1, 3, 2, 1)),
    ("UpSampling2D(1)", lambda rng: UpSampling2D(1), (2, 3, 2, 2)),
    (
        "Upsampled, ConvTranspose2D",
        lambda rng: Upsampled(UpSampling2D((1, 3)), _transpose(2, 1, (2, 4))(rng)),
        (2, 3, 3, 2),
    ),
    (
        "Upsampled, no bias, no padding",
        lambda rng: Upsampled(UpSampling2D(2), Conv2D(1, 2, 3, rng, pad="valid", bias=False)),
        (3, 2, 3, 1),
    ),
    ("Activated, Conv2D", lambda rng: Activated(_conv(2, 3, 3)(rng), Sigmoid()), (2, 3, 4, 2)),
    (
        "Activated, ConvTranspose2D",
        lambda rng: Activated(_transpose(2, 1, 4, stride=2)(rng), Tanh()),
        (2, 3, 2, 2),
    ),
    (
        "Activated, Upsampled",
        lambda rng: Activated(Upsampled(UpSampling2D(2), _conv(2, 3, 3)(rng)), ReLU()),
        (2, 3, 2, 2),
    ),
    (
        "Activated, BatchNorm, images",
        lambda rng: Activated(BatchNorm(2, rng, eps=1e-3), Sigmoid()),
        (3, 2, 4, 2),
    ),
    ("Activated, BatchNorm, a kink", lambda rng: Activated(BatchNorm(3, rng), ReLU()), (5, 3)),
    (
        "BatchNorm after a convolution",
        lambda rng: Sequential(Conv2D(1, 3, 3, rng), BatchNorm(3, rng)),
        (2, 3, 4, 1),
    ),
    ("KeepLabels, nothing but labels", lambda rng: KeepLabels(3, Dense(3, 4, rng)), (4, 3)),
    ("KeepLabels, layers that hand on views", lambda rng: KeepLabels(2, Flatten()), (3, 4)),
    ("KeepLabels, a generator", _labelled_generator, (6, 5)),
    ("Sequential, an image generator", _image_generator, (4, 3)),
    ("Sequential, an image discriminator", _image_discriminator, (3, 5, 6, 1)),
    (
        "Generators, uneven parts, images, noise of their own",
        lambda rng: Generators(*(_generator(rng) for _ in range(2))),
        (7, 3),
    ),
    ("Generators, one", lambda rng: Generators(Dense(3, 2, rng)), (4, 3)),
    ("Generators, more than examples", lambda rng: Generators(*_three(rng)), (2, 3)),
    (
        "Discriminators, of two kinds",
        lambda rng: Discriminators(_discriminator(rng), Sequential(Flatten(), Dense(4, 1, rng))),
        (5, 2, 2, 1),
    ),
    ("Discriminators, one", lambda rng: Discriminators(Dense(3, 1, rng)), (4, 3)),
    ("Sequential, a generator", _generator, (6, 3)),
    ("Sequential, a discriminator", _discriminator, (5, 2, 2, 1)),
    ("Sequential, a discriminator that compares", _comparing_discriminator, (8, 3)),
    ("Sequential, nested", lambda rng: Sequential(Dense(3, 3, rng), _generator(rng)), (6, 3)),
    ("Sequential, no parameters", lambda rng: Sequential(Tanh(), Flatten()), (3, 2, 2)),
]
