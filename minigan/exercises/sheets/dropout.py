"""Exercise dropout: forward and backward with one mask.

In training each entry of x is set to 0 with probability rate, and the others are scaled so that the
mean stays what it was; in evaluation nothing happens. forward returns y and a cache, whatever you
need in backward, and backward gets that cache. rng.random(shape) draws uniform numbers in [0, 1).
What you need is in docs/07-dropout-maxout-minibatch.md. Then: minigan exercise check THIS_FILE
"""

import numpy as np

EXERCISE = "dropout"


def forward(x: np.ndarray, rate: float, rng: np.random.Generator, train: bool) -> tuple:
    """Return y and a cache.

    **Shapes**  y has the shape of x
    """
    raise NotImplementedError("draw the mask and use it here")


def backward(dy: np.ndarray, cache: object, rate: float, rng: np.random.Generator) -> np.ndarray:
    """Return dx.

    **Shapes**  dx has the shape of dy
    """
    raise NotImplementedError("write dx here")
