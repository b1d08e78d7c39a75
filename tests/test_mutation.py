"""The mutation tool, on a package of a few lines: what it changes, and what it says of tests."""

from __future__ import annotations

import ast
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mutation_operators import mutations
from mutation_tests import TESTS_OF

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "minigan"

TINY = '''"""A module."""

LIMIT = 3


def largest(a, b):
    """The larger one."""
    if a > b:
        return a
    return b


def count_down(n: int) -> int:
    while n > 0:
        n -= 1
    return n
'''
GOOD = """
from minigan.tiny import LIMIT, count_down, largest

def test_largest():
    assert (largest(1, 2), largest(5, 2)) == (2, 5)

def test_count_down():
    assert count_down(3) == 0

def test_limit():
    assert LIMIT == 3
"""
WEAK = """
from minigan.tiny import largest

def test_it_runs():
    largest(1, 2)
"""


EQUIVALENT = ["tiny.py:8: a > b → (a >= b)"]  # of equal numbers either is the larger one
PATIENCE = ("--patience", "0.2")  # s


def changes(source: str) -> set[str]:
    return {str(mutation) for mutation in mutations(source)}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a + b", {"a - b"}),
        ("a @ b", {"b @ a"}),
        ("a / b", {"a * b", "b / a"}),
        ("a < b", {"a <= b", "a >= b"}),
        ("a and not b", {"a or not b", "a", "not b", "a and b"}),
        ("-a", {"a"}),
        ("f(3)", {"f(4)", "f(2)"}),
        ("f(0.5, True)", {"f(True, 0.5)", "f(1.0, True)", "f(0.5, False)"}),
        ("a[i:]", {"a[:]", "a[i + 1:]", "a[i - 1:]"}),
        ("a[1:, 0]", {"a[2:, 0]", "a[0:, 0]", "a[:, 0]", "a[1:, 1]", "a[1:, -1]"}),
        ("a.sum(axis=b)", {"a.sum()", "a.mean(axis=b)", "a"}),
        ("f(a, b)", {"f(b, a)"}),
        ("xp.maximum(a, b)", {"xp.minimum(a, b)", "xp.maximum(b, a)"}),
        ("a.T @ b", {"b @ a.T", "a @ b"}),
        ("a.copy()", {"a"}),
        ("a if b else c", {"a", "c"}),
        ("(a, b)", {"(b, a)"}),
    ],
)
def test_what_is_changed(source: str, expected: set[str]) -> None:
    found = {bare(mutation.applied_to(source)) for mutation in mutations(source)}
    assert found - {"pass"} == expected


def bare(source: str) -> str:
    """Without the parentheses around what is new."""
    return ast.unparse(ast.parse(source))


def test_statements_are_deleted_and_returns_emptied() -> None:
    source = "def f(a):\n    a += 1\n    g(a)\n    if a:\n        raise Error(1)\n    return a\n"
    assert changes(source) == {
        "a += 1 → pass",
        "a += 1 → a = 1",
        "a += 1 → a -= 1",
        "1 → (2)",
        "1 → (0)",
        "g(a) → pass",
        "a → (not a)",
        "raise Error(1) → pass",
        "return a → return None",
    }


def test_what_is_said_is_not_changed() -> None:
    source = (
        '"""Text."""\nimport a\n\n@d(1)\ndef f(x: T[1]) -> T[2]:\n    """Text."""\n    g("s")\n'
    )
    assert changes(source) == {'g("s") → pass'}


@pytest.mark.parametrize("file", TESTS_OF)
def test_every_mutant_is_another_module_that_python_can_read(file: str) -> None:
    source = (PACKAGE / file).read_text(encoding="utf-8")
    found = mutations(source)
    sources = [mutation.applied_to(source) for mutation in found[:: len(found) // 20 + 1]]
    assert len({source, *sources}) == len(sources) + 1
    for mutated in sources:
        compile(mutated, file, "exec")


def test_the_tests_named_are_there() -> None:
    named = {word for stages in TESTS_OF.values() for stage in stages for word in stage}
    for word in named:  # and not a word of pytest
        assert (TESTS / word.partition("::")[0]).is_file() or not word.startswith("test_")


# The tool as a whole ------------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of a package of one module, whose tests are good."""
    tests, package = tmp_path / "tests", tmp_path / "minigan"
    tests.mkdir()
    package.mkdir()
    for name in ("mutation.py", "mutation_operators.py", "planting.py"):
        shutil.copy(TESTS / name, tests)
    (package / "__init__.py").touch()
    (package / "tiny.py").write_text(TINY)
    (tests / "test_good.py").write_text(GOOD)
    (tests / "test_weak.py").write_text(WEAK)
    ask(tmp_path, "test_good.py")
    return tmp_path


def ask(checkout: Path, *tests: str) -> None:
    stages = [(test,) for test in tests]
    (checkout / "tests" / "mutation_tests.py").write_text(f"TESTS_OF = {{'tiny.py': {stages}}}")


def command(checkout: Path, *words: str) -> list[str]:
    return [sys.executable, "-B", str(checkout / "tests" / "mutation.py"), *words]


def tool(checkout: Path, *words: str) -> str:
    done = subprocess.run(command(checkout, *words), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows(checkout: Path) -> list[dict[str, str]]:
    text = (checkout / "build" / "mutation.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def files(checkout: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(checkout)): path.read_bytes()
        for path in checkout.rglob("*")
        if path.is_file() and not {"__pycache__", "build"} & {*path.parts}
    }


def test_good_tests_kill_all_and_what_never_ends_is_stopped(checkout: Path) -> None:
    before = files(checkout)
    tool(checkout, *PATIENCE)
    found = {row["mutation"]: row for row in rows(checkout)}
    assert len(found) == len(mutations(TINY)) == 17
    assert found["return a → return None"]["verdict"] == "killed"
    assert found["return a → return None"]["by"] == "test_good.py::test_largest"
    assert found["n -= 1 → pass"]["verdict"] == "stopped"
    assert found["LIMIT = 3 → pass"]["verdict"] == "broken"  # test_good.py cannot be imported
    assert tool(checkout, "--survivors").splitlines() == EQUIVALENT
    assert "| tiny.py | 16 | 11 | 4 | 1 | 93.8% |" in tool(checkout, "--score")
    assert files(checkout) == before


def test_weak_tests_let_mutants_survive_until_a_better_one_is_there(checkout: Path) -> None:
    some = ("--sample", "3", "--seed", "1", *PATIENCE)
    ask(checkout, "test_weak.py")
    tool(checkout, *some)
    assert [row["verdict"] for row in rows(checkout)] == ["survived"] * 3
    ask(checkout, "test_weak.py", "test_good.py")
    tool(checkout, *some)
    assert len(rows(checkout)) == 3, "what has been tried is not tried again"
    tool(checkout, *some, "--again")
    assert len(rows(checkout)) == 6
    assert {*tool(checkout, *some, "--survivors").splitlines()} <= {*EQUIVALENT}


def test_ctrl_c_keeps_what_has_been_tried(checkout: Path) -> None:
    results = checkout / "build" / "mutation.jsonl"
    with subprocess.Popen(command(checkout), stderr=subprocess.PIPE, text=True) as child:
        try:
            while not (results.exists() and results.stat().st_size):
                assert child.poll() is None
                time.sleep(0.02)
            child.send_signal(signal.SIGINT)
            _, said = child.communicate(timeout=120)
        finally:
            child.kill()
    assert child.returncode == 130
    assert said.splitlines()[-1].startswith("stopped; the same command goes on")
    tried = len(rows(checkout))
    assert 1 <= tried < len(mutations(TINY))


def test_a_torn_line_is_left_out(checkout: Path) -> None:
    ask(checkout, "test_good.py")
    tool(checkout, "--sample", "2", *PATIENCE)
    results = checkout / "build" / "mutation.jsonl"
    results.write_text(results.read_text(encoding="utf-8")[:-5], encoding="utf-8")
    tool(checkout, "--sample", "2", *PATIENCE)
    assert len(rows(checkout)) == 2


def test_tests_that_fail_anyway_judge_nothing(checkout: Path) -> None:
    (checkout / "tests" / "test_good.py").write_text("def test_wrong():\n    assert False\n")
    done = subprocess.run(command(checkout), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "do not pass without a mutant" in done.stderr
