"""Between the units of a data set and the numbers that the networks see, and back."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan.data import Dataset


@dataclass(frozen=True)
class Units:
    """How one data set is scaled for one generator; kept in config.json, so plain lists and floats.

        images    y = low + (high - low) x / top     x in [0, top]
        vectors   y = (x - mean) / std               or y = x where mean and std are None

    **Parameters**  kind "images" or "vectors"; shape of one sample: the data's, or what they are
    padded to; top: the x that means white; low, high: what black and white become; mean, std: one
    number a column, in the units of the data; labels, in rising order, and counts, how many
    examples have each, where labels stand behind what the networks see.
    """

    kind: str
    shape: list[int]
    top: float
    low: float = 0.0
    high: float = 1.0
    mean: list[float] | None = None
    std: list[float] | None = None
    labels: list[int] | None = None
    counts: list[int] | None = None

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        output_range: tuple[float, float] | None,
        shape: tuple[int, ...],
        classes: dict[int, int] | None = None,
    ) -> Units:
        """The units of a data set for a generator of that range whose samples have that shape.

        **Parameters**  classes: each label and how many examples have it, where labels stand behind
        what the networks see.

        **Raises**  ValueError for images and a generator without a range: nothing says what is
        white.
        """
        if dataset.kind == "images" and output_range is None:
            raise ValueError(
                f"{dataset.name}: images of shape {tuple(dataset.shape)} need a G that ends in a "
                "Sigmoid or a Tanh, but its outputs have no bounds."
            )
        low, high = output_range or (0.0, 1.0)
        mean, std = (
            None if a is None else np.asarray(a, dtype=np.float64).tolist()
            for a in (dataset.mean, dataset.std)
        )
        sizes = [int(n) for n in shape]
        labels, counts = (list(classes), list(classes.values())) if classes else (None, None)
        return cls(dataset.kind, sizes, float(dataset.top), low, high, mean, std, labels, counts)

    @property
    def classes(self) -> int:
        """How many columns of labels stand behind what the networks see."""
        return len(self.labels or ())

    def values(self, y: Any) -> Any:
        """Host outputs of G (m, …) → the units of the data, float64; images from 0 to top."""
        y = np.asarray(y, dtype=np.float64)
        if self.labels is not None:
            y = y[:, : y.shape[1] - self.classes].reshape(len(y), *self.shape)
        if self.kind == "images":  # a Tanh may say 1 where white is 127/128
            return ((y - self.low) / (self.high - self.low) * self.top).clip(0, self.top)
        if self.mean is None or self.std is None:
            return y
        return y * np.asarray(self.std) + np.asarray(self.mean)

    def labels_of(self, y: Any) -> Any:
        """The labels that stand behind host outputs of G, (m,); None where there are none."""
        if self.labels is None:
            return None
        return np.asarray(self.labels)[np.asarray(y)[:, -self.classes :].argmax(axis=1)]

    def standardised(self, x: Any) -> Any:
        """Vectors in the units of the data → what the networks see, float64."""
        x = np.asarray(x, dtype=np.float64)
        if self.mean is None or self.std is None:
            return x
        return (x - np.asarray(self.mean)) / np.asarray(self.std)

    def pixels(self, y: Any) -> Any:
        """Host outputs of G (m, h, w, c) → uint8 images, 0 black and 255 white.

        >>> Units("images", [1, 1, 1], 16, low=-1.0).pixels([-1.0, 0.0, 1.0]).tolist()
        [0, 128, 255]
        """
        light = self.values(y) / self.top * 255
        return np.nan_to_num(light, nan=0.0).round().astype(np.uint8)


def wrong_units(found: dict[str, Any]) -> str:
    """The sentence for the first thing that is wrong with units from a file, or "".

    >>> wrong_units({"kind": "vectors", "shape": [2], "top": 0.0})
    'the units have top 0.0, expected a number above 0.'
    """
    fields = [field.name for field in dataclasses.fields(Units)]
    if not {"kind", "shape", "top"} <= found.keys() <= {*fields}:
        return f"the units have {', '.join(found)}, expected {', '.join(fields)}."
    u = Units(**found)
    if u.kind not in ("images", "vectors"):
        return f"the units have kind {u.kind!r}, expected 'images' or 'vectors'."
    if not _integers(u.shape, 1) or len(u.shape) != (3 if u.kind == "images" else 1):
        return f"the units have shape {u.shape!r}, expected [h, w, c] of images or [d] of vectors."
    if not _numbers([u.top]) or u.top <= 0:
        return f"the units have top {u.top!r}, expected a number above 0."
    if not _numbers([u.low, u.high]) or u.low >= u.high:
        return f"the units have low {u.low!r} and high {u.high!r}, expected two numbers that rise."
    for key, column in (("mean", u.mean), ("std", u.std)):
        if column is not None and not (_numbers(column) and len(column) == u.shape[0]):
            return f"the units have another {key} than a number for each of {u.shape[0]} columns."
    if u.labels is None or u.counts is None:
        return "" if u.labels is u.counts else "the units have labels or counts, expected both."
    if not (_integers(u.labels) and _integers(u.counts, 1) and len(u.labels) == len(u.counts)):
        return "the units have other labels and counts than integers, as many of one as of another."
    if not u.labels or sorted({*u.labels}) != u.labels:
        return "the units have labels that do not rise."
    return ""


def _integers(values: Any, least: float = -math.inf) -> bool:
    return isinstance(values, list) and all(type(n) is int and n >= least for n in values)


def _numbers(values: Any) -> bool:
    return isinstance(values, list) and all(
        type(x) in (int, float) and abs(x) < math.inf for x in values
    )


def unpadded(x: Any, shape: tuple[int, ...]) -> Any:
    """The middle of samples of padded images, where `Batches` puts the data."""
    if x.shape[1:] == shape:
        return x
    top, left = ((larger - n) // 2 for larger, n in zip(x.shape[1:3], shape[:2], strict=True))
    return x[:, top : top + shape[0], left : left + shape[1]]
