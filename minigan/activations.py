"""Elementwise non-linearities, each beside its slope.

For y = φ(x) elementwise, the chain rule is one product: dx = dy ∘ φ'(x). At a kink the slope is the
negative side's: any value between the two one-sided slopes is a subgradient, and this one is what
the other libraries take, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minigan.backend import Array, array_module, device_of
from minigan.blocks import elementwise
from minigan.inputs import check_dy, check_floats, check_input
from minigan.layer import Grads, Layer
from minigan.limits import SHARE, check_number


def widened(a: Array) -> Array:
    """Return a in the next wider format: what is computed from it has digits to spare.

    float32 becomes float64, and float64 NumPy's longdouble, which has 11 bits more on a PC (and
    none on some other computers, nor on a GPU). Rounded back once, a short formula is right to half
    a unit in the last place. float32's own exp is wrong by up to 2.4 units, and each rounding after
    it adds its share. This is for logits, of which there are m: images would pay for it.
    """
    if a.dtype == "float32":
        return a.astype("float64")
    return a.astype("longdouble") if device_of(a) == "cpu" else a


def rounded_once(formula: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """The formula, computed in the wider format and rounded back to the dtype of a at the end.

    >>> import numpy as np
    >>> one = np.ones(1, "float32")
    >>> (one + 2**-30 - 1).tolist(), rounded_once(lambda a: a + 2**-30 - 1)(one).tolist()
    ([0.0], [9.313225746154785e-10])
    """
    return lambda a: formula(widened(a)).astype(a.dtype, copy=False)


def softplus(a: Array) -> Array:
    """Return ζ(a) = log(1 + eᵃ), exact for every a: half a unit in the last place in float32.

        ζ(a) = max(a, 0) + log1p(e^-|a|)

    The exponent is never positive, so nothing overflows, and log1p keeps the digits of a small
    e^-|a|. log σ(a) = -ζ(-a) and log(1 - σ(a)) = -ζ(a) follow from σ(a) = 1/(1 + e^-a).

    **Parameters**  a: of any shape, float32 or float64.

    **Raises**  TypeError, ValueError for another a, or an empty one.

    >>> import numpy as np
    >>> softplus(np.array([-1e4, 0.0, 1e4])).tolist()
    [0.0, 0.6931471805599453, 10000.0]
    """
    check_floats("softplus", "a", a)
    return elementwise(rounded_once(log1p_exp), a, kernel="softplus")


def log1p_exp(a: Array) -> Array:
    """Return ζ(a) by the formula of `softplus` in the dtype of a, and not rounded once."""
    xp = array_module(a)
    return xp.maximum(a, 0) + xp.log1p(xp.exp(-xp.abs(a)))


def sigmoid(a: Array) -> Array:
    """Return σ(a) = 1 / (1 + e^-a), exact in both tails: half a unit in the last place in float32.

        σ(a) = e^min(a, 0) / (1 + e^-|a|)

    At a = -20 in float32 this is a true 2.06e-9, where 1 - σ(20) would be 0. The algebraically
    equal exp(-ζ(-a)) loses digits instead: an error of half a unit in the last place of ζ(20) = 20
    is a relative error of 1e-6 after the exponential.

    **Parameters, Raises**  as `softplus`.

    >>> import numpy as np
    >>> sigmoid(np.array([-1e4, 0.0, 1e4])).tolist()
    [0.0, 0.5, 1.0]
    """
    check_floats("sigmoid", "a", a)
    return elementwise(rounded_once(logistic), a, kernel="precise_sigmoid")


def logistic(a: Array) -> Array:
    """Return σ(a) by the formula of `sigmoid` in the dtype of a, and not rounded once.

    In float32 it is within 4 units in the last place (3.5 were met in 7 million), and five times
    faster: it runs over the pixels of images.
    """
    xp = array_module(a)
    return xp.exp(xp.minimum(a, 0)) / (1 + xp.exp(-xp.abs(a)))


class ReLU(Layer):
    """Cut off what is negative.

    **Forward**   y = max(x, 0)
    **Backward**  dx = dy where x > 0, else 0; the slope at 0 is 0
    **Shapes**    any; y, dy and dx have the shape of x

    >>> import numpy as np
    >>> y, cache = ReLU().forward(np.array([-2.0, 0.0, 3.0]))
    >>> y.tolist(), ReLU().backward(np.array([5.0, 5.0, 5.0]), cache)[0].tolist()
    ([0.0, 0.0, 3.0], [0.0, 0.0, 5.0])
    """

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        check_input(self, x)
        xp = array_module(x)
        y = elementwise(lambda x: xp.maximum(x, 0), x, kernel="relu")
        return y, y  # y > 0 exactly where x > 0

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        y = cache
        check_dy(self, dy, y.shape, y)
        if not need_dx:
            return None, {}
        return elementwise(lambda dy, y: dy * (y > 0), dy, y, kernel="relu_backward"), {}


class LeakyReLU(Layer):
    """Scale what is negative by a small slope α.

    **Forward**     y = x where x > 0, else α x
    **Backward**    dx = dy where x > 0, else α dy; the slope at 0 is α
    **Shapes**      any; y, dy and dx have the shape of x
    **Parameters**  alpha: the slope α of the negative side, in [0, 1)
    **Raises**      TypeError, ValueError for an α outside [0, 1)
    **Source**      Maas et al. 2013 (from memory)

    >>> import numpy as np
    >>> y, cache = LeakyReLU(0.5).forward(np.array([-2.0, 3.0]))
    >>> y.tolist(), LeakyReLU(0.5).backward(np.array([10.0, 10.0]), cache)[0].tolist()
    ([-1.0, 3.0], [5.0, 10.0])
    """

    def __init__(self, alpha: float = 0.2) -> None:
        super().__init__()
        self.alpha = check_number("LeakyReLU", "alpha", alpha, ("a slope in [0, 1)", SHARE[1]))

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        check_input(self, x)
        xp, alpha = array_module(x), self.alpha

        def formula(x: Array) -> Array:
            return xp.maximum(x, alpha * x)  # α < 1: the larger is right

        y = elementwise(formula, x, kernel="leaky_relu", constants=(alpha,))
        return y, y  # y > 0 exactly where x > 0; the next layer keeps it as well, and x can go

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        check_dy(self, dy, cache.shape, cache)
        if not need_dx:
            return None, {}
        xp, alpha, y = array_module(dy), self.alpha, cache

        def formula(dy: Array, y: Array) -> Array:
            # 1 where y > 0, else α < 1: ten times faster than where() on the CPU, which mispredicts
            return dy * xp.maximum((y > 0).astype(dy.dtype), alpha)

        kernel = "leaky_relu_backward"
        return elementwise(formula, dy, y, kernel=kernel, constants=(alpha,)), {}

    def __repr__(self) -> str:
        return f"LeakyReLU({self.alpha:g})"


class Sigmoid(Layer):
    """Squash to (0, 1).

    **Forward**   y = σ(x) = 1 / (1 + e^-x)
    **Backward**  dx = dy ∘ σ(x) σ(-x), since σ' = σ (1 - σ) and 1 - σ(x) = σ(-x), which is written
                  so because 1 - y is 0 in float32 from x = 17 on
    **Shapes**    any; y, dy and dx have the shape of x

    >>> import numpy as np
    >>> y, cache = Sigmoid().forward(np.array([0.0]))
    >>> y.tolist(), Sigmoid().backward(np.array([8.0]), cache)[0].tolist()
    ([0.5], [2.0])
    """

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        check_input(self, x)
        return elementwise(logistic, x, kernel="sigmoid"), x

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        check_dy(self, dy, cache.shape, cache)
        if not need_dx:
            return None, {}

        def formula(dy: Array, x: Array) -> Array:
            return dy * logistic(x) * logistic(-x)

        return elementwise(formula, dy, cache, kernel="sigmoid_backward"), {}


class Tanh(Layer):
    """Squash to (-1, 1).

    **Forward**   y = tanh(x) = (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ)
    **Backward**  dx = dy ∘ (1 - y²)
                  1 - y² is exact to a rounding of y, an absolute error: where |x| > 9 in float32
                  the slope, under 1e-7, is lost. Sigmoid keeps it; here it would cost a second exp.
    **Shapes**    any; y, dy and dx have the shape of x

    >>> import numpy as np
    >>> y, cache = Tanh().forward(np.array([0.0]))
    >>> y.tolist(), Tanh().backward(np.array([8.0]), cache)[0].tolist()
    ([0.0], [8.0])
    """

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        check_input(self, x)
        y = elementwise(array_module(x).tanh, x, kernel="hyperbolic_tangent")
        return y, y

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        y = cache
        check_dy(self, dy, y.shape, y)
        if not need_dx:
            return None, {}
        return elementwise(lambda dy, y: dy * (1 - y * y), dy, y, kernel="tanh_backward"), {}
