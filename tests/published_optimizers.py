"""The optimizers as they were published, line by line for one number, and what their tests share.

The transcriptions know nothing of arrays, of verbs or of state by name: they are plain functions
from a start and a list of gradients to where a minimiser ends. What they share with minigan is the
paper alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minigan.layer import Grads, Layer
from minigan.optimizers import SGD, Adam, Momentum, Optimizer, RMSProp

STEPS = 50
Make = Callable[..., Optimizer]


def sgd(theta: float, gradients: list[float]) -> float:
    alpha = 0.1
    for g in gradients:
        theta = theta - alpha * g
    return theta


def momentum(theta: float, gradients: list[float]) -> float:
    alpha, mu, v = 0.1, 0.7, 0.0
    for g in gradients:
        v = mu * v - alpha * g
        theta = theta + v
    return theta


def rmsprop(theta: float, gradients: list[float]) -> float:
    alpha, rho, eps, mean_square = 0.01, 0.8, 1e-3, 0.0
    for g in gradients:
        mean_square = rho * mean_square + (1 - rho) * g**2
        theta = theta - alpha * g / (math.sqrt(mean_square) + eps)
    return theta


def adam(theta: float, gradients: list[float]) -> float:
    """Kingma & Ba 2015, Algorithm 1, with the hats."""
    alpha, beta1, beta2, eps = 0.01, 0.5, 0.9, 1e-3
    m = v = 0.0
    t = 0
    for g in gradients:
        t = t + 1
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        theta = theta - alpha * m_hat / (math.sqrt(v_hat) + eps)
    return theta


def efficient_adam(theta: float, gradients: list[float]) -> float:
    """Kingma & Ba 2015, end of section 2: the last three lines of the loop replaced."""
    alpha, beta1, beta2, eps_hat = 0.01, 0.5, 0.9, 1e-3
    m = v = 0.0
    t = 0
    for g in gradients:
        t = t + 1
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        alpha_t = alpha * math.sqrt(1 - beta2**t) / (1 - beta1**t)
        theta = theta - alpha_t * m / (math.sqrt(v) + eps_hat)
    return theta


PUBLISHED: dict[str, tuple[Make, Callable[[float, list[float]], float]]] = {
    "SGD": (lambda net, **kw: SGD(net, 0.1, **kw), sgd),
    "Momentum": (lambda net, **kw: Momentum(net, 0.1, 0.7, **kw), momentum),
    "RMSProp": (lambda net, **kw: RMSProp(net, 0.01, 0.8, 1e-3, **kw), rmsprop),
    "Adam": (lambda net, **kw: Adam(net, 0.01, 0.5, 0.9, 1e-3, **kw), adam),
    "Adam, efficient": (
        lambda net, **kw: Adam(net, 0.01, 0.5, 0.9, eps_hat=1e-3, **kw),
        efficient_adam,
    ),
}


class Bag(Layer):
    """Parameters and nothing else."""

    def __init__(self, **params: Any) -> None:
        super().__init__()
        self.params = params


def bag(dtype: str = "float64", seed: int = 0) -> Bag:
    rng = np.random.default_rng(seed)
    return Bag(W=rng.normal(size=(2, 3)).astype(dtype), b=rng.normal(size=3).astype(dtype))


def random_grads(net: Layer, steps: int = STEPS, seed: int = 1) -> list[Grads]:
    """Gradients whose sizes lie orders of magnitude apart, and some exact zeros."""
    rng = np.random.default_rng(seed)
    return [
        {
            name: (rng.normal(size=p.shape) * 10 ** rng.uniform(-3, 1, p.shape)).astype(p.dtype)
            * rng.choice(np.array([0, 1, 1, 1], p.dtype), p.shape)
            for name, p in net.params.items()
        }
        for _ in range(steps)
    ]


def snapshot(net: Layer) -> dict[str, Any]:
    return {name: p.copy() for name, p in net.params.items()}


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[k], other[k]) for k in one)
