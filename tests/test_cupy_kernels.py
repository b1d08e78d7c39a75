"""The stand-in's RawModule refuses what a GPU would misread; its threads: test_cupy_threads.py."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from cupy_device import DEVICE, Differs
from standin import standin

from minigan.cuda import kernels

SOURCE = """
typedef long long integer;
typedef char half;
struct Pair { real *y; integer step; };
struct Large { double numbers[600]; };
struct Sizes { integer rows, columns; };

extern "C" __global__ void doubled(integer n, real *y, const real *x, real scale) {
    const integer i = blockIdx.x * (integer)blockDim.x + threadIdx.x;
    if (i < n) y[i] = 2 * scale * x[i];
}

extern "C" __global__ void by_table(integer n, Pair pair) {
    const integer i = blockIdx.x * (integer)blockDim.x + threadIdx.x;
    if (i < n) pair.y[i * pair.step] = real(i);
}

extern "C" __global__ void large(integer n, Large large, real *y) { y[0] = real(large.numbers[0]); }

extern "C" __global__ void one_place(integer n, real *y) {
    const integer i = blockIdx.x * (integer)blockDim.x + threadIdx.x;
    if (i < n) y[0] = real(i);
}

extern "C" __global__ void added_up(integer n, real *y, const real *x) {
    const integer i = blockIdx.x * (integer)blockDim.x + threadIdx.x;
    if (i < n) y[i / 2] += x[i];
}

extern "C" __global__ void beyond(integer n, bool *y, integer from) {
    const integer i = blockIdx.x * (integer)blockDim.x + threadIdx.x;
    if (i < n) y[i + from] = i % 2;
}

extern "C" __global__ void through_a_cast(integer n, real *y, const real *x) {
    const integer i = blockIdx.x * (integer)blockDim.x + threadIdx.x;
    if (i < n) y[i] = ((real *)x)[i] = 7;
}

extern "C" __global__ void shifted(integer n, real *y, const real *x) {
    const integer i = blockIdx.x * (integer)blockDim.x + threadIdx.x;
    if (i < n) y[i] = x[i + 1];
}

extern "C" __global__ void from_the_left(integer n, real *y) {
    const integer i = blockIdx.x * (integer)blockDim.x + threadIdx.x;
    if (i > 0 && i < n) y[i] = y[i] + y[i - 1];
}

extern "C" __global__ void one_place_of_sizes(integer n, real *y, Sizes sizes) {
    y[0] = real(threadIdx.x * sizes.columns);
}

extern "C" __global__ void one_place_by_table(integer n, Pair pair) {
    pair.y[0] = real(threadIdx.x);
}

extern "C" __global__ void strange(integer n, half *y) { }
"""
PAIR = np.dtype([("y", np.uint64), ("step", np.int64)])
N, ONE = np.int64(4), np.float32(1)


def module(xp: Any, real: str = "float") -> Any:
    return xp.RawModule(code=SOURCE, options=(*kernels.OPTIONS, f"-Dreal={real}"))


def run(xp: Any, name: str, *args: Any, grid: int = 1, block: int = 8, real: str = "float") -> None:
    module(xp, real).get_function(name)((grid,), (block,), args)


def of(xp: Any, *shape: int, dtype: str = "float32") -> Any:
    return xp.asarray(np.arange(1, 1 + np.prod(shape)).reshape(shape).astype(dtype))


def pair(y: Any, step: int = 1, **other: Any) -> np.ndarray:
    struct = np.zeros(1, dtype=PAIR)
    struct["y"], struct["step"] = y.data.ptr, step
    return struct


@pytest.mark.parametrize("real", ["float32", "float64"])
@pytest.mark.parametrize("grid", [1, 3])
def test_what_is_declared_is_run(real: str, grid: int) -> None:
    with standin() as xp:
        y, x = xp.empty(4, dtype=real), of(xp, 4, dtype=real)
        c = {"float32": "float", "float64": "double"}[real]
        run(xp, "doubled", N, y, x, np.dtype(real).type(0.5), grid=grid, real=c)
        assert y.get().tolist() == [1, 2, 3, 4]
        assert DEVICE.launches == {"doubled": 1}
        run(xp, "by_table", N, pair(y), real=c)
        assert y.get().tolist() == [0, 1, 2, 3]
        run(xp, "doubled", N, x, x, np.dtype(real).type(1), real=c)  # in place
        assert x.get().tolist() == [2, 4, 6, 8]


MISTAKES = {  # what is said of it, and what to do
    "a Python int": ("n is declared integer, got <class 'int'>", lambda xp, y, x: (4, y, x, ONE)),
    "a Python float": (
        "scale is declared real, got <class 'float",
        lambda xp, y, x: (N, y, x, 1.0),
    ),
    "int32": ("n is declared integer", lambda xp, y, x: (np.int32(4), y, x, ONE)),
    "a double": ("scale is declared real", lambda xp, y, x: (N, y, x, np.float64(1))),
    "an array for a number": ("scale is declared real", lambda xp, y, x: (N, y, x, x)),
    "a number for an array": (r"x is declared real \*, got", lambda xp, y, x: (N, y, ONE, ONE)),
    "an array of doubles": (
        r"x is declared real \*, got an array of float64",
        lambda xp, y, x: (N, y, of(xp, 4, dtype="float64"), ONE),
    ),
    "integers": (
        "got an array of int64",
        lambda xp, y, x: (N, of(xp, 4, dtype="int64"), x, ONE),
    ),
    "an array of the host": (
        "got <class 'numpy.ndarray'>",
        lambda xp, y, x: (N, y, np.ones(4, "float32"), ONE),
    ),
    "a transposed view": ("not contiguous", lambda xp, y, x: (N, y, of(xp, 2, 2).T, ONE)),
    "every second number": ("not contiguous", lambda xp, y, x: (N, y, of(xp, 8)[::2], ONE)),
    "an argument too few": ("takes 4 arguments, got 3", lambda xp, y, x: (N, y, x)),
    "an argument too many": ("takes 4 arguments, got 5", lambda xp, y, x: (N, y, x, ONE, ONE)),
    "an output over its input": (
        "overlaps another",
        lambda xp, y, x: (N, (both := of(xp, 7))[1:5], both[:4], ONE),
    ),
    "a part of the output as input": ("overlaps another", lambda xp, y, x: (N, y, y[:2], ONE)),
}


@pytest.mark.parametrize(("words", "arguments"), MISTAKES.values(), ids=MISTAKES.keys())
def test_arguments_that_a_kernel_would_misread_are_refused(words: str, arguments: Any) -> None:
    with standin() as xp:
        y, x = xp.empty(4, dtype="float32"), of(xp, 4)
        with pytest.raises(Differs, match=words):
            run(xp, "doubled", *arguments(xp, y, x))
        assert np.isnan(y.get()).all()
        assert not DEVICE.launches


@pytest.mark.parametrize(
    ("grid", "block"), [(0, 8), (-1, 8), (2**31, 8), (1, 0), (1, 1025)], ids=str
)
def test_a_grid_that_cannot_be_started_is_refused(grid: int, block: int) -> None:
    with standin() as xp:
        y = of(xp, 4)
        with pytest.raises(Differs, match="cannot be started"):
            run(xp, "doubled", N, y, y, ONE, grid=grid, block=block)


def test_several_dimensions_and_shared_memory_are_not_pretended() -> None:
    with standin() as xp:
        kernel, y = module(xp).get_function("doubled"), of(xp, 4)
        for grid, block, more in (((1, 1), (8,), {}), ((1,), (8,), {"shared_mem": 4})):
            with pytest.raises(NotImplementedError):
                kernel(grid, block, (N, y, y, ONE), **more)


def test_a_kernel_that_is_not_there_or_takes_what_nobody_knows_is_refused() -> None:
    with standin() as xp:
        with pytest.raises(Differs, match="there is no kernel dobled"):
            module(xp).get_function("dobled")
        with pytest.raises(Differs, match="y is declared half, which is no known type"):
            module(xp).get_function("strange")


@pytest.mark.parametrize(
    ("struct", "words"),
    [
        (lambda y: np.zeros(1, dtype=[("y", np.uint64), ("step", np.int32)]), "12 bytes, not 16"),
        (lambda y: np.zeros(2, dtype=PAIR), "expected a structured array"),
        (lambda y: np.zeros((), dtype=PAIR), "expected a structured array"),
        (lambda y: np.zeros(16, dtype=np.uint8), "expected a structured array"),
        (lambda y: pair(y)[0], "expected a structured array"),
        (lambda y: y, "expected a structured array"),
    ],
)
def test_a_struct_is_one_element_of_its_size(struct: Any, words: str) -> None:
    with standin() as xp, pytest.raises(Differs, match=words):
        run(xp, "by_table", N, struct(of(xp, 4)))


def test_more_bytes_than_arguments_may_have_are_refused() -> None:
    with standin() as xp, pytest.raises(Differs, match="more than 4096 bytes"):
        run(xp, "large", N, np.zeros(1, dtype=[("numbers", np.float64, 600)]), of(xp, 1))


def test_the_address_of_a_view_that_is_not_contiguous_is_refused() -> None:
    with standin() as xp:
        a = of(xp, 2, 3)
        assert a[1].data.ptr == a.data.ptr + 3 * 4
        with pytest.raises(Differs, match="not contiguous"):
            a.T.data  # noqa: B018


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("y[i] = 2 * scale * x[i]", "y[i] = x[i], x[i] = 0", "read-only"),
        ("2 * scale", "2 * scal", "scal"),
        ("if (i < n) y[i] = 2", "if (i < n) atomicAdd(y, x[i]), y[i] = 2", "atomicAdd"),
        ("if (i < n) y[i] = 2", "__syncthreads(); y[i] = 2", "__syncthreads"),
        ("if (i < n) y[i] = 2", "const int j = i; if (i < n) y[j] = 2", "conversion"),
        (
            "blockIdx.x * (integer)blockDim.x + threadIdx.x;\n    if (i < n) y[i] = 2",
            "blockIdx.x * blockDim.x + threadIdx.x;\n    if (i < n) y[i] = 2",
            "deleted",
        ),
        ("2 * scale", "2.0 * scale", "conversion|promotion"),
    ],
    ids=[
        "a const array is written",
        "a name is misspelt",
        "atomics",
        "threads wait",
        "an index of 32 bits",
        "a thread's number of 32 bits",
        "doubles in a kernel of floats",
    ],
)
def test_a_source_with_a_mistake_does_not_compile(old: str, new: str, words: str) -> None:
    assert SOURCE.count(old) == 1
    with standin() as xp, pytest.raises(AssertionError, match=f"(?s)does not compile.*{words}"):
        xp.RawModule(code=SOURCE.replace(old, new), options=(*kernels.OPTIONS, "-Dreal=float"))


@pytest.mark.parametrize("options", [(), ("--fmad=true",), ("--fmad=false", "--use_fast_math")])
def test_options_by_which_a_gpu_rounds_otherwise_are_refused(options: tuple[str, ...]) -> None:
    with standin() as xp, pytest.raises(Differs, match="would round otherwise"):
        xp.RawModule(code=SOURCE, options=("-std=c++17", *options, "-Dreal=float"))


# --- start, on top of it --------------------------------------------------------------------------


def test_start_hands_numbers_over_as_a_kernel_takes_them() -> None:
    with standin() as xp:
        y, x = xp.empty((2, 2), dtype="float64"), of(xp, 2, 2, dtype="float64")
        kernels.start("elementwise", "leaky_relu", 4, y, x, 0.1)
        np.testing.assert_array_equal(y.get(), x.get())
        with pytest.raises(ValueError, match=r"array of shape \(2, 2\) is not contiguous"):
            kernels.start("elementwise", "leaky_relu", 4, y, x.T, 0.1)
        with pytest.raises(Differs, match="alpha is declared real"):
            kernels.start("elementwise", "leaky_relu", 4, y, x, 1)  # an int arrives as integer
        DEVICE.reset()
        kernels.start("elementwise", "leaky_relu", 0, y, x, 0.1)
        assert not DEVICE.launches


def test_kernels_are_off_on_the_cpu_and_inside_plain() -> None:
    with standin() as xp:
        a = xp.ones(1)
        assert kernels.on(a)
        assert not kernels.on(a, np.ones(1))
        with kernels.plain():
            assert not kernels.on(a)
            with kernels.plain():
                pass
            assert not kernels.on(a)
        assert kernels.on(a)
        with pytest.raises(re.error), kernels.plain():
            raise re.error("whatever happens inside")
        assert kernels.on(a)
