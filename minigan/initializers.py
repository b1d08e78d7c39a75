"""Where weights start: functions init(rng, shape) → array.

rng is a Random, shape that of the array, sizes of 1 or more; for Glorot and He at least two.

Glorot and He initial weights keep the variance of the signal from layer to layer. For weights W of
mean 0 and variance v, independent of x, Var(xW) = fan_in · v · E[x²], and backwards
Var(dy Wᵀ) = fan_out · v · E[dy²]. v = 1/fan_in keeps the first and v = 1/fan_out the second. Glorot
takes the mean of the two fans, He doubles 1/fan_in because a ReLU zeroes half of E[x²].

    glorot    v = 2 / (fan_in + fan_out)        Glorot & Bengio 2010
    he        v = 2 / fan_in                    He et al. 2015
    uniform   on [-r, r) with r = √(3v), which has variance r²/3 = v
    normal    N(0, v)

For a dense kernel (n_in, n_out) the fans are n_in and n_out; for a convolution's kernel
(height, width, c_in, c_out) they are height · width times c_in and c_out: the numbers of terms in
one output and in one input's gradient at stride 1.

Departure: Keras' glorot_normal and he_normal cut the normal at two standard deviations and widen
it to keep the variance; ours are plain normals of the same variance.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from minigan.backend import Array, Random
from minigan.inputs import check_random
from minigan.limits import NOT_NEGATIVE, check_function, check_number, check_shape, shown

SPREAD = ("a finite number of 0 or more", NOT_NEGATIVE[1])
Initializer = Callable[[Random, tuple[int, ...]], Array]


def drawn(layer: Any, name: str, init: Initializer, rng: Random, shape: tuple[int, ...]) -> Array:
    """The parameter that a layer's initializer makes.

    **Raises**  TypeError for what is no Random or no function; ValueError for another shape.
    """
    check_random(layer, rng)
    check_function(layer, name, init, "of rng and shape, as minigan.initializers has them")
    theta = init(rng, shape)
    if getattr(theta, "shape", None) != shape:
        given = getattr(theta, "shape", shown(theta))
        raise ValueError(f"{layer!r}: the initializer {name} gives {given}, expected {shape}.")
    return theta


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """(fan_in, fan_out) of a kernel.

    **Raises**  TypeError, ValueError for fewer than two sizes, or one under 1.

    >>> fans((100, 256))
    (100, 256)
    >>> fans((5, 5, 3, 64))
    (75, 1600)
    """
    shape = check_shape("fans", "shape", shape)
    if len(shape) < 2:
        raise ValueError(f"fans: the kernel has shape {shape}, expected (..., n_in, n_out).")
    taps = math.prod(shape[:-2])
    return taps * shape[-2], taps * shape[-1]


def glorot_uniform(rng: Random, shape: tuple[int, ...]) -> Array:
    """U[-r, r) with r = √(6 / (fan_in + fan_out)); Keras' default for Dense and Conv."""
    check_random("glorot_uniform", rng)
    r = math.sqrt(6 / sum(fans(shape)))
    return rng.uniform(shape, -r, r)


def glorot_normal(rng: Random, shape: tuple[int, ...]) -> Array:
    """N(0, 2 / (fan_in + fan_out))."""
    check_random("glorot_normal", rng)
    return rng.normal(shape, std=math.sqrt(2 / sum(fans(shape))))


def he_uniform(rng: Random, shape: tuple[int, ...]) -> Array:
    """U[-r, r) with r = √(6 / fan_in)."""
    check_random("he_uniform", rng)
    r = math.sqrt(6 / fans(shape)[0])
    return rng.uniform(shape, -r, r)


def he_normal(rng: Random, shape: tuple[int, ...]) -> Array:
    """N(0, 2 / fan_in)."""
    check_random("he_normal", rng)
    return rng.normal(shape, std=math.sqrt(2 / fans(shape)[0]))


def normal(std: float = 0.02) -> Initializer:
    """N(0, std²); the default is that of Radford et al. 2015.

    **Raises**  TypeError, ValueError for a std that is negative or not finite.
    """
    check_number("normal", "std", std, SPREAD)
    return lambda rng, shape: rng.normal(shape, std=std)


def uniform(bound: float) -> Initializer:
    """U[-bound, bound).

    **Raises**  TypeError, ValueError for a bound that is negative or not finite.
    """
    check_number("uniform", "bound", bound, SPREAD)
    return lambda rng, shape: rng.uniform(shape, -bound, bound)


def zeros(rng: Random, shape: tuple[int, ...]) -> Array:
    """Zeros, where biases start. Never for a kernel: equal units would stay equal."""
    check_random("zeros", rng)
    return rng.zeros(check_shape("zeros", "shape", shape))
