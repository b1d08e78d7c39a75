"""The bias and the activation after a product in one launch, and their backward in one.

y = φ(z + b) and dz = dy ∘ φ', db = Σ dz: what a layer with a bias, its product left out, and an
activation do one after the other. Over many rows the sums are those of strips (channel_sums.py).
"""

from __future__ import annotations

from minigan.backend import Array, array_module
from minigan.cuda.activation import Activation
from minigan.cuda.channel_sums import FEW, MANY, shortened, strip_count, strip_sums
from minigan.cuda.kernels import start


def biased(z: Array, b: Array, activation: Activation) -> tuple[Array, Array]:
    """φ(z + b), and what φ's cache is. The caller's z is used up: it becomes the one or the other.

    **Shapes**  z (..., c), b (c,)
    """
    xp, c = array_module(z), b.size
    z = xp.ascontiguousarray(z)
    y = xp.empty_like(z) if activation.keeps_x else z
    n = c * min(z.size // c, -(-MANY // c))
    start("chains", "add_bias_and_activate", n, y, z, b, z.size, c, *activation)
    return y, activation.kept(y, z)


def biased_backward(dy: Array, kept: Array, activation: Activation) -> tuple[Array, Array]:
    """dz and db, from the gradient for φ's output and from φ's cache.

    **Shapes**  dy, kept, dz (..., c), db (c,)
    """
    xp, c = array_module(dy), dy.shape[-1]
    dy, kept = xp.ascontiguousarray(dy), xp.ascontiguousarray(kept)
    dz, rows = xp.empty_like(dy), dy.size // c
    strips = 1 if rows <= FEW else strip_count(rows, c)
    sums = xp.empty(strips * c, dtype=dy.dtype)
    start("chains", "pull_back_and_sum", sums.size, dz, sums, dy, kept, dy.size, *activation)
    if strips > 1:
        sums, strips = shortened(sums, strips, c)
        sums = strip_sums(sums, strips, c, strips=1)
    return dz, sums
