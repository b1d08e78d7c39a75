"""Examples held out of training: what a measure may be chosen on, or taken on, without flattering.

The 2014 paper's code trains on the first 50,000 of MNIST's 60,000 training images and keeps the
other 10,000 to choose the σ of the Parzen window. The test images then choose nothing.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from minigan.data.dataset import DataError, Dataset
from minigan.limits import check_choice, check_kind


def part(dataset: Dataset, split: str, hold_out: int) -> Dataset:
    """Return the part to train on, or the last `hold_out` examples, which are held out of it.

    Columns of vectors keep the mean and std of the whole: both parts are in the same units.

    **Parameters**  split: "train" or "validation"; hold_out: from 1 to all examples but one.

    **Raises**  DataError; TypeError, ValueError for what is no Dataset, or another split.

    >>> ten = Dataset("ten", np.arange(10, dtype=np.float32)[:, None])
    >>> [part(ten, split, 3).x.ravel().astype(int).tolist() for split in ("train", "validation")]
    [[0, 1, 2, 3, 4, 5, 6], [7, 8, 9]]
    """
    check_kind("part", "dataset", dataset, Dataset, "a Dataset, as minigan.data.load gives")
    check_choice("part", "split", split, ("train", "validation"))
    n = len(dataset)
    whole = isinstance(hold_out, int | np.integer) and not isinstance(hold_out, bool)
    if not whole or not 1 <= hold_out < n:
        raise DataError(
            f"{dataset.name}: hold_out is {hold_out!r}, expected an integer from 1 to {n - 1:,}; "
            f"there are {n:,} examples, and one at least is to be trained on."
        )
    rows = slice(n - hold_out, n) if split == "validation" else slice(0, n - hold_out)
    return dataclasses.replace(
        dataset,
        x=dataset.x[rows],
        labels=None if dataset.labels is None else dataset.labels[rows],
        description=f"{dataset.description}; {split}, {rows.stop - rows.start:,} of {n:,}",
    )
