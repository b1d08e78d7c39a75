"""Optimizers: from a gradient to a step, in place, up or down.

Each has two verbs. `ascend` moves uphill, as D does on V; `descend` moves downhill, as G does on
its loss. The update is written for a gradient g that points uphill and a sign, +1 or -1.

State (moments, velocities) is kept by parameter name, "m.0.W" beside "0.W", so that it can be saved
and never lands on another parameter. The parameters are looked up in the network at each step.
"""

from __future__ import annotations

from minigan.backend import Array, array_module
from minigan.blocks import each_block
from minigan.layer import Grads, Layer
from minigan.penalties import Penalty
from minigan.schedules import Rate, check_rates


class Optimizer:
    """What the four optimizers share: the two verbs, the penalty, and state by name.

    **Parameters**  net: whose parameters are moved; penalty: a Penalty that is descended as well.

    **Raises**  ValueError, at a step, for grads with other names or shapes than the parameters.
    """

    def __init__(self, net: Layer, *, penalty: Penalty | None = None) -> None:
        self.net, self.penalty = net, penalty
        self.t = 0  # updates made so far
        self.state: dict[str, Array] = {}

    def ascend(self, grads: Grads) -> None:
        """Move the parameters uphill by one step."""
        self._move(grads, +1)

    def descend(self, grads: Grads) -> None:
        """Move the parameters downhill by one step."""
        self._move(grads, -1)

    def _move(self, grads: Grads, sign: int) -> None:
        params = self.net.params
        if grads.keys() != params.keys():
            odd = sorted(grads.keys() ^ params.keys())
            raise ValueError(
                f"{type(self).__name__}: the gradient and the parameters of {self.net!r} differ in "
                f"{', '.join(odd)}; expected the grads that its backward returned."
            )
        for name, theta in params.items():
            if grads[name].shape != theta.shape:
                raise ValueError(
                    f"{type(self).__name__}: the gradient of {name} has shape {grads[name].shape}, "
                    f"expected {theta.shape}, the shape of the parameter."
                )
        for name, theta in params.items():
            g = grads[name]
            if self.penalty is not None and self.penalty.applies_to(name):
                g = g - sign * self.penalty.gradient(theta)  # R goes downhill either way
            self._step(name, theta, g, sign)
        self.t += 1

    def _step(self, name: str, theta: Array, g: Array, sign: int) -> None:
        raise NotImplementedError

    def _slot(self, kind: str, name: str, theta: Array) -> Array:
        """Return the state array for a parameter, which starts at 0."""
        key = f"{kind}.{name}"
        if key not in self.state:
            self.state[key] = array_module(theta).zeros_like(theta)
        return self.state[key]

    def _now(self, rate: Rate) -> float:
        return rate(self.t) if callable(rate) else rate


class SGD(Optimizer):
    """Stochastic gradient steps of a fixed length factor.

        θ ← θ ± α g

    **Parameters**  alpha: step size, in units of θ per unit of g; a number ≥ 0 or a function of t.

    **Raises**  ValueError for a negative alpha.

    >>> from minigan import Dense, Random
    >>> rng, net = Random(0), Dense(1, 1, Random(0))
    >>> SGD(net, 0.5).descend({"W": rng.array([[0.0]]), "b": rng.array([4.0])})
    >>> net.params["b"].tolist()
    [-2.0]
    """

    def __init__(self, net: Layer, alpha: Rate = 0.1, *, penalty: Penalty | None = None) -> None:
        super().__init__(net, penalty=penalty)
        check_rates("SGD", 0, float("inf"), alpha=alpha)
        self.alpha = alpha

    def _step(self, name: str, theta: Array, g: Array, sign: int) -> None:
        theta += (sign * self._now(self.alpha)) * g


class Momentum(Optimizer):
    """Gradient steps that keep a share of their velocity: what the 2014 paper trained with.

        v ← μ v ± α g,   θ ← θ + v

    A constant gradient ends in steps of α/(1 - μ) · g. No dampening: the new gradient counts in
    full.

    **Parameters**  alpha: step size; momentum: the share μ that stays, in [0, 1). Each is a number
    or a function of t.

    **Raises**  ValueError for a number out of its range.

    **Source**  Polyak 1964 (from memory).

    >>> from minigan import Dense, Random
    >>> rng = Random(0)
    >>> net, g = Dense(1, 1, rng), {"W": rng.array([[0.0]]), "b": rng.array([8.0])}
    >>> opt = Momentum(net, 1.0, 0.5)
    >>> opt.ascend(g), opt.ascend(g), net.params["b"].tolist()      # steps of 8 and 8/2 + 8
    (None, None, [20.0])
    """

    def __init__(
        self, net: Layer, alpha: Rate = 0.1, momentum: Rate = 0.5, *, penalty: Penalty | None = None
    ) -> None:
        super().__init__(net, penalty=penalty)
        check_rates("Momentum", 0, float("inf"), alpha=alpha)
        check_rates("Momentum", 0, 1, momentum=momentum)
        self.alpha, self.momentum = alpha, momentum

    def _step(self, name: str, theta: Array, g: Array, sign: int) -> None:
        v = self._slot("v", name, theta)
        v *= self._now(self.momentum)
        v += (sign * self._now(self.alpha)) * g
        theta += v


class RMSProp(Optimizer):
    """Steps divided by a running root mean square of the gradient.

        r ← ρ r + (1 - ρ) g²,   θ ← θ ± α g / (√r + eps)

    **Parameters**  alpha: step size; decay: the share ρ of the old mean, in [0, 1); eps: in units
    of g, outside the root.

    **Raises**  ValueError for a number out of its range.

    **Source**  Tieleman & Hinton 2012, lecture 6e (from memory).

    >>> from minigan import Dense, Random
    >>> rng = Random(0)
    >>> net, g = Dense(1, 1, rng), {"W": rng.array([[0.0]]), "b": rng.array([6.0])}
    >>> RMSProp(net, 1.0, decay=0.75).descend(g)      # r = 36/4, so g/√r = 2
    >>> net.params["b"].tolist()
    [-2.0]
    """

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
        check_rates("RMSProp", 0, float("inf"), alpha=alpha, eps=eps)
        check_rates("RMSProp", 0, 1, decay=decay)
        self.alpha, self.decay, self.eps = alpha, decay, eps

    def _step(self, name: str, theta: Array, g: Array, sign: int) -> None:
        r = self._slot("r", name, theta)
        r *= self.decay
        r += (1 - self.decay) * (g * g)
        theta += (sign * self._now(self.alpha)) * g / (r**0.5 + self.eps)


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

    **Parameters**  alpha: step size in units of θ, a number or a function of t; beta1, beta2 in
    [0, 1); eps in units of g, beside √v̂. With eps_hat, the "efficient" form of the paper's section
    2 is used instead, in which a constant stands beside √v, as in Keras and TensorFlow:

        θ ← θ + αₜ m / (√v + eps_hat)

    **Raises**  ValueError for a number out of its range.

    **Source**  Kingma & Ba 2015, Algorithm 1. Departure: theirs only descends.

    >>> from minigan import Dense, Random
    >>> rng = Random(0)
    >>> net, g = Dense(1, 1, rng), {"W": rng.array([[0.0]]), "b": rng.array([1e3])}
    >>> Adam(net, 0.5).descend(g)      # a step of α, whatever the size of the gradient
    >>> round(net.params["b"].item(), 5)
    -0.5
    """

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
        check_rates("Adam", 0, float("inf"), alpha=alpha, eps=eps, eps_hat=eps_hat or 0.0)
        check_rates("Adam", 0, 1, beta1=beta1, beta2=beta2)
        self.alpha, self.beta1, self.beta2 = alpha, beta1, beta2
        self.eps, self.eps_hat = eps, eps_hat

    def _step(self, name: str, theta: Array, g: Array, sign: int) -> None:
        t = self.t + 1
        root = (1 - self.beta2**t) ** 0.5
        alpha_t = self._now(self.alpha) * root / (1 - self.beta1**t)
        eps_t = self.eps * root if self.eps_hat is None else self.eps_hat

        def update(theta: Array, g: Array, m: Array, v: Array) -> None:
            m *= self.beta1
            m += (sign * (1 - self.beta1)) * g
            v *= self.beta2
            v += (1 - self.beta2) * (g * g)
            theta += alpha_t * m / (v**0.5 + eps_t)

        each_block(update, theta, g, self._slot("m", name, theta), self._slot("v", name, theta))
