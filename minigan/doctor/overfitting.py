"""Does D know the data by heart? Then what it has not been trained on looks to it like samples."""

from __future__ import annotations

from typing import Any

from minigan.activations import sigmoid
from minigan.doctor.finding import Finding, above

NAME = "D overfits"
EQUATION = "(E D(x) - E D(x')) / (E D(x) - E D(G(z))): 0 where D treats held-out x' like x"

# Derived from the ends: 0 is a D that knows the distribution, 1 one that knows the examples. Half
# way is called ill, a quarter of it the border of healthy: a choice.
SHARE_ILL, SHARE_WATCH = 0.5, 0.25
# A difference under four standard errors of its own is chance, which goes beyond them upwards once
# in 32,000 times if it is normal.
# Where D guesses, the denominator is 0 too, and only this keeps the share from being noise.
CERTAIN = 4.0


def judge(a_real: Any, a_held_out: Any, a_fake: Any) -> Finding:
    """Judge D by its logits, on the host, on data, on held-out data, and on samples.

    **Shapes**  (n, 1) each; (n, d) of d discriminators, which count as one: what they say of one
    example is one observation, not d.
    """
    p_real, p_held_out, p_fake = (sigmoid(a).mean(axis=1) for a in (a_real, a_held_out, a_fake))
    gap = float(p_real.mean() - p_held_out.mean())
    error = float((p_real.var() / p_real.size + p_held_out.var() / p_held_out.size) ** 0.5)
    apart = float(p_real.mean() - p_fake.mean())
    share = min(gap / apart, 1.0) if gap > 0 and apart > 0 else 0.0
    verdict = above(share, SHARE_WATCH, SHARE_ILL) if gap > CERTAIN * error else "healthy"
    numbers = {
        "D_real": float(p_real.mean()),
        "D_held_out": float(p_held_out.mean()),
        "D_fake": float(p_fake.mean()),
        "share": share,
        "standard_error": error,
    }
    measured = (
        f"D(x) {numbers['D_real']:.3f} on data it was trained on, {numbers['D_held_out']:.3f} on "
        f"held-out data (difference {gap:.3f} ± {error:.3f}), D(G(z)) {numbers['D_fake']:.3f}: "
        f"{share:.0%} of the way to a fake (healthy: 0%)"
    )
    meaning = {
        "healthy": "D treats data that it has never seen as data.",
        "watch": "D begins to know its examples one by one.",
        "ill": "D knows its examples by heart, and G is asked for these very ones.",
    }[verdict]
    advice = (
        "more data, a smaller D, dropout in D, L2 on D's weights, or an earlier checkpoint: fewer "
        "--steps."
    )
    return Finding(
        NAME,
        verdict,
        measured,
        EQUATION,
        meaning,
        "" if verdict == "healthy" else advice,
        numbers,
    )
