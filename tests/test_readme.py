"""What the README says is true: its code runs, its names exist, its commands parse."""

from __future__ import annotations

import importlib
import re
import shlex
from pathlib import Path

import pytest

from minigan.arguments import make_parser
from minigan.backend import Random
from minigan.models import MODELS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("block", blocks("python"), ids=lambda block: block.split("\n")[0])
def test_python_blocks_run(block: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block, "README.md", "exec"), {"__name__": "readme"})
    if "print(" in block:
        assert "W" in capsys.readouterr().out


def test_the_blocks_are_as_short_as_promised() -> None:
    lines = [len([n for n in block.split("\n") if n.strip()]) for block in blocks("python")]
    assert lines[0] <= 6
    assert lines[1] <= 15


def test_names_in_the_paper_to_code_map_exist() -> None:
    names = re.findall(r"`(minigan\.[a-z_]+\.\w+)`", README)
    assert len(names) >= 12
    for name in names:
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(module), attribute), name


def test_links_lead_to_files() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert len(links) >= 15
    for link in links:
        assert (ROOT / link).exists(), link


def commands() -> list[str]:
    lines = [line.split("#")[0].strip() for block in blocks("sh") for line in block.split("\n")]
    parts = [part.strip() for line in lines for part in line.split("&&")]
    return [part for part in parts if part.startswith("minigan")]


@pytest.mark.parametrize("command", commands())
def test_commands_parse(command: str) -> None:
    args = make_parser().parse_args(shlex.split(command)[1:])
    assert callable(args.run)


def test_every_file_has_its_line() -> None:
    core = {path.name for path in (ROOT / "minigan").glob("*.py")}
    for name in sorted(core - {"__init__.py", "__main__.py"}):
        assert f"(minigan/{name})" in README, name


def test_the_table_of_models_counts_their_parameters() -> None:
    lines = re.findall(r"^\| `([\w-]+)` \|.*\| ([\d,]+) and ([\d,]+) \|$", README, re.MULTILINE)
    names = [name for name, *_ in lines]
    assert sorted([*names, "dcgan-32-grey"]) == sorted(MODELS)
    for name, *counts in lines:
        shape = (1,) if name == "gaussian-1d" else (28, 28, 1)
        for net, count in zip(MODELS[name].networks(Random(0), shape), counts, strict=True):
            assert f"{sum(a.size for a in (net.params | net.buffers).values()):,}" == count, name


def test_the_first_screen_has_the_two_commands() -> None:
    first = README.split("## ")[0]
    assert "\npip install . && minigan train\n" in first
    assert "\npip install -e '.[test]' && python -m pytest\n" in first
    assert "docs/digits.png" in first
