"""Runs for the doctor: broken on purpose, each in one way, and healthy ones. A second or two each.

They are made when they are first asked for, and kept for all tests of a session.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pytest
from short_runs import after_step

from minigan.batchnorm import BatchNorm
from minigan.data import load
from minigan.models import MODELS
from minigan.training import frames, train
from minigan.training import run as training

ROOT = Path(mkdtemp(prefix="minigan-doctor-"))
SIZES = {"mlp": {"width": 100}, "mlp-batchnorm": {"widths": (64, 128, 256)}}
PLAIN = dict(MODELS)
HEALTHY = ("gaussian 0", "gaussian 1", "gaussian 2", "digits")


@pytest.fixture(scope="session", autouse=True)
def removed() -> Iterator[None]:
    """The runs, gone at the end of the session."""
    yield
    shutil.rmtree(ROOT, ignore_errors=True)


def without_pictures(patch: pytest.MonkeyPatch) -> None:
    """Draw nothing: it takes longer than these runs."""
    patch.setattr(training, "write_curves", lambda path, log, objective: None)
    patch.setattr(frames.Frames, "draw_at", lambda self, path, title: None)
    patch.setattr(frames.Frames, "finish", lambda self: None)
    patch.setattr(training, "film", lambda folder: None)


@cache
def folder(name: str) -> Path:
    """The folder of a run of that name; look, do not write."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        without_pictures(patch)
        RUNS[name](patch, name)
    return ROOT / name


def play(name: str, model: str, data: Any = None, **settings: Any) -> None:
    train(model, data, out=name, progress=False, device="cpu", sample_every=10**6, **settings)


def change(patch: pytest.MonkeyPatch, name: str, decay: float | None = None) -> None:
    """Make a model small, and give its BatchNorms another decay."""
    plain = PLAIN[name]

    def build(rng, shape, marginals, z_dim):
        G, D = plain.build(rng, shape, marginals, z_dim=z_dim, **SIZES[name])
        for layer in G.layers:
            if decay is not None and isinstance(layer, BatchNorm):
                layer.decay = decay
        return G, D

    patch.setitem(MODELS, name, dataclasses.replace(plain, build=build, m=64))


def gaussian(patch: pytest.MonkeyPatch, name: str) -> None:
    play(name, "gaussian-1d", steps=1000, seed=int(name[-1]))


def digits(patch: pytest.MonkeyPatch, name: str) -> None:
    change(patch, "mlp-batchnorm")
    play(name, "mlp-batchnorm", "digits8x8", steps=600)


def mlp(patch: pytest.MonkeyPatch, name: str) -> None:
    change(patch, "mlp")
    objective = "minimax" if name == "minimax" else None
    play(name, "mlp", "digits8x8", steps=400, seed=2, objective=objective)


def dead(patch: pytest.MonkeyPatch, name: str) -> None:
    def kill(session):
        session.game.D.params["1.b"][...] = -100

    change(patch, "mlp")
    after_step(patch, 220, kill)
    play(name, "mlp", "digits8x8", steps=220)


def drifted(patch: pytest.MonkeyPatch, name: str) -> None:
    change(patch, "mlp-batchnorm", decay=0.9999)
    play(name, "mlp-batchnorm", "digits8x8", steps=300)


def split(patch: pytest.MonkeyPatch, name: str) -> None:
    """64 digits to train on, or 1,000, the others held out."""
    x, n = load("digits8x8").x / 16.0, 64 if name == "few" else 1000
    np.savez(f"{name}.npz", x_train=x[:n], x_test=x[n:])
    change(patch, "mlp-batchnorm")
    play(name, "mlp-batchnorm", f"{name}.npz", steps=600 if name == "few" else 300, m=32)


def nan(patch: pytest.MonkeyPatch, name: str) -> None:
    def spoil(session):
        session.game.G.params["0.W"][1, 2] = np.nan

    change(patch, "mlp")
    after_step(patch, 250, spoil)
    with pytest.raises(ArithmeticError):
        play(name, "mlp", "digits8x8", steps=400, checkpoint_every=100)


def young(patch: pytest.MonkeyPatch, name: str) -> None:
    play(name, "gaussian-1d", steps=60)


RUNS = {
    "gaussian 0": gaussian,
    "gaussian 1": gaussian,
    "gaussian 2": gaussian,
    "digits": digits,
    "mlp": mlp,
    "minimax": mlp,
    "dead": dead,
    "drifted": drifted,
    "few": split,
    "many": split,
    "nan": nan,
    "young": young,
}
