"""The command line as tests call it: in an empty folder, with its status and what it printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from minigan.cli import main


def run(*argv: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """The exit status and what was printed."""
    try:
        status = main(argv)
    except SystemExit as stop:  # argparse
        status = int(stop.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """A function that runs a command, which must succeed, and returns the lines that it prints."""

    def succeed(*argv: object) -> list[str]:
        status, out, err = run(*map(str, argv), capsys=capsys)
        assert status == 0, err
        return out.splitlines()

    return succeed


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("MINIGAN_DATA", raising=False)


SHORT = ("--steps", "4", "--batch", "8", "--data", "digits8x8", "--device", "cpu")
