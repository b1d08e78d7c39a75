"""The gradient check of a layer on a device finds what it finds on the CPU."""

import pytest
from fast_settings import plain
from layers_table import LAYERS

from minigan.activations import ReLU, Tanh
from minigan.checks import GradientError, KinkError, check_layer


@pytest.mark.parametrize(
    ("make", "shape"), [line[1:] for line in LAYERS], ids=[line[0] for line in LAYERS]
)
def test_every_layer_on_the_device(cuda, make, shape):
    with plain():  # the CPU's fast maps round otherwise
        here = check_layer(make, shape)
    there = check_layer(make, shape, device="cuda")
    assert [(r.mode, r.name, r.verdict) for r in there] == [(r.mode, r.name, "ok") for r in here]
    if cuda.plain:
        assert there == here


def test_a_wrong_layer_is_caught_on_the_device(cuda):
    class Off(Tanh):
        def backward(self, dy, cache, **need):
            dx, grads = super().backward(dy, cache, **need)
            return (None if dx is None else dx * 1.0001), grads

    with pytest.raises(
        GradientError, match=r"15 of 15 entries of x are wrong, by the factor 1\.0001"
    ):
        check_layer(lambda rng: Off(), (5, 3), device="cuda")
    with pytest.raises(KinkError, match=r"there is a kink at x\[0, 0\]"):
        check_layer(lambda rng: ReLU(), x=cuda.xp.zeros((1, 1), dtype="float64"))
