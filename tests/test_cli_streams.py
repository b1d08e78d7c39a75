"""The command line with closed, full and odd streams, and under signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import command_line
import pytest
from command_line import SHORT, run
from small_classifier import digits

import minigan
from minigan.training import session
from minigan.training.progress import Progress

in_an_empty_folder = command_line.in_an_empty_folder
ROOT = str(Path(minigan.__file__).parents[1])


def test_python_dash_m_and_a_closed_pipe() -> None:
    command = f"{sys.executable} -m minigan models | head -n 1"
    environment = os.environ | {"PYTHONPATH": ROOT}
    done = subprocess.run(
        command, shell=True, env=environment, capture_output=True, text=True, check=False
    )
    assert "mlp" in done.stdout
    assert "Traceback" not in done.stderr


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


CLASSIFIER = "minigan train classifier --data digits.npz --epochs 2 --batch 30 --device cpu"


@pytest.mark.parametrize(
    ("command", "file"),
    [(TRAIN, "runs/mlp/film.html"), (CLASSIFIER, "runs/classifier/classifier.npz")],
)
def test_a_run_whose_output_nobody_reads_is_played_to_its_end(command: str, file: str) -> None:
    digits()
    done = shell(f"({command}; echo $? >&2) | true")
    assert done.stderr.splitlines()[-1] == b"141"  # as a shell says of SIGPIPE
    assert b"Traceback" not in done.stderr
    assert Path(file).is_file()


def test_a_classifier_does_not_need_a_terminal() -> None:
    digits()
    done = shell(f"{CLASSIFIER} <&- >&- 2>&-")
    assert (done.returncode, done.stderr) == (0, b"")


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


@pytest.mark.usefixtures("hangup")
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
