"""Arrays walked through in blocks, on any number of threads, give what the plain formula gives.

Most arrays here hold small integers: their sums and products are exact in any order, and so must
the results be.
"""

import numpy as np
import pytest
from cupy_device import DEVICE
from fast_settings import fast
from hypothesis import example, given, settings
from hypothesis import strategies as st

from minigan import blocks
from minigan.blocks import channel_sum, channel_sums, each_block, elementwise, product
from minigan.threads import use_threads

THREADS = (1, 2, 3)
LARGE = [  # more than WHOLE numbers, and no multiple of a block
    (blocks.WHOLE // 7 + 1, 7),
    (3, 211, 211, 1),
    (5, blocks.WHOLE // 4),  # a row is nearly as long as a block
    (2, 3 * blocks.SIZE + 1),  # longer
    (blocks.WHOLE + 1,),
]

quick = settings(deadline=None, max_examples=100)
seeds = st.integers(0, 2**31)
lengths = st.integers(1, 9)  # of a block: numbers of all channels together
dtypes = st.sampled_from(["float32", "float64"])
shapes = st.lists(st.integers(0, 7), min_size=1, max_size=4).map(tuple)
threads = st.sampled_from(THREADS)
large = pytest.mark.parametrize("shape", LARGE)
on_threads = pytest.mark.parametrize("n", THREADS)


def integers(shape, seed=0, dtype="float64"):
    return np.random.default_rng(seed).integers(-8, 9, shape).astype(dtype)


def spread(a):
    """The same numbers with gaps of NaN between them in memory."""
    wide = np.full((*a.shape[:-1], 2 * a.shape[-1]), np.nan, a.dtype)
    wide[..., ::2] = a
    return wide[..., ::2]


def reversed_rows(a):
    return np.ascontiguousarray(a[::-1])[::-1]


orders = st.sampled_from([np.ascontiguousarray, np.asfortranarray, spread, reversed_rows])


def blocks_of(length, n):
    """Arrays of any size in blocks of `length` numbers, on n threads."""
    return fast(block=16 * length, threads=n)


# --- each_block ----------------------------------------------------------------------------------


def count_up(block):
    block += 1


@quick
@given(shapes, lengths, threads, orders)
def test_blocks_cover_each_entry_once(shape, length, n, order):
    a = order(np.zeros(shape))
    with blocks_of(length, n):
        each_block(count_up, a)
    assert (a == 1).all()


@on_threads
@large
def test_blocks_cover_each_entry_of_a_large_array_once(shape, n):
    a = np.zeros(shape, "float32")
    with use_threads(n):
        each_block(count_up, a)
    assert (a == 1).all()


@on_threads
def test_blocks_are_the_same_rows_of_all_arrays(n):
    a, b, seen = np.arange(60.0).reshape(5, 4, 3), np.zeros((5, 4, 3)), []

    def update(x, y):
        y[...] = 2 * x
        seen.append((x.shape, y.shape))

    with blocks_of(length=10, n=n):  # three rows of three channels
        each_block(update, a, b)
    assert sorted(seen) == [((2, 3), (2, 3))] + [((3, 3), (3, 3))] * 6
    np.testing.assert_array_equal(b, 2 * a)


def test_the_one_block_of_other_arrays_is_the_array_itself(cuda):
    small = np.zeros((4, 5, 6))
    of_any_size = [np.asfortranarray(np.zeros((3, 4))), np.zeros(()), cuda.xp.zeros((6, 4))]
    seen = []
    each_block(seen.append, small)
    with blocks_of(length=2, n=2):
        for array in of_any_size:
            each_block(seen.append, array)
    assert len(seen) == 4
    assert all(block is array for block, array in zip(seen, [small, *of_any_size], strict=True))


# --- elementwise ---------------------------------------------------------------------------------


def formula(x, y):
    return np.maximum(x, 0) * y + y[..., :1]


@quick
@given(shapes, lengths, threads, orders, orders, dtypes, seeds)
def test_elementwise_is_the_formula(shape, length, n, order, other_order, dtype, seed):
    x, y = integers(shape, seed, dtype), integers(shape, seed + 1, dtype)
    with blocks_of(length, n):
        actual = elementwise(formula, order(x), other_order(y))
    assert actual.dtype == dtype
    np.testing.assert_array_equal(actual, formula(x, y))


@on_threads
@large
def test_elementwise_is_the_formula_for_large_arrays(shape, n):
    x, y = integers(shape, 0, "float32"), integers(shape, 1, "float32")
    with use_threads(n):
        actual = elementwise(formula, x, y)
    assert actual.dtype == np.float32
    np.testing.assert_array_equal(actual, formula(x, y))


def test_elementwise_changes_none_of_its_arguments():
    x = integers((blocks.WHOLE + 1, 1))
    x.flags.writeable = False
    with use_threads(2):
        y = elementwise(np.abs, x)
    assert y.flags.writeable
    assert not np.may_share_memory(x, y)


# --- product -------------------------------------------------------------------------------------


@quick
@given(st.tuples(*[st.integers(0, 9)] * 3), threads, orders, orders, dtypes, seeds)
def test_product_is_the_matrix_product(sizes, n, order, other_order, dtype, seed):
    r, k, columns = sizes
    a, b = integers((r, k), seed, dtype), integers((k, columns), seed + 1, dtype)
    with blocks_of(1, n):
        for y in (product(order(a), other_order(b)), product(b.T, a.T).T):
            assert y.dtype == dtype
            np.testing.assert_array_equal(y, a @ b)


@on_threads
@pytest.mark.parametrize(
    "sizes", [(1000, 100, 99), (100, 1001, 100), (99, 100, 1000), (1, 10**7, 1)]
)
def test_product_is_the_matrix_product_of_large_matrices(sizes, n):
    r, k, columns = sizes
    a, b = integers((r, k), 0, "float32"), integers((k, columns), 1, "float32")
    assert r * k * columns > blocks.ONE_CORE
    with use_threads(n):
        y = product(a, b)
    assert y.dtype == np.float32
    np.testing.assert_array_equal(y, a.astype(int) @ b.astype(int))


# --- sums ----------------------------------------------------------------------------------------


def terms(x, y):
    return x, x * y


def plain_sums(x, y):
    axes = tuple(range(x.ndim - 1))
    return [term.astype(float).sum(axis=axes) for term in terms(x, y)]


@quick
@given(shapes, lengths, threads, orders, orders, dtypes, seeds)
@example((3,), 9, 1, np.ascontiguousarray, spread, "float64", 0)
def test_channel_sums_are_sums_over_all_axes_but_the_last(
    shape, length, n, order, other_order, dtype, seed
):
    x, y = integers(shape, seed, dtype), integers(shape, seed + 1, dtype)
    with blocks_of(length, n):
        sums = channel_sums(terms, order(x), other_order(y))
    for actual, expected in zip(sums, plain_sums(x, y), strict=True):
        assert actual.dtype == dtype
        np.testing.assert_array_equal(actual, expected)


@on_threads
@large
def test_channel_sums_of_large_arrays(shape, n):
    x, y = integers(shape, 0, "float32"), integers(shape, 1, "float32")
    with use_threads(n):
        sums = channel_sums(terms, x, y)
    for actual, expected in zip(sums, plain_sums(x, y), strict=True):
        assert actual.dtype == np.float32
        np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize(
    "shape", [(5, 3), (4, 6, 3), (4, 6, 7, 3), (0, 3), (4, 6, 0, 3), (2, 1, 1, 1), (3,)]
)
def test_channel_sum_is_the_same_on_the_device(cuda, shape):
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    cuda.assert_same(channel_sum(cuda.xp.asarray(x)), channel_sum(x))


def test_channel_sum_rounds_less_than_one_long_sum():
    x = np.random.default_rng(0).random((64, 32, 32, 2), dtype=np.float32)
    exact = x.astype(np.float64).sum(axis=(0, 1, 2))
    error = abs(channel_sum(x) - exact).max()
    assert error < abs(x.reshape(-1, 2).sum(axis=0) - exact).max() / 4


def test_on_a_device_a_formula_is_launched_once(double):
    x = double.zeros((64, 64))
    DEVICE.reset()
    with blocks_of(length=2, n=3):
        elementwise(lambda x: x + 1, x)
        channel_sum(x)
        product(x, x)
    assert DEVICE.launches.total() == 3
    assert not DEVICE.syncs
