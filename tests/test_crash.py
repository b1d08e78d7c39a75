"""A run that is killed at any moment, or whose disk fails, goes on to the same bytes.

crash_ends.py kills the runs and looks at what is left. By default a run of a few steps is killed at
each of its calls that change files, and some at random moments; `-m long` kills more kinds of runs,
a hundred times each, at moments from a seed that is printed.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import crash_points
import pytest

from minigan.files import replacing

if not hasattr(os, "fork"):
    pytest.skip("no fork on this system", allow_module_level=True)

TESTS = Path(__file__).parent
MEMORY = "/dev/shm"  # what a killed process has written stays, on whatever kind of disk


def ends(*words: object) -> dict[str, object]:
    """What crash_ends.py finds."""
    done = subprocess.run(
        [sys.executable, str(TESTS / "crash_ends.py"), *map(str, words)],
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join(sys.path)}
        | ({"TMPDIR": MEMORY} if os.access(MEMORY, os.W_OK) else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def later(*values: object) -> object:
    """Values of a test that runs by `-m long`."""
    return pytest.param(*values, marks=pytest.mark.long)


SCENES = ("digits", "dropout", "evaluated", "classifier", "collapse")


@pytest.mark.parametrize(
    "scene", ["evaluated", "classifier", "collapse", later("digits"), later("dropout")]
)
def test_killed_at_any_call_it_goes_on_to_the_same_bytes(scene: str, record_property: Any) -> None:
    found = ends(scene, "at-every-point")
    assert found["wrong"] == []
    assert found["ends"] >= 40
    record_property("cases", found["ends"])


@pytest.mark.parametrize("scene", ["longer", "classifier"])
def test_killed_at_random_moments_it_goes_on_to_the_same_bytes(
    scene: str, record_property: Any
) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    found = ends(scene, "at-random-moments", 6, seed)
    assert (found["ends"], found["wrong"]) == (6, [])
    record_property("cases", found["ends"])


@pytest.mark.long
@pytest.mark.parametrize("scene", ["longer", *SCENES])
def test_killed_a_hundred_times_at_random_moments_it_goes_on_to_the_same_bytes(
    scene: str, record_property: Any
) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    found = ends(scene, "at-random-moments", 100, seed)
    assert (found["ends"], found["wrong"]) == (100, [])
    record_property("cases", found["ends"])


@pytest.mark.parametrize(
    ("scene", "how"),
    [
        later("digits", "full"),
        ("evaluated", "limited"),
        ("collapse", "limited"),
        later("digits", "limited"),
        later("classifier", "limited"),
        *(later(scene, "full") for scene in SCENES[1:]),
        *(later(scene, how) for scene in SCENES for how in ("read_only", "broken")),
    ],
)
def test_a_disk_that_fails_is_one_line_and_loses_nothing(
    scene: str, how: str, record_property: Any
) -> None:
    found = ends(scene, how)
    assert found["wrong"] == []
    assert found["ends"] >= 17
    record_property("cases", found["ends"])


def test_content_is_on_the_disk_before_its_name_is(tmp_path: Path) -> None:
    calls: list[tuple[str, str]] = []
    with (
        crash_points.watched(lambda call, file: calls.append((call, os.path.basename(file)))),
        replacing(tmp_path / "log.csv") as temporary,
    ):
        temporary.write_bytes(b"step")
    assert [call for call in calls if call[0] in ("half", "fsync", "replace")] == [
        ("half", ".log.csv.tmp"),
        ("fsync", ".log.csv.tmp"),
        ("replace", ".log.csv.tmp"),
        ("fsync", tmp_path.name),
    ]
