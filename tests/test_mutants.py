"""Every bug of mutants.py, planted in a copy of the package, makes the test that it names fail.

The bugs are tried out by a process beside the one that runs all other tests: conftest.py puts the
first test here before these, which starts it, and the others behind them.

A bug that breaks the import, or a test that does not exist, is no kill: pytest must say "tests
failed" (exit status 1).
"""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

import pytest
from mutant_kinds import KINDS
from mutants import MUTANTS, Mutant, parse
from planting import PACKAGE, Run, run_on_copy, warm_up

PASSED, FAILED = 0, 1  # pytest's exit statuses
TIMEOUT = 120.0  # s: a bug may have a loop go on for ever, which is no failed test
Verdicts = dict[str, Future[Run]]


@pytest.fixture(scope="session")
def verdicts() -> Iterator[Verdicts]:
    """All the runs, in a worker, under the mutants' names."""
    tests = sorted({mutant.test for mutant in MUTANTS})
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, spawn, initializer=warm_up, initargs=(tests,)) as workers:
        runs = {}
        for mutant in MUTANTS:
            source = (PACKAGE / mutant.file).read_text(encoding="utf-8")
            planted = mutant.applied_to(source)
            runs[mutant.name] = workers.submit(
                run_on_copy, [mutant.test], mutant.file, planted, TIMEOUT
            )
        yield runs
        workers.shutdown(cancel_futures=True)


def test_every_mutant_is_tried(verdicts: Verdicts) -> None:
    assert verdicts.keys() == {mutant.name for mutant in MUTANTS}


def test_a_failure_is_not_explained_at_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With CI=true, pytest's explanation of two long lists that differ takes hours."""
    monkeypatch.setenv("CI", "true")
    test = tmp_path / "test_lists.py"
    test.write_text("import minigan\n\ndef test_lists():\n    assert [1, 2, 3] == [1, 2, 4]\n")
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as worker:
        run = worker.submit(run_on_copy, [str(test)]).result()
    assert run.status == FAILED
    assert "diff" not in run.output


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_killed(mutant: Mutant, verdicts: Verdicts) -> None:
    run = verdicts[mutant.name].result()
    assert run.status == FAILED, f"{mutant.name} survives {mutant.test}:\n{run.output}"
    assert run.failed.startswith(mutant.test), run.output  # and not what pytest does before it


def test_what_fails_with_a_mutant_passes_without_one(verdicts: Verdicts) -> None:
    failed = {run.result().failed for run in verdicts.values()}
    assert failed - {""}
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as worker:
        run = worker.submit(run_on_copy, sorted(failed - {""})).result()
    assert run.status == PASSED, run.output


def test_a_mutant_whose_lines_have_moved_on_is_not_overlooked() -> None:
    (mutant,) = parse("wrong sign\nf.py test_f.py::test_f\n-    y = x\n+    y = -x")
    assert mutant.applied_to("def f():\n    y = x\n") == "def f():\n    y = -x\n"
    for source in ("", "    y = x + 1\n", "        y = x\n", "    y = x\n    y = x\n"):
        with pytest.raises(ValueError, match=r"^mutant 'wrong sign': its lines stand \d times in"):
            mutant.applied_to(source)


def test_every_mutant_has_a_name_of_its_own() -> None:
    names = [mutant.name for mutant in MUTANTS]
    assert len(names) == len(set(names))


def test_every_bug_that_real_projects_have_shipped_is_planted() -> None:
    numbers = {int(n) for mutant in MUTANTS for n in re.findall(r"\[(\d+)\]", mutant.name)}
    assert numbers == set(range(1, 22))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_bug_is_planted_in_several_places(kind: str) -> None:
    assert len(set(KINDS[kind])) >= 7
    assert {*KINDS[kind]} <= {mutant.name for mutant in MUTANTS}
