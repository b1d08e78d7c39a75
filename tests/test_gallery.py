"""The demos and docs/gallery.md: short scripts that are notebooks, each with its picture.

.ci/run runs every demo as a script; here the quick ones are also run cell by cell.
"""

from __future__ import annotations

import ast
import re
import shlex
import sys
from pathlib import Path

import book
import matplotlib.pyplot as plt
import pytest

from minigan.arguments import script_parser

DEMOS = sorted((book.ROOT / "demos").glob("*.py"))
GALLERY = book.DOCS / "gallery.md"
QUICK = ["checkerboard", "dirac_gan", "gradient_by_hand"]
each_demo = pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.stem)


def cells(demo: Path) -> list[str]:
    """The cells of a script as notebooks take them apart; its text comes first."""
    return re.split(r"^# %%.*\n", demo.read_text(encoding="utf-8"), flags=re.M)


def section(demo: Path) -> str:
    """What the gallery says of a demo."""
    parts = book.text(GALLERY).split("\n## ")[1:]
    (found,) = [part for part in parts if f"\npython demos/{demo.name}\n" in part]
    return found


@each_demo
def test_a_demo_fits_on_a_page_of_cells_and_asserts_what_it_claims(demo: Path) -> None:
    source = demo.read_text(encoding="utf-8")
    assert source.count("\n") <= 100
    text, *rest = cells(demo)
    assert len(rest) >= 3
    assert ast.get_docstring(ast.parse(source)) == ast.get_docstring(ast.parse(text))
    for cell in rest:  # none is cut in two by its `# %%`
        assert ast.parse(cell).body
    asserts = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assert)]
    assert asserts
    assert all(node.msg for node in asserts)
    assert "savefig(args.out" in source
    assert "__main__" not in source  # a cell that does everything shows nothing of it
    assert ".use(" not in source  # it would take the pictures from a notebook


@each_demo
def test_a_demo_takes_the_same_words_as_the_others(demo: Path) -> None:
    source = demo.read_text(encoding="utf-8")
    assert f'script_parser(__doc__, seed=True, out="{demo.stem}.png")' in source
    usage = next(line for line in source.splitlines() if line.startswith("    python "))
    assert all(word in usage for word in (f"demos/{demo.name}", "--device", "--seed", "--out"))


@each_demo
def test_a_demo_is_in_the_gallery_with_its_picture_and_its_command(demo: Path) -> None:
    text = section(demo)
    (picture,) = re.findall(r"^!\[[^\]]{10,}\]\(([\w.]+)\)$", text, re.M)
    assert picture == f"{demo.stem}.png"
    data = (book.DOCS / picture).read_bytes()
    assert data.startswith(b"\x89PNG")
    assert len(data) <= 120_000
    prose = re.sub(r"```.*?```|!\[.*?\)", "", text.partition("\n")[2], flags=re.DOTALL)
    assert 3 <= len(re.findall(r"[.?!](?=\s)", prose)) <= 7
    assert re.search(r"\]\((\d\d-[\w-]+|conditional)\.md\)", prose)


def test_the_table_of_the_gallery_has_each_demo_and_leads_to_its_section() -> None:
    lines = re.findall(r"^\| \[(\w+)\]\(#([\w-]+)\) .* (\d[\d.]*) \|$", book.text(GALLERY), re.M)
    assert sorted(name for name, *_ in lines) == [demo.stem for demo in DEMOS]
    for name, anchor, _ in lines:
        title = section(book.ROOT / "demos" / f"{name}.py").partition("\n")[0]
        assert anchor == re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def test_nothing_else_is_in_the_gallery() -> None:
    commands = [line for block in book.blocks(GALLERY, "sh") for line in block.splitlines()]
    named = [shlex.split(command)[1] for command in commands]
    assert sorted(named) == [f"demos/{demo.name}" for demo in DEMOS]


@pytest.mark.parametrize("name", QUICK)
def test_the_cells_of_a_demo_run_one_after_the_other(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one namespace, as a notebook has; the words are those of a kernel, which mean nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["ipykernel_launcher.py", "-f", "kernel.json"])
    monkeypatch.setitem(sys.modules, "ipykernel", sys)
    demo = book.ROOT / "demos" / f"{name}.py"
    namespace = {"__name__": "__main__", "__doc__": "A kernel's own text."}
    for cell in cells(demo):
        exec(compile(cell, str(demo), "exec"), namespace)
    plt.close("all")
    assert f"picture: {name}.png" in capsys.readouterr().out
    assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_outside_a_notebook_the_words_of_a_script_count(monkeypatch: pytest.MonkeyPatch) -> None:
    words = script_parser("A script.", seed=True)
    monkeypatch.setattr("sys.argv", ["script.py", "--seed", "7"])
    assert words.parse_args().seed == 7
    monkeypatch.setitem(sys.modules, "ipykernel", sys)
    assert words.parse_args().seed == 0
    assert words.parse_args(["--seed", "8"]).seed == 8
