"""Distances in blocks: right in each, close to zero and far from it, and never all at once."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from point_sets import distance, points, radius

from minigan.evaluation import distances
from minigan.evaluation.distances import (
    as_pair,
    as_rows,
    check_count,
    each_distance,
    kth_nearest,
    nearest,
)
from minigan.threads import use_threads


def all_squares(x, y):
    found = np.full((len(x), len(y)), np.nan)

    def use(rows, square):
        found[rows] = square

    each_distance(use, x, y)
    return found


@pytest.fixture(params=[7, 40, 10**6])
def blocks(request, monkeypatch):
    """Blocks of one row, of a few, and of all."""
    monkeypatch.setattr(distances, "SIZE", request.param)


def test_distances_are_those_of_the_definition(blocks) -> None:
    x, y = points(20), points(13, seed=1)
    expected = [[distance(a, b) ** 2 for b in y] for a in x]
    np.testing.assert_allclose(all_squares(x, y), expected, rtol=1e-12)


def test_neighbours_are_those_of_the_definition(blocks) -> None:
    x, y = points(20), points(13, seed=1)
    index, far = nearest(x, y)
    assert index.tolist() == [min(range(13), key=lambda j: distance(a, y[j])) for a in x]
    np.testing.assert_allclose(far, [min(distance(a, b) for b in y) for a in x], rtol=1e-9)
    for k in (1, 4, 19):
        np.testing.assert_allclose(kth_nearest(x, k) ** 0.5, [radius(i, x, k) for i in range(20)])


def test_two_threads_share_the_blocks(blocks) -> None:
    x, y = points(50), points(30, seed=1)
    with use_threads(2):
        shared = all_squares(x, y)
    np.testing.assert_array_equal(shared, all_squares(x, y))


def test_distances_far_from_zero_keep_their_digits() -> None:
    x = 1e6 + points(20)
    expected = ((x[:, None] - x) ** 2).sum(axis=2)
    np.testing.assert_allclose(all_squares(x, x), expected, rtol=1e-6, atol=1e-9)


def test_points_of_the_plane_that_are_close_are_told_apart() -> None:
    """In float32, a grid of 25 modes would blur what lies within one."""
    x = np.float32([[4, 4], [4 + 1e-3, 4], [4, 4 + 2e-3], [-4, -4], [-4, 4]])
    np.testing.assert_allclose(nearest(x[:1], x[1:])[1], [1e-3], rtol=1e-3)


def test_images_are_exact_to_float32() -> None:
    x = np.random.default_rng(0).random((30, 784), dtype=np.float32)
    expected = ((x[:, None].astype(np.float64) - x) ** 2).sum(axis=2)
    np.testing.assert_allclose(all_squares(x, x), expected, rtol=1e-5, atol=1e-4)
    assert all_squares(x, x).min() >= 0


def test_bytes_are_numbers() -> None:
    x = np.array([[0, 255], [3, 251]], dtype=np.uint8)
    assert all_squares(x, x).round(9).tolist() == [[0, 25], [25, 0]]


@pytest.mark.parametrize(("d", "dtype"), [(784, "float32"), (100, "float64"), (2, "float32")])
def test_copies_have_no_distance(d: int, dtype: str) -> None:
    """Nothing but rounding is left of ‖x‖² - 2 x·x + ‖x‖², some of it above 0."""
    x = np.random.default_rng(0).random((200, d)).astype(dtype)
    index, far = nearest(x[::-1], x)
    assert index.tolist() == [*range(199, -1, -1)]
    assert not far.any()
    assert not kth_nearest(x.repeat(3, axis=0), 2).any()
    assert kth_nearest(x).all()


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float16", "bool"])
def test_numbers_of_every_kind_become_floats_that_can_be_summed(dtype: str) -> None:
    x = (points(5) > 0).astype(dtype)
    rows = as_rows("me", x)
    assert rows.dtype == ("float64" if dtype == "int64" else "float32")
    np.testing.assert_array_equal(rows, x.astype(float))


def test_floats_are_not_copied() -> None:
    for dtype in ("float32", "float64"):
        x = points(5).astype(dtype)
        assert np.shares_memory(as_rows("me", x), x)


@pytest.mark.parametrize("x", [points(3) + 1j, points(3).astype(str), points(3).astype(object)])
def test_what_is_no_real_number_is_refused(x) -> None:
    with pytest.raises(TypeError, match=r"^me: got an array of .*, expected real numbers\.$"):
        as_rows("me", x)


@pytest.mark.parametrize("value", [0, 6, 2.0, "3", True, None])
def test_a_count_is_an_integer_between_its_limits(value) -> None:
    error = ValueError if type(value) is int else TypeError
    with pytest.raises(error, match=r"^me: n is .*, expected an integer from 1 to 5, as five"):
        check_count("me", "n", value, 1, 5, ", as five")
    check_count("me", "n", np.int64(5), 1, 5)


def test_there_is_no_neighbour_beyond_the_last() -> None:
    with pytest.raises(ValueError, match="k-th nearest: k is 3, expected an integer from 1 to 2"):
        kth_nearest(points(3), 3)


def test_never_all_distances_at_once() -> None:
    n, d = 4000, 784
    x = np.zeros((n, d), dtype=np.float32)
    tracemalloc.start()
    nearest(x, x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * x.nbytes + 3 * 4 * distances.SIZE  # two centred copies, and a block
    assert peak < 4 * n * n


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (np.zeros(3), r"expected \(n, d\) or images"),
        (np.zeros((1, 3)), "n of 2 or more"),
        (np.zeros((3, 0)), r"shape \(3, 0\)"),
        (np.array([[0.0], [np.nan]]), "me: example 1 is not finite, or beyond 1e.15; leave out"),
        (np.array([[np.inf], [0.0]]), "example 0 is not finite"),
        (np.array([[0.0], [-1e200]]), r"example 1 is .* beyond 1e\+15; .* scale what is large"),
        (np.array([[0.0], [np.inf]], dtype=np.float16), "example 1 is not finite"),
    ],
)
def test_what_is_no_set_of_examples_is_refused(x, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        as_rows("me", x, 2)


def test_examples_of_two_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="me: examples of 3 numbers are compared with examples of"):
        as_pair("me", np.zeros((2, 3)), np.zeros((2, 4)))
    with pytest.raises(TypeError, match="expected a NumPy or a CuPy array"):
        as_pair("me", [[0.0]], np.zeros((2, 4)))


def test_images_become_rows() -> None:
    assert as_rows("me", np.zeros((5, 2, 3, 1))).shape == (5, 6)
