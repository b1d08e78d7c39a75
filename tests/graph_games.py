"""Games whose steps can be replayed, for the tests of graph.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan.activations import LeakyReLU, ReLU, Tanh
from minigan.backend import Random, to_host
from minigan.batchnorm import BatchNorm
from minigan.cuda.graph import Steps, host_memory, own_stream
from minigan.data import Batches, Dataset
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.layer import Sequential
from minigan.maxout import Maxout
from minigan.model import Model
from minigan.objectives import NON_SATURATING, OBJECTIVES
from minigan.optimizers import Adam
from minigan.replay import streams
from minigan.rules import RULES
from minigan.several import Discriminators, Generators

M, N = 6, 17  # batch size; examples, so that a pass is two batches


class Game:
    """Two players, their data and their noise, each with a stream of its own."""

    def __init__(self, device: str, draws: str, model: Model | None, make: Any, each: int) -> None:
        rng = Random(11, device, draws=draws)
        build = small if model is None else model.small_networks
        players = [build(rng.child(f"player {i}")) for i in range(each)]
        Gs, Ds = zip(*players, strict=True)
        self.G, self.D = Gs[0], Ds[0]
        if each > 1:
            self.G, self.D = Generators(*Gs), Discriminators(*Ds)
        z_shape, x_shape = (3,), (4,)
        self.opt_G, self.opt_D = make(self.G), make(self.D)
        if model is not None:
            z_shape, x_shape = model.input_shapes(model.small_shape, model.small)
            self.opt_G, self.opt_D = model.optimizers(self.G, self.D)
        x = np.random.default_rng(5).uniform(0, 255, (N, *x_shape))
        dataset = Dataset("few", x.astype("uint8" if x.ndim == 4 else "float32"))
        z = rng.child("noise")
        self.data, self.noise = Batches(dataset, rng.child("data"), -1, 1), z
        self.z_shape = z_shape
        self.rngs = [self.data.rng, z, *streams(self.G, self.D)]

    def arrays(self) -> dict[str, Any]:
        """Everything on the device that a step changes."""
        players = {"G": (self.G, self.opt_G), "D": (self.D, self.opt_D)}
        return {
            f"{player} {name}": array
            for player, (net, optimizer) in players.items()
            for part in (net.params, net.buffers, optimizer.state)
            for name, array in part.items()
        }

    def host(self) -> dict[str, Any]:
        """Everything on the host that a step changes."""
        order = self.data.state
        return {
            "t": (self.opt_G.t, self.opt_D.t),
            "streams": [rng.state for rng in self.rngs],
            "data": (to_host(order["order"]).tolist(), order["position"]),
        }


@dataclass
class Played:
    """A game that was played, and what has become of it."""

    game: Game
    steps: Steps
    arrays: dict[str, np.ndarray]
    host: dict[str, Any]


def small(rng: Random) -> tuple[Sequential, Sequential]:
    """Everything that has a state of its own: BatchNorm in both, Dropout in D."""
    G = Sequential(Dense(3, 8, rng), BatchNorm(8, rng), ReLU(), Dense(8, 4, rng), Tanh())
    D = Sequential(
        Dense(4, 10, rng),
        Maxout(2),
        BatchNorm(5, rng, decay=0.8),
        Dropout(0.3, rng.child("dropout")),
        LeakyReLU(0.2),
        Dense(5, 1, rng),
    )
    return G, D


def play(
    rule: str,
    *,
    graph: str,
    device: str = "cuda",
    draws: str = "host",
    steps: int = 10,
    k: int = 1,
    model: Model | None = None,
    make: Any = Adam,
    each: int = 1,
    weights: Any = None,
    looked_at: Callable[[int], bool] = lambda step: False,
    on_data: Callable[[], None] = lambda: None,
    on_noise: Callable[[Any], Any] = lambda z: z,
    goes_on_with: Game | None = None,
) -> Played:
    """Play some steps of a game.

    **Parameters**  make: of the optimizers, where there is no model; each: how many Gs and Ds;
    looked_at: whether a step is, by its number; on_data: called whenever a batch is drawn;
    on_noise: what becomes of noise that was drawn.
    """
    game = goes_on_with or Game(device, draws, model, make, each)
    objective = NON_SATURATING if model is None else OBJECTIVES[model.objective]
    done = 0

    def data(m: int) -> Any:
        on_data()
        return game.data(m)

    with own_stream(device):
        turns = Steps(
            lambda count: RULES[rule](
                game.G, game.D, game.opt_G, game.opt_D,
                data, lambda m: on_noise(game.noise.normal((m, *game.z_shape))),
                m=M, k=k, iterations=count, objective=objective, weights=weights,
            ),
            steps,
            memory=lambda: host_memory([*game.rngs, game.data], [game.opt_G, game.opt_D]),
            arrays=lambda: game.arrays().values(),
            looked_at=lambda: looked_at(done),
            device=device,
            graph=graph,
        )  # fmt: skip
        for step in turns:
            done = step + 1
        arrays, host = {name: to_host(a) for name, a in game.arrays().items()}, game.host()
    return Played(game, turns, arrays, host)
