"""Games of a moment for the tests of the collapse table, and the file that it keeps."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from minigan.collapse.protocol import SMALL
from minigan.collapse.rows import ROWS

TINY = replace(SMALL, width=6, depth=2, units=4, pieces=2, depth_D=1, m=8, steps=5)
PLAIN = ROWS["non-saturating"]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Smaller networks for `collapse`; not for the processes that it starts."""
    monkeypatch.setattr("minigan.collapse.run.QUICK", {"ring": TINY, "grid": TINY})


def lines() -> list[dict[str, str]]:
    """What stands in out/results.csv."""
    with open("out/results.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def without_seconds() -> list[dict[str, str]]:
    return [{k: v for k, v in line.items() if k != "seconds"} for line in lines()]
