"""Which layers Sequential joins, and what the joined convolution's weights are, in numbers."""

import numpy as np
import pytest
from convolution_drawings import assert_same_numbers, double
from fast_settings import fast

from minigan.activations import ReLU
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.layer import Sequential
from minigan.upsampled import Phases, Upsampled
from minigan.upsampling import UpSampling2D

both_kinds = pytest.mark.parametrize("kind", [Conv2D, ConvTranspose2D])


@both_kinds
def test_upsampling_and_a_convolution_of_stride_1_are_joined(kind):
    up, conv, other = UpSampling2D(2), kind(3, 2, 5, double()), kind(2, 2, 3, double())
    net = Sequential(ReLU(), up, conv, other, UpSampling2D(2))
    assert [position for position, _ in net.plan] == [0, 2, 3, 4]
    joined = net.plan[1][1]
    assert isinstance(joined, Upsampled)
    assert (joined.up, joined.conv) == (up, conv)
    assert net.layers[1:3] == (up, conv)
    assert [name for name in net.params if name.startswith("2.")] == ["2.W", "2.b"]


@both_kinds
def test_other_neighbours_are_not(kind):
    strided = kind(3, 2, 5, double(), stride=(1, 2))
    for layers in ((UpSampling2D(2), strided), (UpSampling2D(2), ReLU()), (strided, ReLU())):
        assert [layer for _, layer in Sequential(*layers).plan] == list(layers)


@both_kinds
def test_a_class_derived_from_a_layer_runs_by_its_own_code(kind):
    class Louder(kind):
        def forward(self, x, train=True):
            y, cache = super().forward(x, train)
            return 10 * y, cache

    class Mirrored(UpSampling2D):
        def forward(self, x, train=True):
            y, cache = super().forward(x, train)
            return -y, cache

    x, conv, louder = (
        double(1).normal((2, 4, 4, 3)),
        *(c(3, 2, 5, double()) for c in (kind, Louder)),
    )
    for up, other in ((UpSampling2D(2), louder), (Mirrored(2), conv), (Mirrored(2), louder)):
        with fast():
            assert_same_numbers(Sequential(up, other)(x), other(up(x)))


@both_kinds
def test_a_dy_of_another_shape_is_refused_by_the_joined_layer_itself(kind):
    layer = Upsampled(UpSampling2D(2), kind(3, 2, 5, double()))
    with fast():
        _, cache = layer.forward(double(1).normal((2, 4, 5, 3)))
        with pytest.raises(
            ValueError, match=r"^UpSampling2D.*: dy has shape \(2, 9, 10, 2\), expe"
        ):
            layer.backward(np.ones((2, 9, 10, 2)), cache)


def weights(kind, kernel, factor, pad, W):
    """V'[o, φ] and the zeros before and after, along one axis of 4 pixels."""
    conv = kind(1, 1, (1, kernel), double(), pad=((0, 0), pad))
    conv.params["W"][0, :, 0, 0] = W
    phases = Phases(np.zeros((1, 1, 4, 1)), UpSampling2D((1, factor)), conv)
    return phases.weights()[0, :, 0].tolist(), phases.window.pads((1, 4))[1]


@pytest.mark.parametrize(
    ("kind", "kernel", "factor", "pad", "expected", "zeros"),
    [
        # an even pixel meets its own value with two taps and the next one's with one; an odd one
        # the other way round
        (Conv2D, 3, 2, (0, 0), [[1 + 10, 1], [100, 10 + 100]], (0, 0)),
        (Conv2D, 3, 2, (1, 1), [[1, 0], [10 + 100, 1 + 10], [0, 100]], (1, 1)),
        (Conv2D, 3, 2, (2, 0), [[1 + 10, 1], [100, 10 + 100]], (1, 0)),
        (Conv2D, 3, 3, (1, 1), [[1, 0, 0], [110, 111, 11], [0, 0, 100]], (1, 1)),
        # stride 1, painted: the same windows with the kernel turned around, and 2 - pad before
        (ConvTranspose2D, 3, 2, (2, 2), [[100 + 10, 100], [1, 10 + 1]], (0, 0)),
        (ConvTranspose2D, 3, 2, (1, 1), [[100, 0], [10 + 1, 100 + 10], [0, 1]], (1, 1)),
        (ConvTranspose2D, 3, 2, (2, 0), [[110, 100], [1, 11]], (0, 1)),
    ],
)
def test_weights_that_meet_the_same_pixel_are_added_up(kind, kernel, factor, pad, expected, zeros):
    assert weights(kind, kernel, factor, pad, [1, 10, 100]) == (expected, zeros)
