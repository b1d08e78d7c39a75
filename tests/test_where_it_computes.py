"""The decisions about devices, one by one; whole runs are in test_moving.py and its neighbours."""

import dataclasses
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from cupy_standin import CUPY

from minigan.backend import Random
from minigan.evaluation import judge, sides
from minigan.evaluation.classifier import classifier, in_blocks
from minigan.training import gauge
from minigan.training.folder import Config
from minigan.training.moving import change_device

IMAGES = SimpleNamespace(kind="images", shape=(28, 28, 1))
RUN = Path("run")


def test_a_run_moves_where_it_is_asked_to(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", CUPY)
    assert change_device(RUN, "cpu", "cuda") == "cuda"
    assert change_device(RUN, "cuda", "cpu") == "cpu"
    assert change_device(RUN, "cuda", "cuda") == ""
    assert change_device(RUN, "cpu", None) == change_device(RUN, "cuda", None) == ""


def config(**changed):
    facts = {field.name: 1 for field in dataclasses.fields(Config)}
    return Config(**facts | {"model": "mlp", "rule": "algorithm-1"} | changed)


def test_a_run_is_the_same_elsewhere_and_when_longer():
    mine = config(device="cpu", steps=10)
    assert mine.same_run(dataclasses.asdict(config(device="cuda", steps=20))) is None
    assert mine.same_run(dataclasses.asdict(config(device="cpu", steps=10, seed=2))) == "seed"


@pytest.fixture
def loaded(monkeypatch):
    """Networks are loaded as their names and devices."""
    monkeypatch.setattr(judge, "load", lambda name, device: (name, device))


def test_a_judge_is_where_the_samples_are(loaded):
    saved = SimpleNamespace(device="cuda", config=SimpleNamespace(data={"spec": "mnist12k"}))
    assert sides._judge(saved, IMAGES, None) == (("mnist", "cuda"), "")


def test_a_judge_is_where_the_run_is(loaded):
    run = SimpleNamespace(device="cuda", data={"spec": "fashion-mnist"}, evaluate_every=1)
    assert gauge._judge(run, IMAGES) == ("fashion-mnist", "cuda")


@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8"])
def test_images_of_any_dtype_are_seen_in_float32(dtype):
    net = classifier(Random(0), (8, 8, 1), 2, widths=(2,), features=3)
    images = np.ones((5, 8, 8, 1), dtype=dtype)
    assert in_blocks(net, images).dtype == np.float32
    np.testing.assert_array_equal(in_blocks(net, images), net(images.astype(np.float32)))
