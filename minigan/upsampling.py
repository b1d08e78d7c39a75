"""UpSampling2D: every pixel becomes a block of equal pixels."""

from __future__ import annotations

from typing import Any

from minigan.backend import Array, array_module
from minigan.cuda import kernels
from minigan.cuda import upsampling as cuda
from minigan.inputs import check_dy, check_input
from minigan.layer import Grads, Layer
from minigan.window import pair


class UpSampling2D(Layer):
    """Repeat each pixel `factor` times down and right: nearest-neighbour upsampling.

    **Forward**   y[r, q] = x[⌊r / factor⌋, ⌊q / factor⌋]
    **Backward**  dx[r, q] = Σ dy over the block of pixels that are copies of x[r, q]
    **Shapes**    x (m, h, w, c), y (m, h · factor, w · factor, c)

    **Parameters**  factor: an integer or a pair (down, right), 1 or more

    **Raises**  TypeError, ValueError for another factor, for an x that is not (m, h, w, c), and for
    a dy that has not the shape of y

    >>> import numpy as np
    >>> layer = UpSampling2D((1, 2))
    >>> y, cache = layer.forward(np.array([3.0, 5.0]).reshape(1, 1, 2, 1))
    >>> y.ravel().tolist(), layer.backward(np.ones((1, 1, 4, 1)), cache)[0].ravel().tolist()
    ([3.0, 3.0, 5.0, 5.0], [2.0, 2.0])
    """

    def __init__(self, factor: int | tuple[int, int] = 2) -> None:
        super().__init__()
        try:
            self.factor = pair("factor", factor, 1)
        except (TypeError, ValueError) as error:
            raise type(error)(f"UpSampling2D: {error}") from None

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        check_input(self, x, ("m", "h", "w", "c"))
        if kernels.on(x):
            return cuda.repeat(x, self.factor), x.shape
        (m, h, w, c), (down, right) = x.shape, self.factor
        y = array_module(x).empty((m, h, down, w, right, c), dtype=x.dtype)
        y[...] = x[:, :, None, :, None, :]
        return y.reshape(m, h * down, w * right, c), x.shape

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        (m, h, w, c), (down, right) = cache, self.factor
        check_dy(self, dy, (m, h * down, w * right, c))
        if not need_dx:
            return None, {}
        if kernels.on(dy):
            return cuda.block_sums(dy, self.factor), {}
        return dy.reshape(m, h, down, w, right, c).sum(axis=(2, 4)), {}

    def joined(self, following: Layer) -> Layer | None:
        """With a convolution of stride 1: both at once, before the pixels are repeated."""
        from minigan.upsampled import Upsampled, fits  # it is made of this file's layer

        ours = type(self) is UpSampling2D  # a class derived from it may repeat pixels otherwise
        return Upsampled(self, following) if ours and fits(following) else None

    def __repr__(self) -> str:
        down, right = self.factor
        return f"UpSampling2D({down}×{right})"
