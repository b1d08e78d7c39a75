"""Runs of a few steps to be evaluated, and a network that stands in for a trained classifier."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import doctor_runs
import numpy as np
import pytest

from minigan.data import load
from minigan.evaluation import judge
from minigan.training import train

ROOT = Path(mkdtemp(prefix="minigan-evaluated-"))
BLOCK = 7  # the stand-in's features are the mean lights of 7 x 7 blocks


class Blocks:
    """Sixteen features, and classes by which of ten of them is brightest."""

    name, accuracy, sha256 = "blocks", 0.5, "0123456789abcdef" * 4

    def features(self, images: Any) -> Any:
        assert images.min() >= 0
        assert images.max() <= 1
        return images.reshape(len(images), 4, BLOCK, 4, BLOCK).mean(axis=(2, 4)).reshape(-1, 16)

    def probabilities(self, images: Any) -> Any:
        light = np.exp(20 * self.features(images)[:, 3:13])
        return light / light.sum(axis=1, keepdims=True)


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in for every network by name."""
    monkeypatch.setattr(judge, "load", lambda name, device: Blocks())


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str, device: str) -> None:
        raise judge.NoJudge(f"there is no {name}")

    monkeypatch.setattr(judge, "load", fail)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    doctor_runs.change(monkeypatch, "mlp-batchnorm")


@cache
def made(name: str) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        doctor_runs.without_pictures(patch)
        if name == "digits":  # 28 x 28, with a test part
            train("mlp-batchnorm", out=name, steps=30, progress=False, device="cpu")
        elif name == "own":  # 8 x 8, nothing held out
            train("mlp-batchnorm", "digits8x8", out=name, steps=30, progress=False, device="cpu")
        elif name == "padded":
            np.save("padded.npy", load("mnist12k").x[:400, :, :, 0])
            train("dcgan-32", "padded.npy", out=name, steps=1, m=8, progress=False, device="cpu")
        else:
            train("gaussian-1d", name, out=name, steps=50, progress=False, device="cpu")
    return ROOT / name


def copied(name: str) -> Path:
    """A run in the folder "run" of where the test is, to be written into."""
    return Path(shutil.copytree(made(name), "run"))


@pytest.fixture(scope="session", autouse=True)
def removed():
    """The runs, gone at the end of the session."""
    yield
    shutil.rmtree(ROOT, ignore_errors=True)
