"""Exercise frechet: how far two heaps of examples are apart.

Take every column of x and of y for a normal distribution that is independent of the other columns,
with the mean that it has and the variance that it has by 1/(n - 1). Return the Fréchet distance F
(the squared one, as the equation has it) of x and y. What you need is in
docs/12-evaluating-honestly.md. Then: minigan exercise check THIS_FILE
"""

import numpy as np

EXERCISE = "frechet"


def frechet(x: np.ndarray, y: np.ndarray) -> float:
    """Return F.

    **Shapes**  x (n, d), y (m, d), n and m 2 or more; F is one number
    """
    raise NotImplementedError("write the distance here")
