"""Exercise objective-slopes: where G's descent begins, for both objectives.

G descends one of two losses of D's logits a on its samples: minimax, the mean of log(1 - σ(a)), or
non-saturating, the mean of -log σ(a). Return the slope of each in each logit. Both have to keep
their digits at a = ±40, where 1 - σ is 0, and be right at ±1000. What you need is in
docs/10-minimax-and-non-saturating.md. Then: minigan exercise check THIS_FILE
"""

import numpy as np

EXERCISE = "objective-slopes"


def slopes(a_fake: np.ndarray) -> tuple:
    """Return the slope of the minimax loss, and that of the non-saturating loss.

    **Shapes**  a_fake (m, 1); so are the slopes
    """
    raise NotImplementedError("write the two slopes here")
