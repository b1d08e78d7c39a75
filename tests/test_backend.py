"""Devices: which library an array belongs to, what can be missing, and sums and blocks."""

import sys

import numpy as np
import pytest
from cupy_device import DEVICE

from minigan.backend import (
    DeviceError,
    Random,
    array_module,
    choose_device,
    device_module,
    device_of,
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
