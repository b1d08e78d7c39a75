"""A signal ends a run after its step, with all its files, and the run can go on."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import short_runs
from short_runs import FILES, assert_same_files, files, run

from minigan import checkpoint
from minigan.training import progress, train
from minigan.training.interrupt import Interrupt

small_models, quick_pictures = short_runs.small_models, short_runs.quick_pictures

SCRIPT = """
import sys
from minigan.training import train
run = train("mlp", "digits8x8", m=16, steps=10**6, out="run", sample_every=10**6)
sys.exit(0 if run.signal is None else 128 + run.signal)
"""


@pytest.mark.usefixtures("hangup")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_real_signal_saves_and_the_run_goes_on(number, tmp_path, monkeypatch):
    package = str(Path(progress.__file__).parents[2])
    child = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        env=os.environ | {"PYTHONPATH": package},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    log, deadline = Path("run/log.csv"), time.monotonic() + 60
    while not (log.exists() and log.read_text().count("\n") >= 3):
        assert child.poll() is None, child.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    child.send_signal(number)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 128 + number
    assert "Traceback" not in err
    assert out.rstrip().endswith(f"To go on: minigan train --resume --out {Path('run').resolve()}")
    assert files("run").keys() >= FILES
    step = checkpoint.load("run/checkpoint.npz")[1]["step"]
    assert f"after step {step:,} of 1,000,000" in out

    monkeypatch.undo()  # the child trained the model in its full size
    settings = {"m": 16, "sample_every": 10**6, "progress": False}
    train(steps=step + 20, out=tmp_path / "run", resume=True, progress=False)
    train("mlp", "digits8x8", steps=step + 20, out=tmp_path / "straight", **settings)
    assert_same_files(tmp_path / "run", tmp_path / "straight")


def test_the_first_signal_is_noted_and_the_second_stops_at_once():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with Interrupt() as interrupt:
        signal.raise_signal(signal.SIGTERM)
        assert interrupt.signal == signal.SIGTERM
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_sigint_is_heeded_also_where_a_script_started_the_run_in_the_background():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # what a script's `command &` inherits
    try:
        with Interrupt() as interrupt:
            signal.raise_signal(signal.SIGINT)
            assert interrupt.signal == signal.SIGINT
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_hangup_that_the_shell_ignores_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with Interrupt() as interrupt:
            signal.raise_signal(signal.SIGHUP)
            assert interrupt.signal is None
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_signals_are_left_alone_outside_the_main_thread():
    found = []

    def work():
        with Interrupt():
            found.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.getsignal(signal.SIGTERM)]


def test_an_interrupted_run_ends_after_its_step_with_all_its_pictures(monkeypatch, capsys):
    with monkeypatch.context() as patch:
        patch.setattr(progress.Progress, "step", lambda self, step: _raise_at(step, 33))
        done = run(steps=60, out="a run", progress=True)
    assert (done.step, done.signal) == (33, signal.SIGINT)
    assert files("a run").keys() == FILES | {"samples/step-000000.png", "samples/step-000020.png"}
    out = capsys.readouterr().out
    assert "stopped by Ctrl-C (SIGINT) after step 33 of 60" in out
    assert f"To go on: minigan train --resume --out '{Path('a run').resolve()}'" in out
    run(out="a run", resume=True)
    run(steps=60, out="straight")
    assert_same_files("a run", "straight")


def _raise_at(step, at):
    if step == at:
        signal.raise_signal(signal.SIGINT)
