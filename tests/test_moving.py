"""A run that is stopped on one device and goes on on the other."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import short_runs
from short_runs import files, run

from minigan.backend import DeviceError, device_of
from minigan.checkpoint import load
from minigan.evaluation.evaluate import evaluate
from minigan.training import RunError, load_generator, sample, train

small_models, quick_pictures = short_runs.small_models, short_runs.quick_pictures

MOVES = [("cpu", "cuda"), ("cuda", "cpu")]


def saved(folder):
    """The arrays of a checkpoint, but for the log, and all that it says besides."""
    arrays, meta = load(Path(folder) / "checkpoint.npz")
    return {name: a for name, a in arrays.items() if name != "log"}, meta


@pytest.mark.parametrize(("before", "then"), MOVES)
def test_a_moved_run_goes_on_from_every_number_of_its_state(cuda, before, then, capsys):
    run(steps=24, out="straight", device=before)
    run(steps=15, out="moved", device=before)
    done = run(steps=24, out="moved", resume=True, device=then, progress=True)
    assert (
        f"step 15 of 24, moved to {then}, where the last digits differ\n" in capsys.readouterr().out
    )
    assert {device_of(a) for a in done.G.params.values()} == {then}
    assert json.loads(Path("moved/config.json").read_text())["device"] == then
    (arrays, meta), (expected, other) = saved("moved"), saved("straight")
    assert arrays.keys() == expected.keys()
    for name, array in expected.items():
        if cuda.plain:
            np.testing.assert_array_equal(arrays[name], array, err_msg=name)
        elif "optimizer" not in name:  # a weight that was not taken along would be off by 0.1
            np.testing.assert_allclose(arrays[name], array, rtol=0.01, atol=5e-3, err_msg=name)
    for key in ("t", "position", "streams"):
        assert meta[key] == other[key]


def test_a_run_that_moved_stays_there_and_may_move_again(cuda):
    run(steps=4, device="cpu", out="run")
    run(steps=8, device="cuda", out="run", resume=True)
    done = run(steps=12, out="run", resume=True)
    assert device_of(done.G.params["0.W"]) == "cuda"
    done = run(steps=16, device="cpu", out="run", resume=True)
    assert (done.step, device_of(done.G.params["0.W"])) == (16, "cpu")
    assert len(Path("run/log.csv").read_text().splitlines()) == 1 + 3  # of the steps 1, 7, 14


def test_a_run_that_moved_and_was_killed_at_once_is_still_a_run(cuda, monkeypatch):
    run(steps=4, device="cpu", out="run")

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("minigan.training.run.play", killed)
        with pytest.raises(KeyboardInterrupt):
            run(steps=8, device="cuda", out="run", resume=True)
    assert json.loads(Path("run/config.json").read_text())["device"] == "cuda"
    assert load_generator("run", "cpu").step == 4  # config.json and checkpoint.npz still agree


@pytest.mark.parametrize(("before", "then"), MOVES)
def test_samples_and_numbers_of_a_run_do_not_ask_where_it_was_trained(cuda, before, then):
    run(steps=8, device=before, out="run")
    drawn = [load_generator("run", device).outputs(20) for device in (before, then)]
    np.testing.assert_allclose(*drawn, rtol=1e-4, atol=1e-5)
    assert sample("run", device=then).exists()
    here, there = (evaluate("run", count=200, device=device) for device in (before, then))
    for a, b in zip(here.rows, there.rows, strict=True):
        assert a.numbers == pytest.approx(b.numbers, rel=1e-3, abs=1e-3), a.line.key


def test_where_the_device_is_gone_the_way_on_is_said(double, monkeypatch):
    run(steps=4, device="cuda", out="run")
    before = files("run")
    words = "^run: it was trained on cuda, and device 'cuda' needs CuPy, which is not installed"
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "cupy", None)  # as where CuPy is not installed
        with pytest.raises(RunError, match=rf"{words}.* To go on on the CPU: --device cpu\.$"):
            run(steps=8, out="run", resume=True)
        assert files("run") == before
        assert run(steps=8, out="run", resume=True, device="cpu").step == 8


def test_a_device_that_is_not_there_changes_nothing(monkeypatch):
    run(steps=4, device="cpu", out="run")
    before = files("run")
    monkeypatch.setitem(sys.modules, "cupy", None)
    with pytest.raises(DeviceError, match="needs CuPy"):
        run(steps=8, out="run", resume=True, device="cuda")
    with pytest.raises(ValueError, match="device is 'tpu', expected one of"):
        train(resume=True, out="run", device="tpu")
    assert files("run") == before
