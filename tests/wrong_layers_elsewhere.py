"""Wrong backwards that are right at the x, the dy, the size and the dtype that are tried first."""

import numpy as np
from wrong_layers_base import Elementwise, wrong

from minigan.activations import sigmoid

ELSEWHERE = "the slope along a random direction of x is wrong"
NOT_LINEAR = "backward is not linear in dy: dx of the positive part of dy"


class TwiceWhere(Elementwise):
    """Twice the truth where `there` says so."""

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (2 * cache * dy * (1 + self.there(cache, dy)) if need_dx else None), {}


def wrong_where(name, pattern, there, shape=(5, 3)):
    """The same as a class of this name."""

    def factor(self, x, dy):
        return np.asarray(there(x, dy), dtype=dy.dtype)

    wrong(pattern, shape)(type(name, (TwiceWhere,), {"there": factor}))


wrong_where("ForLargeX", f"large x, .*{ELSEWHERE}", lambda x, dy: abs(x) > 4)
wrong_where("ForSmallX", f"small x, .*{ELSEWHERE}", lambda x, dy: abs(x) < 1e-3)
wrong_where("ForABatchOfOne", f"one example, .*{ELSEWHERE}", lambda x, dy: len(x) == 1)
wrong_where("ForEvenBatches", f"twice as many .*{ELSEWHERE}", lambda x, dy: len(x) % 2 == 0)
wrong_where("WhereDyIs0", NOT_LINEAR, lambda x, dy: (dy == 0).any())
wrong_where("ForPositiveDy", NOT_LINEAR, lambda x, dy: (dy >= 0).all())
wrong_where("ForTheSignOfASum", "backward is not linear in dy", lambda x, dy: dy.sum() < 0)
wrong_where("ForTheLastExample", r"x\[4, ", lambda x, dy: (np.arange(len(x)) == 4)[:, None] * 1e-5)
wrong_where(
    "ForADyThatIsNoBlock",
    "gave another dx for a dy of other strides",
    lambda x, dy: not dy.flags.c_contiguous,
)
wrong_where("InFloat32", "dx in float32 is not what it is in", lambda x, dy: dy.dtype.itemsize == 4)
wrong_where(
    "NaNInFloat32",
    "dx in float32 is not what it is in",
    lambda x, dy: np.nan if dy.dtype.itemsize == 4 else 0,
)


@wrong(f"with an x that is 0 here and there, .*{ELSEWHERE}")
class AtZero(Elementwise):
    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (2 * cache * dy + dy * (cache == 0) if need_dx else None), {}


@wrong("gave another dx for an x of other strides")
class ByTheOrderInMemory(Elementwise):
    def forward(self, x, train=True):
        return x * x, x.ravel(order="K").reshape(x.shape)


@wrong(f"large x, .*{ELSEWHERE}")
class SigmoidClippedInBackward(Elementwise):
    def forward(self, x, train=True):
        return sigmoid(x), sigmoid(x)

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        y = np.clip(cache, 0.005, 0.995)
        return (dy * y * (1 - y) if need_dx else None), {}


@wrong(r"the gradient for x\[")
class StraightThrough(Elementwise):
    """Rounding, with the slope 1 that it does not have."""

    def forward(self, x, train=True):
        return np.round(x), None

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (dy.copy() if need_dx else None), {}
