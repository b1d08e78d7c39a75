"""benchmarks/steps.py: the ways of a step compute the same, and the table is one."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

PATH = Path(__file__).parent.parent / "benchmarks" / "steps.py"


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("steps", PATH)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "steps", module)
    spec.loader.exec_module(module)
    return module


def test_the_ways_of_a_step_give_the_same(steps):
    names = set()
    for group in steps.groups(quick=True):
        first, *others = [way() for way in group.ways.values()]
        for found in others:
            assert found.shape == first.shape
            assert found.dtype == np.float32
            assert abs(found - first).max() < 1e-5 * abs(first).max(), group.name
        names.add(group.name)
    assert len(names) == 7


def test_a_ratio_is_the_time_of_the_way_before_by_its_own(steps):
    now = [0.0]

    def taking(time):
        def way():
            now[0] += time

        return way

    ways = {"slow": taking(6.0), "middle": taking(3.0), "fast": taking(0.5)}
    found = steps.ratios(steps.Group("a step", "", ways, clock=lambda: now[0]), rounds=2)
    assert found == {"middle": [2.0, 2.0], "fast": [6.0, 6.0]}


def test_the_table(steps, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["steps.py", "--quick", "--rounds", "1"])
    steps.main()
    about, _, head, rule, *rows = capsys.readouterr().out.splitlines()
    assert about.startswith("date 20")
    assert "numpy" in about
    assert head.count("|") == rule.count("|") == 7
    assert len(rows) == 10
    for row in rows:
        *_, ratio, limits, _ = (cell.strip() for cell in row.split("|"))
        low, high = limits.split(" … ")
        assert ratio == low == high  # of one round
