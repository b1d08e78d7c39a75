"""Wrong backwards, one bug each, with the sentence that check_layer must answer.

Each is a right layer but for the lines shown. The bugs were met in code that people published, or
are the smallest that a check could overlook: one entry, one direction, one mode, a ten-thousandth.
"""

import numpy as np

from minigan.activations import ReLU, Sigmoid, sigmoid
from minigan.batchnorm import BatchNorm
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.layer import Layer, Sequential

WRONG = []  # (id, make, shape, pattern of the message)


def wrong(pattern, shape=(5, 3)):
    """Register a class as a wrong layer; one without parameters is made without a Random."""

    def register(layer):
        plain = issubclass(layer, Elementwise | ReLU | Sigmoid)
        WRONG.append((layer.__name__, (lambda rng: layer()) if plain else layer, shape, pattern))
        return layer

    return register


class Elementwise(Layer):
    """y = x², unless a subclass says otherwise."""

    def forward(self, x, train=True):
        return x * x, x

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (2 * cache * dy if need_dx else None), {}


class Dense33(Dense):
    def __init__(self, rng):
        super().__init__(3, 3, rng)


class Norm3(BatchNorm):
    def __init__(self, rng):
        super().__init__(3, rng)


# The numbers are wrong ----------------------------------------------------------------------------


@wrong(
    r"Dense\(100 → 100\) in training: the gradient for W\[57, 3\] is wrong: .* \(1 of 10000",
    (2, 100),
)
class OneEntryOfTenThousand(Dense):
    def __init__(self, rng):
        super().__init__(100, 100, rng)

    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        if grads:
            grads["W"][57, 3] *= 1.001
        return dx, grads


@wrong(r"the gradient for x\[.*\] is wrong: analytic .*, numeric .*, relative error")
class OneDirection(Elementwise):
    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        if dx is not None:
            u = np.cos(np.arange(dx.size)).reshape(dx.shape).astype(dx.dtype)
            u /= np.sqrt((u * u).sum())
            dx = dx - 1e-3 * (u * dx).sum() * u
        return dx, grads


@wrong(r"in training: the gradient for x.*15 of 15 entries of x are wrong, by the factor 1\.0001\)")
class ScaledByTenThousandth(Elementwise):
    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        return (None if dx is None else dx * 1.0001), grads


@wrong(r"the gradient for x.*by the factor -1\)")
class Sign(Elementwise):
    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (-2 * cache * dy if need_dx else None), {}


@wrong(r"the gradient for W\[.*by the factor 0\.2\)")
class MeanOverTheBatch(Dense33):
    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        return dx, {name: g / len(dy) for name, g in grads.items()}


@wrong(r"the gradient for x\[.*by the factor 15\)")
class MeanWithoutOneOverM(Elementwise):
    """y = x/n, as a loss that is a mean; dx forgets the n."""

    def forward(self, x, train=True):
        return x / x.size, None

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (dy.copy() if need_dx else None), {}


@wrong(r"the gradient for x\[")
class TransposeOfSquareW(Dense33):
    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        _, grads = super().backward(dy, cache, need_grads=need_grads)
        return (dy @ self.params["W"] if need_dx else None), grads


@wrong(r"the gradient for W\[")
class TransposeOfSquareDW(Dense33):
    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        return dx, {name: g.T.copy() for name, g in grads.items()}


@wrong(r"BatchNorm\(3\) in training: the gradient for x")
class BatchNormWithoutMeanTerm(Norm3):
    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        if dx is not None and cache[2]:
            dx = dx + dy.mean(axis=0) * self.params["gamma"] / cache[1]
        return dx, grads


@wrong(r"in training: the gradient for x")
class BatchNormWithoutVarianceTerm(Norm3):
    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        x_hat, s, train = cache
        if dx is not None and train:
            dx = dx + x_hat * (dy * x_hat).mean(axis=0) * self.params["gamma"] / s
        return dx, grads


@wrong(r"in evaluation: the gradient for x")
class BatchNormTrainingFormulaInEvaluation(Norm3):
    def backward(self, dy, cache, **need):
        return super().backward(dy, (*cache[:2], True), **need)


@wrong(r"in training: the gradient for x")
class BatchNormEvaluationFormulaInTraining(Norm3):
    def backward(self, dy, cache, **need):
        return super().backward(dy, (*cache[:2], False), **need)


@wrong(r"in training: the gradient for x")
class BatchNormWithoutGamma(Norm3):
    """At γ = 1, where layers start, nothing is wrong with it."""

    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        return (None if dx is None else dx / self.params["gamma"]), grads


@wrong(r"in training: the gradient for x", (6, 3))
class BatchNormUnbiasedVarianceInBackward(Norm3):
    def backward(self, dy, cache, **need):
        x_hat, s, train = cache
        return super().backward(dy, (x_hat, s * (1 + train * 0.1), train), **need)


@wrong(r"the gradient for gamma\[.*3 of 3")
class SwappedParameters(Norm3):
    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        return dx, dict(zip(grads, reversed(list(grads.values())), strict=True))


@wrong(r"in evaluation: the gradient for x")
class WrongOnlyInEvaluation(Elementwise):
    def forward(self, x, train=True):
        return x * x, (x, train)

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        x, train = cache
        return (dy * x * (2.0 if train else 1.0) if need_dx else None), {}


@wrong(r"in training: the gradient for x")
class WrongOnlyInTraining(WrongOnlyInEvaluation):
    def backward(self, dy, cache, **need):
        return super().backward(dy, (cache[0], not cache[1]), **need)


@wrong(r"in training: the gradient for x", (4, 5))
class DropoutNotScaledInBackward(Dropout):
    def __init__(self, rng):
        super().__init__(0.5, rng)

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (dy * (1 if cache is None else cache) if need_dx else None), {}


@wrong(r"the gradient for x")
class SigmoidSlopeOfY(Sigmoid):
    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        y = sigmoid(sigmoid(cache))
        return (dy * y * (1 - y) if need_dx else None), {}


@wrong(r"Softmax.*the gradient for x")
class SoftmaxDiagonalOnly(Elementwise):
    def forward(self, x, train=True):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        y = e / e.sum(axis=1, keepdims=True)
        return y, y

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (dy * cache * (1 - cache) if need_dx else None), {}


@wrong(r"the gradient for x", (6, 3))
class ZeroForOneExample(Elementwise):
    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        return (None if dx is None else dx * (np.arange(len(dx)) != 3)[:, None]), grads


@wrong(r"the gradient for x.*by the factor 1\.0001\)")
class TinyAndWrong(Elementwise):
    """Gradients of 1e-20, compared as strictly as those of 1."""

    def forward(self, x, train=True):
        return 1e-20 * x, None

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (1.0001e-20 * dy if need_dx else None), {}


@wrong(r"dx is not finite where y is")
class NaN(Elementwise):
    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        if dx is not None:
            dx[1, 1] = np.nan
        return dx, grads


# The rules are broken -----------------------------------------------------------------------------


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


@wrong(r"Sequential\(2 layers\) in training: the gradient for 0\.W\[")
class InsideASequential(Sequential):
    def __init__(self, rng):
        super().__init__(MeanOverTheBatch(rng), Sigmoid())
