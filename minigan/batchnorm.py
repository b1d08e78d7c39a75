"""Batch normalisation."""

from __future__ import annotations

from typing import Any

from minigan.backend import Array, Random, array_module
from minigan.blocks import channel_sum, channel_sums, elementwise
from minigan.cuda import batchnorm as cuda
from minigan.cuda import kernels
from minigan.inputs import check_dy, check_input, check_random
from minigan.layer import Grads, Layer
from minigan.limits import POSITIVE, SHARE, check_flag, check_integer, check_number


class BatchNorm(Layer):
    """Normalise each channel over the batch (and the image), then scale and shift it.

    Everything below is for one channel; n is the number of its values: m for (m, c), m·h·w for
    (m, h, w, c). A mean is over those n values.

    **Forward, train**

        mean = 1/n Σ x        var = 1/n Σ (x - mean)²        the biased variance
        x̂ = (x - mean) / s    s = √(var + eps)
        y = γ x̂ + β
        running_mean ← decay · running_mean + (1 - decay) · mean
        running_var  ← decay · running_var  + (1 - decay) · var

    **Forward, eval**   the same y with running_mean and running_var, which stay as they are.

    **Backward, train**

        dβ = Σ dy             β is added to every value
        dγ = Σ dy ∘ x̂         γ multiplies every x̂
        dx = γ/s · ( dy - mean(dy) - x̂ · mean(dy ∘ x̂) )

    Why: x moves y in three ways. Directly, by γ/s. Through the mean, which all values share: a
    change that is the same for all of them is subtracted out again, hence - mean(dy). And through
    the variance: a change along x̂ is a stretch, and a stretch is divided out again, hence
    - x̂ · mean(dy ∘ x̂). So dy loses its components along 1 and (but for eps) along x̂. Two identities
    follow, and are tested:

        Σ dx = 0              Σ dx ∘ x̂ = γ/s · eps/(var + eps) · Σ dy ∘ x̂

    **Backward, eval**  dx = γ/s · dy: the running statistics are constants. dβ and dγ as above.

    **Shapes**  x (m, …, channels), y the same; γ, β, running_mean, running_var (channels,)

    **Parameters**  decay: the share of the old value that a running average keeps, in [0, 1);
    eps > 0, in units of x². decay is not what some libraries call momentum, which is 1 - decay.
    rng bears the arrays: γ = 1, β = 0, running_mean = 0, running_var = 1; nothing is random.

    **Raises**  TypeError, ValueError for a decay or an eps out of its range, for an x without the
    channels, for a dy that has not the shape of x, and in training for n = 1, where x̂ would be 0
    whatever x is.

    **Source**  Ioffe & Szegedy 2015, Algorithm 1, and Algorithm 2 for inference. Departure: that
    one uses the unbiased variance n/(n-1) · var; running_var averages the biased one, as Keras 3
    does (PyTorch and the fused kernel of TensorFlow, for images, average the unbiased one).

    >>> import numpy as np
    >>> layer = BatchNorm(1, Random(0, dtype="float64"), eps=1e-30)
    >>> layer.forward(np.array([[1.0], [3.0]]))[0].tolist()      # mean 2, deviation 1
    [[-1.0], [1.0]]
    """

    def __init__(
        self, channels: int, rng: Random, *, decay: float = 0.99, eps: float = 1e-5
    ) -> None:
        super().__init__()
        self.channels = channels
        self.channels = check_integer(self, "channels", channels)
        self.decay = check_number(self, "decay", decay, SHARE)
        self.eps = check_number(self, "eps", eps, POSITIVE)
        check_random(self, rng)
        self.params = {"gamma": rng.ones((self.channels,)), "beta": rng.zeros((self.channels,))}
        self.buffers = {
            "running_mean": rng.zeros((self.channels,)),
            "running_var": rng.ones((self.channels,)),
        }

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        self.check(x, train)
        if kernels.on(x):
            return cuda.forward(self, x, train)[:2]
        if train:
            mean, rest, var = self._statistics(x)
            for name, value in (("running_mean", mean + rest), ("running_var", var)):
                self.buffers[name] *= self.decay
                self.buffers[name] += (1 - self.decay) * value
        else:  # copies: the caller may train on before going back
            mean, rest = self.buffers["running_mean"].copy(), 0.0
            var = self.buffers["running_var"]
        s = (var + self.eps) ** 0.5
        scale = self.params["gamma"] / s
        shift = self.params["beta"] - scale * rest
        # γ x̂ + β with x̂ = (x - mean - rest) / s, the numbers of a channel put together first
        y = elementwise(lambda x: (x - mean) * scale + shift, x)
        return y, (x, mean, rest, s, train)

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        if kernels.on(dy):
            return cuda.backward(self, dy, cache, need_dx=need_dx, need_grads=need_grads)
        x, mean, rest, s, train = cache
        check_dy(self, dy, x.shape, x)
        n = dy.size // self.channels
        sum_dy, sum_dy_x = channel_sums(lambda dy, x: (dy, dy * (x - mean)), dy, x)  # (channels,)
        sum_dy_x_hat = (sum_dy_x - rest * sum_dy) / s
        grads = {"gamma": sum_dy_x_hat, "beta": sum_dy} if need_grads else {}
        if not need_dx:
            return None, grads
        scale = self.params["gamma"] / s
        if not train:
            return elementwise(lambda dy: dy * scale, dy), grads
        # γ/s · (dy - mean(dy) - x̂ · mean(dy ∘ x̂)), put together likewise
        slope = scale * sum_dy_x_hat / (n * s)
        shift = scale * sum_dy / n - slope * rest
        return elementwise(lambda dy, x: dy * scale - (x - mean) * slope - shift, dy, x), grads

    def check(self, x: Array, train: bool) -> None:
        """Refuse an x that forward cannot take.

        **Raises**  as forward.
        """
        check_input(self, x, ("m", "...", self.channels))
        if check_flag(self, "train", train) and x.size // self.channels < 2:
            raise ValueError(
                f"{self!r}: x has 1 value per channel in shape {x.shape}; training needs at least "
                "2, use a larger batch or train=False."
            )

    def _statistics(self, x: Array) -> tuple[Array, Array, Array]:
        """Return mean, rest and var, to the last digits even where |mean| ≫ √var.

        rest is what rounding left in the mean, 0 but for the last digits: the mean of x - mean.
        """
        n = x.size // self.channels
        mean = channel_sum(x) / n

        def terms(x: Array) -> tuple[Array, Array]:
            centred = x - mean
            return centred, centred * centred

        rest, square = (total / n for total in channel_sums(terms, x))
        # where all x are equal, rounding can leave the difference below 0
        return mean, rest, array_module(x).maximum(square - rest * rest, 0)

    def __repr__(self) -> str:
        return f"BatchNorm({self.channels})"
