"""Numbers that are others in each step: the counter of a generator, the size of Adam's step.

A training step is always the same work on the same arrays, but for a few numbers that the host
works out: which part of the data comes next, 1 - β₁ᵗ, where a stream of random numbers stands.
`changing` marks them. In an ordinary step it does nothing: it works the number out and returns it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def changing(compute: Callable[[], Any], dtype: Any = None) -> Any:
    """compute(), which is worked out anew, in the same order, in each step.

    **Parameters**  compute: returns a number, or an array of the host; it may move on what it reads
    (a counter, a stream). dtype: of the array on the GPU that stands for it in a recorded step.
    """
    return compute()
