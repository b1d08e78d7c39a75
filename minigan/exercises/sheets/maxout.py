"""Exercise maxout: the gradient goes to what won.

Each unit has several pieces, and y is the largest of them. Return dL/dz. Of equal pieces, the first
wins. What you need is in docs/07-dropout-maxout-minibatch.md. Then:
minigan exercise check THIS_FILE
"""

import numpy as np

EXERCISE = "maxout"


def backward(dy: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return dz.

    **Shapes**  z and dz (m, pieces, units), dy (m, units)
    """
    raise NotImplementedError("write dz here")
