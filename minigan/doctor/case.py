"""A run opened to be looked at: its log, its players, its data, and noise of its kind.

What lies in the folder stays as it is, and a run that still trains is not disturbed: the checkpoint
is read once, whole, and the lock of the folder is not taken.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from minigan.backend import Array, Random
from minigan.data import TOYS, Batches, Dataset, load
from minigan.doctor.rows import Columns, read_log
from minigan.doctor.variety import Cells
from minigan.gan import Sample
from minigan.layer import Layer
from minigan.model import TEN
from minigan.training.failure import read_failure
from minigan.training.folder import CHECKPOINT, Config
from minigan.training.game import put_back
from minigan.training.sampling import SavedGenerator, read_saved
from minigan.training.settings import model_played
from minigan.training.source import reopen_data
from minigan.training.units import Units

FEWEST = 32  # examples to compare with: a ratio of two variances is then good to √(4/32), a third
EXAMPLES = 1024  # a share of them is known to ±1.6 % (one standard error, √(p(1-p)/n) at p = 1/2)


@dataclass(frozen=True)
class Part:
    """Examples to look at, or why there are none."""

    dataset: Dataset | None
    why_not: str = ""


@dataclass(frozen=True)
class SideBySide:
    """Samples and data to be compared; or why they cannot be."""

    why_not: str
    samples: Any = None
    data: Any = None
    other: Any = None
    cells: Cells | None = None


@dataclass(frozen=True)
class Case:
    """Everything that the checks ask for.

    **Parameters**  folder, config, step; log, by column; failure: what failure.txt says, or "";
    saved, the generator as `minigan sample` uses it; D; data that the run was trained on; held_out
    data of the same kind; rng, from which the checks draw: the same run, the same findings.
    """

    folder: Path
    config: Config
    step: int
    log: Columns
    failure: str
    saved: SavedGenerator
    D: Layer
    data: Part
    held_out: Part
    rng: Random

    @property
    def G(self) -> Layer:
        """The generator."""
        return self.saved.G

    def noise(self, what: str) -> Sample:
        """Fresh noise for a purpose, m → (m, z_dim); labels behind it where the run has any."""
        rng = self.rng.child(f"noise for {what}")
        return self.saved.model.noise(rng, self.saved.units.counts or TEN)

    def noises(self, what: str) -> list[Array]:
        """About 1,024 noise vectors in batches as training has them."""
        noise = self.noise(what)
        return [noise(self.config.m) for _ in range(self._count(EXAMPLES))]

    def batches(self, dataset: Dataset) -> list[Array]:
        """As many examples, as the networks see them."""
        units = self.saved.units
        draw = Batches(
            dataset,
            self.rng.child("data"),
            units.low,
            units.high,
            shape=units.shape,
            border=self.saved.model.border,
            labelled=self.saved.model.conditional,
        )
        return [draw(self.config.m) for _ in range(self._count(len(dataset)))]

    @cached_property
    def side_by_side(self) -> SideBySide:
        """As many samples, data, and other data, as (n, d) on the host in the units of the data."""
        dataset = self.data.dataset
        if dataset is None:
            return SideBySide(self.data.why_not)
        n = min(EXAMPLES, len(dataset) // 2)
        if n < FEWEST:
            return SideBySide(
                f"the data are {len(dataset)} examples, {2 * FEWEST} are needed to compare with."
            )
        rng = self.rng.child("side by side")
        order = rng.permutation(len(dataset))
        rest = order[2 * n : 6 * n]
        points = rest if len(rest) >= n else order  # of few data all; each is its own neighbour
        x = [as_rows(dataset.x[chosen]) for chosen in (order[:n], order[n : 2 * n], points)]
        labels = None if dataset.labels is None else dataset.labels[points]
        modes = TOYS[dataset.name].modes if self.config.data["spec"] in TOYS else None
        samples = unpadded(self.saved.values(n, self.config.seed), dataset.shape)
        cells = Cells(x[2], labels, modes, rng)
        return SideBySide("", as_rows(samples), x[0], x[1], cells)

    def _count(self, n: int) -> int:
        return max(1, min(EXAMPLES, n) // self.config.m)


def open_case(folder: Path, data: Dataset | None = None, device: str = "auto") -> Case:
    """Open a run.

    **Parameters**  data: the Dataset of a run that was started in Python with one.

    **Raises**  RunError, CheckpointError when the folder holds no run or a damaged one;
    DeviceError.
    """
    config, arrays, meta = read_saved(folder)
    model, units = model_played(dataclasses.asdict(config)), Units(**config.data["units"])
    rng = Random(config.seed, device)
    G, D = model.players(rng.child("networks"), tuple(units.shape), classes=units.classes)
    put_back(folder / CHECKPOINT, "G", G, arrays)
    put_back(folder / CHECKPOINT, "D", D, arrays)
    log = read_log(folder, bytes(arrays["log"]).decode() if "log" in arrays else "")
    trained = _trained_on(folder, config, data)
    return Case(
        folder,
        config,
        meta["step"],
        log,
        read_failure(folder),
        SavedGenerator(G, model, units, meta["step"], config, rng.device),
        D,
        trained,
        _held_out(config, trained),
        rng.child("doctor"),
    )


def _trained_on(folder: Path, config: Config, data: Dataset | None) -> Part:
    try:
        return Part(reopen_data(folder, config, data))
    except (ValueError, OSError) as error:  # gone, changed, or not to be read: the rest goes on
        return Part(None, f"the data are not there: {' '.join(str(error).split())}")


def _held_out(config: Config, trained: Part) -> Part:
    """The test part of named data and of an .npz with x_test, in the units of the training part.

    Of other data training has seen all: nothing is held out, and nothing can be, afterwards.
    """
    spec = config.data["spec"]
    if trained.dataset is None:
        return trained
    if spec is None:
        return Part(None, "the run was given a Dataset in Python, which has one part")
    try:
        found = load(spec, split="test", **config.data["options"])
    except (ValueError, OSError) as error:
        return Part(None, f"training has seen all there is: {' '.join(str(error).split())}")
    if found.shape != trained.dataset.shape or found.top != trained.dataset.top:
        return Part(
            None,
            f"the test part has examples of shape {found.shape} up to {found.top:g}, those of "
            f"training are {trained.dataset.shape} up to {trained.dataset.top:g}",
        )
    if config.data["units"].get("labels") not in (None, list(found.classes)):
        return Part(None, "the test part has other labels than the training part")
    if len(found) < config.m:
        return Part(None, f"the test part has {len(found)} examples, fewer than a batch")
    same_units = {"mean": trained.dataset.mean, "std": trained.dataset.std}
    return Part(dataclasses.replace(found, **same_units))


def as_rows(x: Any) -> Any:
    """Examples of any shape as float64 vectors (n, d)."""
    return np.asarray(x, dtype=np.float64).reshape(len(x), -1)


def unpadded(x: Any, shape: tuple[int, ...]) -> Any:
    """The middle of samples of padded images, where `Batches` puts the data."""
    if x.shape[1:] == shape:
        return x
    top, left = ((larger - n) // 2 for larger, n in zip(x.shape[1:3], shape[:2], strict=True))
    return x[:, top : top + shape[0], left : left + shape[1]]
