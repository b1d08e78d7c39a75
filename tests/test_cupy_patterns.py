"""What a training step runs neither waits for a GPU nor hands it what it is bad at."""

import pytest
from cupy_patterns import findings
from test_cupy_names import CORE, PACKAGE, STEP

ALLOWED = {  # file → what stands there, and why it may
    "blocks.py": (
        {"a product that is not blocks.product"},
        "blocks.product itself, and sums: on the CPU",
    ),
    "conditional.py": ({"the truth of an array"}, "the columns of labels are on the host"),
    "contract.py": ({"bool() of an array", "float() of an array"}, "gradient checks read numbers"),
    "cuda/blas.py": (
        {"a product that is not blocks.product", ".tolist()"},
        "where cuBLAS cannot be used, no step is recorded; it is tried out once",
    ),
    "data/dataset.py": (
        {".tolist()"},
        "data are checked on the host, before they are on a GPU",
    ),
    "disguises.py": ({"float() of an array"}, "gradient checks read numbers"),
    "dense_networks.py": ({".tolist()"}, "the data's mean image, on the host, once"),
    "maxout.py": (
        {"count_nonzero, which waits", "the truth of an array"},
        "on the CPU alone: a GPU takes argmax",
    ),
    "patches.py": (
        {"a product that is not blocks.product"},
        "the plain maps, which a GPU computes inside kernels.plain() alone",
    ),
    "replay.py": ({"bool() of an array", "float() of an array"}, "gradient checks compare numbers"),
}


def name(path):
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", [*CORE, *STEP], ids=name)
def test_a_step_waits_for_nothing(path):
    found = {found.partition(": ")[2] for found in findings(path.read_text(encoding="utf-8"))}
    allowed, _ = ALLOWED.get(name(path), (set(), ""))
    assert found == allowed


PLANTED = {
    "x[[0, 2]]": "a list or a NumPy array as an index",
    "x[:, [i for i in n]]": "a list or a NumPy array as an index",
    "x[np.arange(3)]": "a list or a NumPy array as an index",
    "x[sorted(n)] = 0": "a list or a NumPy array as an index",
    "rows = [1, 2]\n    x[rows] = 0": "a list or a NumPy array as an index",
    "x[x > 0]": "a boolean mask as an index",
    "x[x > 0] = 0": "a boolean mask as an index",
    "x[(x > 0) & (x < 1), 0] += 1": "a boolean mask as an index",
    "x[~(x == n)]": "a boolean mask as an index",
    "x[xp.isnan(x)] = 0": "a boolean mask as an index",
    "dead = x <= 0\n    x[dead] = 0": "a boolean mask as an index",
    "x.sum().item()": ".item()",
    "x.tolist()": ".tolist()",
    "float(x.mean())": "float() of an array",
    "float(-2 * x.mean()[0])": "float() of an array",
    "int(xp.argmax(x))": "int() of an array",
    "bool((x == y).all())": "bool() of an array",
    "list(x.sum(axis=0))": "list() of an array",
    "total = x.sum()\n    float(total)": "float() of an array",
    "if (x > 0).all():\n        pass": "the truth of an array",
    "if n and not x.any():\n        pass": "the truth of an array",
    "while x.max() > 1:\n        x /= 2": "the truth of an array",
    "assert xp.allclose(x, y)": "the truth of an array",
    "y = 1 if x.mean() > 0 else 2": "the truth of an array",
    "xp.where(x > 0)": "where with one argument",
    "array_module(x).where(x)": "where with one argument",
    "xp.nonzero(x)": "nonzero, which waits",
    "(x > 0).nonzero()": "nonzero, which waits",
    "self._xp.unique(x)": "unique, which waits",
    "x @ y": "a product that is not blocks.product",
    "x @= y": "a product that is not blocks.product",
    "xp.matmul(x, y)": "a product that is not blocks.product",
    "xp.einsum('ij,jk->ik', x, y)": "a product that is not blocks.product",
    "xp.tensordot(x, y, 1)": "a product that is not blocks.product",
    "x.dot(y)": "a product that is not blocks.product",
    "xp.add.at(x, y, 1)": "add.at, whose order is open",
    "f = lambda x: float(x.sum())": "float() of an array",
}


@pytest.mark.parametrize(("line", "why"), PLANTED.items())
def test_a_planted_wait_is_found(line, why):
    (found,) = findings(f"def f(x, y, n, xp):\n    {line}\n")
    assert found in (f"line 2: {why}", f"line 3: {why}")


INNOCENT = [
    "x[0], x[1:3], x[..., None], x[:, n]",
    "x[index]",
    "x[xp.arange(3)]",
    "names = {}\n    names[n] = x",
    "f: Callable[[int], float] = n",
    "xp.where(x > 0, x, 0)",
    "xp.copyto(x, 0, where=x > 0)",
    "float(n), int(2.5), bool(n), float(n[0])",
    "float(math.prod(n)), int(np.max(n))",
    "float(x.shape[0]), int(x.size)",
    "if x.ndim == 2 and x.shape[1] > 3:\n        pass",
    "if x is None or n in (1, 2):\n        pass",
    "if xp is np:\n        pass",
    "if xp.result_type(x, y) == xp.float32:\n        pass",
    "y = x > 0\n    z = x * y",
    "y = x.sum()\n    z = x / y",
    "product(x, y)",
    "xp.add(x, y, out=x)",
    "n.get('x'), n.item",
    "{'sum': float(n)}['sum']",
]


@pytest.mark.parametrize("line", INNOCENT)
def test_what_costs_nothing_is_let_pass(line):
    assert list(findings(f"def f(x, y, n, xp):\n    {line}\n")) == []
