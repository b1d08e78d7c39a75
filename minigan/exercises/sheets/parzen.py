"""Exercise parzen: how probable examples are among bumps.

Around each of n centres stands a normal bump of the width sigma (a standard deviation) in all d
directions, and the density p is the mean of the bumps. Return log p, in nats, of each example. It
has to be right where every bump is so small that a computer rounds it to 0, too. What you need is
in docs/12-evaluating-honestly.md. Then: minigan exercise check THIS_FILE
"""

import numpy as np

EXERCISE = "parzen"


def log_density(x: np.ndarray, centres: np.ndarray, sigma: float) -> np.ndarray:
    """Return log p(x) of each row of x.

    **Shapes**  x (m, d), centres (n, d); log p (m,)
    """
    raise NotImplementedError("write the logarithm of the mean of the bumps here")
