"""The maps of patches.py in the form that is fast on a CPU; for now the plain one."""

from __future__ import annotations

from types import ModuleType

from minigan import patches
from minigan.backend import Array


def maps(x: Array) -> ModuleType:
    """The module whose gather, scatter and weight_gradient suit this array."""
    return patches
