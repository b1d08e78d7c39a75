"""Every parameter of every public function has a stated range and a tested error.

The tables stand in ranges_*.py; ranges.py says how to read a line.
"""

from __future__ import annotations

import importlib
import inspect
import re
from typing import Any

import numpy as np
import pytest
import standin
from cupy_standin import CUPY
from ranges import Line, find, parameters
from ranges_game import GAME
from ranges_labels import LABELLED
from ranges_layers import LAYERS
from ranges_models import BUILT
from ranges_optimizers import MOVERS
from ranges_pictures import SEEN
from ranges_random import DRAWN

kernels_double = standin.kernels_double  # conftest.py's, which mutants do without

RANGES = [*LAYERS, *GAME, *MOVERS, *DRAWN, *LABELLED, *BUILT, *SEEN]
ONE_FORM = {
    "initializers",
    "dense_networks",
    "conv_networks",
}  # modules whose functions take the same, as the module's text says
BY_NAME = {line.name: line for line in RANGES}
CASES = [
    pytest.param(line, name, id=f"{line.name}({name})")
    for line in RANGES
    for name, kind in line.kinds.items()
]
over_parameters = pytest.mark.parametrize(("line", "name"), CASES)


@over_parameters
def test_what_is_out_of_range_is_refused_in_one_sentence(line: Line, name: str) -> None:
    kind = line.kinds[name]
    plain = line.plain()[name]
    faults = [] if kind.words or kind.why else ["the kind has no words"]
    for value, expected in kind.bad(plain):
        given = f"{line.name}({name}={shown(value)})"
        try:
            line(**{name: value})
        except Exception as error:
            fault = wrong_with(error, expected, (name, kind.also), value, kind.words)
            if fault:
                faults.append(f"{given}: {fault}: {type(error).__name__}: {error}")
        else:
            faults.append(f"{given}: was taken")
    assert not faults, "\n" + "\n".join(faults)


def wrong_with(error: Exception, expected: type, names: Any, value: Any, words: Any) -> str:
    """What is missing in an error, "" for a good one."""
    text = str(error)
    if type(error) is not expected:
        return f"expected a {expected.__name__}"
    if "\n" in text or not text.endswith("."):
        return "expected one line that ends with a full stop"
    if len(text) > 500:
        return "expected a short line"
    if re.match(rf"({'|'.join(re.escape(name.rstrip('s')) for name in names if name)})s*: ", text):
        return "expected where it happened before what it was about"
    own = [re.escape(name.rstrip("s")) for name in names if name]  # layers: "layer 1 is …"
    named = re.search(rf"\b({'|'.join(own)})", text)
    if not (named or str(value) in text or repr(value) in text or type(value).__name__ in text):
        return f"expected {names[0]!r}, or what was given"
    some = (words,) if isinstance(words, str) else words
    return "" if any(word in text for word in some) else f"expected {words!r}"


def shown(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"<{type(value).__name__} {value.dtype} {value.shape}>"
    return " ".join(repr(value).split())[:80]


@over_parameters
def test_the_edges_of_the_range_are_taken(line: Line, name: str) -> None:
    kind = line.kinds[name]
    expected = line()
    for value in kind.good(line.plain()[name]):
        found = line(**{name: value})
        if kind.alike:
            assert_same(found, expected)


def assert_same(found: Any, expected: Any) -> None:
    """Assert the same numbers, in the same nest of tuples, lists and dicts."""
    if isinstance(expected, tuple | list):
        assert type(found) is type(expected)
        assert len(found) == len(expected)
        for a, b in zip(found, expected, strict=True):
            assert_same(a, b)
    elif isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key in expected:
            assert_same(found[key], expected[key])
    elif isinstance(expected, np.ndarray | np.generic):
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("line", "name"),
    [case for case in CASES if case.values[0].kinds[case.values[1]].one_device],
)
def test_an_array_on_another_device_is_refused(kernels_double: Any, line: Line, name: str) -> None:
    kind = line.kinds[name]
    elsewhere = CUPY.asarray(line.plain()[name])
    with pytest.raises(TypeError) as caught:
        line(**{name: elsewhere})
    fault = wrong_with(caught.value, TypeError, (name, kind.also), elsewhere, kind.words)
    assert not fault, f"{fault}: {caught.value}"


@pytest.mark.parametrize("line", RANGES, ids=lambda line: line.name)
def test_every_parameter_has_a_line_and_is_documented(line: Line) -> None:
    function = find(line.name)
    assert set(line.kinds) == parameters(function)
    assert set(line.plain()) >= required(function)
    doc = documentation(line.name)
    for name in line.kinds:
        assert re.search(rf"(?<!\w){re.escape(name)}(?!\w)", doc), f"{name} is not in the docstring"


def required(function: Any) -> set[str]:
    found = inspect.signature(function).parameters.items()
    return {n for n, p in found if p.default is p.empty and n != "self"}


def documentation(name: str) -> str:
    """The docstring of a function, and those around it: of its class, and its module."""
    path = name.split(".")
    around = [find(".".join(path[:i])) for i in range(2, len(path) + 1)]
    if path[-1] in ("forward", "backward", "__call__"):
        around.append(importlib.import_module("minigan.layer"))  # the protocol of all layers
    if path[0] in ONE_FORM:
        around.append(importlib.import_module(f"minigan.{path[0]}"))
    docs = [inspect.getdoc(found) or "" for found in around]
    return "\n".join([*docs, *referred(path[0], "\n".join(docs))])


def referred(module: str, doc: str) -> list[str]:
    """The docstrings to which one refers, as in "Parameters as `algorithm_1`"."""
    found = []
    for name in re.findall(r"\bas(?: for)? `(\w+)`", doc):
        for place in (module, "gan", "optimizer"):
            there = getattr(importlib.import_module(f"minigan.{place}"), name, None)
            found.append(inspect.getdoc(there) or "")
    return found
