"""The oracles: who is asked is named, who is missing is named with a remedy."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import oracles
import pytest

TESTS = Path(__file__).parent


def test_a_missing_oracle_is_a_skip_that_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(oracles.PIP, "delphi", "delphi==1")
    with pytest.raises(
        pytest.skip.Exception, match=r"delphi, an oracle, .*: pip install delphi==1"
    ):
        oracles.oracle("delphi")


def test_a_broken_installation_is_a_skip_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "delphi.py").write_text("raise ImportError('no such symbol')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(oracles.PIP, "delphi", "delphi==1")
    with pytest.raises(pytest.skip.Exception, match="no such symbol"):
        oracles.oracle("delphi")


def test_the_line_at_the_end_counts_tests_or_gives_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(oracles, "PIP", {"json": "", "delphi": "delphi==1"})
    line = oracles.in_short(Counter(json=7))
    assert line.startswith("json 7, delphi skipped: delphi, an oracle, cannot be asked (No module")
    assert line.endswith("pip install delphi==1")


ASKS = [path.name for path in sorted(TESTS.glob("test_*.py")) if 'oracle("' in path.read_text()]


def test_without_oracles_their_tests_are_skipped_and_the_run_says_so(tmp_path: Path) -> None:
    """A run of all of them in which no oracle can be imported."""
    for name in oracles.PIP:
        (tmp_path / f"{name}.py").write_text("raise ImportError('hidden')")
    words = [*(str(TESTS / name) for name in ASKS), "-q", "-m", "oracle", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-c", "import sys, pytest; sys.exit(pytest.main(sys.argv[1:]))", *words],
        env=hidden_in(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 5), done.stdout  # 5: nothing is left to run
    assert " passed" not in done.stdout.splitlines()[-1]
    for name, what in oracles.PIP.items():
        assert f"{name} skipped: {name}, an oracle, cannot be asked (hidden)" in done.stdout
        assert f"pip install {what}" in done.stdout


def hidden_in(folder: Path) -> dict[str, str]:
    """An environment in which what lies in the folder is imported first."""
    paths = [str(folder), str(TESTS.parent), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}


@pytest.mark.parametrize("name", ASKS)
def test_a_file_that_asks_an_oracle_names_it(name: str) -> None:
    """So that its tests are counted; helpers of other files are not tests."""
    text = (TESTS / name).read_text()
    for oracle in oracles.PIP:
        if f'oracle("{oracle}"' in text.replace(f'mark.oracle("{oracle}"', ""):
            assert f'mark.oracle("{oracle}")' in text


def test_ci_installs_what_the_skips_ask_for() -> None:
    text = (TESTS.parent / ".ci" / "run").read_text()
    assert f"for oracle in {' '.join(oracles.PIP.values())}; do" in text
