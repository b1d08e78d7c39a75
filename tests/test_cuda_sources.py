"""What can be said of minigan/cuda/*.cu without a GPU: its form, who starts what, and that it
compiles, by g++ behind the shim and, where it is installed, by NVIDIA's own compiler."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nvrtc
import pytest
from cupy_kernels import DECLARED
from standin import standin

from minigan.cuda import kernels

PACKAGE = Path(__file__).parent.parent / "minigan"
FOLDER = PACKAGE / "cuda"
FILES = sorted(path.stem for path in FOLDER.glob("*.cu") if path.stem != "common")
REALS = ["float32", "float64"]
GPUS = ["sm_75", "sm_90"]  # Turing, the oldest that CUDA 13 knows; Hopper
EACH = pytest.mark.parametrize("file", FILES)


def code(file: str) -> str:
    """A source without its comments."""
    return re.sub(r"//.*", "", (FOLDER / f"{file}.cu").read_text(encoding="utf-8"))


def declared(source: str) -> dict[str, list[str]]:
    """Each kernel's parameters, as they are written."""
    return {
        name: [" ".join(p.split()) for p in parameters.split(",")]
        for name, parameters in DECLARED.findall(source)
    }


def malformed(source: str) -> Iterator[str]:
    """What is no kernel as minigan's are, and what makes threads depend on each other."""
    found = declared(source)
    if len(found) != source.count("__global__"):
        yield 'a kernel that is not declared extern "C" __global__ void name(…)'
    for name, parameters in found.items():
        if parameters[0] != "integer n":
            yield f"{name}: the first parameter is {parameters[0]}"
        body = source[re.search(rf"\b{name}\(", source).end() :]
        if not re.match(r"[^{]*\{\s*THREAD\(\w+, n\)", body):
            yield f"{name}: THREAD(…, n) does not stand first"
    yield from re.findall(r"__shared__|__sync\w+|__shfl\w+|__ballot\w*|atomic\w+", source)
    yield from re.findall(r"\blong\b", source.replace("long long", ""))  # its size is the system's


def starts(source: str, file: str) -> Iterator[tuple[set[str], int, bool]]:
    """Each start(file, …): the names it may mean (none: any), arguments after n, more by *."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "start":
            if getattr(node.args[0], "value", None) != file:
                continue
            texts = {n.value for n in ast.walk(node.args[1]) if isinstance(n, ast.Constant)}
            plain = [a for a in node.args[3:] if not isinstance(a, ast.Starred)]
            yield texts, len(plain), len(plain) < len(node.args) - 3


def strings(source: str) -> set[str]:
    return {n.value for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Constant)}


@EACH
def test_kernels_are_declared_as_start_and_the_stand_in_expect_them(file: str) -> None:
    assert declared(code(file))
    assert list(malformed(code(file))) == []


@EACH
def test_every_kernel_is_started_with_as_many_arguments_as_it_takes(file: str) -> None:
    found = declared(code(file))
    beside = (FOLDER / f"{file}.py").read_text(encoding="utf-8")
    everywhere = {s for path in PACKAGE.rglob("*.py") for s in strings(path.read_text("utf-8"))}
    assert not found.keys() - everywhere
    calls = [*starts(beside, file)]
    assert calls
    for names, count, more in calls:
        meant = names & found.keys()  # none where a variable has the name: then one must fit
        assert meant or not names, f"no kernel of {names}"
        takes = [len(found[name]) - 1 for name in meant or found]
        fit = [count <= expected if more else count == expected for expected in takes]
        assert all(fit) if meant else any(fit), (meant, takes, count)


@EACH
@pytest.mark.parametrize("real", REALS)
def test_it_compiles_by_gxx(file: str, real: str) -> None:
    with standin() as xp:
        module = xp.RawModule(code=kernels.source(file), options=kernels.options(real))
        found = [module.get_function(name).name for name in declared(code(file))]
    assert found == [*declared(code(file))]
    assert found


@EACH
@pytest.mark.parametrize("real", REALS)
@pytest.mark.parametrize("gpu", GPUS)
def test_it_compiles_by_nvrtc(file: str, real: str, gpu: str) -> None:
    if nvrtc.library() is None:
        pytest.skip("NVRTC is not installed: pip install nvidia-cuda-nvrtc")
    options = (*kernels.options(real), f"--gpu-architecture={gpu}")
    binary = nvrtc.compiled(kernels.source(file), options)
    for name in declared(code(file)):
        assert b".text." + name.encode() in binary


def test_nvrtc_refuses_what_is_no_cuda() -> None:
    if nvrtc.library() is None:
        pytest.skip("NVRTC is not installed: pip install nvidia-cuda-nvrtc")
    source = kernels.source("elementwise").replace("const real *x", "const reel *x")
    with pytest.raises(AssertionError, match=r'"reel" is undefined|reel'):
        nvrtc.compiled(source, kernels.options("float32"))


RIGHT = """
extern "C" __global__ void copy(integer n, real *y,
                                const real *x) {
    THREAD(i, n)
    const unsigned long long k = i;
    y[k] = x[k];
}
"""


def test_a_right_kernel_is_let_pass() -> None:
    assert list(malformed(RIGHT)) == []
    assert declared(RIGHT) == {"copy": ["integer n", "real *y", "const real *x"]}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('extern "C" ', ""),
        ("void", "int"),
        ("integer n,", "int n,"),
        ("(integer n, real *y,", "(real *y, integer n,"),
        ("    THREAD(i, n)\n", "    const integer i = threadIdx.x;\n"),
        ("y[k] =", "__syncthreads(); y[k] ="),
        ("y[k] = x[k]", "atomicAdd(y, x[k])"),
        ("y[k] =", "__shared__ real z[9]; y[k] ="),
        ("y[k] =", "unsigned long j = i; y[k] ="),
    ],
)
def test_a_planted_mistake_is_found(old: str, new: str) -> None:
    assert RIGHT.count(old) == 1
    assert list(malformed(RIGHT.replace(old, new)))


def test_starts_are_read_off_the_code() -> None:
    source = 'start("f", "copy", n, y, x)\nkernels.start("f", a if b else "c", n, *d, e)\n'
    assert list(starts(source + 'start("g", "h", n)', "f")) == [
        ({"copy"}, 2, False),
        ({"c"}, 1, True),
    ]
