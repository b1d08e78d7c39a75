"""Run tests on a copy of minigan with a bug in it; test_mutants.py does so in a worker.

A worker has one copy of the package, whose modules are compiled once, and kept under the hashes of
their sources: Python compiles anew what a bug has changed, and nothing else. Each run is a child of
the worker and begins where the worker stands, with NumPy, pytest and what else the tests import
already there, but nothing of minigan and of the tests themselves. It cannot change anything for
the runs after it, and it can be stopped. Where a system cannot fork, the worker itself runs the
tests, and nothing stops them.
"""

from __future__ import annotations

import compileall
import contextlib
import gc
import io
import math
import multiprocessing
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from multiprocessing.connection import Connection
from pathlib import Path
from py_compile import PycInvalidationMode
from tempfile import TemporaryDirectory
from typing import NamedTuple

import hypothesis
import pytest

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "minigan"
STOPPED = -1  # the exit status of a run that took too long, or died
OPTIONS = ["-x", "-q", "-o", "addopts=", "-p", "no:cacheprovider"]
# With CI=true pytest explains a failed comparison in full: hours, for long lists. Here every
# failure is wanted, and none is read.
OPTIONS += ["--assert=plain", "--hypothesis-profile=planted"]

# The first example that fails is enough, the same ones come every time, and none is kept.
hypothesis.settings.register_profile(
    "planted",
    derandomize=True,
    database=None,
    deadline=None,
    phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
    report_multiple_bugs=False,
)


class Run(NamedTuple):
    """What became of a run."""

    status: int  # pytest's, or STOPPED
    output: str
    failed: str = ""  # the test that failed
    seconds: float = 0.0  # of the processor


class _Failures:
    """A plugin of pytest's: the names of the tests that fail, as pytest takes them."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            path, *inside = report.nodeid.split("::")
            self.names.append("::".join([path.rpartition("/")[2], *inside]))


def run_on_copy(
    tests: list[str],
    file: str = "",
    source: str = "",
    timeout: float | None = None,
    conftest: bool = False,
) -> Run:
    """Run tests on a copy of the package in which `file` holds `source`.

    STOPPED is the status of a run of more than `timeout` seconds, and of one that died. The seconds
    are the processor's, or ten of the clock for each: what else a machine does must not decide.
    Tests that need conftest.py must ask for it.
    """
    folder = Path(_folder().name)
    planted = _holding(folder / PACKAGE.name / file, source) if file else contextlib.nullcontext()
    with planted, TemporaryDirectory(dir=folder) as basetemp:
        options = [f"--basetemp={basetemp}", *([] if conftest else ["--noconftest"])]
        run = partial(_run, tests, options)
        if "fork" not in multiprocessing.get_all_start_methods():
            return run()
        return _in_a_child(run, timeout)


def warm_up(tests: list[str]) -> None:
    """Import what these tests import: each run begins with it."""
    _folder()
    _pytest(tests, ["--collect-only", "--noconftest"])
    _forget()
    gc.collect()
    gc.freeze()  # children need not look at all this when they collect


@cache
def _folder() -> TemporaryDirectory[str]:
    """The folder of this process's copy of the package, whose modules are compiled."""
    folder = TemporaryDirectory()
    target = Path(folder.name) / PACKAGE.name
    shutil.copytree(PACKAGE, target, ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(target, quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
    return folder


@contextlib.contextmanager
def _holding(path: Path, source: str) -> Iterator[None]:
    before = path.read_bytes()
    path.write_text(source, encoding="utf-8")
    try:
        yield
    finally:
        path.write_bytes(before)


def _in_a_child(run: Callable[[], Run], timeout: float | None) -> Run:
    """What `run` returns, in a child of this process, which is stopped with all that it started."""
    receive, send = multiprocessing.Pipe(duplex=False)
    # Ctrl-C has to wait until the child is known: else nobody would stop it.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    child = multiprocessing.get_context("fork").Process(
        target=_send, args=(run, send, timeout, mask)
    )
    child.start()
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        send.close()
        if not receive.poll(timeout and 10 * timeout):
            return Run(STOPPED, f"stopped after {timeout} s")
        return receive.recv()
    except EOFError:
        child.join()
        return Run(STOPPED, f"the process died: exit status {child.exitcode}")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.kill()  # where it has no group yet
        child.join()
        receive.close()


def _send(run: Callable[[], Run], send: Connection, timeout: float | None, mask: set[int]) -> None:
    import resource  # where one can fork

    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    os.setpgid(0, 0)  # a group of its own: it ends with its children
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no file of what died
    if timeout is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(timeout), resource.RLIM_INFINITY))
    sys.dont_write_bytecode = True  # the next run has another bug
    send.send(run()._replace(seconds=time.process_time()))


def _run(tests: list[str], options: list[str]) -> Run:
    _forget()
    result = _pytest(tests, options)
    used = getattr(sys.modules.get(PACKAGE.name), "__file__", None)
    if used and Path(used).parents[1] != Path(_folder().name):
        raise RuntimeError(f"the tests imported {used}, expected the copy in {_folder().name}.")
    return result


def _pytest(tests: list[str], options: list[str]) -> Run:
    output, failures = io.StringIO(), _Failures()
    words = [str(TESTS / test) if test.startswith("test_") else test for test in tests]
    sys.path.insert(0, _folder().name)
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            status = pytest.main([*OPTIONS, *options, *words], plugins=[failures])
    finally:
        sys.path.remove(_folder().name)
    return Run(int(status), output.getvalue(), next(iter(failures.names), ""))


def _forget() -> None:
    """Drop the package and the test modules from the modules that are loaded, but for this one."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or ""
        of_tests = file.startswith(f"{TESTS}{os.sep}") and name != __name__
        if name.partition(".")[0] == PACKAGE.name or of_tests:
            del sys.modules[name]
