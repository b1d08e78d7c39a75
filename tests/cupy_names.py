"""The names that CuPy has and the arguments that they take, as recorded in cupy_names.json."""

import ast
import inspect
import json
from functools import cache
from pathlib import Path

NAMES = json.loads(Path(__file__).with_name("cupy_names.json").read_text(encoding="utf-8"))


@cache
def signature(text: str) -> inspect.Signature:
    """'(a, axis=..., *, out=...)' as a Signature, whose bind() raises what Python would."""
    found, kind = ast.parse(f"def f{text}: pass").body[0].args, inspect.Parameter
    positional = [*found.posonlyargs, *found.args]
    optional = positional[len(positional) - len(found.defaults) :]
    optional += [a for a, given in zip(found.kwonlyargs, found.kw_defaults, strict=True) if given]
    groups = {
        kind.POSITIONAL_ONLY: found.posonlyargs,
        kind.POSITIONAL_OR_KEYWORD: found.args,
        kind.VAR_POSITIONAL: [found.vararg] if found.vararg else [],
        kind.KEYWORD_ONLY: found.kwonlyargs,
        kind.VAR_KEYWORD: [found.kwarg] if found.kwarg else [],
    }
    return inspect.Signature(
        kind(a.arg, group, default=... if a in optional else kind.empty)
        for group, names in groups.items()
        for a in names
    )
