"""MinibatchDiscrimination: its definition in loops, its identities, its kinks, and its cost."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minigan import minibatch
from minigan.backend import Random
from minigan.checks import GradientError, KinkError, check_game, check_layer
from minigan.dense import Dense
from minigan.initializers import normal
from minigan.layer import Sequential
from minigan.minibatch import MinibatchDiscrimination

quick = settings(deadline=None, max_examples=40)
seeds = st.integers(0, 2**31)
sizes = st.integers(1, 5)


def drawn(m, n_in, kernels, dim, seed=0, **options):
    """A layer in float64 and an x for it."""
    rng = Random(seed, dtype="float64")
    layer = MinibatchDiscrimination(n_in, kernels, dim, rng, T=normal(0.5), **options)
    return layer, rng.normal((m, n_in))


def closeness(x, T, i, j, b):
    """c_b(i, j) from the definition, a number at a time."""
    distance = 0.0
    for c in range(T.shape[2]):
        M_i = sum(x[i, k] * T[k, b, c] for k in range(T.shape[0]))
        M_j = sum(x[j, k] * T[k, b, c] for k in range(T.shape[0]))
        distance += abs(M_i - M_j)
    return math.exp(-distance)


@quick
@given(m=sizes, n_in=sizes, kernels=sizes, dim=sizes, with_itself=st.booleans(), seed=seeds)
def test_o_is_the_sum_of_exp_of_minus_the_l1_distance(m, n_in, kernels, dim, with_itself, seed):
    """o_ib = Σⱼ c_b(i, j), over j ≠ i where it is without itself; y = [x, o]"""
    layer, x = drawn(m, n_in, kernels, dim, seed, with_itself=with_itself)
    y, T = layer(x), layer.params["T"]
    np.testing.assert_array_equal(y[:, :n_in], x)
    for i in range(m):
        for b in range(kernels):
            others = [j for j in range(m) if with_itself or j != i]
            o = sum(closeness(x, T, i, j, b) for j in others)
            assert y[i, n_in + b] == pytest.approx(o, rel=1e-12)


@quick
@given(m=sizes, seed=seeds, scale=st.sampled_from([1e-4, 1.0, 1e4]))
def test_o_lies_between_1_and_m(m, seed, scale):
    """1 ≤ o ≤ m             0 ≤ o ≤ m - 1 without i itself"""
    for with_itself in (True, False):
        layer, x = drawn(m, 3, 4, 2, seed, with_itself=with_itself)
        o = layer(scale * x)[:, 3:]
        assert (o >= with_itself).all()
        assert (o <= (m - 1 + with_itself) * (1 + 1e-15)).all()


def test_a_collapsed_batch_counts_all_and_a_scattered_one_only_itself():
    layer, x = drawn(5, 3, 2, 2)
    assert (layer(np.repeat(x[:1], 5, axis=0))[:, 3:] == 5).all()
    assert (layer(1e6 * x)[:, 3:] == 1).all()


@quick
@given(seed=seeds)
def test_one_vector_added_to_all_x_changes_no_o(seed):
    """Only differences count, so that one vector added to all x changes no o"""
    layer, x = drawn(6, 3, 4, 2, seed)
    shift = 10 * Random(seed, stream="shift", dtype="float64").normal((3,))
    np.testing.assert_allclose(layer(x + shift)[:, 3:], layer(x)[:, 3:], rtol=1e-12)


@quick
@given(m=st.integers(2, 6), seed=seeds)
def test_what_reaches_x_through_o_sums_to_0_over_the_batch(m, seed):
    """Σᵢ dMᵢ = 0"""
    layer, x = drawn(m, 3, 4, 2, seed)
    dy = Random(seed, stream="dy", dtype="float64").normal((m, 7))
    dx, _ = layer.backward(dy, layer.forward(x)[1])
    through_o = dx - dy[:, :3]
    assert abs(through_o).max() > 1e-6
    np.testing.assert_allclose(through_o.sum(axis=0), 0, atol=1e-13 * m * abs(dy).sum())


def test_the_order_of_the_batch_does_not_matter():
    layer, x = drawn(6, 3, 4, 2)
    order = np.array([3, 0, 5, 1, 4, 2])
    np.testing.assert_allclose(layer(x[order]), layer(x)[order], rtol=1e-14)


def test_both_readings_of_the_sum_have_one_gradient():
    """with_itself=False sums over j ≠ i. The gradients are the same"""
    (one, x), (other, _) = drawn(5, 3, 4, 2), drawn(5, 3, 4, 2, with_itself=False)
    (y, cache), (y_other, cache_other) = one.forward(x), other.forward(x)
    np.testing.assert_allclose(y[:, 3:] - 1, y_other[:, 3:], atol=1e-15)
    (dx, grads), (dx_other, grads_other) = one.backward(y, cache), other.backward(y, cache_other)
    np.testing.assert_array_equal(dx, dx_other)
    np.testing.assert_array_equal(grads["T"], grads_other["T"])


def test_in_float32_what_is_small_is_lost_beside_the_1():
    """in float32 what is below 6e-8 is lost beside it"""
    x = np.float32([[0], [20]])
    for with_itself, expected in ((True, 1.0), (False, np.exp(np.float32(-20)))):
        layer = MinibatchDiscrimination(1, 1, 1, Random(0), with_itself=with_itself)
        layer.params["T"][...] = 1
        np.testing.assert_allclose(layer(x)[:, 1], expected, rtol=1e-6)


def test_training_and_evaluation_are_the_same():
    layer, x = drawn(5, 3, 4, 2)
    (y, cache), (y_eval, cache_eval) = layer.forward(x, train=True), layer.forward(x, train=False)
    np.testing.assert_array_equal(y, y_eval)
    np.testing.assert_array_equal(layer.backward(y, cache)[0], layer.backward(y, cache_eval)[0])


def test_an_example_alone_is_not_what_it_is_among_others():
    """o = 1: nothing is near"""
    layer, x = drawn(5, 3, 4, 2)
    assert (layer(x[:1])[:, 3:] == 1).all()
    assert (layer(x)[:, 3:] > 1).all()


# Kinks --------------------------------------------------------------------------------------------


def test_equal_examples_are_not_pushed_apart_but_nearly_equal_ones_are():
    """Two equal rows of different examples are at a true kink; there the sides' slopes cancel"""
    layer = MinibatchDiscrimination(1, 1, 1, Random(0, dtype="float64"))
    layer.params["T"][...] = 1
    dy = np.array([[0.0, 1.0], [0.0, 1.0]])  # L = o_1 + o_2 = 2 + 2 exp(-|x_1 - x_2|)
    for gap, slope in ((0.0, 0.0), (1e-9, 2.0), (-1e-9, -2.0)):
        _, cache = layer.forward(np.array([[gap], [0.0]]))
        dx, _ = layer.backward(dy, cache)
        np.testing.assert_allclose(dx, [[-slope], [slope]], atol=1e-8)


def test_a_gradient_check_at_a_true_kink_says_so():
    layer_x = np.array([[0.5, 1.0], [0.5, 1.0], [2.0, -1.0]])
    with pytest.raises(KinkError):
        check_layer(lambda rng: MinibatchDiscrimination(2, 2, 2, rng), x=layer_x)


# The game -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_itself", [True, False])
def test_a_game_whose_D_compares_its_batch_has_the_right_gradients(with_itself):
    rng = Random(3, dtype="float64")
    G = Sequential(Dense(2, 3, rng))
    layer = MinibatchDiscrimination(3, 2, 2, rng, with_itself=with_itself)
    D = Sequential(Dense(3, 3, rng), layer, Dense(5, 1, rng))
    rows = check_game(G, D, rng.normal((5, 3)), rng.normal((5, 2)))
    assert all(row.verdict == "ok" for row in rows)


def test_half_of_the_pair_is_caught():
    class Half(MinibatchDiscrimination):
        """As if only example i's own sum moved with it."""

        def backward(self, dy, cache, **needs):
            x, M = cache
            difference, c = minibatch._compare(M, slice(None))
            do = dy[:, self.n_in :].T
            pair = do[:, :, None] * c
            dM = -(pair[:, None] * np.sign(difference)).sum(axis=3)
            dM = dM.reshape(-1, len(x))
            dT = (x.T @ dM.T).reshape(self.params["T"].shape)
            return dy[:, : self.n_in] + dM.T @ self._matrix().T, {"T": dT}

    with pytest.raises(GradientError):
        check_layer(lambda rng: Half(3, 2, 2, rng), (4, 3))


# What it costs, and what it refuses ---------------------------------------------------------------


@pytest.mark.parametrize("few", [1, 20, 25, 2 * 50, 3 * 50, 10**6])  # 50: one kernel, all pairs
@pytest.mark.parametrize("with_itself", [True, False])
def test_a_few_differences_at_a_time_give_what_all_at_once_give(monkeypatch, few, with_itself):
    layer, x = drawn(5, 3, 7, 2, with_itself=with_itself)
    results = []
    for size in (10**9, few):
        monkeypatch.setitem(minibatch.DIFFERENCES, "cpu", size)
        y, cache = layer.forward(x)
        dx, grads = layer.backward(y, cache)
        results.append((y, dx, grads["T"]))
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-13, atol=1e-15)


def test_the_differences_of_all_pairs_never_stand_in_memory_at_once():
    """131 MB in float32 for m = 256, B = 100, C = 5; 1.3 MB of them are those of one kernel"""
    m, kernels, dim = 256, 100, 5
    rng = Random(0)
    layer, x = MinibatchDiscrimination(8, kernels, dim, rng), rng.normal((m, 8))
    y, cache = layer.forward(x)
    tracemalloc.start()
    try:
        again, _ = layer.forward(x)
        layer.backward(y, cache)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    M_dM_and_the_rest = 2 * cache[1].nbytes + 3 * again.nbytes
    assert peak < M_dM_and_the_rest + 1e6


def test_closeness_that_is_taken_for_0_is_far_below_all_that_counts():
    """LOST: no product with it is denormal, and it is lost beside anything that counts"""
    smallest_normal = float(np.finfo(np.float32).tiny)
    assert smallest_normal * 1e6 < minibatch.LOST
    x = np.float32([[0], [68], [145]])  # exp(-68) = 2.9e-30, exp(-77) = 3.6e-34, exp(-145)
    layer = MinibatchDiscrimination(1, 1, 1, Random(0), with_itself=False)
    layer.params["T"][...] = 1
    o = layer(x)[:, 1]
    np.testing.assert_allclose(o, [math.exp(-68), math.exp(-68), 0], rtol=1e-5)


def test_refuses_sizes_and_inputs_that_do_not_fit():
    rng = Random(0)
    with pytest.raises(ValueError, match=r"kernels is 0, expected an integer of 1 or more"):
        MinibatchDiscrimination(3, 0, 2, rng)
    with pytest.raises(TypeError, match=r"dim is 2\.5, expected an integer of 1 or more"):
        MinibatchDiscrimination(3, 4, 2.5, rng)
    with pytest.raises(ValueError, match=r"n_in is -1, expected an integer of 1 or more"):
        MinibatchDiscrimination(-1, 4, 2, rng)
    layer = MinibatchDiscrimination(3, 4, 2, rng)
    with pytest.raises(
        ValueError,
        match=r"^MinibatchDiscrimination\(3 \+ 4 × 2\): x has shape \(5, 2\), expected \(m, 3\)\.$",
    ):
        layer(rng.normal((5, 2)))
    _, cache = layer.forward(rng.normal((5, 3)))
    with pytest.raises(ValueError, match=r"dy has shape \(5, 3\), expected \(5, 7\), the shape of"):
        layer.backward(rng.normal((5, 3)), cache)
