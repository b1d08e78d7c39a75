"""How `minigan bench` takes times, and what a row of it says."""

from __future__ import annotations

import dataclasses
import gc
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import Cuda

from minigan.backend import device_of
from minigan.bench import game, machine, measure
from minigan.bench.game import Game, Job
from minigan.bench.layers import layer_rows
from minigan.bench.meter import Key, Meter
from minigan.models import MODELS
from minigan.rules import RULES

ROOT = Path(machine.__file__).parents[2]
JOB = Job("mlp-batchnorm", (28, 28, 1), "cpu", "same", m=8, steps=3, layers=True)


class Clock:
    """A time that only steps move."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(time, "perf_counter", lambda: self.now)


def test_warm_up_is_not_counted_and_nothing_is_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, collecting = Clock(monkeypatch), []
    seconds = iter([9.0, 9.0, 9.0, 1.0, 3.0])

    def step() -> None:
        collecting.append(gc.isenabled())
        clock.now += next(seconds)

    assert measure.step_times(step, lambda: None, 2) == [1.0, 3.0]
    assert collecting == [True, True, True, False, False]
    assert gc.isenabled()
    with pytest.raises(StopIteration):
        measure.step_times(step, lambda: None, 2)
    assert gc.isenabled()


@pytest.mark.parametrize(("seconds", "count"), [(0.001, 200), (0.1, 50), (4.0, 7)])
def test_by_default_five_seconds_of_steps_are_timed(
    seconds: float, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)

    def step() -> None:
        clock.now += seconds

    assert len(measure.step_times(step, lambda: None)) == count


def test_a_pending_device_is_waited_for_at_both_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, pending = Clock(monkeypatch), [5.0]

    def wait() -> None:
        clock.now += sum(pending)
        pending.clear()

    watch = Meter(wait)
    watch.timed(Key("step"), lambda: pending.append(2.0))()
    assert watch.take() == {Key("step"): 2.0}
    assert watch.take() == {}


def test_shares_add_up_and_the_rest_is_what_no_clock_saw() -> None:
    rows = list(layer_rows(JOB))
    assert sum(row["share"] for row in rows) == pytest.approx(1, abs=1e-12)
    whole = sum(row["ms"] for row in rows)
    for row in rows:
        assert row["share"] == pytest.approx(row["ms"] / whole)
        assert row["ms"] > 0
        if row["player"]:
            assert row["ms"] == pytest.approx(row["ms_forward"] + row["ms_backward"])
    assert {tuple(row) for row in rows} == {tuple(rows[0])}
    assert [row["layer"] for row in rows if not row["player"]] == [
        "optimizer of G",
        "optimizer of D",
        "noise",
        "losses, slopes, batches",
    ]
    G, D = MODELS["mlp-batchnorm"].networks(game.Random(0), (28, 28, 1))
    assert [row["layer"] for row in rows if row["player"] == "G"] == list(map(repr, G.layers))
    assert [row["layer"] for row in rows if row["player"] == "D"] == list(map(repr, D.layers))
    assert sum(row["parameters"] or 0 for row in rows) == 1_493_520 + 533_505


def test_layers_count_what_the_step_counts() -> None:
    rows = list(layer_rows(JOB))
    total = sum((row["gflop_forward"] or 0) + (row["gflop_backward"] or 0) for row in rows)
    assert total == pytest.approx(measure.step_gflop(JOB), rel=1e-12)
    dense = next(row for row in rows if row["layer"] == "Dense(784 → 512)")
    assert dense["gflop_forward"] == pytest.approx(3 * 8 * 2 * 784 * 512 / 1e9)  # 2m images, then m
    assert dense["gflop_backward"] == pytest.approx(
        3 * 8 * 2 * 784 * 512 / 1e9
    )  # dW of 2m, dx of m


def test_a_slow_step_does_not_reach_the_layers_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """The middle half: of 8 steps the two fastest and the two slowest are left out."""
    laps = [{Key("forward", "G", 0): float(t)} for t in (5, 1, 2, 3, 4, 6, 7, 1000)]
    watch = Meter(lambda: None)
    monkeypatch.setattr(watch, "take", iter(laps).__next__)

    class Steps:
        def step(self) -> None:
            pass

    def times(step: object, wait: object, steps: object) -> list[float]:
        for _ in laps:
            step()  # type: ignore[operator]
        return [2 * lap[Key("forward", "G", 0)] for lap in laps]

    monkeypatch.setattr("minigan.bench.layers.step_times", times)
    from minigan.bench.layers import _middle_half

    whole, spent = _middle_half(Steps(), watch, None)  # type: ignore[arg-type]
    assert whole == 2 * (3 + 4 + 5 + 6) / 4
    assert spent == {Key("forward", "G", 0): 4.5, Key("rest"): 4.5}


def test_a_row_agrees_with_itself() -> None:
    row = measure.step_row(dataclasses.replace(JOB, layers=False))
    assert row["images_per_s"] == pytest.approx(8 / row["ms"] * 1e3, rel=1e-3)
    assert row["gflops"] == pytest.approx(row["gflop"] / row["ms"] * 1e3, rel=0.02)
    assert row["share"] == pytest.approx(row["gflops"] / row["gemm_gflops"], rel=0.02)
    assert row["steps"] == 3


def test_same_is_one_rule_for_every_network(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {}

    def spy(G, D, opt_G, opt_D, data, noise, **options):  # type: ignore[no-untyped-def]
        said.update(options, opt_G=opt_G, opt_D=opt_D, x=data(4))
        yield 0

    monkeypatch.setitem(RULES, "concatenated", spy)
    for name in ("mlp", "goodfellow-2014"):
        Game(dataclasses.replace(JOB, network=name)).step()
        assert said["fakes"] == "training"
        assert said["objective"].name == "non-saturating"
        for optimizer in (said["opt_G"], said["opt_D"]):
            assert (optimizer.alpha, optimizer.beta1, optimizer.penalty) == (2e-4, 0.5, None)
        assert said["x"].shape == (8, 28, 28, 1)
    Game(dataclasses.replace(JOB, network="mlp", rule="concatenated")).step()
    assert said["opt_G"].penalty is not None  # another rule comes with the model's own optimizers


def test_both_losses_are_read_at_every_tenth_step(monkeypatch: pytest.MonkeyPatch) -> None:
    one, read = Game(JOB), []
    softplus, loss = game.softplus, one.objective.loss
    monkeypatch.setattr(game, "softplus", lambda a: read.append(f"D {one.done}") or softplus(a))
    one.objective = dataclasses.replace(
        one.objective, loss=lambda a: read.append(f"G {one.done}") or loss(a)
    )
    for _ in range(20):
        one.step()
    assert read == ["D 9", "D 9", "G 9", "D 19", "D 19", "G 19"]  # V has two terms


def test_the_step_runs_on_a_gpu(cuda: Cuda) -> None:
    one = Game(dataclasses.replace(JOB, device="cuda"), Meter(lambda: None))
    one.step()
    assert {device_of(theta) for theta in one.G.params.values()} == {"cuda"}


# The machine --------------------------------------------------------------------------------------


def test_the_rate_of_a_product_is_the_best_of_those_after_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ticks = iter([0, 0.25, 1, 3, 4, 4.5, 5, 6])  # 0.25 s, 2 s, 0.5 s, 1 s
    monkeypatch.setattr(time, "perf_counter", lambda: next(ticks))
    assert machine.gemm_gflops(n=100) == 2 * 100**3 / 0.5 / 1e9


def run_python(code: str) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(word) for word in done.stdout.split()]


def test_peak_memory_rises_with_what_is_held_and_does_not_fall() -> None:
    code = """
import numpy as np
from minigan.bench.machine import peak_mb
print(peak_mb())
x = np.ones(200 * 2**17)
print(peak_mb())
del x
print(peak_mb())
"""
    before, during, after = run_python(code)
    assert 199 <= during - before < 230  # Linux counts a process's pages in batches
    assert abs(after - during) < 10  # Linux counts pages in batches


@pytest.mark.skipif(sys.platform != "linux", reason="where a child inherits its parent's ru_maxrss")
def test_peak_memory_is_not_the_parents() -> None:
    code = """
import subprocess, sys
import numpy as np
x = np.ones(400 * 2**17)
child = "from minigan.bench.machine import peak_mb; print(peak_mb())"
subprocess.run([sys.executable, "-c", child], check=True)
"""
    assert run_python(code)[0] < 300


def test_where_nothing_tells_the_memory_it_is_not_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unreadable(path: Path, **options: str) -> str:
        raise FileNotFoundError(path)

    monkeypatch.setattr(Path, "read_text", unreadable)
    monkeypatch.setitem(sys.modules, "resource", None)  # as on Windows
    assert machine.peak_mb() is None


@pytest.mark.parametrize(("platform", "unit"), [("darwin", 1), ("freebsd", 1024)])
def test_ru_maxrss_has_two_units(platform: str, unit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    class Resource:
        RUSAGE_SELF = 0

        @staticmethod
        def getrusage(who: int) -> object:
            return type("Usage", (), {"ru_maxrss": 300 * 2**20 // unit})

    def unreadable(path: Path, **options: str) -> str:
        raise FileNotFoundError(path)

    monkeypatch.setattr(Path, "read_text", unreadable)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setitem(sys.modules, "resource", Resource)
    assert machine.peak_mb() == 300


def test_the_machine_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    row = machine.describe("cpu")
    assert row["numpy"] == np.__version__
    assert row["threads"] >= 1
    assert row["cpu"]
    assert row["blas"].endswith(", OPENBLAS_CORETYPE=Haswell")
    if (ROOT / ".git").exists():
        assert re.fullmatch(r"[0-9a-f]{7,}\+?", row["commit"])


def test_outside_a_checkout_there_is_no_commit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Not even where minigan is installed inside of somebody else's checkout."""
    name = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for words in (("init", "-q"), (*name, "commit", "-q", "--allow-empty", "-m", "theirs")):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True, capture_output=True)
    monkeypatch.setattr(machine, "__file__", str(tmp_path / "site" / "a" / "b" / "machine.py"))
    assert machine.commit() is None
    monkeypatch.setattr(machine, "__file__", str(tmp_path / "a" / "b" / "machine.py"))
    assert machine.commit() is not None
    (tmp_path / ".git" / "HEAD").unlink()  # damaged: git does not know it
    assert machine.commit() is None


def test_work_without_a_layer_has_its_own_clock() -> None:
    watch = Meter(lambda: None)
    Game(JOB, watch).step()
    keys = set(watch.take())
    assert {Key("optimizer", "G"), Key("optimizer", "D"), Key("noise")} <= keys
    assert Key("backward", "D", 1) in keys
