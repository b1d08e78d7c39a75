"""Is D always right, so that V has reached its end and there is nothing left to learn from?"""

from __future__ import annotations

import math

from minigan.doctor.finding import Finding, above, cannot_tell
from minigan.doctor.rows import Columns, enough, median, quarter, why_not

NAME = "D saturated"
EQUATION = "V(G, D) ≤ 2 JSD(p_data, p_g) - log 4, so that JSD/log 2 ≥ 1 + V/log 4"

# V where D gives the wrong answer one time in a hundred (in twenty), to data and samples alike. The
# slopes of V at the logits are just those probabilities (objectives.value_slopes): D itself then
# learns with 1/50 (1/10) of the strength that it has at D = 1/2. That one in a hundred is the
# border is a choice: digits still get better while D errs one time in twenty.
ILL = 2 * math.log(0.99)  # V = -0.020
WATCH = 2 * math.log(0.95)  # V = -0.103


def judge(log: Columns, smooth: float = 1.0, *, in_batches: bool = False) -> Finding:
    """Judge the value function at the end of the log: D wins as V rises to its largest.

    **Parameters**  log; smooth: D's label α for data. A D that is always right says D(x) = α then,
    and V, which is logged without smoothing, rises to log α and not to 0. in_batches: whether a
    logit of D depends on several examples (a BatchNorm, a Pack, a MinibatchDiscrimination): then D
    is a function of batches, and the JSD that V bounds from below is that of batches, which is the
    larger one.
    """
    if not enough(log):
        return cannot_tell(NAME, why_not(log), EQUATION)
    V, D_real, D_fake = (median(quarter(log[name], "last")) for name in ("V", "D_real", "D_fake"))
    share = 1 + V / math.log(4)
    verdict = above(V - math.log(smooth), WATCH, ILL)
    shown = "batches of data and of samples" if in_batches else "data and samples"
    measured = (
        f"V {V:.3g}, D(x) {D_real:.4f}, D(G(z)) {D_fake:.2g} (a D that has to guess: -1.386, 0.5, "
        f"0.5): {shown} are at least {max(0.0, share):.0%} of the largest JSD apart"
    )
    meaning = {
        "healthy": "D is wrong often enough to learn, and for G to learn from it.",
        "watch": "D is nearly always right; G learns from it while its gradient is not lost.",
        "ill": "D has won: it tells every sample from data, and its own slopes are nearly 0.",
    }[verdict]
    advice = (
        "make D weaker: a smaller D, dropout in D, --smooth 0.9, -k 1; or slower: a smaller step "
        "size, beta1 0.5 for Adam; more data; mlp-batchnorm instead of mlp."
    )
    return Finding(
        NAME,
        verdict,
        measured,
        EQUATION,
        meaning,
        "" if verdict == "healthy" else advice,
        {"V": V, "D_real": D_real, "D_fake": D_fake, "share_of_jsd": share},
    )
