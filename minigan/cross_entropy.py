"""Softmax cross-entropy on logits: how a classifier learns which of n answers is right.

It judges samples: a classifier that was trained on real digits says what a generator's digits look
like to someone who has seen many. As with D, the network ends in logits, and so no probability is
ever written down that could round to 0 or 1.
"""

from __future__ import annotations

from minigan.activations import log1p_exp, logistic, widened
from minigan.backend import Array, array_module
from minigan.inputs import check_alike, check_floats


def softmax(a: Array) -> Array:
    """Return the probabilities p that logits stand for, each row summing to 1.

        pⱼ = exp aⱼ / Σₖ exp aₖ

    The same number added to all logits of a row changes nothing. So the largest is taken off first,
    and no exponential overflows.

    **Shapes**  a (m, n), p the same

    **Raises**  TypeError, ValueError for an a that is no floats, or empty.

    >>> import numpy as np
    >>> softmax(np.array([[1e4, 1e4], [0.0, -1e4]])).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    check_floats("softmax", "a", a)
    xp = array_module(a)
    e = xp.exp(a - a.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def cross_entropy(a: Array, y: Array) -> Array:
    """Return the mean surprise at the right answers, -log of the probability that each was given.

        L = 1/m Σᵢ -log p_right = 1/m Σᵢ [ log Σⱼ exp aⱼ - a_right ]

    A classifier that knows nothing, all its logits being equal, has L = log n. Written with ζ, the
    softplus, and t, by how much the wrong answers together are ahead of the right one:

        L = 1/m Σᵢ ζ(t),     t = log Σ_wrong exp aⱼ - a_right

    That is the code, because ζ is exact for every t: where the right answer is ahead by 40, L is
    e⁻⁴⁰, which log(1 + e⁻⁴⁰) would round to 0. With two answers it is D's loss: t is minus the
    logit of the right one.

    **Shapes**  a: logits (m, n), n ≥ 2; y (m, n) one-hot, as `conditional.one_hot` makes it; L has
    no axes

    **Raises**  TypeError, ValueError for other shapes, and for dtypes that differ or are no floats.

    >>> import numpy as np
    >>> a, y = np.array([[7.0, 7.0]]), np.array([[1.0, 0.0]])
    >>> bool(cross_entropy(a, y) == np.log(2))
    True
    """
    t, _ = _wrong_answers(a, y)
    return log1p_exp(t).mean().astype(a.dtype)


def cross_entropy_slope(a: Array, y: Array) -> Array:
    """Return ∂L/∂a: where the classifier's backward begins.

        ∂L/∂a = (p - y) / m

    Why so short: L is -log p_right, and a logit moves p_right by ∂p_right/∂aⱼ = p_right (yⱼ - pⱼ),
    a row of softmax's Jacobian diag(p) - p pᵀ. The logarithm's slope is -1/p_right. The product of
    the two loses p_right, and with it the division by a number that may have rounded to 0. (One who
    goes through p in two steps has to take the whole Jacobian: its diagonal p (1 - p) alone, or a
    second p (1 - p) behind this slope, trains, too, but to something else.)

    In the code, with w the shares of the wrong answers among themselves, w_right = 0:

        ∂L/∂a = σ(t) (w - y) / m

    since pⱼ = σ(t) wⱼ for the wrong ones and p_right - 1 = -σ(t). Every wrong answer is pushed down
    by its probability and the right one pulled up by the sum of these: Σⱼ ∂L/∂aⱼ = 0. Where p_right
    rounds to 1, the slope is still the true e⁻⁴⁰, and not an accidental 0.

    **Shapes, Raises**  as `cross_entropy`; ∂L/∂a (m, n)

    >>> import numpy as np
    >>> cross_entropy_slope(np.zeros((2, 2)), np.eye(2)).tolist()
    [[-0.25, 0.25], [0.25, -0.25]]
    """
    t, w = _wrong_answers(a, y)
    slope = logistic(t) * (w - y) / len(a)
    return slope.astype(a.dtype, copy=False)


def _wrong_answers(a: Array, y: Array) -> tuple[Array, Array]:
    """How far they are ahead, t (m, 1), and the share of each among them, w (m, n)."""
    check_floats("cross_entropy", "a", a)
    shape = getattr(y, "shape", a.shape)
    if a.ndim != 2 or a.shape[1] < 2 or shape != a.shape:
        raise ValueError(
            f"cross_entropy: a has shape {a.shape} and y {shape}, expected both (m, n) with "
            "n ≥ 2: y is one-hot, see minigan.conditional.one_hot."
        )
    check_alike("cross_entropy", "y", y, "a", a)
    xp, a = array_module(a), widened(a)  # 2 units in the last place, as in objectives.py
    wrong = xp.where(y > 0, -xp.inf, a)
    top = wrong.max(axis=1, keepdims=True)
    w = xp.exp(wrong - top)  # at most 1, so nothing overflows; 0 for the right answer
    total = w.sum(axis=1, keepdims=True)
    ahead = top - (a * y).sum(axis=1, keepdims=True)  # the large numbers cancel before any other
    return ahead + xp.log(total), w / total
