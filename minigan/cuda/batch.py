"""A batch in one launch, from the data that lie on the GPU; with labels, in two.

The bits are those of `scaled_images` in data/scaling.py and of `beside_labels` in conditional.py.
"""

from __future__ import annotations

from typing import Any

from minigan.backend import Array, array_module
from minigan.cuda.kernels import start


def images(x: Array, index: Array, scaling: Any, dtype: Any) -> Array:
    """The images x[index], scaled and padded as a `Scaling` says.

    **Shapes**  x (n, h, w, c) uint8 or float32, index (m,) int64 → (m, height, width, c)
    """
    (h, w, c), (height, width, _) = x.shape[1:], scaling.shape
    y = array_module(x).empty((len(index), height, width, c), dtype=dtype)
    sizes = (h, w, c, height, width, (height - h) // 2, (width - w) // 2)
    low, high = scaling.low, scaling.high
    numbers = map(float, (scaling.top, high - low, low, scaling.border))
    kernel = "images_of_bytes" if x.dtype == "uint8" else "images_of_floats"
    start("batch", kernel, y.size, y, x, index, *sizes, *numbers, dtype=dtype)
    return y


def labelled(x: Array, columns: Array, index: Array, classes: int) -> Array:
    """[x, one-hot rows of columns[index]]: each example of x flattened, its label behind it.

    **Shapes**  x (m, …), columns (n,) and index (m,) int64 → (m, d + classes)
    """
    rows = x.reshape(len(x), -1)
    d = rows.shape[1]
    y = array_module(x).empty((len(x), d + classes), dtype=x.dtype)
    start("batch", "labelled", y.size, y, rows, columns, index, d, classes)
    return y
