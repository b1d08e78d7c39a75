"""Wrong backwards that remember, draw, change or overwrite what they must not."""

import numpy as np
from wrong_layers_base import Dense33, Elementwise, Norm3, wrong
from wrong_layers_numbers import WrongOnlyInEvaluation

from minigan.activations import ReLU
from minigan.dropout import Dropout


@wrong(r"backward gave another dx after the layer had run forward on something else")
class StaleCache(Elementwise):
    def forward(self, x, train=True):
        self.x = x
        return x * x, None

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        if not need_dx:
            return None, {}
        return 2 * self.x[: len(dy)] * dy, {}


@wrong(r"backward failed after the layer had run forward on something else.*broadcast")
class StaleCacheOfAnotherShape(StaleCache):
    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (2 * self.x * dy if need_dx else None), {}


@wrong(r"backward gave another dx after the layer had run forward on something else")
class StaleMode(WrongOnlyInEvaluation):
    """Right in each mode, unless the other mode ran in between."""

    def forward(self, x, train=True):
        self.train = train
        return (x * x if train else x + 0), (x, train)

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (dy * (2 * cache[0] if self.train else 1) if need_dx else None), {}


@wrong(r"backward drew random numbers; what it needs of them belongs in the cache", (4, 5))
class MaskDrawnAgain(Dropout):
    def __init__(self, rng):
        super().__init__(0.5, rng)

    def backward(self, dy, cache, **need):
        if cache is not None:
            cache = self.rng.mask(dy.shape, 0.5)
        return super().backward(dy, cache, **need)


@wrong(r"forward gave another y for the same x; all that is random must come from self\.rng")
class GlobalRandomNumbers(Elementwise):
    generator = np.random.default_rng(0)

    def forward(self, x, train=True):
        return x * self.generator.random(), x


@wrong(r"forward gave another y for the same x")
class RememberedOnTheSide(Elementwise):
    """A running mean that is not among the buffers."""

    mean = 0.0

    def forward(self, x, train=True):
        self.mean = 0.9 * self.mean + 0.1 * float(x.mean())
        return x * x - self.mean, x


@wrong(r"backward gave another grads\['W'\] the second time")
class Accumulated(Dense33):
    total = None

    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        if grads:
            self.total = (
                grads if self.total is None else {n: g + grads[n] for n, g in self.total.items()}
            )
        return dx, (self.total if grads else {})


@wrong(r"backward gave another dx the second time")
class CacheUsedUp(Elementwise):
    def forward(self, x, train=True):
        return x * x, 2 * x

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        cache *= dy  # saves an array
        return (cache if need_dx else None), {}


@wrong(r"backward changed dy; it must leave it as it is")
class DyChanged(ReLU):
    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        dy *= cache > 0
        return (dy if need_dx else None), {}


@wrong(r"forward changed x; it must leave it as it is")
class XChanged(ReLU):
    def forward(self, x, train=True):
        x *= x > 0
        return x, x


@wrong(r"backward changed x; it must leave it as it is")
class XChangedByBackward(Elementwise):
    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        cache *= 2
        return (cache * dy if need_dx else None), {}


@wrong(r"backward changed the parameter 'W'")
class ParametersChanged(Dense33):
    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        if grads:
            self.params["W"] -= 0.1 * grads["W"]
        return dx, grads


@wrong(r"forward changed the parameter 'W'")
class ParametersClippedInForward(Dense33):
    def forward(self, x, train=True):
        np.clip(self.params["W"], -0.1, 0.1, out=self.params["W"])
        return super().forward(x, train)


@wrong(r"in evaluation: forward changed the buffer 'running_mean'")
class BuffersLearnInEvaluation(Norm3):
    def forward(self, x, train=True):
        self.buffers["running_mean"] *= 0.9
        return super().forward(x, train)


@wrong(r"forward overwrote the y that an earlier call returned; each call must return new arrays")
class YInABuffer(Elementwise):
    """a_real is a_fake, once D has run twice."""

    def forward(self, x, train=True):
        self.y = vars(self).get("y", {})
        y = self.y.setdefault((x.shape, x.dtype.name), np.empty_like(x))
        return np.multiply(x, x, out=y), x


@wrong(r"backward overwrote the dx that an earlier call returned; each call must return new arrays")
class DxInABuffer(Elementwise):
    def __init__(self):
        super().__init__()
        self.kept = {}

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        dx = self.kept.setdefault((dy.shape, dy.dtype.name), np.empty_like(dy))
        return (np.multiply(2 * cache, dy, out=dx) if need_dx else None), {}


@wrong(r"backward overwrote the grads\['W'\] that an earlier call returned")
class GradsInABuffer(Dense33):
    """The gradient for the data is the one for the samples, once both have been computed."""

    def __init__(self, rng):
        super().__init__(rng)
        self.kept = {name: theta.copy() for name, theta in self.params.items()}

    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        for name, g in grads.items():
            self.kept[name][...] = g
        return dx, (self.kept if grads else {})


@wrong(r"backward drew random numbers; what it needs of them belongs in the cache", (4, 5))
class DrawsInBackward(Dropout):
    """Right, but the next mask depends on whether anybody asked for a gradient."""

    def __init__(self, rng):
        super().__init__(0.5, rng)

    def backward(self, dy, cache, **need):
        self.rng.mask((1,), 0.5)
        return super().backward(dy, cache, **need)
