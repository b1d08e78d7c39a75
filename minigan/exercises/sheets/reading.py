"""Exercise reading: what D's logits say, in five numbers.

Given D's logits on data and on samples, return V in nats, the mean of D(x), the mean of D(G(z)),
the accuracy of D (the share of the examples that it is right about, of data and samples together),
and the lower bound that V gives for the JSD of data and samples, in nats and not cut off at 0. All
of them have to be right at logits of ±1000, too. What you need is in docs/11-reading-a-run.md.
Then: minigan exercise check THIS_FILE
"""

import numpy as np

EXERCISE = "reading"


def reading(a_real: np.ndarray, a_fake: np.ndarray) -> tuple:
    """Return V, D_real, D_fake, accuracy and bound.

    **Shapes**  a_real, a_fake (m, 1), none of them 0; the five have no axes
    """
    raise NotImplementedError("write the five numbers here")
