"""The rules in which both players look at one G(z): both move, or only the one that is worse off.

Each player's gradient is taken at the parameters of before, so neither sees the other move.
"""

from __future__ import annotations

from collections.abc import Iterator

from minigan.backend import Array
from minigan.gan import Sample, Watch, sum_of_gradients, watch_nothing
from minigan.layer import Grads, Layer
from minigan.objectives import (
    NON_SATURATING,
    Objective,
    value,
    value_slopes,
)
from minigan.optimizers import Optimizer
from minigan.rule_checks import check_logits, check_loop, check_rule
from minigan.several import Weights


def simultaneous(
    G: Layer,
    D: Layer,
    opt_G: Optimizer,
    opt_D: Optimizer,
    data: Sample,
    noise: Sample,
    *,
    m: int,
    iterations: int,
    k: int = 1,
    objective: Objective = NON_SATURATING,
    smooth: float = 1.0,
    fakes: str = "training",
    weights: Weights | None = None,
    watch: Watch = watch_nothing,
) -> Iterator[int]:
    """Both players move at once, from the same z.

        θd ← θd + step(∇_θd V),   θg ← θg - step(∇_θg L),   both gradients at the old (θd, θg)

    What it changes: G answers the D that was, not the D that is, and the two share one G(z) and
    one pass of D over it (one dropout mask, too). It is about a sixth cheaper than Algorithm 1
    and rotates more: near the Dirac-GAN's equilibrium it moves away where alternating steps only
    cycle (docs/theorems.md).

    **Parameters**  as `algorithm_1`.

    **Raises**  ValueError for k other than 1: there is no inner loop; for fakes in evaluation mode:
    there is one G(z), and G learns through it; as `check_rule`.

    **Source**  the update in the code that Goodfellow et al. published, and keras-adversarial's
    default; not Algorithm 1 as printed.
    """
    check_rule(
        "simultaneous", G, D, m=m, k=k, smooth=smooth, fakes=fakes, weights=weights, one_pass=True
    )
    data, noise = check_loop(opt_G, opt_D, data, noise, iterations, objective, watch)
    objective = objective.weighted(weights)
    for iteration in range(iterations):
        z = noise(m)
        x = data(m)
        _, _, grads_D, grads_G = both_gradients(D, G, x, z, objective, smooth, weights, watch)
        opt_D.ascend(grads_D)
        opt_G.descend(grads_G)
        yield iteration


def worse_player(
    G: Layer,
    D: Layer,
    opt_G: Optimizer,
    opt_D: Optimizer,
    data: Sample,
    noise: Sample,
    *,
    m: int,
    iterations: int,
    k: int = 1,
    objective: Objective = NON_SATURATING,
    smooth: float = 1.0,
    fakes: str = "training",
    weights: Weights | None = None,
    watch: Watch = watch_nothing,
) -> Iterator[int]:
    """Both losses are computed from the same z, and only the player that is worse off moves.

        D's loss   -V/2 = -1/2m Σ [log D(x) + log(1 - D(G(z)))]      its mean cross-entropy
        G's loss   -1/m Σ log D(G(z))                                whatever G descends
        if D's loss ≥ G's:  θd ← θd + step(∇_θd V)        else:  θg ← θg - step(∇_θg L)

    Both losses are log 2 where D = 1/2; of equals, D moves. They are those of the labels 1 and 0:
    smooth and objective change which way a player moves, not who is worse off. With weights both
    are the weighted means over the pairs, so that a pair which does not play has no say.

    What it changes: neither player can run away. While D is sure of itself it stands still, and G
    gets as many steps as it needs (Algorithm 1 fixes that number by k beforehand), and the other
    way round. An iteration moves one player, so that it takes more of them; and on a GPU each has
    to wait for the two losses.

    It can lock. Where D is flat around the samples, or they sit on its highest point, G has nothing
    to climb, and while its loss is the higher one nobody moves D. `minigan train gaussian-1d --rule
    worse-player` ends so, with all samples on one spot and 0 to 82 steps of D in 3,000, for each of
    the seeds 0 to 4; in 1,200 steps of mlp-batchnorm (seed 0) D made 461.

    **Parameters**  as `algorithm_1`.

    **Raises**  as `simultaneous`.

    **Source**  a rule that published code uses; the measure of who is worse off is ours.
    """
    check_rule(
        "worse-player", G, D, m=m, k=k, smooth=smooth, fakes=fakes, weights=weights, one_pass=True
    )
    data, noise = check_loop(opt_G, opt_D, data, noise, iterations, objective, watch)
    objective, loss_G = objective.weighted(weights), NON_SATURATING.weighted(weights).loss
    for iteration in range(iterations):
        z = noise(m)
        x = data(m)
        a_real, a_fake, grads_D, grads_G = both_gradients(
            D, G, x, z, objective, smooth, weights, watch
        )
        if -value(a_real, a_fake, weights=weights) / 2 >= loss_G(a_fake):
            opt_D.ascend(grads_D)
        else:
            opt_G.descend(grads_G)
        yield iteration


def both_gradients(
    D: Layer,
    G: Layer,
    x: Array,
    z: Array,
    objective: Objective,
    smooth: float,
    weights: Weights | None,
    watch: Watch,
) -> tuple[Array, Array, Grads, Grads]:
    """Return a_real, a_fake, ∇_θd V and ∇_θg L, from one G(z) and one pass of D over it.

    The samples' tape is walked twice: from V's slope to θd, and from L's through D to θg.
    """
    fake, tape_G = G.forward(z)
    a_real, tape_real = D.forward(x)
    a_fake, tape_fake = D.forward(fake)
    check_logits(D, a_fake)
    da_real, da_fake = value_slopes(a_real, a_fake, smooth, weights)
    _, grads_real = D.backward(da_real, tape_real, need_dx=False)
    _, grads_fake = D.backward(da_fake, tape_fake, need_dx=False)
    grads_D = sum_of_gradients(grads_real, grads_fake)
    dfake, _ = D.backward(objective.slope(a_fake), tape_fake, need_grads=False)
    _, grads_G = G.backward(dfake, tape_G, need_dx=False)
    watch("D", {"a_real": a_real, "a_fake": a_fake}, grads_D)
    watch("G", {"a_fake": a_fake}, grads_G)
    return a_real, a_fake, grads_D, grads_G
