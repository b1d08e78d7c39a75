"""Vectors that were measured in units of their own, and the statistics that standardise them."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.data.dataset import DataError, Dataset


def vectors(name: str, x: Any, labels: Any = None, description: str = "") -> Dataset:
    """Any real array (n, d) as a Dataset that trains on (x - mean) / std, column by column.

    A column that never changes has no spread to divide by: it gets std 1 and trains on 0.

    **Raises**  DataError for numbers beyond float32's range, and as `Dataset`.

    >>> data = vectors("three", np.array([[1.0, 5.0], [3.0, 5.0]]))
    >>> data.mean.tolist(), data.std.tolist()
    ([2.0, 5.0], [1.0, 1.0])
    """
    with np.errstate(over="ignore"):  # found out in the next line
        values = np.ascontiguousarray(x, dtype=np.float32)
    if np.isinf(values).sum() > np.isinf(x).sum():
        raise DataError(f"{name}: numbers beyond 3.4e38, which float32 cannot hold; rescale them.")
    x = values
    if not x.size or not np.isfinite(x).all():
        return Dataset(name, x)  # raises and says where
    mean = x.mean(axis=0, dtype=np.float64)
    std = x.std(axis=0, dtype=np.float64)
    constant = x.min(axis=0) == x.max(axis=0)  # rounding leaves std near 1e-17 instead of 0
    mean, std = np.where(constant, x[0], mean), np.where(constant, 1.0, std)
    return Dataset(name, x, labels, mean=mean, std=std, description=description)
