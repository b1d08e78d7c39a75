"""A formula of several operators in one launch: y[i] depends on the arrays' [i] alone.

The formulas stand in activations.py and dropout.py, where they are handed to `blocks.elementwise`
together with the name of their kernel in elementwise.cu.
"""

from __future__ import annotations

from minigan.backend import Array, array_module
from minigan.cuda.kernels import start


def elementwise(name: str, arrays: tuple[Array, ...], constants: tuple[float, ...]) -> Array:
    """The kernel's y for arrays of one shape; it has the shape and the dtype of the first.

    **Raises**  ValueError for arrays of several shapes: a kernel would read beyond the smaller one.
    """
    if len({a.shape for a in arrays}) > 1:
        raise ValueError(f"kernel {name}: the arrays have shapes {[a.shape for a in arrays]}.")
    xp = array_module(arrays[0])
    y = xp.empty(arrays[0].shape, dtype=arrays[0].dtype)
    start("elementwise", name, y.size, y, *map(xp.ascontiguousarray, arrays), *constants)
    return y
