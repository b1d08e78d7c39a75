"""What is out of the range of a parameter around the core is refused in one line."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PIL import Image
from ranges_around import MEASURES, Line
from ranges_data import CALLS, DATA

LINES = [*MEASURES, *DATA]
MODULES = [  # of which every public function has a line
    *("parzen", "frechet", "prdc", "two_sample", "mmd", "scores", "histogram", "training_set"),
    *("neighbours", "modes"),
]
OTHERS = {  # public functions without a line, and why
    "assign": "as measure",
    "check_probabilities": "is itself the check of classifier_score",
    "cubic": "a kernel: mmd2 calls it",
    "mmd2_of_dealings": "a formula that permutation_test calls",
    "write_neighbours": "as nearest_examples and write_grid",
}


@pytest.fixture(autouse=True)
def with_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pictures").mkdir()
    for i in range(4):
        Image.fromarray(np.full((4, 4), i, np.uint8)).save(tmp_path / "pictures" / f"{i}.png")


def find(name: str) -> Any:
    if name in CALLS:
        return CALLS[name]
    module, _, function = name.rpartition(".")
    return getattr(importlib.import_module(f"minigan.{module}"), function)


def fault(error: BaseException, words: str) -> str:
    """What is wrong with an error, "" for a good one."""
    if not isinstance(error, ValueError | TypeError) or isinstance(error, UnicodeError):
        return f"a {type(error).__name__}"
    text = str(error)
    if "\n" in text or not text.endswith("."):
        return "not one sentence"
    return "" if words in text else f"without {words!r}"


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_what_is_out_of_range_is_refused_in_one_line(line: Line, record_property: Any) -> None:
    function, faults, cases = find(line.name), [], 0
    function(**line.good())  # what is refused below is refused for the one parameter
    for name, refused in line.refused.items():
        for words, values in refused.items():
            for value in values:
                cases += 1
                try:
                    function(**(line.good() | {name: value}))
                except Exception as error:
                    wrong = fault(error, words)
                    if wrong:
                        faults.append(f"{name}={str(value)[:60]!r}: {wrong}: {str(error)[:200]}")
                else:
                    faults.append(f"{name}={str(value)[:60]!r}: was taken")
    assert not faults, "\n" + "\n".join(faults)
    record_property("cases", cases)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_a_line_has_every_parameter_and_the_docstring_says_what_is_raised(line: Line) -> None:
    function = find(line.name)
    if line.name in CALLS:
        return
    of_all = {name for other in LINES if other.name == line.name for name in other.refused}
    texts = {"description", "text", "name"}  # any text
    assert of_all >= inspect.signature(function).parameters.keys() - texts
    assert "**Raises**" in inspect.getdoc(function)


@pytest.mark.parametrize("name", MODULES)
def test_every_public_function_of_a_measure_has_a_line(name: str) -> None:
    module: ModuleType = importlib.import_module(f"minigan.evaluation.{name}")
    public = {
        function
        for function, value in vars(module).items()
        if inspect.isfunction(value)
        and value.__module__ == module.__name__
        and not function.startswith("_")
    }
    lined = {line.name.rpartition(".")[2] for line in MEASURES if f".{name}." in line.name}
    assert public - OTHERS.keys() == lined


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "uint8", "bool"])
def test_measures_take_every_real_dtype_and_every_layout(dtype: str) -> None:
    for line in MEASURES:
        for name, refused in line.refused.items():
            good = line.good()
            if "expected real numbers" not in refused or "expected probabilities" in refused:
                continue
            x = np.abs(good[name] * 2).astype(dtype)
            expected = find(line.name)(**(good | {name: x.astype("float64")}))
            wide = np.zeros((2 * len(x), *x.shape[1:]), dtype)[::2]
            wide[...] = x
            fixed = x.copy()
            fixed.flags.writeable = False
            for same in (x, wide, np.asfortranarray(x), fixed):
                found = find(line.name)(**(line.good() | {name: same}))
                assert_near(found, expected)


def assert_near(found: Any, expected: Any) -> None:
    if hasattr(expected, "counts"):
        assert found.counts == expected.counts
        return
    if isinstance(expected, tuple):
        for a, b in zip(found, expected, strict=True):
            assert_near(a, b)
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
