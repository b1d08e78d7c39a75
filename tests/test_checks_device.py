"""The gradient check of a layer on a device finds what it finds on the CPU."""

import pytest
from fast_settings import plain
from layers_table import LAYERS

from minigan.activations import ReLU, Tanh
from minigan.checks import GradientError, KinkError, check_layer

SINGLE = [line for line in LAYERS if not line[0].startswith("Sequential")]  # networks take a minute
# By the plain formulas layers have the CPU's bits (test_device_double.py): a few of them will do.
FEW = [line for line in LAYERS if line[0] in ("Dense", "BatchNorm", "Conv2D", "Dropout", "Maxout")]


# What a kernel computes is compared with the CPU's for every line in test_device_double.py, so that
# the whole check of each, which takes seconds by g++'s kernels, can wait for those who ask for it.
@pytest.mark.parametrize(
    ("make", "shape"),
    [
        pytest.param(*line[1:], id=line[0], marks=() if line in FEW else pytest.mark.long)
        for line in SINGLE
    ],
)
@pytest.mark.parametrize(
    "cuda", ["kernels", pytest.param("gpu", marks=pytest.mark.gpu)], indirect=True
)
def test_every_layer_on_the_device(cuda, make, shape):
    rows = check_layer(make, shape, device="cuda")
    assert [row.verdict for row in rows] == ["ok"] * len(rows)
    assert rows


@pytest.mark.parametrize(
    ("make", "shape"), [line[1:] for line in FEW], ids=[line[0] for line in FEW]
)
def test_by_the_plain_formulas_the_rows_are_the_cpus(double, make, shape):
    with plain():  # the CPU's fast maps round otherwise
        here = check_layer(make, shape)
    assert check_layer(make, shape, device="cuda") == here


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
