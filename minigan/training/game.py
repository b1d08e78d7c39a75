"""The two players with everything they need to play, and to stop and go on as if they had not.

What a run is at a step: the parameters and buffers of G and D, the state and the count t of their
optimizers, where every random stream stands, and which examples of this pass are still to come. All
of it goes into the checkpoint; leaving out any one of them would give another run.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minigan import checkpoint
from minigan.backend import Array, Random, array_module, to_host
from minigan.checkpoint import CheckpointError, count, finite, like, need, using
from minigan.cuda.graph import host_memory
from minigan.data import Batches, Dataset
from minigan.model import Model
from minigan.optimizers import Optimizer
from minigan.training.folder import RunError
from minigan.training.units import Units
from minigan.training.watch import walk

MOST_CLASSES = 1000


class Game:
    """G, D, their optimizers, the data and the noise, all from one seed.

    Each purpose has a stream of its own: weights and dropout masks, the order of the data, the
    noise of training, and the noise of the pictures. So how often pictures are drawn does not
    change the training.

    **Parameters**  model; dataset; m: batch size; seed, device, draws: of the Random.

    **Raises**  RunError for data of fewer examples than one batch, a batch of fewer than the
    generators, and for a model of labels and data without, or with too many of them.
    """

    def __init__(
        self,
        model: Model,
        dataset: Dataset,
        *,
        m: int,
        seed: int,
        device: str,
        draws: str = "host",
    ) -> None:
        n = len(dataset.x)
        if n < m:
            raise RunError(
                f"{dataset.name} has {n:,} examples, fewer than one batch of {m}: "
                f"say --batch {min(n, max(2, n // 2))}, or give more data."
            )
        if m < model.generators:
            raise RunError(
                f"a batch of {m} has fewer samples than there are generators "
                f"({model.generators}): say --batch {model.generators} or more."
            )
        classes = _classes(model, dataset)
        rng = Random(seed, device, draws=draws)
        self.model, self.dataset, self.step = model, dataset, 0
        self.G, self.D = model.players(
            rng.child("networks"), dataset.shape, _mean_image(dataset), len(classes)
        )
        self.opt_G, self.opt_D = model.optimizers(self.G, self.D, n // m)
        self.units = Units.of(
            dataset, model.data_range(self.G), model.padded(dataset.shape), classes
        )
        self.rngs = {"data": rng.child("data"), "noise": rng.child("noise")}
        self.data = Batches(
            dataset,
            self.rngs["data"],
            self.units.low,
            self.units.high,
            shape=self.units.shape,
            border=model.border,
            labelled=model.conditional,
        )
        counts = list(classes.values())
        self.noise = model.noise(self.rngs["noise"], counts)
        self.fixed_noise = model.noise(rng.child("samples"), counts)
        for player, net in (("G", self.G), ("D", self.D)):
            for path, layer in walk(net):
                if isinstance(getattr(layer, "rng", None), Random):
                    self.rngs[f"{player}.{path}"] = layer.rng  # type: ignore[attr-defined]

    def save(self, path: Path, extra: dict[str, Any], log: str) -> None:
        """Write the checkpoint: the state of the game, extra facts, and the text of the log."""
        arrays = {name: to_host(array) for name, array in self.arrays().items()}
        order = self.data.state
        arrays["data/order"] = np.asarray(order["order"])
        arrays["log"] = np.frombuffer(log.encode(), dtype=np.uint8)
        meta = extra | {
            "step": self.step,
            "t": {"G": self.opt_G.t, "D": self.opt_D.t},
            "position": int(order["position"]),
            "streams": {name: rng.state for name, rng in self.rngs.items()},
        }
        checkpoint.save(path, arrays, meta)

    def restore(self, path: Path, arrays: checkpoint.Arrays, meta: dict[str, Any]) -> str:
        """Put the game back to where a checkpoint was saved, and return the text of its log.

        **Raises**  CheckpointError when the checkpoint is of another network, or of no game.
        """
        with using(path):
            need(path, meta, ("step", "t", "position", "streams"), "facts")
            need(path, meta["streams"], self.rngs, "random streams")
            need(path, arrays, ("log", "data/order"), "arrays")
            for player, net, optimizer in self._players():
                put_back(path, player, net, arrays)
                optimizer.t = count(path, meta["t"], player)
                optimizer.state = optimizer_state(path, player, optimizer, arrays)
            for name, rng in self.rngs.items():
                rng.state = copy.deepcopy(meta["streams"][name])
            position = count(path, meta, "position")
            self.data.state = {"order": order_in(path, arrays), "position": position}
            self.step = count(path, meta, "step")
            return text_in(path, arrays)

    def host_memory(self) -> Callable[[], None]:
        """A function that puts what the host knows of the game back to this moment."""
        return host_memory([*self.rngs.values(), self.data], [self.opt_G, self.opt_D])

    def _players(self) -> Any:
        return ("G", self.G, self.opt_G), ("D", self.D, self.opt_D)

    def arrays(self) -> dict[str, Array]:
        """All arrays that a step changes, by a name for the checkpoint."""
        arrays: dict[str, Array] = {}
        for player, net, optimizer in self._players():
            groups = {"params": net.params, "buffers": net.buffers, "optimizer": optimizer.state}
            for group, named in groups.items():
                arrays |= {f"{player}/{group}/{name}": array for name, array in named.items()}
        return arrays


def put_back(path: Path, player: str, net: Any, arrays: checkpoint.Arrays) -> None:
    """Copy the saved parameters and buffers of one player into its network.

    **Raises**  CheckpointError for a missing array, one too many, or one of another shape or dtype.
    """
    for group, named in (("params", net.params), ("buffers", net.buffers)):
        prefix = f"{player}/{group}/"
        need(path, arrays, [prefix + name for name in named], "arrays")
        _no_others(path, prefix, named, arrays)
        for name, array in named.items():
            saved = arrays[prefix + name]
            like(path, prefix + name, saved, array)
            finite(path, prefix + name, saved)
            array[...] = array_module(array).asarray(saved)


def optimizer_state(
    path: Path, player: str, optimizer: Optimizer, arrays: checkpoint.Arrays
) -> dict[str, Array]:
    """The saved moments of one player's optimizer, on its device.

    Before its first update it may have none, and then it has all.

    **Raises**  CheckpointError for moments of another network or another optimizer.
    """
    prefix, params, state = f"{player}/optimizer/", optimizer.net.params, {}
    names = {f"{kind}.{name}": name for kind in optimizer.kinds for name in params}
    if optimizer.t > 0:
        need(path, arrays, [prefix + key for key in names], "arrays")
    _no_others(path, prefix, names, arrays)
    for key, name in names.items():
        if prefix + key in arrays:
            saved, theta = arrays[prefix + key], params[name]
            like(path, prefix + key, saved, theta)
            # a square may have overflowed to infinity, and then its parameter rests; never to NaN
            finite(path, prefix + key, np.where(np.isinf(saved), 0, saved))
            state[key] = array_module(theta).asarray(np.array(saved))
    return state


def order_in(path: Path, arrays: checkpoint.Arrays) -> Any:
    """The order of the data in a checkpoint, as indices that can be changed.

    **Raises**  CheckpointError.
    """
    order = arrays["data/order"]
    if order.dtype.kind not in "iu" or order.ndim != 1:
        raise CheckpointError(
            f"{path}: data/order is {order.dtype} {order.shape}, expected integers (n,)."
        )
    return np.array(order)


def text_in(path: Path, arrays: checkpoint.Arrays) -> str:
    """The text of the log in a checkpoint.

    **Raises**  CheckpointError; UnicodeDecodeError.
    """
    text = arrays["log"]
    if text.dtype != np.uint8 or text.ndim != 1:
        raise CheckpointError(f"{path}: log is {text.dtype} {text.shape}, expected uint8 (n,).")
    return bytes(text).decode()


def _no_others(path: Path, prefix: str, known: Any, arrays: checkpoint.Arrays) -> None:
    names = {key.removeprefix(prefix) for key in arrays if key.startswith(prefix)}
    others = sorted(names.difference(known))
    if others:
        raise CheckpointError(
            f"{path}: it has {prefix}{others[0]}, which this network has not; it was saved by "
            "another one."
        )


def _classes(model: Model, dataset: Dataset) -> dict[int, int]:
    """The labels of the data and how many examples have each, where the model knows them."""
    if not model.conditional:
        return {}
    classes = dataset.classes
    if not classes:
        raise RunError(
            f"{dataset.name} has no labels, and {model.name} learns what each label looks like: "
            "give data with labels (a sub-folder of pictures for each class, a .csv with a column "
            "label, a .npz with y_train), or train another model."
        )
    if len(classes) > MOST_CLASSES:
        raise RunError(
            f"{dataset.name} has {len(classes):,} different labels, and {model.name} takes a "
            f"column for each, at most {MOST_CLASSES:,}: are they classes, or names of examples?"
        )
    return classes


def _mean_image(dataset: Dataset) -> Any:
    if dataset.kind != "images":
        return None
    return dataset.x.mean(axis=0, dtype=np.float64) / dataset.top
