"""Wrong backwards that return another thing than the rules say: shape, keys, dtype, not linear."""

import numpy as np
from wrong_layers_base import Dense33, Elementwise, wrong


@wrong(r"grads\['b'\] has shape \(5, 3\), expected \(3,\)")
class MissingSumOverTheBatch(Dense33):
    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        return dx, grads | ({"b": dy} if grads else {})


@wrong(r"grads\['b'\] has shape \(1, 3\), expected \(3,\)")
class BroadcastableShape(Dense33):
    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        return dx, grads | ({"b": grads["b"][None]} if grads else {})


@wrong(r"dx has shape \(15,\), expected \(5, 3\)")
class FlatDx(Elementwise):
    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        return (None if dx is None else dx.reshape(-1)), grads


@wrong(r"grads must have the keys of params: missing \['b'\], not known \[\]")
class KeyMissing(Dense33):
    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        return dx, {name: g for name, g in grads.items() if name != "b"}


@wrong(r"grads must have the keys of params: missing \[\], not known \['c'\]")
class KeyExtra(Dense33):
    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        return dx, grads | ({"c": grads["b"]} if grads else {})


@wrong(r"backward returned something else than the pair \(dx, grads\)")
class OnlyDx(Elementwise):
    def backward(self, dy, cache, **need):
        return super().backward(dy, cache, **need)[0]


@wrong(r"forward returned ndarray, expected the pair \(y, cache\)")
class OnlyY(Elementwise):
    def forward(self, x, train=True):
        return x * x


@wrong(r"dx is no array: expected a NumPy or a CuPy array, got builtins.list")
class DxIsAList(Elementwise):
    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        return (None if dx is None else dx.tolist()), grads


@wrong(r"dx is float32, expected float64: a layer keeps the dtype of x")
class SinglePrecisionDx(Elementwise):
    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        return (None if dx is None else dx.astype(np.float32)), grads


@wrong(r"y is float64, expected float32: a layer keeps the dtype of x")
class DoublePrecisionY(Elementwise):
    """NumPy 2: a float64 scalar wins over a float32 array."""

    def forward(self, x, train=True):
        return x * x * np.sqrt(1.0), x


@wrong(r"from a float32 Random: b is float64, expected float32")
class DoublePrecisionParameter(Dense33):
    def __init__(self, rng):
        super().__init__(rng)
        self.params["b"] = self.params["b"] + np.sqrt(2.0)


@wrong(r"gave another grads\['W'\] for need_dx=False, need_grads=True than in the full call")
class NeedDxChangesGrads(Dense33):
    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        dx, grads = super().backward(dy, cache, need_dx=need_dx, need_grads=need_grads)
        return dx, (grads if need_dx else {name: 0 * g for name, g in grads.items()})


@wrong(r"gave another dx for need_dx=True, need_grads=False than in the full call")
class NeedGradsChangesDx(Dense33):
    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        dx, grads = super().backward(dy, cache, need_dx=need_dx, need_grads=need_grads)
        return (dx if need_grads or dx is None else 2 * dx), grads


@wrong(r"returned no dx for need_dx=True, need_grads=False")
class NeedGradsFalseGivesNothing(Dense33):
    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return super().backward(dy, cache, need_dx=need_dx and need_grads, need_grads=need_grads)


@wrong(r"backward is not linear in dy")
class SquareOfDy(Elementwise):
    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (2 * cache * dy * dy if need_dx else None), {}


@wrong(r"backward is not linear in dy")
class ClippedDy(Elementwise):
    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (2 * cache * np.clip(dy, -1, 1) if need_dx else None), {}


@wrong(r"dx of 1e\+06 dy is not 1e\+06 times that of dy")
class ClippedFarOut(Elementwise):
    """Linear at the sizes of a dy from N(0, 1)."""

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (2 * cache * np.clip(dy, -25, 25) if need_dx else None), {}


@wrong(r"dx of 9\.5e-07 dy is not 9\.5e-07 times that of dy")
class FlushedToZero(Elementwise):
    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (2 * cache * dy * (abs(dy) > 1e-4) if need_dx else None), {}


@wrong(r"dx of 9\.5e-07 dy is not 9\.5e-07 times that of dy")
class AddsALittle(Elementwise):
    """As an eps that was meant to keep something from being 0."""

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (2 * cache * dy + cache.dtype.type(1e-9) if need_dx else None), {}
