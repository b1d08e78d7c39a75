"""Did the numbers grow without end, or end in NaN?"""

from __future__ import annotations

import math

from minigan.doctor.finding import Finding, above, cannot_tell, worst
from minigan.doctor.rows import Columns, enough, median, quarter, why_not

NAME = "blown up"
EQUATION = "-V = mean ζ(-a) over data + mean ζ(a) over samples; log 4 = 1.386 where D guesses"

# ζ(a) grows like a: a loss of ten times log 4 means logits near 14 on the wrong side, odds of a
# million to one on what is false. Twice log 4 is beyond every healthy run of docs/doctor.md.
LOSS_ILL, LOSS_WATCH = 10 * math.log(4), 2 * math.log(4)
# Experience, not theory: in healthy runs the norms change by a factor of ten or so, and what has
# grown a thousandfold within a run goes on growing.
GROWTH_ILL, GROWTH_WATCH = 1000.0, 100.0

ADVICE = (
    "a smaller step size (Adam's alpha), another seed or a larger --batch; look for examples in "
    "the data that are far from all others."
)


def judge(log: Columns, failure: str = "") -> Finding:
    """Judge the size of D's loss and of both gradients at the end of the log.

    **Parameters**  log; failure: what the run left in failure.txt, when it ended in NaN.
    """
    if failure:
        meaning = "The run was stopped by NaN or infinity; what follows is about its last good step"
        return Finding(NAME, "ill", failure, EQUATION, meaning + ".", ADVICE)
    if not enough(log):
        return cannot_tell(NAME, why_not(log), EQUATION)
    loss = -median(quarter(log["V"], "last"))
    growth = {player: _growth(log[f"grad_norm_{player}"]) for player in "DG"}
    numbers = {"loss_D": loss} | {f"growth_{player}": g for player, g in growth.items()}
    grown = [above(times, GROWTH_WATCH, GROWTH_ILL) for times in growth.values()]
    verdict = worst(above(loss, LOSS_WATCH, LOSS_ILL), *grown)
    measured = (
        f"D's loss -V {loss:.3g} (a D that guesses: {math.log(4):.3f}); against their beginning, "
        f"D's gradient has grown ×{growth['D']:.2g} and G's ×{growth['G']:.2g} (healthy: under "
        f"×{GROWTH_WATCH:g})"
    )
    meaning = {
        "healthy": "Losses and gradients have the size that they should have.",
        "watch": "The numbers are larger than those of a healthy run.",
        "ill": "The numbers grow, and NaN is where that ends.",
    }[verdict]
    return Finding(
        NAME, verdict, measured, EQUATION, meaning, "" if verdict == "healthy" else ADVICE, numbers
    )


def _growth(norms: list[float]) -> float:
    """The median norm of the last quarter over that of the first; a start at 0 counts as tiny."""
    return median(quarter(norms, "last")) / max(median(quarter(norms, "first")), 1e-12)
