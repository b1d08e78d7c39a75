"""The stand-in's own strictness: each difference between CuPy and NumPy that needs no GPU to show.

What `cuda` tests is true of CuPy itself, too, and is run on a GPU where there is one; what `double`
tests is the stand-in's alone: it refuses what CuPy does silently. What it counts is tested in
test_cupy_costs.py.
"""

import numpy as np
import pytest
from cupy_device import Differs
from cupy_names import NAMES, signature

HOST = np.ones((2, 3), dtype=np.float32)

REFUSED = {  # by CuPy and by the stand-in; xp is cupy, a a device array
    "np.asarray": lambda xp, a: np.asarray(a),
    "host array on the right": lambda xp, a: a + HOST,
    "host array on the left": lambda xp, a: HOST + a,
    "host array in place": lambda xp, a: a.__iadd__(HOST),
    "0-d host array": lambda xp, a: a * np.array(2.0),
    "into a host array": lambda xp, a: HOST.__iadd__(a),
    "host @ device": lambda xp, a: HOST.T @ a,
    "device @ host": lambda xp, a: a @ HOST.T,
    "host array in a ufunc": lambda xp, a: xp.maximum(a, HOST),
    "host array in where": lambda xp, a: xp.where(a > 0, a, HOST),
    "host array in a list": lambda xp, a: xp.stack([a, HOST]),
    "host array assigned": lambda xp, a: a.__setitem__(0, HOST[0]),
    "host array copied in": lambda xp, a: xp.copyto(a, HOST),
    "host out=": lambda xp, a: xp.exp(a, out=HOST),
    "list": lambda xp, a: a * [1, 2, 3],
    "list in a ufunc": lambda xp, a: xp.maximum(a, [1, 2, 3]),
    "None": lambda xp, a: a + None,
    "ufunc where=": lambda xp, a: xp.exp(a, where=a > 0),
    "sum(initial=)": lambda xp, a: a.sum(initial=0),
    "sum(where=)": lambda xp, a: xp.sum(a, where=a > 0),
    "take(mode=)": lambda xp, a: a.take(a.argmax(axis=0), mode="clip"),
    "errstate": lambda xp, a: xp.errstate(over="raise"),
    "block": lambda xp, a: xp.block([[a, a]]),
    "einsum(out=)": lambda xp, a: xp.einsum("ij->j", a, out=a[0]),
    "a new attribute": lambda xp, a: setattr(a, "grad", a),
    "truth of many": lambda xp, a: bool(a),
    "hash": lambda xp, a: hash(a),
    "host index out of range": lambda xp, a: a[2],
    "missing argument": lambda xp, a: xp.clip(a),
    "sum of a list": lambda xp, a: xp.sum([1, 2]),
    "asarray(like=)": lambda xp, a: xp.asarray(HOST, like=a),
    "asarray(object)": lambda xp, a: xp.asarray(["a", None]),
}


@pytest.mark.parametrize("operation", REFUSED.values(), ids=REFUSED.keys())
def test_what_cupy_refuses_is_refused(cuda, operation):
    a = cuda.xp.ones((2, 3), dtype="float32")
    with pytest.raises((TypeError, ValueError, AttributeError, IndexError)):
        operation(cuda.xp, a)


STRICTER = {
    "np.exp": (lambda xp, a: np.exp(a), TypeError),
    "np.sum": (lambda xp, a: np.sum(a), TypeError),
    "np.concatenate": (lambda xp, a: np.concatenate([a, a]), TypeError),
    "cupy.sum of a host array": (lambda xp, a: xp.sum(HOST), TypeError),
    "get out of range": (lambda xp, a: a[xp.asarray(np.array([0, 2]))], Differs),
    "set out of range": (lambda xp, a: a.__setitem__(xp.asarray(np.array([2])), 0), Differs),
    "set one place twice": (
        lambda xp, a: a.__setitem__(xp.asarray(np.array([1, 1])), a),
        Differs,
    ),
    "add.at": (lambda xp, a: xp.add.at(a, 0, 1), AttributeError),
    "random": (lambda xp, a: xp.random, NotImplementedError),
    "fuse": (lambda xp, a: xp.fuse(), NotImplementedError),
}


@pytest.mark.parametrize(("operation", "error"), STRICTER.values(), ids=STRICTER.keys())
def test_what_cupy_does_silently_is_refused(double, operation, error):
    a = double.ones((2, 3), dtype="float32")
    with pytest.raises(error):
        operation(double, a)


def test_every_public_name_that_cupy_lacks_is_absent(double):
    recorded = {*NAMES["functions"], *NAMES["values"], *NAMES["submodules"]}
    absent = [n for n in dir(np) if n not in recorded and not n.startswith("_")]
    assert {"errstate", "block", "vecdot"} <= set(absent)
    assert [n for n in absent if hasattr(double, n)] == []
    a = double.zeros(3)
    methods = {*NAMES["methods"], *NAMES["attributes"]}
    lacking = [n for n in dir(np.ndarray) if n not in methods and not n.startswith("_")]
    assert "itemset" not in methods
    assert lacking
    assert [n for n in lacking if hasattr(a, n)] == []


def test_a_recorded_signature_binds_what_python_would():
    bind = signature("(a, /, b, c=..., *, d, e=..., **rest)").bind
    bind(1, 2, d=3, other=4)
    for args, kwargs in [((1,), {"d": 3}), ((1, 2), {})]:
        with pytest.raises(TypeError):
            bind(*args, **kwargs)
    # without **rest: with it, the inspect of Python 3.13.0 lets a missing positional argument pass
    with pytest.raises(TypeError):
        signature("(a, /, b)").bind(a=1, b=2)


# --- what is as in NumPy, but for where the result lives -----------------------------------------


def test_scalars_mix_as_in_numpy(cuda):
    a = cuda.xp.asarray(HOST)
    for scalar in (2, 2.5, True, np.float32(2), np.float64(2), np.int64(2)):
        cuda.assert_same(a * scalar, HOST * scalar)
        cuda.assert_same(scalar * a, scalar * HOST)
        cuda.assert_same(1 - a / scalar, 1 - HOST / scalar)
    cuda.assert_same(cuda.xp.maximum(a, 0), np.maximum(HOST, 0))
    cuda.assert_same(cuda.xp.where(a > 0, a, 0.0), np.where(HOST > 0, HOST, 0.0))
    b = a.copy()
    b *= np.float64(3)
    cuda.assert_same(b, HOST * np.float32(3))


def test_reductions_and_elements_are_0d_arrays_of_the_device(cuda):
    a = cuda.xp.asarray(np.arange(6, dtype=np.float32).reshape(2, 3))
    for zero_d in (a.sum(), a.mean(), a.max(), a[0, 0], a.sum() + 1, -a.sum()):
        assert isinstance(zero_d, cuda.xp.ndarray)
        assert zero_d.shape == ()
    assert len(a) == 2
    assert float(a.sum()) == 15.0
    assert int(a.argmax()) == 5
    assert bool(a[0, 0] == 0)
    assert f"{a[1, 2]:.1f}" == "5.0"
    assert [row.tolist() for row in a] == [[0, 1, 2], [3, 4, 5]]


def test_an_element_is_a_view(cuda):
    a = cuda.xp.zeros((2, 2), dtype="float32")
    element = a[0, 0]
    a += 1
    assert float(element) == 1.0
    element += 1
    assert a.tolist() == [[2, 1], [1, 1]]


def test_a_copy_to_the_device_is_a_copy(cuda):
    host = HOST.copy()
    a = cuda.xp.asarray(host)
    host += 1
    cuda.assert_same(a, HOST)
    back = cuda.xp.asnumpy(a)
    back += 1
    cuda.assert_same(a, HOST)


def test_indices_and_masks_select_as_in_numpy(cuda):
    host = np.arange(12, dtype=np.float32).reshape(4, 3)
    a, i = cuda.xp.asarray(host), np.array([3, 0])
    cuda.assert_same(a[cuda.xp.asarray(i)], host[i])
    cuda.assert_same(a[a > 5], host[host > 5])
    cuda.assert_same(a[1:, None, ::2], host[1:, None, ::2])
    a[cuda.xp.asarray(i)] = a[1:3].copy()
    host[i] = host[1:3]
    cuda.assert_same(a, host)
    cuda.xp.copyto(a, 0, where=a > 5)
    cuda.assert_same(a, np.where(host > 5, np.float32(0), host))
