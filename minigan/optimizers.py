"""Optimizers: from a gradient to a step, in place, up or down.

Each has the two verbs of optimizer.py, `ascend` and `descend`; g points uphill and ± is + for
`ascend`. A parameter moves in `_step`; what of it depends on t, the updates made so far, is worked
out in `_rates`, once for all parameters. On a GPU a kernel of cuda/optimizers.cu does the work of
`_step` in one launch for all parameters.
"""

from __future__ import annotations

from typing import Any

from minigan.backend import Array
from minigan.blocks import each_block
from minigan.layer import Layer
from minigan.limits import NOT_NEGATIVE, check_number
from minigan.optimizer import Optimizer
from minigan.penalties import Penalty
from minigan.schedules import UNDER_1, Rate, checked_rate

__all__ = ["SGD", "Adam", "Momentum", "Optimizer", "RMSProp"]


class SGD(Optimizer):
    """Stochastic gradient steps of a fixed length factor.

        θ ← θ ± α g

    **Parameters**  net, penalty: as `Optimizer`; alpha: step size, in units of θ per unit of g, a
    number ≥ 0 or a function of t.

    **Raises**  TypeError, ValueError for a negative alpha.

    >>> from minigan import Dense, Random
    >>> rng, net = Random(0), Dense(1, 1, Random(0))
    >>> SGD(net, 0.5).descend({"W": rng.array([[0.0]]), "b": rng.array([4.0])})
    >>> net.params["b"].tolist()
    [-2.0]
    """

    def __init__(self, net: Layer, alpha: Rate = 0.1, *, penalty: Penalty | None = None) -> None:
        super().__init__(net, penalty=penalty)
        self.alpha = checked_rate("SGD", "alpha", alpha)

    def _rates(self) -> tuple[float, ...]:
        return (self._now(self.alpha),)

    def _step(self, theta: Array, g: Array, slots: list[Array], sign: int, rates: Any) -> None:
        (alpha,) = rates
        theta += (sign * alpha) * g

    def _kernel(self) -> tuple[str, tuple[float, ...]]:
        return "sgd", ()


class Momentum(Optimizer):
    """Gradient steps that keep a share of their velocity: what the 2014 paper trained with.

        v ← μ v ± α g,   θ ← θ + v

    A constant gradient ends in steps of α/(1 - μ) · g. No dampening: the new gradient counts in
    full.

    **Parameters**  net, penalty: as `Optimizer`; alpha: step size, ≥ 0; momentum: the share μ that
    stays, in [0, 1). Each is a number or a function of t.

    **Raises**  TypeError, ValueError for a number out of its range.

    **Source**  Polyak 1964 (from memory).

    >>> from minigan import Dense, Random
    >>> rng = Random(0)
    >>> net, g = Dense(1, 1, rng), {"W": rng.array([[0.0]]), "b": rng.array([8.0])}
    >>> opt = Momentum(net, 1.0, 0.5)
    >>> opt.ascend(g), opt.ascend(g), net.params["b"].tolist()      # steps of 8 and 8/2 + 8
    (None, None, [20.0])
    """

    kinds = ("v",)

    def __init__(
        self, net: Layer, alpha: Rate = 0.1, momentum: Rate = 0.5, *, penalty: Penalty | None = None
    ) -> None:
        super().__init__(net, penalty=penalty)
        self.alpha = checked_rate("Momentum", "alpha", alpha)
        self.momentum = checked_rate("Momentum", "momentum", momentum, UNDER_1)

    def _rates(self) -> tuple[float, ...]:
        return self._now(self.alpha), self._now(self.momentum, UNDER_1)

    def _step(self, theta: Array, g: Array, slots: list[Array], sign: int, rates: Any) -> None:
        (v,), (alpha, momentum) = slots, rates
        v *= momentum
        v += (sign * alpha) * g
        theta += v

    def _kernel(self) -> tuple[str, tuple[float, ...]]:
        return "momentum", ()


class RMSProp(Optimizer):
    """Steps divided by a running root mean square of the gradient.

        r ← ρ r + (1 - ρ) g²,   θ ← θ ± α g / (√r + eps)

    **Parameters**  net, penalty: as `Optimizer`; alpha: step size, ≥ 0, a number or a function of
    t; decay: the share ρ of the old mean, in [0, 1); eps ≥ 0: in units of g, outside the root;
    where it is 0, a parameter whose gradient has always been 0 becomes NaN.

    **Raises**  TypeError, ValueError for a number out of its range.

    **Source**  Tieleman & Hinton 2012, lecture 6e (from memory).

    >>> from minigan import Dense, Random
    >>> rng = Random(0)
    >>> net, g = Dense(1, 1, rng), {"W": rng.array([[0.0]]), "b": rng.array([6.0])}
    >>> RMSProp(net, 1.0, decay=0.75).descend(g)      # r = 36/4, so g/√r = 2
    >>> net.params["b"].tolist()
    [-2.0]
    """

    kinds = ("r",)

    def __init__(
        self,
        net: Layer,
        alpha: Rate = 1e-3,
        decay: float = 0.9,
        eps: float = 1e-8,
        *,
        penalty: Penalty | None = None,
    ) -> None:
        super().__init__(net, penalty=penalty)
        self.alpha = checked_rate("RMSProp", "alpha", alpha)
        self.decay = check_number("RMSProp", "decay", decay, UNDER_1)
        self.eps = check_number("RMSProp", "eps", eps, NOT_NEGATIVE)

    def _rates(self) -> tuple[float, ...]:
        return (self._now(self.alpha),)

    def _step(self, theta: Array, g: Array, slots: list[Array], sign: int, rates: Any) -> None:
        (r,), (alpha,) = slots, rates
        r *= self.decay
        r += (1 - self.decay) * (g * g)
        theta += (sign * alpha) * g / (r**0.5 + self.eps)

    def _kernel(self) -> tuple[str, tuple[float, ...]]:
        return "rmsprop", (self.decay, 1 - self.decay, self.eps)


class Adam(Optimizer):
    """Steps along a running mean of the gradient, divided by its running root mean square.

        t ← t + 1
        m ← β₁ m ± (1 - β₁) g              m̂ = m / (1 - β₁ᵗ)
        v ← β₂ v + (1 - β₂) g²             v̂ = v / (1 - β₂ᵗ)
        θ ← θ + α m̂ / (√v̂ + eps)

    m, which points where θ goes, and v start at 0 and hold only 1 - β₁ᵗ and 1 - β₂ᵗ of a mean's
    weight, hence the hats. A constant g gives steps of α, whatever its size, as long as |g| ≫ eps.

    The code pulls the hats out of the arrays, which changes nothing:

        α m̂ / (√v̂ + eps) = αₜ m / (√v + epsₜ)
        αₜ = α √(1 - β₂ᵗ) / (1 - β₁ᵗ),   epsₜ = eps √(1 - β₂ᵗ)

    **Parameters**  net, penalty: as `Optimizer`; alpha: step size in units of θ, a number ≥ 0 or a
    function of t; beta1, beta2 in [0, 1); eps ≥ 0 in units of g, beside √v̂ (at 0, a parameter whose
    gradient has always been 0 becomes NaN). With eps_hat ≥ 0, the "efficient" form of the paper's
    section 2 is used instead, in which a constant stands beside √v, as in Keras and TensorFlow:

        θ ← θ + αₜ m / (√v + eps_hat)

    **Raises**  TypeError, ValueError for a number out of its range.

    **Source**  Kingma & Ba 2015, Algorithm 1. Departure: theirs only descends.

    >>> from minigan import Dense, Random
    >>> rng = Random(0)
    >>> net, g = Dense(1, 1, rng), {"W": rng.array([[0.0]]), "b": rng.array([1e3])}
    >>> Adam(net, 0.5).descend(g)      # a step of α, whatever the size of the gradient
    >>> round(net.params["b"].item(), 5)
    -0.5
    """

    kinds = ("m", "v")

    def __init__(
        self,
        net: Layer,
        alpha: Rate = 1e-3,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        *,
        eps_hat: float | None = None,
        penalty: Penalty | None = None,
    ) -> None:
        super().__init__(net, penalty=penalty)
        self.alpha = checked_rate("Adam", "alpha", alpha)
        self.beta1 = check_number("Adam", "beta1", beta1, UNDER_1)
        self.beta2 = check_number("Adam", "beta2", beta2, UNDER_1)
        self.eps = check_number("Adam", "eps", eps, NOT_NEGATIVE)
        self.eps_hat = None
        if eps_hat is not None:
            self.eps_hat = check_number("Adam", "eps_hat", eps_hat, NOT_NEGATIVE)

    def _rates(self) -> tuple[float, ...]:
        t = self.t + 1
        root = (1 - self.beta2**t) ** 0.5
        alpha_t = self._now(self.alpha) * root / (1 - self.beta1**t)
        eps_t = self.eps * root if self.eps_hat is None else self.eps_hat
        return alpha_t, eps_t

    def _step(self, theta: Array, g: Array, slots: list[Array], sign: int, rates: Any) -> None:
        alpha_t, eps_t = rates

        def update(theta: Array, g: Array, m: Array, v: Array) -> None:
            m *= self.beta1
            m += (sign * (1 - self.beta1)) * g
            v *= self.beta2
            v += (1 - self.beta2) * (g * g)
            theta += alpha_t * m / (v**0.5 + eps_t)

        each_block(update, theta, g, *slots)

    def _kernel(self) -> tuple[str, tuple[float, ...]]:
        return "adam", (self.beta1, 1 - self.beta1, self.beta2, 1 - self.beta2)
