"""The fast ways as tests want them: for arrays of any size, in small blocks, on several threads."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from minigan import blocks, fast_patches, painting
from minigan.backend import Array
from minigan.patch_blocks import BLOCK
from minigan.threads import use_threads
from minigan.window import Window


@contextmanager
def fast(block: int = BLOCK, threads: int = 1, paint_rows: bool | None = None) -> Iterator[None]:
    """Layers use the fast maps and walk through arrays in blocks, for small arrays, too.

    block: the numbers in the patches of a block; in a block of an array are a 16th, as by default.

    paint_rows: whether scatter paints all of a kernel's rows at once, wherever that is possible; or
    None, for where it pays.
    """
    with pytest.MonkeyPatch.context() as patch, use_threads(threads):
        patch.setattr(fast_patches, "SMALL", 0)
        patch.setattr(fast_patches, "BLOCK", block)
        patch.setattr(fast_patches, "LONG", 4 * block)
        patch.setattr(painting, "BLOCK", block)
        patch.setattr(blocks, "SIZE", block // 16)
        patch.setattr(blocks, "WHOLE", 0)
        patch.setattr(blocks, "ONE_CORE", 0)
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
    """Layers use the plain maps and whole arrays, for large arrays, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fast_patches, "SMALL", 2**62)
        patch.setattr(blocks, "WHOLE", 2**62)
        yield


@pytest.fixture(scope="module", params=["plain", "fast"])
def both_maps(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run a module's tests twice."""
    with plain() if request.param == "plain" else fast(block=1000, threads=2):
        yield
