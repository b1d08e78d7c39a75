"""A layer and the activation after it as one: on a GPU, where each launch costs.

An activation alone reads all of its layer's output and writes it back. A kernel that has just made
a number can as well apply φ to it, and one that is about to use dy can first multiply it by φ'.
"""

from __future__ import annotations

import copy
from typing import Any

from minigan.backend import Array, device_of
from minigan.batchnorm import BatchNorm
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.cuda import batchnorm as cuda_batchnorm
from minigan.cuda import chains as cuda
from minigan.cuda import kernels
from minigan.cuda.activation import activation_of
from minigan.dense import Dense
from minigan.inputs import check_dy
from minigan.layer import Grads, Layer
from minigan.limits import check_kind
from minigan.upsampled import Upsampled


def activated(layer: Layer, following: Layer) -> Activated | None:
    """Both as one: a layer on a GPU that ends in a bias, or a BatchNorm, and φ; None for others.

    A class derived from one is none: its forward and backward may be others.
    """
    biased = type(layer) in (Dense, Conv2D, ConvTranspose2D, Upsampled) and "b" in layer.params
    if not (biased or type(layer) is BatchNorm) or activation_of(following) is None:
        return None
    on_gpu = all(device_of(theta) == "cuda" for theta in layer.params.values())
    return Activated(layer, following) if on_gpu else None


class Activated(Layer):
    """A layer, then an activation φ; Sequential makes it of the two, on a GPU.

    Kernels take fewer launches and give the same numbers but for rounding; without them
    (`kernels.plain`) it goes through the two layers. The cache is that of the two in either case.

    **Forward**   y = φ(layer(x))
    **Backward**  dz = dy ∘ φ', then the layer's backward; where it has a bias, db = Σ dz is summed
                  while dz is made, and the product's gradients are those of the layer without it
    **Shapes**    as the layer's

    **Parameters**  layer, activation: the two layers; params and buffers are those of the first

    **Raises**  as the two layers do

    >>> import numpy as np
    >>> from minigan.activations import ReLU
    >>> from minigan.backend import Random
    >>> layer = Activated(Dense(1, 1, Random(0, dtype="float64")), ReLU())
    >>> layer.params["W"][...] = 2.0
    >>> layer(np.array([[-1.0], [3.0]])).tolist()
    [[0.0], [6.0]]
    """

    def __init__(self, layer: Layer, activation: Layer) -> None:
        kinds = Dense, Conv2D, ConvTranspose2D, Upsampled, BatchNorm
        check_kind("Activated", "layer", layer, kinds, "a Dense, a convolution or a BatchNorm")
        check_kind("Activated", "activation", activation, Layer, "an activation")
        self.layer, self.activation = layer, activation
        self.params, self.buffers = layer.params, layer.buffers
        phi = activation_of(activation)
        if phi is None:
            raise TypeError(f"{self!r}: {activation!r} is no activation that kernels know.")
        self._phi = phi
        self._product = None if isinstance(layer, BatchNorm) else _without_bias(layer)

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        if not kernels.on(x):
            z, cache = self.layer.forward(x, train)
            y, kept = self.activation.forward(z, train)
        elif isinstance(self.layer, BatchNorm):
            self.layer.check(x, train)
            y, cache, kept = cuda_batchnorm.forward(self.layer, x, train, self._phi)
        else:
            z, cache = self._without_bias().forward(x, train)
            y, kept = cuda.biased(z, self.params["b"], self._phi)
        return y, (cache, kept)

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        cache, kept = cache
        check_dy(self, dy, kept.shape, kept)
        needs = {"need_dx": need_dx, "need_grads": need_grads}
        if kernels.on(dy) and isinstance(self.layer, BatchNorm):
            return cuda_batchnorm.backward(self.layer, dy, cache, kept, self._phi, **needs)
        if kernels.on(dy) and need_grads:
            dz, db = cuda.biased_backward(dy, kept, self._phi)
            dx, grads = self._without_bias().backward(dz, cache, **needs)
            return dx, grads | {"b": db}
        dz, _ = self.activation.backward(dy, kept)
        return self.layer.backward(dz, cache, **needs)

    def _without_bias(self) -> Any:
        """The layer's product, with the W that the layer has now."""
        assert self._product is not None
        self._product.params["W"] = self.params["W"]
        return self._product

    def __repr__(self) -> str:
        return f"{self.layer!r} + {self.activation!r}"


def _without_bias(layer: Any) -> Any:
    """The same layer as if it were made with bias=False: its W is the same array."""
    if isinstance(layer, Upsampled):
        return Upsampled(layer.up, _without_bias(layer.conv))
    twin = copy.copy(layer)
    twin.params = {"W": layer.params["W"]}
    return twin
