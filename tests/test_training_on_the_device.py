"""`minigan train --device cuda`: every kind of run is the CPU's, and copies only its host draws.

Resuming and sampling across devices: test_moving.py.
"""

from collections import Counter
from pathlib import Path

import command_line
import numpy as np
import pytest
import short_runs
from cupy_device import DEVICE
from fast_settings import plain
from short_runs import run as play

from minigan import checkpoint
from minigan.backend import Random
from minigan.models import MODELS
from minigan.training.gauge import Gauge

in_an_empty_folder, command = command_line.in_an_empty_folder, command_line.command
small_models, quick_pictures = short_runs.small_models, short_runs.quick_pictures
DRAWS = ("normal", "uniform", "mask", "permutation")  # of a Random, on the host


@pytest.fixture(autouse=True)
def plain_on_the_cpu():
    """The CPU's fast maps round otherwise; the plain ones give the stand-in's bits."""
    with plain():
        yield


def numbers_of(folder):
    """The log, but for the shares of right answers, which jump, and the arrays of a run."""
    arrays, _ = checkpoint.load(Path(folder) / "checkpoint.npz")
    del arrays["log"]
    head, *rows = (line.split(",") for line in Path(folder, "log.csv").read_text().splitlines())
    kept = [i for i, name in enumerate(head) if not name.startswith("accuracy")]
    cells = [[float(row[i] or "nan") for i in kept] for row in rows]
    return np.array(cells), arrays


def assert_same_run(cuda, there, here):
    (log, arrays), (expected_log, expected) = numbers_of(there), numbers_of(here)
    assert {n: (a.shape, a.dtype) for n, a in arrays.items()} == {
        n: (a.shape, a.dtype) for n, a in expected.items()
    }
    assert log.shape == expected_log.shape
    if cuda.plain:
        np.testing.assert_array_equal(log, expected_log)
        for name, array in expected.items():
            np.testing.assert_array_equal(arrays[name], array, err_msg=name)
    else:  # losses and norms of gradients; not weights whose gradient is rounding alone, under Adam
        np.testing.assert_allclose(log, expected_log, rtol=1e-3, atol=1e-4)


SHORT = ("--steps", 3, "--batch", 8, "--log-every", 1, "--quiet")
KINDS = {name: (name,) for name in MODELS}
KINDS |= {
    "several players": ("mlp-batchnorm", "--generators", 2, "--discriminators", 2),
    "every option": ("mlp", "--rule", "separate", "--smooth", 0.9, "--l1", 1e-3, "--l2", 1e-3),
    "worse-player": ("mlp", "--rule", "worse-player"),
    "vectors": ("mlp", "--data", "ring"),
}


@pytest.mark.parametrize("words", KINDS.values(), ids=KINDS)
def test_train_plays_the_same_game_on_the_device(cuda, command, words):
    for device in ("cpu", "cuda"):
        command("train", *words, *SHORT, "--device", device, "--out", device)
    assert_same_run(cuda, "cuda", "cpu")


def spent(monkeypatch, words, steps, command):
    """What a training of so many steps uploads, waits for, and draws on the host."""
    drawn = Counter()
    with monkeypatch.context() as patch:
        for name in DRAWS:
            plain_draw = getattr(Random, name)

            def counting(self, *args, name=name, plain_draw=plain_draw, **kwargs):
                drawn[name] += 1
                return plain_draw(self, *args, **kwargs)

            patch.setattr(Random, name, counting)
        DEVICE.reset()
        often = ("--sample-every", 999, "--log-every", 999, "--checkpoint-every", 999)
        short = ("--steps", steps, "--batch", 8, "--quiet", "--device", "cuda", "--graph", "off")
        command("train", *words, *short, *often, "--out", f"run-{steps}")
    return DEVICE.uploads.total(), DEVICE.syncs + Counter(), drawn


@pytest.mark.parametrize("words", KINDS.values(), ids=KINDS)
def test_a_step_of_training_uploads_what_the_host_draws_and_nothing_else(
    kernels_double, command, words, monkeypatch
):
    few, many = (spent(monkeypatch, words, steps, command) for steps in (2, 7))
    assert many[0] - few[0] == (many[2] - few[2]).total() > 0
    waits = {"__bool__": 5} if "worse-player" in words else {}  # which player is worse?
    assert many[1] - few[1] == waits


def test_train_with_evaluations_measures_on_the_device(cuda, command):
    for device in ("cpu", "cuda"):
        words = ("gaussian-1d", *SHORT, "--evaluate-every", 2)
        command("train", *words, "--device", device, "--out", device)
    assert Path("cuda/best.npz").exists()
    assert_same_run(cuda, "cuda", "cpu")


def test_the_network_that_judges_digits_is_on_the_device(cuda, monkeypatch):
    if cuda.double and not cuda.plain:
        pytest.skip("it takes g++'s kernels more than a minute; test_cuda_convolutions.py has them")
    judges = []
    plain_init = Gauge.__init__

    def init(self, config, game):
        plain_init(self, config, game)
        judges.append(self._judge)

    monkeypatch.setattr(Gauge, "__init__", init)
    play("mlp", "mnist12k", steps=2, evaluate_every=2, device="cuda", out="run")
    assert isinstance(judges[0].net.params["0.W"], cuda.xp.ndarray)


def test_train_classifier(cuda, command):
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 255, (80, 8, 8), dtype=np.uint8), np.arange(80) % 2
    x[y == 1, :4] = 0
    np.savez("own.npz", x_train=x, y_train=y, x_test=x[:20], y_test=y[:20])
    words = ("train", "classifier", "--data", "own.npz", "--epochs", 2, "--batch", 20, "--quiet")
    for device in ("cpu", "cuda"):
        command(*words, "--device", device, "--out", device)
    here, there = (checkpoint.load(Path(d) / "classifier.npz")[0] for d in ("cpu", "cuda"))
    for name, array in here.items():  # rounded to 11 binary digits
        atol = 1e-4 if cuda.plain else 0.02  # Adam's steps of 2e-3 may go either way at first
        np.testing.assert_allclose(there[name], array, rtol=2e-3, atol=atol, err_msg=name)
    logs = [Path(device, "log.csv").read_text() for device in ("cpu", "cuda")]
    assert logs[0] == logs[1] or not cuda.plain
