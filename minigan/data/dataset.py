"""What a training run sees of the world: a Dataset, and the Batches that are drawn from it.

A Dataset holds its examples as they were measured: images as bytes, vectors in their own units. A
float32 copy of the 60,000 digits would take 188 MB instead of 47, so images stay uint8 in memory
and each batch is scaled when it is drawn, to the range that the last layer of G can reach.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan.backend import Array, Random, device_module, to_host
from minigan.conditional import beside_labels
from minigan.cuda.feed import changing
from minigan.data.checking import DataError as DataError
from minigan.data.checking import check_examples, check_labels, check_statistics
from minigan.data.scaling import Scaling, scaled_images
from minigan.inputs import check_random
from minigan.limits import (
    FINITE,
    check_flag,
    check_kind,
    check_number,
    check_shape,
    sentence,
)


@dataclass(frozen=True, eq=False)
class Dataset:
    """n examples: images (n, h, w, c), or vectors (n, d).

    **Parameters**  name; x, images as uint8 or float32, vectors as float32; labels, n integers, or
    None; top, the value in x that means white (images only); mean and std, (d,) each, what training
    subtracts and divides by so that vectors of any unit come near N(0, 1), or None for vectors
    that are used as they are; description, one line that says where the data came from.

    **Raises**  DataError for empty data, another shape or dtype, a NaN or an infinity, images
    outside [0, top], labels or statistics that do not fit x; TypeError for a name that is no text,
    a top that is no number.

    >>> data = Dataset("two", np.array([[[[0]]], [[[255]]]], dtype=np.uint8))
    >>> data.kind, data.shape, len(data)
    ('images', (1, 1, 1), 2)
    """

    name: str
    x: Any
    labels: Any = None
    top: float = 255.0
    mean: Any = None
    std: Any = None
    description: str = ""

    def __post_init__(self) -> None:
        check_kind("Dataset", "name", self.name, str, "a text")
        check_examples(self.name, self.x, self.top)
        if self.labels is not None:
            check_labels(self.name, self.labels, len(self.x))
        check_statistics(self.name, self.x, self.mean, self.std)

    def __len__(self) -> int:
        return len(self.x)

    def __repr__(self) -> str:
        return f"Dataset({self.name!r}, {len(self)} {self.kind} of shape {self.shape})"

    @property
    def kind(self) -> str:
        """ "images" or "vectors"."""
        return "images" if self.x.ndim == 4 else "vectors"

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one example: (h, w, c) or (d,)."""
        return tuple(self.x.shape[1:])

    @property
    def classes(self) -> dict[int, int]:
        """Each label, in rising order, and how many examples have it; {} without labels."""
        found = np.unique([] if self.labels is None else self.labels, return_counts=True)
        return dict(zip(*(a.tolist() for a in found), strict=True))


class Batches:
    """Draw batches in shuffled passes: `batches(m)` is the data(m) of Algorithm 1.

    Each pass visits the examples in a new random order; what is left at its end and fills no batch
    is dropped. The examples live on the device of rng; a batch has its dtype.

        images    y = low + (high - low) · x / top        0 ↦ low and top ↦ high
        vectors   y = (x - mean) / std                    where the Dataset has mean and std

    **Parameters**  dataset; rng, which draws the order of each pass; low and high, what black and
    white become: (0, 1) for a G that ends in Sigmoid, (-1, 1) for Tanh. Vectors ignore them. shape
    (h, w, c), to which scaled images are padded (default: as they are), an odd row at the bottom,
    an odd column on the right; border, the number to pad with, by default low, which is black;
    labelled: whether a batch is [x, y], examples flattened and their labels one-hot behind them,
    a column for each of `dataset.classes`.

    **Raises**  DataError for low ≥ high, for a shape that does not hold the images, for labels that
    are not there, for a batch of less than 1 or of more than all examples, for a state that is not
    one of this data; TypeError, ValueError for what are no numbers or not finite.

    >>> data = Dataset("two", np.array([[[[0]]], [[[255]]]], dtype=np.uint8))
    >>> sorted(Batches(data, Random(0), -1, 1)(2).ravel().tolist())
    [-1.0, 1.0]
    """

    def __init__(
        self,
        dataset: Dataset,
        rng: Random,
        low: float = 0.0,
        high: float = 1.0,
        *,
        shape: Sequence[int] | None = None,
        border: float | None = None,
        labelled: bool = False,
    ) -> None:
        check_kind("Batches", "dataset", dataset, Dataset, "a Dataset, as minigan.data.load gives")
        check_random("Batches", rng)
        low = check_number("Batches", "low", low, FINITE)
        high = check_number("Batches", "high", high, FINITE)
        if low >= high:
            raise DataError(f"Batches: the range is ({low}, {high}), expected low < high.")
        if check_flag("Batches", "labelled", labelled) and dataset.labels is None:
            raise DataError(f"{dataset.name}: there are no labels, expected labelled=False.")
        self.dataset, self.rng = dataset, rng
        self.shape = dataset.shape if shape is None else check_shape("Batches", "shape", shape)
        self._check_shape()
        border = check_number("Batches", "border", low if border is None else border, FINITE)
        self._scaling = Scaling(self.shape, dataset.top, low, high, border)
        self._xp = device_module(rng.device)
        x = dataset.x
        if dataset.kind == "vectors":
            if dataset.mean is not None:
                x = (x.astype(np.float64) - dataset.mean) / dataset.std
            x = x.astype(rng.dtype)
        self._x = self._xp.asarray(x)  # uint8 images stay uint8
        self._columns, self._classes = None, len(dataset.classes) if labelled else 0
        if labelled:
            self._columns = self._xp.asarray(np.searchsorted([*dataset.classes], dataset.labels))
        self._order: Array = self._xp.zeros(0, dtype="int64")  # the first call starts a pass
        self._position = 0

    def __call__(self, m: int) -> Array:
        self._check_m(m)
        index = changing(lambda: self._next(int(m)), dtype="int64")
        return self._scaled(index)

    def _next(self, m: int) -> Array:
        """The indices of the next m examples; a new pass where too few are left of this one."""
        if self._position + m > len(self._order):
            self._order = self._xp.asarray(self.rng.permutation(len(self.dataset)))
            self._position = 0
        self._position += m
        return self._order[self._position - m : self._position]

    def _scaled(self, index: Array) -> Array:
        """The examples at these places, (m,) int64, as training sees them."""
        if self.dataset.kind == "images":
            y = scaled_images(self._x, index, self._scaling, self.rng.dtype)
        else:
            y = self._x[index]
        if self._columns is None:
            return y
        return beside_labels(y, self._columns, index, self._classes)

    def _check_shape(self) -> None:
        given, shape = self.shape, self.dataset.shape
        larger = len(given) == len(shape) == 3 and all(map(operator.ge, given, shape))
        if given != shape and not (larger and given[2] == shape[2]):
            raise DataError(
                f"{self.dataset.name}: examples of shape {shape} cannot be padded to {given}, "
                "expected (h, w, c) of images that are no smaller and have as many channels."
            )

    def _check_m(self, m: int) -> None:
        if isinstance(m, bool) or not isinstance(m, int | np.integer) or m < 1:
            raise DataError(f"{self.dataset.name}: the batch is {m!r}, expected an integer ≥ 1.")
        if m > len(self.dataset):
            raise DataError(
                f"{self.dataset.name}: a batch of {m} is asked for and there are only "
                f"{len(self.dataset)} examples; take a smaller batch (--batch)."
            )

    @property
    def state(self) -> dict[str, Any]:
        """{"order": integers (n,), "position": int}: the pass under way; assign it to go back.

        Before the first batch the order is empty. The Random has its own state, which decides the
        passes that follow.
        """
        return {"order": to_host(self._order).copy(), "position": self._position}

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        """Go on from a saved order and position, if they can be this data's."""
        if not isinstance(state, dict) or not {"order", "position"} <= state.keys():
            raise DataError(sentence("Batches", "state", state, "a dict of order and position"))
        if not isinstance(state["position"], int | np.integer):
            raise DataError(sentence("Batches", "position", state["position"], "an integer"))
        order, position, n = np.asarray(state["order"]), int(state["position"]), len(self.dataset)
        if order.ndim != 1 or order.dtype.kind not in "iuf":
            raise DataError(f"Batches: the order has shape {order.shape}, expected (n,) integers.")
        if order.size not in (0, n):
            raise DataError(
                f"{self.dataset.name}: the saved order is of {order.size} examples and the data "
                f"has {n}; go on with the data that the run was started with."
            )
        if not np.array_equal(np.sort(order, axis=None), np.arange(order.size)):
            raise DataError(f"{self.dataset.name}: the saved order is no permutation of the data.")
        if not 0 <= position <= order.size:
            raise DataError(
                f"{self.dataset.name}: the position is {position}, expected 0 to {order.size}."
            )
        self._order, self._position = self._xp.asarray(order.astype(np.int64)), position
