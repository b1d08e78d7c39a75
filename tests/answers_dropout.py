"""Answers to the exercise "dropout": right ones, and one for each mistake."""


def answer(mask="(rng.random(x.shape) >= rate) / (1 - rate)", back="dy * cache", other="x, None"):
    return f"""
def forward(x, rate, rng, train):
    if not train:
        return {other}
    mask = {mask}
    return x * mask, np.broadcast_to(mask, x.shape)


def backward(dy, cache, rate, rng):
    return dy if cache is None else {back}
"""


def kept(drawn):
    """An answer whose mask keeps what is true."""
    return answer(f"({drawn}) / (1 - rate)")


RIGHT = [
    answer(),
    """
def forward(x, rate, rng, train):
    off = rng.random(x.shape) < (rate if train else -1)
    scale = 1 / (1 - rate) if train else 1
    return np.where(off, 0, x * scale), (off, scale)


def backward(dy, cache, rate, rng):
    off, scale = cache
    dx = dy * scale
    dx[off] = 0
    return dx
""",
    kept("rng.binomial(1, 1 - rate, x.shape)"),
    kept("np.array([[rng.uniform() > rate for _ in row] for row in x])"),
    """
def forward(x, rate, rng, train):
    state = rng.bit_generator.state
    y = x * (rng.random(x.shape) < 1 - rate) / (1 - rate) if train else x
    return [y, state if train else None]


def backward(dy, cache, rate, rng):
    if cache is None:
        return dy
    again = np.random.default_rng()
    again.bit_generator.state = cache
    return dy * (again.random(dy.shape) < 1 - rate) / (1 - rate)
""",
]

WRONG = {
    "y is not scaled": answer("rng.random(x.shape) >= rate"),
    "y is scaled by 1/rate, expected": answer("(rng.random(x.shape) >= rate) / rate"),
    "y is scaled by 1 - rate, expected": answer("(rng.random(x.shape) >= rate) * (1 - rate)"),
    "dx is not scaled, and y is": answer(back="dy * (cache > 0)"),
    "dx is dy: what was": answer(back="dy"),
    "dx is dy scaled everywhere": answer(back="dy / (1 - rate)"),
    "the mask is redrawn in backward": answer(
        back="dy * (rng.random(dy.shape) >= rate) / (1 - rate)"
    ),
    "y is scaled by 1 - rate in evaluation": answer(other="x * (1 - rate), None"),
    "the mask is used in evaluation, too": answer().replace("if not train", "if False"),
    "not drawn from rng: with one seed it was another": kept("np.random.rand(*x.shape) >= rate"),
    "not drawn from rng: another seed gives the same": kept(
        "np.random.default_rng(0).random(x.shape) >= rate"
    ),
    "drawn from rng: another seed gives the same mask.": kept("np.arange(x.shape[1]) % 4 != 0"),
    "drawn from rng: another seed gives the same": kept(
        "np.arange(x.size).reshape(x.shape) % 4 != 0"
    ),
    "the mask is the same for every example": kept("rng.random(x.shape[1:]) < 1 - rate"),
    "the same for every example: each": kept("rng.permutation(x.shape[1]) >= rate * x.shape[1]"),
    "every example: each entry is drawn by itself": kept("rng.random(x.shape[1:]) >= rate"),
    "the mask is the same along a row": kept("rng.random((len(x), 1)) < 1 - rate"),
    "same along a row, it switches off whole examples": kept(
        "rng.integers(0, 100, (len(x), 1)) >= 100 * rate"
    ),
    "the mask repeats itself, some examples have the same mask": kept(
        "rng.random((8, *x.shape[1:])).repeat(5, 0) >= rate"
    ),
    "the mask repeats itself, some columns of it are equal": kept(
        "rng.random((len(x), 10)).repeat(5, 1) >= rate"
    ),
    "the share `rate` is kept": kept("rng.random(x.shape) < rate"),
    "50% of the entries are kept at rate 0.25: expected the share 1 - rate": kept(
        "rng.permutation(x.size).reshape(x.shape) < x.size // 2"
    ),
    "every entry is kept in training": answer("np.ones(x.shape)"),
    "every entry is switched off in training": answer("np.zeros(x.shape)"),
    "y has entries that are no numbers": answer("np.nan * np.ones(x.shape)"),
    "forward returned something else than y and a cache": answer().replace(
        "return x * mask, np.broadcast_to(mask, x.shape)", "return x * mask"
    ),
}
