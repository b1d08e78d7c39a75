"""Random numbers from words: formulas that are right to the last bits, the same bits everywhere."""

import math

import numpy as np
import pytest
import standin
from cupy_device import DEVICE
from cupy_standin import CUPY

from minigan import draws
from minigan.cuda import kernels
from minigan.philox import blocks
from minigan.threads import use_threads

KEY = 0x0123456789ABCDEF
COUNTERS = [0, 2**32 - 2, 2**40 + 5, 2**64 - 3]  # the low half runs over, and the whole
SIZES = [0, 1, 2, 3, 5, 8, 9, 300, 1025]
DRAWS = {
    "uniform float32": ("float32", draws.uniform, (-1.5, 2.25)),
    "uniform float64": ("float64", draws.uniform, (-1.5, 2.25)),
    "normal float32": ("float32", draws.normal, (0.02,)),
    "normal float64": ("float64", draws.normal, (0.02,)),
    "mask": ("bool", draws.mask, (0.3,)),
    "integers": ("uint64", draws.integers, ()),
}
each_draw = pytest.mark.parametrize(("dtype", "draw", "how"), DRAWS.values(), ids=DRAWS.keys())


kernels_double = standin.kernels_double  # conftest.py's, which mutants do without


def drawn(dtype, draw, how=(), n=100_000, key=KEY, counter=0):
    y = np.empty(n, dtype)
    draw(y, key, counter, *how)
    return y


# --- the same bits --------------------------------------------------------------------------------


@each_draw
@pytest.mark.parametrize("backwards", [False, True], ids=["forward", "backward"])
def test_the_kernel_gives_numpys_bits(kernels_double, dtype, draw, how, backwards):
    """Whichever way its counter comes: by value, or from the memory of the GPU."""
    for n in SIZES:
        for counter in COUNTERS:
            expected = drawn(dtype, draw, how, n, counter=counter)
            for place in (counter, CUPY.asarray(np.uint64(counter))):
                DEVICE.reset()
                DEVICE.reversed = backwards
                y = CUPY.zeros(n, dtype)
                DEVICE.launches.clear()
                draw(y, KEY, place, *how)
                assert DEVICE.launches.total() <= 2  # a zero in the GPU's memory, once for all
                np.testing.assert_array_equal(y.get(), expected)


@each_draw
def test_the_plain_formula_gives_them_on_the_device(kernels_double, dtype, draw, how):
    with kernels.plain():
        for place in (2**40 + 5, CUPY.asarray(np.uint64(2**40 + 5))):
            y = CUPY.zeros(77, dtype)
            draw(y, KEY, place, *how)
            assert DEVICE.launches["uniform"] == DEVICE.launches["normal"] == 0
            np.testing.assert_array_equal(y.get(), drawn(dtype, draw, how, 77, counter=2**40 + 5))


@each_draw
def test_an_entry_depends_on_its_block_alone(dtype, draw, how):
    """Block b of B gives the entries b, b + B, …: the same as in a draw of that block alone."""
    n = 8 * draws.NUMBERS[dtype]
    together = drawn(dtype, draw, how, n, counter=2**32 - 4).reshape(-1, 8)
    for b in range(8):
        alone = drawn(dtype, draw, how, draws.NUMBERS[dtype], counter=2**32 - 4 + b)
        assert together[:, b].tolist() == alone.tolist()


@each_draw
def test_a_draw_of_an_odd_size_leaves_out_the_last(dtype, draw, how):
    per = draws.NUMBERS[dtype]
    whole = drawn(dtype, draw, how, 3 * per)
    assert drawn(dtype, draw, how, 3 * per - 1).tolist() == whole[:-1].tolist()
    for n, expected in ((0, 0), (1, 1), (per, 1), (per + 1, 2)):
        assert draws.count(np.empty(n, dtype)) == expected


@each_draw
def test_a_large_draw_is_made_in_parts(kernels_double, dtype, draw, how):
    """And by several threads, on the CPU alone."""
    n = draws.NUMBERS[dtype] * (4 * draws.CHUNK + 3) - 1
    y = CUPY.zeros(n, dtype)
    draw(y, KEY, 2**32 - 9, *how)
    for parts in (1, 2, 3):
        with use_threads(parts):
            np.testing.assert_array_equal(y.get(), drawn(dtype, draw, how, n, counter=2**32 - 9))


# --- the formulas ---------------------------------------------------------------------------------


def test_log_is_right_to_1e_15_of_itself():
    rng = np.random.default_rng(0)
    ends = np.arange(1, 1001) * 2.0**-53
    x = np.concatenate([rng.random(300_000) + 2.0**-53, ends, 1 - ends, 2.0 ** -np.arange(1, 54)])
    x = np.concatenate([x, np.sqrt(0.5) + np.arange(-500, 500) * 2.0**-53])  # where m jumps
    expected = np.log(x)
    assert np.abs(draws.log(x) / expected - 1).max() < 1e-15
    assert draws.log(np.array([1.0])).tolist() == [0.0]
    assert draws.log(np.array([2.0**-32])).tolist() == [-32 * math.log(2)]


@pytest.mark.parametrize("bits", [32, 53])
def test_cos_and_sin_are_right_to_1e_15(bits):
    rng = np.random.default_rng(1)
    k = rng.integers(0, 2**bits, 300_000, dtype=np.uint64)
    edges = [q * 2 ** (bits - 2) + d for q in range(1, 4) for d in (-1, 0, 1)]
    k = np.concatenate([k, np.array([0, 1, 2**bits - 1, *edges], dtype=np.uint64)])
    # φ = 2π k / 2ᵇ - π/4, in long double, so that what is compared with is better than float64
    phi = 2 * np.longdouble(np.pi) * (k.astype(np.longdouble) / 2**bits) - np.longdouble(np.pi) / 4
    phi += (k.astype(np.longdouble) / 2**bits - 0.125) * 2 * np.longdouble(1.2246467991473532e-16)
    cos, sin = draws.on_the_circle(k, bits)
    assert cos.dtype == sin.dtype == np.float64
    assert np.abs(cos - np.cos(phi)).max() < 1e-15
    assert np.abs(sin - np.sin(phi)).max() < 1e-15


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_normal_is_box_muller_of_its_words(dtype):
    n, bits = 4000, {"float32": 32, "float64": 53}[dtype]
    x = [
        w.astype(object) for w in blocks(np.arange(n // draws.NUMBERS[dtype], dtype=np.uint64), KEY)
    ]
    pairs = [(x[0], x[1]), (x[2], x[3])]
    if bits == 53:
        pairs = [tuple((x[i] >> 5) * 2**26 + (x[i + 1] >> 6) for i in (0, 2))]
    expected = []
    for k, place in pairs:
        r = np.sqrt(-2 * np.log(((k + 1) / 2**bits).astype(float)))
        phi = 2 * np.pi * (place / 2**bits - 0.125).astype(float)
        expected += [r * np.cos(phi), r * np.sin(phi)]
    found = drawn(dtype, draws.normal, (3.0,), n)
    tolerance = {"float32": 2e-7, "float64": 1e-14}[dtype]
    np.testing.assert_allclose(found, 3 * np.concatenate(expected), rtol=tolerance, atol=1e-14)


def test_uniform_is_24_or_53_bits_of_its_words():
    x = [w.tolist() for w in blocks(np.arange(50, dtype=np.uint64), KEY)]
    found = drawn("float32", draws.uniform, (), 200)
    assert found.tolist() == [(w >> 8) / 2**24 for part in x for w in part]
    found = drawn("float64", draws.uniform, (), 100)
    pairs = [*zip(x[0], x[1], strict=True), *zip(x[2], x[3], strict=True)]
    assert found.tolist() == [((a >> 5) * 2**26 + (b >> 6)) / 2**53 for a, b in pairs]


# --- the distributions: of 10⁵ numbers, bounds of 4 standard errors --------------------------


def kolmogorov(numbers, cdf):
    """√n times the largest distance of the numbers' distribution from cdf; 1.95: p = 0.001."""
    F, n = np.sort(np.vectorize(cdf)(numbers)), len(numbers)
    steps = np.arange(n + 1) / n
    return math.sqrt(n) * max((steps[1:] - F).max(), (F - steps[:-1]).max())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_normal_numbers_are_normal(dtype):
    z = drawn(dtype, draws.normal).astype(np.float64)
    n = len(z)
    for power, expected in ((1, 0), (2, 1), (3, 0), (4, 3), (6, 15)):
        error = math.sqrt(math.prod(range(1, 2 * power, 2)) / n)  # E z²ᵖ = 1·3·5 … (2p - 1)
        assert abs((z**power).mean() - expected) < 4 * error
    assert kolmogorov(z, lambda x: (1 + math.erf(x / math.sqrt(2))) / 2) < 1.95
    radius = z.reshape(draws.NUMBERS[dtype], -1)[:2]  # r² / 2 of a pair is exponential
    assert kolmogorov((radius**2).sum(axis=0), lambda s: 1 - math.exp(-s / 2)) < 1.95


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_uniform_numbers_are_uniform(dtype):
    u = drawn(dtype, draws.uniform)
    assert 0 <= u.min() < u.max() < 1
    assert kolmogorov(u, float) < 1.95
    assert abs((drawn(dtype, draws.uniform, (-2, 3)) * 1.0).mean() - 0.5) < 4 * 5 / math.sqrt(12e5)


def test_masks_are_true_as_often_as_they_should_be():
    for keep in (0.3, 0.5, 0.9999):
        mean = drawn("bool", draws.mask, (keep,)).mean()
        assert abs(mean - round(keep * 2**16) / 2**16) < 4 * math.sqrt(keep * (1 - keep) / 1e5)
    assert drawn("bool", draws.mask, (1.0,)).all()
    assert not drawn("bool", draws.mask, (0.0,)).any()


def test_neighbouring_entries_blocks_counters_and_keys_are_uncorrelated():
    n = 100_000
    z = drawn("float64", draws.normal, n=n)
    others = {f"{lag} on": (z[:-lag], z[lag:]) for lag in (1, 2, 3, 4)}
    others["pair"] = (z[: n // 2], z[n // 2 :])
    others["next key"] = (z, drawn("float64", draws.normal, n=n, key=KEY + 1))
    others["next high key"] = (z, drawn("float64", draws.normal, n=n, key=KEY + 2**32))
    others["2³² on"] = (z, drawn("float64", draws.normal, n=n, counter=2**32))
    for name, (a, b) in others.items():
        for f in (lambda x: x, np.abs):
            assert abs(np.corrcoef(f(a), f(b))[0, 1]) < 4 / math.sqrt(len(a)), name
