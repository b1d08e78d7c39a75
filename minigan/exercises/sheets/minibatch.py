"""Exercise minibatch: both parts of a gradient through comparisons.

With one kernel, c(i, j) = exp(-Σ_k |M[i, k] - M[j, k]|) and o[i] = Σ_j c(i, j), where j runs over
all examples, i included. Return dL/dM, given do = dL/do. What you need is in
docs/07-dropout-maxout-minibatch.md. Then: minigan exercise check THIS_FILE
"""

import numpy as np

EXERCISE = "minibatch"


def backward(do: np.ndarray, M: np.ndarray) -> np.ndarray:
    """Return dM.

    **Shapes**  do (m,), M and dM (m, C)
    """
    raise NotImplementedError("write dM here")
