"""The convolutional models against PyTorch: their own rule, optimizer and dropout, ten steps.

As in test_trajectories.py, PyTorch is an oracle and no dependency. Its side computes convolutions
by its own, channels first, pads "same" by TensorFlow's rule written out here, and differentiates by
itself. Only the starting arrays, the batches and the dropout masks are ours.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
import test_trajectories
from test_trajectories import Twin, torch, train_twins

from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.dropout import Dropout
from minigan.layer import Layer, Sequential
from minigan.models import MODELS
from minigan.objectives import OBJECTIVES
from minigan.reshape import Flatten, Reshape
from minigan.rules import RULES
from minigan.upsampling import UpSampling2D

F = torch.nn.functional
pytestmark = pytest.mark.oracle("torch")
STEPS, M = 10, 5
SIZES = {  # another one than the small versions': twice as large, more channels, no square
    "dcgan": ({"z_dim": 4, "width": 3, "smallest": 2}, (8, 12, 3)),
    "dcgan-32": ({"z_dim": 4, "widths_G": (5, 4), "widths_D": (3, 4)}, (8, 12, 3)),
    "dcgan-upsampling": (
        {"z_dim": 4, "widths_G": (5, 4, 3, 2), "widths_D": (2, 3, 4, 5)},
        (12, 8, 3),
    ),
}


def same(n: int, kernel: int, stride: int) -> tuple[int, int]:
    """TensorFlow's "same": ⌈n / stride⌉ outputs, the odd zero after."""
    zeros = max((math.ceil(n / stride) - 1) * stride + kernel - n, 0)
    return zeros // 2, zeros - zeros // 2


class ConvTwin(Twin):
    """The same network in PyTorch; images are (m, h, w, c) between the layers."""

    def __init__(self, net: Sequential, rng: Random) -> None:
        super().__init__(net)
        self.rng = rng  # of the dropout masks, a copy that both twins share

    def _apply(self, i: int, layer: Layer, h: Any, train: bool) -> Any:
        match layer:
            case Conv2D() | ConvTranspose2D():
                return self._convolve(i, layer, h.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
            case UpSampling2D():
                return h.repeat_interleave(2, dim=1).repeat_interleave(2, dim=2)
            case Dropout():
                if not train:
                    return h
                mask = self.rng.mask(tuple(h.shape), keep=1 - layer.rate)
                return h * torch.tensor(mask) / (1 - layer.rate)
            case Reshape():
                return h.reshape(-1, *layer.shape)
            case Flatten():
                return h.reshape(len(h), -1)
        return super()._apply(i, layer, h, train)

    def _convolve(self, i: int, layer: Any, h: Any) -> Any:
        W, b = self.params[f"{i}.W"].permute(3, 2, 0, 1), self.params.get(f"{i}.b")
        (kernel, _), (stride, _) = layer.window.kernel, layer.window.stride
        if isinstance(layer, Conv2D):
            pads = [p for n in (h.shape[3], h.shape[2]) for p in same(n, kernel, stride)]
            return F.conv2d(F.pad(h, pads), W, b, stride)
        sizes = [n * stride for n in h.shape[2:]]
        y = F.conv_transpose2d(h, W, b, stride)  # what "same" pads there is cut off here
        (top, _), (left, _) = (same(n, kernel, stride) for n in sizes)
        y = F.pad(
            y, (0, max(0, sizes[1] + left - y.shape[3]), 0, max(0, sizes[0] + top - y.shape[2]))
        )
        return y[:, :, top : top + sizes[0], left : left + sizes[1]]

    def _batchnorm(self, i: int, layer: Any, h: Any, train: bool) -> Any:
        return super()._batchnorm(i, layer, h.reshape(-1, h.shape[-1]), train).reshape(h.shape)


class KerasAdam:
    """Adam with its constant beside √v, as the Keras networks use it; or beside √v̂."""

    def __init__(self, params: list[Any], like: Any) -> None:
        self.params, self.like, self.t = params, like, 0
        self.m = [torch.zeros_like(p) for p in params]
        self.v = [torch.zeros_like(p) for p in params]

    @torch.no_grad()
    def step(self) -> None:
        self.t += 1
        b1, b2 = self.like.beta1, self.like.beta2
        for p, m, v in zip(self.params, self.m, self.v, strict=True):
            m.copy_(b1 * m + (1 - b1) * p.grad)
            v.copy_(b2 * v + (1 - b2) * p.grad**2)
            if self.like.eps_hat is None:
                m_hat, v_hat = m / (1 - b1**self.t), v / (1 - b2**self.t)
                p -= self.like.alpha * m_hat / (v_hat.sqrt() + self.like.eps)
            else:
                alpha = self.like.alpha * math.sqrt(1 - b2**self.t) / (1 - b1**self.t)
                p -= alpha * m / (v.sqrt() + self.like.eps_hat)


def unmoved(net: Sequential, key: str) -> bool:
    """Whether it is a bias that a BatchNorm subtracts again, or the running mean, which holds it.

    Such a bias has a gradient of 0, but for a rounding error of about 1e-16, which Adam divides by
    its eps of 1e-8: ten steps of 2e-4 then differ by 2e-11, and nothing else sees it.
    """
    i, _, kind = key.partition(".")
    if kind == "running_mean":
        return True
    return kind == "b" and isinstance((*net.layers, None)[int(i) + 1], BatchNorm)


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_ten_steps_of_a_model_end_where_pytorch_ends(
    name: str, objective: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_trajectories, "STEPS", STEPS)
    monkeypatch.setattr(test_trajectories, "K", 1)
    sizes, shape = SIZES[name]
    model, rng = dataclasses.replace(MODELS[name], small=sizes), Random(3, dtype="float64")
    G, D = model.small_networks(rng, shape)
    for theta in [*G.params.values(), *D.params.values()]:  # dcgan's 0.02² would hardly move
        theta += rng.normal(theta.shape, std=0.2)
    draws = Random(4, dtype="float64")
    xs = [draws.uniform((M, *shape)) for _ in range(STEPS)]
    zs = [draws.normal((M, 4)) for _ in range(2 * STEPS)]
    opt_G, opt_D = model.optimizers(G, D)
    masks = Random(3, dtype="float64")
    masks.state = rng.state
    twin_G, twin_D = ConvTwin(G, masks), ConvTwin(D, masks)
    theirs = [
        KerasAdam(list(twin.params.values()), like)
        for twin, like in ((twin_G, opt_G), (twin_D, opt_D))
    ]
    start = {name: theta.copy() for name, theta in G.params.items()}

    x, z = iter(xs), iter(zs)
    for _ in RULES[model.rule](
        *(G, D, opt_G, opt_D, lambda m: next(x), lambda m: next(z)),
        m=M,
        iterations=STEPS,
        objective=OBJECTIVES[objective],
    ):
        pass
    batches = (iter([torch.tensor(a) for a in arrays]) for arrays in (xs, zs))
    train_twins(model.rule, twin_G, twin_D, *theirs, *batches, objective)
    for net, twin in ((G, twin_G), (D, twin_D)):
        for key, theta in (net.params | net.buffers).items():
            other = (twin.params | twin.buffers)[key].detach().numpy()
            assert np.abs(theta - other).max() < (1e-9 if unmoved(net, key) else 1e-13), key
    assert max(np.abs(G.params[key] - theta).max() for key, theta in start.items()) > 1e-4
