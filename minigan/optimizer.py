"""What the optimizers share: two verbs, state by name, and the rates of an update.

`ascend` moves uphill, as D does on V; `descend` moves downhill, as G does on its loss. The update
is written for a gradient g that points uphill and a sign, +1 or -1.

State (moments, velocities) is kept by parameter name, "m.0.W" beside "0.W", so that it can be saved
and never lands on another parameter. The parameters are looked up in the network at each step.
"""

from __future__ import annotations

from typing import Any

from minigan.backend import Array, array_module
from minigan.cuda import kernels
from minigan.cuda import optimizers as cuda
from minigan.cuda.feed import changing
from minigan.inputs import check_alike
from minigan.layer import Grads, Layer
from minigan.limits import NOT_NEGATIVE, Range, check_kind, check_number
from minigan.penalties import Penalty
from minigan.schedules import Rate


class Optimizer:
    """What the four optimizers share: the two verbs, the penalty, and state by name.

    One of its own has `_rates` and `_step`, and `kinds` where it keeps a state.

    **Parameters**  net: whose parameters are moved; penalty: a Penalty that is descended as well.

    **Raises**  TypeError, ValueError for what is no Layer or no Penalty; at a step, before anything
    has moved, for grads with other names, shapes or dtypes than the parameters, for parameters that
    are read-only, and for a schedule that gives a rate out of its range.
    """

    kinds: tuple[str, ...] = ()  # of state: an array like θ each

    def __init__(self, net: Layer, *, penalty: Penalty | None = None) -> None:
        check_kind(type(self).__name__, "net", net, Layer, "a Layer")
        if penalty is not None:
            check_kind(type(self).__name__, "penalty", penalty, Penalty, "a Penalty or None")
        self.net, self.penalty = net, penalty
        self.t = 0  # updates made so far
        self.state: dict[str, Array] = {}

    def ascend(self, grads: Grads) -> None:
        """Move the parameters uphill by one step; grads as backward returned it.

        A NaN in it is passed on, and the parameter becomes NaN.
        """
        self._move(grads, +1)

    def descend(self, grads: Grads) -> None:
        """Move the parameters downhill by one step; grads as for `ascend`."""
        self._move(grads, -1)

    def _move(self, grads: Grads, sign: int) -> None:
        params = self.net.params
        self._check(grads, params)
        dtype = next((theta.dtype for theta in params.values()), None)
        rates = changing(self._next_rates, dtype)
        kernel, constants = self._kernel()
        if kernel and params and kernels.on(*params.values(), *grads.values()):
            rows = {name: (p, grads[name], *self._slots(name, p)) for name, p in params.items()}
            cuda.move(kernel, rows, sign, rates, constants, self.penalty)
            return
        for name, theta in params.items():
            g = grads[name]
            if self.penalty is not None and self.penalty.applies_to(name):
                g = g - sign * self.penalty.gradient(theta)  # R goes downhill either way
            self._step(theta, g, self._slots(name, theta), sign, rates)

    def _check(self, grads: Grads, params: dict[str, Array]) -> None:
        check_kind(type(self).__name__, "grads", grads, dict, "the dict that backward returned")
        if grads.keys() != params.keys():
            odd = sorted(grads.keys() ^ params.keys())
            raise ValueError(
                f"{type(self).__name__}: the gradient and the parameters of {self.net!r} differ in "
                f"{', '.join(odd)}; expected the grads that its backward returned."
            )
        for name, theta in params.items():
            if type(grads[name]) is not type(theta) or grads[name].dtype is not theta.dtype:
                what = f"the gradient of {name}"
                check_alike(type(self).__name__, what, grads[name], "the parameter", theta)
            if not getattr(theta.flags, "writeable", True):
                raise ValueError(
                    f"{type(self).__name__}: {name} is read-only, expected to move it."
                )
            if grads[name].shape != theta.shape:
                raise ValueError(
                    f"{type(self).__name__}: the gradient of {name} has shape {grads[name].shape}, "
                    f"expected {theta.shape}, the shape of the parameter."
                )

    def _next_rates(self) -> tuple[float, ...]:
        """The rates of this update, which is counted with that."""
        rates = tuple(map(float, self._rates()))
        self.t += 1
        return rates

    def _rates(self) -> tuple[float, ...]:
        """What of the update depends on t."""
        raise NotImplementedError

    def _step(self, theta: Array, g: Array, slots: list[Array], sign: int, rates: Any) -> None:
        """Move one parameter, in place, and its state."""
        raise NotImplementedError

    def _kernel(self) -> tuple[str, tuple[float, ...]]:
        """The kernel in cuda/optimizers.cu that computes `_step`, "" for none; its constants."""
        return "", ()

    def _slots(self, name: str, theta: Array) -> list[Array]:
        """The state arrays of a parameter, one of each kind, which start at 0."""
        keys = [f"{kind}.{name}" for kind in self.kinds]
        for key in keys:
            if key not in self.state:
                self.state[key] = array_module(theta).zeros_like(theta)
        return [self.state[key] for key in keys]

    def _now(self, rate: Rate, within: Range = NOT_NEGATIVE) -> float:
        if not callable(rate):
            return rate
        where = f"{type(self).__name__}: a schedule at t = {self.t}"
        return check_number(where, "its rate", rate(self.t), within)
