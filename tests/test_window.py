"""Sizes: where the window fits, how much "same" pads, and which image a transpose goes back to."""

import pytest
from convolution_by_definition import same_pads
from hypothesis import given, settings
from hypothesis import strategies as st

from minigan.window import Window, window

quick = settings(deadline=None, max_examples=200)
sizes = st.integers(1, 40)
kernels = st.integers(1, 9)
strides = st.integers(1, 5)
zeros = st.integers(0, 6)


@quick
@given(n=sizes, k=kernels, s=strides, before=zeros, after=zeros)
def test_n_out_counts_the_places_where_the_window_fits(n, k, s, before, after):
    """n_out = ⌊(before + n + after - k) / s⌋ + 1: put at 0, s, 2s, … as often as it fits"""
    places = len([0 for start in range(0, 200, s) if start + k <= before + n + after])
    w = window((k, 1), (s, 1), ((before, after), (0, 0)))
    assert w.positions((n, 1)) == (places, 1)
    w = window((1, k), (1, s), ((0, 0), (before, after)))
    assert w.positions((1, n)) == (1, places)


@quick
@given(n=sizes, k=kernels, s=strides)
def test_same_is_tensorflows_rule(n, k, s):
    """n_out = ⌈n / s⌉, with just enough zeros, and the extra one comes after"""
    assert window((k, 1), (s, 1), "same").pads((n, 1)) == (same_pads(n, k, s), (0, 0))
    w = window((1, k), (1, s), "same")
    before, after = w.pads((1, n))[1]
    assert (before, after) == same_pads(n, k, s)
    assert after - before in (0, 1)
    places = -(-n // s)
    assert w.positions((1, n)) == (1, places)
    if before + after > 0:  # with one zero less the last window would not fit
        assert window((1, k), (1, s), ((0, 0), (before, after - 1))).positions((1, n))[1] < places


@pytest.mark.parametrize(
    ("n", "kernel", "stride", "pads", "n_out"),
    [
        (28, 5, 2, (1, 2), 14),
        (14, 5, 2, (1, 2), 7),
        (7, 5, 2, (2, 2), 4),
        (4, 5, 1, (2, 2), 4),
        (28, 4, 2, (1, 1), 14),
        (7, 4, 2, (1, 2), 4),
        (28, 3, 1, (1, 1), 28),
        (28, 4, 1, (1, 2), 28),
        (28, 2, 1, (0, 1), 28),
        (5, 3, 3, (0, 1), 2),
        (4, 3, 3, (1, 1), 2),
        (7, 1, 3, (0, 0), 3),
        (1, 5, 2, (2, 2), 1),
    ],
)
def test_same_in_numbers(n, kernel, stride, pads, n_out):
    w = window(kernel, stride, "same")
    assert w.pads((n, n)) == (pads, pads)
    assert w.positions((n, n)) == (n_out, n_out)


def test_the_two_axes_are_not_confused():
    w = window((5, 2), (1, 3), "same")
    assert w == Window((5, 2), (1, 3), "same")
    assert w.pads((6, 7)) == ((2, 2), (0, 1))
    assert w.positions((6, 7)) == (6, 3)
    assert w.image((6, 3)) == (6, 9)
    w = window((5, 2), (1, 3), ((0, 1), (2, 3)))
    assert w.pads((6, 7)) == ((0, 1), (2, 3))
    assert w.positions((6, 7)) == (3, 4)
    assert w.image((3, 4), (0, 2)) == (6, 8)


def test_an_image_smaller_than_the_kernel_has_no_position():
    assert window(3).positions((2, 5)) == (0, 3)
    assert window(3).positions((5, 2)) == (3, 0)
    assert window(9, 2).positions((1, 1)) == (0, 0)  # not -3
    assert window(3, 1, 1).positions((1, 1)) == (1, 1)


@quick
@given(n=st.integers(1, 12), k=kernels, s=strides, before=zeros, after=zeros)
def test_the_image_is_the_smallest_of_the_s_sizes_with_so_many_positions(n, k, s, before, after):
    """Of the s sizes that give the same number of positions the smallest, and `extra` more"""
    w = window(k, s, ((before, after), (before, after)))
    smallest, _ = w.image((n, n))
    assert smallest == (n - 1) * s + k - before - after
    fits = [size for size in range(smallest - 1, smallest + s + 1) if size > 0]
    sizes = [size for size in fits if w.positions((size, size)) == (n, n)]
    assert sizes == [size for size in range(smallest, smallest + s) if size > 0]
    for extra in range(s):
        assert w.image((n, n), (extra, 0)) == (smallest + extra, smallest)


@quick
@given(n=st.integers(1, 12), k=kernels, s=strides)
def test_for_same_the_image_is_the_largest(n, k, s):
    """for "same" the largest, n·s"""
    w = window(k, s, "same")
    largest, _ = w.image((n, n))
    assert largest == n * s
    assert [w.positions((size, size))[0] for size in (largest, largest + 1)] == [n, n + 1]
    assert window(k, s, "valid").image((n, n)) == window(k, s, 0).image((n, n))
