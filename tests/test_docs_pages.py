"""The pages in docs beside the chapters: their code runs, their commands parse, their names exist.

The chapters have test_book.py, and the README test_readme.py. Anchors and commands within a
sentence are looked at in all of them.
"""

from __future__ import annotations

import argparse
import ast
import pkgutil
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import book
import command_line
import pytest

from minigan.arguments import make_parser

in_an_empty_folder = command_line.in_an_empty_folder
ALL = [book.ROOT / "README.md", *sorted(book.DOCS.glob("*.md"))]
PAGES = [page for page in ALL[1:] if page not in book.CHAPTERS]
ON_A_GPU = {"gpu.md"}  # its blocks, if it has any, are compiled and not run
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
each_of_all = pytest.mark.parametrize("page", ALL, ids=lambda page: page.stem)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if book.blocks(page, "python")], ids=lambda page: page.stem
)
def test_the_code_of_a_page_runs_from_top_to_bottom(page: Path) -> None:
    assert book.check_code(page, run=page.name not in ON_A_GPU) >= 1


@each_of_all
def test_every_block_has_a_language_that_a_test_knows(page: Path) -> None:
    fences = re.findall(r"^```(.*)$", book.text(page), re.M)
    assert set(fences[::2]) <= {"python", "sh", "text", ""}
    assert not any(fences[1::2])


def commands(page: Path) -> Iterator[list[str]]:
    """The words of each command in the sh blocks: what is quoted may go over several lines."""
    for block in book.blocks(page, "sh"):
        left = ""
        for line in block.replace("\\\n", " ").splitlines():
            left = f"{left}\n{line}" if left else line
            try:
                words = shlex.split(left, comments=True)
            except ValueError:  # a quotation that is not closed yet
                continue
            left = ""
            while "&&" in words:
                yield words[: words.index("&&")]
                words = words[words.index("&&") + 1 :]
            if words:
                yield words
        assert not left, left


@each_page
def test_the_commands_of_a_page_are_commands(page: Path) -> None:
    """A script is there and knows its options; what pip is to install is an extra of ours."""
    extras = tomllib.loads((book.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for words in commands(page):
        while "=" in words[0]:  # CI=true python ...
            words.pop(0)
        program, *rest = words
        if program == "minigan":
            assert callable(make_parser().parse_args(rest).run)
        elif program == "python" and rest[0] not in ("-m", "-c"):
            if "$" in rest[0]:  # a loop of the shell
                continue
            source = (book.ROOT / rest[0]).read_text(encoding="utf-8")
            for option in (word for word in rest if word.startswith("--")):
                known = f'"{option}"' in source or (
                    option in ("--device", "--seed", "--out") and "script_parser(" in source
                )
                assert known, words
        elif program == "pip":
            for asked in re.findall(r"\[([\w,]+)\]", " ".join(rest)):
                assert set(asked.split(",")) <= extras["optional-dependencies"].keys()
        else:
            assert program in ("python", "for", "done"), words


def options_of(command: str) -> set[str]:
    (subs,) = [a for a in make_parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return set(subs.choices[command]._option_string_actions)


@each_of_all
def test_commands_within_a_sentence_have_such_options(page: Path) -> None:
    prose = re.sub(r"^```.*?^```$", "", book.text(page), flags=re.DOTALL | re.M)
    for command, rest in re.findall(r"`minigan ([a-z]+)\b([^`]*)`", prose):
        known = options_of(command)  # KeyError where there is no such command
        assert {word for word in rest.split() if word.startswith("--")} <= known, (command, rest)


@each_page
def test_the_names_and_files_of_a_page_are_there(page: Path) -> None:
    text = book.text(page)
    for name in re.findall(r"`(minigan(?:\.\w+)+)(?:\([^`]*\))?`", text):
        pkgutil.resolve_name(name)
    for file in re.findall(r"`((?:tests|demos|benchmarks|minigan)/[\w/.*-]+)`", text):
        assert list(book.ROOT.glob(file)), file


def anchors(page: Path) -> set[str]:
    """What GitHub makes of a page's headings."""
    titles = re.findall(r"^#+ (.*)$", book.text(page), re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@each_of_all
def test_links_lead_to_files_and_to_headings(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", book.text(page)):
        file, _, anchor = link.partition("#")
        if "://" in link:
            continue
        target = page.parent / file if file else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_the_pages_are_in_the_contents() -> None:
    """docs/README.md leads to every page."""
    linked = set(re.findall(r"\]\(([\w-]+\.md)\)", book.text(book.DOCS / "README.md")))
    assert {page.name for page in PAGES} - {"README.md"} <= linked


def test_every_question_has_a_command_or_code_and_is_listed() -> None:
    """docs/answers.md: a short answer, something to run, and a page or a file that says more."""
    head, *parts = book.text(book.DOCS / "answers.md").split("\n## ")
    listed = re.findall(r"\]\(#([\w-]+)\)", head)
    titles = [part.partition("\n")[0] for part in parts]
    assert listed == [re.sub(r"[^\w -]", "", t.lower()).replace(" ", "-") for t in titles]
    assert len(titles) >= 15
    for title, part in zip(titles, parts, strict=True):
        assert title.endswith("?")
        assert re.search(r"^```(sh|python)$", part, re.M), title
        prose = re.sub(r"^```.*?^```$", "", part, flags=re.DOTALL | re.M)
        assert len(prose.split()) < 130, title
        for block in re.findall(r"^```python\n(.*?)^```$", part, re.DOTALL | re.M):
            assert any(isinstance(n, ast.Assert | ast.Raise) for n in ast.walk(ast.parse(block)))
