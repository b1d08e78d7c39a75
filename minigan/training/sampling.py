"""Samples from a run that was saved: the generator back from its checkpoint, without the data."""

from __future__ import annotations

import dataclasses
import math
import os
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from minigan import checkpoint
from minigan.backend import Random, choose_device, to_host
from minigan.checkpoint import CheckpointError
from minigan.conditional import relabelled
from minigan.files import write_array
from minigan.layer import Layer
from minigan.limits import check_flag, check_integer, check_path, sentence, shown
from minigan.model import TEN, Model
from minigan.pictures import write_grid
from minigan.replay import memory
from minigan.training import asked
from minigan.training.folder import BEST, CHECKPOINT, Config, RunError, read_config
from minigan.training.frames import draw_vectors
from minigan.training.game import put_back
from minigan.training.settings import model_played
from minigan.training.units import Units

CHUNK = 128  # samples that G makes at once, about as many as a batch of training holds
LISTS = (list, tuple, np.ndarray)
COUNT, EACH = 64, 10  # samples by default: in all, or of each label
LARGEST = 10**8  # numbers in all samples together: some GB, with what pictures need besides


@dataclass(frozen=True)
class SavedGenerator:
    """A trained G, and what is needed to use it.

    model gives the noise (`model.noise(rng)`), units the way back to the units of the data; step is
    how far G was trained, config the settings of its run.
    """

    G: Layer
    model: Model
    units: Units
    step: int
    config: Config
    device: str

    def outputs(self, count: int, seed: int = 0, labels: Any = None) -> Any:
        """`count` outputs of G, 1 or more, as a NumPy array, in G's own range.

        G is in evaluation mode, unless its source shows samples of training mode. Those are made
        in whole chunks, since each depends on the statistics of all.

        **Parameters**  seed: of the noise, 0 …; labels: `count` labels, one for each sample; by
        default they are drawn as often as they are in the data. Only for a run of a model of
        labels.

        **Raises**  RunError for a label that the run has not; TypeError, ValueError for what is no
        integer of these, and for another number of labels.
        """
        count = check_integer("outputs", "count", count)
        if labels is not None and (not isinstance(labels, LISTS) or len(labels) != count):
            raise ValueError(sentence("outputs", "labels", labels, f"a list of {count} labels"))
        columns = None if labels is None else self.columns(labels)
        rng = Random(seed, self.device).child("sample")
        noise = self.model.noise(rng, self.units.counts or TEN)
        put_back = memory(self.G)
        outputs = []
        for start in range(0, count, CHUNK):
            z = noise(CHUNK if self.model.sample_train else min(CHUNK, count - start))
            if columns is not None:
                part = np.resize(columns[start : start + CHUNK], len(z))
                z = relabelled(z, part, self.units.classes)
            outputs.append(to_host(self.G(z, train=self.model.sample_train)))
        put_back()
        return np.concatenate(outputs)[:count]

    def values(self, count: int, seed: int = 0, labels: Any = None) -> Any:
        """`count` samples in the units of the data: images (m, h, w, c) from 0 to top, vectors."""
        return self.units.values(self.outputs(count, seed, labels))

    def labelled(self, count: int, seed: int = 0) -> tuple[Any, Any]:
        """The same samples as `values`, and the labels that G was told, or None."""
        outputs = self.outputs(count, seed)
        return self.units.values(outputs), self.units.labels_of(outputs)

    def columns(self, labels: Any) -> Any:
        """The one-hot columns of labels as they stand in the data.

        **Raises**  RunError for a label that the run has not.
        """
        known = self.units.labels
        if known is None:
            raise RunError(
                f"label is {labels[0]}, but the run is of {self.model.name}, which knows no "
                "labels: leave it out, or train cgan."
            )
        unknown = [label for label in labels if label not in known]
        if unknown:
            some = [str(label) for label in known[:20]] + ["…"] * (len(known) > 20)
            raise RunError(f"label is {unknown[0]}, expected one of {', '.join(some)}.")
        return np.searchsorted(known, labels)


def load_generator(
    folder: str | os.PathLike[str], device: str = "auto", *, best: bool = False
) -> SavedGenerator:
    """Read the generator of a run.

    **Parameters**  folder: the run's; device: "auto", "cpu" or "cuda"; best: as it was at the run's
    best evaluation, not at its end.

    **Raises**  RunError, CheckpointError when the folder holds no run or a damaged one;
    TypeError, ValueError for what is no path, no device, and neither True nor False; DeviceError.
    """
    folder = check_path("load_generator", "folder", folder)
    best = check_flag("load_generator", "best", best)
    device = choose_device(device)
    config, arrays, meta = read_saved(folder, best=best)
    model, units = model_played(dataclasses.asdict(config)), Units(**config.data["units"])
    rng = Random(config.seed, device)
    G, _ = model.players(rng.child("networks"), tuple(units.shape), classes=units.classes)
    put_back(folder / (BEST if best else CHECKPOINT), "G", G, arrays)
    return SavedGenerator(G, model, units, meta["step"], config, rng.device)


def read_saved(
    folder: Path, *, best: bool = False
) -> tuple[Config, checkpoint.Arrays, dict[str, Any]]:
    """Read config.json and the checkpoint, and see that they belong together.

    **Parameters**  best: the checkpoint of the run's best evaluation, not its last.

    **Raises**  RunError, CheckpointError.
    """
    config, path = read_config(folder), folder / (BEST if best else CHECKPOINT)
    if best and not path.exists():
        every = config.evaluate_every
        why = "a run has one that was trained with --evaluate-every"
        if every:
            why = f"no evaluation, one every {every} steps, has found a distance yet"
        raise RunError(f"{folder} has no {BEST}: {why}. Leave --best out.")
    arrays, meta = checkpoint.load(path)
    checkpoint.need(path, meta, ("config", "step"), "facts")
    checkpoint.count(path, meta, "step")
    if not isinstance(meta["config"], dict):
        raise CheckpointError(f"{path}: its config is no object; it was not saved by a run.")
    key = config.same_run(meta["config"])
    if key is not None:
        raise RunError(
            f"{folder}: config.json and {path.name} differ in {key}: one of the two was changed "
            "or belongs to another run."
        )
    return config, arrays, meta


def sample(
    folder: str | os.PathLike[str],
    count: int | None = None,
    seed: int = 0,
    out: str | os.PathLike[str] | None = None,
    device: str = "auto",
    label: int | None = None,
    best: bool = False,
) -> Path:
    """Draw new samples from a run and write them; return the file.

    **Parameters**  folder: the run's; count: 1 … what memory holds; seed: of the noise, 0 …;
    out: a .png, a picture (images as a grid, vectors as a density or points), or a .npy, the
    numbers in the units of the data; by default more-samples.png in the run folder, or
    best-samples.png. device: "auto", "cpu" or "cuda"; best: from G as it was at the run's best
    evaluation, not at its end. label: of all samples, in a run of a model of labels. Without it
    there are samples of each label, as many of one as of another (to within one), in the order of
    the labels; count is then 10 for each label by default, and otherwise 64.

    **Raises**  RunError, CheckpointError, DeviceError; ValueError for a count under 1 or
    beyond what memory holds, and for a label that the run has not; TypeError for what is no path,
    no integer, and neither True nor False.
    """
    folder, path = check_path("sample", "folder", folder), asked.place("sample", "out", out)
    best, seed = check_flag("sample", "best", best), check_integer("sample", "seed", seed, 0, inf)
    if count is not None:
        count = check_integer("sample", "count", count, most=inf)
    if label is not None:
        label = check_integer("sample", "label", label, -inf, inf)
    saved = load_generator(folder, device, best=best)
    of_each = [] if label is not None else saved.units.labels or []
    count = count or EACH * len(of_each) or COUNT
    most = LARGEST // math.prod(saved.units.shape)
    if count > most:
        raise RunError(
            f"count is {shown(count)}, at most {most} samples of this size fit into memory at "
            "once: make several files, each with another seed (--seed)."
        )
    path = path or folder / default_name(best)
    if path.suffix.lower() not in (".png", ".npy"):
        raise RunError(f"{path}: expected a name that ends in .png or .npy.")
    if not path.parent.is_dir() or path.is_dir():
        raise RunError(f"{path}: expected a file in a folder that is there.")
    labels = None if label is None else [label] * count
    if of_each:
        labels = [of_each[i * len(of_each) // count] for i in range(count)]
    try:
        _write(path, saved, saved.outputs(count, seed, labels), of_each)
    except OSError as error:
        raise RunError(f"{path}: cannot be written ({error.strerror or error}).") from error
    return path


def default_name(best: bool) -> str:
    """Where samples of a run go when nobody says where."""
    return "best-samples.png" if best else "more-samples.png"


def _write(path: Path, saved: SavedGenerator, outputs: Any, of_each: list[int]) -> None:
    """Write samples as numbers or as a picture, in which each label has its row."""
    if path.suffix.lower() == ".npy":
        write_array(path, saved.units.values(outputs).astype(np.float32))
    elif saved.units.kind == "images":
        rows = of_each if of_each and len(outputs) % len(of_each) == 0 else []
        columns = len(outputs) // len(rows) if rows else None
        write_grid(path, saved.units.pixels(outputs), columns, rows=rows)
    else:
        draw_vectors(path, saved.units.values(outputs), title=f"step {saved.step:,}")
