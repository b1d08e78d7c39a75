"""One row with one seed: trained, sampled, measured.

A seed means the same game in whatever order, and in however many processes, games are played: each
has streams of random numbers of its own, and BLAS is held to one thread, since the number of its
threads decides in which order it adds. Rows share a seed's noise, and its weights where the
networks are alike, so that their difference is less a matter of luck.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from threadpoolctl import threadpool_limits

from minigan.backend import Random, to_host
from minigan.collapse.protocol import (
    MIXTURES,
    SAMPLES,
    Z_DIM,
    Protocol,
    discriminator,
    generator,
)
from minigan.collapse.rows import Row
from minigan.data import Batches
from minigan.evaluation.modes import measure
from minigan.layer import Sequential
from minigan.objectives import OBJECTIVES
from minigan.optimizers import Adam
from minigan.rules import RULES

EVERY = 100  # steps between two calls of `tick`
Tick = Callable[[int], None]  # steps done since the last call; may raise to end the game
Key = tuple[str, str, int, str, int]  # mixture, protocol, steps, row, seed


@dataclass(frozen=True)
class Game:
    """Which game: data "ring" or "grid", protocol, row, seed, device."""

    data: str
    protocol: Protocol
    row: Row
    seed: int
    device: str = "cpu"

    @property
    def key(self) -> Key:
        """What makes the game what it is, but for the device."""
        return self.data, self.protocol.name, self.protocol.steps, self.row.name, self.seed


@dataclass(frozen=True)
class Result:
    """What a game came to: a line of results.csv."""

    data: str
    protocol: str
    steps: int
    row: str
    seed: int
    modes: int
    high_quality: float
    reverse_kl: float
    seconds: float

    @property
    def key(self) -> Key:
        """The key of the Game that it came from."""
        return self.data, self.protocol, self.steps, self.row, self.seed


def ignore(steps: int) -> None:
    """Look at the steps that were done, and do nothing: the default for `tick`."""


def play(game: Game, tick: Tick = ignore) -> tuple[Result, Any]:
    """Play a game to its end; return its Result and the samples (2500, 2), on the host."""
    begun, done = time.perf_counter(), 0
    with threadpool_limits(1):
        G, steps = players(game)
        for done in (step + 1 for step in steps):
            if done % EVERY == 0:
                tick(EVERY)
        tick(done % EVERY)
        z = Random(game.seed, game.device, stream="collapse/samples").normal((SAMPLES, Z_DIM))
        samples = to_host(G(z))
    coverage = measure(samples, MIXTURES[game.data])
    result = Result(
        data=game.data,
        protocol=game.protocol.name,
        steps=game.protocol.steps,
        row=game.row.name,
        seed=game.seed,
        modes=coverage.modes,
        high_quality=coverage.high_quality,
        reverse_kl=coverage.reverse_kl,
        seconds=round(time.perf_counter() - begun, 2),
    )
    return result, samples


def seconds_a_step(game: Game, steps: int = 10) -> float:
    """Time the first steps of a game, all but the very first, which warms up."""
    with threadpool_limits(1):
        short = replace(game, protocol=replace(game.protocol, steps=1 + steps))
        _, moves = players(short)
        next(moves)
        begun = time.perf_counter()
        for _ in moves:
            pass
        return (time.perf_counter() - begun) / steps


def players(game: Game) -> tuple[Sequential, Iterator[int]]:
    """G, and the game's steps, which train it as they are counted."""
    protocol, row = game.protocol, game.row
    rng = Random(game.seed, game.device, stream="collapse")
    G = generator(protocol, rng.child("G"))
    D = discriminator(protocol, row, rng.child("D"))
    noise = rng.child("noise")
    return G, RULES[row.rule](
        G,
        D,
        Adam(G, protocol.rate(), protocol.beta1),
        Adam(D, protocol.rate(), protocol.beta1),
        Batches(MIXTURES[game.data].dataset(), rng.child("data")),
        lambda m: noise.normal((m, Z_DIM)),
        m=protocol.m * row.packing,  # of which D makes m logits
        iterations=protocol.steps,
        objective=OBJECTIVES[row.objective],
        **({"smooth": row.smooth} if row.smooth != 1 else {}),
    )
