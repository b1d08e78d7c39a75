"""The table of docs/trust.md: each promise, and what became of its tests in a run.

    python -m pytest --junitxml=tests.xml ; python tests/trust.py tests.xml --into docs/trust.md
    python -m pytest -m long --junitxml=long.xml ; python tests/trust.py long.xml --long --into ...

A row of promises.py names the tests that it rests on; here they are looked up in what pytest wrote
down. A test is one case, unless it says by `record_property("cases", n)` that it tried n. Without
--into the table is printed. The exit status is 1 when a test failed or a pattern found none. The
second table is that of the tests that take too long for every run, a row for each.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
from promises import PROMISES

MARKS = {
    False: ("<!-- the table begins -->", "<!-- the table ends -->"),
    True: ("<!-- the long ones begin -->", "<!-- the long ones end -->"),
}


@dataclass(frozen=True)
class Outcome:
    """What became of one test; `word` is passed, failed or skipped."""

    name: str  # test_dense.py::test_dW_is_x_transposed_times_dy[float64]
    word: str
    reason: str
    cases: int
    seconds: float = 0.0


def outcomes(xml: Path) -> list[Outcome]:
    """The tests of a run, from the XML that pytest's --junitxml writes."""
    found = []
    for case in ET.parse(xml).iter("testcase"):
        words = {child.tag: child.get("message", "") for child in case}
        word = next((w for w in ("failure", "error", "skipped") if w in words), "passed")
        cases = [p.get("value", "1") for p in case.iter("property") if p.get("name") == "cases"]
        whole = case.get("classname") or case.get("name", "")  # a file that was skipped as a whole
        file = whole.rpartition(".")[2]
        name = f"{file}.py::{case.get('name')}"
        word_here = "failed" if word in ("failure", "error") else word
        tried, seconds = int(cases[0]) if cases else 1, float(case.get("time", 0))
        found.append(Outcome(name, word_here, words.get(word, ""), tried, seconds))
    return found


def matches(name: str, pattern: str) -> bool:
    """Whether a test belongs to a pattern: a file, a function of it, or either with * in it."""
    file, _, function = pattern.partition("::")
    its_file, _, its_function = name.partition("::")
    return fnmatchcase(its_file, file) and (
        not function or fnmatchcase(its_function.partition("[")[0], function)
    )


def result(found: list[Outcome]) -> tuple[int, str]:
    """How many cases passed, and the last column of a row."""
    words = Counter(outcome.word for outcome in found)
    passed = sum(outcome.cases for outcome in found if outcome.word == "passed")
    parts = [f"**{words['failed']} failed**"] if words["failed"] else []
    parts += [f"{words['passed']:,} passed"] if words["passed"] else []
    if words["skipped"]:
        reasons = Counter(o.reason for o in found if o.word == "skipped")
        reason = " ".join(reasons.most_common(1)[0][0].split()).replace("|", "/")
        parts += [f"{words['skipped']:,} skipped ({reason})"]
    return passed, ", ".join(parts)


def table(found: list[Outcome]) -> tuple[str, bool]:
    """The table as Markdown, and whether every promise was tested and none failed."""
    lines, kept = [], True
    for title, rows in PROMISES:
        lines += [f"### {title}", ""]
        lines += ["| promise | how it is tested | cases | last result |", "|---|---|---:|---|"]
        for row in rows:
            its = [o for o in found if any(matches(o.name, p) for p in row.tests)]
            without = [p for p in row.tests if not any(matches(o.name, p) for o in its)]
            passed, words = result(its)
            words = ", ".join(filter(None, [words, *(f"**not tested: {p}**" for p in without)]))
            kept &= not without and all(o.word != "failed" for o in its)
            where = ", ".join(f"`{pattern}`" for pattern in row.tests)
            lines.append(f"| {row.promise} | {row.how}: {where} | {passed:,} | {words} |")
        lines.append("")
    return "\n".join(lines).rstrip("\n"), kept


def long_table(found: list[Outcome]) -> tuple[str, bool]:
    """A row for each test that a run by `-m long` has tried, and whether none failed."""
    tests: dict[str, list[Outcome]] = {}
    for outcome in found:
        tests.setdefault(outcome.name.partition("[")[0], []).append(outcome)
    lines = ["| test | cases | seconds | last result |", "|---|---:|---:|---|"]
    for name, its in tests.items():
        passed, words = result(its)
        seconds = sum(outcome.seconds for outcome in its)
        lines.append(f"| `{name}` | {passed:,} | {seconds:,.0f} | {words} |")
    return "\n".join(lines), all(outcome.word != "failed" for outcome in found)


def headline(xml: Path) -> str:
    """When, where and with what the tests ran."""
    suites = list(ET.parse(xml).iter("testsuite"))
    tests = sum(int(suite.get("tests", 0)) for suite in suites)
    seconds = sum(float(suite.get("time", 0)) for suite in suites)
    git = ["git", "rev-parse", "--short", "HEAD"]
    told = subprocess.run(git, cwd=Path(__file__).parent, capture_output=True, text=True)
    commit = told.stdout.strip() or "unknown"
    return (
        f"Run of {suites[0].get('timestamp', '')[:10]}, commit {commit}: "
        f"{tests:,} tests in {seconds:,.0f} s, Python {platform.python_version()}, "
        f"NumPy {np.__version__}, {platform.system()} {platform.machine()}."
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("xml", type=Path, help="what pytest --junitxml wrote")
    parser.add_argument("--into", type=Path, help="a page whose table is replaced")
    parser.add_argument("--long", action="store_true", help="the run was one by -m long")
    arguments = parser.parse_args()
    text, kept = (long_table if arguments.long else table)(outcomes(arguments.xml))
    text = f"{headline(arguments.xml)}\n\n{text}"
    if arguments.into is None:
        print(text)
    else:
        page = arguments.into.read_text(encoding="utf-8")
        begin, end = MARKS[arguments.long]
        before, rest = page.split(begin)
        after = rest.split(end)[1]
        arguments.into.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
