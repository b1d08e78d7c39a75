"""The command line: what it prints, and how it refuses: one line, exit status 2, no traceback."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from minigan import arguments, gradcheck
from minigan.cli import main
from minigan.models import MODELS
from minigan.objectives import OBJECTIVES
from minigan.rules import RULES
from minigan.training import session
from minigan.training.progress import Progress


def run(*argv: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """The exit status and what was printed."""
    try:
        status = main(argv)
    except SystemExit as stop:  # argparse
        status = int(stop.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("MINIGAN_DATA", raising=False)


SHORT = ("--steps", "4", "--batch", "8", "--data", "digits8x8", "--device", "cpu")


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
    assert arguments.EVERY == session.EVERY
    for option in ("--steps", "--batch", "--seed", "-k", "--rule", "--objective"):
        assert option in text


def test_a_path_in_the_models_place_is_data(capsys: pytest.CaptureFixture[str]) -> None:
    Path("my photos").mkdir()
    _, _, err = run("train", "my photos", capsys=capsys)
    assert err.endswith("is data, expected a model: minigan train --data 'my photos'.\n")


def test_what_is_resumed_is_looked_for_in_a_folder_that_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert str(tmp_path / "r") in run("train", "--resume", "--out", "r", capsys=capsys)[2]
    assert str(tmp_path / "runs") in run("train", "--resume", capsys=capsys)[2]


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


WRONG = {
    "no command": ((), "required"),
    "unknown command": (("trian",), "trian"),
    "unknown model": (("train", "mpl"), "mpl"),
    "data in the model's place": (("train", "mnist"), "--data mnist"),
    "an option that is none": (("train", "--epochs", "5"), "unrecognized arguments: --epochs"),
    "unknown data": (("train", "--data", "mnits"), "mnits"),
    "missing file": (("train", "--data", "no/such.npy"), "no/such.npy"),
    "zero steps": (("train", "--steps", "0"), "integer of 1 or more"),
    "negative batch": (("train", "--batch", "-3"), "integer of 1 or more"),
    "no number": (("train", "--steps", "many"), "many"),
    "batch larger than the data": (("train", "--data", "digits8x8", "--batch", "2000"), "2000"),
    "k for a rule without it": (("train", "mlp", "-k", "3"), "k is 3"),
    "images for a model of vectors": (("train", "gaussian-1d", "--data", "digits8x8"), "vectors"),
    "nothing to resume": (("train", "--resume"), "resume"),
    "sample without a run": (("sample", "runs/none"), "runs/none holds no run"),
    "gradcheck of nothing": (("gradcheck", "Conv7D"), "Conv7D"),
    "a shape that is none": (("summary", "mlp", "--shape", "28x"), "28x"),
    "a shape of two axes": (("summary", "mlp", "--shape", "28x28"), "28x28"),
    "unknown device": (("train", "--device", "tpu"), "tpu"),
    "data that cannot be had": (("data", "get", "imagenet"), "imagenet"),
    "data that needs no download": (("data", "get", "digits8x8"), "mnist and fashion-mnist are"),
    "a shape of a raised digit": (("summary", "mlp", "--shape", "²x2x1"), "is not a shape such as"),
    "export without a folder": (("data", "export", "digits8x8"), "--to"),
    "export of vectors": (("data", "export", "ring", "--to", "here"), "PNG"),
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
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    for argv in (("train", "--resume", "--steps", "9"), ("sample", "runs/mlp")):
        status, _, err = run(*argv, capsys=capsys)
        assert status == 2
        assert "checkpoint.npz" in err
        assert err.count("\n") == 1


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


def test_python_dash_m_and_a_closed_pipe() -> None:
    command = f"{sys.executable} -m minigan models | head -n 1"
    root = str(Path(__file__).parent.parent)
    environment = os.environ | {"PYTHONPATH": root}
    done = subprocess.run(
        command, shell=True, env=environment, capture_output=True, text=True, check=False
    )
    assert "mlp" in done.stdout
    assert "Traceback" not in done.stderr


def test_help_of_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("train", "sample", "summary", "gradcheck", "models", "data", "devices"):
        status, out, _ = run(command, "--help", capsys=capsys)
        assert status == 0
        assert out.startswith("usage: minigan")


ROOT = str(Path(__file__).parent.parent)


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of shell in which `minigan` is this one."""
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(
        ["sh", "-c", command.replace("minigan", f"{sys.executable} -m minigan")],
        env=plain | {"PYTHONPATH": ROOT} | environment,
        capture_output=True,
        check=False,
        timeout=60,
    )


needs_dev_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
TRAIN = "minigan train mlp --data digits8x8 --steps 4 --batch 8 --device cpu"


@needs_dev_full
@pytest.mark.parametrize("command", ["minigan models", TRAIN + " --quiet"])
def test_output_that_cannot_be_written_is_one_line(command: str) -> None:
    done = shell(command + " > /dev/full")
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert done.stderr.endswith(b": No space left on device\n")


@pytest.mark.parametrize(
    "streams", ["2>&-", "<&- >&- 2>&-", pytest.param("2>/dev/full", marks=needs_dev_full)]
)
def test_a_run_does_not_need_anybody_who_reads(streams: str, tmp_path: Path) -> None:
    done = shell(f"{TRAIN} {streams}")
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "runs/mlp/curves.png").is_file()


def test_a_run_whose_progress_nobody_reads_any_more_goes_on(tmp_path: Path) -> None:
    done = shell(f"{TRAIN} --log-every 1 2>&1 >out | true; cat out")
    assert done.stdout.count(b"finished: 4 of 4 steps") == 1


def test_an_encoding_that_lacks_a_sign_prints_a_question_mark() -> None:
    done = shell("minigan summary gaussian-1d", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Dense(1 ? 32)" in done.stdout


def test_a_name_that_is_no_utf8_is_printed_as_it_is() -> None:
    name = b"runs/\xff"
    command = f"{TRAIN} --quiet --out {os.fsdecode(name)}"
    done = shell(command, PYTHONIOENCODING="utf-8:strict")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(name + b" is finished")


def test_a_refused_run_leaves_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    Path("mine").mkdir()
    for out in ((), ("--out", "a/b/c"), ("--out", "mine"), ("--out", "mine/d")):
        assert run("train", "mlp", "-k", "3", *out, capsys=capsys)[0] == 2
    assert [path.name for path in tmp_path.rglob("*")] == ["mine"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_before_the_first_step_leaves_nothing(
    number: int, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "open_data", lambda *args: signal.raise_signal(number))
    before = signal.getsignal(number)
    assert run("train", "mlp", *SHORT, capsys=capsys)[0] == 128 + number
    assert list(tmp_path.iterdir()) == []
    assert signal.getsignal(number) == before


def test_the_second_signal_gives_the_status(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def twice(self: Progress, step: int) -> None:
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(Progress, "step", twice)
    status, _, err = run("train", "mlp", *SHORT, "--quiet", capsys=capsys)
    assert status == 143
    assert err == "minigan train: stopped by SIGTERM\n"
    monkeypatch.undo()
