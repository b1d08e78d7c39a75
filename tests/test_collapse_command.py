"""`minigan collapse` as a process among its processes: JSON, Ctrl-C, SIGTERM, SIGKILL."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

import collapse_games
import pytest
from collapse_games import lines

in_an_empty_folder = collapse_games.in_an_empty_folder


COMMAND = [sys.executable, "-m", "minigan", "collapse", "ring", "--rows", "minimax", "--out", "out"]


def start(*words: str) -> subprocess.Popen[str]:
    path = str(Path(__file__).parent.parent)
    return subprocess.Popen(
        [*COMMAND, *words],
        env=os.environ | {"PYTHONPATH": path},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_all_processes_and_keeps_what_is_finished(
    number: signal.Signals, status: int
) -> None:
    process = start("--seeds", "500", "--steps", "10", "--jobs", "2")
    while not Path("out/results.csv").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == status, err
    assert out == ""
    assert "Traceback" not in err
    assert "games are kept in out, from where the same command goes on" in err
    kept = len(lines())
    assert 0 < kept < 500
    assert f"{kept} of 500 games" in err or f"{kept - 1} of 500 games" in err
    assert len(list(Path("out/samples").glob("*.npy"))) in (kept, kept + 1)
    assert not list(Path("out").rglob(".*.tmp"))


def test_json_on_the_command_line_with_two_processes() -> None:
    process = start("--seeds", "2", "--steps", "3", "--jobs", "2", "--json")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    first, perfect = map(json.loads, out.splitlines())
    assert first["row"] == "minimax"
    assert list(first) == [
        *("data", "protocol", "steps", "row", "seeds", "modes", "modes_error"),
        *("high_quality", "high_quality_error", "reverse_kl", "reverse_kl_error", "reported"),
    ]
    assert (first["data"], first["protocol"], first["steps"]) == ("ring", "quick", 3)
    values = [float(line["reverse_kl"]) for line in lines()]
    assert first["reverse_kl"] == pytest.approx(statistics.fmean(values))
    assert first["reverse_kl_error"] == pytest.approx(abs(values[0] - values[1]) / 2)
    assert perfect["row"] == "perfect sampler"
    assert perfect["high_quality"] == pytest.approx(0.9889, abs=1e-3)
    assert "2 games to play; about " in err
    assert " seconds, 2 at a time" in err


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs /proc to look at processes")
def test_processes_do_not_outlive_one_that_was_killed() -> None:
    process = start("--seeds", "4", "--steps", "100000", "--jobs", "2")
    children = two_workers(process)
    time.sleep(2)  # they are importing, then playing
    process.kill()
    process.communicate(timeout=60)
    end = time.monotonic() + 30
    while any(alive(pid) for pid in children):
        assert time.monotonic() < end, children
        time.sleep(0.1)


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs /proc to look at processes")
def test_a_process_of_the_pool_that_is_killed_is_said_in_one_line() -> None:
    process = start("--seeds", "4", "--steps", "100000", "--jobs", "2", "--quiet")
    os.kill(two_workers(process).pop(), signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert out == ""
    assert err.startswith("minigan collapse: a process that played a game was ended from outside")
    assert err.count("\n") == 1


def two_workers(process: subprocess.Popen[str]) -> set[int]:
    """The two processes of the pool, as soon as they are there."""
    while len(found := workers(process.pid)) < 2:
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    return found


def workers(parent: int) -> set[int]:
    """The processes of the pool: the children that were spawned, but for the resource tracker."""
    found = set()
    for task in Path(f"/proc/{parent}/task").iterdir():
        for pid in (task / "children").read_text().split():
            if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(int(pid))
    return found


def alive(pid: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
