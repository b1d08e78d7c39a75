"""The stand-in plays cupy, for tests of kernels that do without conftest.py: those of mutants.

`pytestmark = pytest.mark.usefixtures(on_the_double.__name__)` makes it so for a module.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cupy_device import DEVICE
from cupy_standin import CUPY
from standin import standin

from minigan.backend import Array


@pytest.fixture(scope="module")
def on_the_double() -> Iterator[None]:
    with standin():
        yield


def both_ways(compute: Callable[[], Any]) -> tuple[Any, Any]:
    """The results with threads that run from the first to the last, and the other way round."""
    results = []
    for DEVICE.reversed in (False, True):
        results.append(compute())
    DEVICE.reversed = False
    return results[0], results[1]


def there(a: Any) -> Array:
    """A host array on the device; None stays None."""
    return None if a is None else CUPY.asarray(a)
