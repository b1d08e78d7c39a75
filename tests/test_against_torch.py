"""benchmarks/against_torch.py: turns, ratios and refusals, against a rival that only pretends.

PyTorch and Keras are no dependencies. A fake interpreter stands in for theirs: it answers as their
scripts do, with the milliseconds that the test chooses.
"""

from __future__ import annotations

import gc
import importlib.util
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from oracles import oracle

from minigan.backend import Random
from minigan.models import MODELS

ROOT = Path(__file__).parent.parent
ROOT = Path(__file__).parent.parent
BENCHMARKS = ROOT / "benchmarks"
RIVAL = """
import json, os, sys
sys.path.insert(0, {benchmarks!r})
import serve
script, asked = os.path.basename(sys.argv[1]), json.loads(sys.argv[2])
name = script.partition("_")[0]
ms = {{"torch": 4.0, "keras": 2.0}}[name]
if asked.get("memory_format") == "contiguous_format":
    ms = 1.0
clock = [0.0]
def step():
    clock[0] += ms / 1e3
    open(sys.argv[0] + ".started", "w").close()
serve.time.perf_counter = lambda: clock[0]
about = {{"torch": "2.0"}} if name == "torch" else {{"keras": "3.0", "tensorflow": "2.1"}}
about |= {{"env": sorted(os.environ), "asked": asked}}
serve.serve(step, about=about, peak=lambda: 123.0)
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the fake interpreter is a shell script")


@pytest.fixture
def fake_python(tmp_path: Path) -> str:
    """An interpreter that runs the pretended rival whatever script it is given."""
    (tmp_path / "rival.py").write_text(RIVAL.format(benchmarks=str(BENCHMARKS)))
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{tmp_path}/rival.py" "$@"\n')
    python.chmod(0o755)
    return str(python)


def against(*argv: str, **env: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "against_torch.py"), *argv],
        env=os.environ | env | {"PYTHONPATH": f"{env.get('PYTHONPATH', '')}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


QUICK = ("--rounds", "2", "--seconds", "0.01", "--pause", "0.01", "--threads", "1")


def test_json_rows_hold_ratio_versions_and_machine(fake_python: str) -> None:
    argv = ("mlp-batchnorm", *QUICK, "--json", "--torch-python", fake_python)
    status, out, err = against(
        *argv, "--keras", "--keras-python", fake_python, OPENBLAS_CORETYPE="Haswell"
    )
    assert (status, err) == (0, "")
    torch, keras = map(json.loads, out.splitlines())
    for row, ms, steps in ((torch, 4.0, 2 * 2), (keras, 2.0, 2 * 5)):
        assert row["rival_ms"] == ms
        assert row["ratio"] == pytest.approx(row["minigan_ms"] / ms, rel=0.5)  # medians of medians
        assert row["ratio_low"] <= row["ratio"] <= row["ratio_high"]
        assert row["rounds"] == 2
        assert row["rival_steps"] == steps  # two turns of a hundredth of a second
        assert (row["rival_peak_mb"], row["minigan_peak_mb"] > 20) == (123.0, True)
        assert {"minigan", "commit", "numpy", "python", "blas", "cpu", "threads"} <= row.keys()
        assert "CORETYPE" not in row["blas"]
        assert row["threads"] == 1
    assert (torch["rival"], torch["torch"]) == ("torch", "2.0")
    assert (keras["rival"], keras["keras"], keras["tensorflow"]) == ("keras", "3.0", "2.1")
    assert torch["asked"]["memory_format"] == "channels_last"


def test_threads_and_kernels_are_the_libraries_choice(fake_python: str) -> None:
    side = load("side")
    options = {"asked": {}, "pause": 0.01}
    for threads, found in ((None, 0), (3, len(side.THREADS))):
        with side.Side("torch", "torch_steps.py", fake_python, threads=threads, **options) as one:
            assert os.environ["OPENBLAS_NUM_THREADS"]  # conftest sets it
            assert len({*side.THREADS} & {*one.about["env"]}) == found
            assert "PATH" in one.about["env"]


def test_the_faster_format_counts(fake_python: str) -> None:
    _, out, _ = against("dcgan", *QUICK, "--json", "--torch-python", fake_python)
    row = json.loads(out)
    assert row["asked"]["memory_format"] == "contiguous_format"
    assert row["rival_ms"] == 1.0


def test_the_table_has_a_line_a_rival(fake_python: str) -> None:
    status, out, err = against("mlp", *QUICK, "--torch-python", fake_python)
    assert (status, err) == (0, "")
    *_, head, line = out.splitlines()
    assert head.split() == [
        "network",
        "m",
        "minigan",
        "ms",
        "MB",
        "rival",
        "ms",
        "MB",
        "ratio",
        "range",
    ]
    assert line.split()[:2] == ["mlp", "128"]
    assert line.split()[4:8] == ["torch", "2.0", "4.00", "123"]
    assert "threads" in out


def test_a_turn_begins_with_a_step_that_is_not_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    serve = load("serve")
    clock, seconds, pending = [0.0], iter([9.0, 1.0, 2.0, 9.0, 4.0]), [0.0]
    monkeypatch.setattr(serve, "time", SimpleNamespace(perf_counter=lambda: clock[0]))
    monkeypatch.setattr(sys, "stdin", io.StringIO("2\n1\n"))

    def step() -> None:
        pending[0] = next(seconds)

    def wait() -> None:  # as for a GPU, whose steps take their time after they were asked for
        clock[0] += pending.pop()
        pending.append(0.0)

    try:
        serve.serve(step, about={"torch": "2"}, wait=wait, peak=lambda: None)
    finally:
        gc.enable()
    assert list(map(json.loads, capsys.readouterr().out.splitlines())) == [
        {"torch": "2"},
        {"ms": [1000.0, 2000.0], "peak_mb": None},
        {"ms": [4000.0], "peak_mb": None},
    ]


@pytest.mark.parametrize("to_all", [True, False])
def test_ctrl_c_is_one_line(to_all: bool, fake_python: str, tmp_path: Path) -> None:
    words = ("mlp", *QUICK, "--rounds", "1000000", "--torch-python", fake_python)
    parent = subprocess.Popen(
        [sys.executable, str(BENCHMARKS / "against_torch.py"), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a group, which a terminal's Ctrl-C reaches as a whole
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "rival.py.started").exists():
        assert parent.poll() is None, parent.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (os.killpg if to_all else os.kill)(parent.pid, signal.SIGINT)
    out, err = parent.communicate(timeout=60)
    assert (parent.returncode, out, err) == (130, "", "against_torch: stopped\n")


def load(name: str) -> ModuleType:
    """A file of benchmarks/ as a module."""
    spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


WRONG = {
    "no such network": (("mlpp",), "there is no network 'mlpp'"),
    "no rounds": (
        ("mlp", "--rounds", "0"),
        "argument --rounds: '0' is not an",
    ),
    "no threads": (
        ("mlp", "--threads", "-1"),
        "argument --threads: '-1' is not an",
    ),
    "no time": (("mlp", "--seconds", "nan"), "argument --seconds: 'nan' is not a number above 0"),
    "no such python": (("mlp", "--torch-python", "/no/python"), "torch: /no/python: No such file"),
    "no torch": (("mlp", *QUICK), "cannot import PyTorch (not here): pip install torch"),
    "no keras": (
        ("mlp-batchnorm", *QUICK, "--keras", "--torch-python", "FAKE"),
        "cannot import Keras on TensorFlow (nor here): pip install keras tensorflow",
    ),
    "keras on a gpu": (("mlp", "--device", "cuda", "--keras"), "without --device cuda"),
}


@pytest.mark.parametrize(("argv", "message"), WRONG.values(), ids=WRONG)
def test_refusals_are_one_sentence(
    argv: tuple[str, ...], message: str, tmp_path: Path, fake_python: str
) -> None:
    for name, words in (("torch", "not here"), ("keras", "nor here")):
        (tmp_path / f"{name}.py").write_text(f"raise ImportError({words!r})")
    words = [fake_python if word == "FAKE" else word for word in argv]
    status, out, err = against(*words, PYTHONPATH=str(tmp_path))
    assert status == 2
    assert out == ""
    assert message in err.splitlines()[-1]
    assert "Traceback" not in err


@pytest.mark.oracle("torch")
def test_the_rivals_networks_are_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    oracle("torch")
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    for name, make in load("torch_steps").NETWORKS.items():
        model = MODELS[name]
        ours = model.networks(Random(0), model.padded((28, 28, 1)))
        for layers, net in zip(make(), ours, strict=True):
            theirs = sum(theta.numel() for layer in layers for theta in layer.parameters())
            assert theirs == sum(theta.size for theta in net.params.values()), name
