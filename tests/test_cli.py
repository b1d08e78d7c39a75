"""The command line: what each command does and prints."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import command_line
import numpy as np
import pytest
from command_line import SHORT, run

from minigan import gradcheck
from minigan.commands import train
from minigan.models import MODELS
from minigan.objectives import OBJECTIVES
from minigan.rules import RULES
from minigan.training import session

in_an_empty_folder = command_line.in_an_empty_folder


def test_train_sample_resume(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run("train", "mlp", *SHORT, "--seed", "3", capsys=capsys)
    assert status == 0
    assert "minigan train --resume" in out
    folder = Path("runs/mlp")
    config = json.loads((folder / "config.json").read_text())
    assert (config["seed"], config["steps"], config["m"]) == (3, 4, 8)
    for name in (
        "log.csv",
        "samples.gif",
        "curves.png",
        "checkpoint.npz",
        "samples/step-000004.png",
    ):
        assert (folder / name).is_file(), name

    status, out, _ = run("sample", "runs/mlp", "--count", "9", capsys=capsys)
    assert status == 0
    assert Path(out.split()[-1]).is_file()

    status, out, _ = run("train", "--resume", "--steps", "6", capsys=capsys)
    assert status == 0
    assert "6 of 6" in out


def test_a_second_run_does_not_overwrite_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert run("train", "mlp", *SHORT, capsys=capsys)[0] == 0
    assert Path("runs/mlp-2/checkpoint.npz").is_file()


def test_summary_counts_the_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run("summary", "mlp-batchnorm", capsys=capsys)
    assert status == 0
    # by hand: G 100·256+256 + 256·512+512 + 512·1024+1024 + 1024·784+784, and 2·(256+512+1024)
    # for gamma and beta, as many again not trained; D 784·512+512 + 512·256+256 + 256+1
    assert "total 1,493,520 parameters: 1,489,936 trained, 3,584 not trained" in out
    assert "total 533,505 parameters: 533,505 trained, 0 not trained" in out


@pytest.mark.parametrize("name", MODELS)
def test_summary_json_is_one_object_a_line(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run("summary", name, "--json", capsys=capsys)
    rows = [json.loads(line) for line in out.splitlines()]
    assert (status, err) == (0, "")
    assert {row["network"] for row in rows} == {"G", "D"}
    assert all(row["model"] == name and row["parameters"] >= 0 for row in rows)


def test_summary_of_another_shape(capsys: pytest.CaptureFixture[str]) -> None:
    assert "(32, 32, 3)" in run("summary", "mlp", "--shape", "32x32x3", capsys=capsys)[1]
    assert "Dense(500 → 2)" in run("summary", "mlp", "--shape", "2", capsys=capsys)[1]


def test_gradcheck_of_one_layer(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run("gradcheck", "BatchNorm", "--device", "cpu", capsys=capsys)
    assert status == 0
    assert "gamma" in out
    assert "all right" in out


def test_gradcheck_json(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run("gradcheck", "Dense", "--json", "--device", "cpu", capsys=capsys)
    rows = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert {row["gradient_of"] for row in rows} == {"x", "W", "b"}
    assert all(row["verdict"] == "ok" and row["error"] < 1e-6 for row in rows)


def test_gradcheck_finds_a_wrong_layer(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Wrong(gradcheck.Tanh):
        def backward(self, dy, cache, *, need_dx=True, need_grads=True):
            return -dy, {}

    monkeypatch.setitem(gradcheck.LAYERS, "Tanh", [(lambda rng: Wrong(), (3, 2))])
    status, out, _ = run("gradcheck", "Tanh", "--device", "cpu", capsys=capsys)
    assert status == 1
    assert "WRONG" in out
    assert "Wrong" in out


def test_models_says_what_mlp_cannot_do(capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(run("models", capsys=capsys)[1].split())
    assert MODELS["mlp"].note in text
    assert "D wins" in MODELS["mlp"].note
    assert "one curve" in MODELS["gaussian-1d"].note


def test_the_help_of_train_defines_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    text = run("train", "--help", capsys=capsys)[1]
    for word in ("step", "V", "D(x), D(G(z))", *RULES, *OBJECTIVES):
        assert f"\n  {word}  " in text, word
    assert max(map(len, text.splitlines())) <= 100
    assert train.EVERY == session.EVERY
    for option in ("--steps", "--batch", "--seed", "-k", "--rule", "--objective"):
        assert option in text


def test_the_printed_command_resumes_from_another_folder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = run("train", "mlp", *SHORT, "--out", "it's a run", capsys=capsys)[1]
    command = shlex.split(out.splitlines()[-1].partition(": ")[2])
    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    assert command[0] == "minigan"
    status, out, _ = run(*command[1:], capsys=capsys)
    assert status == 0
    assert "8 of 8 steps" in out
    assert list(tmp_path.joinpath("elsewhere").iterdir()) == []


def test_gradcheck_does_not_call_wrong_what_it_cannot_measure(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Rough(gradcheck.Tanh):
        def forward(self, x, train=True):
            return 1e13 + super().forward(x)[0], x  # the sum keeps three digits of tanh

        def backward(self, dy, cache, *, need_dx=True, need_grads=True):
            return (dy * (1 - np.tanh(cache) ** 2) if need_dx else None), {}

    monkeypatch.setitem(gradcheck.LAYERS, "Tanh", [(lambda rng: Rough(), (3, 2))])
    check = ("gradcheck", "Tanh", "--device", "cpu")
    status, out, _ = run(*check, capsys=capsys)
    assert status == 1
    assert "Tanh: NO VERDICT: Rough() in training: no verdict on x[" in out
    assert out.endswith(": 1 no verdict\n")
    status, out, _ = run(*check, "--json", capsys=capsys)
    assert (status, json.loads(out)["verdict"]) == (1, "no verdict")


def test_lists(capsys: pytest.CaptureFixture[str]) -> None:
    assert all(name in run("models", capsys=capsys)[1] for name in MODELS)
    listed = run("data", capsys=capsys)[1]
    assert all(name in listed for name in ("mnist12k", "digits8x8", "fashion-mnist", "ring"))
    status, out, _ = run("devices", "--json", capsys=capsys)
    rows = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert rows[0]["device"] == "cpu"
    assert rows[0]["works"] is True


def test_export_writes_what_train_reads(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("data", "export", "digits8x8", "--to", "digits", capsys=capsys)[0] == 0
    argv = ("train", "mlp", "--data", "digits/train.csv", "--steps", "2", "--quiet")
    assert run(*argv, capsys=capsys)[0] == 0


def test_a_run_finds_its_data_from_another_folder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("data", "export", "digits8x8", "--to", "digits", capsys=capsys)[0] == 0
    argv = ("train", "mlp", "--data", "digits/train.csv", "--images", "digits/Images/train")
    assert run(*argv, "--steps", "2", "--quiet", capsys=capsys)[0] == 0
    monkeypatch.chdir("digits")
    argv = ("train", "--resume", "--out", "../runs/mlp", "--steps", "4", "--quiet")
    assert run(*argv, "--data", "train.csv", capsys=capsys)[0] == 0


def test_own_vectors_train_and_sample_in_their_units(capsys: pytest.CaptureFixture[str]) -> None:
    numbers = np.random.default_rng(0).normal([100.0, -5.0], [20.0, 0.1], (300, 2))
    np.save("joints.npy", numbers.astype(np.float32))
    argv = ("train", "mlp", "--data", "joints.npy", "--steps", "2", "--batch", "32", "--quiet")
    assert run(*argv, capsys=capsys)[0] == 0
    argv = ("sample", "runs/mlp", "--count", "500", "--out", "samples.npy")
    assert run(*argv, capsys=capsys)[0] == 0
    samples = np.load("samples.npy")
    assert samples.shape == (500, 2)
    assert np.abs(samples.mean(0) - [100, -5]).max() < 60  # in data's units, not standardised


def test_help_of_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    for command in (
        "train",
        "sample",
        "doctor",
        "summary",
        "gradcheck",
        "bench",
        "models",
        "data",
        "devices",
    ):
        status, out, _ = run(command, "--help", capsys=capsys)
        assert status == 0
        assert out.startswith("usage: minigan")
