"""How the command line refuses: one line, exit status 2, no traceback, nothing left behind."""

from __future__ import annotations

import json
from pathlib import Path

import command_line
import pytest
from command_line import SHORT, run
from short_runs import flip_a_bit

in_an_empty_folder = command_line.in_an_empty_folder


def test_a_path_in_the_models_place_is_data(capsys: pytest.CaptureFixture[str]) -> None:
    Path("my photos").mkdir()
    _, _, err = run("train", "my photos", capsys=capsys)
    assert err.endswith("is data, expected a model: minigan train --data 'my photos'.\n")


def test_what_is_resumed_is_looked_for_in_a_folder_that_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert str(tmp_path / "r") in run("train", "--resume", "--out", "r", capsys=capsys)[2]
    assert str(tmp_path / "runs") in run("train", "--resume", capsys=capsys)[2]


WRONG = {
    "no command": ((), "required"),
    "unknown command": (("trian",), "trian"),
    "unknown model": (("train", "mpl"), "mpl"),
    "data in the model's place": (("train", "mnist"), "--data mnist"),
    "an option that is none": (("train", "--width", "5"), "unrecognized arguments: --width"),
    "epochs of a GAN": (("train", "mlp", "--epochs", "5"), "trains for a number of --steps"),
    "a classifier of points": (("train", "classifier", "--data", "ring"), "ring: a classifier"),
    "a classifier untested": (("train", "classifier", "--data", "digits8x8"), "no part 'test'"),
    "a classifier's steps": (("train", "classifier", "--steps", "5"), "--steps means nothing"),
    "a classifier's k": (("train", "classifier", "-k", "5"), "-k means nothing"),
    "a classifier's l1 of 0": (("train", "classifier", "--l1", "0"), "--l1 means nothing"),
    "a classifier resumed": (("train", "classifier", "--resume"), "holds no classifier whose"),
    "a classifier in no passes": (("train", "classifier", "--epochs", "0"), "integer from 1 to"),
    "unknown data": (("train", "--data", "mnits"), "mnits"),
    "missing file": (("train", "--data", "no/such.npy"), "no/such.npy"),
    "zero steps": (("train", "--steps", "0"), "integer from 1 to"),
    "negative batch": (("train", "--batch", "-3"), "integer from 1 to"),
    "no number": (("train", "--steps", "many"), "many"),
    "batch larger than the data": (("train", "--data", "digits8x8", "--batch", "2000"), "2000"),
    "k for a rule without it": (("train", "mlp", "-k", "3"), "k is 3"),
    "images for a model of vectors": (("train", "gaussian-1d", "--data", "digits8x8"), "vectors"),
    "nothing to resume": (("train", "--resume"), "resume"),
    "sample without a run": (("sample", "runs/none"), "runs/none holds no run"),
    "gradcheck of nothing": (("gradcheck", "Conv7D"), "Conv7D"),
    "bench of nothing": (("bench", "dcgna"), "dcgna"),
    "bench by no rule": (("bench", "mlp", "--rule", "mine"), "mine"),
    "bench of no steps": (("bench", "mlp", "--steps", "0"), "integer from 1 to"),
    "a shape that is none": (("summary", "mlp", "--shape", "28x"), "28x"),
    "a shape of two axes": (("summary", "mlp", "--shape", "28x28"), "28x28"),
    "unknown device": (("train", "--device", "tpu"), "tpu"),
    "data that cannot be had": (("data", "get", "imagenet"), "imagenet"),
    "data that needs no download": (("data", "get", "digits8x8"), "mnist and fashion-mnist are"),
    "a shape of a raised digit": (("summary", "mlp", "--shape", "²x2x1"), "is not a shape such as"),
    "export without a folder": (("data", "export", "digits8x8"), "--to"),
    "export of vectors": (("data", "export", "ring", "--to", "here"), "PNG"),
    "collapse of nothing": (("collapse", "circle"), "circle"),
    "collapse of no seeds": (("collapse", "ring", "--seeds", "0"), "integer from 1 to"),
    "collapse of a row that is none": (("collapse", "grid", "--rows", "maximin"), "maximin"),
    "resize of what has a size": (("train", "--data", "digits8x8", "--resize", "9"), "resize"),
}


@pytest.mark.parametrize(("argv", "names"), WRONG.values(), ids=WRONG)
def test_wrong_words_are_one_line_and_status_2(
    argv: tuple[str, ...], names: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, out, err = run(*argv, capsys=capsys)
    assert status == 2
    assert out == ""
    assert err.count("\n") == 1
    assert names in err
    assert list(tmp_path.rglob("*.npz")) == []


def test_cuda_that_is_not_there_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run("devices", "--json", capsys=capsys)
    if any(row["works"] for row in map(json.loads, out.splitlines()) if row["device"] == "cuda"):
        pytest.skip("a GPU works here")
    status, _, err = run("train", *SHORT[:-1], "cuda", capsys=capsys)
    assert status == 2
    assert err.startswith("minigan train: device 'cuda'")
    assert err.count("\n") == 1


def test_a_damaged_checkpoint_is_never_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("train", "mlp", *SHORT, capsys=capsys)[0] == 0
    path = Path("runs/mlp/checkpoint.npz")
    flip_a_bit(path)
    for argv in (("train", "--resume", "--steps", "9"), ("sample", "runs/mlp")):
        status, _, err = run(*argv, capsys=capsys)
        assert status == 2
        assert "checkpoint.npz" in err
        assert err.count("\n") == 1


def test_a_refused_run_leaves_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    Path("mine").mkdir()
    for out in ((), ("--out", "a/b/c"), ("--out", "mine"), ("--out", "mine/d")):
        assert run("train", "mlp", "-k", "3", *out, capsys=capsys)[0] == 2
    assert [path.name for path in tmp_path.rglob("*")] == ["mine"]
