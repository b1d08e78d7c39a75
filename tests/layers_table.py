"""LAYERS: every layer in every configuration that behaves differently, with the shape of an x.

The lines of `minigan gradcheck` come first; what it need not show to everybody follows: odd sizes
and special values. A line buys the whole of test_layers_protocol.py, and the run on the
stand-in for CuPy: (id, make, shape), where make(rng) returns the layer and shape is that of one x,
batch axis first.
"""

from minigan import gradcheck
from minigan.activations import LeakyReLU, ReLU, Tanh
from minigan.batchnorm import BatchNorm
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.initializers import he_normal, normal
from minigan.layer import Sequential
from minigan.maxout import Maxout
from minigan.reshape import Flatten, Reshape


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


SHOWN = [
    (name if i == 1 else f"{name}, {i}", make, shape)
    for name, cases in gradcheck.LAYERS.items()
    for i, (make, shape) in enumerate(cases, start=1)
]

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
    ("Flatten, already flat", lambda rng: Flatten(), (2, 3)),
    ("Sequential, a generator", _generator, (6, 3)),
    ("Sequential, a discriminator", _discriminator, (5, 2, 2, 1)),
    ("Sequential, nested", lambda rng: Sequential(Dense(3, 3, rng), _generator(rng)), (6, 3)),
    ("Sequential, no parameters", lambda rng: Sequential(Tanh(), Flatten()), (3, 2, 2)),
]
