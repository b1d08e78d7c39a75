"""Layers of shapes that hypothesis draws have the right gradients."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from minigan.activations import LeakyReLU, ReLU, Sigmoid, Tanh
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.checks import check_layer
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.layer import Sequential
from minigan.maxout import Maxout
from minigan.minibatch import MinibatchDiscrimination
from minigan.reshape import Flatten, Pack, Reshape

quick = settings(deadline=None, max_examples=40)

sizes = st.integers(1, 4)
seeds = st.integers(0, 2**31)


@quick
@given(m=sizes, n_in=sizes, n_out=sizes, bias=st.booleans(), seed=seeds)
def test_dense_of_any_size(m, n_in, n_out, bias, seed):
    check_layer(lambda rng: Dense(n_in, n_out, rng, bias=bias), (m, n_in), seed=seed)


@quick
@given(
    axes=st.lists(sizes, min_size=1, max_size=3),
    c=sizes,
    decay=st.floats(0, 0.99),
    eps=st.sampled_from([1e-5, 1e-3, 0.1]),
    seed=seeds,
)
def test_batchnorm_of_any_shape(axes, c, decay, eps, seed):
    if math.prod(axes) < 2:
        axes[0] = 2
    check_layer(lambda rng: BatchNorm(c, rng, decay=decay, eps=eps), (*axes, c), seed=seed)


@quick
@given(m=sizes, pieces=sizes, units=sizes, seed=seeds)
def test_maxout_of_any_size(m, pieces, units, seed):
    check_layer(lambda rng: Maxout(pieces), (m, pieces * units), seed=seed)


@quick
@given(m=sizes, n_in=sizes, kernels=sizes, dim=sizes, with_itself=st.booleans(), seed=seeds)
def test_minibatch_discrimination_of_any_size(m, n_in, kernels, dim, with_itself, seed):
    def make(rng):
        return MinibatchDiscrimination(n_in, kernels, dim, rng, with_itself=with_itself)

    check_layer(make, (m, n_in), seed=seed)


@quick
@given(packs=sizes, k=sizes, rest=st.lists(sizes, min_size=1, max_size=3), seed=seeds)
def test_pack_of_any_shape(packs, k, rest, seed):
    check_layer(lambda rng: Pack(k), (packs * k, *rest), seed=seed)


@quick
@given(
    shape=st.lists(sizes, min_size=1, max_size=4).map(tuple),
    which=st.sampled_from([ReLU, lambda: LeakyReLU(0.3), Sigmoid, Tanh]),
    scale=st.sampled_from([1e-3, 1.0, 30.0]),
    seed=seeds,
)
def test_activations_of_any_shape(shape, which, scale, seed):
    check_layer(lambda rng: which(), shape, seed=seed, input_scale=scale)


@quick
@given(shape=st.lists(sizes, min_size=1, max_size=4).map(tuple), rate=st.floats(0, 0.9), seed=seeds)
def test_dropout_of_any_shape(shape, rate, seed):
    check_layer(lambda rng: Dropout(rate, rng), shape, seed=seed)


@quick
@given(shape=st.lists(sizes, min_size=2, max_size=4).map(tuple), seed=seeds)
def test_flatten_and_reshape_undo_each_other(shape, seed):
    x = Random(seed).normal(shape)
    flat = Flatten()(x)
    assert flat.shape == (shape[0], math.prod(shape[1:]))
    np.testing.assert_array_equal(Reshape(shape[1:])(flat), x)
    check_layer(lambda rng: Sequential(Flatten(), Reshape(shape[1:])), shape, seed=seed)
