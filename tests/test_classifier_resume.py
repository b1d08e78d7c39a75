"""A classifier's training that was stopped, or killed, goes on as if it had not been."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import small_classifier
from conftest import Cuda
from small_classifier import digits, files, resumed, signal_in_batch, stopped, trained

import minigan
from minigan import checkpoint
from minigan.backend import device_of, to_host
from minigan.checkpoint import CheckpointError
from minigan.training import RunError, classifier_session, train_classifier
from minigan.training import classifier as training
from minigan.training.classifier import Stopped
from minigan.training.lock import Lock

in_an_empty_folder = small_classifier.in_an_empty_folder
PASS = 10  # batches

KILLED = """
import os, signal, sys
from minigan.training import classifier
plain, passes = classifier.accuracy, []
def accuracy(*args):
    passes.append(0)
    if len(passes) == 2:  # the second pass is learned, but not yet measured
        os.kill(os.getpid(), signal.SIGKILL)
    return plain(*args)
classifier.accuracy = accuracy
classifier.train_classifier("digits.npz", epochs=3, m=30, device="cpu", out="run", progress=False)
"""


@pytest.mark.parametrize("batch", [1, 10, 14, 29])
def test_stopped_and_resumed_it_leaves_the_same_bytes(batch: int) -> None:
    trained("straight", epochs=3)
    assert files("straight").keys() == {"classifier.npz", "log.csv"}
    stopped(batch)
    assert files("run").keys() == {"checkpoint.npz", "log.csv"}
    assert checkpoint.load("run/checkpoint.npz")[1]["t"] == batch
    assert len(files("run")["log.csv"].splitlines()) == 1 + batch // PASS
    assert resumed().file == "run/classifier.npz"
    assert files("run") == files("straight")


def test_stopped_twice_it_leaves_the_same_bytes() -> None:
    trained("straight", epochs=3)
    assert "in pass 1 of 3, after 5 of its 10 batches; everything is saved in run." in stopped(5)
    says = stopped(15, data="digits.npz", resume=True, kind=signal.SIGTERM)
    assert says.startswith("stopped by SIGTERM after pass 2 of 3; everything is saved in run.\n")
    resumed()
    assert files("run") == files("straight")


def test_killed_in_a_pass_it_goes_on_from_the_pass_before() -> None:
    trained("straight", epochs=3)
    child = subprocess.run(
        [sys.executable, "-c", KILLED],
        env=os.environ | {"PYTHONPATH": str(Path(minigan.__file__).parents[1])},
        check=False,
    )
    assert child.returncode == -signal.SIGKILL
    assert checkpoint.load("run/checkpoint.npz")[1]["t"] == PASS
    Path("run/.classifier.npz.tmp").write_bytes(b"half of it")
    with Path("run/log.csv").open("a") as file:
        file.write("2,0.5")
    resumed()
    assert files("run") == files("straight")


def test_killed_when_all_but_the_checkpoint_is_done_it_ends_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = Path.unlink

    def die(path: Path, missing_ok: bool = False) -> None:
        if path.name == "checkpoint.npz":
            raise SystemExit
        plain(path, missing_ok)

    trained("straight", epochs=3)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", die)
        with pytest.raises(SystemExit):
            trained("run", epochs=3)
    assert files("run").keys() == {"checkpoint.npz", "classifier.npz", "log.csv"}
    resumed()
    assert files("run") == files("straight")


def test_a_signal_in_the_last_batch_comes_too_late_to_stop_it() -> None:
    with pytest.MonkeyPatch.context() as patch:
        signal_in_batch(3 * PASS, patch, signal.SIGTERM)
        with pytest.raises(Stopped) as stop:  # the shell is told all the same
            trained("run", epochs=3)
    assert stop.value.signal == signal.SIGTERM
    assert str(stop.value) == "SIGTERM came when all was done: run/classifier.npz is finished"
    assert files("run").keys() == {"classifier.npz", "log.csv"}


def test_a_second_signal_ends_it_at_once_and_the_last_pass_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def impatient(*args: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    trained("straight", epochs=3)
    stopped(10)
    with monkeypatch.context() as patch:
        patch.setattr(training, "accuracy", impatient)
        with pytest.raises(KeyboardInterrupt) as stop:
            resumed()
    assert not isinstance(stop.value, Stopped)
    resumed()
    assert files("run") == files("straight")


def test_it_resumes_from_another_folder_with_what_it_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trained("straight", epochs=3, seed=4)
    says = stopped(14, seed=4, progress=True)
    assert says.endswith(
        f"To go on: minigan train classifier --resume --out {Path('run').resolve()}"
    )
    assert "new in run: saved after each pass, and by Ctrl-C" in capsys.readouterr().out
    run = Path("run").resolve()
    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    done = train_classifier("../digits.npz", m=30, seed=4, device="cpu", out=run, resume=True)
    assert done.training["command"].endswith("--data digits.npz --epochs 3 --batch 30 --seed 4")
    assert files(str(run)) == files("../straight")
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == f"resuming {run} in pass 2 of 3, after 4 of its 10 batches"
    assert [line.split(":")[0] for line in lines[2:]] == ["pass  2 of 3", "pass  3 of 3"]


@pytest.mark.parametrize("part", ["x_train", "y_train", "x_test", "y_test"])
def test_data_that_have_changed_are_refused(part: str) -> None:
    stopped(1)
    with np.load("digits.npz") as arrays:
        other = arrays[part].copy()
    other[0] = (other[0] + 1) % 10
    digits(**{part: other})
    with pytest.raises(
        RunError, match=r"^run: the data 'digits' \(300 images, 100 to test\) are not"
    ):
        resumed()


def test_it_goes_on_on_another_device(cuda: Cuda, capsys: pytest.CaptureFixture[str]) -> None:
    straight = trained("straight", epochs=3, device="cpu")
    for before, then in (("cpu", "cuda"), ("cuda", "cpu")):
        stopped(14, out=before, device=before)
        moved = resumed(before, device=then, progress=True)
        assert (
            f"batches, moved to {then}, where the last digits differ\n" in capsys.readouterr().out
        )
        assert moved.training["device"] == then
        assert device_of(moved.net.params["0.W"]) == then
        for name, theta in straight.net.params.items():
            np.testing.assert_allclose(to_host(moved.net.params[name]), theta, rtol=0.01, atol=0.02)


def test_where_there_is_nothing_to_go_on_with() -> None:
    says = "holds no classifier whose training was stopped"
    with pytest.raises(RunError, match=rf"runs {says}: leave --resume out, or say --out FOLDER\.$"):
        resumed(None)
    with pytest.raises(RunError, match=rf"^none {says} .*: leave --resume out to start one\.$"):
        resumed("none")
    trained("done")
    before = files("done")
    with pytest.raises(
        RunError, match=r"^done is finished, classifier\.npz is there and nothing is"
    ):
        resumed("done")
    assert files("done") == before


def test_a_folder_with_a_stopped_one_is_not_begun_again() -> None:
    stopped(1)
    before = files("run")
    with pytest.raises(RunError, match=r"^run holds a training that was stopped: go on with it by"):
        trained("run")
    assert files("run") == before


def test_two_do_not_train_in_one_folder() -> None:
    stopped(1)
    lock = Lock(Path("run"))
    with pytest.raises(RunError, match=r"^run: another process is training there"):
        resumed()
    lock.release()
    resumed()


def test_a_damaged_checkpoint_and_that_of_a_gan_are_refused() -> None:
    stopped(1)
    path = Path("run/checkpoint.npz")
    whole = path.read_bytes()
    path.write_bytes(whole[:-1000])
    with pytest.raises(CheckpointError, match="damaged or no checkpoint"):
        resumed()
    checkpoint.save(path, {}, {"config": {}})
    with pytest.raises(CheckpointError, match="facts settings missing"):
        resumed()
    path.write_bytes(whole)
    resumed()


@pytest.mark.parametrize("out", ["deep/er", None])
def test_a_folder_that_takes_no_checkpoint_is_removed_again(
    out: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(classifier_session.checkpoint, "save", full)
        with pytest.raises(OSError, match="No space left"):
            trained(out)
    assert [file.name for file in Path().iterdir()] == ["digits.npz"]
    assert Path(trained(out).file).is_file()


def test_a_disk_that_fills_up_keeps_the_last_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device", "run/classifier.npz")

    trained("straight", epochs=3)
    with monkeypatch.context() as patch:
        patch.setattr(training.features, "save", full)
        with pytest.raises(
            RunError, match=r"^run/classifier\.npz cannot be written \(No space"
        ) as no:
            trained("run", epochs=3)
    assert "\n" not in str(no.value)
    assert str(no.value).endswith(
        f"minigan train classifier --resume --out {Path('run').resolve()}"
    )
    assert checkpoint.load("run/checkpoint.npz")[1]["t"] == 2 * PASS
    resumed()
    assert files("run") == files("straight")


def test_on_a_gpu(cuda: Cuda) -> None:
    trained("straight", epochs=3, device="cuda")
    stopped(14, device="cuda")
    resumed(device="cuda")
    assert files("run") == files("straight")
