"""What a number must be read with: processor, versions, threads, and the rate of a product."""

from __future__ import annotations

import importlib
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minigan import __version__
from minigan.backend import device_module
from minigan.threads import threads

MB = 2**20
GEMM_SIZE = {"cpu": 2048, "cuda": 8192}  # rows and columns of the matrices in gemm_gflops
PINS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # what can slow down OpenBLAS, and is then said


def describe(device: str) -> dict[str, Any]:
    """The machine and the versions, as the last keys of a row."""
    blas = np.show_config(mode="dicts").get("Build Dependencies", {}).get("blas", {})
    pins = [f"{name}={os.environ[name]}" for name in PINS if name in os.environ]
    row = {
        "threads": threads(),
        "cpu": cpu_name(),
        "minigan": __version__,
        "commit": commit(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": ", ".join([f"{blas.get('name', 'BLAS')} {blas.get('version', '')}".strip(), *pins]),
    }
    if device == "cuda":
        cp = device_module("cuda")
        gpu = cp.cuda.runtime.getDeviceProperties(cp.cuda.Device().id)["name"]
        row |= {"gpu": gpu.decode(), "cupy": cp.__version__}
    return row


def cpu_name() -> str:
    """The processor's name, as the system gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    if sys.platform == "darwin":
        names = [_output("sysctl", "-n", "machdep.cpu.brand_string") or ""]
    return next(filter(None, names), platform.processor() or platform.machine())


def commit() -> str | None:
    """The commit of a checkout, with "+" when something was changed since; None elsewhere."""
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():
        return None
    git = "git", f"--git-dir={root / '.git'}", f"--work-tree={root}"  # this one, none around it
    name = _output(*git, "rev-parse", "--short", "HEAD")
    changed = _output(*git, "status", "--porcelain", "--untracked-files=no")
    return f"{name}+" if name and changed else name


def _output(*command: str) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None


def peak_mb(device: str = "cpu") -> float | None:
    """The most memory that this process has held so far, in MB of 2²⁰ bytes; None: not measured.

    On a GPU it is what CuPy has taken there. On the CPU it is all that was resident, Python and
    its libraries included. Linux hands ru_maxrss down from the process that started this one, so
    the high-water mark is read there; Windows has neither.
    """
    if device == "cuda":
        return float(device_module("cuda").get_default_memory_pool().total_bytes()) / MB
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / MB
    try:
        resource = importlib.import_module("resource")
    except ModuleNotFoundError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MB)


def waiting(device: str) -> Callable[[], None]:
    """A function that returns when the device has done all that it was given."""
    if device == "cpu":
        return lambda: None
    xp = device_module(device)
    return lambda: xp.cuda.Device().synchronize()


def gemm_gflops(device: str = "cpu", *, n: int | None = None) -> float:
    """The rate of a float32 product of two n x n matrices in GFLOP/s.

    The best of ten, or of as many (three at least) as fit into a second.
    """
    xp = device_module(device)
    n = n or GEMM_SIZE[device]
    a = xp.ones((n, n), dtype="float32")
    b, product = xp.ones_like(a), xp.empty_like(a)
    seconds: list[float] = []
    while len(seconds) < 4 or (len(seconds) < 11 and sum(seconds) < 1):
        start = time.perf_counter()
        xp.matmul(a, b, out=product)
        float(product[0, 0])  # on a GPU this waits for the product
        seconds.append(time.perf_counter() - start)
    return 2 * n**3 / min(seconds[1:]) / 1e9  # the first one also warms up
