"""Exercise value-slopes: where D's ascent begins.

V is the mean of log σ(a) over the logits a of the data, plus the mean of log(1 - σ(a)) over those
of the samples. Return its slope in each logit. It has to keep its digits at a = ±40, where 1 - σ
is 0, and be right at ±1000. What you need is in docs/09-the-game.md. Then:
minigan exercise check THIS_FILE
"""

import numpy as np

EXERCISE = "value-slopes"


def slopes(a_real: np.ndarray, a_fake: np.ndarray) -> tuple:
    """Return ∂V/∂a_real and ∂V/∂a_fake.

    **Shapes**  a_real, a_fake (m, 1); so are the slopes
    """
    raise NotImplementedError("write the two slopes here")
