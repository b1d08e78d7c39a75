"""Conv2D and ConvTranspose2D: one linear map, and its transpose.

Without its bias a convolution is linear in the image: y = A x, where the matrix A is made of the
weights. Nobody writes A down, for it is enormous and nearly empty. Two functions stand for it:

    gather(x, W)  = unfold(x) W  = A x       cut x into patches, one matrix product
    scatter(y, W) = fold(y Wᵀ)   = Aᵀ y      one matrix product, add the patches up

For three pixels in a row and the kernel (u, v), without padding:

    A = [u v 0]     A x  = (u x₀ + v x₁, u x₁ + v x₂)      each y collects from two pixels
        [0 u v]     Aᵀ y = (u y₀, v y₀ + u y₁, v y₁)       each y paints two pixels

They are adjoint, ⟨A x, y⟩ = ⟨x, Aᵀ y⟩, because unfold and fold are, and W and Wᵀ. A Conv2D goes
forward by A, and so its gradient comes back by Aᵀ. A ConvTranspose2D goes forward by Aᵀ, and so its
gradient comes back by A. That is all there is to a transposed convolution: it does not undo a
convolution, it is the map by which a convolution's gradient travels, used forward. With a stride
of 2, A halves an image and Aᵀ doubles one.

patches.py has the plain maps, to be read first; fast_patches.py and cuda/patches.py fast ones.
"""

from __future__ import annotations

from typing import Any

from minigan.backend import Array, Random
from minigan.blocks import channel_sum
from minigan.fast_patches import maps
from minigan.initializers import Initializer, drawn, glorot_uniform, zeros
from minigan.inputs import check_dy, check_input
from minigan.layer import Grads, Layer
from minigan.limits import check_flag, check_integer
from minigan.window import Window, pair, window


class Conv2D(Layer):
    """Let a window of weights slide over images of c_in channels; each place makes c_out numbers.

    **Forward**

        y = unfold(x) W + b
        y[r, q] = Σᵢⱼ x[r·s + i - top, q·s + j - left] W[i, j] + b,      x = 0 outside the image

    x[·, ·] is a row of c_in numbers and W[i, j] a matrix (c_in, c_out). It is a cross-correlation:
    the kernel is not flipped, as everywhere in this field.

    **Backward**  With P = unfold(x), a row for each position, this is a Dense layer on the rows:

        dW = Pᵀ dy                tap (i, j) meets what it saw, summed over all positions
        db = Σ dy                 over the batch and the image
        dx = fold(dy Wᵀ)          dP = dy Wᵀ as in Dense; unfold copied each pixel into every
                                  patch that sees it, so its gradient is the sum over them: fold

    **Shapes**  x (m, h, w, c_in), y (m, h_out, w_out, c_out), W (kernel height, kernel width, c_in,
    c_out), b (c_out,); h_out = ⌊(top + h + bottom - kernel height) / stride⌋ + 1, and likewise
    w_out

    **Parameters**  kernel, stride: an integer or a pair (down, right). pad: zeros around the image;
    "same", the default, is TensorFlow's rule, h_out = ⌈h / stride⌉ with the odd row at the bottom
    and the odd column on the right; "valid" none; or an integer, or ((top, bottom), (left, right)).
    rng draws W by the initializer W and b by the initializer b; bias=False leaves b out.

    **Raises**  TypeError, ValueError for sizes out of their range, for an x that is not
    (m, h, w, c_in), for one that is smaller than the kernel, padding included, and for a dy that
    has not the shape of y

    **Source**  derived above; TensorFlow's definition of "same"

    >>> import numpy as np
    >>> from minigan.initializers import zeros
    >>> layer = Conv2D(1, 1, (1, 2), Random(0, dtype="float64"), pad="valid", W=zeros)
    >>> layer.params["W"][0, :, 0, 0] = [-1.0, 1.0]                   # the difference to the left
    >>> layer(np.array([1.0, 4.0, 9.0]).reshape(1, 1, 3, 1)).ravel().tolist()
    [3.0, 5.0]
    """

    def __init__(
        self,
        c_in: int,
        c_out: int,
        kernel: int | tuple[int, int],
        rng: Random,
        *,
        stride: int | tuple[int, int] = 1,
        pad: Any = "same",
        W: Initializer = glorot_uniform,
        b: Initializer = zeros,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.c_in, self.c_out = c_in, c_out
        self.c_in = check_integer(self, "c_in", c_in)
        self.c_out = check_integer(self, "c_out", c_out)
        self.window = _window(self, kernel, stride, pad)
        self.params["W"] = drawn(self, "W", W, rng, (*self.window.kernel, self.c_in, self.c_out))
        if check_flag(self, "bias", bias):
            self.params["b"] = drawn(self, "b", b, rng, (self.c_out,))

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        _check_images(self, x)
        if min(self.window.positions(x.shape[1:3])) < 1:
            raise ValueError(
                f"{self!r}: the kernel {self.window.kernel} is larger than the padded images of x "
                f"with shape {x.shape} and pad {self.window.pad!r}; use larger images or a larger "
                "pad."
            )
        W, b = self.params["W"], self.params.get("b")
        return maps(x, self.window).gather(x, W, self.window, b), x

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        x, W = cache, self.params["W"]
        check_dy(self, dy, (x.shape[0], *self.window.positions(x.shape[1:3]), self.c_out), x)
        grads = {}
        if need_grads:
            grads["W"] = maps(x, self.window).weight_gradient(x, dy, self.window)
            if "b" in self.params:
                grads["b"] = channel_sum(dy)
        dx = maps(dy, self.window).scatter(dy, W, x.shape, self.window) if need_dx else None
        return dx, grads

    def __repr__(self) -> str:
        return f"Conv2D({self.c_in} → {self.c_out})"


class ConvTranspose2D(Layer):
    """The transpose of a Conv2D from c_out to c_in channels: it makes images larger by its stride.

    **Forward**

        y = fold(x Wᵀ) + b        each pixel x[r, q] paints a patch: x[r, q] W[i, j]ᵀ is added to
                                  y[r·s + i - top, q·s + j - left] for every tap (i, j); what
                                  falls outside y is cut off

    **Backward**  The gradient of Aᵀ comes back by A, so both come from the patches of dy:

        dx = unfold(dy) W         a pixel painted one patch, so it collects that patch's gradient
        dW = unfold(dy)ᵀ x        weight (i, j) painted x into tap (i, j) of every patch
        db = Σ dy                 over the batch and the image

    **Shapes**  x (m, h, w, c_in), y (m, h_out, w_out, c_out), W (kernel height, kernel width,
    c_out, c_in): the weights of the Conv2D that it transposes; b (c_out,)

        h_out = (h - 1) · stride + kernel height - top - bottom + output_pad
        h_out = h · stride                                                       for "same"

    **Parameters**  as Conv2D's; pad is that of the Conv2D, so here it is cut off. output_pad: rows
    and columns more at the bottom and on the right, an integer or a pair under the stride: a
    convolution of stride s maps s sizes onto one, and this says which of them to go back to. "same"
    goes back to h · stride and takes no output_pad. rng, W, b, bias: as Conv2D's.

    **Raises**  TypeError, ValueError for sizes out of their range, for an x that is not
    (m, h, w, c_in), where padding cuts off all of y, and for a dy that has not the shape of y

    **Source**  Dumoulin & Visin 2016 (from memory); TensorFlow's definition of "same"

    >>> import numpy as np
    >>> from minigan.initializers import zeros
    >>> layer = ConvTranspose2D(1, 1, (1, 2), Random(0, dtype="float64"), pad="valid", W=zeros)
    >>> layer.params["W"][0, :, 0, 0] = [-1.0, 1.0]
    >>> layer(np.array([3.0, 5.0]).reshape(1, 1, 2, 1)).ravel().tolist()   # -3, 3 and -5, 5
    [-3.0, -2.0, 5.0]
    """

    def __init__(
        self,
        c_in: int,
        c_out: int,
        kernel: int | tuple[int, int],
        rng: Random,
        *,
        stride: int | tuple[int, int] = 1,
        pad: Any = "same",
        output_pad: int | tuple[int, int] = 0,
        W: Initializer = glorot_uniform,
        b: Initializer = zeros,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.c_in, self.c_out = c_in, c_out
        self.c_in = check_integer(self, "c_in", c_in)
        self.c_out = check_integer(self, "c_out", c_out)
        self.window = _window(self, kernel, stride, pad)
        self.output_pad = _output_pad(self, output_pad)
        self.params["W"] = drawn(self, "W", W, rng, (*self.window.kernel, self.c_out, self.c_in))
        if check_flag(self, "bias", bias):
            self.params["b"] = drawn(self, "b", b, rng, (self.c_out,))

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        _check_images(self, x)
        shape = self._output_shape(x)
        if min(shape[1:3]) < 1:
            raise ValueError(
                f"{self!r}: nothing is left of y: x has shape {x.shape}, the kernel "
                f"{self.window.kernel} and the pad {self.window.pad!r} make y {shape[1:3]}; use "
                "larger images or a smaller pad."
            )
        W, b = self.params["W"], self.params.get("b")
        return maps(x, self.window).scatter(x, W, shape, self.window, b), x

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        x, W = cache, self.params["W"]
        check_dy(self, dy, self._output_shape(x), x)
        grads = {}
        if need_grads:
            grads["W"] = maps(x, self.window).weight_gradient(dy, x, self.window)
            if "b" in self.params:
                grads["b"] = channel_sum(dy)
        dx = maps(dy, self.window).gather(dy, W, self.window) if need_dx else None
        return dx, grads

    def _output_shape(self, x: Array) -> tuple[int, ...]:
        return x.shape[0], *self.window.image(x.shape[1:3], self.output_pad), self.c_out

    def __repr__(self) -> str:
        return f"ConvTranspose2D({self.c_in} → {self.c_out})"


def _window(layer: Conv2D | ConvTranspose2D, kernel: Any, stride: Any, pad: Any) -> Window:
    try:
        return window(kernel, stride, pad)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{layer!r}: {error}") from None


def _output_pad(layer: ConvTranspose2D, value: Any) -> tuple[int, int]:
    try:
        extra = pair("output_pad", value, 0)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{layer!r}: {error}") from None
    stride = layer.window.stride
    if extra[0] >= stride[0] or extra[1] >= stride[1]:
        raise ValueError(f"{layer!r}: output_pad is {value!r}, expected less than stride {stride}.")
    if layer.window.pad == "same" and extra != (0, 0):
        why = "whose output is h · stride; give pad as a number to choose another size."
        raise ValueError(f"{layer!r}: output_pad is {value!r}, expected 0 with pad 'same', {why}")
    return extra


def _check_images(layer: Conv2D | ConvTranspose2D, x: Array) -> None:
    check_input(layer, x)
    if x.ndim == 4 and x.shape[3] != layer.c_in:
        channels = "1 channel" if x.shape[3] == 1 else f"{x.shape[3]} channels"
        expected = f"(m, h, w, {layer.c_in})"
        raise ValueError(f"{layer!r}: x has {channels} in shape {x.shape}, expected {expected}.")
    check_input(layer, x, ("m", "h", "w", layer.c_in))
