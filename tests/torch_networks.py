"""The published networks once more, in PyTorch, from their descriptions and not from minigan.

Images are (m, c, h, w) here, between all layers, as PyTorch wants them; "same" is written out as
the zeros that it stands for. Two conventions are minigan's, for which PyTorch has none, or others:

* Images are flattened, and made of vectors, with the channels running fastest.
* A BatchNorm's running variance averages the biased variance (as Keras does). PyTorch averages
  n/(n-1) of it, which is divided out again.

Parameters stand in the same order on both sides: weight and bias, scale and shift.
"""

from __future__ import annotations

import math
from collections import deque
from itertools import pairwise
from typing import Any

import numpy as np
from oracles import oracle

torch = oracle("torch")
nn, F = torch.nn, torch.nn.functional
Masks = deque[np.ndarray]  # of dropout, in the order in which they are used


class Images(nn.Module):
    """(m, h·w·c) → (m, c, h, w)."""

    def __init__(self, h: int, w: int, c: int) -> None:
        super().__init__()
        self.size = h, w, c

    def forward(self, x: Any) -> Any:
        return x.view(-1, *self.size).permute(0, 3, 1, 2)


class Rows(nn.Module):
    """(m, c, h, w) → (m, h·w·c)."""

    def forward(self, x: Any) -> Any:
        return x.permute(0, 2, 3, 1).flatten(1) if x.dim() == 4 else x


class BatchNorm(nn.modules.batchnorm._BatchNorm):
    """PyTorch's, of vectors and of images; the running variance without its n/(n-1)."""

    def __init__(self, channels: int, decay: float, eps: float) -> None:
        super().__init__(channels, eps=eps, momentum=1 - decay)

    def _check_input_dim(self, x: Any) -> None:
        pass

    def forward(self, x: Any) -> Any:
        old = self.running_var.clone()
        y = super().forward(x)
        if self.training:
            kept, n = (1 - self.momentum) * old, x.numel() // self.num_features
            self.running_var = kept + (self.running_var - kept) * (n - 1) / n
        return y


class Dropout(nn.Module):
    """Inverted dropout whose masks are given, channels last."""

    def __init__(self, rate: float, masks: Masks) -> None:
        super().__init__()
        self.rate, self.masks = rate, masks

    def forward(self, x: Any) -> Any:
        if not self.training:
            return x
        mask = torch.tensor(self.masks.popleft())
        mask = mask.permute(0, 3, 1, 2) if mask.dim() == 4 else mask
        assert mask.shape == x.shape
        return torch.where(mask, x / (1 - self.rate), 0.0)


class Maxout(nn.Module):
    """The largest of five numbers each: unit i's are i, units + i, 2 · units + i, …"""

    def forward(self, x: Any) -> Any:
        return x.view(len(x), 5, -1).max(dim=1).values


class BesideLabels(nn.Sequential):
    """[z, y] ↦ [f(z, y), y]."""

    def __init__(self, classes: int, *layers: Any) -> None:
        super().__init__(*layers)
        self.classes = classes

    def forward(self, x: Any) -> Any:
        return torch.cat([super().forward(x), x[:, -self.classes :]], dim=1)


def same(size: tuple[int, int], kernel: int, stride: int) -> Any:
    """The zeros of TensorFlow's "same": ⌈n / stride⌉ outputs, the odd zero below and right."""
    pads = []
    for n in reversed(size):  # (left, right, top, bottom)
        zeros = max((math.ceil(n / stride) - 1) * stride + kernel - n, 0)
        pads += [zeros // 2, zeros - zeros // 2]
    return nn.ZeroPad2d(tuple(pads))


def halved(h: int, w: int) -> tuple[int, int]:
    return math.ceil(h / 2), math.ceil(w / 2)


def mlp(shape: Any, masks: Masks, *, z_dim: int = 100, width: int = 500) -> tuple[Any, Any]:
    n = math.prod(shape)
    G = nn.Sequential(
        *(nn.Linear(z_dim, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU()),
        *(nn.Linear(width, n), nn.Sigmoid(), Images(*shape)),
    )
    D = nn.Sequential(
        *(Rows(), nn.Linear(n, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU()),
        nn.Linear(width, 1),
    )
    return G, D


def mlp_batchnorm(
    shape: Any, masks: Masks, *, z_dim: int = 100, widths: Any = (256, 512, 1024)
) -> tuple[Any, Any]:
    n, layers = math.prod(shape), []
    for before, width in pairwise((z_dim, *widths)):
        layers += [nn.Linear(before, width), nn.LeakyReLU(0.2), BatchNorm(width, 0.8, 1e-3)]
    G = nn.Sequential(*layers, nn.Linear(widths[-1], n), nn.Tanh(), Images(*shape))
    D = nn.Sequential(
        *(Rows(), nn.Linear(n, widths[1]), nn.LeakyReLU(0.2)),
        *(nn.Linear(widths[1], widths[0]), nn.LeakyReLU(0.2), nn.Linear(widths[0], 1)),
    )
    return G, D


def cgan(
    shape: Any, masks: Masks, *, classes: int = 10, z_dim: int = 100, widths: Any = (256, 512, 1024)
) -> tuple[Any, Any]:
    n, layers = math.prod(shape), []
    for before, width in pairwise((z_dim + classes, *widths)):
        layers += [nn.Linear(before, width), nn.LeakyReLU(0.2), BatchNorm(width, 0.8, 1e-3)]
    G = BesideLabels(classes, *layers, nn.Linear(widths[-1], n), nn.Tanh())
    D = nn.Sequential(
        *(nn.Linear(n + classes, widths[1]), nn.LeakyReLU(0.2), Dropout(0.3, masks)),
        *(nn.Linear(widths[1], widths[0]), nn.LeakyReLU(0.2), Dropout(0.3, masks)),
        nn.Linear(widths[0], 1),
    )
    return G, D


def gaussian_1d(shape: Any, masks: Masks, *, z_dim: int = 1, width: int = 32) -> tuple[Any, Any]:
    G = nn.Sequential(nn.Linear(z_dim, width), nn.Tanh(), nn.Linear(width, shape[0]))
    D = nn.Sequential(
        *(nn.Linear(shape[0], width), nn.Tanh(), nn.Linear(width, width), nn.Tanh()),
        nn.Linear(width, 1),
    )
    return G, D


def goodfellow_2014(
    shape: Any, masks: Masks, *, z_dim: int = 100, width: int = 1200, units: int = 240
) -> tuple[Any, Any]:
    n = math.prod(shape)
    G = nn.Sequential(
        *(nn.Linear(z_dim, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU()),
        *(nn.Linear(width, n), nn.Sigmoid(), Images(*shape)),
    )
    D = nn.Sequential(
        *(Rows(), Dropout(0.2, masks), nn.Linear(n, 5 * units), Maxout()),
        *(Dropout(0.5, masks), nn.Linear(units, 5 * units), Maxout()),
        *(Dropout(0.5, masks), nn.Linear(units, 1)),
    )
    return G, D


def dcgan(
    shape: Any, masks: Masks, *, z_dim: int = 100, width: int = 64, smallest: int = 8
) -> tuple[Any, Any]:
    sizes, c = [tuple(shape[:2]), halved(*shape[:2])], shape[2]
    while not any(n % 2 for n in sizes[-1]) and min(sizes[-1]) > smallest:
        sizes.append(halved(*sizes[-1]))
    channels = [c, *(width * 2**i for i in range(len(sizes) - 1))]
    (h, w), last = sizes[-1], channels[-1]
    G = [nn.Linear(z_dim, h * w * last), BatchNorm(h * w * last, 0.9, 1e-5), nn.ReLU()]
    G += [Images(h, w, last)]
    D: list[Any] = []
    for i, (before, after) in enumerate(pairwise(reversed(channels)), start=2):
        image = i == len(channels)
        G += [nn.ConvTranspose2d(before, after, 4, 2, padding=1, bias=image)]
        G += [nn.Tanh()] if image else [BatchNorm(after, 0.9, 1e-5), nn.ReLU()]
    for i, (before, after) in enumerate(pairwise(channels)):
        D += [nn.Conv2d(before, after, 4, 2, padding=1, bias=i == 0)]
        D += [] if i == 0 else [BatchNorm(after, 0.9, 1e-5)]
        D += [nn.LeakyReLU(0.2)]
    return nn.Sequential(*G), nn.Sequential(*D, Rows(), nn.Linear(h * w * last, 1))


def dcgan_32(
    shape: Any,
    masks: Masks,
    *,
    z_dim: int = 100,
    widths_G: Any = (128, 64),
    widths_D: Any = (8, 64),
) -> tuple[Any, Any]:
    (h, w, c), (first, second) = shape, widths_G
    G = nn.Sequential(
        *(nn.Linear(z_dim, h // 4 * (w // 4) * first), nn.LeakyReLU(0.001)),
        *(Images(h // 4, w // 4, first), BatchNorm(first, 0.99, 1e-3)),
        *(nn.UpsamplingNearest2d(scale_factor=2), Dropout(0.3, masks)),
        *(nn.Conv2d(first, second, 5, padding=2), nn.LeakyReLU(0.001)),
        *(BatchNorm(second, 0.99, 1e-3), nn.UpsamplingNearest2d(scale_factor=2)),
        *(nn.Conv2d(second, c, 5, padding=2), nn.Tanh()),
    )
    size, D = (h, w), []
    for i, (before, after) in enumerate(pairwise((c, *widths_D))):
        D += [same(size, 5, 2), nn.Conv2d(before, after, 5, 2), nn.LeakyReLU(0.001)]
        D += [Dropout(0.3, masks)] if i == 0 else []
        size = halved(*size)
    return G, nn.Sequential(*D, Rows(), nn.Linear(math.prod(size) * widths_D[-1], 1))


def dcgan_upsampling(
    shape: Any,
    masks: Masks,
    *,
    z_dim: int = 100,
    widths_G: Any = (256, 128, 64, 32),
    widths_D: Any = (64, 128, 256, 512),
) -> tuple[Any, Any]:
    (h, w, c), first = shape, widths_G[0]
    n = h // 4 * (w // 4) * first
    G = [nn.Linear(z_dim, n), BatchNorm(n, 0.9, 1e-3), nn.ReLU(), Images(h // 4, w // 4, first)]
    for i, (before, after) in enumerate(pairwise(widths_G)):
        G += [nn.UpsamplingNearest2d(scale_factor=2)] if i < 2 else []
        G += [nn.ConvTranspose2d(before, after, 5, padding=2)]
        G += [BatchNorm(after, 0.9, 1e-3), nn.ReLU()]
    G += [nn.ConvTranspose2d(widths_G[-1], c, 5, padding=2), nn.Sigmoid()]
    size, D = (h, w), []
    for i, (before, after) in enumerate(pairwise((c, *widths_D))):
        stride = 2 if i < 3 else 1
        D += [same(size, 5, stride), nn.Conv2d(before, after, 5, stride), nn.LeakyReLU(0.2)]
        D += [Dropout(0.2, masks)]
        size = halved(*size) if stride == 2 else size
    D += [Rows(), nn.Linear(math.prod(size) * widths_D[-1], 1)]
    return nn.Sequential(*G), nn.Sequential(*D)


def classifier(shape: Any, classes: int, widths: Any = (16, 32, 32), features: int = 64) -> Any:
    (h, w, c), layers = shape, []
    for kernel, (before, after) in zip((5, 5, 3), pairwise((c, *widths)), strict=True):
        layers += [same((h, w), kernel, 2), nn.Conv2d(before, after, kernel, 2, bias=False)]
        layers += [BatchNorm(after, 0.99, 1e-5), nn.ReLU()]
        h, w = halved(h, w)
    layers += [Rows(), nn.Linear(h * w * widths[-1], features, bias=False)]
    layers += [BatchNorm(features, 0.99, 1e-5), nn.ReLU(), nn.Linear(features, classes)]
    return nn.Sequential(*layers)


NETWORKS = {
    "mlp": mlp,
    "mlp-batchnorm": mlp_batchnorm,
    "cgan": cgan,
    "gaussian-1d": gaussian_1d,
    "goodfellow-2014": goodfellow_2014,
    "dcgan": dcgan,
    "dcgan-32": dcgan_32,
    "dcgan-32-grey": dcgan_32,
    "dcgan-upsampling": dcgan_upsampling,
}
