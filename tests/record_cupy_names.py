"""Writes cupy_names.json: which names and which keyword arguments CuPy has.

Run once for each CuPy version, in an environment that has CuPy (a GPU or a driver is not needed):

    pip install cupy-cuda13x==14.2.0
    python tests/record_cupy_names.py

The stand-in (cupy_standin.py) refuses what is not in that file. Signatures are written with "..."
for every default, because only the names of the arguments matter there. For compiled functions
they come from the first line of the docstring, which CuPy's build writes from the source.
"""

import ast
import inspect
import json
import platform
import re
from pathlib import Path

import numpy as np

NAMES = Path(__file__).with_name("cupy_names.json")
SUBMODULES = ("cuda", "lib", "lib.stride_tricks", "linalg")  # whose contents are recorded, too
READ_IN_SOURCE = {"einsum": "(*operands, dtype=..., optimize=...)"}  # itself takes **kwargs


def record() -> dict:
    import cupy  # here, so that the test run may import this file where CuPy is missing

    functions, values, syncs = {}, [], []
    for module in ("", *SUBMODULES):
        owner, prefix = cupy, f"{module}." if module else ""
        for part in filter(None, module.split(".")):
            owner = getattr(owner, part)
        for name in sorted(n for n in dir(owner) if not n.startswith("_")):
            thing = getattr(owner, name)
            if callable(thing) and not inspect.isclass(thing):
                functions[prefix + name] = READ_IN_SOURCE.get(prefix + name) or signature(thing)
                if "synchroniz" in (thing.__doc__ or ""):
                    syncs.append(prefix + name)
            elif prefix + name not in SUBMODULES:
                values.append(prefix + name)
    methods, attributes, operators = {}, [], []
    for name in sorted(dir(cupy.ndarray)):
        thing = getattr(cupy.ndarray, name)
        if name.startswith("__"):
            operators.append(name)
        elif callable(thing) and not name.startswith("_"):
            methods[name] = signature(thing)  # with self
        elif not name.startswith("_"):
            attributes.append(name)
    return {
        "recorded": "by tests/record_cupy_names.py",
        "cupy": cupy.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "functions": functions,
        "submodules": list(SUBMODULES),
        "values": values,
        "methods": methods,
        "attributes": attributes,
        "operators": operators,
        "syncs": syncs,  # whose docstring warns of it
    }


def signature(function: object) -> str:
    """The arguments' names in parentheses, or "(*args, **kwargs)" where CuPy does not tell."""
    try:
        found = inspect.signature(function).replace(return_annotation=inspect.Signature.empty)
        return _without_defaults(str(found)[1:-1])
    except ValueError:  # compiled: look in the docstring
        line = (function.__doc__ or "").replace("\\", "").partition("\n")[0]
    in_parentheses = re.search(r"\((.*)\)", line)
    try:
        return _without_defaults(in_parentheses[1] if in_parentheses else "*args, **kwargs")
    except SyntaxError:
        return "(*args, **kwargs)"


def _without_defaults(parameters: str) -> str:
    """'_base self, int axis=-1, *, out=None' → '(self, axis=..., *, out=...)'."""
    names = []
    for parameter in _split(parameters):
        name, _, default = (part.strip() for part in parameter.partition("="))
        name = name.partition(":")[0].split()[-1]
        names.append(f"{name}=..." if default else name)
    text = f"({', '.join(names)})"
    ast.parse(f"def f{text}: pass")  # SyntaxError for a line that is no signature
    return text


def _split(parameters: str) -> list[str]:
    """Split at the commas outside brackets and quotes."""
    parts, depth, quoted = [""], 0, False
    for letter in parameters:
        quoted ^= letter == "'"
        depth += 0 if quoted else (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


if __name__ == "__main__":
    NAMES.write_text(json.dumps(record(), indent=1, ensure_ascii=False) + "\n")
