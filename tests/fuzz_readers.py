"""Every reader of archives, arrays and a run's texts, with small valid files to be damaged.

A reader is called with the path of a file, and returns or raises one of its errors. What it may not
return it says by AssertionError. fuzz_guided.py searches the same table by coverage.
"""

from __future__ import annotations

import gzip
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from data_sets import tiny
from fuzzing import fuzz
from test_data_idx import idx_bytes

from minigan import checkpoint
from minigan.backend import Random
from minigan.checkpoint import CheckpointError
from minigan.collapse.results import FILE as RESULTS
from minigan.collapse.results import FOLDER as SAMPLES
from minigan.collapse.results import Results
from minigan.data import DataError, load
from minigan.data.mnist import _read as read_published
from minigan.doctor.rows import read_log
from minigan.evaluation import features
from minigan.evaluation.classifier import classifier
from minigan.training import filming
from minigan.training.folder import RunError, read_config

ARRAYS = {"G/0.W": np.arange(6, dtype="f4").reshape(2, 3), "log": np.frombuffer(b"step\n", "u1")}
META = {"step": 3, "stream": {"state": 2**127 + 1, "words": [1.5, None, "ζ"]}}


@dataclass(frozen=True)
class Reader:
    """read is given a file called `name`, and each message has `named` (by default the name)."""

    valid: tuple[bytes, ...]
    read: Callable[[Path], Any]
    errors: Any
    name: str
    named: str = ""
    beside: dict[str, bytes] = field(default_factory=dict)

    def fuzzed(self, inputs: Iterable[bytes]) -> Counter[str]:
        """How many of these it reads, and how many it refuses: see `fuzz`."""
        return fuzz(
            self.read,
            inputs,
            errors=self.errors,
            name=self.name,
            named=self.named,
            beside=self.beside,
        )


def saved(save: Callable[..., Any], *args: Any, **kwargs: Any) -> bytes:
    """What a function of NumPy writes into a file."""
    file = io.BytesIO()
    save(file, *args, **kwargs)
    return file.getvalue()


def checkpoint_bytes(save: Callable[[Path], Any], folder: Path) -> bytes:
    """What a function writes to a path."""
    path = folder / "saved.npz"
    save(path)
    content = path.read_bytes()
    path.unlink()
    return content


def readers(folder: Path) -> dict[str, Reader]:
    """The table; the folder is for files on the way."""
    return readers_of_checkpoints(folder) | readers_of_data() | readers_of_runs()


def readers_of_checkpoints(folder: Path) -> dict[str, Reader]:
    """Files with a checksum: what is loaded is what was saved."""
    whole = checkpoint_bytes(lambda path: checkpoint.save(path, ARRAYS, META), folder)

    def read_checkpoint(path: Path) -> None:
        checkpoint.load(path)
        assert path.read_bytes() == whole, "it was loaded and is not what was saved"

    def small(*args: Any) -> Any:
        return classifier(*args, widths=(1,), features=1)

    net = small(Random(0), (4, 4, 1), 2)
    facts = {"name": "x", "shape": [4, 4, 1], "labels": [0, 1], "accuracy": 0.5, "training": {}}
    pack = checkpoint_bytes(lambda path: features.save(path, net, facts), folder)

    def read_pack(path: Path) -> None:
        with patch.object(features, "classifier", small):
            features.load(path)
        assert path.read_bytes() == pack, "it was loaded and is not what was saved"

    return {
        "checkpoint": Reader((whole,), read_checkpoint, CheckpointError, "checkpoint.npz"),
        "classifier": Reader((pack,), read_pack, CheckpointError, "classifier.npz"),
    }


def readers_of_data() -> dict[str, Reader]:
    """Data sets in the formats of NumPy and of MNIST."""
    rng = np.random.default_rng(0)
    images, points = rng.integers(0, 256, (3, 4, 5), "u1"), rng.normal(size=(4, 3)).astype("f4")
    numbers = np.asfortranarray(rng.random((2, 3, 4, 3)))
    labels = np.arange(3)
    npz = {"x": images, "y": labels}
    idx = (idx_bytes(images), idx_bytes(labels.astype("u1")))
    full, packed = tiny("mnist", 0)
    published = full.parts["train"][0]

    def read_full(path: Path) -> None:
        x = read_published(full, path, published)
        assert idx_bytes(x) == gzip.decompress(packed[published.name]), "it is not the published"

    return {
        "npy": Reader(
            tuple(saved(np.save, x) for x in (images, points, numbers)),
            *(load, DataError, "fuzzed.npy", "fuzzed"),
        ),
        "npz": Reader(
            (saved(np.savez, **npz), saved(np.savez, points)),
            *(load, DataError, "fuzzed.npz", "fuzzed"),
        ),
        "npz packed": Reader(
            (saved(np.savez_compressed, **npz), saved(np.savez_compressed, points)),
            *(load, DataError, "fuzzed.npz", "fuzzed"),
        ),
        "idx": Reader(
            *(idx, load, DataError, "fuzzed-images-idx3-ubyte", "fuzzed"),
            beside={"fuzzed-labels-idx1-ubyte": idx[1]},
        ),
        "idx.gz": Reader(
            (*map(gzip.compress, idx), b"<!DOCTYPE html><html>403</html>"),
            *(load, DataError, "fuzzed-idx3-ubyte.gz", "fuzzed"),
        ),
        "published idx.gz": Reader(
            (packed[published.name],), read_full, DataError, f"{published.name}.gz"
        ),
    }


def readers_of_runs() -> dict[str, Reader]:
    """What lies in a run folder beside its checkpoint, and the files of collapse."""
    points = np.random.default_rng(0).normal(size=(4, 2)).astype("f4")
    samples = saved(np.save, points)

    def read_results(path: Path) -> None:
        for result in Results(path.parent)._results.values():
            str(result)

    def read_samples(path: Path) -> None:
        results = Results(path.parent.parent)
        for result in results._results.values():
            results.samples(result)

    return {
        "config.json": Reader(tuple(CONFIGS), read_config_and_film, RunError, "config.json"),
        "log.csv of doctor": Reader(
            LOGS, lambda path: read_log(path.parent, ""), RunError, "log.csv"
        ),
        "log.csv of film": Reader(LOGS, filming.read_log, RunError, "log.csv"),
        "results.csv": Reader((RESULT,), read_results, ValueError, RESULTS),
        "samples of collapse": Reader(
            (samples,),
            *(read_samples, ValueError, f"{SAMPLES}/ring-quick-100-minimax-0.npy", "minimax-0.npy"),
            beside={RESULTS: RESULT},
        ),
    }


def read_config_and_film(path: Path) -> None:
    """Read config.json, and what a page says of the run without looking at its checkpoint."""
    config = read_config(path.parent)
    filming._settings(config)
    filming._words(config, [])


RESULT = (
    b"data,protocol,steps,row,seed,modes,high_quality,reverse_kl,seconds\r\n"
    b"ring,quick,100,minimax,0,8,0.91,0.0625,1.5\r\n"
)
LOGS = (
    b"step,V,loss_D,loss_G,D_real,D_fake,accuracy_real,accuracy_fake,grad_norm_D,grad_norm_G\n"
    + b"".join(b"%d,-1.25,1.25,0.5,0.625,0.5,1.0,0.75,2.5,1e-05\n" % step for step in (1, 10, 20)),
)
SETTINGS = {
    "model": "cgan",
    "rule": "algorithm-1",
    "objective": "non-saturating",
    "smooth": 1.0,
    "fakes": "training",
    "l1": 0.0,
    "l2": 0,
    "generators": 1,
    "discriminators": 1,
    "k": 1,
    "m": 16,
    "steps": 20,
    "seed": 0,
    "device": "cpu",
    "draws": "host",
    "graph": "auto",
    "tf32": False,
    **{"sample_every": 10, "log_every": 5, "checkpoint_every": 10, "evaluate_every": 0},
    "versions": {"minigan": "1"},
}
UNITS = {"kind": "images", "shape": [2, 2, 1], "top": 16.0, "low": -1.0, "high": 1.0}
UNITS |= {"mean": None, "std": None, "labels": [0, 1], "counts": [5, 4]}
VECTORS = {"kind": "vectors", "shape": [2], "top": 1.0, "low": 0.0, "high": 1.0}
VECTORS |= {"mean": [0.5, 2.0], "std": [1.0, 0.25], "labels": None, "counts": None}
DATA = {"spec": "digits8x8", "options": {}, "name": "digits8x8", "n": 9, "sha256": "00" * 32}
CONFIGS = [
    json.dumps(SETTINGS | {"data": DATA | {"units": units}}, indent=2).encode()
    for units in (UNITS, VECTORS)
]
