"""Twenty steps of a network in minigan and in PyTorch, compared after each.

Both sides get the same start, data, noise and dropout masks. `python twenty_steps.py` prints the
table of all networks at their published sizes, and how far the two sides are apart.
"""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch_games
from torch_games import Game, adam, torch
from torch_networks import NETWORKS, Masks, classifier

from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.cross_entropy import cross_entropy_slope
from minigan.data import Batches, Dataset, load
from minigan.evaluation.classifier import classifier as our_classifier
from minigan.layer import Sequential
from minigan.models import MODELS
from minigan.objectives import OBJECTIVES
from minigan.optimizers import Adam
from minigan.rules import RULES
from minigan.schedules import ramp_by_epoch

STEPS, EPOCH = 20, 3  # EPOCH: batches in one, for rates that follow epochs
SOURCES = {  # the optimizers of NETWORKS, by their sources' constants
    "mlp": adam(1e-3, 0.9, keras=True),
    "mlp-batchnorm": adam(2e-4, 0.5, keras=True),
    "cgan": adam(2e-4, 0.5),
    "gaussian-1d": adam(1e-3, 0.5),
    "goodfellow-2014": torch_games.momentum_of_2014(EPOCH),
    "dcgan": adam(2e-4, 0.5),
    "dcgan-32": adam(2e-4, 0.05, keras=True),
    "dcgan-32-grey": adam(2e-4, 0.05, keras=True),
    "dcgan-upsampling": adam(2e-4, 0.5, keras=True),
}
OTHERS = {"mlp": {"l1": 1e-5, "l2": 1e-5}, "goodfellow-2014": {"share": 0.5}}


@dataclass
class Difference:
    """The largest one so far, and where: of an array, in shares of how far it has moved.

    A bias that a BatchNorm subtracts again has a gradient of 0, which rounding makes 1e-17 or so:
    how far it moves is all rounding, and its difference counts as it is.
    """

    size: float = 0.0
    where: str = ""

    def see(self, where: str, start: Any, ours: Any, theirs: Any, *, rounding: bool) -> None:
        assert ours.shape == theirs.shape, where
        assert ours.dtype == theirs.dtype == np.float64, where
        apart, moved = np.abs(ours - theirs).max(), np.abs(theirs - start).max()
        share = apart if rounding or apart == 0 else apart / moved
        assert np.isfinite(share), where
        if share >= self.size:
            self.size, self.where = float(share), where


def turned(a: np.ndarray) -> np.ndarray:
    """Our kernel as PyTorch has it: (n_in, n_out) and (kh, kw, in, out), read backwards."""
    return a.transpose(3, 2, 0, 1) if a.ndim == 4 else a.T


def pairs(net: Sequential, module: Any) -> list[tuple[str, np.ndarray, Any]]:
    """Our parameters and buffers by name, turned, and PyTorch's that stand at the same places."""
    theirs = [*module.parameters()], [b for b in module.buffers() if b.dim()]  # no counts of steps
    return [
        (name, turned(a), b.detach())
        for ours, others in zip((net.params, net.buffers), theirs, strict=True)
        for (name, a), b in zip(ours.items(), others, strict=True)
    ]


def subtracted(net: Sequential, name: str) -> bool:
    """Whether it is a bias right before a BatchNorm."""
    i, _, kind = name.partition(".")
    return kind == "b" and isinstance((*net.layers, None)[int(i) + 1], BatchNorm)


class Players:
    """Networks of both sides that begin alike, and how far they are apart."""

    def __init__(self, **both: tuple[Sequential, Any]) -> None:
        self.both, self.difference = both, Difference()
        self.start = {}
        for player, (net, module) in both.items():
            for name, ours, theirs in pairs(net, module):
                theirs.copy_(torch.tensor(ours))
                self.start[player, name] = ours.copy()

    def compare(self) -> None:
        for player, (net, module) in self.both.items():
            for name, ours, theirs in pairs(net, module):
                self.difference.see(
                    f"{player}.{name}",
                    self.start[player, name],
                    ours,
                    theirs.numpy(),
                    rounding=subtracted(net, name),
                )

    def still(self) -> list[str]:
        """What stands where it began."""
        return [
            f"{player}.{name}"
            for player, (net, module) in self.both.items()
            for name, ours, _ in pairs(net, module)
            if np.array_equal(ours, self.start[player, name])
        ]

    @property
    def size(self) -> int:
        """The number of parameters."""
        return sum(a.size for net, _ in self.both.values() for a in net.params.values())


def replayed(rng: Random) -> Masks:
    """The dropout masks that rng will draw, as it draws them."""
    masks, draw = Masks(), rng.mask

    def mask(shape: Any, keep: float) -> Any:
        masks.append(draw(shape, keep))
        return masks[-1].copy()

    rng.mask = mask
    return masks


def as_theirs(x: np.ndarray) -> Any:
    """Images with their channels first, and anything else, as a tensor."""
    return torch.tensor(x.transpose(0, 3, 1, 2) if x.ndim == 4 else x)


def nudge(*nets: Sequential) -> None:
    """Move each weight by one unit in the last place, up or down."""
    signs = np.random.default_rng(0)
    for a in (a for net in nets for a in net.params.values()):
        a *= 1 + signs.choice([-1, 1], a.shape) * np.finfo(a.dtype).eps


def game(
    name: str,
    dataset: Dataset,
    m: int,
    *,
    rule: str = "",
    objective: str = "",
    steps: int = STEPS,
    k: int = 1,
    nudged: bool = False,
    **sizes: Any,
) -> Players:
    """Play a model's game on both sides; rule and objective: where they are not its own.

    nudged: each weight begins one unit in the last place higher or lower, on both sides.
    """
    model, rng = MODELS[name], Random(7, dtype="float64")
    rule, objective = rule or model.rule, objective or model.objective
    shape, sizes = model.padded(dataset.shape), {"z_dim": model.z_dim} | sizes
    mean = rng.array(dataset.x.mean(axis=0) / dataset.top) if len(shape) == 3 else None
    G, D = model.build(rng, shape, mean, **sizes)
    if nudged:
        nudge(G, D)
    masks = replayed(rng)
    torch.set_default_dtype(torch.float64)
    try:
        modules = NETWORKS[name](shape, masks, **sizes)
    finally:
        torch.set_default_dtype(torch.float32)
    players = Players(G=(G, modules[0]), D=(D, modules[1]))
    low, high = model.data_range(G) or (0, 1)
    data = Batches(
        *(dataset, rng.child("data"), low, high),
        shape=shape,
        border=model.border,
        labelled=model.conditional,
    )
    classes = [*dataset.classes.values()]
    noise = dataclasses.replace(model, z_dim=sizes["z_dim"]).noise(rng.child("noise"), classes)
    drawn: dict[str, list[Any]] = {"x": [], "z": []}

    def remember(kind: str, draw: Any) -> Any:
        def sample(m: int) -> Any:
            drawn[kind].append(draw(m))
            return drawn[kind][-1].copy()

        return sample

    opt_G, opt_D = model.optimizers(G, D, EPOCH)
    theirs = Game(*modules, SOURCES[name], objective, **OTHERS.get(name, {}))
    options = {"k": k} if k > 1 else {}
    for _ in RULES[rule](
        *(G, D, opt_G, opt_D, remember("x", data), remember("z", noise)),
        m=m,
        iterations=steps,
        objective=OBJECTIVES[objective],
        **options,
    ):
        x, z = (lambda kind=kind: as_theirs(drawn[kind].pop(0)) for kind in drawn)
        theirs.play(rule, x, z, **options)
        assert not masks
        assert drawn == {"x": [], "z": []}
        players.compare()
    return players


def classifier_game(dataset: Dataset, m: int, *, steps: int = STEPS, **sizes: Any) -> Players:
    """The classifier learns on both sides, from 2e-3 to 1e-4 in five epochs."""
    rng, classes = Random(7, dtype="float64"), len(dataset.classes)
    net = our_classifier(rng, dataset.shape, classes, **sizes)
    players = Players(net=(net, classifier(dataset.shape, classes, **sizes).double()))
    module = players.both["net"][1]
    ours = Adam(net, ramp_by_epoch(2e-3, 1e-4, epochs=5, batches_per_epoch=EPOCH))
    rate = adam(0, 0.9, rate=lambda t: 2e-3 - 1.9e-3 * min(t // EPOCH / 4, 1))
    theirs = rate(list(module.parameters()), maximize=False)
    data = Batches(dataset, rng.child("data"), labelled=True)
    for _ in range(steps):
        xy = data(m)
        x, y = xy[:, :-classes].reshape(m, *dataset.shape), xy[:, -classes:]
        a, tape = net.forward(x)
        ours.descend(net.backward(cross_entropy_slope(a, y), tape, need_dx=False)[1])
        theirs.zero_grad()
        right = torch.tensor(y.argmax(axis=1))
        torch.nn.functional.cross_entropy(module(as_theirs(x)), right).backward()
        theirs.step()
        players.compare()
    return players


def published(name: str, m: int = 16, **options: Any) -> Players:
    """A network at its published sizes, on its own data."""
    if name == "classifier":
        return classifier_game(load("mnist12k"), m, **options)
    return game(name, load(MODELS[name].data), m, **options)


def last_bits(name: str) -> Difference:
    """What the last bits of the start make of minigan's own first step.

    Adam's step is α g/(|g| + ε) at first, whose slope is 1/ε = 10⁸ where g is 0: a g that rounding
    has moved by 10⁻¹⁷ moves the step by 10⁻⁹ of α, on either side, whoever computes it.
    """
    plain, nudged = (published(name, steps=1, nudged=flag) for flag in (False, True))
    found = Difference()
    for player, (net, _) in plain.both.items():
        other = nudged.both[player][0]
        for key, a in net.params.items():
            where, start = f"{player}.{key}", plain.start[player, key]
            if not subtracted(net, key):
                moved = turned(other.params[key]) - nudged.start[player, key]
                found.see(where, 0 * start, turned(a) - start, moved, rounding=False)
    return found


def noise_images(*shape: int) -> Dataset:
    """64 images of this shape, all of noise, with two labels."""
    rng = np.random.default_rng(5)
    x = rng.integers(256, size=(64, *shape), dtype=np.uint8)
    return Dataset("noise", x, rng.integers(2, size=64))


if __name__ == "__main__":
    print("network | parameters | steps | largest difference | of | seconds")
    for name in (*MODELS, "classifier"):
        start = time.monotonic()
        players = published(name)
        found = players.difference
        print(
            f"{name} | {players.size:,} | {STEPS} | {found.size:.1e} | {found.where} | "
            f"{time.monotonic() - start:.1f}",
            flush=True,
        )
