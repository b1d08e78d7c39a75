"""Stopped and resumed, a run leaves the same bytes as uninterrupted, and keeps its settings."""

import os
from pathlib import Path

import numpy as np
import pytest
import short_runs
from short_runs import after_step, assert_same_files, files, run

from minigan import checkpoint
from minigan.data import Dataset
from minigan.models import MODELS
from minigan.training import train
from minigan.training.folder import RunError

small_models, quick_pictures = short_runs.small_models, short_runs.quick_pictures

CASES = [(name, model.rule, {}) for name, model in MODELS.items()] + [
    ("goodfellow-2014", "algorithm-1", {"k": 2, "objective": "minimax"}),
    ("goodfellow-2014", "separate", {}),
    ("mlp-batchnorm", "simultaneous", {}),
]


@pytest.mark.parametrize(("model", "rule", "settings"), CASES)
def test_resumed_leaves_the_same_bytes_as_uninterrupted(model, rule, settings):
    # 60 steps of 16 are most of a pass over the 1,797 digits; m = 64 begins a second and a third
    settings = {"rule": rule, "m": 64, "seed": 1} | settings
    run(model, steps=60, out="straight", **settings)
    run(model, steps=25, out="halted", **settings)
    run(model, steps=60, out="halted", resume=True)
    assert_same_files("straight", "halted")


def test_a_killed_run_goes_on_from_its_checkpoint(monkeypatch):
    class Killed(BaseException):
        pass

    def kill(session):  # what a kill -9 in the middle of a write leaves behind
        with (session.folder / "log.csv").open("a") as log:
            log.write("33,-1.2")
        (session.folder / "samples" / "step-000040.png").write_bytes(b"half a picture")
        (session.folder / ".checkpoint.npz.tmp").write_bytes(b"half a checkpoint")
        (session.folder / ".samples.png.7.tmp").write_bytes(b"of a former minigan")
        (session.folder / "samples" / ".step-000033.png.tmp").write_bytes(b"half a picture")
        raise Killed

    run(steps=50, out="straight")
    with monkeypatch.context() as patch:
        after_step(patch, 33, kill)
        with pytest.raises(Killed):
            run(steps=50, out="killed")
    assert checkpoint.load("killed/checkpoint.npz")[1]["step"] == 30
    run(out="killed", resume=True)
    assert_same_files("straight", "killed")


def test_a_finished_run_says_so_and_how_to_extend_it(capsys):
    run(steps=20)
    before = files("runs/mlp-batchnorm")
    done = train(resume=True)
    assert (done.step, done.signal) == (20, None)
    assert "runs/mlp-batchnorm is finished: 20 of 20 steps" in capsys.readouterr().out
    assert f"--resume --out {done.folder.resolve()} --steps 40" in str(done)
    assert files("runs/mlp-batchnorm") == before
    with pytest.raises(RunError, match="has 20 steps already, but 10 are asked for"):
        train(resume=True, steps=10)


def test_resume_takes_the_newest_run_of_the_model():
    for name, saved in (("mlp", 3), ("mlp", 2), ("gaussian-1d", 4)):
        folder = run(name, steps=1).folder
        os.utime(folder / "checkpoint.npz", (saved, saved))
    assert run("mlp", resume=True, steps=2).folder == Path("runs/mlp")  # the newest from now on
    assert run(None, resume=True).folder == Path("runs/mlp")
    with pytest.raises(RunError, match="runs holds no run of goodfellow-2014 to resume"):
        run("goodfellow-2014", resume=True)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"model": "mlp"}, "model mlp-batchnorm, but mlp"),
        ({"m": 8}, "m 16, but 8"),
        ({"seed": 1}, "seed 0, but 1"),
        ({"rule": "algorithm-1"}, "rule separate, but algorithm-1"),
        ({"objective": "minimax"}, "objective non-saturating, but minimax"),
        ({"k": 2}, "k 1, but 2"),
        ({"log_every": 5}, "log_every 7, but 5"),
        ({"data": "mnist12k"}, "data 'digits8x8', but 'mnist12k'"),
        ({"data_options": {"resize": 8}}, "data options {}, but {'resize': 8}"),
    ],
)
def test_a_resumed_run_keeps_its_settings(settings, words):
    run(steps=2, out="there")
    before = files("there")
    with pytest.raises((RunError, ValueError)) as caught:
        train(**({"model": None, "out": "there", "resume": True, "progress": False} | settings))
    if "data_options" not in settings:  # what the data refuse, they refuse in their own words
        assert words in str(caught.value)
    assert files("there") == before


def test_a_run_on_own_data_is_resumed_with_the_same_data():
    x = np.random.default_rng(0).integers(0, 255, (40, 4, 4, 1), dtype=np.uint8)
    run(data=Dataset("mine", x), steps=2)
    with pytest.raises(RunError, match=r"started in Python with a Dataset of its own \(mine\)"):
        run(resume=True, steps=4)
    with pytest.raises(RunError, match=r"'mine' \(40 examples\) are not those that"):
        run(data=Dataset("mine", x[::-1]), resume=True, steps=4)
    assert run(data=Dataset("mine", x), resume=True, steps=4).step == 4
