"""Answers to the exercise "dropout": right ones, and one for each mistake."""


def answer(mask="(rng.random(x.shape) >= rate) / (1 - rate)", back="dy * cache", other="x, None"):
    return f"""
def forward(x, rate, rng, train):
    if not train:
        return {other}
    mask = {mask}
    return x * mask, mask


def backward(dy, cache, rate, rng):
    return dy if cache is None else {back}
"""


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
    "the mask is not drawn from rng": answer("(np.random.rand(*x.shape) >= rate) / (1 - rate)"),
    "the share `rate` is kept": answer("(rng.random(x.shape) < rate) / (1 - rate)"),
    "is each entry drawn by itself?": answer("np.ones(x.shape)"),
    "forward returned something else than y and a cache": answer().replace(
        "return x * mask, mask", "return x * mask"
    ),
}
