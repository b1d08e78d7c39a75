"""The rules of the plain Keras tutorials: D on its data and its samples apart, or in one batch."""

from __future__ import annotations

from collections.abc import Iterator

from minigan.backend import Array, array_module
from minigan.gan import Sample, Watch, generator_gradient, watch_nothing
from minigan.layer import Layer
from minigan.objectives import NON_SATURATING, Objective, value_slopes
from minigan.optimizers import Optimizer
from minigan.rule_checks import check_logits, check_loop, check_rule
from minigan.several import Weights


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
    smooth: float = 1.0,
    fakes: str = "evaluation",
    weights: Weights | None = None,
    watch: Watch = watch_nothing,
) -> Iterator[int]:
    """D moves once on a batch of data, then once on a batch of samples, then G moves.

        θd ← θd + step(∇_θd mean log D(x))
        θd ← θd + step(∇_θd mean log(1 - D(G(z))))     with the θd just made
        θg ← θg - step(∇_θg L)                         with fresh noise

    What it changes: Adam sees two gradients of half the game instead of one of the whole, so D's
    moments average over both halves and its bias correction runs twice as fast.

    **Parameters**  as `algorithm_1`, but that the samples for D are made by G in evaluation mode
    (its BatchNorms use running statistics) unless fakes says otherwise, as by the source's predict.
    Those for G's own step are made in training mode.

    **Raises**  ValueError for k other than 1; as `check_rule`.

    **Source**  `train_on_batch(real)`, `train_on_batch(fake)`, `train_on_batch(noise)` in the
    Keras tutorials. Departure: they share one Adam between the players, which only shifts its
    step count; here each player has its own.
    """
    check_rule("separate", G, D, m=m, k=k, smooth=smooth, fakes=fakes, weights=weights)
    data, noise = check_loop(opt_G, opt_D, data, noise, iterations, objective, watch)
    objective = objective.weighted(weights)
    for iteration in range(iterations):
        x = data(m)
        z = noise(m)
        fake = G(z, train=fakes == "training")
        a_real, tape = D.forward(x)
        check_logits(D, a_real)
        da_real, _ = value_slopes(a_real, a_real, smooth, weights)
        _, grads_real = D.backward(da_real, tape, need_dx=False)
        watch("D", {"a_real": a_real}, grads_real)
        opt_D.ascend(grads_real)
        a_fake, tape = D.forward(fake)
        _, da_fake = value_slopes(a_fake, a_fake, smooth, weights)
        _, grads_fake = D.backward(da_fake, tape, need_dx=False)
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
    smooth: float = 1.0,
    fakes: str = "evaluation",
    weights: Weights | None = None,
    watch: Watch = watch_nothing,
) -> Iterator[int]:
    """D moves on one batch of m examples and m samples, then G moves.

        [a_real; a_fake] = D([x; G(z)])
        θd ← θd + step(∇_θd V)
        θg ← θg - step(∇_θg L)                         with fresh noise

    What it changes: a BatchNorm in D normalises data and samples by the statistics of their
    mixture, so that D sees how they differ, where Algorithm 1 gives each half its own mean. Without
    a BatchNorm the gradient is that of Algorithm 1, from one pass over twice the batch.

    **Parameters**  as `algorithm_1` and `separate`: the samples for D are made by G in evaluation
    mode by default.

    **Raises**  ValueError for k other than 1; as `check_rule`.

    **Source**  `train_on_batch(concatenate(real, fake))`, `train_on_batch(noise)` in the DCGAN
    tutorial for Keras. Departure: its loss of D is a mean over all 2m logits, -V/2; here D ascends
    V, as everywhere, which is twice the gradient and (but for its eps) the same step of Adam.
    """
    check_rule("concatenated", G, D, m=m, k=k, smooth=smooth, fakes=fakes, weights=weights)
    data, noise = check_loop(opt_G, opt_D, data, noise, iterations, objective, watch)
    objective = objective.weighted(weights)
    for iteration in range(iterations):
        x = data(m)
        z = noise(m)
        made = G(z, train=fakes == "training")
        if made.shape != x.shape:
            raise ValueError(f"{G!r} makes {made.shape}, expected {x.shape}, as data(m) does.")
        concatenate = array_module(x).concatenate
        a, tape = D.forward(concatenate([x, made]))  # (2m, 1)
        check_logits(D, a)
        a_real, a_fake = _halves(a, m)
        da = concatenate(value_slopes(a_real, a_fake, smooth, weights))
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
