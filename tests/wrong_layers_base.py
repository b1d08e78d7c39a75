"""The list of wrong layers, how a class gets on it, and the right layers they are made from."""

from minigan.activations import ReLU, Sigmoid
from minigan.batchnorm import BatchNorm
from minigan.dense import Dense
from minigan.layer import Layer

WRONG = []  # (id, make, shape, pattern of the message)


def wrong(pattern, shape=(5, 3)):
    """Register a class as a wrong layer; one without parameters is made without a Random."""

    def register(layer):
        plain = issubclass(layer, Elementwise | ReLU | Sigmoid)
        WRONG.append((layer.__name__, (lambda rng: layer()) if plain else layer, shape, pattern))
        return layer

    return register


class Elementwise(Layer):
    """y = x², unless a subclass says otherwise."""

    def forward(self, x, train=True):
        return x * x, x

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (2 * cache * dy if need_dx else None), {}


class Dense33(Dense):
    def __init__(self, rng):
        super().__init__(3, 3, rng)


class Norm3(BatchNorm):
    def __init__(self, rng):
        super().__init__(3, rng)
