"""The book in docs: its code runs, its equations are evaluated, and what it names is there."""

from __future__ import annotations

import ast
import importlib
import re
import shlex

import book
import pytest
from book import CHAPTERS, DOCS, PAGES, ROOT, SECTIONS
from mutants import MUTANTS

from minigan.arguments import make_parser
from minigan.exercises.answers import NAMES

each_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)


@each_chapter
def test_the_code_of_a_chapter_runs_from_top_to_bottom(chapter, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert book.check_code(chapter) >= 3


@each_chapter
def test_every_equation_has_a_number_in_order_and_one_check_that_can_fail(chapter):
    numbers = [number for number, _ in book.equations(chapter)]
    n = int(chapter.stem[:2])
    assert numbers == [f"{n}.{i}" for i in range(1, len(numbers) + 1)]
    blocks = book.blocks(chapter, "python")
    assert [number for block in blocks for number in book.checked(block)] == numbers
    for block in blocks:
        asserts = [node for node in ast.walk(ast.parse(block)) if isinstance(node, ast.Assert)]
        assert asserts or not book.checked(block), block


@each_chapter
def test_no_equation_has_changed_since_its_check_was_written(chapter):
    pinned = book.pinned()
    for number, tex in book.equations(chapter):
        assert tex == pinned.get(number), (
            f"({number}) is not what it was: see that the block below it evaluates what it says "
            "now, then run: python tests/book.py"
        )


def test_no_equation_is_pinned_that_is_gone():
    assert list(book.pinned()) == [n for chapter in CHAPTERS for n, _ in book.equations(chapter)]


@each_chapter
def test_a_chapter_has_its_sections_in_order(chapter):
    assert re.findall(r"^## (.*)$", book.text(chapter), re.M) == SECTIONS
    n = int(chapter.stem[:2])
    assert re.match(rf"# {n}\. \S", book.text(chapter))
    sentences = re.findall(r"[.?!](?=\s|$)", book.section(chapter, "The idea"))
    assert len(sentences) == 3


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_names_of_a_page_are_there(page):
    text = book.text(page)
    for name in re.findall(r"`(minigan(?:\.\w+)+)`", text):
        parts = name.split(".")
        depth = next(n for n in range(len(parts), 0, -1) if _is_module(".".join(parts[:n])))
        found = importlib.import_module(".".join(parts[:depth]))
        for part in parts[depth:]:
            found = getattr(found, part)
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (DOCS / link).exists(), link
    for file in re.findall(r"`((?:tests|demos|benchmarks|minigan)/[\w/.-]+)`", text):
        assert (ROOT / file).exists(), file


@each_chapter
def test_the_commands_of_a_chapter_are_commands(chapter):
    for line in "".join(book.blocks(chapter, "sh")).splitlines():
        program, *words = shlex.split(line, comments=True) or [""]
        if program == "minigan":
            make_parser().parse_args(words)
        elif program == "python" and words[0] != "-m":
            assert (ROOT / words[0]).exists(), line


@each_chapter
def test_what_goes_wrong_is_a_planted_bug_of_the_table(chapter):
    names = re.findall(r'"([^"\n]+)"', " ".join(book.section(chapter, "What goes wrong").split()))
    assert {mutant.name for mutant in MUTANTS} & set(names)


@each_chapter
def test_the_exercise_of_a_chapter_exists(chapter):
    named = re.findall(r"`minigan exercise start ([\w-]+)`", book.section(chapter, "Exercise"))
    assert named
    assert set(named) <= set(NAMES)


def test_the_contents_list_every_chapter_in_order():
    links = re.findall(r"\]\((\d\d-[\w-]+\.md)\)", (DOCS / "README.md").read_text("utf-8"))
    assert links == [chapter.name for chapter in CHAPTERS]


def _is_module(name):
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        return False
    return True
