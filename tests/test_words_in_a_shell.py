"""Wrong words, odd streams and odd variables as a shell sees them: real processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import command_line
import pytest
from command_line import run

in_an_empty_folder = command_line.in_an_empty_folder
ROOT = Path(__file__).parent.parent


def shell(line: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of shell in which `minigan` is this one; the variables of `line` come first."""
    return subprocess.run(
        ["bash", "-c", line.replace("minigan", f"{sys.executable} -m minigan", 1)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("minigan train --steps 0", b"argument --steps: '0' is not an integer from 1 to 10^9"),
        ('minigan train --out ""', b"argument --out: '' is empty, expected a folder"),
        ("PYTHONIOENCODING=ascii minigan train -k ５", b"-k: '?' is not an integer from 1 to 10^9"),
        (r"minigan train --steps $'\xff'", rb"'\udcff' is not an integer from 1 to 10^9"),
        (r"minigan sample $'\xff'", b"\xff holds no run (no config.json)"),
        ("MINIGAN_DATA=no minigan train --data mnist", b"MINIGAN_DATA is 'no', which is no folder"),
    ],
)
def test_a_wrong_word_is_status_2_and_one_line(line: str, words: bytes, tmp_path: Path) -> None:
    done = shell(line)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
    assert words in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "line",
    [
        "PYTHONIOENCODING=ascii:strict minigan train --help",
        "LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 minigan collapse --help",
        "COLUMNS=1 minigan data",
        "set -o pipefail; minigan train --help | head -c 1 > seen; test -s seen; rm seen",
        "minigan train --help 2>&1 > /dev/null < /dev/null",
    ],
)
def test_help_is_printed_whatever_the_terminal_is(line: str, tmp_path: Path) -> None:
    done = shell(line)
    assert (done.returncode, done.stderr) == (0, b"")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("variables", "argv", "words"),
    [
        ({"MINIGAN_DATA": "file"}, ("data",), "MINIGAN_DATA is 'file', which is no folder"),
        ({"MINIGAN_DATA": "no"}, ("data", "get", "mnist"), "MINIGAN_DATA is 'no', which is no"),
        ({"MINIGAN_DATA": "file"}, ("train", "--data", "mnist"), "MINIGAN_DATA is 'file'"),
        ({"XDG_CACHE_HOME": "file"}, ("data", "get", "mnist"), "the download cannot be stored"),
    ],
)
def test_a_variable_that_cannot_be_is_named(
    variables: dict[str, str],
    argv: tuple[str, ...],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    Path("file").write_text("mine")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    status, out, err = run(*argv, capsys=capsys)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert words in err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("name", ["MINIGAN_DATA", "XDG_CACHE_HOME", "HOME"])
def test_an_empty_variable_is_none(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, "")
    status, out, err = run("data", capsys=capsys)
    assert (status, err) == (0, "")
    assert "digits8x8" in out
