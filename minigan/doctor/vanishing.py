"""Does G still get a gradient?"""

from __future__ import annotations

from minigan.backend import Array
from minigan.doctor.finding import Finding, below, cannot_tell, worst
from minigan.doctor.rows import Columns, enough, median, quarter, why_not
from minigan.gan import generator_gradient
from minigan.layer import Layer
from minigan.objectives import MINIMAX, NON_SATURATING
from minigan.replay import memory
from minigan.training.watch import square_norm

NAME = "G's gradient vanishing"
EQUATION = "slopes at the logit a: minimax -σ(a)/m, non-saturating -σ(-a)/m; their ratio is eᵃ"

# The slope as a share of the largest there is, 1/m. Under minimax it is D(G(z)) itself: at 0.01 G
# learns with a hundredth of what the non-saturating objective would give it at the same place.
STRENGTH_ILL, STRENGTH_WATCH = 0.01, 0.1
# The slope may be there and be lost on its way down through D and G (units that are dead, a tanh
# that is at its ends). Experience: healthy gradients stay within a factor of ten of their start.
LEFT_ILL, LEFT_WATCH = 1e-3, 1e-2
FOOLED = 0.25  # D(G(z)), half of 1/2: above it, G's gradient may be small because G has arrived


def judge(log: Columns, G: Layer, D: Layer, z: Array, objective: str) -> Finding:
    """Judge the gradient of G where it begins, at D's logit, and where it ends, in G's weights.

    **Parameters**  log; G, D and noise z (m, z_dim), for the two objectives' gradients side by
    side; objective: the name of the run's own.
    """
    if not enough(log):
        return cannot_tell(NAME, why_not(log), EQUATION)
    D_fake = median(quarter(log["D_fake"], "last"))
    strength = D_fake if objective == MINIMAX.name else 1 - D_fake
    norms = log["grad_norm_G"]
    now, start = median(quarter(norms, "last")), median(quarter(norms, "first"))
    left = now / start if start > 0 else 0.0
    verdict = (
        "healthy" if objective != MINIMAX.name else below(strength, STRENGTH_WATCH, STRENGTH_ILL)
    )
    if D_fake < FOOLED:
        verdict = worst(verdict, below(left, LEFT_WATCH, LEFT_ILL))
    minimax, saturating = gradient_norms(G, D, z)
    measured = (
        f"{objective} slope at {strength:.2g} of its largest (at D = 1/2: 0.5); G's gradient "
        f"{now:.2g}, {left:.2g} of its beginning; on the same noise {minimax:.2g} under minimax, "
        f"{saturating:.2g} under non-saturating"
    )
    meaning = {
        "healthy": "G is told where to go.",
        "watch": "G is told where to go, but faintly.",
        "ill": "G is told nothing any more: D's answer does not change with what G does.",
    }[verdict]
    if verdict == "healthy" and left < LEFT_WATCH:
        meaning = (
            "G's gradient is small, as it is where D can only guess: see far from the data and "
            "collapse, whether G has arrived or stands still."
        )
    if objective == MINIMAX.name:
        advice = "--objective non-saturating: the same game, with a slope of 1/m where D wins."
    else:
        advice = "see dead units; a smaller step size, BatchNorm in G, another seed."
    return Finding(
        NAME,
        verdict,
        measured,
        EQUATION,
        meaning,
        "" if verdict == "healthy" else advice,
        {
            "strength": strength,
            "grad_norm_G": now,
            "left_of_start": left,
            "minimax_norm": minimax,
            "non_saturating_norm": saturating,
        },
    )


def gradient_norms(G: Layer, D: Layer, z: Array) -> tuple[float, float]:
    """‖∇θg‖ under minimax and under non-saturating, on the same noise and the same masks."""
    norms = []
    for objective in (MINIMAX, NON_SATURATING):
        put_back = memory(G, D)
        grads = generator_gradient(D, G, z, objective)
        put_back()
        norms.append(sum(square_norm(g) for g in grads.values()) ** 0.5)
    return norms[0], norms[1]
