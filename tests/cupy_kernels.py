"""RawModule of the CuPy stand-in: kernels, compiled by g++ and run a thread at a time.

A kernel's arguments are not checked by CuPy: a Python float arrives as a double where the kernel
expects a float, an array of another dtype as its bytes, a view as the address of its first element.
Here each must be what the kernel's declaration says.

Before each run the threads are tried out on copies (cupy_copies.py): in the other order, and in
two shares that know nothing of each other. Where they get in each other's way, or touch what lies
around an array, that shows. Only where a kernel finds its arrays in a table are they not seen from
here; `DEVICE.reversed` turns the order around for whoever compares.

The compiler is told to refuse what it narrows in silence: an `integer` put into an int, whose 32
bits a large array outgrows, and a double in a kernel of floats.
"""

import ctypes
import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cupy_array import MemoryPointer, ndarray
from cupy_copies import Copies
from cupy_device import DEVICE, Differs
from cupy_graph import perform

SHIM = Path(__file__).with_name("cuda_shim.h")
DECLARED = re.compile(r'extern "C" __global__ void (\w+)\(([^)]*)\)')
TYPES = {  # of C → NumPy's
    "float": "float32",
    "double": "float64",
    "int": "int32",
    "unsigned int": "uint32",
    "integer": "int64",
    "long long": "int64",
    "unsigned long long": "uint64",
    "unsigned char": "uint8",
    "bool": "bool",
}
BUILT = Path(__file__).with_name("__pycache__") / "kernels"  # by digest: kept, as Python's own
GXX = ["g++", "-std=c++17", "-O2", "-ffp-contract=off", "-shared", "-fPIC", "-Wall", "-Werror"]
GXX += ["-Wno-unused-variable", "-Wconversion", "-Wno-sign-conversion", "-Wdouble-promotion"]
FAST = {"--use_fast_math", "-use_fast_math", "--ftz=true", "--prec-div=false", "--prec-sqrt=false"}
BOTH = 2  # shares of the threads, 0 and 1
MOST_BLOCKS, MOST_THREADS, MOST_BYTES = 2**31 - 1, 1024, 4096  # of a grid, of a block, of arguments


class Parameter:
    """One parameter of a kernel, as it is declared."""

    def __init__(self, text: str, real: str) -> None:
        words = text.replace("*", " * ").replace("__restrict__", "").split()
        self.name, self.pointer, self.const = words[-1], "*" in words, "const" in words
        self.type = " ".join(word for word in words[:-1] if word not in ("*", "const"))
        self.dtype = TYPES.get(real if self.type == "real" else self.type)

    def keep(self, kernel: str, a: Any, keep: list) -> None:
        """Keep the argument's bytes, if it is what the kernel expects."""
        wrong = f"{kernel}: {self.name} is declared {self.type}{' *' * self.pointer}, got"
        if self.pointer:
            if not isinstance(a, ndarray):
                raise Differs(f"{wrong} {type(a)}")
            if self.dtype is None or a.dtype != self.dtype:
                raise Differs(f"{wrong} an array of {a.dtype}")
            if not a._host.flags.c_contiguous:
                raise Differs(f"{wrong} an array that is not contiguous")
            value = np.array([a._host.ctypes.data], dtype="uint64")
        elif self.dtype is None:  # a struct, as a structured array of one element
            if not (isinstance(a, np.ndarray) and a.dtype.names and a.shape == (1,)):
                raise Differs(f"{wrong} {type(a)}, expected a structured array of shape (1,)")
            value = a.copy()  # it is read now, and what the host does to it later is not seen
        else:
            if not isinstance(a, np.generic) or a.dtype != self.dtype:
                raise Differs(f"{wrong} {type(a)}, whose bytes the kernel would misread")
            value = np.array([a])
        keep.append(value)


Arrays = list[tuple[Parameter, np.ndarray]]


class Kernel:
    """A function of a RawModule; hidden: whether it finds arrays behind a table of addresses."""

    def __init__(
        self, name: str, parameters: list[Parameter], function: Any, sizes: dict, hidden: bool
    ) -> None:
        self.name, self.parameters, self.function, self.sizes = name, parameters, function, sizes
        self.hidden = hidden
        for p in parameters:
            if p.dtype is None and (p.pointer or p.type not in sizes):
                raise Differs(f"{name}: {p.name} is declared {p.type}, which is no known type")

    def __call__(self, grid: tuple, block: tuple, args: tuple, *, shared_mem: int = 0) -> None:
        if len(grid) != 1 or len(block) != 1 or shared_mem:
            raise NotImplementedError(
                "the stand-in runs one-dimensional kernels without shared memory"
            )
        if not 1 <= grid[0] <= MOST_BLOCKS or not 1 <= block[0] <= MOST_THREADS:
            raise Differs(f"{self.name}: {grid[0]} blocks of {block[0]} threads cannot be started")
        if len(args) != len(self.parameters):
            raise Differs(f"{self.name} takes {len(self.parameters)} arguments, got {len(args)}")
        pairs = [*zip(self.parameters, args, strict=True)]
        keep: list = []
        for p, a in pairs:
            p.keep(self.name, a, keep)
        for (p, _), value in zip(pairs, keep, strict=True):
            if value.nbytes != self.sizes.get(p.type, value.nbytes):
                raise Differs(
                    f"{self.name}: {p.name} has {value.nbytes} bytes, not {self.sizes[p.type]}"
                )
        if self.hidden:
            self._check_addresses(keep)
        if sum(value.nbytes for value in keep) > MOST_BYTES:
            raise Differs(f"{self.name}: more than {MOST_BYTES} bytes of arguments")
        arrays = [(p, a._host) for p, a in pairs if p.pointer]
        self._check_overlaps(arrays)
        at = [place for place, (p, _) in enumerate(pairs) if p.pointer]

        def threads(backwards: bool, share: int = BOTH, moved: tuple[int, ...] = ()) -> None:
            values = [*keep]
            for place, address in zip(at, moved, strict=False):
                values[place] = np.array([address], dtype="uint64")
            pointers = (ctypes.c_void_p * len(values))(*(v.ctypes.data for v in values))
            self.function(grid[0], block[0], backwards, share, pointers)

        def run() -> None:
            if self.hidden:  # whoever calls has to try both orders
                threads(DEVICE.reversed)
                return
            expected = self._tried(threads, arrays)
            threads(DEVICE.reversed)
            if [host.tobytes() for p, host in arrays if not p.const] != expected:
                raise Differs(
                    f"{self.name}: its threads get in each other's way, or read beyond an array"
                )

        # The addresses alone would keep nothing alive until a graph is launched.
        perform(self.name, run)

    def _tried(self, threads: Callable[..., None], arrays: Arrays) -> list[bytes]:
        """What the threads write in the other order, tried out on copies."""
        whole, *shares = (Copies(self.name, arrays) for _ in range(3))
        threads(not DEVICE.reversed, BOTH, whole.addresses)
        for share, copies in enumerate(shares):
            threads(DEVICE.reversed, share, copies.addresses)
        for copies in (whole, *shares):
            copies.check_around()
        if (shares[0].written & shares[1].written).any():
            raise Differs(f"{self.name}: two of its threads write to one place")
        return whole.outputs

    def _check_addresses(self, values: list[np.ndarray]) -> None:
        """What a table points to is there: uint64 in a struct is an address, or 0 for none."""
        for value in values:
            for name in value.dtype.names or ():
                if value[name].dtype == np.uint64:
                    for address in value[name].ravel().tolist():
                        if address and address not in MemoryPointer.at:
                            raise Differs(f"{self.name}: {name} points to memory that is gone")

    def _check_overlaps(self, arrays: Arrays) -> None:
        """An array may be written in place; it may not lie over a part of another one."""
        for y in [host for p, host in arrays if not p.const]:
            for _, a in arrays:
                same = (y.ctypes.data, y.nbytes) == (a.ctypes.data, a.nbytes)
                if not same and np.may_share_memory(y, a):
                    raise Differs(f"{self.name}: an array that it writes overlaps another one")


class RawModule:
    """Kernels of one source, compiled with -D real=float or double."""

    def __init__(self, *, code: str, options: tuple[str, ...] = ()) -> None:
        DEVICE.alive()
        if "--fmad=false" not in options or {*options} & FAST:
            raise Differs(f"with the options {options} a GPU would round otherwise than NumPy")
        defined = [option for option in options if option.startswith("-D")]
        self._real = dict(o[2:].split("=") for o in defined).get("real", "float")
        self._declared = dict(DECLARED.findall(code))
        structs = dict(re.findall(r"\bstruct (\w+) {([^}]*)}", re.sub(r"//.*", "", code)))
        self._library = library(code, tuple(defined), tuple(structs))
        self._sizes = {name: getattr(self._library, f"size_of_{name}")() for name in structs}
        self._tables: set[str] = set()  # structs with addresses in them
        for name, body in structs.items():
            if "*" in body or self._tables & {*body.split()}:
                self._tables.add(name)

    def get_function(self, name: str) -> Kernel:
        if name not in self._declared:
            raise Differs(
                f'there is no kernel {name}; it must be declared extern "C" __global__ void'
            )
        parameters = [Parameter(text, self._real) for text in self._declared[name].split(",")]
        hidden = any(p.type in self._tables for p in parameters)
        return Kernel(name, parameters, getattr(self._library, f"run_{name}"), self._sizes, hidden)


@cache
def library(code: str, defined: tuple[str, ...], structs: tuple[str, ...]) -> ctypes.CDLL:
    """The source as a library with a function for each kernel that runs all its threads."""
    if shutil.which("g++") is None:
        pytest.skip("kernels are run by g++, which is not installed")
    parts = [SHIM.read_text(encoding="utf-8"), code]
    parts += [f'extern "C" int size_of_{name}() {{ return sizeof({name}); }}' for name in structs]
    parts += [_runner(name, parameters) for name, parameters in DECLARED.findall(code)]
    loaded = ctypes.CDLL(str(_built("\n".join(parts), [*GXX, *defined])))
    for name, _ in DECLARED.findall(code):
        function = getattr(loaded, f"run_{name}")
        function.argtypes = [ctypes.c_longlong, ctypes.c_longlong, ctypes.c_int, ctypes.c_int]
        function.argtypes += [ctypes.c_void_p]
        function.restype = None
    return loaded


def _runner(name: str, parameters: str) -> str:
    """The C++ that runs the threads of a kernel, one after the other, up or down.

    share: 0 or 1, those threads whose number, multiplied by an odd one, has this first bit.
    """
    types = [
        text.strip().rpartition("*")[0] + "*" if "*" in text else text.rsplit(None, 1)[0]
        for text in parameters.split(",")
    ]
    values = ", ".join(f"*({t.strip()}*)args[{i}]" for i, t in enumerate(types))
    return (
        f'extern "C" void run_{name}(long long grid, long long block, int reversed, int share, '
        "void **args) {"
        "\n    gridDim.x = {(unsigned)grid}; blockDim.x = {(unsigned)block};"
        "\n    for (long long t = 0; t < grid * block; ++t) {"
        "\n        const long long i = reversed ? grid * block - 1 - t : t;"
        "\n        if (share < 2 && (i * 0x9E3779B97F4A7C15ull >> 63) != (unsigned)share) continue;"
        "\n        blockIdx.x = {(unsigned)(i / block)}; threadIdx.x = {(unsigned)(i % block)};"
        f"\n        {name}({values});\n    }}\n}}"
    )


def _built(text: str, command: list[str]) -> Path:
    """What the compiler makes of the text: once, then it is found under the text's digest."""
    digest = hashlib.sha256("\n".join([text, *command]).encode()).hexdigest()[:24]
    built = BUILT / f"{digest}.so"
    if not built.exists():
        BUILT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=BUILT) as folder:  # others may be building the same
            source, target = Path(folder) / "kernels.cpp", Path(folder) / "kernels.so"
            source.write_text(text, encoding="utf-8")
            done = subprocess.run(
                [*command, str(source), "-o", str(target)],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise AssertionError(f"g++ does not compile the kernels:\n{done.stderr}")
            target.replace(built)
    return built
