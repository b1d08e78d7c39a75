"""The protocol of PacGAN's 2-D experiments: data, networks, settings, in full and in small.

    data      ring: 8 modes on the unit circle, σ 0.01; grid: 25 on {-4, -2, 0, 2, 4}², σ 0.05;
              100,000 points, drawn once
    noise     z ∼ N(0, I₂)
    G         2 - [Dense without bias, BatchNorm, ReLU] × 4 of 400 units - 2
    D         3 × maxout of 200 units with 5 pieces - 1 logit
    start     weights N(0, 0.02²), biases 0
    training  both players at once, Adam 1e-4 with β₁ 0.8, batches of 100, 400 epochs
    measure   2,500 samples of G in evaluation mode, by `minigan.evaluation.modes`

**Source**  Lin et al. 2018 (PacGAN), section 4.1. Where its words are silent, its published code
(fjxmlzn/PacGAN on GitHub) answers: G descends the non-saturating objective, BatchNorm keeps 0.95 of
its running statistics, and a batch with packing is 100 packs, so that D sees 100 k points of each
kind in a step. It has no minibatch discrimination: here that has 5 kernels of 3 numbers.

For a laptop there is a quick protocol: narrower networks, 5,000 steps on the ring and 10,000 on the
grid, and a rate that falls from 3e-3 to 0, since so short a game would otherwise end wherever it
then happens to be. It shows the same failures, but its numbers are not those of the full one.

*Departures.* BatchNorm's eps is ours (1e-5). The 100,000 points are the same for every seed. The
points of a pack come from shuffled passes over them, where the source draws them with replacement;
an epoch of the source, 1,000 steps, is k of our passes. G normalises the 100 k samples of a step
together, where the source does it in k batches of 100.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from minigan.activations import ReLU
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.collapse.rows import Row
from minigan.data.toy import POINTS, Toy, grid, ring
from minigan.dense import Dense
from minigan.initializers import normal
from minigan.layer import Layer, Sequential
from minigan.maxout import Maxout
from minigan.minibatch import MinibatchDiscrimination
from minigan.reshape import Pack
from minigan.schedules import Rate, ramp_by_epoch

MIXTURES: dict[str, Toy] = {toy.name: toy for toy in (ring(), grid())}
Z_DIM = 2
SAMPLES = 2500


@dataclass(frozen=True)
class Protocol:
    """How large the networks are, and how long they play.

    **Parameters**  name; width and depth of G's hidden layers; units, pieces and depth_D of D's;
    kernels, the (number, dim) of minibatch discrimination, in the row that has it; std of the
    weights; alpha and beta1 of both Adams; fade, whether alpha falls to 0 in a line over the
    steps; m, packs in a batch; steps.
    """

    name: str
    width: int
    depth: int
    units: int
    pieces: int
    depth_D: int
    kernels: tuple[int, int]
    std: float
    alpha: float
    beta1: float
    fade: bool
    m: int
    steps: int

    def rate(self) -> Rate:
        """Alpha as Adam takes it, a number or a function of the step."""
        if not self.fade:
            return self.alpha
        return ramp_by_epoch(self.alpha, 0.0, epochs=self.steps + 1, batches_per_epoch=1)

    def __str__(self) -> str:
        return (
            f"{self.name}: G {self.depth} × {self.width}, D {self.depth_D} × {self.units} × "
            f"{self.pieces} pieces, Adam {self.alpha:g}{' to 0' if self.fade else ''}, "
            f"batch {self.m}, {self.steps:,} steps"
        )


FULL = Protocol(
    "full",
    width=400,
    depth=4,
    units=200,
    pieces=5,
    depth_D=3,
    kernels=(5, 3),
    std=0.02,
    alpha=1e-4,
    beta1=0.8,
    fade=False,
    m=100,
    steps=400 * POINTS // 100,
)
SMALL = replace(FULL, name="quick", width=64, units=32, alpha=3e-3, fade=True)
QUICK = {"ring": replace(SMALL, steps=5_000), "grid": replace(SMALL, steps=10_000)}


def generator(protocol: Protocol, rng: Random) -> Sequential:
    """G: z (m, 2) → points of the plane (m, 2)."""
    layers: list[Layer] = []
    n, width, W = Z_DIM, protocol.width, normal(protocol.std)
    for _ in range(protocol.depth):
        layers += [Dense(n, width, rng, W=W, bias=False), BatchNorm(width, rng, decay=0.95), ReLU()]
        n = width
    return Sequential(*layers, Dense(n, 2, rng, W=W))


def discriminator(protocol: Protocol, row: Row, rng: Random) -> Sequential:
    """D: points (k m, 2) → logits (m, 1), k being the row's packing.

    Minibatch discrimination looks at what the last hidden layer makes of the points.
    """
    layers: list[Layer] = [Pack(row.packing)] if row.packing > 1 else []
    n, units, pieces = 2 * row.packing, protocol.units, protocol.pieces
    W = normal(protocol.std)
    for _ in range(protocol.depth_D):
        layers += [Dense(n, units * pieces, rng, W=W), Maxout(pieces)]
        n = units
    if row.minibatch:
        kernels, dim = protocol.kernels
        layers += [MinibatchDiscrimination(n, kernels, dim, rng)]
        n += kernels
    return Sequential(*layers, Dense(n, 1, rng, W=W))
