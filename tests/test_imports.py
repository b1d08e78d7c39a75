"""Imports go one way: what surrounds the math imports the math, never the other way round."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "minigan"
AROUND = {
    "arguments",
    "bench",
    "cli",
    "collapse",
    "commands",
    "data",
    "doctor",
    "evaluation",
    "page",
    "pictures",
    "plane_picture",
    "plots",
    "training",
}
CORE = sorted(p for p in PACKAGE.glob("*.py") if p.stem not in AROUND | {"__main__"})
SLOW = {"matplotlib", "PIL", "tqdm"}


def imported(source: str) -> Iterator[str]:
    """Each module that the source imports, wherever in it: minigan.data.idx, numpy, …."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def outward(source: str) -> list[str]:
    """The imports that the core may not have."""
    parts = [name.split(".") for name in imported(source)]
    return [
        ".".join(part)
        for part in parts
        if part[0] in SLOW or (part[0] == "minigan" and part[1:2] and part[1] in AROUND)
    ]


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.name)
def test_the_core_imports_nothing_that_surrounds_it(path: Path) -> None:
    assert outward(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", ["data", "pictures.py", "plots.py", "page.py"])
def test_data_and_plots_know_nothing_of_runs(name: str) -> None:
    files = [PACKAGE / name] if name.endswith(".py") else sorted((PACKAGE / name).glob("*.py"))
    for path in files:
        modules = list(imported(path.read_text(encoding="utf-8")))
        assert not [m for m in modules if m.startswith(("minigan.training", "minigan.cli"))], path


@pytest.mark.parametrize(
    "line",
    [
        "import minigan.data",
        "from minigan.data import load",
        "from minigan import plots",
        "from minigan.bench.flops import multiply_adds",
        "from minigan.training.run import train",
        "def f():\n    from matplotlib.figure import Figure",
        "import PIL.Image",
    ],
)
def test_a_planted_import_is_found(line: str) -> None:
    assert len(outward(line)) == 1
    assert outward("from minigan.dense import Dense\nimport numpy as np") == []


def test_import_minigan_waits_for_no_drawing_library() -> None:
    code = "import sys, minigan; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    )
    assert "minigan" in done.stdout.split()
    assert SLOW & set(done.stdout.split()) == set()
