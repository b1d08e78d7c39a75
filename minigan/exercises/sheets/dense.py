"""Exercise dense: the backward pass of y = xW + b.

L is a number that depends on y, and dy is its gradient: dy[i, j] = dL/dy[i, j]. Write down what a
small change of x, of W and of b does to y, and then to L; return dL/dx, dL/dW and dL/db. What you
need is in docs/02-the-chain-rule.md. Then: minigan exercise check THIS_FILE
"""

import numpy as np

EXERCISE = "dense"


def backward(dy: np.ndarray, x: np.ndarray, W: np.ndarray) -> tuple:
    """Return dx, dW, db.

    **Shapes**  dy (m, n_out), x (m, n_in), W (n_in, n_out); dx (m, n_in), dW (n_in, n_out),
    db (n_out,)
    """
    raise NotImplementedError("write the three gradients here")
