"""Every other command with --device cuda: it runs there, and finds what the CPU finds.

`minigan train` is in test_training_on_the_device.py, the demos in test_demos_on_the_device.py.
"""

import json
from pathlib import Path
from types import SimpleNamespace

import command_line
import numpy as np
import pytest
import short_runs
from cupy_device import DEVICE
from cupy_standin import CUPY
from fast_settings import plain
from short_runs import run as play

from minigan.bench import machine
from minigan.bench import run as bench_run
from minigan.bench.game import Game, Job
from minigan.bench.layers import layer_rows
from minigan.bench.measure import step_row

in_an_empty_folder, command = command_line.in_an_empty_folder, command_line.command
small_models, quick_pictures = short_runs.small_models, short_runs.quick_pictures


@pytest.fixture(autouse=True)
def plain_on_the_cpu():
    """The CPU's fast maps round otherwise."""
    with plain():
        yield


def on_both(command, *argv):
    """What a command prints with --json on the CPU and on the device, as objects."""
    return [
        [json.loads(line) for line in command(*argv, "--json", "--device", device)]
        for device in ("cpu", "cuda")
    ]


def assert_alike(there, here, tolerance):
    """Assert that two JSON values are the same but for the last digits of their numbers."""
    assert type(there) is type(here)
    if isinstance(here, dict):
        assert there.keys() == here.keys()
        for key in here.keys() - {"seconds", "more"}:  # more: counts, which jump
            assert_alike(there[key], here[key], tolerance)
    elif isinstance(here, float):
        assert there == pytest.approx(here, rel=tolerance, abs=tolerance)
    else:
        assert there == here


# --- what looks at a run --------------------------------------------------------------------------


@pytest.fixture
def trained(cuda):
    """A run that was trained on the CPU."""
    return play("mlp-batchnorm", steps=10, device="cpu", out="run").folder


def test_sample(cuda, command, trained):
    for device in ("cpu", "cuda"):
        command("sample", "run", "--count", 130, "--device", device, "--out", f"{device}.npy")
    there, here = np.load("cuda.npy"), np.load("cpu.npy")
    np.testing.assert_allclose(there, here, rtol=1e-4, atol=1e-5 * here.max())


def test_sample_of_a_label(cuda, command):
    play("cgan", steps=4, device="cpu", out="run")
    for device in ("cpu", "cuda"):
        words = ("--count", 5, "--label", 3, "--device", device, "--out", f"{device}.npy")
        command("sample", "run", *words)
    np.testing.assert_allclose(np.load("cuda.npy"), np.load("cpu.npy"), rtol=1e-4, atol=1e-4)


def test_samples_are_downloaded_a_chunk_at_a_time_and_nothing_else(double, command):
    play("mlp-batchnorm", steps=2, device="cpu", out="run")
    fetched = []
    for count in (128, 3 * 128):
        DEVICE.reset()
        command("sample", "run", "--count", count, "--device", "cuda", "--out", "x.npy")
        fetched.append(DEVICE.downloads.total())
    assert fetched[1] - fetched[0] == 2


def test_evaluate(cuda, command, trained):
    (_, *here), (_, *there) = on_both(command, "evaluate", "run", "--count", 200)
    assert len(here) > 5
    for row, expected in zip(there, here, strict=True):
        assert_alike(row, expected, 1e-4 if cuda.double else 0.02)


def test_evaluate_shows_digits_to_the_network_on_the_device(cuda, command):
    play("mlp", "mnist12k", steps=4, device="cpu", out="run")
    (_, *here), (_, *there) = on_both(command, "evaluate", "run", "--count", 100)
    (score,) = (row for row in here if row["name"] == "score")
    assert score["value"] > 1
    for row, expected in zip(there, here, strict=True):
        assert_alike(row, expected, 1e-3 if cuda.double else 0.02)


def test_doctor(cuda, command, trained):
    here, there = on_both(command, "doctor", "run")
    assert [row.get("verdict") for row in there] == [row.get("verdict") for row in here]


def test_gradcheck(cuda, command):
    for name in ("Dense", "Conv2D"):
        here, there = on_both(command, "gradcheck", name)
        assert [row["verdict"] for row in there] == ["ok"] * len(here)


def test_film_and_summary_ask_no_device(double, command, trained):
    DEVICE.reset()
    command("film", "run")  # of pictures and a log, which are files
    command("summary", "mlp")  # shapes and counts
    assert not DEVICE.launches


def test_devices(cuda, command):
    rows = [json.loads(line) for line in command("devices", "--json")]
    assert [row["works"] for row in rows] == [True, True]
    assert rows[1]["detail"] == f"cupy {cuda.xp.__version__}"


# --- collapse, bench ------------------------------------------------------------------------------


def test_collapse(cuda, command):
    words = ("collapse", "ring", "--seeds", 1, "--steps", 5, "--rows", "minimax", "packing-2")
    for device in ("cpu", "cuda"):
        command(*words, "--jobs", 1, "--device", device, "--out", device, "--quiet")
    files = sorted(Path("cpu/samples").iterdir())
    assert len(files) == 2
    for file in files:
        a, b = np.load(file), np.load(Path("cuda/samples") / file.name)
        tight = {"rtol": 1e-4, "atol": 1e-5} if cuda.double else {"rtol": 0.01, "atol": 0.01}
        np.testing.assert_allclose(b, a, **tight)


@pytest.fixture
def bench_here(cuda, monkeypatch):
    """`minigan bench` in this process, which has the stand-in, with a small product."""
    monkeypatch.setattr(
        bench_run,
        "_in_a_process",
        lambda job: list(layer_rows(job)) if job.layers else [step_row(job)],
    )
    monkeypatch.setattr(machine, "GEMM_SIZE", {"cpu": 64, "cuda": 64})
    if cuda.double:  # the names that only say which GPU it is, or wait for it
        device = SimpleNamespace(id=0, synchronize=lambda: None)
        properties = SimpleNamespace(getDeviceProperties=lambda i: {"name": b"a stand-in"})
        pool = SimpleNamespace(total_bytes=lambda: 2**20)
        monkeypatch.setitem(vars(CUPY.cuda), "Device", lambda *i: device)
        monkeypatch.setitem(vars(CUPY.cuda), "runtime", properties)
        monkeypatch.setitem(vars(CUPY), "get_default_memory_pool", lambda: pool)


def test_bench(cuda, bench_here, command):
    for name in ("mlp", "dcgan"):
        words = ("bench", name, "--steps", 2, "--batch", 4, "--device", "cuda", "--json")
        (row,) = (json.loads(line) for line in command(*words))
        assert (row["network"], row["device"], row["steps"]) == (name, "cuda", 2)
        assert row["ms"] > 0
        assert row["gpu"] == "a stand-in" or not cuda.double
        assert command(*words[:-1])  # the table


def test_bench_layers(cuda, bench_here, command):
    words = ("bench", "dcgan", "--layers", "--steps", 2, "--batch", 4, "--device", "cuda")
    rows = [json.loads(line) for line in command(*words, "--json")]
    assert sum(row["share"] for row in rows) == pytest.approx(1)
    assert {row["device"] for row in rows} == {"cuda"}
    assert command(*words)


def test_a_bench_of_steps_copies_what_it_draws(kernels_double):
    game = Game(Job("mlp", (28, 28, 1), "cuda", "same", 4, None, False))
    game.step()
    DEVICE.reset()
    for _ in range(5):
        game.step()
    assert DEVICE.uploads.total() == 2 * 5  # z for D's samples, and z for G
    assert not DEVICE.syncs
