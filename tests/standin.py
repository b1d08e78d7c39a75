"""The device "cuda" for tests without conftest.py, as those of mutants, and for conftest.py."""

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

import cupy_blas
import pytest
from cupy_device import DEVICE
from cupy_standin import CUPY

from minigan.cuda import blas


@contextlib.contextmanager
def standin(
    *, backwards: bool = False, monkeypatch: pytest.MonkeyPatch | None = None
) -> Iterator[Any]:
    """The stand-in plays the module cupy, with kernels; DEVICE counts from 0.

    backwards: kernels run their threads from the last to the first. monkeypatch: the test's own,
    which may have replaced the same things, and then has to put back all of them in its order.
    """
    with (
        contextlib.nullcontext(monkeypatch)
        if monkeypatch
        else pytest.MonkeyPatch.context() as patch
    ):
        patch.setitem(sys.modules, "cupy", CUPY)
        patch.setattr(blas, "load", cupy_blas.load)
        DEVICE.reset()
        assert blas.why_not() == ""  # it is tried out once, which costs something
        DEVICE.reset()
        DEVICE.reversed = backwards
        try:
            yield CUPY
        finally:
            DEVICE.reset()


@pytest.fixture
def kernels_double(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module cupy, played by the stand-in, with kernels; DEVICE counts from 0."""
    with standin(monkeypatch=monkeypatch) as cupy:
        yield cupy
