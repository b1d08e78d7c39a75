"""Whole float64 trainings of image networks against PyTorch, as in test_trajectories.py.

The discriminators drop units: PyTorch's side draws its masks from a copy of the same stream.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fast_settings import both_maps
from test_trajectories import STEPS, F, K, Twin, torch, train_twins

from minigan.activations import LeakyReLU, ReLU, Tanh
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.layer import Layer, Sequential
from minigan.objectives import OBJECTIVES
from minigan.optimizers import Adam
from minigan.reshape import Flatten, Reshape
from minigan.rules import RULES
from minigan.upsampling import UpSampling2D

pytestmark = [pytest.mark.oracle("torch"), pytest.mark.usefixtures(both_maps.__name__)]
M, SHAPE = 4, (8, 6, 2)
SAME = {"stride": 2, "bias": False}


def strided(rng: Random) -> tuple[Sequential, Sequential]:
    """After Radford et al. 2015: strides in both, 4x4 kernels, BatchNorm behind them."""
    G = Sequential(
        *(Dense(3, 24, rng), Reshape((2, 3, 4)), BatchNorm(4, rng, decay=0.9), ReLU()),
        *(ConvTranspose2D(4, 3, 4, rng, **SAME), BatchNorm(3, rng), ReLU()),
        # 8 by 6 pixels by pads in numbers: (4 - 1) · 2 + 3 - 1 - 1 + 1 and, to the right, 6
        ConvTranspose2D(3, 2, 3, rng, stride=(2, 1), pad=((1, 1), (1, 1)), output_pad=(1, 0)),
        Tanh(),
    )
    D = Sequential(
        *(Conv2D(2, 3, 4, rng, stride=2), LeakyReLU(0.2)),
        *(Conv2D(3, 5, 4, rng, **SAME), BatchNorm(5, rng), LeakyReLU(0.2)),
        *(Flatten(), Dense(20, 1, rng)),
    )
    return G, D


def upsampling(rng: Random) -> tuple[Sequential, Sequential]:
    """Upsampling before 5x5 convolutions, transposed or not, and dropout in D."""
    G = Sequential(
        *(Dense(3, 24, rng, bias=False), BatchNorm(24, rng, decay=0.9), ReLU()),
        *(Reshape((2, 3, 4)), UpSampling2D(2), ConvTranspose2D(4, 3, 5, rng, bias=False)),
        *(BatchNorm(3, rng), ReLU()),
        *(UpSampling2D((2, 1)), Conv2D(3, 2, 5, rng), Tanh()),
    )
    D = Sequential(
        *(Conv2D(2, 4, 5, rng, stride=2), LeakyReLU(0.2), Dropout(0.2, rng.child("first"))),
        *(Conv2D(4, 4, 5, rng), LeakyReLU(0.2), Dropout(0.3, rng.child("second"))),
        *(Conv2D(4, 3, 3, rng, stride=(3, 2), pad=((0, 1), (2, 0))), LeakyReLU(0.2)),
        *(Flatten(), Dense(6, 1, rng)),
    )
    return G, D


class ImageTwin(Twin):
    """The twin of a network of images, channels last between its layers as in minigan."""

    def __init__(self, net: Sequential) -> None:
        super().__init__(net)
        self.streams = {}
        for i, layer in enumerate(net.layers):
            if isinstance(layer, Dropout):
                self.streams[i] = Random(0, dtype="float64")
                self.streams[i].state = layer.rng.state

    def _apply(self, i: int, layer: Layer, h: Any, train: bool) -> Any:
        W, b = self.params.get(f"{i}.W"), self.params.get(f"{i}.b")
        match layer:
            case Conv2D():
                (top, bottom), (left, right) = layer.window.pads(tuple(h.shape[1:3]))
                h = F.pad(h.permute(0, 3, 1, 2), (left, right, top, bottom))
                h = F.conv2d(h, W.permute(3, 2, 0, 1), b, layer.window.stride)
                return h.permute(0, 2, 3, 1)
            case ConvTranspose2D():
                return self._transposed(layer, h, W, b)
            case UpSampling2D():
                down, right = layer.factor
                return h.repeat_interleave(down, dim=1).repeat_interleave(right, dim=2)
            case Flatten():
                return h.flatten(1)
            case Reshape():
                return h.unflatten(1, layer.shape)
            case Dropout():
                if not train:
                    return h
                mask = self.streams[i].mask(tuple(h.shape), keep=1 - layer.rate)
                return h * torch.tensor(mask) / (1 - layer.rate)
            case BatchNorm():
                rows = h.reshape(-1, layer.channels)  # a channel's values, from all pixels
                return super()._apply(i, layer, rows, train).reshape(h.shape)
        return super()._apply(i, layer, h, train)

    def _transposed(self, layer: ConvTranspose2D, h: Any, W: Any, b: Any) -> Any:
        size = layer.window.image(tuple(h.shape[1:3]), layer.output_pad)
        (top, _), (left, _) = layer.window.pads(size)
        h, W = h.permute(0, 3, 1, 2), W.permute(3, 2, 0, 1)
        h = F.conv_transpose2d(h, W, stride=layer.window.stride)
        rest = size[1] + left - h.shape[3], size[0] + top - h.shape[2]
        h = F.pad(h, (-left, rest[0], -top, rest[1])).permute(0, 2, 3, 1)
        return h if b is None else h + b


@pytest.mark.parametrize("rule", ["algorithm-1", "simultaneous", "separate"])
@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("build", [strided, upsampling], ids=lambda build: build.__name__)
def test_twenty_steps_of_image_networks_end_where_pytorch_ends(
    build: Any, objective: str, rule: str
) -> None:
    rng = Random(3, dtype="float64")
    G, D = build(rng)
    start = {name: theta.copy() for name, theta in G.params.items()}
    xs = [rng.normal((M, *SHAPE)) + 0.5 for _ in range(STEPS * K)]
    zs = [rng.normal((M, 3)) for _ in range(STEPS * (K + 1))]
    twin_G, twin_D = ImageTwin(G), ImageTwin(D)

    x, z = iter(xs), iter(zs)
    play = RULES[rule](
        *(G, D, Adam(G, 0.01, 0.5), Adam(D, 0.01, 0.5), lambda m: next(x), lambda m: next(z)),
        m=M,
        iterations=STEPS,
        k=K if rule == "algorithm-1" else 1,
        objective=OBJECTIVES[objective],
    )
    assert sum(1 for _ in play) == STEPS

    adam = [
        torch.optim.Adam(list(twin.params.values()), 0.01, (0.5, 0.999))
        for twin in (twin_G, twin_D)
    ]
    batches = (iter([torch.tensor(a) for a in arrays]) for arrays in (xs, zs))
    train_twins(rule, twin_G, twin_D, *adam, *batches, objective)
    for net, twin in ((G, twin_G), (D, twin_D)):
        for name, theta in (net.params | net.buffers).items():
            other = (twin.params | twin.buffers)[name].detach().numpy()
            assert np.abs(theta - other).max() < 1e-12, name
    assert max(np.abs(G.params[name] - theta).max() for name, theta in start.items()) > 1e-2
