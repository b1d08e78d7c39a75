"""Exercise conv: dx, dW and db of a convolution.

No padding: y[n, r, q] = Σ x[n, r s + i, q s + j] W[i, j] + b, summed over i and j, where x[n, ·, ·]
is a row of c_in numbers, W[i, j] a matrix (c_in, c_out), and s the stride. Return dL/dx, dL/dW and
dL/db. Loops are fine. What you need is in docs/05-convolution.md. Then:
minigan exercise check THIS_FILE
"""

import numpy as np

EXERCISE = "conv"


def backward(dy: np.ndarray, x: np.ndarray, W: np.ndarray, stride: int) -> tuple:
    """Return dx, dW, db.

    **Shapes**  x and dx (m, h, w, c_in), dy (m, h_out, w_out, c_out), W and dW
    (kernel height, kernel width, c_in, c_out), db (c_out,)
    """
    raise NotImplementedError("write the three gradients here")
