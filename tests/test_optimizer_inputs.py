"""What optimizers and penalties refuse, and the sentence they say."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from published_optimizers import PUBLISHED, Bag, bag, same, snapshot

from minigan.backend import Random
from minigan.dense import Dense
from minigan.layer import Layer, Sequential
from minigan.optimizers import SGD, Adam, Momentum, RMSProp
from minigan.penalties import Penalty


def test_a_gradient_of_another_network_is_refused() -> None:
    rng = Random(0, dtype="float64")
    net = Sequential(Dense(2, 3, rng), Dense(3, 1, rng))
    before = snapshot(net)
    optimizer = Adam(net)
    for grads in ({}, {"0.W": np.zeros((2, 3))}, snapshot(net) | {"2.W": np.zeros(1)}):
        with pytest.raises(ValueError, match=r"^Adam: the gradient and the parameters of Seq.* W?"):
            optimizer.descend(grads)
    with pytest.raises(ValueError, match=r"differ in 2\.W; expected the grads that its backward"):
        optimizer.ascend(snapshot(net) | {"2.W": np.zeros(1)})
    assert optimizer.t == 0
    assert same(net.params, before)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda net: SGD(net, -0.1), "SGD: alpha is -0.1, expected a number of 0 or more."),
        (lambda net: SGD(net, math.nan), "SGD: alpha is nan, expected a number of 0 or more."),
        (lambda net: SGD(net, math.inf), "SGD: alpha is inf, expected a number of 0 or more."),
        (lambda net: Momentum(net, -1.0), "Momentum: alpha is -1.0, expected a number of 0 or"),
        (lambda net: Momentum(net, 0.1, 1.0), "Momentum: momentum is 1.0, expected a number in"),
        (
            lambda net: RMSProp(net, decay=1.0),
            "RMSProp: decay is 1.0, expected a number in [0, 1).",
        ),
        (lambda net: RMSProp(net, eps=-1e-8), "RMSProp: eps is -1e-08, expected a number of 0 or"),
        (lambda net: Adam(net, beta1=1.0), "Adam: beta1 is 1.0, expected a number in [0, 1)."),
        (lambda net: Adam(net, beta2=-0.1), "Adam: beta2 is -0.1, expected a number in [0, 1)."),
        (lambda net: Adam(net, eps=-1.0), "Adam: eps is -1.0, expected a number of 0 or more."),
        (lambda net: Adam(net, eps_hat=-1.0), "Adam: eps_hat is -1.0, expected a number of 0 or"),
        (lambda net: Penalty(l1=-1.0), "Penalty: l1 is -1.0, expected a number of 0 or more."),
        (lambda net: Penalty(l2=math.inf), "Penalty: l2 is inf, expected a number of 0 or more."),
    ],
)
def test_wrong_constants_are_refused(make: Callable[[Layer], Any], message: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the whole message is compared
        make(bag())
    assert str(error.value).startswith(message)


@pytest.mark.parametrize("name", PUBLISHED)
@pytest.mark.parametrize("shape", [(3, 2), (6,), (1, 1), (1, 3)])
def test_a_gradient_of_another_shape_is_refused(name: str, shape: tuple[int, ...]) -> None:
    net = Bag(b=np.zeros(3), W=np.zeros((2, 3)))
    optimizer = PUBLISHED[name][0](net)
    message = rf"the gradient of W has shape \({shape[0]}, ?.*\), expected \(2, 3\), the shape of"
    with pytest.raises(ValueError, match=message):
        optimizer.descend({"b": np.ones(3), "W": np.ones(shape)})
    assert not net.params["b"].any()
    assert optimizer.t == 0
