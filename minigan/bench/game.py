"""The training step that is timed: the same one for every network, or a model's own.

"same", the default, is the step in which frameworks are compared:

    D's update    m images and m samples in one batch of 2m; the samples come from G in training
                  mode, without a tape; no gradient of the images
    G's update    fresh noise, through D, without D's parameter gradients
    both          Adam, 2e-4 with beta1 0.5; V and G's loss are read at every tenth step

A model's own rule comes with the model's own optimizers, penalties and number of D's steps. The
images are uniform noise: their values do not matter for the time that a step takes.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from minigan.activations import softplus
from minigan.backend import Array, Random
from minigan.bench.flops import Shape
from minigan.bench.meter import Key, Meter, watched
from minigan.cuda.graph import Steps, host_memory
from minigan.layer import Grads, Sequential
from minigan.model import Model
from minigan.models import find_model
from minigan.objectives import NON_SATURATING, OBJECTIVES
from minigan.optimizers import Adam, Optimizer
from minigan.replay import streams
from minigan.rules import RULES

RULE_CHOICES = ("same", "own", *RULES)
READ_EVERY = 10  # steps between two readings of the losses


@dataclass(frozen=True)
class Job:
    """What a process is to measure.

    **Parameters**  network: a model's name; shape of one example; rule: of RULE_CHOICES; m: batch
    size; steps: how many are timed, None for as many as fit into some seconds; layers: whether
    layer by layer; draws: of the Random; graph: whether steps are replayed as one CUDA graph; tf32:
    whether products are computed in TF32.
    """

    network: str
    shape: Shape
    device: str
    rule: str
    m: int
    steps: int | None
    layers: bool
    draws: str = "host"
    graph: bool = False
    tf32: bool = False


class Game:
    """Two players, their optimizers and their data, ready to make steps.

    `iterations(iterations=n)` is the rule's generator for n steps, `steps` says how they are done.

    **Parameters**  meter: takes the time of each layer, of the optimizers and of the noise.
    """

    def __init__(self, job: Job, meter: Meter | None = None) -> None:
        model, rng = find_model(job.network), Random(0, job.device, draws=job.draws)
        self.G, self.D = model.networks(rng.child("weights"), job.shape)
        self.objective = NON_SATURATING if job.rule == "same" else OBJECTIVES[model.objective]
        self.shapes = dict(zip("GD", model.input_shapes(job.shape), strict=True))
        self.done = 0
        play, k, opt_G, opt_D = _rule(model, job.rule, self.G, self.D)
        players: tuple[Any, ...] = (self.G, self.D, opt_G, opt_D)
        x = rng.child("data").uniform((job.m, *self.shapes["D"]))
        z = rng.child("noise")
        noise = model.noise(z)
        if meter is not None:
            noise = meter.timed(Key("noise"), noise)
            players = (
                watched(self.G, "G", self.shapes["G"], meter),
                watched(self.D, "D", self.shapes["D"], meter),
                _watched_optimizer(opt_G, "G", meter),
                _watched_optimizer(opt_D, "D", meter),
            )
        self.iterations = functools.partial(
            play,
            *players,
            lambda m: x,
            noise,
            m=job.m,
            k=k,
            objective=self.objective,
            watch=self._read_loss,
        )
        self.steps = Steps(
            lambda count: self.iterations(iterations=count),
            sys.maxsize,
            arrays=lambda: [
                a
                for net, opt in ((self.G, opt_G), (self.D, opt_D))
                for part in (net.params, net.buffers, opt.state)
                for a in part.values()
            ],
            memory=lambda: host_memory([z, *streams(self.G, self.D)], [opt_G, opt_D]),
            looked_at=self._is_read,
            device=job.device,
            graph="on" if job.graph else "off",
        )
        self._turns = iter(self.steps)

    def step(self) -> None:
        """One step of both players."""
        next(self._turns)
        self.done += 1

    def _is_read(self) -> bool:
        return self.done % READ_EVERY == READ_EVERY - 1

    def _read_loss(self, player: str, logits: dict[str, Array], grads: Grads) -> None:
        """Bring a player's loss to the host, as whoever logs a run does."""
        if not self._is_read():
            return
        if player == "G":
            float(self.objective.loss(logits["a_fake"]))
        else:
            signs = {"a_real": -1, "a_fake": 1}
            float(-sum(softplus(signs[name] * a).mean() for name, a in logits.items()))


def _rule(
    model: Model, name: str, G: Sequential, D: Sequential
) -> tuple[Callable[..., Iterator[int]], int, Any, Any]:
    """The rule of that name as a function, D's steps in it, and the optimizers."""
    if name == "same":
        play = functools.partial(RULES["concatenated"], fakes="training")
        return play, 1, Adam(G, 2e-4, 0.5), Adam(D, 2e-4, 0.5)
    name = model.rule if name == "own" else name
    return RULES[name], model.k if name == "algorithm-1" else 1, *model.optimizers(G, D)


def _watched_optimizer(optimizer: Optimizer, player: str, meter: Meter) -> Any:
    key = Key("optimizer", player)
    return SimpleNamespace(
        ascend=meter.timed(key, optimizer.ascend), descend=meter.timed(key, optimizer.descend)
    )
