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
from minigan.data import TOYS, Batches, Dataset
from minigan.doctor.rows import Columns, read_log
from minigan.doctor.variety import Cells
from minigan.gan import Sample
from minigan.layer import Layer
from minigan.model import TEN
from minigan.training.failure import read_failure
from minigan.training.folder import CHECKPOINT, Config, RunError
from minigan.training.game import put_back
from minigan.training.sampling import SavedGenerator, read_saved
from minigan.training.settings import model_played
from minigan.training.source import reopen_data, reopen_held_out
from minigan.training.units import Units, unpadded

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
    """Held-out data, or why there are none."""
    if trained.dataset is None:
        return trained
    try:
        found = reopen_held_out(config, trained.dataset)
    except RunError as error:
        return Part(None, str(error))
    if len(found) < config.m:
        return Part(None, f"the test part has {len(found)} examples, fewer than a batch")
    return Part(found)


def as_rows(x: Any) -> Any:
    """Examples of any shape as float64 vectors (n, d)."""
    return np.asarray(x, dtype=np.float64).reshape(len(x), -1)
