"""The classifier while it learns, with everything that decides how it goes on.

That is its parameters and buffers, Adam's moments and its count t, where the streams of random
numbers stand, which images of this pass are still to come, what the batches of this pass have added
up to, and the log. All of it goes into the checkpoint; without any one of them a training that was
stopped would end as another.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np

from minigan import checkpoint
from minigan.backend import Array, Random, array_module, to_host
from minigan.checkpoint import count, like, need, using
from minigan.data import Batches, Dataset
from minigan.evaluation.classifier import classifier
from minigan.optimizers import Adam
from minigan.schedules import ramp_by_epoch
from minigan.training.game import optimizer_state, order_in, put_back, text_in

SHIFT = 2  # pixels
RATES = 2e-3, 1e-4  # Adam's alpha in the first and in the last pass
COLUMNS = ("epoch", "loss", "accuracy_train", "accuracy_test")
NET = "classifier"  # before the names of its arrays in the checkpoint
Row = tuple[int, float, float, float]


class State:
    """The network, its optimizer, its batches and its log, all from one seed.

    loss and right are sums over the batches of the pass under way: of the cross-entropy, and of the
    share of images named right.

    **Parameters**  train: labelled images; settings: epochs, m, seed and device.
    """

    def __init__(self, train: Dataset, settings: dict[str, Any]) -> None:
        h, w, c = self.shape = train.shape
        self.m: int = settings["m"]
        self.steps: int = len(train) // self.m  # batches in a pass
        self.classes = len(train.classes)
        rng = Random(settings["seed"], settings["device"])
        self.net = classifier(rng.child("networks"), train.shape, self.classes)
        rate = ramp_by_epoch(*RATES, epochs=settings["epochs"], batches_per_epoch=self.steps)
        self.optimizer = Adam(self.net, rate)
        self.streams = {name: rng.child(name) for name in ("data", "shifts")}
        self.larger = (h + 2 * SHIFT, w + 2 * SHIFT, c)  # padded with black
        self.data = Batches(train, self.streams["data"], shape=self.larger, labelled=True)
        self.loss, self.right = 0.0, 0.0
        self.log = ",".join(COLUMNS) + "\n"

    @property
    def passes(self) -> int:
        """Passes over the data that are done."""
        return self.optimizer.t // self.steps

    @property
    def batches(self) -> int:
        """Batches that are done of the pass under way; 0 between two passes."""
        return self.optimizer.t % self.steps

    def batch(self) -> tuple[Array, Array]:
        """The next images x (m, h, w, c), moved about, and their labels y (m, classes), one-hot."""
        xy = self.data(self.m)
        x, y = xy[:, : -self.classes].reshape(self.m, *self.larger), xy[:, -self.classes :]
        return shifted(x, self.streams["shifts"], self.shape), y

    def add(self, row: Row) -> None:
        """Put the row of a pass into the log, and begin the sums of the next one."""
        self.log += ",".join(str(value) for value in row) + "\n"
        self.loss, self.right = 0.0, 0.0

    def save(self, path: Path, facts: dict[str, Any]) -> None:
        """Write the checkpoint, with more facts.

        **Raises**  as `checkpoint.save`.
        """
        net, order = self.net, self.data.state
        groups = {"params": net.params, "buffers": net.buffers, "optimizer": self.optimizer.state}
        arrays = {
            f"{NET}/{group}/{name}": to_host(array)
            for group, named in groups.items()
            for name, array in named.items()
        }
        arrays["data/order"] = np.asarray(order["order"])
        arrays["sums"] = np.array([float(self.loss), float(self.right)])
        arrays["log"] = np.frombuffer(self.log.encode(), dtype=np.uint8)
        meta = facts | {
            "t": self.optimizer.t,
            "position": int(order["position"]),
            "streams": {name: rng.state for name, rng in self.streams.items()},
        }
        checkpoint.save(path, arrays, meta)

    def restore(self, path: Path, arrays: checkpoint.Arrays, meta: dict[str, Any]) -> None:
        """Go back to where a checkpoint was saved.

        **Raises**  CheckpointError when it was saved by another network.
        """
        with using(path):
            need(path, meta, ("t", "position", "streams"), "facts")
            need(path, meta["streams"], self.streams, "random streams")
            need(path, arrays, ("data/order", "sums", "log"), "arrays")
            put_back(path, NET, self.net, arrays)
            self.optimizer.t = count(path, meta, "t")
            self.optimizer.state = optimizer_state(path, NET, self.optimizer, arrays)
            for name, rng in self.streams.items():
                rng.state = copy.deepcopy(meta["streams"][name])
            position = count(path, meta, "position")
            self.data.state = {"order": order_in(path, arrays), "position": position}
            like(path, "sums", arrays["sums"], np.zeros(2))
            # plain numbers, which take the dtype of what is added to them, as the first 0.0 did
            self.loss, self.right = arrays["sums"].tolist()
            self.log = text_in(path, arrays)


def shifted(x: Array, rng: Random, shape: tuple[int, ...]) -> Array:
    """Cut a window of that shape out of each image, at a random place of its own.

    **Shapes**  x (m, height, width, c), larger than shape (h, w, c) or as large → (m, h, w, c)

    >>> import numpy as np
    >>> x = np.arange(4.0).reshape(1, 2, 2, 1)
    >>> shifted(x, Random(0), (1, 2, 1)).shape
    (1, 1, 2, 1)
    """
    xp, m, (h, w) = array_module(x), len(x), shape[:2]
    places = x.shape[1] - h + 1, x.shape[2] - w + 1
    top, left = ((rng.uniform((m, 1, 1)) * n).astype("int64").clip(0, n - 1) for n in places)
    rows, columns = top + xp.arange(h)[:, None], left + xp.arange(w)  # (m, h, 1), (m, 1, w)
    return x[xp.arange(m)[:, None, None], rows, columns]
