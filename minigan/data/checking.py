"""What a Dataset may hold: examples, labels and statistics that fit each other."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.limits import POSITIVE, check_number, shown
from minigan.terminal import OneLineError

IMAGES, VECTORS = ("uint8", "float32"), ("float32",)  # dtypes of examples


class DataError(OneLineError):
    """Data that cannot be used; the message is one line: what was found, where, what to do."""


def check_examples(name: str, x: Any, top: Any) -> None:
    """Refuse what are no images (n, h, w, c) from 0 to top, and no vectors (n, d).

    **Raises**  DataError; TypeError for a top that is no number.
    """
    if type(x) not in (np.ndarray, np.memmap) or x.ndim not in (2, 4):
        what = f"is {shown(x)}" if not isinstance(x, np.ndarray) else f"has shape {x.shape}"
        raise DataError(
            f"{name}: x {what}, expected a plain NumPy array of images (n, h, w, c) or of vectors "
            "(n, d)."
        )
    if x.size == 0:
        raise DataError(f"{name}: the data is empty, x has shape {x.shape}.")
    kind, dtypes = ("images", IMAGES) if x.ndim == 4 else ("vectors", VECTORS)
    if x.dtype.name not in dtypes or not x.dtype.isnative:
        raise DataError(f"{name}: {kind} are {x.dtype}, expected {' or '.join(dtypes)}.")
    if x.dtype == np.float32 and not np.isfinite(x).all():
        where = tuple(np.argwhere(~np.isfinite(x))[0].tolist())
        raise DataError(
            f"{name}: x{list(where)} is {x[where]}, expected finite numbers; remove or repair that "
            "example."
        )
    if kind == "images":
        try:
            top = check_number(name, "top", top, POSITIVE)
        except ValueError as error:
            raise DataError(str(error)) from None
        low, high = x.min(), x.max()
        if low < 0 or high > top:
            raise DataError(f"{name}: pixels from {low} to {high}, expected 0 to {top:g} (top).")


def check_labels(name: str, labels: Any, n: int) -> None:
    """Refuse what are not n integers in an array.

    **Raises**  DataError.
    """
    array = isinstance(labels, np.ndarray)
    if not array or labels.shape != (n,) or labels.dtype.kind not in "iu":
        found = f"{labels.dtype} of shape {labels.shape}" if array else shown(labels)
        raise DataError(f"{name}: labels are {found}, expected {n} integers, one for each example.")


def check_statistics(name: str, x: Any, mean: Any, std: Any) -> None:
    """Refuse a mean and std of which one is missing, or that do not fit the columns of x.

    **Raises**  DataError.
    """
    if (mean is None) != (std is None):
        raise DataError(f"{name}: mean and std belong together, only one is given.")
    if mean is None:
        return
    arrays = all(isinstance(a, np.ndarray) and a.dtype.kind in "fiu" for a in (mean, std))
    if not (
        arrays
        and x.ndim == 2
        and mean.shape == std.shape == x.shape[1:]
        and np.isfinite(mean).all()
        and np.isfinite(std).all()
        and (std > 0).all()
    ):
        raise DataError(
            f"{name}: mean and std must be finite, std above 0, one number for each column of "
            f"vectors (n, d); x is {x.shape}, mean {np.shape(mean)}, std {np.shape(std)}."
        )
