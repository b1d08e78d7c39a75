"""Random numbers from Philox's words, with the same bits on every machine.

The library's log, sin and cos differ in the last bit from one machine to the next. Here is nothing
but integers, + - * / and √, whose results IEEE 754 prescribes to the bit, and frexp, which is
exact. cuda/philox.cu does the same in the same order; there a draw is one launch.

A draw fills an array. Block b of its words, those of the counter c + b, gives entries b, b + B,
b + 2B, … of the B blocks that it takes: neighbours come from neighbouring blocks, as a GPU likes to
write them.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from minigan.backend import Array, array_module, device_of
from minigan.cuda import kernels
from minigan.cuda import philox as cuda
from minigan.philox import Words, blocks
from minigan.threads import share, threads

NUMBERS = {"bool": 8, "float32": 4, "float64": 2, "uint64": 2}  # that a block gives, by dtype
CHUNK = 1 << 12  # blocks whose intermediate results stay in the CPU's cache
LOG_2, ROOT_HALF = math.log(2), math.sqrt(0.5)


def count(y: Array) -> int:
    """How many blocks a draw takes, by which its counter is then to be moved on."""
    return -(-int(y.size) // NUMBERS[y.dtype.name])


def uniform(y: Array, key: int, counter: int | Array, low: float = 0.0, high: float = 1.0) -> None:
    """Fill y, float32 or float64, from the uniform distribution on [low, high).

    **Forward**  u = k 2⁻ᵇ,  y = u (high - low) + low;  k: 24 bits of one word in float32, 53 bits
    of two in float64, so that u is exact

    **Parameters**  y: (n,), contiguous; key: of 64 bits; counter: of the first block, below 2⁶⁴, or
    an array () of uint64 that holds it. They are the same for all draws here.
    """
    width = float(high - low)
    if kernels.on(y):
        cuda.uniform(y, count(y), key, counter, float(low), width)
        return

    def numbers(x: Words) -> list[Array]:
        if y.dtype == "float32":
            return [(w >> 8).astype(y.dtype) * 2.0**-24 * width + float(low) for w in x]
        return [k.astype(y.dtype) * 2.0**-53 * width + float(low) for k in _long(x)]

    _fill(y, key, counter, numbers)


def normal(y: Array, key: int, counter: int | Array, std: float = 1.0) -> None:
    """Fill y, float32 or float64, from N(0, std²).

    **Forward**  two words, or in float64 two numbers of 53 bits, give u in (0, 1] and an angle φ
    on the circle; two numbers r cos φ and r sin φ, r = √(-2 log u), are independent and normal

    u has 32 bits in float32: no number is beyond √(64 log 2) = 6.66, as of 10¹⁰ numbers fewer than
    one would be; in float64, beyond 8.57.

    **Source**  Box and Muller 1958 (from memory).
    """
    if kernels.on(y):
        cuda.normal(y, count(y), key, counter, float(std))
        return
    bits = 32 if y.dtype == "float32" else 53

    def numbers(x: Words) -> list[Array]:
        z: list[Array] = []
        for k, place in [x[:2], x[2:]] if bits == 32 else [_long(x)]:
            r = array_module(k).sqrt(-2.0 * log((k + 1).astype("float64") * 2.0**-bits))
            z += [r * part for part in on_the_circle(place, bits)]
        return [part.astype(y.dtype) * float(std) for part in z]

    _fill(y, key, counter, numbers)


def mask(y: Array, key: int, counter: int | Array, keep: float) -> None:
    """Fill y, of bool, with True with probability keep (to within 2⁻¹⁷): 16 bits decide."""
    below = round(keep * 2**16)
    if kernels.on(y):
        cuda.mask(y, count(y), key, counter, below)
        return

    def decisions(x: Words) -> list[Array]:
        return [half < below for word in x for half in (word & 0xFFFF, word >> 16)]

    _fill(y, key, counter, decisions)


def integers(y: Array, key: int, counter: int | Array) -> None:
    """Fill y, of uint64, with integers from 0 to 2⁶⁴ - 1: two words each, the high one first."""
    if kernels.on(y):
        cuda.integers(y, count(y), key, counter)
        return
    _fill(y, key, counter, lambda x: [(x[0] << 32) | x[1], (x[2] << 32) | x[3]])


def log(x: Array) -> Array:
    """The natural logarithm of positive numbers of float64, to 10⁻¹⁵ of itself.

    **Forward**  x = m 2ᵉ with √½ ≤ m < √2,  s = (m - 1) / (m + 1), |s| < 0.172

        log x = e log 2 + 2 (s + s³/3 + s⁵/5 + … + s²¹/21)

    **Source**  log m = 2 artanh s; the next term is below 10⁻¹⁸ of the first.

    >>> import numpy as np
    >>> log(np.array([0.125, 1.0])).tolist() == [-3 * math.log(2), 0.0]
    True
    """
    xp = array_module(x)
    m, e = xp.frexp(x)  # ½ ≤ m < 1
    small = m < ROOT_HALF
    m, e = xp.where(small, 2.0 * m, m), xp.where(small, e - 1, e)
    s = (m - 1.0) / (m + 1.0)
    square, series = s * s, 0.0
    for i in range(21, 0, -2):
        series = 1 / i + square * series
    return e * LOG_2 + 2.0 * s * series


def on_the_circle(k: Array, bits: int) -> tuple[Array, Array]:
    """cos φ and sin φ for φ = (π/2) (q + f): k's two highest bits are q, the others f in [-½, ½).

    **Forward**  for a = (π/2) f, |a| ≤ π/4, by their series, of which the next term is below 10⁻¹⁶,

        cos a = 1 - a²/(1·2) (1 - a²/(3·4) (1 - … a²/(15·16)))
        sin a = a (1 - a²/(2·3) (1 - a²/(4·5) (1 - … a²/(14·15))))

    and a quarter of a turn, (cos, sin) ← (-sin, cos), q times.
    """
    xp = array_module(k)
    q, rest = k >> (bits - 2), k & ((1 << (bits - 2)) - 1)
    a = (rest.astype("float64") * 2.0 ** (2 - bits) - 0.5) * (math.pi / 2)
    square, cos, sin = a * a, 1.0, 1.0
    for i in range(16, 0, -2):
        cos = 1.0 - square * (1 / (i * (i - 1))) * cos
    for i in range(15, 1, -2):
        sin = 1.0 - square * (1 / (i * (i - 1))) * sin
    sin = a * sin
    odd = (q & 1) == 1
    cos, sin = xp.where(odd, -sin, cos), xp.where(odd, cos, sin)
    return xp.where(q >= 2, -cos, cos), xp.where(q >= 2, -sin, sin)


def _long(x: Words) -> tuple[Array, Array]:
    """Two numbers of 53 bits."""
    return ((x[0] >> 5) << 26) | (x[1] >> 6), ((x[2] >> 5) << 26) | (x[3] >> 6)


def _fill(
    y: Array, key: int, counter: int | Array, numbers: Callable[[Words], list[Array]]
) -> None:
    """Write numbers(words) of all blocks into y; on the CPU some at a time, on all cores."""
    xp, total = array_module(y), count(y)
    rows = xp.empty((NUMBERS[y.dtype.name], total), dtype=y.dtype)
    step = CHUNK if device_of(y) == "cpu" else max(total, 1)
    parts = threads() if total > CHUNK and device_of(y) == "cpu" else 1

    def work(part: int) -> None:
        for i in range(part * step, total, parts * step):
            places = xp.arange(i, min(i + step, total), dtype="uint64") + counter
            for row, z in zip(rows, numbers(blocks(places, key)), strict=True):
                row[i : i + step] = z

    share(work, parts)
    y[...] = rows.reshape(-1)[: y.size]
