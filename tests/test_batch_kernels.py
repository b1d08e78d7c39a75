"""cuda/batch.cu: a batch in one launch, with labels in two, and the bits are NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from cupy_device import DEVICE
from standin import standin

from minigan.backend import Random, to_host
from minigan.conditional import beside_labels
from minigan.data.dataset import Batches, Dataset

N, M, BATCHES = 23, 5, 6  # so that a second pass begins


def images(dtype: str, shape: tuple[int, ...], top: float) -> Dataset:
    rng = np.random.default_rng(3)
    x = rng.uniform(0, top, (N, *shape)).astype(dtype)
    x[0], x[1] = 0, top
    return Dataset("noise", x, labels=rng.integers(4, 9, N), top=top)


def vectors() -> Dataset:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(N, 7)).astype("float32")
    return Dataset("vectors", x, rng.integers(0, 3, N), mean=x.mean(axis=0), std=x.std(axis=0))


CASES: dict[str, tuple[Any, dict[str, Any], int]] = {  # data, options of Batches, launches
    "bytes": (images("uint8", (5, 4, 3), 255.0), {}, 1),
    "bytes from -1 to 1": (images("uint8", (5, 4, 3), 255.0), {"low": -1.0}, 1),
    "bytes, an odd border": (images("uint8", (5, 4, 3), 255.0), {"shape": (8, 9, 3)}, 1),
    "bytes, a grey border": (
        images("uint8", (5, 4, 1), 251.0),
        {"low": -1.0, "shape": (6, 4, 1), "border": 0.1},
        1,
    ),
    "floats": (images("float32", (4, 6, 2), 3.3), {"low": 0.1, "high": 0.7}, 1),
    "floats, a border": (images("float32", (4, 6, 2), 3.3), {"low": -7, "shape": (5, 7, 2)}, 1),
    "bytes with labels": (images("uint8", (5, 4, 3), 255.0), {"labelled": True}, 2),
    "bytes with a border and labels": (
        images("uint8", (5, 4, 3), 255.0),
        {"labelled": True, "shape": (8, 8, 3), "low": -1.0},
        2,
    ),
    "vectors": (vectors(), {}, 1),
    "vectors with labels": (vectors(), {"labelled": True}, 2),
}


@pytest.mark.parametrize(("data", "options", "launches"), CASES.values(), ids=CASES.keys())
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("backwards", [False, True], ids=["forwards", "backwards"])
def test_a_batch_is_one_launch_and_has_the_bits_of_the_formula(
    data: Dataset, options: dict[str, Any], launches: int, dtype: str, backwards: bool
) -> None:
    here = Batches(data, Random(1, dtype=dtype), **options)
    with standin(backwards=backwards):
        there = Batches(data, Random(1, "cuda", dtype), **options)
        for _ in range(BATCHES):
            DEVICE.reset()
            DEVICE.reversed = backwards
            batch = there(M)
            assert DEVICE.launches.total() == launches
            assert not DEVICE.syncs
            expected = here(M)
            assert batch.dtype == expected.dtype == dtype
            np.testing.assert_array_equal(to_host(batch), expected)


@pytest.mark.parametrize("shape", [(1, 1), (4, 2, 3, 1)])
def test_labels_stand_behind_an_example_of_any_shape(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).normal(size=shape)
    columns, index = np.array([2, 0, 1, 1, 4]), np.array([4, 0, 3, 2])[: len(x)]
    here = beside_labels(x, columns, index, 5)
    with standin() as xp:
        there = beside_labels(*map(xp.asarray, (x, columns, index)), 5)
        assert DEVICE.launches == {"labelled": 1}
        np.testing.assert_array_equal(to_host(there), here)
