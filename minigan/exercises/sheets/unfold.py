"""Exercise unfold: a convolution as one matrix product.

unfold cuts images into what a window sees: the row of position (r, q) of image n is

    x[n, r·down + i - top, q·right + j - left, :],   0 outside of the image,

for the taps (i, j) of the kernel, written side by side, row by row. The rows come in the order of
(m, rows, columns). convolve makes y of them by one product; its values may come from anywhere, but
one product is what it is about. rows = (top + h + bottom - kh) // down + 1, and likewise columns.
What you need is in docs/14-where-the-time-goes.md and docs/05-convolution.md. Then:
minigan exercise check THIS_FILE
"""

import numpy as np

EXERCISE = "unfold"


def unfold(x: np.ndarray, kernel: tuple, stride: tuple, pads: tuple) -> np.ndarray:
    """Return the matrix of patches.

    **Shapes**  x (m, h, w, c), the matrix (m·rows·columns, kh·kw·c); kernel (kh, kw), stride
    (down, right), pads ((top, bottom), (left, right)): zeros around the image
    """
    raise NotImplementedError("write the patches down here")


def convolve(x: np.ndarray, W: np.ndarray, b: np.ndarray, stride: tuple, pads: tuple) -> np.ndarray:
    """Return y = unfold(x) W + b.

    **Shapes**  x (m, h, w, c), W (kh, kw, c, n), b (n,), y (m, rows, columns, n)
    """
    raise NotImplementedError("multiply the patches with the kernel here")
