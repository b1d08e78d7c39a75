"""Update rules that published GANs use beside Algorithm 1, each with a name.

Every rule has the signature of `algorithm_1` and yields after each iteration.

    algorithm-1     k steps of D, fresh noise, one step of G             Goodfellow et al. 2014
    simultaneous    one z, both gradients taken before either update     the 2014 paper's own code
    separate        D moves once on data, once on samples; then G        the plain Keras tutorials
    concatenated    D moves on one batch of data and samples; then G     the DCGAN Keras tutorial
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from minigan.backend import Array, array_module
from minigan.gan import (
    Sample,
    Watch,
    algorithm_1,
    check_players,
    generator_gradient,
    watch_nothing,
)
from minigan.layer import Layer
from minigan.objectives import NON_SATURATING, Objective, value_slopes
from minigan.optimizers import Optimizer


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
    watch: Watch = watch_nothing,
) -> Iterator[int]:
    """Both players move at once, from the same z.

        θd ← θd + step(∇_θd V),   θg ← θg - step(∇_θg L),   both gradients at the old (θd, θg)

    What it changes: G answers the D that was, not the D that is, and the two share one G(z) and
    one pass of D over it (one dropout mask, too). It is about a sixth cheaper than Algorithm 1
    and rotates more: in the Dirac-GAN it diverges where alternating steps only cycle.

    **Raises**  ValueError for k other than 1: there is no inner loop.

    **Source**  the update in the code that Goodfellow et al. published, and keras-adversarial's
    default; not Algorithm 1 as printed.
    """
    check_players(G, D, m=m, k=k)
    _one_step_of_D("simultaneous", k)
    for iteration in range(iterations):
        z = noise(m)
        x = data(m)
        fake, tape_G = G.forward(z)
        a_real, tape_real = D.forward(x)
        a_fake, tape_fake = D.forward(fake)
        da_real, da_fake = value_slopes(a_real, a_fake)
        _, grads_real = D.backward(da_real, tape_real, need_dx=False)
        _, grads_fake = D.backward(da_fake, tape_fake, need_dx=False)
        grads_D = {name: grads_real[name] + grads_fake[name] for name in grads_real}
        dfake, _ = D.backward(objective.slope(a_fake), tape_fake, need_grads=False)
        _, grads_G = G.backward(dfake, tape_G, need_dx=False)
        watch("D", {"a_real": a_real, "a_fake": a_fake}, grads_D)
        watch("G", {"a_fake": a_fake}, grads_G)
        opt_D.ascend(grads_D)
        opt_G.descend(grads_G)
        yield iteration


def separate(
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
    watch: Watch = watch_nothing,
) -> Iterator[int]:
    """D moves once on a batch of data, then once on a batch of samples, then G moves.

        θd ← θd + step(∇_θd mean log D(x))
        θd ← θd + step(∇_θd mean log(1 - D(G(z))))     with the θd just made
        θg ← θg - step(∇_θg L)                         with fresh noise

    The samples for D are made by G in evaluation mode (its BatchNorms use running statistics), the
    samples for G's own step in training mode.

    What it changes: Adam sees two gradients of half the game instead of one of the whole, so D's
    moments average over both halves and its bias correction runs twice as fast.

    **Raises**  ValueError for k other than 1.

    **Source**  `train_on_batch(real)`, `train_on_batch(fake)`, `train_on_batch(noise)` in the
    Keras tutorials. Departure: they share one Adam between the players, which only shifts its
    step count; here each player has its own.
    """
    check_players(G, D, m=m, k=k)
    _one_step_of_D("separate", k)
    for iteration in range(iterations):
        x = data(m)
        z = noise(m)
        fake = G(z)
        a_real, tape = D.forward(x)
        _, grads_real = D.backward(value_slopes(a_real, a_real)[0], tape, need_dx=False)
        watch("D", {"a_real": a_real}, grads_real)
        opt_D.ascend(grads_real)
        a_fake, tape = D.forward(fake)
        _, grads_fake = D.backward(value_slopes(a_fake, a_fake)[1], tape, need_dx=False)
        watch("D", {"a_fake": a_fake}, grads_fake)
        opt_D.ascend(grads_fake)
        opt_G.descend(generator_gradient(D, G, noise(m), objective, watch))
        yield iteration


def concatenated(
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
    watch: Watch = watch_nothing,
    fakes: str = "evaluation",
) -> Iterator[int]:
    """D moves on one batch of m examples and m samples, then G moves.

        [a_real; a_fake] = D([x; G(z)])
        θd ← θd + step(∇_θd V)
        θg ← θg - step(∇_θg L)                         with fresh noise

    What it changes: a BatchNorm in D normalises data and samples by the statistics of their
    mixture, so that D sees how they differ, where Algorithm 1 gives each half its own mean. Without
    a BatchNorm the gradient is that of Algorithm 1, from one pass over twice the batch.

    **Parameters**  as `algorithm_1`, and fakes: the mode of G that makes the samples for D,
    "evaluation" (its BatchNorms use running statistics), as the source's predict does, or
    "training". Those for G's own step are made in training mode.

    **Raises**  ValueError for k other than 1 and for another word for fakes.

    **Source**  `train_on_batch(concatenate(real, fake))`, `train_on_batch(noise)` in the DCGAN
    tutorial for Keras. Departure: its loss of D is a mean over all 2m logits, -V/2; here D ascends
    V, as everywhere, which is twice the gradient and (but for its eps) the same step of Adam.
    """
    check_players(G, D, m=m, k=k)
    _one_step_of_D("concatenated", k)
    if fakes not in ("evaluation", "training"):
        raise ValueError(
            f"rule 'concatenated': fakes is {fakes!r}, expected 'evaluation' or 'training'."
        )
    for iteration in range(iterations):
        x = data(m)
        z = noise(m)
        concatenate = array_module(x).concatenate
        a, tape = D.forward(concatenate([x, G(z, train=fakes == "training")]))  # (2m, 1)
        a_real, a_fake = _halves(a, m)
        da = concatenate(value_slopes(a_real, a_fake))
        _, grads = D.backward(da, tape, need_dx=False)
        watch("D", {"a_real": a_real, "a_fake": a_fake}, grads)
        opt_D.ascend(grads)
        opt_G.descend(generator_gradient(D, G, noise(m), objective, watch))
        yield iteration


def _halves(a: Array, m: int) -> tuple[Array, Array]:
    """The logits of the data and of the samples: m each, or m/k from a D that packs k examples.

    **Raises**  ValueError where a pack held data and samples.
    """
    half, rest = divmod(len(a), 2)
    if rest:
        raise ValueError(
            f"rule 'concatenated': D has {len(a)} logits for {m} examples of the data and {m} "
            "samples, expected as many for each; take a batch that D's Pack divides."
        )
    return a[:half], a[half:]


def _one_step_of_D(rule: str, k: int) -> None:
    if k != 1:
        raise ValueError(f"rule {rule!r}: k is {k}, expected 1; only algorithm-1 loops over D.")


RULES: dict[str, Callable[..., Iterator[int]]] = {
    "algorithm-1": algorithm_1,
    "simultaneous": simultaneous,
    "separate": separate,
    "concatenated": concatenated,
}
