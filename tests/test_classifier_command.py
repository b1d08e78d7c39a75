"""`minigan train classifier`: what it says, what it leaves, how it is stopped."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import command_line
import pytest
from command_line import run
from small_classifier import digits, signal_in_batch

import minigan
from minigan import checkpoint
from minigan.commands import train_classifier as command
from minigan.evaluation.features import load
from minigan.training import classifier_session as training

in_an_empty_folder = command_line.in_an_empty_folder
SHORT = ("train", "classifier", "--data", "digits.npz", "--batch", "30", "--device", "cpu")
NAMES = {signal.SIGINT: "Ctrl-C (SIGINT)", signal.SIGTERM: "SIGTERM"}


def test_it_says_how_good_it_is_and_where_it_lies(capsys: pytest.CaptureFixture[str]) -> None:
    digits()
    status, out, err = run(*SHORT, "--epochs", "2", "--seed", "4", capsys=capsys)
    assert (status, err) == (0, "")
    net = load("runs/classifier")
    lines = out.splitlines()
    assert lines[0] == (
        "a classifier of digits (300 images of 8 x 8 x 1, 10 labels), cpu, seed 4, batches of 30, "
        "2 passes"
    )
    assert [line.split(":")[0] for line in lines[2:4]] == ["pass  1 of 2", "pass  2 of 2"]
    assert f"{net.accuracy:.2%} of the test images" in lines[3]
    assert lines[4:] == [
        f"runs/classifier/classifier.npz: {net.accuracy:.2%} of 100 test images are named right; "
        f"SHA-256 {net.sha256}"
    ]


def test_quiet_leaves_the_last_line_and_a_second_one_its_own_folder(
    capsys: pytest.CaptureFixture[str],
) -> None:
    digits()
    for folder in ("runs/classifier", "runs/classifier-2"):
        status, out, err = run(*SHORT, "--epochs", "1", "--quiet", capsys=capsys)
        assert (status, err, out.count("\n")) == (0, "", 1)
        assert out.startswith(f"{folder}/classifier.npz: ")
    assert load("runs/classifier").sha256 == load("runs/classifier-2").sha256


def test_the_command_in_the_file_makes_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    digits()
    assert run(*SHORT, "--epochs", "1", "--seed", "9", "--out", "a", capsys=capsys)[0] == 0
    first = load("a")
    words = first.training["command"].split()[1:]
    assert run(*words, "--out", "b", "--device", "cpu", "--quiet", capsys=capsys)[0] == 0
    assert load("b").sha256 == first.sha256


def test_the_folder_of_a_classifier_is_no_run(capsys: pytest.CaptureFixture[str]) -> None:
    digits()
    run(*SHORT, "--epochs", "1", "--quiet", capsys=capsys)
    for words in (("sample", "runs/classifier"), ("train", "--resume", "--out", "runs/classifier")):
        status, _, err = run(*words, capsys=capsys)
        assert status == 2
        assert "runs/classifier holds no run" in err
    status, _, err = run(*SHORT, "--out", "runs/classifier", capsys=capsys)
    assert status == 2
    assert "runs/classifier is not empty" in err


def test_the_help_has_its_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    text = run("train", "--help", capsys=capsys)[1]
    assert "minigan train classifier [--data mnist|fashion-mnist] [--epochs N]" in text
    assert f"passes over its data, 1 to 10^9 (default {command.EPOCHS})" in " ".join(text.split())
    assert training.DEFAULTS["epochs"] == command.EPOCHS


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_real_signal_saves_it_and_says_how_to_go_on(number: signal.Signals) -> None:
    digits()
    child = subprocess.Popen(
        [sys.executable, "-u", "-m", "minigan", *SHORT, "--epochs", "100000"],
        env=os.environ | {"PYTHONPATH": str(Path(minigan.__file__).parents[1])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    deadline = time.monotonic() + 60
    while not child.stdout.readline().startswith("pass  1 "):
        assert child.poll() is None
        assert time.monotonic() < deadline
    sent = time.monotonic()
    child.send_signal(number)
    out, err = child.communicate(timeout=60)
    assert time.monotonic() - sent < 10
    assert child.returncode == 128 + number
    assert "Traceback" not in err
    *_, how, where = out.splitlines()
    assert how.startswith(f"stopped by {NAMES[number]} ")
    assert how.endswith("; everything is saved in runs/classifier.")
    folder = Path("runs/classifier")
    assert where == f"To go on: minigan train classifier --resume --out {folder.resolve()}"
    assert {path.name for path in folder.iterdir()} == {"checkpoint.npz", "log.csv"}
    rows = (folder / "log.csv").read_text().splitlines()[1:]
    assert len(rows) == checkpoint.load(folder / "checkpoint.npz")[1]["t"] // 10


def test_resume_goes_on_with_the_one_that_was_saved_last(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    digits()
    words = (*SHORT, "--epochs", "3")
    assert run(*words, "--out", "straight", capsys=capsys)[0] == 0
    for _ in range(2):
        with monkeypatch.context() as patch:
            signal_in_batch(14, patch)
            status, out, err = run(*words, "--quiet", capsys=capsys)
        assert (status, err) == (130, "")
        assert out.startswith(
            "stopped by Ctrl-C (SIGINT) in pass 2 of 3, after 4 of its 10 batches;"
        )
    status, out, err = run("train", "classifier", "--resume", capsys=capsys)
    assert (status, err) == (0, "")
    assert "resuming runs/classifier-2 in pass 2 of 3, after 4 of its 10 batches" in out
    assert out.splitlines()[-1].startswith("runs/classifier-2/classifier.npz: ")
    assert load("runs/classifier-2").sha256 == load("straight").sha256
    assert not Path("runs/classifier/classifier.npz").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--epochs", "5"), r"has epochs 3, but 5 is asked for \(its rates fall from the first"),
        (("--batch", "20"), "has m 30, but 20 is asked for: leave that out"),
        (("--seed", "1"), "has seed 0, but 1 is asked for: leave that out"),
        (("--data", "mnist12k"), "has data digits.npz, but mnist12k is asked for: leave that out"),
    ],
)
def test_other_settings_than_the_folders_are_refused_in_one_line(
    words: tuple[str, ...],
    says: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    digits()
    with monkeypatch.context() as patch:
        signal_in_batch(21, patch)
        assert run(*SHORT, "--epochs", "3", "--out", "a", capsys=capsys)[0] == 130
    status, _, err = run("train", "classifier", "--resume", "--out", "a", *words, capsys=capsys)
    assert (status, err.count("\n")) == (2, 1)
    assert re.search(f"^minigan train: a: the training {says}", err)
    same = (*SHORT, "--epochs", "3", "--seed", "0")
    assert run(*same, "--resume", "--out", "a", capsys=capsys)[0] == 0
