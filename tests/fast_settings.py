"""The fast maps as tests want them: for arrays of any size, in small blocks, on several threads."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from minigan import fast_patches, painting
from minigan.backend import Array
from minigan.patch_blocks import BLOCK
from minigan.threads import use_threads
from minigan.window import Window


@contextmanager
def fast(block: int = BLOCK, threads: int = 1, paint_rows: bool | None = None) -> Iterator[None]:
    """Layers use the fast maps, for small arrays, too.

    paint_rows: whether scatter paints all of a kernel's rows at once, wherever that is possible; or
    None, for where it pays.
    """
    with pytest.MonkeyPatch.context() as patch, use_threads(threads):
        patch.setattr(fast_patches, "SMALL", 0)
        patch.setattr(fast_patches, "BLOCK", block)
        patch.setattr(fast_patches, "LONG", 4 * block)
        patch.setattr(painting, "BLOCK", block)
        if paint_rows is not None:
            patch.setattr(
                *(fast_patches, "paint_rows_pays"),
                lambda y, x, window: paint_rows and painting_is_possible(x, window),
            )
        yield


def painting_is_possible(x: Array, window: Window) -> bool:
    rows, columns = window.pads(x.shape[1:3])
    return min(*rows, *columns) >= 0


@contextmanager
def plain() -> Iterator[None]:
    """Layers use the plain maps, for large arrays, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fast_patches, "SMALL", 2**62)
        yield


@pytest.fixture(scope="module", params=["plain", "fast"])
def both_maps(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run a module's tests twice."""
    with plain() if request.param == "plain" else fast(block=1000, threads=2):
        yield
