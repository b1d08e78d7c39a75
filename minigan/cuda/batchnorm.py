"""BatchNorm in a few launches, and the activation after it in the same ones.

The formulas are those of `minigan.batchnorm`, in its order: the mean, then Σ (x - mean) and
Σ (x - mean)², then what rounding left in the mean is taken out of both. Both passes keep what the
plain ones keep, so that a forward of either kind may be followed by a backward of the other.

    few rows    a thread for each channel goes over all of them, and a second launch normalises
    many        the sums are those of strips, as in channel_sums.py: 5 launches, or 7, and back 3, 4
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minigan.backend import Array, array_module
from minigan.cuda.activation import IDENTITY, Activation
from minigan.cuda.channel_sums import FEW, MANY, channel_sum, shortened, strip_count
from minigan.cuda.kernels import start
from minigan.inputs import check_dy
from minigan.layer import Grads

if TYPE_CHECKING:
    from minigan.batchnorm import BatchNorm


def forward(
    layer: BatchNorm, x: Array, train: bool, activation: Activation = IDENTITY
) -> tuple[Array, Any, Array]:
    """y = φ(γ x̂ + β), the cache of BatchNorm, and what φ's cache is."""
    xp = array_module(x)
    x = xp.ascontiguousarray(x)
    numbers = (_statistics if train else _running)(layer, x)
    y = xp.empty_like(x)
    z = xp.empty_like(x) if activation.keeps_x else y
    _start_each("normalise", layer, y, z, x, numbers, x.size, layer.channels, *activation)
    mean, rest, s, _, _ = numbers
    return y, (x, mean, rest if train else 0.0, s, train), activation.kept(y, z)


def backward(
    layer: BatchNorm,
    dy: Array,
    cache: Any,
    kept: Array | None = None,
    activation: Activation = IDENTITY,
    *,
    need_dx: bool,
    need_grads: bool,
) -> tuple[Array, Grads]:
    """Dx and the gradients, from the gradient dy of φ's output and from φ's cache."""
    x, mean, rest, s, train = cache
    check_dy(layer, dy, x.shape, x)  # a kernel would read beyond it
    xp, c, gamma = array_module(x), layer.channels, layer.params["gamma"]
    x, dy = xp.ascontiguousarray(x), xp.ascontiguousarray(dy)
    kept = dy if kept is None else xp.ascontiguousarray(kept)
    numbers, rows = xp.empty((5, c), dtype=x.dtype), x.size // c
    # in evaluation rest is no array but 0.0, and no kernel reads it
    ends = rest if train else mean, s, gamma, float(rows), int(train)
    if rows <= FEW:
        _start("gradients_of_few", c, numbers, dy, kept, x, mean, x.size, *activation, *ends)
    else:
        strips = strip_count(rows, c)
        sums = xp.empty(strips * 2 * c, dtype=x.dtype)
        _start("gradient_strips", strips * c, sums, dy, kept, x, mean, x.size, c, *activation)
        sums, strips = shortened(sums, strips, 2 * c)
        _start("gradients_of_strips", c, numbers, sums, strips * 2 * c, *ends)
    grads = {"gamma": numbers[0], "beta": numbers[1]} if need_grads else {}
    if not need_dx:
        return None, grads
    dx = xp.empty_like(x)
    _start_each("normalise_backward", layer, dx, dy, kept, x, mean, numbers, x.size, c, *activation)
    return dx, grads


def _statistics(layer: BatchNorm, x: Array) -> Array:
    """The numbers of the channels (5, c): mean, rest, s, scale, shift. The running ones move on."""
    xp, c = array_module(x), layer.channels
    numbers, rows = xp.empty((5, c), dtype=x.dtype), x.size // c
    running = layer.buffers["running_mean"], layer.buffers["running_var"]
    scaling = layer.params["gamma"], layer.params["beta"]
    ends = *scaling, float(rows), layer.decay, 1 - layer.decay, layer.eps
    if rows <= FEW:
        _start("statistics_of_few", c, numbers, *running, x, x.size, *ends)
        return numbers
    total, strips = channel_sum(x), strip_count(rows, c)
    sums = xp.empty(strips * 2 * c, dtype=x.dtype)
    _start("moment_strips", strips * c, sums, x, total, x.size, c, float(rows))
    sums, strips = shortened(sums, strips, 2 * c)
    _start("statistics_of_strips", c, numbers, *running, total, sums, strips * 2 * c, *ends)
    return numbers


def _running(layer: BatchNorm, x: Array) -> Array:
    """The same by the running statistics, which stay as they are."""
    c, buffers, params = layer.channels, layer.buffers, layer.params
    numbers = array_module(x).empty((5, c), dtype=x.dtype)
    running = buffers["running_mean"], buffers["running_var"]
    _start("running_statistics", c, numbers, *running, params["gamma"], params["beta"], layer.eps)
    return numbers


def _start(name: str, n: int, *args: Any) -> None:
    start("batchnorm", name, n, *args)


def _start_each(name: str, layer: BatchNorm, y: Array, *args: Any) -> None:
    """A kernel that writes each number of y, some of one channel in a thread."""
    c = layer.channels
    _start(name, c * min(y.size // c, -(-MANY // c)), y, *args)
