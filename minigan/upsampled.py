"""UpSampling2D and the convolution after it as one, computed before the pixels are repeated.

Upsampling makes blocks of equal pixels, and a window on them sees each value several times. So the
weights that meet the same value may be added up first. Along one axis, with factor f, an output
pixel f·q + φ (phase φ = 0 … f-1) sees

    y[f·q + φ] = Σᵢ V[i] x[⌊(f·q + φ + i - before) / f⌋] = Σₒ V'[o, φ] x[q + o - before']
    V'[o, φ]   = Σ V[i] over the taps i with ⌊(φ + i - before) / f⌋ = o - before'          (phases)

a convolution of the small image, whose f² phases are so many channels. A 5x5 kernel on an image
twice as large becomes a 3x3 kernel: 9/25 of the multiplications. The map V → V' is linear, so the
gradient of V' goes back to V by its transpose: dV[i] = Σ over φ of dV'[o, φ] at the o of (φ, i).
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any, TypeGuard

import numpy as np

from minigan import fast_patches, patches
from minigan.backend import Array, device_of
from minigan.blocks import channel_sum
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.cuda import kernels
from minigan.cuda import upsampled as cuda
from minigan.cuda.upsampling import interleave, side_by_side
from minigan.fast_patches import maps
from minigan.inputs import check_dy
from minigan.layer import Grads, Layer
from minigan.limits import check_kind
from minigan.threads import share, threads
from minigan.upsampling import UpSampling2D
from minigan.window import Pair, Window


def fits(layer: Layer) -> TypeGuard[Conv2D | ConvTranspose2D]:
    """Whether the layer is a convolution that can be computed before the upsampling.

    A class derived from one is none: its forward and backward may be others.
    """
    if type(layer) is Conv2D or type(layer) is ConvTranspose2D:
        return layer.window.stride == (1, 1)
    return False


class Upsampled(Layer):
    """UpSampling2D, then a convolution of stride 1; Sequential makes it of the two.

    Large images, and all on a GPU, take the way of the module's text where it is shorter; others go
    through the two layers.

    **Forward**   y = convolution(upsampling(x))
    **Backward**  dx = scatter(dy', V'), dV' = weight_gradient(x, dy'), dV by (phases), db = Σ dy,
    where dy' is dy with each block's f² pixels as channels of one
    **Shapes**    x (m, h, w, c_in), y as the convolution makes it of (m, h·f, w·f, c_in)

    **Parameters**  up, conv: the two layers; params are those of conv

    **Raises**  as the two layers do

    **Source**  derived in the module's text

    >>> from minigan.backend import Random
    >>> up, conv = UpSampling2D((1, 2)), Conv2D(1, 1, (1, 2), Random(0), pad="valid")
    >>> conv.params["W"][...] = 1                           # each pixel and the one to its right
    >>> x = np.array([3, 5], dtype="float32").reshape(1, 1, 2, 1)             # upsampled 3 3 5 5
    >>> Upsampled(up, conv)(x).ravel().tolist()
    [6.0, 8.0, 10.0]
    >>> Phases(x, up, conv).weights()[0, :, 0].tolist()          # V'[o, φ]: 2 · 3, 3 + 5, 2 · 5
    [[2.0, 1.0], [0.0, 1.0]]
    """

    def __init__(self, up: UpSampling2D, conv: Conv2D | ConvTranspose2D) -> None:
        check_kind("Upsampled", "up", up, UpSampling2D, "an UpSampling2D")
        if not fits(conv):
            raise TypeError(f"Upsampled: conv is {conv!r}, expected a convolution of stride 1.")
        self.up, self.conv = up, conv
        self.params, self.buffers = conv.params, conv.buffers

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        phases = self._phases(x)
        if phases is None:
            large, up_cache = self.up.forward(x, train)
            y, conv_cache = self.conv.forward(large, train)
            return y, (up_cache, conv_cache)
        return phases.gather(x, self.conv.params.get("b")), (x, phases)

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        x, phases = cache
        if not isinstance(phases, Phases):
            dlarge, grads = self.conv.backward(dy, phases, need_dx=need_dx, need_grads=need_grads)
            return (self.up.backward(dlarge, x)[0] if need_dx else None), grads
        check_dy(self, dy, (len(x), *phases.size, self.conv.c_out), x)
        d, grads = phases.channels(dy), {}
        if need_grads:
            grads["W"] = phases.gradient(phases.maps.weight_gradient(x, d, phases.window))
            if "b" in self.conv.params:
                grads["b"] = channel_sum(dy)
        if not need_dx:
            return None, grads
        return phases.maps.scatter(d, phases.weights(), x.shape, phases.window), grads

    def _phases(self, x: Array) -> Phases | None:
        """The small convolution where x is large, and None where not, or where something is wrong.

        Errors are left to the two layers.
        """
        W = self.conv.params["W"]
        if device_of(x) != device_of(W) or x.dtype != W.dtype:
            return None
        if x.ndim != 4 or x.shape[-1] != self.conv.c_in:
            return None
        if maps(x, self.conv.window) is patches:
            return None
        phases = Phases(x, self.up, self.conv)
        pays = min(phases.size) > 0 and math.prod(phases.window.kernel) <= W[..., 0, 0].size
        return phases if pays else None

    def __repr__(self) -> str:
        return f"{self.up!r} + {self.conv!r}"


class Phases:
    """The small convolution of the module's text, for images x of one size.

    size is that of y; positions, those of the small window, of which the last block may stand out;
    lead, f·before' - before of each axis.
    """

    def __init__(self, x: Array, up: UpSampling2D, conv: Conv2D | ConvTranspose2D) -> None:
        self.conv, self.factor, self.dtype = conv, up.factor, x.dtype
        self.on_gpu = kernels.on(x)
        self.maps = maps(x, conv.window) if self.on_gpu else fast_patches
        (h, w), (f, g) = x.shape[1:3], up.factor
        large, kernel = (h * f, w * g), conv.window.kernel
        if isinstance(conv, Conv2D):
            self.size = conv.window.positions(large)
            (top, _), (left, _) = conv.window.pads(large)
        else:  # stride 1: a convolution with the kernel turned around
            self.size = conv.window.image(large, conv.output_pad)
            (top, _), (left, _) = conv.window.pads(self.size)
            top, left = kernel[0] - 1 - top, kernel[1] - 1 - left
        rows = _Axis(h, f, kernel[0], top, self.size[0])
        columns = _Axis(w, g, kernel[1], left, self.size[1])
        self.positions: Pair = rows.positions, columns.positions
        self.window = Window(
            (rows.kernel, columns.kernel),
            (1, 1),
            ((rows.before, rows.after), (columns.before, columns.after)),
        )
        self.lead: Pair = rows.lead, columns.lead
        self._axes = rows, columns

    @cached_property
    def _meets(self) -> tuple[Array, Array]:
        rows, columns = self._axes
        return rows.meets().astype(self.dtype), columns.meets().astype(self.dtype)

    def weights(self) -> Array:
        """V' (small kernel height, small kernel width, c_in, f·g·c_out)."""
        W = self.conv.params["W"]
        V = W if isinstance(self.conv, Conv2D) else W[::-1, ::-1].swapaxes(2, 3)
        if self.on_gpu:
            return cuda.weights(V, self.window.kernel, self.factor, self.lead)
        small = np.einsum("ofi,pgj,ijcn->opcfgn", *self._meets, V, optimize=True)
        return small.reshape(*small.shape[:3], -1)

    def gradient(self, dV: Array) -> Array:
        """From dV' to dW."""
        (f, g), n = self.factor, self.conv.c_out
        if self.on_gpu:
            dW = cuda.gradient(dV, self.conv.window.kernel, self.factor, self.lead)
        else:
            dV = dV.reshape(*dV.shape[:3], f, g, n)
            dW = np.einsum("ofi,pgj,opcfgn->ijcn", *self._meets, dV, optimize=True)
        return dW if isinstance(self.conv, Conv2D) else dW[::-1, ::-1].swapaxes(2, 3)

    def gather(self, x: Array, b: Array | None) -> Array:
        """Y (m, *size, n) from x: the phases, put where they belong."""
        (f, g), (rows, columns), n = self.factor, self.positions, self.conv.c_out
        if self.on_gpu:
            d = self.maps.gather(x, self.weights(), self.window)
            y = interleave(d, self.size, self.factor)
            if b is not None:
                y += b
            return y
        y = np.empty((len(x), rows * f, columns * g, n), dtype=x.dtype)
        blocks = y.reshape(len(x), rows, f, columns, g, n).swapaxes(2, 3)  # (m, r, q, φ, ψ, n)
        tiled = None if b is None else np.tile(b, f * g)
        fast_patches.gather_into(blocks, x, self.weights(), self.window, tiled)
        return np.ascontiguousarray(y[:, : self.size[0], : self.size[1]])

    def channels(self, dy: Array) -> Array:
        """(m, rows·f, columns·g, n) → (m, rows, columns, f·g·n): a block's pixels side by side."""
        if self.on_gpu:
            return side_by_side(dy, self.positions, self.factor)
        (f, g), (rows, columns), n = self.factor, self.positions, dy.shape[-1]
        m, height, width, _ = dy.shape
        if (height, width) != (rows * f, columns * g):
            dy = np.pad(dy, ((0, 0), (0, rows * f - height), (0, columns * g - width), (0, 0)))
        blocks = dy.reshape(m, rows, f, columns, g, n).swapaxes(2, 3)
        d = np.empty(blocks.shape, dtype=dy.dtype)
        parts = threads()

        def work(part: int) -> None:
            mine = slice(m * part // parts, m * (part + 1) // parts)
            d[mine] = blocks[mine]

        share(work, parts)
        return d.reshape(m, rows, columns, f * g * n)


class _Axis:
    """One axis of n pixels upsampled by a factor, then a kernel with `before` zeros in front."""

    def __init__(self, n: int, factor: int, kernel: int, before: int, size: int) -> None:
        self.positions = -(-size // factor)
        self.before = -(-before // factor)  # o runs from ⌊-before / f⌋
        self.kernel = (factor - 1 + kernel - 1 - before) // factor + self.before + 1
        self.after = self.positions - 1 + self.kernel - n - self.before
        self.lead = factor * self.before - before
        self._factor, self._taps = factor, kernel

    def meets(self) -> Array:
        """Which (o, φ, i) are summed: (small kernel, factor, kernel)."""
        o = np.arange(self.kernel)[:, None, None]
        phase, tap = np.arange(self._factor)[:, None], np.arange(self._taps)
        return (phase + tap + self.lead) // self._factor == o
