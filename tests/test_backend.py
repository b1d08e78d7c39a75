"""Devices, and the random numbers that are born on them."""

import json
import sys

import numpy as np
import pytest
from cupy_device import DEVICE

from minigan.backend import (
    DeviceError,
    Random,
    array_module,
    channel_sum,
    choose_device,
    device_module,
    device_of,
    in_blocks,
    to_host,
)

# --- the array's own type decides ----------------------------------------------------------------


def test_the_arrays_type_names_its_library(cuda):
    host, device = np.zeros(3), cuda.xp.zeros(3)
    assert array_module(host) is np
    assert array_module(np.float32(1)) is np
    assert array_module(device) is cuda.xp
    assert (device_of(host), device_of(device)) == ("cpu", "cuda")
    assert array_module(device.sum()) is cuda.xp


def test_to_host_copies_from_the_device_only(cuda):
    host = np.arange(3.0)
    assert to_host(host) is host
    back = to_host(cuda.xp.asarray(host))
    assert isinstance(back, np.ndarray)
    np.testing.assert_array_equal(back, host)


@pytest.mark.parametrize("x", [[1.0], 1.0, None, "array", memoryview(b"")])
def test_what_is_no_array_is_refused(x):
    with pytest.raises(
        TypeError, match=rf"expected a NumPy or a CuPy array, got .*{type(x).__name__}"
    ):
        array_module(x)


# --- what can be missing -------------------------------------------------------------------------


def test_the_cpu_is_numpy_and_the_gpu_is_cupy(cuda):
    assert device_module("cpu") is np
    assert device_module("cuda") is cuda.xp
    assert choose_device("auto") == choose_device("cuda") == "cuda"
    assert choose_device("cpu") == "cpu"


@pytest.mark.parametrize("device", ["gpu", "", "CUDA", "cuda:0"])
def test_another_name_is_refused(device):
    with pytest.raises(ValueError, match=rf"device is '{device}', expected one of 'cpu', 'cuda'"):
        choose_device(device)


def missing(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if what == "CuPy":
        monkeypatch.setitem(sys.modules, "cupy", None)  # import cupy: ModuleNotFoundError
    elif what == "driver":
        DEVICE.reset(driver=False)
    elif what == "NVRTC":
        DEVICE.reset(faults={"add": RuntimeError('Failure finding "libnvrtc.so.13"\n')})
    elif what == "cuBLAS":
        DEVICE.reset(faults={"matmul": ImportError("libcublas.so.13: cannot open shared object")})


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("CuPy", r"^device 'cuda' needs CuPy, which is not installed: pip install 'minigan\[cuda1"),
        ("driver", r"^device 'cuda': CuPy is installed but finds no .*nvidia-smi.*--device cpu\.$"),
        (
            "NVRTC",
            r'^device .* CUDA library does not work \(Failure finding "libnvrtc.so.13"\); .*pip',
        ),
        (
            "cuBLAS",
            r"^device .* CUDA library does not work \(libcublas.so.13: cannot open .*\); .*pip",
        ),
    ],
)
def test_what_is_missing_is_said_in_one_line(double, monkeypatch, what, sentence):
    missing(what, monkeypatch)
    with pytest.raises(DeviceError, match=sentence) as caught:
        device_module("cuda")
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is not None or what == "driver"
    with pytest.raises(DeviceError):
        Random(0, device="cuda")
    assert choose_device("auto") == "cpu"
    assert Random(0, device="auto").device == "cpu"


def test_a_broken_cupy_is_not_called_missing(tmp_path, monkeypatch):
    (tmp_path / "cupy.py").write_text("raise ImportError('libcuda_core: undefined\\n symbol')")
    monkeypatch.delitem(sys.modules, "cupy", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(
        DeviceError, match=r"installed but cannot be imported \(libcuda_core: und.* symbol\)"
    ):
        device_module("cuda")


# --- Random --------------------------------------------------------------------------------------

DRAWS = {
    "normal": lambda rng: rng.normal((3, 4)),
    "normal std": lambda rng: rng.normal((3, 4), std=0.02),
    "uniform": lambda rng: rng.uniform((3, 4), -2, 5),
    "zeros": lambda rng: rng.zeros((3, 4)),
    "ones": lambda rng: rng.ones((3, 4)),
    "array": lambda rng: rng.array([[1, 2], [3, 4]]),
}


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS.keys())
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_arrays_are_born_on_the_device_with_the_dtype_and_the_cpus_numbers(cuda, draw, dtype):
    there, here = draw(Random(3, "cuda", dtype)), draw(Random(3, "cpu", dtype))
    assert isinstance(here, np.ndarray)
    assert here.dtype.name == dtype
    assert there.dtype.name == dtype
    np.testing.assert_array_equal(to_host(there), here)


def test_masks_and_permutations_are_the_same_on_both_devices(cuda):
    there, here = Random(3, "cuda"), Random(3, "cpu")
    cuda.same(there.mask((50,), 0.3), here.mask((50,), 0.3))
    order = there.permutation(10)
    assert isinstance(order, np.ndarray)  # it indexes data on the host
    assert order.tolist() == here.permutation(10).tolist()
    assert sorted(order.tolist()) == list(range(10))


def test_a_draw_is_one_upload_and_nothing_else(double):
    rng = Random(0, "cuda")
    DEVICE.reset()
    rng.normal((2, 2), std=3.0)
    rng.uniform((2, 2))
    rng.mask((2, 2), 0.5)
    rng.array([1, 2])
    assert DEVICE.uploads.total() == 4
    assert DEVICE.launches.total() == DEVICE.syncs.total() == 0


def test_the_distributions_are_what_they_are_called():
    rng = Random(1, dtype="float64")
    x = rng.normal((200, 200), std=0.5)
    assert abs(x.mean()) < 0.01  # 4 standard errors of 0.5/200
    assert abs(x.std() - 0.5) < 0.01
    u = rng.uniform((200, 200), -2, 3)
    assert u.min() >= -2
    assert u.max() < 3
    assert abs(u.mean() - 0.5) < 0.03
    assert abs(u.var() - 25 / 12) < 0.04
    assert abs(rng.mask((200, 200), keep=0.3).mean() - 0.3) < 0.01
    assert rng.mask((100,), keep=1.0).all()
    assert not rng.mask((100,), keep=0.0).any()


def test_a_seed_a_stream_and_a_child_each_have_their_own_numbers():
    def numbers(rng):
        return tuple(rng.normal((4,)).tolist())

    root = Random(5)
    same = [Random(5), Random(np.int64(5)), Random(5, stream="")]
    assert {numbers(rng) for rng in same} == {numbers(root)}
    others = [Random(6), Random(5, stream="a"), Random(5).child("a"), Random(5).child("b")]
    others += [Random(5).child("a").child("b"), Random(5).child("b").child("a")]
    drawn = [numbers(rng) for rng in others]
    assert len({*drawn, numbers(Random(5))}) == len(others) + 1


def test_a_child_does_not_depend_on_what_its_parent_drew():
    used = Random(5, dtype="float64")
    used.normal((7,))
    child = used.child("D")
    assert (child.seed, child.device, child.dtype) == (5, "cpu", "float64")
    assert (
        child.normal((3,)).tolist() == Random(5, dtype="float64").child("D").normal((3,)).tolist()
    )


def test_the_state_can_be_kept_as_json_and_put_back():
    rng = Random(9)
    rng.normal((3,))  # float32 draws leave half a word in the generator, which is state, too
    rng.mask((3,), 0.5)
    kept = json.loads(json.dumps(rng.state))
    expected = [
        rng.normal((5,)).tolist(),
        rng.mask((5,), 0.5).tolist(),
        rng.permutation(9).tolist(),
    ]
    other = Random(1)
    other.state = kept
    for again in (other, rng):
        again.state = kept
        found = [again.normal((5,)).tolist(), again.mask((5,), 0.5).tolist()]
        assert [*found, again.permutation(9).tolist()] == expected


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"seed": -1}, ValueError, "Random: seed is -1, expected an integer of 0 or more"),
        ({"seed": 1.0}, TypeError, "Random: seed is 1.0, expected an integer"),
        ({"seed": True}, TypeError, "Random: seed is True, expected an integer"),
        ({"seed": None}, TypeError, "Random: seed is None, expected an integer"),
        ({"seed": 0, "dtype": "float16"}, ValueError, "Random: dtype is 'float16', expected 'flo"),
        ({"seed": 0, "dtype": "int32"}, ValueError, "Random: dtype is 'int32', expected 'float32'"),
        ({"seed": 0, "dtype": "double precision"}, ValueError, "Random: dtype is 'double precisi"),
        ({"seed": 0, "device": "tpu"}, ValueError, "device is 'tpu', expected one of"),
    ],
)
def test_a_wrong_seed_dtype_or_device_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        Random(**arguments)


def test_repr_says_what_it_takes_to_make_it_again():
    assert repr(Random(3, dtype="float64")) == "Random(3, device='cpu', dtype='float64')"
    assert repr(Random(3).child("D")).endswith("stream='/D')")


# --- sums and blocks -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shape", [(5, 3), (4, 6, 3), (4, 6, 7, 3), (0, 3), (4, 6, 0, 3), (2, 1, 1, 1)]
)
def test_channel_sum_is_the_sum_over_all_axes_but_the_last(cuda, shape):
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    cuda.same(channel_sum(cuda.xp.asarray(x)), channel_sum(x))
    exact = x.astype(np.float64).sum(axis=tuple(range(len(shape) - 1)))
    np.testing.assert_allclose(channel_sum(x), exact, rtol=1e-5, atol=1e-5)
    assert channel_sum(x).dtype == np.float32


def test_channel_sum_rounds_less_than_one_long_sum():
    x = np.random.default_rng(0).random((64, 32, 32, 2), dtype=np.float32)
    exact = x.astype(np.float64).sum(axis=(0, 1, 2))
    error = abs(channel_sum(x) - exact).max()
    assert error < abs(x.reshape(-1, 2).sum(axis=0) - exact).max() / 4


def test_blocks_cover_each_entry_once_and_are_views():
    a, b = np.zeros((10, 7)), np.ones((10, 7))
    sizes = []
    for x, y in in_blocks(a, b, size=16):
        x += y
        sizes.append(x.size)
    assert sizes == [16, 16, 16, 16, 6]
    assert (a == 1).all()


def test_what_has_no_flat_view_or_lives_on_a_gpu_is_one_block(cuda):
    a = np.zeros((6, 4))
    for arrays in ((a.T, a.T), (a[:, ::2],), (cuda.xp.zeros((6, 4)),)):
        blocks = list(in_blocks(*arrays, size=4))
        assert len(blocks) == 1
        assert all(x is y for x, y in zip(blocks[0], arrays, strict=True))
