"""The stand-in's captures are strict: each mistake that CUDA, or nobody, would show is refused."""

import gc
import threading

import numpy as np
import pytest
from cupy_device import DEVICE, CUDARuntimeError, Differs

from minigan.cuda import kernels

HOST = np.arange(6, dtype=np.float32).reshape(2, 3)


def captured(xp, step):
    """The graph of step(), recorded as it should be, and its pool of memory."""
    warm = xp.asarray(HOST)  # a GPU loads a kernel at its first use, which may not be recorded
    warm[...] = xp.exp(warm) + warm.T.copy().T * 2 + 3.0
    stream, pool = xp.cuda.Stream(non_blocking=True), xp.cuda.MemoryPool()
    xp.cuda.get_current_stream().synchronize()
    with stream:
        stream.begin_capture()
        try:
            with xp.cuda.using_allocator(pool.malloc):
                step()
        finally:
            graph = stream.end_capture()
    return stream, graph, pool


def test_a_capture_does_not_execute_and_a_launch_does(cuda):
    xp = cuda.xp
    a, results = xp.asarray(HOST), []

    def step():
        results.append(xp.exp(a) + a.T.copy().T)
        a[...] = a * 2

    stream, graph, pool = captured(xp, step)
    cuda.assert_same(a, HOST)
    if cuda.double:
        assert np.isnan(results[0].get()).all()
    for times in (1, 2):
        with stream:
            graph.launch()
            stream.synchronize()
        cuda.assert_same(a, HOST * 2**times)
    cuda.assert_same(results[0], np.exp(HOST * 2) + HOST * 2)
    del pool


def test_numbers_of_the_host_are_those_of_the_capture_in_each_launch(cuda):
    xp, number = cuda.xp, [3.0]
    a = xp.asarray(HOST)

    def step():
        a[...] = a + number[0]
        number[0] = 5.0

    stream, graph, pool = captured(xp, step)
    with stream:
        graph.launch()
        graph.launch()
        stream.synchronize()
    cuda.assert_same(a, HOST + np.float32(6))
    del pool


def test_a_launch_counts_as_one_and_a_capture_as_none(double):
    a, before = double.asarray(HOST), []

    def step():
        before.append(DEVICE.launches.copy())
        a.__iadd__(a * a)

    stream, graph, _pool = captured(double, step)
    assert before == [DEVICE.launches]
    with stream:
        graph.launch()
    assert DEVICE.launches - before[0] == {"graph": 1}


def test_what_numpy_leaves_to_a_kernel_is_recorded_too(kernels_double):
    xp = kernels_double
    x, y = xp.asarray(HOST - 2), []

    def step():
        y.append(xp.empty(x.shape, dtype="float32"))
        kernels.start("elementwise", "relu", x.size, y[0], x)

    stream, graph, _pool = captured(xp, step)
    assert np.isnan(y[0].get()).all()
    with stream:
        x *= 2
        graph.launch()
        assert y[0].get().tolist() == np.maximum(2 * HOST - 4, 0).tolist()


UNSUPPORTED = {
    "upload": lambda xp, a: xp.asarray(HOST),
    "download": lambda xp, a: a.get(),
    "asnumpy": lambda xp, a: xp.asnumpy(a),
    "float": lambda xp, a: float(a[0, 0]),
    "truth": lambda xp, a: bool((a > 0).all()),
    "index from the host": lambda xp, a: a[[0, 1]],
    "get by a mask": lambda xp, a: a[a > 0],
    "set by a mask": lambda xp, a: a.__setitem__(a > 0, 0),
    "nonzero": lambda xp, a: xp.nonzero(a),
    "wait": lambda xp, a: xp.cuda.get_current_stream().synchronize(),
}


@pytest.mark.parametrize("mistake", UNSUPPORTED.values(), ids=UNSUPPORTED)
def test_what_cuda_cannot_record_is_refused_and_breaks_the_capture(double, mistake):
    a = double.asarray(HOST)
    stream, pool = double.cuda.Stream(non_blocking=True), double.cuda.MemoryPool()
    double.cuda.get_current_stream().synchronize()
    with stream:
        stream.begin_capture()
        with (
            double.cuda.using_allocator(pool.malloc),
            pytest.raises(CUDARuntimeError, match="cudaErrorStreamCaptureUnsupported"),
        ):
            mistake(double, a)
        with pytest.raises(CUDARuntimeError, match="cudaErrorStreamCaptureInvalidated"):
            stream.end_capture()
    assert not stream.is_capturing()


CUBLAS = {
    "@": lambda xp, a: a @ a.T,
    "matmul": lambda xp, a: xp.matmul(a, a.T),
    "matmul(out=)": lambda xp, a: xp.matmul(a, a.T, out=a[:, :2]),
    "dot": lambda xp, a: a.dot(a.T),
    "einsum": lambda xp, a: xp.einsum("ij,kj->ik", a, a),
    "tensordot": lambda xp, a: xp.tensordot(a, a.T, 1),
    "norm": lambda xp, a: xp.linalg.norm(a),
}


@pytest.mark.parametrize("mistake", CUBLAS.values(), ids=CUBLAS)
def test_cupys_own_cublas_is_refused(double, mistake):
    a = double.asarray(HOST)
    with pytest.raises(NotImplementedError, match="during stream capture"):
        captured(double, lambda: mistake(double, a))


def test_the_null_stream_and_one_that_waits_for_it_are_not_captured(double):
    with pytest.raises(RuntimeError, match="default"):
        double.cuda.Stream.null.begin_capture()
    with pytest.raises(Differs, match="non_blocking"):
        double.cuda.Stream().begin_capture()


def test_a_capture_is_begun_and_ended_once(double):
    stream = double.cuda.Stream(non_blocking=True)
    stream.begin_capture()
    assert stream.is_capturing()
    with pytest.raises(CUDARuntimeError, match="captures already"):
        stream.begin_capture()
    with stream, pytest.raises(CUDARuntimeError):  # left open: nobody sees what is computed
        double.asarray(HOST)
    with pytest.raises(CUDARuntimeError):
        stream.end_capture()
    with pytest.raises(CUDARuntimeError, match="does not capture"):
        stream.end_capture()


def test_a_graphs_arrays_lie_in_a_pool_of_its_own(double):
    a = double.asarray(HOST)
    stream, pool = double.cuda.Stream(non_blocking=True), double.cuda.MemoryPool()
    double.cuda.get_current_stream().synchronize()
    with stream:
        stream.begin_capture()
        with pytest.raises(Differs, match="shared pool"):
            a + a
        with pytest.raises(Differs, match="shared pool"):
            double.empty(3)
        stream.end_capture()
        with double.cuda.using_allocator(pool.malloc), pytest.raises(Differs, match="outlives"):
            a + a


def test_a_graph_whose_pool_is_gone_is_not_launched(double):
    a = double.asarray(HOST)
    stream, graph, pool = captured(double, lambda: a + a)
    with stream:
        graph.launch()
        stream.synchronize()
        del pool
        gc.collect()
        with pytest.raises(Differs, match="memory of a graph is gone"):
            graph.launch()


def test_a_stream_does_not_use_what_another_one_is_at_work_on(double):
    a, stream = double.asarray(HOST), double.cuda.Stream(non_blocking=True)
    with stream, pytest.raises(Differs, match="still at work"):
        a + a
    double.cuda.get_current_stream().synchronize()
    with stream:
        a += a
        a.get()  # waits
    a += a
    assert a.get().tolist() == (4 * HOST).tolist()


def test_another_thread_has_another_stream(double):
    a, stream, errors = double.asarray(HOST), double.cuda.Stream(non_blocking=True), []
    double.cuda.get_current_stream().synchronize()

    def work():
        try:
            a + a
        except Differs as error:
            errors.append(str(error))

    with stream:
        a += a
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert errors == ["another stream is still at work, and this one does not wait for it"]


def test_work_on_another_stream_is_done_at_once_during_a_capture(cuda):
    xp = cuda.xp
    aside, a = xp.cuda.Stream(non_blocking=True), xp.asarray(HOST)
    allocator = xp.cuda.get_allocator()

    def step():
        with aside, xp.cuda.using_allocator(allocator):
            a[...] = xp.asarray(HOST + 1)
            aside.synchronize()
        a[...] = a * 2

    stream, graph, pool = captured(xp, step)
    cuda.assert_same(a, HOST + 1)
    with stream:
        graph.launch()
        stream.synchronize()
    cuda.assert_same(a, 2 * HOST + 2)
    del pool
