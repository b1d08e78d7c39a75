"""Exercise leaky-relu: a slope with a kink.

y is x where x > 0, and alpha times x elsewhere. Return dL/dx. At x = 0 take the slope of the
negative side. What you need is in docs/03-kinks-and-slopes.md. Then:
minigan exercise check THIS_FILE
"""

import numpy as np

EXERCISE = "leaky-relu"


def backward(dy: np.ndarray, x: np.ndarray, alpha: float) -> np.ndarray:
    """Return dx.

    **Shapes**  dy, x and dx have one shape
    """
    raise NotImplementedError("write dx here")
