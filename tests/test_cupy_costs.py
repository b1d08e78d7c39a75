"""What the stand-in counts: launches, syncs, uploads, downloads; and that empty memory shows."""

import builtins

import numpy as np
import pytest
from cupy_array import FETCHES
from cupy_device import DEVICE

HOST = np.ones((2, 3), dtype=np.float32)


def test_empty_memory_is_nan(double):
    assert np.isnan(double.empty((2, 2), dtype="float32").get()).all()
    assert np.isnan(double.empty_like(double.ones(3)).get()).all()
    assert np.isnan(double.ndarray((3,)).get()).all()
    assert (double.empty(3, dtype="int64").get() < 0).all()


@pytest.mark.parametrize("name", ["float", "int", "bool", "str", "repr"])
def test_conversion_of_an_element_is_a_sync_and_a_download(double, name):
    getattr(builtins, name)(double.ones(()))
    assert DEVICE.syncs.total() == DEVICE.downloads.total() == 1


@pytest.mark.parametrize("name", [*sorted(FETCHES - {"dump", "tofile"}), "get", "__format__"])
def test_methods_that_read_are_a_sync_and_a_download(double, name):
    a = double.ones(())
    getattr(a, name)(*([""] if name == "__format__" else []))
    assert DEVICE.syncs.total() == DEVICE.downloads.total() == 1


SYNC_ONLY = {
    "get by a mask": lambda xp, a: a[a > 0],
    "set by a mask": lambda xp, a: a.__setitem__(a > 0, 0),
    "nonzero": lambda xp, a: xp.nonzero(a),
    "a.nonzero": lambda xp, a: a.nonzero(),
    "unique": lambda xp, a: xp.unique(a),
    "one-argument where": lambda xp, a: xp.where(a),
    "argwhere": lambda xp, a: xp.argwhere(a),
    "sliding_window_view": lambda xp, a: xp.lib.stride_tricks.sliding_window_view(a, (2, 2)),
}


@pytest.mark.parametrize("operation", SYNC_ONLY.values(), ids=SYNC_ONLY.keys())
def test_what_waits_for_the_device_is_a_sync(double, operation):
    operation(double, double.ones((3, 3)))
    assert DEVICE.syncs.total() == 1
    assert not DEVICE.downloads


def test_asnumpy_is_a_sync_and_a_download_and_asarray_an_upload(double):
    a = double.asarray(HOST)
    assert DEVICE.uploads == {"asarray": 1}
    assert double.asarray(a) is a
    assert DEVICE.uploads == {"asarray": 1}
    double.asnumpy(a)
    assert DEVICE.syncs.total() == DEVICE.downloads.total() == 1
    assert not DEVICE.launches


@pytest.mark.parametrize("index", [[0, 1], np.array([0, 1]), ([0, 1], slice(None))])
def test_an_index_from_the_host_is_an_upload_each_time(double, index):
    a = double.ones((3, 3))
    assert a[index].shape == (2, 3)
    a[index] = 0
    assert DEVICE.uploads == {"index": 2}
    a[double.arange(2)]
    assert DEVICE.uploads == {"index": 2}


@pytest.mark.parametrize("join", ["concatenate", "stack"])
def test_many_arrays_are_joined_by_a_kernel_that_is_sent_their_addresses(double, join):
    arrays = [double.ones(2) for _ in range(9)]
    getattr(double, join)(arrays[:8])
    assert not DEVICE.uploads
    getattr(double, join)(arrays)
    assert DEVICE.uploads == {join: 1}


VIEWS = {
    "basic index": lambda xp, a: a[1:, None, ..., 0],
    "transpose": lambda xp, a: a.T,
    "reshape": lambda xp, a: a.reshape(-1),
    "xp.reshape": lambda xp, a: xp.reshape(a, (3, 2)),
    "broadcast_to": lambda xp, a: xp.broadcast_to(a, (5, 2, 3)),
    "as_strided": lambda xp, a: xp.lib.stride_tricks.as_strided(a, (2, 2), a.strides),
    "astype without a copy": lambda xp, a: a.astype("float32", copy=False),
    "empty": lambda xp, a: xp.empty((2, 2)),
    "result_type": lambda xp, a: xp.result_type(a, "float64"),
}
LAUNCHES = {
    "operator": lambda xp, a: a + a,
    "reflected": lambda xp, a: 1 - a,
    "in place": lambda xp, a: a.__imul__(2),
    "unary": lambda xp, a: -a,
    "comparison": lambda xp, a: a > 0,
    "matmul": lambda xp, a: a @ a.T,
    "ufunc": lambda xp, a: xp.exp(a),
    "ufunc out=": lambda xp, a: xp.exp(a, out=a),
    "reduction": lambda xp, a: a.sum(axis=0),
    "norm": lambda xp, a: xp.linalg.norm(a),
    "copy": lambda xp, a: a.copy(),
    "reshape that copies": lambda xp, a: a.T.reshape(-1),
    "astype": lambda xp, a: a.astype("float64"),
    "fill": lambda xp, a: a.fill(0),
    "assignment": lambda xp, a: a.__setitem__(0, 1),
    "copyto": lambda xp, a: xp.copyto(a, 0),
    "concatenate": lambda xp, a: xp.concatenate([a, a]),
    "where": lambda xp, a: xp.where(a, a, 0),
    "zeros": lambda xp, a: xp.zeros((2, 2)),
    "gather": lambda xp, a: a[xp.asarray(np.array([1, 0]))],
}


@pytest.mark.parametrize("operation", VIEWS.values(), ids=VIEWS.keys())
def test_a_view_launches_nothing(double, operation):
    a = double.asarray(HOST)
    operation(double, a)
    assert not DEVICE.launches


@pytest.mark.parametrize("operation", LAUNCHES.values(), ids=LAUNCHES.keys())
def test_an_operation_launches_a_kernel(double, operation):
    a = double.asarray(HOST)
    operation(double, a)
    assert DEVICE.launches.total() == 1
    assert not DEVICE.syncs
