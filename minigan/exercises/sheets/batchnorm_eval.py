"""Exercise batchnorm-eval: the backward pass in evaluation.

For each channel, x̂ = (x - mean) / √(var + eps), where mean and var are running averages that were
kept in training, and y = γ x̂ + β. Return dL/dx, dL/dγ and dL/dβ. What you need is in
docs/06-batchnorm.md. Then: minigan exercise check THIS_FILE
"""

import numpy as np

EXERCISE = "batchnorm-eval"


def backward(
    dy: np.ndarray, x: np.ndarray, gamma: np.ndarray, mean: np.ndarray, var: np.ndarray, eps: float
) -> tuple:
    """Return dx, dgamma, dbeta.

    **Shapes**  dy, x and dx (m, channels); all others (channels,)
    """
    raise NotImplementedError("write the three gradients here")
