"""Other people's libraries, which know the answers too: PyTorch, ONNX and scipy. No dependencies.

A test that asks one names it, and is skipped, with what to install, where it is missing:

    torch = oracle("torch")
    pytestmark = pytest.mark.oracle("torch")

The run says how many tests each of them has answered (conftest.py).
"""

from __future__ import annotations

import importlib
from collections import Counter
from typing import Any

import pytest

PIP = {
    "torch": "torch==2.13.0",
    "onnx": "onnx==1.22.0",  # of the later ones, 1.23.2 comes without the published node tests
    "scipy": "scipy",
}


def why_not(name: str) -> str:
    """The reason that an oracle cannot be asked, and what to do; "" where it can."""
    try:
        importlib.import_module(name)
    except ImportError as error:
        return f"{name}, an oracle, cannot be asked ({error}): pip install {PIP[name]}"
    return ""


def oracle(name: str, module: str = "") -> Any:
    """The library, or a module of it; without it, the test or the file of tests is skipped."""
    reason = why_not(name)
    if reason:
        pytest.skip(reason, allow_module_level=True)
    if name == "torch":
        # The arrays are tiny, waiting threads are slow, and the threads of tests are not PyTorch's.
        importlib.import_module("torch").set_num_threads(1)
    return importlib.import_module(module or name)


def in_short(passed: Counter[str]) -> str:
    """A line for the end of a run: the tests that passed with each oracle, or why none could."""
    return ", ".join(
        f"{name} skipped: {reason}" if (reason := why_not(name)) else f"{name} {passed[name]}"
        for name in PIP
    )
