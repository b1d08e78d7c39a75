"""The convolutions by their definition, a number at a time: what minigan's matrix products must do.

Written from the formulas, in loops that nobody could get wrong and nobody would wait for. Nothing
here uses minigan.
"""

import itertools
import math

import numpy as np


def convolve(x, W, stride, pads, b=0.0):
    """y[r, q] = Σᵢⱼ x[r·s + i - top, q·s + j - left] W[i, j] + b, x = 0 outside the image."""
    (m, h, w, _), (kh, kw, c_in, c_out) = x.shape, W.shape
    (top, bottom), (left, right) = pads
    h_out = math.floor((top + h + bottom - kh) / stride[0]) + 1
    w_out = math.floor((left + w + right - kw) / stride[1]) + 1
    y = np.zeros((m, h_out, w_out, c_out)) + b
    for n, r, q, i, j, a in itertools.product(*map(range, (m, h_out, w_out, kh, kw, c_in))):
        row, column = r * stride[0] + i - top, q * stride[1] + j - left
        if 0 <= row < h and 0 <= column < w:
            y[n, r, q] += x[n, row, column, a] * W[i, j, a]
    return y


def paint(x, W, stride, pads, size, b=0.0):
    """x[r, q] W[i, j]ᵀ is added to y[r·s + i - top, q·s + j - left]; what falls outside is lost."""
    (m, h, w, c_in), (kh, kw, c_out, _) = x.shape, W.shape
    (top, _), (left, _) = pads
    y = np.zeros((m, *size, c_out)) + b
    for n, r, q, i, j, a in itertools.product(*map(range, (m, h, w, kh, kw, c_in))):
        row, column = r * stride[0] + i - top, q * stride[1] + j - left
        if 0 <= row < size[0] and 0 <= column < size[1]:
            y[n, row, column] += x[n, r, q, a] * W[i, j, :, a]
    return y


def same_pads(n, kernel, stride):
    """(before, after) of "same" along one axis, as TensorFlow's guide defines them."""
    total = max(kernel - stride, 0) if n % stride == 0 else max(kernel - n % stride, 0)
    return total // 2, total - total // 2


def block_sums(y, down, right):
    """Σ over each block of down x right pixels."""
    m, h, w, c = y.shape
    sums = np.zeros((m, h // down, w // right, c))
    for r, q in itertools.product(range(h), range(w)):
        sums[:, r // down, q // right] += y[:, r, q]
    return sums
