"""`minigan train classifier`: what it says, what it leaves, how it is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import command_line
import pytest
from command_line import run
from small_classifier import digits

import minigan
from minigan.commands import train_classifier as command
from minigan.evaluation.features import load
from minigan.training import classifier as training

in_an_empty_folder = command_line.in_an_empty_folder
SHORT = ("train", "classifier", "--data", "digits.npz", "--batch", "30", "--device", "cpu")


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
    assert f"passes over its data (default {command.EPOCHS})" in " ".join(text.split())
    assert command.EPOCHS == training.EPOCHS


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_real_signal_ends_it_and_nothing_is_left(number: signal.Signals) -> None:
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
    child.send_signal(number)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 128 + number
    assert "Traceback" not in err
    assert [path.name for path in Path().iterdir()] == ["digits.npz"]
