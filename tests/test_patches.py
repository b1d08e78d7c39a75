"""Unfold, fold and the three maps made of them: each sentence and formula of patches.py holds."""

import itertools

import numpy as np
import pytest
from convolution_by_definition import convolve, paint
from convolution_drawings import UNEVEN, convolutions
from hypothesis import given, settings

from minigan.patches import fold, gather, pad, scatter, unfold, weight_gradient
from minigan.window import window

quick = settings(deadline=None, max_examples=150)


def inner(a, b):
    return float((a * b).sum())


def assert_close(a, b, terms):
    """Equal but for the rounding of a sum whose terms have these sizes together."""
    np.testing.assert_allclose(a, b, rtol=0, atol=1e-13 * max(1.0, terms))


# --- unfold and fold ------------------------------------------------------------------------------


@quick
@given(convolutions())
def test_a_patch_is_what_the_window_sees(drawn):
    """p[n, r, q, i, j, :] = x[n, r·s + i - top, q·s + j - left, :], or 0 outside"""
    x, _, _ = drawn.arrays()
    p = unfold(x, drawn.window)
    (top, _), (left, _) = drawn.window.pads(drawn.size)
    assert p.shape[:1] + p.shape[3:] == (drawn.shape[0], *drawn.kernel, drawn.shape[3])
    for r, q, i, j in itertools.product(*map(range, p.shape[1:5])):
        row, column = r * drawn.stride[0] + i - top, q * drawn.stride[1] + j - left
        inside = 0 <= row < x.shape[1] and 0 <= column < x.shape[2]
        np.testing.assert_array_equal(p[:, r, q, i, j], x[:, row, column] if inside else 0)


@quick
@given(convolutions())
def test_unfold_and_fold_are_adjoint(drawn):
    """⟨unfold(x), p⟩ = ⟨x, fold(p)⟩"""
    x, _, _ = drawn.arrays()
    seen = unfold(x, drawn.window)
    p = np.random.default_rng(drawn.seed).normal(size=seen.shape)
    painted = fold(p, x.shape, drawn.window)
    assert painted.shape == x.shape
    assert_close(inner(seen, p), inner(x, painted), abs(seen * p).sum())


@quick
@given(convolutions())
def test_fold_puts_each_row_back_and_adds_up_where_rows_overlap(drawn):
    """Folding what was unfolded gives each pixel times the number of windows that see it."""
    x, _, _ = drawn.arrays()
    seen_by = fold(unfold(np.ones_like(x), drawn.window), x.shape, drawn.window)
    assert seen_by.min() >= 0
    assert seen_by.max() <= np.prod(drawn.kernel)
    np.testing.assert_allclose(fold(unfold(x, drawn.window), x.shape, drawn.window), x * seen_by)


def test_pixels_that_no_window_sees_get_nothing():
    w = window(1, 3)  # sees the pixels 0, 3 and 6 of 8
    x = np.arange(1.0, 9.0).reshape(1, 1, 8, 1)
    assert unfold(x, w).ravel().tolist() == [1, 4, 7]
    assert fold(unfold(x, w), x.shape, w).ravel().tolist() == [1, 0, 0, 4, 0, 0, 7, 0]


def test_pad_puts_its_zeros_where_it_says():
    x = np.ones((1, 1, 1, 1))
    padded = pad(x, ((1, 0), (2, 1)))
    assert padded[0, :, :, 0].tolist() == [[0, 0, 0, 0], [0, 0, 1, 0]]
    assert pad(x, ((0, 0), (0, 0))) is x


# --- gather, scatter, weight_gradient -------------------------------------------------------------


def check_gather(drawn):
    (x, W, _), (b, _) = drawn.arrays(), drawn.biases()
    pads = drawn.window.pads(drawn.size)
    expected = convolve(x, W, drawn.stride, pads, b)
    np.testing.assert_allclose(gather(x, W, drawn.window, b), expected, rtol=1e-12, atol=1e-12)


def check_scatter(drawn):
    (x, W, y), (_, b) = drawn.arrays(), drawn.biases()
    expected = paint(y, W, drawn.stride, drawn.window.pads(drawn.size), drawn.size, b)
    actual = scatter(y, W, x.shape, drawn.window, b)
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-12)


def check_weight_gradient(drawn):
    """Entry (i, j, a, o) is the change of ⟨unfold(x) W, y⟩ when W[i, j, a, o] grows by 1."""
    x, W, y = drawn.arrays()
    dW, pads = weight_gradient(x, y, drawn.window), drawn.window.pads(drawn.size)
    assert dW.shape == W.shape
    for tap in np.ndindex(drawn.kernel):
        one = np.zeros((*drawn.kernel, W.shape[2], W.shape[2]))
        one[tap] = np.eye(W.shape[2])
        met = convolve(x, one, drawn.stride, pads)  # what tap (i, j) saw, at all positions
        expected = np.einsum("nrqa,nrqo->ao", met, y)
        np.testing.assert_allclose(dW[tap], expected, rtol=1e-12, atol=1e-12)


CHECKS = {"gather": check_gather, "scatter": check_scatter, "weights": check_weight_gradient}


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_the_maps_are_what_they_are_by_definition(check):
    check(UNEVEN)


@settings(deadline=None, max_examples=60)
@given(drawn=convolutions(most_images=2, most_channels=3))
@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_the_maps_are_what_they_are_by_definition_for_any_window(check, drawn):
    check(drawn)


@quick
@given(convolutions())
def test_gather_and_scatter_are_adjoint(drawn):
    """⟨A x, y⟩ = ⟨x, Aᵀ y⟩"""
    x, W, y = drawn.arrays()
    Ax, Aty = gather(x, W, drawn.window), scatter(y, W, x.shape, drawn.window)
    terms = gather(abs(x), abs(W), drawn.window)
    assert_close(inner(Ax, y), inner(x, Aty), inner(terms, abs(y)))


@quick
@given(convolutions())
def test_weight_gradient_is_the_slope_of_what_is_linear_in_W(drawn):
    """⟨unfold(x) W, y⟩ = ⟨W, unfold(x)ᵀ y⟩, the same number in two ways"""
    x, W, y = drawn.arrays()
    dW, terms = weight_gradient(x, y, drawn.window), gather(abs(x), abs(W), drawn.window)
    assert_close(inner(gather(x, W, drawn.window), y), inner(W, dW), inner(terms, abs(y)))


def test_three_pixels_and_the_kernel_u_v_make_the_matrix_of_the_text():
    """A = [u v 0; 0 u v]: each y collects from two pixels; Aᵀ: each y paints two pixels"""
    u, v = 2.0, 3.0
    W, w = np.array([u, v]).reshape(1, 2, 1, 1), window((1, 2))
    A = gather(np.eye(3).reshape(3, 1, 3, 1), W, w).reshape(3, 2).T
    assert A.tolist() == [[u, v, 0], [0, u, v]]
    At = scatter(np.eye(2).reshape(2, 1, 2, 1), W, (2, 1, 3, 1), w).reshape(2, 3).T
    assert At.tolist() == A.T.tolist()


@pytest.mark.parametrize("pads", ["same", "valid", ((1, 2), (0, 1))])
def test_an_empty_batch_goes_through(pads):
    x, W, w = np.ones((0, 5, 6, 2)), np.ones((3, 3, 2, 4)), window(3, 2, pads)
    y = gather(x, W, w, np.ones(4))
    assert y.shape == (0, *w.positions((5, 6)), 4)
    assert scatter(y, W, x.shape, w, np.ones(2)).shape == x.shape
    dW = weight_gradient(x, y, w)
    assert dW.shape == W.shape
    assert not dW.any()


def test_patches_of_images_of_another_shape_are_refused():
    """NumPy would spread one channel over all, and leave a larger image empty at its ends."""
    seen = window(3, 2, 1)
    x = np.arange(2.0 * 7 * 8 * 3).reshape(2, 7, 8, 3)
    p = unfold(x, seen)
    assert fold(p, x.shape, seen).shape == x.shape
    other = [(1, 7, 8, 3), (2, 9, 8, 3), (2, 7, 12, 3), (2, 7, 8, 1), (2, 5, 8, 3), (2, 6, 6, 3)]
    for shape in other:
        with pytest.raises(ValueError, match=r"^fold: p has shape \(2, 4, 4, 3, 3, 3\), exp"):
            fold(p, shape, seen)
    for few in (p[:1], p[:, :1], p[:, :, :1], p[..., :1], p[:, :, :, :2], p[0]):
        with pytest.raises(ValueError, match=r"expected \(2, 4, 4, 3, 3, 3\), the patches of"):
            fold(few, x.shape, seen)
    with pytest.raises(ValueError, match=r"^fold: shape is \(7, 8, 3\), expected \(m, h, w, c\)"):
        fold(p, x.shape[1:], seen)
    with pytest.raises(ValueError, match=r"^unfold: x has shape \(7, 8, 3\), expected \(m, h, w"):
        unfold(x[0], seen)
