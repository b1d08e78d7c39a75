"""Docstrings keep one form, so that a reader finds the same thing in the same place everywhere."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest

from minigan.layer import Layer
from minigan.optimizers import Optimizer

PACKAGE = Path(__file__).parent.parent / "minigan"
FILES = sorted(PACKAGE.rglob("*.py"))
ORDER = ["Forward", "Backward", "Shapes", "Parameters", "Returns", "Raises", "Source"]
Documented = ast.FunctionDef | ast.ClassDef


def headings(doc: str) -> list[str]:
    """The sections of a docstring, in the order in which they stand."""
    return re.findall(r"^\*\*(\w+)[^*]*\*\*", doc, re.MULTILINE)


def documented(tree: ast.Module) -> list[tuple[str, str]]:
    """Every function and class with its docstring."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, Documented)]
    return [(node.name, ast.get_docstring(node) or "") for node in nodes]


def raises(node: ast.AST) -> bool:
    """Whether there is a raise that a caller can meet: an abstract method's is none."""
    raised = [n.exc for n in ast.walk(node) if isinstance(n, ast.Raise) and n.exc is not None]
    names = [getattr(exc.func if isinstance(exc, ast.Call) else exc, "id", "") for exc in raised]
    return any(name not in ("NotImplementedError", "AssertionError") for name in names)


def silent(tree: ast.Module) -> list[str]:
    """Public functions and classes that raise and nowhere say so."""
    public = [n for n in tree.body if isinstance(n, Documented) and not n.name.startswith("_")]
    return [
        node.name
        for node in public
        if raises(node)
        and not any("Raises" in headings(doc) for _, doc in documented(ast.Module([node], [])))
    ]


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_sections_are_named_alike_and_stand_in_the_same_order(path: Path) -> None:
    for name, doc in documented(parse(path)):
        found = headings(doc)
        assert set(found) <= set(ORDER), name
        assert found == sorted(found, key=ORDER.index), name
        assert not re.search(rf"^({'|'.join(ORDER)}):", doc, re.MULTILINE), name


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_raises_says_so(path: Path) -> None:
    assert silent(parse(path)) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_file_opens_with_a_sentence(path: Path) -> None:
    first = (ast.get_docstring(parse(path)) or "").partition("\n\n")[0]
    assert re.search(r"[.:?]$", first), first


def layers() -> list[type[Layer]]:
    for path in PACKAGE.glob("[!_]*.py"):
        importlib.import_module(f"minigan.{path.stem}")
    found = [layer for layer in Layer.__subclasses__() if layer.__module__.startswith("minigan.")]
    return sorted(found, key=lambda layer: layer.__name__)


@pytest.mark.parametrize("layer", layers(), ids=lambda layer: layer.__name__)
def test_a_layer_has_its_math_its_shapes_and_an_example(layer: type[Layer]) -> None:
    doc = inspect.cleandoc(layer.__doc__ or "")
    assert {"Forward", "Backward", "Shapes"} <= set(headings(doc))
    assert ">>> " in doc


@pytest.mark.parametrize("optimizer", Optimizer.__subclasses__(), ids=lambda one: one.__name__)
def test_an_optimizer_has_its_parameters_its_errors_and_an_example(
    optimizer: type[Optimizer],
) -> None:
    doc = inspect.cleandoc(optimizer.__doc__ or "")
    assert {"Parameters", "Raises"} <= set(headings(doc))
    assert ">>> " in doc


@pytest.mark.parametrize(
    ("doc", "found"),
    [
        ("One.\n\n**Shapes**  any\n\n**Raises**  E", ["Shapes", "Raises"]),
        ("One.\n\n**Forward, train**\n\n**Backward, eval**  dx = 0", ["Forward", "Backward"]),
        ("One with **emphasis** inside.", []),
    ],
)
def test_headings_are_found(doc: str, found: list[str]) -> None:
    assert headings(doc) == found


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("raise ValueError('no')", ["f"]),
        ('"""**Raises**  ValueError."""\n    raise ValueError', []),
        ("raise NotImplementedError('abstract')", []),
        ("return 1", []),
    ],
)
def test_a_silent_raise_is_found(body: str, names: list[str]) -> None:
    assert silent(ast.parse(f"def f():\n    {body}")) == names
