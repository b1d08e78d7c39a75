"""Exercise numeric-gradient: measure a gradient without calculus.

f(x) is a number that depends on every entry of the array x. Return its gradient, measured by
central differences with the step h, one entry after the other. x is to be as it was when you are
done. What you need is in docs/04-checking-a-gradient.md. Then: minigan exercise check THIS_FILE
"""

from collections.abc import Callable

import numpy as np

EXERCISE = "numeric-gradient"


def gradient(f: Callable[[np.ndarray], float], x: np.ndarray, h: float) -> np.ndarray:
    """Return the slopes of f in each entry of x.

    **Shapes**  the result has the shape of x
    """
    raise NotImplementedError("move one entry at a time, up and down")
