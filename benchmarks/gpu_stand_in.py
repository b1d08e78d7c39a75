"""The device "cuda" of gpu.py: CuPy on a GPU; with --cpu, the stand-in for CuPy from tests/."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent.parent / "tests"


@contextlib.contextmanager
def device(pretended: bool) -> Iterator[Any]:
    """A context in which device "cuda" works; its value is the module that plays cupy.

    **Raises**  FileNotFoundError where the stand-in is asked for and tests/ is not beside it.
    """
    if not pretended:
        yield importlib.import_module("cupy")
        return
    if not (TESTS / "cupy_standin.py").exists():
        raise FileNotFoundError("--cpu needs the folder tests/ beside benchmarks/")
    with contextlib.ExitStack() as stack:
        sys.path.append(str(TESTS))
        stack.callback(sys.path.remove, str(TESTS))
        before = sys.modules.get("cupy")
        stack.callback(_put_back, before)
        cupy = sys.modules["cupy"] = importlib.import_module("cupy_standin").CUPY
        if (TESTS / "cupy_blas.py").exists():  # its matrix products
            blas: Any = importlib.import_module("minigan.cuda.blas")
            stack.callback(setattr, blas, "load", blas.load)
            blas.load = importlib.import_module("cupy_blas").load
        yield cupy


def _put_back(before: Any) -> None:
    if before is None:
        del sys.modules["cupy"]
    else:
        sys.modules["cupy"] = before
