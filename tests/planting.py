"""Run tests on a copy of minigan with a bug in it; test_mutants.py does so in a worker.

A worker process runs pytest once for each mutant. Before each run it forgets all modules of minigan
and of the tests, so that they are imported anew, minigan from the copy.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "minigan"


def run_on_copy(tests: list[str], file: str = "", source: str = "") -> tuple[int, str]:
    """Run tests on a copy of the package in which `file` holds `source`: exit status, output."""
    with TemporaryDirectory() as folder:
        shutil.copytree(
            PACKAGE, Path(folder) / "minigan", ignore=shutil.ignore_patterns("__pycache__")
        )
        if file:
            (Path(folder) / "minigan" / file).write_text(source, encoding="utf-8")
        _forget(PACKAGE.name, TESTS)
        sys.path.insert(0, folder)
        output = io.StringIO()
        options = ["-x", "-q", "-o", "addopts=", "--noconftest", "-p", "no:cacheprovider"]
        # With CI=true pytest explains a failed comparison in full: hours, for long lists. Here
        # every failure is wanted, and none is read.
        options += ["--assert=plain"]
        try:
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
                status = pytest.main([*options, *(str(TESTS / test) for test in tests)])
        finally:
            sys.path.remove(folder)
        used = Path(sys.modules[PACKAGE.name].__file__ or "").parent
        if used.parent != Path(folder):
            raise RuntimeError(f"the tests imported {used}, expected the copy in {folder}.")
        return int(status), output.getvalue()


def _forget(package: str, tests: Path) -> None:
    """Drop the package and the test modules from the modules that are loaded, but for this one."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or ""
        if name.partition(".")[0] == package or (Path(file).parent == tests and name != __name__):
            del sys.modules[name]
