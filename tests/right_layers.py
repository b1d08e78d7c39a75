"""Right layers that are hard to measure: steep, flat, tiny, huge, far from 0."""

import numpy as np

from minigan.activations import sigmoid, softplus
from minigan.layer import Layer


class Smooth(Layer):
    def __init__(self, f, slope):
        super().__init__()
        self.f, self.slope = f, slope

    def forward(self, x, train=True):
        return self.f(x), x

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (dy * self.slope(cache) if need_dx else None), {}


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


class Softmax(Layer):
    def forward(self, x, train=True):
        y = softmax(x)
        return y, y

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        y = cache
        return (y * (dy - (dy * y).sum(axis=1, keepdims=True)) if need_dx else None), {}


class UnitLength(Layer):
    def forward(self, x, train=True):
        length = np.sqrt((x * x).sum(axis=1, keepdims=True))
        return x / length, (x / length, length)

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        y, length = cache
        return ((dy - y * (dy * y).sum(axis=1, keepdims=True)) / length if need_dx else None), {}


SMOOTH = {  # y, its slope, the sizes of x at which it is tried
    "exp": (np.exp, np.exp, (1, 10)),
    "x³": (lambda x: x**3, lambda x: 3 * x * x, (1e-3, 1, 30, 1e4)),
    "x⁹": (lambda x: x**9, lambda x: 9 * x**8, (1, 30)),
    "σ": (sigmoid, lambda x: sigmoid(x) * sigmoid(-x), (1e-6, 1, 30, 1e4)),
    "ζ": (softplus, sigmoid, (1, 30)),
    "ζ, naive": (lambda x: np.log(1 + np.exp(x)), sigmoid, (1, 30)),
    "tanh": (np.tanh, lambda x: 1 / np.cosh(np.clip(x, -300, 300)) ** 2, (1, 30)),
    "sin 50x": (lambda x: np.sin(50 * x), lambda x: 50 * np.cos(50 * x), (1, 30, 1e4)),
    "1e-20 sin": (lambda x: 1e-20 * np.sin(x), lambda x: 1e-20 * np.cos(x), (1, 30)),
    "1e12 sin": (lambda x: 1e12 * np.sin(x), lambda x: 1e12 * np.cos(x), (1, 30)),
    "1e6 + sin": (lambda x: 1e6 + np.sin(x), np.cos, (1, 30)),
    "a narrow peak": (
        lambda x: 1 / (1 + 1e4 * x * x),
        lambda x: -2e4 * x / (1 + 1e4 * x * x) ** 2,
        (1e-3, 1, 30),
    ),
    "1/x": (lambda x: 1 / x, lambda x: -1 / (x * x), (1e-2, 1, 30)),
    "log |x|": (lambda x: np.log(abs(x)), lambda x: 1 / x, (1e-2, 1, 30)),
    "x |x|": (lambda x: x * abs(x), lambda x: 2 * abs(x), (1, 30)),
    "constant": (lambda x: 0 * x + 3, lambda x: 0 * x, (1, 30)),
}
