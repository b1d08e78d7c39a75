"""Exercise batchnorm: the backward pass in training.

For each channel, x̂ = (x - mean) / s with s = √(var + eps), where mean and var are those of the
batch, and y = γ x̂ + β. Return dL/dx, dL/dγ and dL/dβ. What you need is in docs/06-batchnorm.md.
Then: minigan exercise check THIS_FILE
"""

import numpy as np

EXERCISE = "batchnorm"


def backward(dy: np.ndarray, x: np.ndarray, gamma: np.ndarray, eps: float) -> tuple:
    """Return dx, dgamma, dbeta.

    **Shapes**  dy, x and dx (m, channels); gamma, dgamma and dbeta (channels,)
    """
    raise NotImplementedError("write the three gradients here")
