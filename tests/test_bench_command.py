"""`minigan bench`: what it prints, what it refuses, how it ends."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import command_line
import pytest
from command_line import run

from minigan.bench import run as parent
from minigan.bench.tables import layer_tables, step_table
from minigan.terminal import announced

in_an_empty_folder = command_line.in_an_empty_folder

TINY = ("--steps", "2", "--batch", "4", "--device", "cpu")
STEP_KEYS = (
    *("network", "device", "rule", "draws", "graph", "tf32", "m", "steps", "ms", "spread"),
    *("images_per_s", "gflop", "gflops"),
    *("gemm_gflops", "share", "peak_mb", "threads", "cpu", "minigan", "commit", "python", "numpy"),
    "blas",
)
LAYER_KEYS = (
    *("network", "device", "rule", "draws", "m", "gemm_gflops", "player"),
    *("layer", "shape", "parameters"),
    *("gflop_forward", "gflop_backward", "ms_forward", "ms_backward", "ms", "share"),
)


def rows(*argv: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    status, out, err = run("bench", *argv, *TINY, "--json", capsys=capsys)
    assert (status, err) == (0, "")
    return [json.loads(line) for line in out.splitlines()]


def test_json_is_one_object_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = rows("mlp", capsys=capsys)
    assert tuple(row) == STEP_KEYS
    assert (row["network"], row["device"], row["rule"], row["m"]) == ("mlp", "cpu", "same", 4)
    assert row["draws"] == "host"
    assert 20 < row["peak_mb"] < 200


def test_json_of_layers_is_one_object_a_layer(capsys: pytest.CaptureFixture[str]) -> None:
    found = rows("dcgan-32", "--layers", "--rule", "own", capsys=capsys)
    assert all(tuple(row) == LAYER_KEYS for row in found)
    assert sum(row["share"] for row in found) == pytest.approx(1)
    joined = [row["layer"] for row in found if "UpSampling2D" in row["layer"]]
    assert joined == [
        "UpSampling2D(2×2)",  # a Dropout follows
        "UpSampling2D(2×2) + Conv2D(64 → 1)",
    ]


def test_a_row_says_where_its_numbers_were_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = rows("mlp", "--draws", "device", capsys=capsys)
    assert row["draws"] == "device"
    layer, *_ = rows("mlp", "--layers", "--draws", "device", capsys=capsys)
    assert layer["draws"] == "device"
    with pytest.raises(ValueError, match=r"draws is 'gpu', expected 'host' or 'device'\."):
        parent.bench(["mlp"], device="cpu", draws="gpu")


def test_the_table_of_layers_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run("bench", "mlp", "--layers", *TINY, capsys=capsys)
    assert status == 0
    lines = out.splitlines()
    assert lines[0].startswith("mlp (batch 4, cpu, rule same, draws host): a step takes ")
    sums = [line.split() for line in lines if line.startswith("sum ")]
    total = next(line for line in lines if line.startswith("a step ")).split()
    assert [words[-1][-1] for words in sums] == ["%"] * 3
    shares = [float(words[-1][:-1]) for words in sums]
    assert sum(shares) == pytest.approx(100, abs=0.2)
    assert total[-1] == "100.0%"
    assert total[2] == "1,337,285"  # 693,784 of G and 643,501 of D
    assert "share     of the step" in out


def test_without_a_model_all_five_are_timed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = []
    monkeypatch.setattr(parent, "_in_a_process", lambda job: jobs.append(job) or [])
    assert run("bench", "--device", "cpu", capsys=capsys)[0] == 0
    assert [(job.network, job.m, job.shape) for job in jobs] == [
        ("mlp", 128, (28, 28, 1)),
        ("mlp-batchnorm", 128, (28, 28, 1)),
        ("dcgan", 128, (28, 28, 1)),
        ("dcgan-32", 200, (32, 32, 1)),
        ("dcgan-upsampling", 256, (28, 28, 1)),
    ]
    assert {job.rule for job in jobs} == {"same"}


ROW = dict.fromkeys(STEP_KEYS, 1) | {
    "network": "mlp",
    "rule": "same",
    "draws": "host",
    "ms": 12.345,
    "share": 0.5,
    "peak_mb": None,
    "commit": "abc1234",
    "cpu": "A Processor",
    "blas": "a library",
}


def test_the_table_of_steps_is_printed_as_it_grows() -> None:
    lines = step_table(iter([ROW, ROW | {"network": "dcgan", "peak_mb": 469.6}]))
    assert "minigan 1 (abc1234), Python 1" in next(lines)
    assert next(lines).split()[:4] == ["network", "m", "ms", "spread"]
    cells = ["mlp", "1", "12.35", "1.00", "1", "1.0", "50%", "not", "measured"]
    assert next(lines).split() == cells
    assert next(lines).split()[-1] == "470"
    words = next(lines)
    for column in ("ms", "images/s", "GFLOP/s", "of GEMM", "peak MB"):
        assert f"\n{column}  " in words
    assert 'rule "same", draws "host"' in words


def test_a_layer_that_multiplies_nothing_has_empty_cells() -> None:
    row = dict.fromkeys(LAYER_KEYS) | {"network": "mlp", "gemm_gflops": 10.0}
    ours = {"player": "G", "layer": "ReLU()", "shape": (3,), "parameters": 0, "gflop_forward": 0.0}
    ours |= {"gflop_backward": 0.0, "ms_forward": 1.0, "ms_backward": 2.0, "ms": 3.0, "share": 0.75}
    rest = {"player": None, "layer": "noise", "ms": 1.0, "share": 0.25}
    lines = "\n".join(layer_tables(iter([row | ours, row | rest]))).splitlines()
    cells = {line.split()[0]: line.split()[1:] for line in lines if line}
    assert cells["ReLU()"] == ["3", "0", "1.00", "2.00", "3.00", "75.0%"]
    assert cells["noise"] == ["1.00", "25.0%"]
    assert cells["a"] == ["step", "1.00", "2.00", "4.00", "100.0%"]
    assert "10 here" in lines[-2]


def test_every_model_can_be_timed_by_its_own_rule(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("gaussian-1d", "goodfellow-2014"):
        (row,) = rows(name, "--rule", "own", capsys=capsys)
        assert (row["network"], row["rule"]) == (name, "own")
        assert row["gflop"] > 0


def test_what_fails_in_the_process_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    argv = ("bench", "mlp-batchnorm", "--steps", "1", "--batch", "1", "--device", "cpu")
    status, out, err = run(*argv, capsys=capsys)
    assert (status, out) == (2, "")
    assert err.startswith(
        "minigan bench: mlp-batchnorm, batch 1: BatchNorm(256): x has 1 value per channel"
    )
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("done", "message"),
    [
        ((-9, ""), "mlp: the process that timed it was ended by SIGKILL."),
        ((3, ""), "mlp, batch 128: exit status 3"),
        ((1, "Trace\nMemoryError\n"), "mlp, batch 128: MemoryError"),
    ],
)
def test_a_process_that_ends_early_is_said(
    done: tuple[int, str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = subprocess.CompletedProcess([], done[0], "", done[1])
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: answer)
    status, _, err = run("bench", "mlp", "--device", "cpu", capsys=capsys)
    assert (status, err) == (2, f"minigan bench: {message}\n")


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for the process in /proc")
@pytest.mark.parametrize(
    ("number", "to_all"), [(signal.SIGINT, True), (signal.SIGINT, False), (signal.SIGTERM, False)]
)
def test_ctrl_c_ends_both_processes_in_silence(number: signal.Signals, to_all: bool) -> None:
    # steps that no other test asks for
    mark = f"{100_000 + os.getpid() % 900_000}{number % 10}{to_all:d}0"
    command = [sys.executable, "-m", "minigan", "bench", "mlp", "--device", "cpu", "--steps", mark]
    root = str(Path(parent.__file__).parents[2])
    bench = subprocess.Popen(
        command,
        env=os.environ | {"PYTHONPATH": root},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a group, which a terminal's Ctrl-C reaches as a whole
    )

    def children() -> list[str]:
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes().decode(errors="replace")
            except OSError:
                continue  # it has ended
            if f'"steps": {mark}' in words:
                found.append(words)
        return found

    deadline = time.monotonic() + 60
    while not children():
        assert bench.poll() is None, bench.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.2)
    (os.killpg if to_all else os.kill)(bench.pid, number)
    out, err = bench.communicate(timeout=60)
    assert bench.returncode == 128 + number
    assert out == ""
    assert err == ("minigan bench: stopped by SIGINT\n" if number == signal.SIGINT else "")
    while children():
        assert time.monotonic() < deadline
        time.sleep(0.05)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_what_is_waited_for_and_then_forgets_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())

    def stop() -> None:
        with announced("timing mlp"):
            assert sys.stderr.getvalue() == "timing mlp"
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()
    assert sys.stderr.getvalue() == "timing mlp\r          \r"


def test_a_file_is_not_told_what_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with announced("timing mlp"):
        pass
    assert sys.stderr.getvalue() == ""
    monkeypatch.setattr(sys, "stderr", None)
    with announced("timing mlp"):
        pass
