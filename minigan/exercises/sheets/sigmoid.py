"""Exercise sigmoid: the backward pass of y = 1 / (1 + e^-x).

Return dL/dx. It has to be right at x = ±40, too, where the slope is tiny but not 0. What you need
is in docs/03-kinks-and-slopes.md. Then: minigan exercise check THIS_FILE
"""

import numpy as np

EXERCISE = "sigmoid"


def backward(dy: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return dx.

    **Shapes**  dy, x and dx have one shape
    """
    raise NotImplementedError("write dx here")
