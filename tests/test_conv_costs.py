"""What a convolution costs grows with the number of pixels and no faster; counted, not timed."""

import sys
import tracemalloc

import numpy as np
import pytest
from cupy_device import DEVICE

from minigan.backend import Random
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.layer import Sequential
from minigan.patches import gather, scatter, weight_gradient
from minigan.upsampling import UpSampling2D
from minigan.window import window

MAKE = {
    "Conv2D": lambda rng: Conv2D(3, 8, 5, rng, stride=2),
    "Conv2D, thin": lambda rng: Conv2D(3, 1, 4, rng),
    "ConvTranspose2D": lambda rng: ConvTranspose2D(3, 8, 4, rng, stride=2),
    "UpSampling2D": lambda rng: UpSampling2D(2),
    "both": lambda rng: Sequential(UpSampling2D(2), Conv2D(3, 4, 5, rng)),
}
each_layer = pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
SHAPE = (8, 16, 16, 3)
LARGER = {  # the shape, and how many times the pixels
    "batch": ((32, 16, 16, 3), 4),
    "height": ((8, 64, 16, 3), 4),
    "width": ((8, 16, 64, 3), 4),
    "area": ((8, 32, 32, 3), 4),
}
growing = pytest.mark.parametrize(("shape", "times"), LARGER.values(), ids=LARGER)


def work(make, shape):
    """A function that runs forward and backward once."""
    rng = Random(0)
    layer, x = make(rng), rng.normal(shape)

    def run():
        y, cache = layer.forward(x)
        layer.backward(y, cache)

    run()  # whatever is made once is made now
    return run


def memory_of(run):
    """Bytes at the peak."""
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def calls_of(run):
    """Calls of functions, Python's and C's."""
    count = 0

    def profile(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        run()
    finally:
        sys.setprofile(before)
    return count


@each_layer
@growing
def test_memory_grows_with_the_pixels_and_no_faster(make, shape, times):
    small, large = (memory_of(work(make, s)) for s in (SHAPE, shape))
    assert large <= 1.05 * times * small


@each_layer
@growing
def test_there_are_no_more_calls_per_pixel_for_more_pixels(make, shape, times):
    small, large = (calls_of(work(make, s)) for s in (SHAPE, shape))
    assert large <= times * small


@each_layer
@growing
def test_a_gpu_launches_as_many_kernels_for_more_pixels(double, make, shape, times):
    launches = []
    for s in (SHAPE, shape):
        rng = Random(0, "cuda")
        layer, x = make(rng), rng.normal(s)
        DEVICE.reset()
        y, cache = layer.forward(x)
        layer.backward(y, cache)
        launches.append(DEVICE.launches.total())
        assert not DEVICE.syncs
        assert not DEVICE.uploads
    assert launches[0] == launches[1] <= 120  # of which a 5x5 kernel's taps are 25 in each map


class Counted(np.ndarray):
    """Weights or outputs that count the multiplications of the matrix products they enter."""

    multiplications = 0

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        inputs = [np.asarray(a) for a in inputs]
        if ufunc is np.matmul:
            Counted.multiplications += inputs[0].size * inputs[1].shape[-1]
        return getattr(ufunc, method)(*inputs, **options)


@pytest.mark.parametrize("shape", [SHAPE, *(shape for shape, _ in LARGER.values())])
@pytest.mark.parametrize("map_", [gather, scatter, weight_gradient])
def test_a_map_multiplies_once_for_each_output_tap_and_channel(map_, shape):
    """m · h_out · w_out · kernel height · kernel width · c_in · c_out, the same for all three"""
    (kh, kw), c_out, w = (5, 4), 6, window((5, 4), (2, 1), "same")
    m, h_out, w_out = (shape[0], *w.positions(shape[1:3]))
    x, W, y = np.ones(shape), np.ones((kh, kw, 3, c_out)), np.ones((m, h_out, w_out, c_out))
    Counted.multiplications = 0
    if map_ is gather:
        gather(x, W.view(Counted), w)
    elif map_ is scatter:
        scatter(y, W.view(Counted), shape, w)
    else:
        weight_gradient(x, y.view(Counted), w)
    assert Counted.multiplications == m * h_out * w_out * kh * kw * 3 * c_out
