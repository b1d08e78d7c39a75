"""UpSampling2D repeats pixels, and its backward sums over the repetitions."""

import numpy as np
from convolution_by_definition import block_sums
from convolution_drawings import assert_same_numbers, double, passes
from hypothesis import given, settings
from hypothesis import strategies as st

from minigan.conv import ConvTranspose2D
from minigan.upsampling import UpSampling2D

quick = settings(deadline=None, max_examples=60)
seeds = st.integers(0, 2**31)

factors = st.tuples(st.integers(1, 4), st.integers(1, 4))
images = st.tuples(*[st.integers(1, 4)] * 4)


@quick
@given(factor=factors, shape=images, seed=seeds)
def test_upsampling_repeats_and_its_backward_is_the_block_sum(factor, shape, seed):
    """y[r, q] = x[⌊r / factor⌋, ⌊q / factor⌋]    dx[r, q] = Σ dy over the block"""
    (down, right), x = factor, double(seed).normal(shape)
    y, dy, dx, grads = passes(UpSampling2D(factor), x, dy_seed=seed)
    assert y.shape == (shape[0], shape[1] * down, shape[2] * right, shape[3])
    for r in range(y.shape[1]):
        for q in range(y.shape[2]):
            np.testing.assert_array_equal(y[:, r, q], x[:, r // down, q // right])
    assert_same_numbers(dx, block_sums(dy, down, right))
    assert grads == {}


def test_upsampling_in_numbers():
    x = np.arange(1.0, 5.0).reshape(1, 2, 2, 1)
    y, cache = UpSampling2D(2).forward(x)
    assert y[0, :, :, 0].tolist() == [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]
    dy = np.arange(16.0).reshape(1, 4, 4, 1)
    assert UpSampling2D(2).backward(dy, cache)[0][0, :, :, 0].tolist() == [[10, 18], [42, 50]]
    assert UpSampling2D((1, 2))(x)[0, :, :, 0].tolist() == [[1, 1, 2, 2], [3, 3, 4, 4]]
    assert UpSampling2D((2, 1))(x)[0, :, :, 0].tolist() == [[1, 2], [1, 2], [3, 4], [3, 4]]


@quick
@given(factor=factors, shape=images, seed=seeds)
def test_upsampling_and_its_block_sum_are_adjoint(factor, shape, seed):
    """⟨U x, dy⟩ = ⟨x, Uᵀ dy⟩"""
    x = double(seed).normal(shape)
    y, dy, dx, _ = passes(UpSampling2D(factor), x, dy_seed=seed)
    assert abs((y * dy).sum() - (x * dx).sum()) <= 1e-13 * max(1, abs(y * dy).sum())


def test_upsampling_is_a_transposed_convolution_with_a_kernel_of_ones():
    x = double().normal((2, 3, 4, 2))
    up = ConvTranspose2D(2, 2, 3, double(), stride=3, pad=0)
    up.params["W"][...] = np.eye(2)
    assert_same_numbers(UpSampling2D(3)(x), up(x))
