"""benchmarks/gpu.py without a GPU: its own parts, its tables, what it says where things fail."""

from __future__ import annotations

import importlib
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from conftest import why_no_gpu

ROOT = Path(__file__).parent.parent
BENCHMARKS = ROOT / "benchmarks"
MODULES = ("gpu", "gpu_steps", "gpu_numbers", "gpu_kernels", "gpu_stand_in")


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module; gpu_steps and the others are in its namespace."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in MODULES:
        monkeypatch.delitem(sys.modules, name, raising=False)
    return importlib.import_module("gpu")


def run(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(BENCHMARKS / "gpu.py"), *words],
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not why_no_gpu(), reason="there is a GPU")
def test_without_a_gpu_it_says_so_in_a_line() -> None:
    done = run()
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("gpu: device 'cuda'")
    assert line.endswith("(--cpu runs the script without one)")


WRONG = {
    "no such section": (("--only", "speed"), "invalid choice: 'speed'"),
    "no time": (("--budget", "0"), "argument --budget: '0' is not a number above 0"),
    "no .md": (("--out", "results"), "'results' is not a .md file in a folder that is there"),
    "no folder": (("--out", "none/results.md"), "is not a .md file in a folder that is there"),
}


@pytest.mark.parametrize(("words", "message"), WRONG.values(), ids=WRONG)
def test_refusals(words: tuple[str, ...], message: str) -> None:
    done = run("--cpu", *words)
    assert done.returncode == 2
    assert message in done.stderr.splitlines()[-1]


def test_the_cpus_parts_of_it_fill_every_table(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('not here')")
    out = tmp_path / "results.md"
    done = run("--cpu", "--out", str(out), PYTHONPATH=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert out.read_text() + "\n" == done.stdout
    assert "**Not measured on a GPU**" in done.stdout
    found = json.loads(out.with_suffix(".json").read_text())
    assert {"date", "commit", "minigan", "numpy", "cpu"} <= found["about"].keys()
    sections = found["sections"]
    assert [*sections] == ["numbers", "steps", "kernels"]
    assert [section["error"] for section in sections.values()] == ["", "", ""]
    errors, twice = sections["numbers"]["tables"].values()
    assert len(errors) > 20
    assert {row["as expected"] for row in errors} == {"yes"}
    assert [row["equal bit for bit"] for row in twice] == ["yes"]
    times, bar = sections["steps"]["tables"].values()
    assert times[0]["eager, host draws"] > 0
    assert bar[0]["eager / PyTorch"] is None
    assert any("cannot import PyTorch (not here)" in said for said in sections["steps"]["left_out"])
    copy, *kernels, launches = sections["kernels"]["tables"].values()
    assert copy[0]["GB/s, read and written"] > 0
    assert all(row["µs each"] > 0 for table in kernels for row in table)
    assert [row["launches"] > row["of own kernels"] > 0 for row in launches] == [True, True]


# --- sections -------------------------------------------------------------------------------------


def args_of(gpu: ModuleType, *words: str) -> Any:
    return gpu.parse(["--cpu", *words])


def test_a_section_that_fails_does_not_lose_the_others(
    gpu: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(found: Any, budget: Any, args: Any) -> None:
        found.tables["begun"] = [{"a": 1}]
        sys.exit("the GPU\nfell off")

    def works(found: Any, budget: Any, args: Any) -> None:
        found.tables["done"] = [{"b": 2.0}]

    sections = {"first": (fails, 1.0), "second": (works, 1.0)}
    monkeypatch.setattr(gpu, "SECTIONS", sections)
    assert gpu.main(["--cpu"]) == 1
    out = capsys.readouterr().out
    assert "**This section has failed**: SystemExit at test_gpu_benchmark.py:" in out
    assert "the GPU fell off" in out
    assert "| a |\n|---|\n| 1 |" in out
    assert "| b |\n|---|\n| 2 |" in out


def test_what_there_was_no_time_for_is_said(gpu: ModuleType) -> None:
    assert sum(seconds for _, seconds in gpu.SECTIONS.values()) < 8 * 60
    for name in gpu.SECTIONS:
        found = gpu.run_section(name, args_of(gpu, "--budget", "1e-9"))
        assert found.error == ""
        assert found.left_out
        assert all("no time was left" in what for what in found.left_out)


def test_a_table_has_the_columns_of_its_first_row(gpu: ModuleType) -> None:
    rows = [{"a": 1.23456789, "b": None}, {"b": "x|y", "a": 123456.7}]
    assert [*gpu.table(rows)] == ["| a | b |", "|---|---|", "| 1.235 | – |", "| 123457 | x\\|y |"]
    assert [*gpu.table([])] == ["(nothing)"]


# --- numbers --------------------------------------------------------------------------------------


def test_an_error_is_the_largest_by_the_largest_number(gpu: ModuleType) -> None:
    error = gpu.gpu_numbers.error
    here = {"W": np.array([1.0, -4.0]), "b": np.array([1e-9, 0.0])}
    assert error(here, here) == 0
    assert error(here, here | {"W": np.array([1.0, -4.2])}) == pytest.approx(0.05)
    assert error(here, here | {"b": np.array([0.0, 0.0])}) == pytest.approx(1e-9 / 0.04)
    assert error(here, here | {"b": np.array([np.nan, 0.0])}) == np.inf


def test_bits_that_differ_are_seen(gpu: ModuleType) -> None:
    same = gpu.gpu_numbers.same_bits
    here = {"W": np.array([0.0, 1.0])}
    assert same(here, {"W": np.array([0.0, 1.0])})
    assert not same(here, {"W": np.array([-0.0, 1.0])})


# --- steps ----------------------------------------------------------------------------------------


def side(*turns: float) -> Any:
    return SimpleNamespace(turns=list(turns), about={})


def test_the_bar_is_set_against_the_best_of_each(gpu: ModuleType) -> None:
    sides = {
        "eager, host draws": side(9.0, 9.0, 9.0),
        "eager, device draws": side(3.0, 5.0, 4.0),
        "graph, host draws": side(1.0, 1.0, 1.0),
        "graph, device draws": side(2.0, 2.0, 2.0),
        "PyTorch, channels_last": side(4.0, 4.0, 2.0),
        "PyTorch, contiguous": side(8.0, 8.0, 8.0),
        "PyTorch, compiled": side(2.0, 2.0, 4.0),
    }
    row = gpu.gpu_steps.row_of_bar("mlp", True, sides)
    assert row == {
        "network": "mlp",
        "TF32": "on",
        "eager / PyTorch": statistics.median([3 / 4, 5 / 4, 4 / 2]),
        "eager: range": "0.75 … 2.00",
        "eager: bar": 1.0,
        "eager: is": "MISSED",
        "graph / PyTorch": 1 / 4,
        "graph: range": "0.25 … 0.50",
        "graph: bar": 0.5,
        "graph: is": "met",
        "graph / PyTorch compiled": 1 / 2,
    }
    row = gpu.gpu_steps.row_of_bar("dcgan-32", False, sides)
    assert (row["graph: bar"], row["graph: is"]) == (None, None)  # it has none
    del sides["PyTorch, channels_last"], sides["PyTorch, contiguous"]
    row = gpu.gpu_steps.row_of_bar("mlp", False, sides)
    assert (row["eager / PyTorch"], row["eager: is"]) == (None, None)


def test_a_side_that_cannot_take_part_is_left_out_with_its_reason(gpu: ModuleType) -> None:
    found = gpu.Found({}, [])
    waiting = gpu.gpu_steps.begin(
        ["graph, host draws", "eager, host draws"], "mlp", False, args_of(gpu)
    )
    sides = gpu.gpu_steps.ready(waiting, 60, "mlp", found)
    try:
        assert [*sides] == ["eager, host draws"]
        (said,) = found.left_out
        assert said.startswith("mlp, graph, host draws: ")
        assert "graph" in said.removeprefix("mlp, graph, host draws: ")
    finally:
        gpu.gpu_steps.end(waiting)
    assert sides["eager, host draws"]._process.wait(10) is not None


def test_a_side_that_is_not_ready_is_not_waited_for(gpu: ModuleType, monkeypatch: Any) -> None:
    ended: list[int] = []

    def start(*args: Any) -> Any:
        time.sleep(0.3)
        return SimpleNamespace(end=lambda: ended.append(1))

    monkeypatch.setattr(gpu.gpu_steps, "start", start)
    found, began = gpu.Found({}, []), time.monotonic()
    waiting = gpu.gpu_steps.begin(["PyTorch, compiled"], "mlp", False, args_of(gpu))
    assert gpu.gpu_steps.ready(waiting, 0.01, "mlp", found) == {}
    assert time.monotonic() - began < 0.3
    assert found.left_out == ["mlp, PyTorch, compiled: was not ready after 0 s"]
    gpu.gpu_steps.end(waiting)
    waiting["PyTorch, compiled"].result(10)
    time.sleep(0.1)
    assert ended == [1]  # as soon as it was there


def test_every_side_plays_the_same_network(gpu: ModuleType, monkeypatch: Any) -> None:
    made: dict[str, Any] = {}

    def pretended(name: str, script: str, *python: str, asked: Any, **options: Any) -> Any:
        made[name] = asked | {"script": script, "env": options["env"]}

    monkeypatch.setattr(gpu.gpu_steps, "Side", pretended)
    for name in (*gpu.gpu_steps.MINIGAN, *gpu.gpu_steps.TORCH):
        gpu.gpu_steps.start(name, "dcgan-32", True, gpu.parse([]))
    assert {(a["network"], a["m"], a["side"], a["tf32"], a["device"]) for a in made.values()} == {
        ("dcgan-32", 200, 32, True, "cuda")
    }
    assert made["graph, device draws"]["draws"] == "device"
    assert made["graph, device draws"]["graph"]
    assert made["graph, device draws"]["shape"] == (32, 32, 1)
    assert not made["eager, host draws"]["graph"]
    assert [a["compiled"] for a in made.values() if "compiled" in a] == [False, False, True]


# --- kernels --------------------------------------------------------------------------------------


def test_bytes_are_those_of_each_array_once(gpu: ModuleType, kernels_double: Any) -> None:
    kernels = importlib.import_module("minigan.cuda.kernels")
    x = kernels_double.ones((10,), dtype="float32")
    y, dx = kernels_double.empty_like(x), kernels_double.empty_like(x)
    with gpu.gpu_kernels.watched(gpu.gpu_kernels.on_the_host) as launches:
        kernels.start("elementwise", "relu", 10, y, x)
        kernels.start("elementwise", "relu_backward", 10, dx, x, x)
        kernels.start("elementwise", "relu", 10, y, x)
    relu, backward = launches["elementwise.cu relu"], launches["elementwise.cu relu_backward"]
    assert (relu.count, relu.moved, backward.moved) == (2, 2 * 80, 80)
    assert (y.get() == 1).all()
    rows = gpu.gpu_kernels.rows(launches, copied=1e9)
    by_name = {row["kernel"]: row for row in rows}
    row = by_name["elementwise.cu relu"]
    assert row["µs a step"] == pytest.approx(2 * row["µs each"])
    assert row["of a copy"] == pytest.approx(row["GB/s"])
    assert rows == sorted(rows, key=lambda row: -row["µs a step"])


def test_the_copy_reads_and_writes(gpu: ModuleType, double: Any) -> None:
    def clock(launch: Any) -> float:
        launch()
        return 0.5

    assert gpu.gpu_kernels.copy_rate(double, clock, 4000) == 2 * 4000 / 0.5


def test_a_turn_that_is_waited_for_once(gpu: ModuleType, monkeypatch: Any) -> None:
    serve = importlib.import_module("serve")
    clock, waits = [0.0], []
    monkeypatch.setattr(serve, "time", SimpleNamespace(perf_counter=lambda: clock[0]))

    def step() -> None:
        clock[0] += 1.0

    def wait() -> None:
        waits.append(clock[0])
        clock[0] += 2.0

    assert serve._whole_turn(step, wait, 4) == [1e3 * (4 + 2) / 4] * 4
    assert waits == [4.0]


def test_adam_moves_seven_numbers_for_each_parameter(gpu: ModuleType) -> None:
    nets = [SimpleNamespace(params={"W": np.zeros(n, np.float32)}) for n in (3, 4)]
    game, one = SimpleNamespace(G=nets[0], D=nets[1]), gpu.gpu_kernels.Launches(2, 1.0)
    found = gpu.gpu_kernels.known({"optimizers.cu adam": one}, game)
    assert found["optimizers.cu adam"].moved == 7 * 4 * (3 + 4)
    assert gpu.gpu_kernels.known({}, game) == {}
