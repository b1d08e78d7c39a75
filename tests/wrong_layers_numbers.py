"""Wrong backwards whose numbers are wrong."""

import numpy as np
from wrong_layers_base import Dense33, Elementwise, Norm3, wrong

from minigan.activations import Sigmoid, sigmoid
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.layer import Sequential


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
        *_, s, train = cache
        if dx is not None and train:
            dx = dx + dy.mean(axis=0) * self.params["gamma"] / s
        return dx, grads


@wrong(r"in training: the gradient for x")
class BatchNormWithoutVarianceTerm(Norm3):
    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        x, mean, rest, s, train = cache
        if dx is not None and train:
            x_hat = (x - mean - rest) / s
            dx = dx + x_hat * (dy * x_hat).mean(axis=0) * self.params["gamma"] / s
        return dx, grads


@wrong(r"in evaluation: the gradient for x")
class BatchNormTrainingFormulaInEvaluation(Norm3):
    def backward(self, dy, cache, **need):
        return super().backward(dy, (*cache[:-1], True), **need)


@wrong(r"in training: the gradient for x")
class BatchNormEvaluationFormulaInTraining(Norm3):
    def backward(self, dy, cache, **need):
        return super().backward(dy, (*cache[:-1], False), **need)


@wrong(r"in training: the gradient for x")
class BatchNormWithoutGamma(Norm3):
    """At γ = 1, where layers start, nothing is wrong with it."""

    def backward(self, dy, cache, **need):
        dx, grads = super().backward(dy, cache, **need)
        return (None if dx is None else dx / self.params["gamma"]), grads


@wrong(r"in training: the gradient for x", (6, 3))
class BatchNormUnbiasedVarianceInBackward(Norm3):
    def backward(self, dy, cache, **need):
        *x_and_mean, s, train = cache
        return super().backward(dy, (*x_and_mean, s * (1 + train * 0.1), train), **need)


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


@wrong(r"Sequential\(2 layers\) in training: the gradient for 0\.W\[")
class InsideASequential(Sequential):
    def __init__(self, rng):
        super().__init__(MeanOverTheBatch(rng), Sigmoid())
