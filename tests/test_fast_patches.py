"""The fast maps give what the plain ones give, to within rounding, whatever the arrays look like.

How much rounding may do is derived, not chosen. A sum of N terms, added up in any order, is off by
at most N u Σ|terms|, where u is 2⁻²⁴ in float32 and 2⁻⁵³ in float64. The plain maps, run in float64
on absolute values, give Σ|terms| for each entry; an entry that has no terms must be exactly 0.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from convolution_drawings import UNEVEN, Drawn, convolutions
from fast_settings import fast
from hypothesis import given, settings

from minigan import fast_patches, patches

quick = settings(deadline=None, max_examples=100)


SETTINGS = {
    "large blocks": {"paint_rows": False},
    "small blocks, 3 threads": {"block": 3000, "threads": 3, "paint_rows": True},
}


@pytest.fixture(scope="module", autouse=True, params=SETTINGS.values(), ids=SETTINGS)
def blocks_and_threads(request):
    with fast(**request.param):
        yield


# Layers of the published networks on a few images: larger than a block, smaller than a second.
NETWORKS = {
    "1 to 64, stride 2": Drawn((5, 5), (2, 2), "same", (33, 28, 28, 1), 64, 0),
    "64 to 96, stride 2": Drawn((5, 5), (2, 2), "same", (5, 14, 14, 64), 96, 1),
    "128 to 256": Drawn((5, 5), (1, 1), "same", (5, 4, 4, 128), 256, 2),
    "64 to 32": Drawn((5, 5), (1, 1), "same", (2, 28, 28, 64), 32, 3),
    "32 to 1": Drawn((5, 5), (1, 1), "same", (7, 28, 28, 32), 1, 4),
    "even, stride 2": Drawn((4, 4), (2, 2), "same", (17, 14, 14, 64), 48, 5),
    "large images": Drawn((3, 3), (1, 1), "same", (2, 96, 80, 8), 16, 6),
    "many images": Drawn((3, 2), (2, 1), ((1, 0), (0, 3)), (337, 5, 4, 3), 2, 7),
}


def run(module, drawn, arrays, biases):
    """y, x and W by the three maps, with biases where a map takes one."""
    (x, W, y), (b, c) = arrays, biases
    return {
        "gather": module.gather(x, W, drawn.window, b),
        "scatter": module.scatter(y, W, drawn.shape, drawn.window, c),
        "weight_gradient": module.weight_gradient(x, y, drawn.window),
    }


def bounds(drawn, dtype):
    """What the plain maps give in float64 for arrays of a dtype, and by how much it may differ."""
    arrays, biases = drawn.arrays(dtype), drawn.biases(dtype)
    exact = run(patches, drawn, *([a.astype(float) for a in group] for group in (arrays, biases)))
    sizes = run(
        patches, drawn, *([abs(a.astype(float)) for a in group] for group in (arrays, biases))
    )
    taps, positions = np.prod(drawn.kernel), int(np.prod(arrays[2].shape[:3]))
    terms = {
        "gather": taps * drawn.shape[3] + 1,
        "scatter": taps * drawn.n + 1,
        "weight_gradient": positions,
    }
    return {
        name: (exact[name], terms[name] * np.finfo(dtype).eps / 2 * sizes[name]) for name in exact
    }


def assert_within(actual, expected, dtype):
    assert actual.keys() == expected.keys()
    for name, (exact, bound) in expected.items():
        assert actual[name].dtype == dtype, name
        assert actual[name].shape == exact.shape, name
        assert (abs(actual[name] - exact) <= bound).all(), name


WINDOWS = {
    "uneven": UNEVEN,
    "same": Drawn((5, 5), (2, 2), "same", (5, 7, 6, 3), 4, 8),
    "even": Drawn((4, 4), (1, 1), "same", (4, 5, 4, 3), 3, 9),
    "kernel 3 of 2 pixels": Drawn((3, 3), (1, 1), "same", (7, 2, 2, 5), 1, 10),
    "thin": Drawn((5, 4), (1, 2), "same", (5, 6, 7, 1), 2, 11),
    "pixels unseen": Drawn((2, 2), (3, 3), "valid", (4, 9, 8, 3), 2, 12),
    "padding alone": Drawn((2, 3), (1, 1), ((3, 4), (4, 3)), (3, 2, 3, 4), 2, 13),
}


@pytest.mark.parametrize("drawn", WINDOWS.values(), ids=WINDOWS)
def test_fast_equals_plain_for_a_few_windows(drawn):
    actual = run(fast_patches, drawn, drawn.arrays(), drawn.biases())
    for name, plain in run(patches, drawn, drawn.arrays(), drawn.biases()).items():
        np.testing.assert_allclose(actual[name], plain, rtol=0, atol=1e-13 * abs(plain).max())


@quick
@given(convolutions(most_images=7, most_channels=6, least_images=0))
def test_fast_equals_plain_within_float32_rounding(drawn):
    actual = run(fast_patches, drawn, drawn.arrays("float32"), drawn.biases("float32"))
    assert_within(actual, bounds(drawn, "float32"), "float32")


@quick
@given(convolutions(most_images=7, most_channels=6, least_images=0))
def test_fast_equals_plain_to_1e_12_in_float64(drawn):
    """Nearer than that: both are sums of the same few terms."""
    actual = run(fast_patches, drawn, drawn.arrays(), drawn.biases())
    expected = bounds(drawn, "float64")
    twice = {name: (exact, 2 * bound) for name, (exact, bound) in expected.items()}  # both round
    assert_within(actual, twice, "float64")
    plain = run(patches, drawn, drawn.arrays(), drawn.biases())
    for name in plain:
        scale = abs(plain[name]).max(initial=0)
        np.testing.assert_allclose(actual[name], plain[name], rtol=0, atol=1e-12 * max(scale, 1))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("drawn", NETWORKS.values(), ids=NETWORKS)
def test_fast_equals_plain_on_layers_of_the_networks(drawn, dtype):
    actual = run(fast_patches, drawn, drawn.arrays(dtype), drawn.biases(dtype))
    expected = bounds(drawn, dtype)
    if dtype == "float64":
        expected = {name: (exact, 2 * bound) for name, (exact, bound) in expected.items()}
    assert_within(actual, expected, dtype)


@pytest.mark.parametrize("drawn", NETWORKS.values(), ids=NETWORKS)
def test_without_a_bias_nothing_is_added(drawn):
    x, W, y = drawn.arrays()
    maps = [
        (module.gather(x, W, drawn.window), module.scatter(y, W, drawn.shape, drawn.window))
        for module in (fast_patches, patches)
    ]
    for actual, expected in zip(*maps, strict=True):
        np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-12 * abs(expected).max())


def spread(a):
    """The same numbers with gaps of NaN between them in memory."""
    wide = np.full((*a.shape[:-1], 2 * a.shape[-1]), np.nan, a.dtype)
    wide[..., ::2] = a
    return wide[..., ::2]


def reversed_images(a):
    return np.ascontiguousarray(a[::-1])[::-1]


def inside(a):
    """A window of a larger array, as slicing an image out of a frame gives one."""
    frame = np.pad(a, [(1, 1)] * a.ndim, constant_values=np.nan)
    return frame[(slice(1, -1),) * a.ndim]


ORDERS = {
    "Fortran's": np.asfortranarray,
    "with gaps": spread,
    "reversed": reversed_images,
    "inside": inside,
}
SOME = {name: NETWORKS[name] for name in ("even, stride 2", "many images", "32 to 1")}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("drawn", SOME.values(), ids=SOME)
def test_the_order_in_memory_does_not_matter(drawn, order):
    arrays, biases = ([order(a) for a in group] for group in (drawn.arrays(), drawn.biases()))
    actual = run(fast_patches, drawn, arrays, biases)
    for name, plain in run(patches, drawn, drawn.arrays(), drawn.biases()).items():
        np.testing.assert_allclose(actual[name], plain, rtol=0, atol=1e-12 * abs(plain).max())


@settings(deadline=None, max_examples=30)
@given(convolutions(most_images=4, most_channels=3))
def test_a_view_is_as_good_as_a_contiguous_array(drawn):
    for order in ORDERS.values():
        arrays = [order(a) for a in drawn.arrays()]
        for name, plain in run(patches, drawn, drawn.arrays(), drawn.biases()).items():
            fast = run(fast_patches, drawn, arrays, drawn.biases())[name]
            scale = max(abs(plain).max(initial=0), 1)
            np.testing.assert_allclose(fast, plain, rtol=0, atol=1e-12 * scale)


@pytest.mark.parametrize("drawn", NETWORKS.values(), ids=NETWORKS)
def test_the_arguments_stay_and_the_results_are_the_callers(drawn):
    arrays, biases = drawn.arrays("float32"), drawn.biases("float32")
    for a in (*arrays, *biases):
        a.flags.writeable = False
    first = run(fast_patches, drawn, arrays, biases)
    kept = {name: result.copy() for name, result in first.items()}
    second = run(fast_patches, drawn, [2 * a for a in arrays], biases)
    for name, result in first.items():
        np.testing.assert_array_equal(result, kept[name])  # no later call writes into it
        assert result.flags.writeable
        assert not any(np.may_share_memory(result, a) for a in (*arrays, *biases))
        assert not any(np.may_share_memory(result, other) for other in second.values())


@pytest.mark.parametrize("drawn", SOME.values(), ids=SOME)
def test_two_threads_do_not_disturb_each_other(drawn):
    other = Drawn(drawn.kernel, drawn.stride, drawn.pad, drawn.shape, drawn.n, drawn.seed + 50)
    cases = [drawn, other] * 6

    def results(case):
        return run(fast_patches, case, case.arrays("float32"), case.biases("float32"))

    expected = [results(case) for case in cases[:2]] * 6
    with ThreadPoolExecutor(2) as pool:
        for actual, wanted in zip(pool.map(results, cases), expected, strict=True):
            for name in wanted:
                scale = abs(wanted[name]).max()
                np.testing.assert_allclose(actual[name], wanted[name], rtol=0, atol=1e-5 * scale)
