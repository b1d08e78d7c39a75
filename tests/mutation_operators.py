"""What mutation.py changes in a source: one place at a time, as a slip of the hand would.

Left out are docstrings, other strings (keys and the words of errors: a raise is only deleted, never
reworded), annotations, decorators and imports.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
ORDERED = (ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)  # a - b turned around is its sign
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
PAIRS = (
    "sum mean, max min, maximum minimum, argmax argmin, any all, zeros ones, zeros_like ones_like, "
    "exp expm1, log log1p, sin cos, sqrt square, floor ceil, sigmoid softplus, ascend descend, "
    "forward backward, normal uniform, params buffers, empty_like zeros_like"
)
NAMES = {a: b for pair in PAIRS.split(", ") for a, b in (pair.split(), reversed(pair.split()))}
PLAIN = (ast.Name, ast.Attribute, ast.Call)  # conditions that nothing else turns around
DROPPED = {"copy", "astype", "sum", "mean", "reshape", "transpose", "ravel", "T"}  # x.copy() → x


@dataclass(frozen=True)
class Mutation:
    """One change: the text from byte `start` to `end` of the source becomes `new`."""

    line: int
    start: int
    end: int
    old: str
    new: str

    def applied_to(self, source: str) -> str:
        data = source.encode()
        return (data[: self.start] + self.new.encode() + data[self.end :]).decode()

    def __str__(self) -> str:
        return f"{' '.join(self.old.split())} → {self.new}"


def mutations(source: str) -> list[Mutation]:
    """All the mutations of a module, in the order of its lines."""
    starts = [0]
    for line in source.encode().split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    found = {}
    tree = ast.parse(source)
    conditions = {id(n.test) for n in ast.walk(tree) if isinstance(n, ast.If | ast.While)}
    for node in _nodes(tree):
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        old = source.encode()[start:end].decode()
        turned = [f"not {old}"] if id(node) in conditions and isinstance(node, PLAIN) else []
        for new in [*_changed(node), *turned]:
            new = new if isinstance(node, ast.stmt) else f"({new})"
            mutation = Mutation(node.lineno, start, end, old, new)
            found.setdefault(mutation.applied_to(source), mutation)  # `-1` has its sign twice
    return sorted(found.values(), key=lambda m: (m.start, m.end, m.new))


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below that are changed."""
    skipped = {"annotation", "returns", "decorator_list", "bases"}
    for field, value in ast.iter_fields(node):
        if field in skipped:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.JoinedStr | ast.Import | ast.ImportFrom):
                continue
            if isinstance(child, ast.expr | ast.stmt):
                yield child
            if isinstance(child, ast.AST) and not isinstance(child, ast.Raise):
                yield from _nodes(child)


def _changed(node: ast.AST) -> Iterator[str]:
    """What may stand in the node's place."""
    if isinstance(node, ast.stmt):
        return _statements(node)
    return (ast.unparse(new) for new in _expressions(node))


def _statements(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.Assign() | ast.AnnAssign(value=ast.expr()) | ast.Raise() | ast.Delete():
            yield "pass"
        case ast.Expr(value=value) if not isinstance(value, ast.Constant):
            yield "pass"
        case ast.AugAssign(target=target, op=op, value=value):
            yield "pass"
            yield f"{ast.unparse(target)} = {ast.unparse(value)}"
            if type(op) in ARITHMETIC:
                yield ast.unparse(ast.AugAssign(target, ARITHMETIC[type(op)](), value))
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield "return None"
        case ast.Break():
            yield "continue"
        case ast.Continue():
            yield "break"


def _expressions(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            if type(op) in ARITHMETIC:
                yield ast.BinOp(left, ARITHMETIC[type(op)](), right)
            if type(op) in ORDERED:
                yield ast.BinOp(right, op, left)
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            for i, op in enumerate(ops):
                for other in COMPARISONS[type(op)]:
                    yield ast.Compare(left, [*ops[:i], other(), *ops[i + 1 :]], comparators)
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            for i in range(len(values)):
                rest = [*values[:i], *values[i + 1 :]]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            yield operand
        case ast.IfExp(body=body, orelse=orelse):
            yield body
            yield orelse
        case ast.Constant(value=value):
            yield from _constants(value)
        case ast.Tuple(elts=[a, b], ctx=ast.Load()) if _differ(a, b):
            yield ast.Tuple([b, a], ast.Load())
        case ast.Subscript(value=value, slice=index, ctx=ctx):
            for new in _indices(index):
                yield ast.Subscript(value, new, ctx)
        case ast.Attribute(value=value, attr=name, ctx=ast.Load()):
            if name in NAMES:
                yield ast.Attribute(value, NAMES[name])
            if name == "T":
                yield value
        case ast.Call(func=func, args=args, keywords=keywords):
            yield from _calls(func, args, keywords)


def _constants(value: object) -> Iterator[ast.expr]:
    """Numbers: a whole one more or less, the others doubled; True and False."""
    match value:
        case bool():
            yield ast.Constant(not value)
        case int():
            yield ast.Constant(value + 1)
            yield ast.Constant(value - 1)
        case float():
            yield ast.Constant(2 * value if value else 1.0)


def _indices(index: ast.expr) -> Iterator[ast.expr]:
    """Slices whose ends are one off, or left out."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    for i, part in enumerate(parts):
        if not isinstance(part, ast.Slice):
            continue
        for end in ("lower", "upper", "step"):
            bound = getattr(part, end)
            if bound is None:
                continue
            others: list[ast.expr | None] = [None]
            if not isinstance(bound, ast.Constant) and end != "step":
                others += [ast.BinOp(bound, op, ast.Constant(1)) for op in (ast.Add(), ast.Sub())]
            for other in others:
                ends = {"lower": part.lower, "upper": part.upper, "step": part.step, end: other}
                new = [*parts[:i], ast.Slice(**ends), *parts[i + 1 :]]
                yield ast.Tuple(new, ast.Load()) if isinstance(index, ast.Tuple) else new[0]


def _calls(func: ast.expr, args: list[ast.expr], keywords: list[ast.keyword]) -> Iterable[ast.expr]:
    for i in range(len(keywords)):
        yield ast.Call(func, args, [*keywords[:i], *keywords[i + 1 :]])
    for i in range(len(args) - 1):
        a, b = args[i : i + 2]
        if _differ(a, b):
            yield ast.Call(func, [*args[:i], b, a, *args[i + 2 :]], keywords)
    if isinstance(func, ast.Name) and func.id in NAMES:
        yield ast.Call(ast.Name(NAMES[func.id]), args, keywords)
    if isinstance(func, ast.Attribute) and func.attr in DROPPED:
        yield func.value


def _differ(a: ast.expr, b: ast.expr) -> bool:
    return ast.dump(a) != ast.dump(b) and not {type(a), type(b)} & {ast.Starred, ast.Slice}


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
