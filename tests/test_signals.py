"""Signals at any moment of the program: exit status 130 or 143, at once, and no traceback."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import command_line
import pytest
import small_classifier
from command_line import SHORT, run

import minigan
from minigan import checkpoint
from minigan.terminal import terminable
from minigan.training import run as training

in_an_empty_folder = command_line.in_an_empty_folder
ROOT = str(Path(minigan.__file__).parents[1])
LATER = pytest.mark.long
BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


def started(*words: str, before: str = "") -> subprocess.Popen[str]:
    """`python -m minigan` in a process, whose imports find the folder `before` first."""
    path = os.pathsep.join(filter(None, [before, ROOT]))
    return subprocess.Popen(
        [sys.executable, "-m", "minigan", *words],
        env=os.environ | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@BOTH
@pytest.mark.parametrize("module", ["numpy", "tqdm"])
def test_a_signal_during_the_imports(number: int, module: str) -> None:
    Path("first").mkdir()
    Path("first", f"{module}.py").write_text(
        f"import os, time\nos.kill(os.getpid(), {int(number)})\ntime.sleep(90)\n"
    )
    child = started("train", "--out", "run", before="first")
    assert child.communicate(timeout=60) == ("", "")
    assert child.returncode == 128 + number
    assert not Path("run").exists()


@BOTH
def test_a_signal_when_all_is_done(number: int) -> None:
    Path("first").mkdir()
    Path("first/sitecustomize.py").write_text(
        f"import atexit, os\natexit.register(lambda: os.kill(os.getpid(), {int(number)}))\n"
    )
    child = started("models", before="first")
    out, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (128 + number, "")
    assert "goodfellow-2014" in out


def test_another_program_that_imports_minigan_keeps_its_signals() -> None:
    code = "import signal; a = [*map(signal.getsignal, (2, 15))]; import minigan; "
    code += "raise SystemExit(a != [*map(signal.getsignal, (2, 15))])"
    child = subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": ROOT})
    assert child.returncode == 0


@BOTH
def test_a_signal_while_the_last_pictures_are_drawn(
    number: signal.Signals, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(path: Path, log: object, objective: str) -> None:
        signal.raise_signal(number)
        path.write_text("drawn")

    monkeypatch.setattr(training, "write_curves", draw)
    status, out, err = run("train", "mlp", *SHORT, capsys=capsys)
    assert status == 128 + number
    assert "runs/mlp is finished: 4 of 4 steps" in out
    assert "Traceback" not in err
    assert Path("runs/mlp/film.html").is_file()


def test_handlers_of_others_are_left_alone_and_put_back() -> None:
    def mine(*_: object) -> None: ...

    before = signal.signal(signal.SIGTERM, mine)
    try:
        with terminable():
            assert signal.getsignal(signal.SIGTERM) is mine
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with pytest.raises(SystemExit), terminable():
            signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)


COMMANDS = {
    "train": "train mlp --data digits8x8 --out run",
    "classifier": "train classifier --data digits.npz --epochs 1000 --batch 30 --out run",
    "collapse": "collapse ring --jobs 2 --out run",
    "evaluated": "train gaussian-1d --evaluate-every 1 --steps 100000 --out run",
    "gradcheck": "gradcheck",
    "bench": "bench dcgan",
}


def taken_over(child: subprocess.Popen[str], number: int) -> bool:
    """Whether the child has begun to answer a signal itself: Python alone leaves SIGTERM alone."""
    status = Path(f"/proc/{child.pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here")
@pytest.mark.parametrize(
    "name",
    [*("train", "classifier", "collapse"), *(pytest.param(n, marks=LATER) for n in COMMANDS)],
)
def test_a_signal_at_a_random_moment(name: str) -> None:
    small_classifier.digits()
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    rng = random.Random(seed)
    number, delay = rng.choice([signal.SIGINT, signal.SIGTERM]), rng.uniform(0, 2.5)
    child = started(*COMMANDS[name].split(), "--device", "cpu")
    while not taken_over(child, signal.SIGTERM):
        time.sleep(0.01)
    time.sleep(delay)
    began = time.monotonic()
    child.send_signal(number)
    _, err = child.communicate(timeout=30)
    assert time.monotonic() - began < 10
    assert child.returncode == 128 + number, err
    assert "Traceback" not in err
    for file in Path("run").glob("*.npz"):
        checkpoint.load(file)
    assert list(Path().rglob("*.tmp")) == []
