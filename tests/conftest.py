"""What all tests share: settings, the legs (CPU, device double, GPU), and the lines that name them.

A test that takes the fixture `cuda` runs three times: with the CuPy stand-in playing the module
cupy and the plain formulas; with the stand-in and the kernels of minigan/cuda, which g++ compiles;
and with CuPy itself on a GPU, where there is one.
"""

import os
import signal
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

# One BLAS thread, asked for before NumPy loads it. The matrices here are tiny, and where other work
# shares the cores, threads that wait for each other make the suite several times slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["MPLBACKEND"] = "Agg"  # no test opens a window
os.environ.pop("PYTEST_ADDOPTS", None)  # meant for this run, not for those that tests start
# Where a script runs the tests in the background, Ctrl-C is ignored, and the programs that they
# start and interrupt would ignore it, too.
signal.signal(signal.SIGINT, signal.default_int_handler)

import hypothesis
import numpy as np
import oracles
import pytest
import standin

from minigan.backend import DeviceError, device_module, to_host
from minigan.cuda import kernels

hypothesis.settings.register_profile(
    "minigan", deadline=None, derandomize=os.environ.get("CI") == "true"
)
hypothesis.settings.load_profile("minigan")

pytest.register_assert_rewrite("short_runs")  # its asserts say what differs, as a test's do


@cache
def why_no_gpu() -> str:
    """The reason that the tests on a GPU are skipped, "" where they can run."""
    try:
        device_module("cuda")
    except DeviceError as error:
        return str(error)
    return ""


TOLERANCE = {"float32": 1e-5, "float64": 1e-10}  # of kernels, and of a GPU


@dataclass
class Cuda:
    """Device "cuda" as a test sees it: the module cupy, and whether it is the stand-in, and plain.

    Plain, the stand-in gives NumPy's bits. Kernels sum in another order and have another exp, and a
    GPU rounds otherwise besides.
    """

    xp: Any
    double: bool
    plain: bool

    def assert_same(self, actual: Any, expected: np.ndarray) -> None:
        """Assert the expected dtype, shape and numbers: every bit of them where that can be, else
        TOLERANCE of the number itself and of 1 or the array's largest: sums of numbers of that
        size can cancel, and what rounding leaves of them is not small beside the rest."""
        assert isinstance(actual, self.xp.ndarray)
        assert actual.dtype == expected.dtype
        host = to_host(actual)
        if self.plain:
            np.testing.assert_array_equal(host, expected)
        else:
            rtol = TOLERANCE[expected.dtype.name] if expected.dtype.kind == "f" else 0
            largest = float(np.abs(expected).max(initial=1)) if rtol else 0
            np.testing.assert_allclose(host, expected, rtol=rtol, atol=rtol * largest)
        assert host.shape == expected.shape


kernels_double = standin.kernels_double


@pytest.fixture
def hangup() -> Any:
    """SIGHUP is heard, also where nohup has started the tests, and by the programs they start."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def double(kernels_double: Any) -> Any:
    """The same without kernels: the plain formulas."""
    with kernels.plain():
        yield kernels_double


@pytest.fixture(params=["double", "kernels", pytest.param("gpu", marks=pytest.mark.gpu)])
def cuda(request: pytest.FixtureRequest) -> Cuda:
    """Device "cuda": on the stand-in without kernels and with them, and on a GPU."""
    if request.param == "double":
        return Cuda(request.getfixturevalue("double"), double=True, plain=True)
    if request.param == "kernels":
        return Cuda(request.getfixturevalue("kernels_double"), double=True, plain=False)
    if why_no_gpu():
        pytest.skip(why_no_gpu())
    return Cuda(device_module("cuda"), double=False, plain=False)


# The stand-in's plain formulas take NumPy's way whatever the dtype is; kernels and a GPU are asked
# for both.
LEGS_AND_DTYPES = pytest.mark.parametrize(
    ("cuda", "dtype"),
    [
        ("double", "float32"),
        *(("kernels", dtype) for dtype in TOLERANCE),
        *(pytest.param("gpu", dtype, marks=pytest.mark.gpu) for dtype in TOLERANCE),
    ],
    indirect=["cuda"],
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    mutants = [item for item in items if item.path.name == "test_mutants.py"]
    others = [item for item in items if item not in set(mutants)]
    items[:] = [*mutants[:1], *others, *mutants[1:]]  # they are tried beside the others
    asked = "long" in config.getoption("markexpr")
    for item in items:
        if item.get_closest_marker("long") and not asked:
            item.add_marker(pytest.mark.skip(reason="long: python -m pytest -m long"))
        if oracle := item.get_closest_marker("oracle"):
            item.user_properties.append(("oracle", oracle.args[0]))
        fixtures = getattr(item, "fixturenames", ())
        if item.get_closest_marker("gpu"):
            item.user_properties.append(("leg", "GPU"))
        elif _has_kernels(item):
            item.user_properties.append(("leg", "device double with kernels"))
        elif "cuda" in fixtures or "double" in fixtures:
            item.user_properties.append(("leg", "device double"))


def _has_kernels(item: pytest.Item) -> bool:
    asked = getattr(getattr(item, "callspec", None), "params", {}).get("cuda")
    fixtures = getattr(item, "fixturenames", ())
    return asked == "kernels" or (
        "kernels_double" in fixtures and not {"cuda", "double"} & {*fixtures}
    )


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say which legs ran, and who was asked: a run without a GPU must not look like one with it."""
    of = {  # a whole file that was skipped has a report without properties
        outcome: [
            dict(getattr(report, "user_properties", ()))
            for report in terminalreporter.stats.get(outcome, [])
        ]
        for outcome in ("passed", "skipped")
    }
    passed = Counter(found.get("leg", "CPU") for found in of["passed"])
    skipped = any(found.get("leg") == "GPU" for found in of["skipped"])
    on_gpu = f"GPU skipped: {why_no_gpu()}" if skipped else f"GPU {passed['GPU']}"
    hosts = ("CPU", "device double", "device double with kernels")
    on_host = ", ".join(f"{leg} {passed[leg]}" for leg in hosts)
    terminalreporter.write_line(f"legs, tests passed: {on_host}, {on_gpu}")
    asked = Counter(found["oracle"] for found in of["passed"] if "oracle" in found)
    terminalreporter.write_line(f"oracles, tests passed: {oracles.in_short(asked)}")
