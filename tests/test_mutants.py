"""Every bug of mutants.py, planted in a copy of the package, makes the test that it names fail.

The bugs are tried out by a process beside the one that runs all other tests: conftest.py puts the
first test here before these, which starts it, and the others behind them.

A bug that breaks the import, or a test that does not exist, is no kill: pytest must say "tests
failed" (exit status 1).
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

import pytest
from mutants import MUTANTS, Mutant, parse
from planting import PACKAGE, run_on_copy

PASSED, FAILED = 0, 1  # pytest's exit statuses
Verdicts = dict[str, Future[tuple[int, str]]]


@pytest.fixture(scope="session")
def verdicts() -> Iterator[Verdicts]:
    """All the runs, in a worker, under the mutants' names; "" is the package as it is."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as workers:
        runs = {"": workers.submit(run_on_copy, sorted({mutant.test for mutant in MUTANTS}))}
        for mutant in MUTANTS:
            source = (PACKAGE / mutant.file).read_text(encoding="utf-8")
            planted = mutant.applied_to(source)
            runs[mutant.name] = workers.submit(run_on_copy, [mutant.test], mutant.file, planted)
        yield runs
        workers.shutdown(cancel_futures=True)


def test_every_mutant_is_tried(verdicts: Verdicts) -> None:
    assert verdicts.keys() == {"", *(mutant.name for mutant in MUTANTS)}


def test_the_named_tests_pass_without_a_mutant(verdicts: Verdicts) -> None:
    status, output = verdicts[""].result()
    assert status == PASSED, output


def test_a_failure_is_not_explained_at_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With CI=true, pytest's explanation of two long lists that differ takes hours."""
    monkeypatch.setenv("CI", "true")
    test = tmp_path / "test_lists.py"
    test.write_text("import minigan\n\ndef test_lists():\n    assert [1, 2, 3] == [1, 2, 4]\n")
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as worker:
        status, output = worker.submit(run_on_copy, [str(test)]).result()
    assert status == FAILED
    assert "diff" not in output


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_killed(mutant: Mutant, verdicts: Verdicts) -> None:
    status, output = verdicts[mutant.name].result()
    assert status == FAILED, f"{mutant.name} survives {mutant.test}:\n{output}"


def test_a_mutant_whose_lines_have_moved_on_is_not_overlooked() -> None:
    (mutant,) = parse("wrong sign\nf.py test_f.py::test_f\n-    y = x\n+    y = -x")
    assert mutant.applied_to("def f():\n    y = x\n") == "def f():\n    y = -x\n"
    for source in ("", "    y = x + 1\n", "        y = x\n", "    y = x\n    y = x\n"):
        with pytest.raises(ValueError, match=r"^mutant 'wrong sign': its lines stand \d times in"):
            mutant.applied_to(source)


def test_every_mutant_has_a_name_of_its_own() -> None:
    names = [mutant.name for mutant in MUTANTS]
    assert len(names) == len(set(names))
