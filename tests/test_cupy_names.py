"""What can be read off the code: names that CuPy or NumPy lacks, and NumPy where it may not be."""

import ast
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from cupy_names import NAMES, signature
from cupy_patterns import cupy_path

PACKAGE = Path(__file__).parent.parent / "minigan"
# Files whose arrays live on the host (or, in backend.py, on either side): NumPy is at home there.
HOST_FILES = {"backend.py", "checkpoint.py", "page.py", "pictures.py", "plane.py", "plots.py"}
HOST_FILES |= {"files.py", "limits.py", "npy.py", "plane_picture.py", "streams.py"}
# What is done block by block, on several cores, is for the CPU; each has a plain twin for the GPU.
HOST_FILES |= {"blocks.py", "fast_patches.py", "painting.py", "patch_blocks.py", "upsampled.py"}
# Gradient checks read every value to the host and compare there, in float64.
HOST_FILES |= {
    "checks.py",
    "game_checks.py",
    "comparison.py",
    "differences.py",
    "elsewhere.py",
    "single_precision.py",
}
CORE = sorted(path for path in PACKAGE.glob("*.py") if path.name not in HOST_FILES)
# What else a training step runs: the kernels, and what stands between it and its data.
STEP = [PACKAGE / file for file in ("blocks.py", "streams.py", "upsampled.py")]
STEP += [PACKAGE / "data" / file for file in ("dataset.py", "scaling.py")]
STEP += sorted((PACKAGE / "cuda").glob("*.py"))
KNOWN = {*NAMES["functions"], *NAMES["values"]}
# Methods that nothing but an array has: their keywords can be checked without knowing the type.
ARRAY_METHODS = {"all", "any", "argmax", "argmin", "astype", "clip", "cumsum", "max", "mean", "min"}
ARRAY_METHODS |= {"prod", "ravel", "repeat", "reshape", "std", "sum", "take", "transpose", "var"}


def wrong_names(source: str) -> Iterator[str]:
    """Each xp.name that CuPy or NumPy lacks, and each call with arguments that CuPy lacks."""
    for node in ast.walk(ast.parse(source)):
        path = cupy_path(node)
        if path and path not in NAMES["submodules"] and not path.startswith("__"):
            if not any(path == name or path.startswith(f"{name}.") for name in KNOWN):
                yield f"line {node.lineno}: CuPy has no {path}"
            elif not hasattr(np, path.partition(".")[0]):
                yield f"line {node.lineno}: NumPy has no {path}"
        if not isinstance(node, ast.Call):
            continue
        called = cupy_path(node.func)
        keywords = {keyword.arg: ... for keyword in node.keywords if keyword.arg}
        try:
            if called in NAMES["functions"]:
                signature(NAMES["functions"][called]).bind_partial(*node.args, **keywords)
            elif getattr(node.func, "attr", "") in ARRAY_METHODS and not called:
                signature(NAMES["methods"][node.func.attr]).bind_partial(**keywords)
        except TypeError as error:
            yield f"line {node.lineno}: {ast.unparse(node.func)}: {error}"


def numpy_uses(source: str) -> Iterator[str]:
    """Each import of NumPy and each np.name, docstrings apart."""
    for node in ast.walk(ast.parse(source)):
        modules = [alias.name for alias in getattr(node, "names", []) if hasattr(alias, "name")]
        modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if any(module.partition(".")[0] == "numpy" for module in modules):
            yield f"line {node.lineno}: imports numpy"
        if isinstance(node, ast.Name) and node.id in ("np", "numpy"):
            yield f"line {node.lineno}: {node.id}"


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.name)
def test_the_core_uses_what_both_libraries_have(path):
    assert list(wrong_names(path.read_text(encoding="utf-8"))) == []


def test_what_is_around_the_core_uses_no_name_that_one_library_lacks():
    files = [path for path in PACKAGE.rglob("*.py") if path not in CORE]
    assert {"watch.py", "dataset.py"} <= {path.name for path in files}
    found = {
        (path.name, wrong.partition(": ")[2])
        for path in files
        for wrong in wrong_names(path.read_text("utf-8"))
        if "has no" in wrong  # keywords apart: the host's arrays may use all that NumPy has
    }
    of_cupy_alone = {
        "backend.py": {"asnumpy", "cuda.is_available"},
        "feed.py": {"cuda.get_allocator"},
        "kernels.py": {"RawModule"},
        "machine.py": {  # of the bench
            "cuda.Device",
            "cuda.runtime",
            "cuda.runtime.getDeviceProperties",
            "get_default_memory_pool",
        },
        "recording.py": {
            "cuda.MemoryPool",
            "cuda.Stream",
            "cuda.get_current_stream",
            "cuda.using_allocator",
        },
    }
    assert found == {
        (file, f"NumPy has no {name}") for file, names in of_cupy_alone.items() for name in names
    }


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.name)
def test_the_core_does_not_touch_numpy(path):
    assert list(numpy_uses(path.read_text(encoding="utf-8"))) == []


def test_a_step_calls_nothing_with_what_cupy_does_not_take():
    """Names apart: those that CuPy alone has are listed above."""
    found = [wrong for path in STEP for wrong in wrong_names(path.read_text(encoding="utf-8"))]
    assert [wrong for wrong in found if "has no" not in wrong] == []


def test_the_core_was_found():
    assert {path.name for path in STEP} > {"feed.py", "graph.py", "kernels.py", "batchnorm.py"}
    names = {path.name for path in CORE}
    assert {"layer.py", "dense.py", "batchnorm.py", "gan.py", "rules.py", "optimizers.py"} <= names


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("xp.errstate()", "CuPy has no errstate"),
        ("xp.linalg.multi_dot([x])", "CuPy has no linalg.multi_dot"),
        ("array_module(x).block(x)", "CuPy has no block"),
        ("self._xp.vecdot(x, x)", "CuPy has no vecdot"),
        ("xp.asnumpy(x)", "NumPy has no asnumpy"),
        ("xp.exp(x, where=m)", "'where'"),
        ("xp.take(x, i, mode='clip')", "'mode'"),
        ("xp.einsum('i->', x, out=y)", "'out'"),
        ("xp.tanh(x, y, z)", "too many"),
        ("x.sum(axis=0, initial=1)", "'initial'"),
        ("x.max(where=m)", "'where'"),
    ],
)
def test_a_planted_difference_is_found(line, reason):
    found = list(wrong_names(f"def f(x):\n    {line}\n"))
    assert len(found) == 1
    assert found[0].startswith("line 2")
    assert reason in found[0]


@pytest.mark.parametrize(
    "line",
    [
        "xp.maximum(x, 0, out=x)",
        "xp.lib.stride_tricks.as_strided(x, shape=s, strides=t)",
        "xp.float32.__name__",
        "x.sum(axis=0, keepdims=True)",
        "xp.linalg.norm(x, axis=1)",
        "self.sums(axis=0, initial=1)",
    ],
)
def test_what_both_have_is_let_pass(line):
    assert list(wrong_names(line)) == []


@pytest.mark.parametrize(
    "line",
    [
        "import numpy as np",
        "from numpy.lib import stride_tricks",
        "import numpy.linalg",
        "np.exp(x)",
    ],
)
def test_planted_numpy_is_found(line):
    assert len(list(numpy_uses(line))) == 1
    assert list(numpy_uses(f'"""\n>>> {line}\n"""')) == []
