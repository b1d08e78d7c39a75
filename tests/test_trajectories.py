"""Whole float64 trainings against PyTorch: the same weights, data and noise, twenty steps.

PyTorch is an oracle here and no dependency: without it these tests are skipped. Its side is written
from the paper's box with its own layers, losses, autograd and optimizers; only the starting arrays
are ours. BatchNorm's running variance is the one thing that PyTorch does otherwise (unbiased): its
side keeps running statistics of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from oracles import oracle

from minigan.activations import LeakyReLU, ReLU, Sigmoid, Tanh
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.dense import Dense
from minigan.layer import Layer, Sequential
from minigan.maxout import Maxout
from minigan.objectives import OBJECTIVES
from minigan.optimizers import SGD, Adam, Momentum, RMSProp
from minigan.rules import RULES

torch = oracle("torch")
F = torch.nn.functional
pytestmark = pytest.mark.oracle("torch")

STEPS, M, K = 20, 6, 2
ARCHITECTURES: dict[str, Callable[[Random], tuple[Sequential, Sequential]]] = {
    "mlp": lambda rng: (
        Sequential(Dense(3, 8, rng), ReLU(), Dense(8, 4, rng), Sigmoid()),
        Sequential(Dense(4, 8, rng), LeakyReLU(0.2), Dense(8, 8, rng), Tanh(), Dense(8, 1, rng)),
    ),
    "batchnorm": lambda rng: (
        Sequential(
            *(Dense(3, 8, rng), LeakyReLU(0.2), BatchNorm(8, rng, decay=0.8, eps=1e-3)),
            *(Dense(8, 4, rng), Tanh()),
        ),
        Sequential(
            *(Dense(4, 8, rng, bias=False), BatchNorm(8, rng), LeakyReLU(0.01)),
            *(Dense(8, 6, rng), Maxout(3), Dense(2, 1, rng)),
        ),
    ),
}
OPTIMIZERS: dict[str, tuple[Callable[[Layer], Any], Callable[[Any], Any]]] = {
    "SGD": (lambda net: SGD(net, 0.1), lambda p: torch.optim.SGD(p, 0.1)),
    "Momentum": (lambda n: Momentum(n, 0.1, 0.7), lambda p: torch.optim.SGD(p, 0.1, momentum=0.7)),
    "RMSProp": (
        lambda net: RMSProp(net, 0.003, 0.9, 1e-6),
        lambda p: torch.optim.RMSprop(p, 0.003, alpha=0.9, eps=1e-6),
    ),
    "Adam": (
        lambda net: Adam(net, 0.01, 0.5, 0.999),
        lambda p: torch.optim.Adam(p, 0.01, (0.5, 0.999)),
    ),
}


class Twin:
    """The same network in PyTorch, from a Sequential's layers and starting arrays."""

    def __init__(self, net: Sequential) -> None:
        self.layers = net.layers
        self.params = {k: torch.tensor(v, requires_grad=True) for k, v in net.params.items()}
        self.buffers = {name: torch.tensor(value) for name, value in net.buffers.items()}

    def __call__(self, h: Any, train: bool = True) -> Any:
        for i, layer in enumerate(self.layers):
            h = self._apply(i, layer, h, train)
        return h

    def _apply(self, i: int, layer: Layer, h: Any, train: bool) -> Any:
        p = self.params.get
        match layer:
            case Dense():
                return F.linear(h, p(f"{i}.W").T, p(f"{i}.b"))
            case BatchNorm():
                return self._batchnorm(i, layer, h, train)
            case LeakyReLU():
                return F.leaky_relu(h, layer.alpha)
            case ReLU():
                return F.relu(h)
            case Maxout():
                return h.reshape(len(h), layer.pieces, -1).amax(dim=1)
            case Tanh():
                return torch.tanh(h)
            case Sigmoid():
                return torch.sigmoid(h)
        raise AssertionError(f"no twin of {layer!r}")

    def _batchnorm(self, i: int, layer: BatchNorm, h: Any, train: bool) -> Any:
        mean, var = self.buffers[f"{i}.running_mean"], self.buffers[f"{i}.running_var"]
        gamma, beta = self.params[f"{i}.gamma"], self.params[f"{i}.beta"]
        if not train:
            return F.batch_norm(h, mean, var, gamma, beta, training=False, eps=layer.eps)
        with torch.no_grad():
            mean.mul_(layer.decay).add_((1 - layer.decay) * h.mean(dim=0))
            var.mul_(layer.decay).add_((1 - layer.decay) * h.var(dim=0, unbiased=False))
        return F.batch_norm(h, None, None, gamma, beta, training=True, eps=layer.eps)


def step(optimizer: Any, twin: Twin, loss: Any) -> None:
    """One descent of loss by the parameters of one player, the other's left alone."""
    params = list(twin.params.values())
    for theta, g in zip(params, torch.autograd.grad(loss, params), strict=True):
        theta.grad = g
    optimizer.step()


def log_D(a: Any) -> Any:
    return F.binary_cross_entropy_with_logits(a, torch.ones_like(a))  # -mean log D


def log_not_D(a: Any) -> Any:
    return F.binary_cross_entropy_with_logits(a, torch.zeros_like(a))  # -mean log(1 - D)


def train_twins(
    rule: str, G: Twin, D: Twin, opt_G: Any, opt_D: Any, x: Any, z: Any, objective: str
) -> None:
    """The rules once more, in PyTorch; x and z are iterators of batches."""

    def loss_G(a: Any) -> Any:
        return -log_not_D(a) if objective == "minimax" else log_D(a)

    for _ in range(STEPS):
        if rule == "algorithm-1":
            for _ in range(K):
                fake = G(next(z)).detach()
                step(opt_D, D, log_D(D(next(x))) + log_not_D(D(fake)))
            step(opt_G, G, loss_G(D(G(next(z)))))
        elif rule == "simultaneous":
            fake = G(next(z))
            loss_D = log_D(D(next(x)))
            a_fake = D(fake)
            params_G = list(G.params.values())
            grads_G = torch.autograd.grad(loss_G(a_fake), params_G, retain_graph=True)
            step(opt_D, D, loss_D + log_not_D(a_fake))
            for theta, g in zip(params_G, grads_G, strict=True):
                theta.grad = g
            opt_G.step()
        elif rule == "worse-player":
            fake = G(next(z))
            a_real, a_fake = D(next(x)), D(fake)
            loss_D = log_D(a_real) + log_not_D(a_fake)
            if loss_D / 2 >= log_D(a_fake):
                step(opt_D, D, loss_D)
            else:
                step(opt_G, G, loss_G(a_fake))
        elif rule == "concatenated":
            a = D(torch.cat([next(x), G(next(z), train=False).detach()]))
            step(opt_D, D, log_D(a[: len(a) // 2]) + log_not_D(a[len(a) // 2 :]))
            step(opt_G, G, loss_G(D(G(next(z)))))
        else:
            fake = G(next(z), train=False).detach()
            step(opt_D, D, log_D(D(next(x))))
            step(opt_D, D, log_not_D(D(fake)))
            step(opt_G, G, loss_G(D(G(next(z)))))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_twenty_steps_end_where_pytorch_ends(
    rule: str, objective: str, optimizer: str, architecture: str
) -> None:
    rng = Random(3, dtype="float64")
    G, D = ARCHITECTURES[architecture](rng)
    start = {name: theta.copy() for name, theta in G.params.items()}
    xs = [rng.normal((M, 4)) + 0.5 for _ in range(STEPS * K)]
    zs = [rng.normal((M, 3)) for _ in range(STEPS * (K + 1))]
    ours, theirs = OPTIMIZERS[optimizer]
    twin_G, twin_D = Twin(G), Twin(D)

    x, z = iter(xs), iter(zs)
    for _ in RULES[rule](
        G,
        D,
        ours(G),
        ours(D),
        lambda m: next(x),
        lambda m: next(z),
        m=M,
        iterations=STEPS,
        k=K if rule == "algorithm-1" else 1,
        objective=OBJECTIVES[objective],
    ):
        pass

    train_twins(
        rule,
        twin_G,
        twin_D,
        theirs(list(twin_G.params.values())),
        theirs(list(twin_D.params.values())),
        iter([torch.tensor(a) for a in xs]),
        iter([torch.tensor(a) for a in zs]),
        objective,
    )
    for net, twin in ((G, twin_G), (D, twin_D)):
        for name, theta in (net.params | net.buffers).items():
            other = (twin.params | twin.buffers)[name].detach().numpy()
            assert np.abs(theta - other).max() < 1e-11, name
    assert max(np.abs(G.params[name] - theta).max() for name, theta in start.items()) > 1e-4
