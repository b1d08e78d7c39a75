"""The page of promises: each rests on tests that exist, and no result is written by hand."""

import ast
from pathlib import Path

import pytest
import trust
from promises import PROMISES, Promise

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "trust.md"

RUN = """<testsuites><testsuite tests="5" time="61.7" timestamp="2026-11-28T19:12:28">
<testcase classname="tests.test_files" name="test_read"/>
<testcase classname="tests.test_files" name="test_fuzzed[idx]" time="12.3">
  <properties><property name="cases" value="10000"/></properties></testcase>
<testcase classname="tests.test_files" name="test_gpu"><skipped message="no
 GPU | here"/></testcase>
<testcase classname="tests.test_signs" name="test_sign[a-b]"><failure message="1 != -1"/></testcase>
<testcase classname="" name="tests.test_torch"><skipped message="no torch"/></testcase>
<testcase classname="tests.test_signs" name="test_setup"><error message="x"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def run(tmp_path):
    (tmp_path / "tests.xml").write_text(RUN)
    return tmp_path / "tests.xml"


def tables(monkeypatch, run, *patterns):
    monkeypatch.setattr(trust, "PROMISES", [("Files", [Promise("All", "by trying", patterns)])])
    text, kept = trust.table(trust.outcomes(run))
    return text.splitlines()[-1], kept


def test_cases_are_those_that_passed_and_a_skip_has_its_reason(run, monkeypatch):
    line, kept = tables(monkeypatch, run, "test_files.py")
    assert line.endswith("| 10,001 | 2 passed, 1 skipped (no GPU / here) |")
    assert kept


def test_a_failure_is_shown_and_no_promise_is_kept_with_one(run, monkeypatch):
    line, kept = tables(monkeypatch, run, "test_files.py::test_read", "test_signs.py::test_s*")
    assert line.endswith("| 1 | **2 failed**, 1 passed |")
    assert not kept


@pytest.mark.parametrize("gone", ["test_gone.py", "test_files.py::test_gone", "test_files.py::t"])
def test_a_pattern_without_a_test_is_no_promise_kept(run, monkeypatch, gone):
    line, kept = tables(monkeypatch, run, "test_files.py::test_read", gone)
    assert line.endswith(f"| 1 | 1 passed, **not tested: {gone}** |")
    assert not kept


def test_a_file_that_was_skipped_as_a_whole_is_found(run, monkeypatch):
    line, kept = tables(monkeypatch, run, "test_torch.py")
    assert line.endswith("| 0 | 1 skipped (no torch) |")
    assert kept


def test_what_was_only_skipped_is_not_called_passed(run, monkeypatch):
    line, kept = tables(monkeypatch, run, "test_files.py::test_gpu")
    assert line.endswith("| 0 | 1 skipped (no GPU / here) |")
    assert kept  # the page says that it was skipped, and why


def test_only_the_table_of_the_page_is_replaced(run, monkeypatch, tmp_path):
    page = tmp_path / "trust.md"
    begin, end = trust.MARKS[False]
    page.write_text(f"Before.\n{begin}\nold\n{end}\nAfter.\n")
    monkeypatch.setattr("sys.argv", ["trust.py", str(run), "--into", str(page)])
    monkeypatch.setattr(trust, "PROMISES", [("Files", [Promise("All", "x", ("test_files.py",))])])
    assert trust.main() == 0
    text = page.read_text()
    assert text.startswith(f"Before.\n{begin}\n\nRun of 2026-11-28, commit ")
    assert ": 5 tests in 62 s, Python 3." in text
    assert text.endswith(f"|\n\n{end}\nAfter.\n")
    assert "old" not in text


def test_the_long_ones_have_a_table_of_their_own(run, monkeypatch, tmp_path):
    page = tmp_path / "trust.md"
    page.write_text("".join(f"{begin}\nold\n{end}\n" for begin, end in trust.MARKS.values()))
    monkeypatch.setattr("sys.argv", ["trust.py", str(run), "--long", "--into", str(page)])
    assert trust.main() == 1  # two have failed
    text = page.read_text()
    assert text.count("old") == 1
    assert "| `test_files.py::test_fuzzed` | 10,000 | 12 | 1 passed |" in text
    assert "| `test_signs.py::test_sign` | 0 | 0 | **1 failed** |" in text


def functions():
    for file in TESTS.glob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
                yield f"{file.name}::{node.name}"


def test_every_pattern_of_the_promises_names_tests_that_exist():
    names = list(functions())
    patterns = [pattern for _, rows in PROMISES for row in rows for pattern in row.tests]
    assert [p for p in patterns if not any(trust.matches(name, p) for name in names)] == []


def test_the_page_has_every_promise_and_no_other():
    page = PAGE.read_text(encoding="utf-8")
    begin, end = trust.MARKS[False]
    rows = page.split(begin)[1].split(end)[0].splitlines()
    shown = [line.split(" | ")[0].removeprefix("| ") for line in rows if line.startswith("| ")]
    promises = [row.promise for _, rows in PROMISES for row in rows]
    assert [line for line in shown if line != "promise"] == promises
