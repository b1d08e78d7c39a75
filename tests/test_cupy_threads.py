"""The stand-in finds threads that meet, or that leave their arrays, and tables of what is gone."""

from __future__ import annotations

import numpy as np
import pytest
from cupy_device import Differs
from standin import standin
from test_cupy_kernels import N, module, of, pair, run


def test_threads_that_get_in_each_other_s_way_are_found() -> None:
    with standin() as xp, pytest.raises(Differs, match="in each other's way"):
        run(xp, "from_the_left", N, of(xp, 4))


def test_two_threads_that_write_to_one_place_are_found_whatever_they_write() -> None:
    """Two numbers added to a third without an atomic give the same bits in both orders."""
    with standin() as xp:
        with pytest.raises(Differs, match="two of its threads write to one place"):
            run(xp, "added_up", N, of(xp, 2), of(xp, 4))
        with pytest.raises(Differs, match="two of its threads write to one place"):
            run(xp, "one_place", N, of(xp, 4))


@pytest.mark.parametrize("at", [-1, 1])
def test_a_thread_that_writes_beyond_an_array_is_found(at: int) -> None:
    with standin() as xp, pytest.raises(Differs, match="a thread writes beyond an array"):
        run(xp, "beyond", N, xp.zeros(4, dtype=bool), np.int64(at))


def test_what_is_read_beyond_an_array_is_not_what_happens_to_lie_there() -> None:
    with standin() as xp, pytest.raises(Differs, match="or read beyond an array"):
        run(xp, "shifted", N, xp.empty(4, dtype="float32"), of(xp, 8)[:4])


def test_a_const_array_that_is_written_through_a_cast_is_found() -> None:
    with standin() as xp, pytest.raises(Differs, match="declared const"):
        run(xp, "through_a_cast", N, of(xp, 4), of(xp, 4))


def test_a_struct_is_read_when_a_kernel_is_started() -> None:
    """What the host makes of it later, a recorded step does not see."""
    with standin() as xp:
        stream, pool, y = xp.cuda.Stream(non_blocking=True), xp.cuda.MemoryPool(), of(xp, 4)
        struct = pair(y)
        kernel = module(xp).get_function("by_table")
        xp.cuda.get_current_stream().synchronize()
        with stream:
            stream.begin_capture()
            with xp.cuda.using_allocator(pool.malloc):
                kernel((1,), (8,), (np.int64(2), struct))
            struct["step"] = 2
            stream.end_capture().launch()
            assert y.get().tolist() == [0, 1, 3, 4]


def test_they_are_found_behind_a_struct_that_holds_no_addresses() -> None:
    sizes = np.ones(1, dtype=[("rows", np.int64), ("columns", np.int64)])
    with standin() as xp, pytest.raises(Differs, match="write to one place"):
        run(xp, "one_place_of_sizes", N, of(xp, 4), sizes)


def test_a_table_that_points_to_an_array_that_is_gone_is_refused() -> None:
    with standin() as xp:
        y = of(xp, 4)
        struct = pair(y)
        del y
        with pytest.raises(Differs, match="y points to memory that is gone"):
            run(xp, "by_table", N, struct)


def test_behind_a_table_both_orders_show_them() -> None:
    found = []
    for backwards in (False, True):
        with standin(backwards=backwards) as xp:
            y = of(xp, 4)
            run(xp, "one_place_by_table", N, pair(y))
            found.append(y.get().tolist()[0])
    assert found == [7, 0]
