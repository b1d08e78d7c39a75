"""Answers to the exercise "anywhere": right ones, and one for each mistake."""

GOOD = """
def log_sum_exp(a, xp):
    top = a.max(axis=1, keepdims=True)
    return (top + xp.log(xp.exp(a - top).sum(axis=1, keepdims=True)))[:, 0]
"""

RIGHT = [
    GOOD,
    """
def log_sum_exp(a, xp):
    e = a.T - xp.max(a, axis=1)
    e = xp.exp(e, out=e)
    shares = xp.log(xp.sum(e, 0))
    shares += xp.amax(a, -1)
    return shares
""",
    """
def log_sum_exp(a, xp):
    m, n = a.shape
    scale = np.float32(1) * (a.max(axis=1) + 0)
    rest = xp.zeros((m, n), dtype=a.dtype)
    rest[...] = -(scale[:, None] - a)
    ones = xp.ones(n, dtype=a.dtype)
    return 1 * scale + xp.log(xp.exp(rest) @ ones) / 1.0
""",
]


def with_first(line):
    return GOOD.replace("    top =", f"    {line}\n    top =")


WRONG = {
    "the largest is taken off, and not added again": GOOD.replace("top + xp", "0 * top + xp"),
    "the largest is added, though it was not taken off": GOOD.replace("a - top", "a"),
    "the largest of row j is taken off column j": """
def log_sum_exp(a, xp):
    top = a.max(axis=1)
    return top + xp.log(xp.exp(a - top).sum(axis=1))
""",
    "the logarithm is that to base 2": GOOD.replace("xp.log", "xp.log2"),
    "log Σ exp is in bits": GOOD.replace("(top +", "((top +").replace(")[:", ") / xp.log(2))[:"),
    "what is taken off of a row is not its largest": GOOD.replace(".max(", ".min("),
    "what is taken off of a row is not its": GOOD.replace(".max(", ".mean("),
    "the first of each row is taken off": GOOD.replace("a.max(axis=1, keepdims=True)", "a[:, :1]"),
    "the last of each row is taken off": GOOD.replace("a.max(axis=1, keepdims=True)", "a[:, -1:]"),
    "the largest of all is taken off": GOOD.replace("axis=1, keepdims=True)\n", "keepdims=True)\n"),
    "it is the largest of each row": "def log_sum_exp(a, xp):\n    return a.max(axis=1)\n",
    "the exponentials are averaged": GOOD.replace(".sum(", ".mean("),
    "the sum runs down the columns": GOOD.replace("axis=1", "axis=0").replace("[:, 0]", "[0]"),
    "the logarithm is missing": "def log_sum_exp(a, xp):\n    return xp.exp(a).sum(axis=1)\n",
    "the result has entries that are no numbers": (
        "def log_sum_exp(a, xp):\n    return xp.log(xp.exp(a).sum(axis=1))\n"
    ),
    "the result has one axis too many, of length 1": GOOD.replace("[:, 0]", ""),
    "log_sum_exp changes one of its arguments": with_first("a -= 0.5\n    a += 0.5 + 1e-9"),
    "log_sum_exp changes its argument on the device": with_first("if xp is not np: a *= 1 + 1e-9"),
    "np.exp is called on an array": GOOD.replace("xp.exp", "np.exp"),
    "np.subtract is called on an array": GOOD.replace("a - top", "np.subtract(a, top)"),
    "np.max is called on an array": GOOD.replace("a.max(", "np.max(a, "),
    "an array of the host meets one": GOOD.replace("a - top", "a - top + np.zeros(1)"),
    "an array of the host meets": GOOD.replace("a - top", "np.zeros((1, 1)) + (a - top)"),
    "float() of an array": with_first("largest = float(a.max())"),
    "int() of an array": with_first("order = [0, 1][int(a.argmin() * 0)]"),
    ".item() of an array": with_first("largest = a.max().item()"),
    "printing of an array": with_first("print(a)"),
    "printing of": with_first("text = f'{a.max()}'"),
    "the conversion to a NumPy array of": with_first("host = np.asarray(a)"),
    "the pretended library has no .reduce: call xp.max or xp.sum with axis=.": (
        "def log_sum_exp(a, xp):\n    return xp.logaddexp.reduce(a, axis=1)\n"
    ),
    "the pretended library has no .reduce": GOOD.replace(".sum(axis=1, keepdims=True)", "").replace(
        "xp.exp(a - top)", "xp.add.reduce(xp.exp(a - top), axis=1, keepdims=True)"
    ),
    "a boolean mask as an index of": with_first("positive = a[a > 0]"),
    "the truth of an array": with_first("if a.max() > 100: pass"),
    "for an array of the device the result is a ndarray": with_first(
        "if xp is not np: return np.zeros(len(a))"
    ),
    "values of the host are copied to the device": with_first("zero = xp.asarray([0.0])"),
    "the result is float64 where a is float32": GOOD.replace("a - top", "a.astype('f8') - top"),
    "the result is float64 where": GOOD.replace("a - top", "a - top + xp.zeros(len(a.T))"),
    "a loop in Python starts kernels in each turn": """
def log_sum_exp(a, xp):
    rows = []
    for row in a:
        top = row.max()
        rows.append(top + xp.log(xp.exp(row - top).sum()))
    return xp.stack(rows)
""",
    "a loop in Python starts": """
def log_sum_exp(a, xp):
    total = a[:, 0] + 0
    for j in range(1, a.shape[1]):
        total = xp.logaddexp(total, a[:, j])
    return total
""",
    "a loop in Python": """
def log_sum_exp(a, xp):
    while a.shape[1] > 1:
        half = a.shape[1] // 2
        rest = a[:, 2 * half :]
        a = xp.logaddexp(a[:, :half], a[:, half : 2 * half])
        a = xp.concatenate([a, rest], axis=1)
    return a[:, 0]
""",
}
