"""What is compared with what: samples of a run, real data in their place, noise in their place.

A measure of samples means little alone. So every one is taken three times against the same data,
which G has not seen: with G's samples, with other real data, and with noise in their place. The
second is what a perfect G would get, the third what a G gets that has learned nothing.

parts.py says which of the data play which part.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from minigan.backend import Array, Random, array_module, to_host
from minigan.data import TOYS, Dataset
from minigan.data.toy import Toy
from minigan.evaluation.judge import Judge, NoJudge, choose_judge
from minigan.evaluation.parts import FEWEST, MOST_FOR_SIGMA, parts_of, rows_of
from minigan.limits import shown
from minigan.training.folder import Config, RunError
from minigan.training.sampling import SavedGenerator, load_generator
from minigan.training.source import reopen_data
from minigan.training.units import unpadded

COUNT = 10_000  # samples, as in the literature
LARGEST = 2 * 10**7  # numbers in all samples: 80 MB in float32, and there are five such sets
CHOSEN = (
    "this step was chosen by its distance to some of these same examples, which flatters it a "
    "little (train --hold-out N keeps others to choose by)"
)
CHUNK = 500  # images that the network sees at once


@dataclass(frozen=True)
class Subject:
    """A set of examples: as vectors (n, d), and what the network makes of them, if there is one.

    **Parameters**  labels: what each is, or was asked to be, in runs of a model of labels.
    """

    x: Array
    labels: Any = None  # (n,), on the host
    features: Array = None
    probabilities: Any = None  # (n, classes), on the host


@dataclass(frozen=True)
class Sides:
    """Everything that the measures ask for; see the file's text.

    **Parameters**  subjects: "value", "real" and "noise", as many of each; shape of one example;
    sigma_rows choose Parzen's σ for scored, which are the others of test, or all; training: what G
    has seen; toy, whose modes are known, or None; judge, or None and why_no_judge; notes: what a
    reader of the numbers has to know.
    """

    config: Config
    step: int
    kind: str
    shape: tuple[int, ...]
    subjects: dict[str, Subject]
    test: Subject
    sigma_rows: Array
    scored: Array
    training: Array
    held_out: bool
    toy: Toy | None
    judge: Judge | None
    why_no_judge: str
    notes: tuple[str, ...]
    rng: Random

    def pictures(self, x: Array) -> Array:
        """Rows as images again, (n, h, w, c)."""
        return x.reshape(-1, *self.shape)


def open_sides(
    folder: Path,
    count: int | None = None,
    seed: int = 0,
    device: str = "auto",
    data: Dataset | None = None,
    features: str | None = None,
    best: bool = False,
) -> Sides:
    """Draw samples from a run, and lay data and noise beside them.

    **Parameters**  count: samples, 10,000 by default, fewer where the data are fewer; data: the
    Dataset of a run that was started in Python with one; features: a network's name; best: G as it
    was at the run's best evaluation, not at its end.

    **Raises**  RunError, CheckpointError, DataError, DeviceError; ValueError for a count under 100
    or beyond what memory holds, and for a network that cannot see the images.
    """
    saved = load_generator(folder, device, best=best)
    trained = reopen_data(folder, saved.config, data)
    most = LARGEST // int(np.prod(trained.shape))
    if count is not None and not FEWEST <= count <= most:
        raise RunError(
            f"count is {shown(count)}, expected {FEWEST} to {most:,} samples of shape "
            f"{trained.shape}."
        )
    rng = Random(seed, saved.device, stream="evaluate")
    parts = parts_of(saved.config, trained, rng)
    notes = (parts.why_none_held_out,) if parts.why_none_held_out else ()
    if best and parts.sigma is None:
        notes = (*notes, CHOSEN)
    asked = count or min(COUNT, most)
    n = min(asked, len(parts.real))
    if n < asked:
        notes = (*notes, f"{n:,} samples, since there are as many real examples to stand beside")
    judge, why = _judge(saved, trained, features)
    scaled = _scale(saved, trained, rng)
    see = _seer(judge, trained.shape)
    real, test = rows_of(parts.real, slice(n)), rows_of(parts.test, slice(max(n, FEWEST)))
    x, test_x = scaled(real.x), scaled(test.x)
    if not bool((x != test_x[0]).any() or (test_x != test_x[0]).any()):
        raise RunError(f"{folder}: the data are one example again and again: nothing to measure.")
    made, told = saved.labelled(n, seed)
    samples = scaled(unpadded(made, trained.shape))
    if not bool(array_module(samples).isfinite(samples).all()):
        raise RunError(f"{folder}: G makes NaN or infinity; see minigan doctor {folder}.")
    noise = _noise(trained.kind, x, rng.child("noise"))
    own = 0 if parts.sigma is not None else min(MOST_FOR_SIGMA, len(test_x) // 4)
    return Sides(
        config=saved.config,
        step=saved.step,
        kind=trained.kind,
        shape=trained.shape,
        subjects={
            "value": see(samples, told),
            "real": see(x, real.labels),
            "noise": see(noise, real.labels),
        },
        test=see(test_x, test.labels),
        sigma_rows=test_x[:own] if parts.sigma is None else scaled(parts.sigma.x),
        scored=test_x[own:],
        training=scaled(parts.seen.x),
        held_out=not parts.why_none_held_out,
        toy=TOYS.get(str(saved.config.data["spec"])),
        judge=judge,
        why_no_judge=why,
        notes=notes,
        rng=rng,
    )


def _scale(saved: SavedGenerator, trained: Dataset, rng: Random) -> Callable[[Any], Array]:
    """From the units of the data to rows on the device: pixels in [0, 1], standardised columns."""

    def scaled(x: Any) -> Array:
        if trained.kind == "images":
            x = np.asarray(x, dtype=np.float32) / np.float32(trained.top)
        else:
            x = saved.units.standardised(x)
        return rng.array(x.reshape(len(x), -1))

    return scaled


def _noise(kind: str, x: Array, rng: Random) -> Array:
    """Uniform noise: over [0, 1] for pixels, else over the range that each column has."""
    noise = rng.uniform(x.shape)
    if kind == "images":
        return noise
    low, high = x.min(axis=0), x.max(axis=0)
    return low + noise * (high - low)


def _judge(
    saved: SavedGenerator, trained: Dataset, features: str | None
) -> tuple[Judge | None, str]:
    spec = saved.config.data["spec"]
    try:
        return choose_judge(spec, trained.kind, trained.shape, features, saved.device), ""
    except NoJudge as error:
        if features is not None:
            raise
        return None, str(error)


def _seer(judge: Judge | None, shape: tuple[int, ...]) -> Callable[..., Subject]:
    """From rows to a Subject, in chunks: a network keeps many numbers for each image."""

    def see(x: Array, labels: Any = None) -> Subject:
        if judge is None:
            return Subject(x, labels)
        images = x.reshape(-1, *shape)
        chunks = [images[i : i + CHUNK] for i in range(0, len(images), CHUNK)]
        features = array_module(x).concatenate([judge.features(chunk) for chunk in chunks])
        probabilities = [to_host(judge.probabilities(chunk)) for chunk in chunks]
        return Subject(x, labels, features, np.concatenate(probabilities))

    return see
