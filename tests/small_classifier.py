"""Small labelled images in an .npz, and the classifier trained on them in a second."""

from __future__ import annotations

import itertools
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from minigan.backend import Array
from minigan.data import load
from minigan.evaluation.features import Features
from minigan.training import classifier as training
from minigan.training.classifier import Stopped, train_classifier

TRAIN, TEST = 300, 100  # of the 8x8 digits


def digits(path: Path = Path("digits.npz"), **other: Any) -> str:
    """Write 8x8 digits as an .npz of two parts, some arrays replaced, or None: left out."""
    data = load("digits8x8")
    x, y = (data.x * 15).astype(np.uint8), data.labels  # white is 240 here: 16 · 15
    arrays = {"x_train": x[:TRAIN], "y_train": y[:TRAIN]}
    arrays |= {"x_test": x[TRAIN : TRAIN + TEST], "y_test": y[TRAIN : TRAIN + TEST]}
    np.savez(path, **{name: a for name, a in (arrays | other).items() if a is not None})
    return str(path)


def trained(out: str | Path = "classifier", data: str | None = None, **options: Any) -> Features:
    """A classifier of them, after two passes in batches of 30."""
    settings = {"epochs": 2, "m": 30, "device": "cpu", "progress": False}
    return train_classifier(data or digits(), out=out, **settings | options)


def signal_in_batch(number: int, patch: pytest.MonkeyPatch, kind: int = signal.SIGINT) -> None:
    """Send this process a signal while the classifier learns from its batch of that number."""
    plain, count = training.cross_entropy, itertools.count(1)

    def cross_entropy(a: Array, y: Array) -> Array:
        if next(count) == number:
            signal.raise_signal(signal.Signals(kind))
        return plain(a, y)

    patch.setattr(training, "cross_entropy", cross_entropy)


def files(folder: str) -> dict[str, bytes]:
    """What lies in a folder, byte for byte."""
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def stopped(batch: int, out: str | None = "run", kind: int = signal.SIGINT, **options: Any) -> str:
    """Stop a training of three passes in its batch of that number; return what it says."""
    with pytest.MonkeyPatch.context() as patch:
        signal_in_batch(batch, patch, kind)
        with pytest.raises(Stopped) as stop:
            trained(out, **{"epochs": 3} | options)
    assert stop.value.signal == kind
    return str(stop.value)


def resumed(out: str | None = "run", **options: Any) -> Features:
    """Go on with it."""
    return train_classifier(out=out, resume=True, **{"progress": False} | options)


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
