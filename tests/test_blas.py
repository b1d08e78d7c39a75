"""Products by our own cuBLAS handle: NumPy's bits on the stand-in, and what cuBLAS insists on."""

import ctypes
from types import SimpleNamespace

import cupy_blas
import numpy as np
import pytest
from cupy_blas import LIBRARY, Library
from cupy_device import DEVICE, Differs
from standin import standin

from minigan.backend import Random
from minigan.blocks import product
from minigan.cuda import blas
from minigan.cuda.blas import load  # which the fixtures replace in the module

SHAPES = [(2, 3, 4), (5, 1, 2), (1, 7, 1), (3, 2, 1), (1, 2, 3), (4, 4, 4), (64, 33, 17)]
SIDES = {
    "as it is": lambda a: a,
    "transposed": lambda a: a.T.copy().T,
    "a part": lambda a: np.repeat(a, 2, axis=1)[:, ::2],
    "columns of more": lambda a: np.concatenate([a, a], axis=1)[:, : a.shape[1]],
    "turned around": lambda a: a[::-1, ::-1],
}


def on(xp, a, side):
    """The array on the device in the layout that a side has."""
    a = xp.asarray(np.ascontiguousarray(a))
    if side == "transposed":
        return a.T.copy().T
    if side == "a part":
        return xp.repeat(a, 2, axis=1)[:, ::2]
    if side == "columns of more":
        return xp.concatenate([a, a], axis=1)[:, : a.shape[1]]
    return a[::-1, ::-1] if side == "turned around" else a


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_product_is_numpys_for_every_layout_of_its_sides(cuda, shape, dtype):
    r, k, n = shape
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(r, k)).astype(dtype), rng.normal(size=(k, n)).astype(dtype)
    for left in SIDES:
        for right in SIDES:
            found = product(on(cuda.xp, a, left), on(cuda.xp, b, right))
            assert found.shape == (r, n)
            assert found.dtype == dtype
            # NumPy itself sums in another order for views, which are copied here
            x, y = (np.ascontiguousarray(SIDES[s](m)) if s != "transposed" else SIDES[s](m)
                    for s, m in ((left, a), (right, b)))  # fmt: skip
            cuda.assert_same(found, product(x, y))


@pytest.mark.parametrize("shape", [(0, 2, 3), (2, 0, 3), (2, 3, 0)], ids=str)
def test_a_product_of_nothing_is_nothing_or_zero(cuda, shape):
    r, k, n = shape
    found = blas.product(cuda.xp.ones((r, k)), cuda.xp.ones((k, n)))
    cuda.assert_same(found, np.zeros((r, n)))


def test_a_product_of_shapes_that_do_not_fit_is_refused(cuda):
    with pytest.raises(ValueError, match=r"a product of shapes \(2, 3\) and \(2, 3\)"):
        blas.product(cuda.xp.ones((2, 3)), cuda.xp.ones((2, 3)))


def test_transposed_views_are_not_copied():
    """x W, xᵀ dy and dy Wᵀ of a dense layer: one call each, and the op flags say the rest."""
    with standin() as xp:
        x, W, dy = (Random(0, "cuda").normal(shape) for shape in ((5, 3), (3, 4), (5, 4)))
        DEVICE.reset()
        LIBRARY.products.clear()
        for a, b in ((x, W), (x.T, dy), (dy, W.T)):
            expected = a.get() @ b.get()
            assert blas.product(a, b).get().tolist() == expected.tolist()
        assert LIBRARY.products == [(0, 0), (0, 1), (1, 0)]  # of the right side, then the left
        assert DEVICE.launches == {"matmul": 3}
        del xp


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_tf32_is_for_float32_and_only_where_it_is_allowed(double, dtype):
    a = double.ones((2, 2), dtype=dtype)
    LIBRARY.computed.clear()
    blas.product(a, a)
    with blas.tf32(True):
        blas.product(a, a)
        with blas.tf32(False):
            blas.product(a, a)
    blas.product(a, a)
    plain, fast = (68, 77) if dtype == "float32" else (70, 70)
    assert LIBRARY.computed == [plain, fast, plain, plain]


def test_each_stream_has_a_handle_with_a_workspace_of_its_own(double):
    library = Library()
    opened = blas.Cublas(double, library)
    a, streams = double.ones((2, 2)), [double.cuda.Stream(non_blocking=True) for _ in range(2)]
    double.cuda.get_current_stream().synchronize()
    for stream in (*streams, *streams):
        with stream:
            opened.product(a, a)
            stream.synchronize()
    assert [handle.stream for handle in library.handles] == [stream.ptr for stream in streams]
    assert {handle.workspace for handle in library.handles} == {32 * 2**20}


def test_other_dtypes_are_left_to_cupy(double):
    a = double.ones((2, 2), dtype="int64")
    DEVICE.reset()
    LIBRARY.products.clear()
    assert blas.product(a, a).tolist() == [[2, 2], [2, 2]]
    b = double.ones((2, 2), dtype="float32")
    assert blas.product(b, double.ones((2, 2))).dtype == "float64"
    assert DEVICE.launches["matmul"] == 2
    assert LIBRARY.products == []


# --- where it cannot be used ----------------------------------------------------------------------


def wrong_number(**changes):
    """A library of which one function answers with a status, or computes something else."""

    def load():
        library = Library()
        for name, run in changes.items():
            getattr(library, name).run = run
        return library

    return load


def missing():
    raise OSError("CuPy has loaded none of libcublas.so.13")


REASONS = {
    "there is none": (missing, "CuPy has loaded none of libcublas.so.13"),
    "a function is missing": (lambda: SimpleNamespace(), "has no attribute 'cublasCreate_v2'"),
    "a status": (wrong_number(cublasCreate_v2=lambda place: 3), "cublasCreate_v2 returned status"),
    "a wrong product": (wrong_number(cublasGemmEx=lambda *args: 0), "a product of float32 came"),
}


@pytest.mark.parametrize(("opens", "why"), REASONS.values(), ids=REASONS)
def test_where_cublas_cannot_be_used_products_are_cupys(double, monkeypatch, opens, why):
    monkeypatch.setattr(blas, "load", opens)
    assert blas.why_not().startswith("cuBLAS cannot be used directly (")
    assert why in blas.why_not()
    a = double.asarray(np.array([[1.0, 2.0], [3.0, 4.0]]))
    DEVICE.reset()
    assert product(a, a).tolist() == [[7, 10], [15, 22]]
    assert DEVICE.launches["matmul"] == 1


def test_a_library_that_is_not_loaded_is_not_loaded_now(double, monkeypatch):
    """Another one than CuPy's would have a version of its own. PyTorch may have loaded cuBLAS here,
    so the library of another name, which every system has and nobody has loaded, stands for it."""
    assert blas.NAMES[0] == "libcublas.so.13"
    monkeypatch.setattr(blas, "NAMES", ("libthread_db.so.1",))
    with pytest.raises(OSError, match=r"CuPy has loaded none of libthread_db\.so\.1"):
        load()
    assert blas.why_not() == ""


# --- the library that stands in is as strict as cuBLAS --------------------------------------------


def gemm(library, number, **changes):
    """The 2x3 product of ones, by columns, with something else in it."""
    a, b, c = (np.ones(n, dtype=np.float32) for n in (6, 12, 8))
    for array in (a, b, c):
        cupy_blas.MemoryPointer.at[array.ctypes.data] = array
    one, zero = ctypes.c_float(1), ctypes.c_float(0)
    arguments = {
        "handle": number, "op_a": 0, "op_b": 0, "m": 4, "n": 2, "k": 3,
        "alpha": ctypes.byref(one), "a": b.ctypes.data, "type_a": 0, "lda": 4,
        "b": a.ctypes.data, "type_b": 0, "ldb": 3, "beta": ctypes.byref(zero),
        "c": c.ctypes.data, "type_c": 0, "ldc": 4, "compute": 68, "algorithm": -1,
    } | changes  # fmt: skip
    return library.cublasGemmEx(*arguments.values()), c


def opened(library, *, order=("stream", "workspace")):
    for name, argtypes in blas.SIGNATURES.items():
        getattr(library, name).argtypes = list(argtypes)
    handle = ctypes.c_void_p()
    library.cublasCreate_v2(ctypes.byref(handle))
    workspace = np.zeros(1 << 22, dtype=np.uint8)
    cupy_blas.MemoryPointer.at[workspace.ctypes.data] = workspace
    library.keep = workspace
    for step in order:
        if step == "stream":
            library.cublasSetStream_v2(handle, 0)
        else:
            library.cublasSetWorkspace_v2(handle, workspace.ctypes.data, workspace.nbytes)
    return handle


def test_the_library_multiplies_by_columns(double):
    library = Library()
    status, c = gemm(library, opened(library))
    assert status == 0
    assert c.tolist() == [3.0] * 8


MISTAKES = {
    "a leading dimension too small": {"lda": 3},
    "a leading dimension too large": {"ldb": 4},
    "more rows than there are": {"m": 5, "lda": 5, "ldc": 5},
    "no handle": {"handle": 7},
    "alpha of another type": {"alpha": ctypes.byref(ctypes.c_double(1))},
    "a matrix of another type": {"type_a": 1, "type_b": 1, "type_c": 1, "compute": 70},
}


@pytest.mark.parametrize("changes", MISTAKES.values(), ids=MISTAKES)
def test_the_library_finds_a_mistake(double, changes):
    library = Library()
    handle = opened(library)
    with pytest.raises(Differs):
        gemm(library, handle, **changes)


@pytest.mark.parametrize("order", [("workspace", "stream"), ("stream",), ("workspace",)[:0]])
def test_the_library_wants_its_workspace_after_its_stream(double, order):
    library = Library()
    handle = opened(library, order=order)
    with pytest.raises(Differs, match="no workspace was set since the stream was"):
        gemm(library, handle)


def test_the_library_wants_argtypes(double):
    with pytest.raises(Differs, match="without argtypes"):
        Library().cublasCreate_v2(ctypes.byref(ctypes.c_void_p()))
