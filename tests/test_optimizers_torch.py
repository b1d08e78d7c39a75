"""The optimizers against torch.optim over 50 steps in float64, with each of their options.

Gradients lie orders of magnitude apart, some are exact zeros. Where torch.optim has the rule in
another form, the constants of each step are set so that the two agree (torch_games.py says how).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from oracles import oracle
from published_optimizers import STEPS, bag, random_grads, snapshot

from minigan.optimizers import SGD, Adam, Momentum, RMSProp
from minigan.penalties import Penalty

torch = oracle("torch")
pytestmark = pytest.mark.oracle("torch")
optim = torch.optim


def falling(t: int) -> float:
    """A rate that is halved every ten updates."""
    return 0.01 * 0.5 ** (t // 10)


def keras_eps(optimizer: Any, t: int) -> None:
    """√v + 0.001 in the place of √v̂ + eps."""
    optimizer.param_groups[0]["eps"] = 1e-3 / (1 - 0.9**t) ** 0.5


Case = tuple[Callable[..., Any], Callable[..., Any], Callable[[Any, int], None] | None]
OPTIMIZERS: dict[str, Case] = {
    "SGD": (
        lambda net, rate, **kw: SGD(net, rate, **kw),
        lambda theta, **kw: optim.SGD(theta, 0.01, **kw),
        None,
    ),
    "Momentum": (
        lambda net, rate, **kw: Momentum(net, rate, 0.7, **kw),
        lambda theta, **kw: optim.SGD(theta, 0.01, momentum=0.7, **kw),
        None,
    ),
    "RMSProp": (
        lambda net, rate, **kw: RMSProp(net, rate, 0.8, 1e-3, **kw),
        lambda theta, **kw: optim.RMSprop(theta, 0.01, alpha=0.8, eps=1e-3, **kw),
        None,
    ),
    "Adam": (
        lambda net, rate, **kw: Adam(net, rate, 0.5, 0.9, 1e-3, **kw),
        lambda theta, **kw: optim.Adam(theta, 0.01, (0.5, 0.9), 1e-3, **kw),
        None,
    ),
    "Adam with eps_hat": (
        lambda net, rate, **kw: Adam(net, rate, 0.5, 0.9, eps_hat=1e-3, **kw),
        lambda theta, **kw: optim.Adam(theta, 0.01, (0.5, 0.9), **kw),
        keras_eps,
    ),
    "Adam without beta1": (
        lambda net, rate, **kw: Adam(net, rate, 0.0, 0.9, 1e-8, **kw),
        lambda theta, **kw: optim.Adam(theta, 0.01, (0.0, 0.9), 1e-8, **kw),
        None,
    ),
}
EACH = pytest.mark.parametrize("name", OPTIMIZERS)
VERBS = pytest.mark.parametrize("verb", ["ascend", "descend"])


def compare(
    name: str,
    verb: str,
    rate: Any = 0.01,
    penalty: Penalty | None = None,
    before: Callable[[Any, int], None] | None = None,
    **options: Any,
) -> None:
    """All parameters after each of the steps; before(theirs, t), and options of torch.optim's."""
    ours_of, theirs_of, by_nature = OPTIMIZERS[name]
    net = bag()
    start = snapshot(net)
    theta = {key: torch.tensor(p, requires_grad=True) for key, p in net.params.items()}
    ours = ours_of(net, rate, penalty=penalty)
    theirs = theirs_of(list(theta.values()), maximize=verb == "ascend", **options)
    for t, grads in enumerate(random_grads(net), start=1):
        for step in filter(None, (by_nature, before)):
            step(theirs, t)
        getattr(ours, verb)(grads)
        goal = sum((torch.tensor(grads[key]) * theta[key]).sum() for key in theta)
        if penalty is not None and not options:
            W = theta["W"]
            R = penalty.l1 * W.abs().sum() + penalty.l2 * W.square().sum()
            goal = goal - R if verb == "ascend" else goal + R
        theirs.zero_grad()
        goal.backward()
        theirs.step()
        for key, p in net.params.items():
            np.testing.assert_allclose(p, theta[key].detach().numpy(), rtol=1e-12, atol=1e-14)
    assert ours.t == STEPS
    assert all(np.abs(net.params[key] - start[key]).min() > 1e-4 for key in start)


@EACH
@VERBS
def test_fifty_steps_are_torch_optims(name: str, verb: str) -> None:
    compare(name, verb)


@EACH
@VERBS
def test_with_l1_and_l2_penalties_as_parts_of_the_loss(name: str, verb: str) -> None:
    compare(name, verb, penalty=Penalty(0.3, 0.2))


@EACH
@VERBS
def test_an_l2_penalty_is_a_weight_decay_of_twice_its_size(name: str, verb: str) -> None:
    """b has none: its own group says so."""

    def spare_b(theirs: Any, t: int) -> None:
        if t == 1:
            (group,) = theirs.param_groups
            W, b = group["params"]
            group["params"] = [W]
            theirs.add_param_group(group | {"params": [b], "weight_decay": 0.0})
        for group in theirs.param_groups[1:]:
            group["eps"] = theirs.param_groups[0].get("eps")

    compare(name, verb, penalty=Penalty(0.0, 0.2), before=spare_b, weight_decay=0.4)


@EACH
@VERBS
def test_with_a_rate_that_falls(name: str, verb: str) -> None:
    """Momentum: their μ u is ours where it is multiplied by the ratio of the rates, too."""

    def rate(theirs: Any, t: int) -> None:
        for group in theirs.param_groups:
            group["lr"] = falling(t - 1)
            if name == "Momentum" and t > 1:
                group["momentum"] = 0.7 * falling(t - 2) / falling(t - 1)

    compare(name, verb, falling, before=rate)
