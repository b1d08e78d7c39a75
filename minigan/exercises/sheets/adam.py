"""Exercise adam: a step along a running mean, divided by a running root mean square.

Return the parameter and the two running means after one step downhill, by Algorithm 1 of Kingma &
Ba 2015: with both corrections, and eps beside the root. What you need is in
docs/08-momentum-and-adam.md. Then: minigan exercise check THIS_FILE
"""

import numpy as np

EXERCISE = "adam"


def descend(
    theta: np.ndarray,
    g: np.ndarray,
    m: np.ndarray,
    v: np.ndarray,
    t: int,
    alpha: float,
    beta1: float,
    beta2: float,
    eps: float,
) -> tuple:
    """Return the new theta, m and v; leave the old ones as they are.

    **Shapes**  theta, g, m and v have one shape; t counts the steps, this one included: 1, 2, ...
    """
    raise NotImplementedError("write the new m, v and theta here")
