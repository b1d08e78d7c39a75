"""Exercise adjoint: the transpose of a strided convolution.

A convolution without padding, (A x)[n, r, q] = Σ x[n, r s + i, q s + j] W[i, j], is linear in x.
Return Aᵀ y, the image of the given size with ⟨A x, y⟩ = ⟨x, Aᵀ y⟩ for every x. This is what a
transposed convolution computes. What you need is in docs/05-convolution.md. Then:
minigan exercise check THIS_FILE
"""

import numpy as np

EXERCISE = "adjoint"


def transpose(y: np.ndarray, W: np.ndarray, stride: int, size: tuple) -> np.ndarray:
    """Return Aᵀ y.

    **Shapes**  y (m, rows, columns, c_out), W (kernel height, kernel width, c_in, c_out),
    size (h, w); the result is (m, h, w, c_in)
    """
    raise NotImplementedError("paint each y through its window")
