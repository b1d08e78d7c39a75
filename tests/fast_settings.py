"""The fast maps as tests want them: for arrays of any size, in small blocks, on several threads."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from minigan import fast_patches
from minigan.threads import use_threads


@contextmanager
def fast(
    block: int = fast_patches.BLOCK, threads: int = 1, few: int = fast_patches.FEW
) -> Iterator[None]:
    """Layers use the fast maps, for small arrays, too."""
    with pytest.MonkeyPatch.context() as patch, use_threads(threads):
        patch.setattr(fast_patches, "SMALL", 0)
        patch.setattr(fast_patches, "BLOCK", block)
        patch.setattr(fast_patches, "LONG", 4 * block)
        patch.setattr(fast_patches, "FEW", few)
        yield


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
