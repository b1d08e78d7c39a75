"""Nearest training examples: are samples copies of what G has seen?

For each sample the training example that is nearest in pixels: its distance, and both beside each
other in a picture. Data that training has not seen have a distance, too; that is what to compare
with:

    min_j ‖G(z) - xⱼ‖   against   min_j ‖x' - xⱼ‖    x' held out

A G that copies has a distance near 0, and the pairs of the picture are the same image twice.

What it can tell: that G copies, when it copies pixel by pixel.
What it cannot: that it does not. An image moved by one pixel is far away, and may have another
nearest neighbour (Theis et al. 2016). And smooth images are near to everything, so that blur has a
smaller distance than held-out data have, without being a copy.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from minigan.backend import Array, array_module, to_host
from minigan.evaluation.distances import as_numbers, as_pair, nearest
from minigan.pictures import write_grid

COLUMNS, PAIRS = 10, 30


def nearest_examples(samples: Array, training: Array) -> tuple[Any, Any]:
    """Return each sample's nearest training example and its distance, on the host.

    **Shapes**  samples (n, …), training (m, …) → (n,), (n,)

    **Raises**  ValueError, TypeError as `as_pair`.

    >>> index, distance = nearest_examples(np.array([[0.9]]), np.array([[0.0], [1.0]]))
    >>> index.tolist(), distance.round(9).tolist()
    ([1], [0.1])
    """
    index, distance = nearest(*as_pair("nearest examples", samples, training))
    return to_host(index), to_host(distance)


def median_distance(distance: Any) -> tuple[float, float]:
    """Return the median of distances (n,) and its standard error.

    How many of n fall below the true median is binomial with a standard deviation of √n/2. So the
    sorted distances that far to the left and right of the middle are one error away from it.

    **Raises**  ValueError for another shape, no distance, or one that is not finite.

    >>> median_distance(np.arange(101.0))      # √101/2 is 5.02
    (50.0, 5.0)
    """
    ranked = np.sort(as_numbers("median", "distance", distance))
    n = len(ranked)
    middle, off = (n - 1) / 2, math.sqrt(n) / 2
    left, right = max(0, round(middle - off)), min(n - 1, round(middle + off))
    return float(np.median(ranked)), float(ranked[right] - ranked[left]) / 2


def write_neighbours(path: str | Path, samples: Array, training: Array) -> None:
    """Write a picture of the first 30 samples, each with its nearest training example below it.

    **Shapes**  samples (n, h, w, c), training (m, h, w, c), in [0, 1]

    **Raises**  ValueError for what are no images; OSError from the disk.
    """
    if array_module(samples).ndim(samples) != 4 or array_module(training).ndim(training) != 4:
        raise ValueError(
            f"{path}: a picture of arrays of shape {tuple(samples.shape)} and "
            f"{tuple(training.shape)}, expected images (n, h, w, c)."
        )
    shown = samples[:PAIRS]
    index, _ = nearest_examples(shown, training)
    images, rows = [], []
    for start in range(0, len(shown), COLUMNS):
        some = slice(start, start + COLUMNS)
        images += [_pixels(shown[some]), _pixels(training[index[some].tolist()])]
        rows += ["G", "data"]
    columns = min(COLUMNS, len(shown))
    if len(shown) % columns:  # the last two rows are shorter: fill them up
        empty = np.zeros((columns - len(shown) % columns, *shown.shape[1:]), dtype=np.uint8)
        images[-2:] = [np.concatenate([part, empty]) for part in images[-2:]]
    write_grid(path, np.concatenate(images), columns, rows=rows)


def _pixels(x: Array) -> Any:
    return (np.clip(to_host(x), 0, 1) * 255).round().astype(np.uint8)
