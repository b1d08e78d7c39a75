"""unfold, fold and the three maps by kernels: the plain ones' bits, or their sums in another order.

The tests run on the CuPy stand-in, whose kernels g++ compiles; test_cuda_convolutions.py runs whole
layers there and on a GPU.
"""

import numpy as np
import pytest
from convolution_drawings import UNEVEN, Drawn, convolutions
from cupy_device import DEVICE
from cupy_standin import CUPY
from hypothesis import given, settings
from kernels_on_double import both_ways, on_the_double, there

from minigan import fast_patches, patches
from minigan.cuda import kernels
from minigan.cuda import patches as cuda
from minigan.window import Window

pytestmark = pytest.mark.usefixtures(on_the_double.__name__)
quick = settings(deadline=None, max_examples=150)


WINDOWS = {
    "uneven": UNEVEN,
    "same": Drawn((5, 5), (2, 2), "same", (5, 7, 6, 3), 4, 8),
    "even": Drawn((4, 4), (1, 1), "same", (4, 5, 4, 3), 5, 9),
    "kernel larger than the image": Drawn((5, 6), (1, 1), "same", (3, 2, 2, 5), 1, 10),
    "one channel": Drawn((5, 4), (1, 2), "same", (5, 6, 7, 1), 2, 11),
    "to one channel": Drawn((3, 4), (1, 1), ((0, 3), (2, 0)), (3, 5, 6, 4), 1, 12),
    "stride over the kernel": Drawn((2, 1), (3, 3), "valid", (4, 9, 8, 3), 2, 13),
    "padding alone": Drawn((2, 3), (1, 1), ((3, 4), (4, 3)), (3, 2, 3, 4), 2, 14),
    "one pixel": Drawn((1, 1), (1, 1), "valid", (2, 3, 4, 2), 3, 15),
    "no images": Drawn((3, 3), (2, 1), "same", (0, 5, 4, 2), 3, 16),
}
each_window = pytest.mark.parametrize("drawn", WINDOWS.values(), ids=WINDOWS)


def patches_of(drawn, dtype="float64"):
    rows, columns = drawn.window.positions(drawn.size)
    shape = (drawn.shape[0], rows, columns, *drawn.kernel, drawn.shape[3])
    return np.random.default_rng(drawn.seed).normal(size=shape).astype(dtype)


def assert_unfold_and_fold_give_the_plain_bits(drawn, dtype):
    x, p = drawn.arrays(dtype)[0], patches_of(drawn, dtype)
    unfolded = cuda.unfold(there(x), drawn.window)
    folded = cuda.fold(there(p), x.shape, drawn.window)
    assert unfolded.dtype == folded.dtype == dtype
    np.testing.assert_array_equal(unfolded.get(), patches.unfold(x, drawn.window))
    np.testing.assert_array_equal(folded.get(), patches.fold(p, x.shape, drawn.window))


@each_window
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_unfold_and_fold_give_the_plain_bits_for_a_few_windows(drawn, dtype):
    assert_unfold_and_fold_give_the_plain_bits(drawn, dtype)


@quick
@given(convolutions(least_images=0))
def test_unfold_and_fold_give_the_plain_bits(drawn):
    assert_unfold_and_fold_give_the_plain_bits(drawn, "float32")


@each_window
def test_the_order_of_the_threads_does_not_matter(drawn):
    for first, second in (
        both_ways(lambda: cuda.unfold(there(drawn.arrays()[0]), drawn.window).get()),
        both_ways(lambda: cuda.fold(there(patches_of(drawn)), drawn.shape, drawn.window).get()),
    ):
        np.testing.assert_array_equal(first, second)


@quick
@given(convolutions())
def test_unfold_and_fold_are_adjoint(drawn):
    """⟨unfold(x), p⟩ = ⟨x, fold(p)⟩"""
    x, p = drawn.arrays()[0], patches_of(drawn)
    seen = cuda.unfold(there(x), drawn.window).get()
    painted = cuda.fold(there(p), x.shape, drawn.window).get()
    terms = max(1.0, abs(seen * p).sum())
    assert abs((seen * p).sum() - (x * painted).sum()) <= 1e-13 * terms


def test_what_is_copied_is_copied_whatever_it_is():
    x = np.array([np.nan, -0.0, np.inf, 5e-324]).reshape(1, 2, 2, 1)
    window = Window((2, 2), (1, 1), ((1, 0), (0, 1)))
    actual, expected = cuda.unfold(there(x), window).get(), patches.unfold(x, window)
    assert actual.tobytes() == expected.tobytes()


# --- the three maps -------------------------------------------------------------------------------


def run(module, drawn, put=lambda a: a, take=lambda a: a, dtype="float64"):
    """y, x and W by the three maps, with biases where a map takes one, and without."""
    (x, W, y), (b, c) = (
        [put(a) for a in group] for group in (drawn.arrays(dtype), drawn.biases(dtype))
    )
    results = {
        "gather": module.gather(x, W, drawn.window, b),
        "scatter": module.scatter(y, W, drawn.shape, drawn.window, c),
        "gather, no bias": module.gather(x, W, drawn.window),
        "scatter, no bias": module.scatter(y, W, drawn.shape, drawn.window),
        "weight_gradient": module.weight_gradient(x, y, drawn.window),
    }
    return {name: take(result) for name, result in results.items()}


def assert_the_maps_are_the_plain_ones(drawn):
    expected = run(patches, drawn)
    for name, actual in run(cuda, drawn, there, lambda a: a.get()).items():
        scale = max(abs(expected[name]).max(initial=0), 1)
        np.testing.assert_allclose(actual, expected[name], rtol=0, atol=1e-13 * scale, err_msg=name)
        assert actual.shape == expected[name].shape
        assert actual.flags.c_contiguous, name


@each_window
def test_the_maps_are_the_plain_ones_for_a_few_windows(drawn):
    assert_the_maps_are_the_plain_ones(drawn)


@quick
@given(convolutions(most_images=4, most_channels=6, least_images=0))
def test_the_maps_are_the_plain_ones(drawn):
    assert_the_maps_are_the_plain_ones(drawn)


@pytest.mark.parametrize("size", [1, 3000, 10_000])
@each_window
def test_the_maps_are_the_plain_ones_in_blocks(monkeypatch, drawn, size):
    """Of one image and of a few; only the sum over the images is then taken otherwise."""
    whole = run(cuda, drawn, there, lambda a: a.get())
    monkeypatch.setattr(cuda, "PATCHES", size)
    assert_the_maps_are_the_plain_ones(drawn)
    for name, actual in run(cuda, drawn, there, lambda a: a.get()).items():
        np.testing.assert_allclose(actual, whole[name], rtol=1e-12, atol=1e-12)


def test_patches_take_no_more_memory_than_stated(monkeypatch):
    """And the blocks are nearly equal, so that no last one is small."""
    monkeypatch.setattr(cuda, "PATCHES", 1000)
    assert [len(range(10)[s]) for s in cuda._blocks(10, 100)] == [10]
    assert [len(range(10)[s]) for s in cuda._blocks(10, 101)] == [5, 5]
    assert [len(range(10)[s]) for s in cuda._blocks(10, 300)] == [3, 3, 3, 1]
    assert [len(range(2)[s]) for s in cuda._blocks(2, 5000)] == [1, 1]
    made, product = [], cuda.product

    def counted(a, b):
        y = product(a, b)
        made.append(max(a.nbytes, y.nbytes))
        return y

    monkeypatch.setattr(cuda, "product", counted)
    # 4 positions of 18 numbers in each of 11 images: 576 of 6336 bytes
    run(cuda, Drawn((3, 3), (2, 2), "same", (11, 4, 4, 2), 3, 0), there)
    assert len(made) == 5 * 11
    assert max(made) == 576


@each_window
def test_views_are_as_good_as_contiguous_arrays(drawn):
    def spread(a):
        wide = np.full((*a.shape[:-1], 2 * a.shape[-1]), np.nan, a.dtype)
        wide[..., ::2] = a
        return CUPY.asarray(wide)[..., ::2]

    expected = run(patches, drawn)
    for name, actual in run(cuda, drawn, spread).items():
        np.testing.assert_allclose(actual.get(), expected[name], rtol=1e-12, atol=1e-12)


@each_window
def test_the_arguments_stay_as_they_are(drawn):
    arrays = [*drawn.arrays(), *drawn.biases()]
    x, W, y, b, c = [there(a) for a in arrays]
    cuda.gather(x, W, drawn.window, b)
    cuda.scatter(y, W, drawn.shape, drawn.window, c)
    cuda.weight_gradient(x, y, drawn.window)
    for a, kept in zip((x, W, y, b, c), arrays, strict=True):
        np.testing.assert_array_equal(a.get(), kept)


def test_the_thinner_side_is_unfolded():
    """With stride 1 a patch is made of the channels of the side that has fewer."""

    def launches(drawn):
        x, W, y = (there(a) for a in drawn.arrays())
        counts = []
        for compute in (
            lambda: cuda.gather(x, W, drawn.window),
            lambda: cuda.scatter(y, W, drawn.shape, drawn.window),
        ):
            DEVICE.reset()
            compute()
            counts.append({name: DEVICE.launches[name] for name in ("unfold", "fold")})
        return counts

    unfold, fold = {"unfold": 1, "fold": 0}, {"unfold": 0, "fold": 1}
    assert launches(WINDOWS["to one channel"]) == [fold, unfold]
    assert launches(WINDOWS["even"]) == [unfold, fold]
    assert launches(WINDOWS["stride over the kernel"]) == [unfold, fold]


def test_the_maps_of_an_array_are_those_of_its_device():
    drawn = Drawn((5, 5), (1, 1), "same", (33, 28, 28, 1), 64, 0)
    x = drawn.arrays("float32")[0]
    assert fast_patches.maps(there(x), drawn.window) is cuda
    assert fast_patches.maps(there(x[:1, :2, :2]), drawn.window) is cuda
    assert fast_patches.maps(x, drawn.window) is fast_patches
    with kernels.plain():
        assert fast_patches.maps(there(x), drawn.window) is patches
