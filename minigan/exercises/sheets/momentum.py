"""Exercise momentum: a step that keeps a share of the step before.

Return the parameter and the velocity after one step downhill. What you need is in
docs/08-momentum-and-adam.md. Then: minigan exercise check THIS_FILE
"""

import numpy as np

EXERCISE = "momentum"


def descend(theta: np.ndarray, g: np.ndarray, v: np.ndarray, alpha: float, mu: float) -> tuple:
    """Return the new theta and the new v; leave the old ones as they are.

    **Shapes**  theta, g and v have one shape; g is the gradient at theta, v the velocity so far
    """
    raise NotImplementedError("write the new velocity and the new parameter here")
