"""What a GPU is slow at or waits for, as far as it can be read off the code without knowing types.

An expression is taken for an array where it can be seen to be one: xp.exp(x), x.mean(), x > 0 on
such a thing, and a name that the same function gives to one. A name that comes from elsewhere, as
an argument or out of a dict, is not followed; that is left to the stand-in, which runs the code.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cupy_names import NAMES

# Methods that nothing but an array has.
METHODS = {"all", "any", "argmax", "argmin", "astype", "cumsum", "max", "mean", "min", "prod"}
METHODS |= {"ravel", "repeat", "reshape", "std", "sum", "take", "transpose", "var"}
HOST = {"float", "int", "bool", "complex", "str", "list", "tuple"}  # called with an array they wait
FETCHES = {"item", "tolist", "tobytes"}
PRODUCTS = {"matmul", "dot", "vdot", "inner", "einsum", "tensordot"}
NOT_ARRAYS = {"result_type", "promote_types", "can_cast", "issubdtype", "isdtype", "isscalar"}
NOT_ARRAYS |= {"float32", "float64", "uint8", "int64", "dtype", "finfo", "iinfo", "shape", "ndim"}


def cupy_path(node: ast.AST) -> str:
    """'linalg.norm' for xp.linalg.norm or array_module(x).linalg.norm, "" for anything else."""
    names = []
    while isinstance(node, ast.Attribute) and node.attr != "_xp":
        names.append(node.attr)
        node = node.value
    by_name = isinstance(node, ast.Name) and node.id in ("xp", "cp")
    by_attribute = isinstance(node, ast.Attribute)  # self._xp
    by_call = isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
        "array_module",
        "device_module",
    )
    return ".".join(reversed(names)) if by_name or by_attribute or by_call else ""


class Scope:
    """What the names in one function, or in a module outside of functions, are known to hold."""

    def __init__(self, body: list[ast.AST]) -> None:
        self.nodes = [*_inside(body)]
        self.arrays: set[str] = set()
        self.masks: set[str] = set()
        self.lists: set[str] = set()
        for node in self.nodes:
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                name = getattr(node.targets[0], "id", "")
                for kind, holds in (
                    (self.arrays, self.is_array),
                    (self.masks, self.is_mask),
                    (self.lists, self.is_list),
                ):
                    if name and holds(node.value):
                        kind.add(name)

    def is_array(self, node: ast.AST) -> bool:
        """Whether an expression can be seen to be an array, possibly one without axes."""
        if isinstance(node, ast.Call):
            path, method = cupy_path(node.func), getattr(node.func, "attr", "")
            if path:
                return path.rpartition(".")[2] not in NOT_ARRAYS
            return method in METHODS and not _is_module(node.func)
        if isinstance(node, ast.Compare):
            identity = any(
                isinstance(op, ast.Is | ast.IsNot | ast.In | ast.NotIn) for op in node.ops
            )
            return not identity and any(map(self.is_array, [node.left, *node.comparators]))
        if isinstance(node, ast.BinOp):
            return self.is_array(node.left) or self.is_array(node.right)
        if isinstance(node, ast.UnaryOp):
            return not isinstance(node.op, ast.Not) and self.is_array(node.operand)
        if isinstance(node, ast.Subscript):
            return self.is_array(node.value)
        return isinstance(node, ast.Name) and node.id in self.arrays

    def is_mask(self, node: ast.AST) -> bool:
        """Whether an index can be seen to be one of booleans."""
        if isinstance(node, ast.Compare):
            return not any(
                isinstance(op, ast.Is | ast.IsNot | ast.In | ast.NotIn) for op in node.ops
            )
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr | ast.BitXor):
            return self.is_mask(node.left) or self.is_mask(node.right)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
            return self.is_mask(node.operand)
        if isinstance(node, ast.Call):
            return cupy_path(node.func) in ("isnan", "isinf", "isfinite", "logical_not", "isclose")
        return isinstance(node, ast.Name) and node.id in self.masks

    def is_list(self, node: ast.AST) -> bool:
        """Whether an index can be seen to be a list or an array of NumPy's."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            return getattr(node.func.value, "id", "") in ("np", "numpy")
        if isinstance(node, ast.Call):
            return getattr(node.func, "id", "") in ("list", "sorted")
        if isinstance(node, ast.Name):
            return node.id in self.lists
        return isinstance(node, ast.List | ast.ListComp)


def findings(source: str) -> Iterator[str]:
    """Each place where a GPU is waited for, or made to do what it is bad at: 'line 3: why'."""
    tree = ast.parse(source)
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.Lambda)]
    bodies = [f.body if isinstance(f.body, list) else [f.body] for f in functions]
    found = set()
    for body in [tree.body, *bodies]:
        scope = Scope(body)
        for node in scope.nodes:
            found |= {(node.lineno, why) for why in _wrong(node, scope)}
    yield from (f"line {line}: {why}" for line, why in sorted(found))


def _wrong(node: ast.AST, scope: Scope) -> Iterator[str]:
    if isinstance(node, ast.Call):
        yield from _wrong_call(node, scope)
    elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.MatMult):
        yield "a product that is not blocks.product"
    elif isinstance(node, ast.Subscript) and getattr(node.value, "id", "") != "Callable":
        keys = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if any(map(scope.is_mask, keys)):
            yield "a boolean mask as an index"
        if any(map(scope.is_list, keys)):
            yield "a list or a NumPy array as an index"
    elif isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
        tests = node.test.values if isinstance(node.test, ast.BoolOp) else [node.test]
        tests = [t.operand if isinstance(t, ast.UnaryOp) else t for t in tests]
        if any(map(scope.is_array, tests)):
            yield "the truth of an array"


def _wrong_call(node: ast.Call, scope: Scope) -> Iterator[str]:
    path, method = cupy_path(node.func), getattr(node.func, "attr", "")
    one = len(node.args) == 1 and not node.keywords
    if getattr(node.func, "id", "") in HOST and one and scope.is_array(node.args[0]):
        yield f"{node.func.id}() of an array"
    if not path and method in FETCHES and not node.args:
        yield f".{method}()"
    if path == "where" and one:
        yield "where with one argument"
    if (path in NAMES["syncs"] and path != "where") or method == "nonzero":
        yield f"{method}, which waits"
    if path.rpartition(".")[2] in PRODUCTS or (method == "dot" and not path):
        yield "a product that is not blocks.product"
    if path.endswith("add.at"):
        yield "add.at, whose order is open"


def _inside(body: list[ast.AST]) -> Iterator[ast.AST]:
    """All nodes of a body, without what is inside of functions in it."""
    for node in body:
        yield node
        if not isinstance(node, ast.FunctionDef | ast.Lambda):
            yield from _inside([*ast.iter_child_nodes(node)])


def _is_module(function: ast.AST) -> bool:
    """np.sum, math.prod: a function of the host, not a method."""
    return getattr(getattr(function, "value", None), "id", "") in ("np", "numpy", "math", "random")
