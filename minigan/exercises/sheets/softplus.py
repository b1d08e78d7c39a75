"""Exercise softplus: two functions of a logit, right for every logit.

Return log(1 + e^a) and 1 / (1 + e^-a), right for every a: at ±1000 and ±10,000, and to all digits
where they are tiny, as at a = -40. What overflows inside and comes out right is right. What you
need is in docs/03-kinks-and-slopes.md. Then: minigan exercise check THIS_FILE
"""

import numpy as np

EXERCISE = "softplus"


def softplus(a: np.ndarray) -> np.ndarray:
    """Return log(1 + e^a), entry by entry."""
    raise NotImplementedError("write ζ(a) here")


def sigmoid(a: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + e^-a), entry by entry."""
    raise NotImplementedError("write σ(a) here")
