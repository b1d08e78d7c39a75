"""Algorithm 1 of Goodfellow et al. 2014, to be read beside the paper's box.

D and G play a two-player game with the value function V(D, G) of equation (1):

    min_G max_D V(D, G) = E_x∼p_data [log D(x)] + E_z∼p_z [log(1 - D(G(z)))]

`discriminator_gradient` is the gradient in the inner loop of the box, `generator_gradient` the one
after it, and `algorithm_1` is the box. The gradients are plain dicts; whose parameters they move is
decided by whoever hands them to an optimizer, and nothing else is frozen or unfrozen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from minigan.backend import Array
from minigan.cuda import kernels
from minigan.cuda import optimizers as cuda
from minigan.layer import Grads, Layer
from minigan.limits import check_choice
from minigan.objectives import NON_SATURATING, Objective, value_slopes
from minigan.optimizers import Optimizer
from minigan.rule_checks import FAKES, check_gradient, check_logits, check_loop, check_rule
from minigan.several import Weights

Sample = Callable[[int], Array]  # m → a batch of m examples (data) or of m noise vectors (noise)
Watch = Callable[[str, dict[str, Array], Grads], None]  # player, its logits, its gradient


def watch_nothing(player: str, logits: dict[str, Array], grads: Grads) -> None:
    """Look at a gradient before it is used, and do nothing: the default for `watch`."""


def discriminator_gradient(
    D: Layer,
    G: Layer,
    x: Array,
    z: Array,
    watch: Watch = watch_nothing,
    *,
    smooth: float = 1.0,
    fakes: str = "training",
    weights: Weights | None = None,
) -> Grads:
    """Return ∇_θd V on one minibatch of data and one of noise: what D ascends.

        ∇_θd  1/m Σᵢ [ log D(xᵢ) + log(1 - D(G(zᵢ))) ]

    D runs twice, so there are two tapes, and the gradient of the sum is the sum of the gradients.
    A BatchNorm in D normalises each of the two batches by its own statistics.

    **Shapes**  x (m, …) data, z (m, …) noise

    **Parameters**  D, G: the players; watch, smooth, fakes, weights: as `algorithm_1`.

    **Raises**  TypeError, ValueError for arguments that are none of these, and for a D that gives
    other than one logit for each example.

    **Source**  Goodfellow et al. 2014, Algorithm 1, inside "for k steps".

    With D(x) = σ(wx) and w = 0, both slopes are 1/2, so the gradient is (x - G(z))/2:

    >>> from minigan import Dense, Flatten, Random
    >>> from minigan.initializers import zeros
    >>> rng = Random(0)
    >>> D, x, z = Dense(1, 1, rng, W=zeros, bias=False), rng.array([[7.0]]), rng.array([[3.0]])
    >>> discriminator_gradient(D, Flatten(), x, z)["W"].tolist()
    [[2.0]]
    """
    check_gradient("discriminator_gradient", G, D, z, watch)
    check_choice("discriminator_gradient", "fakes", fakes, FAKES)
    fake = G(z, train=fakes == "training")  # without a tape: this step does not move G
    a_real, tape_real = D.forward(x)
    a_fake, tape_fake = D.forward(fake)
    check_logits(D, a_fake)
    da_real, da_fake = value_slopes(a_real, a_fake, smooth, weights)
    _, grads_real = D.backward(da_real, tape_real, need_dx=False)
    _, grads_fake = D.backward(da_fake, tape_fake, need_dx=False)
    grads = sum_of_gradients(grads_real, grads_fake)
    watch("D", {"a_real": a_real, "a_fake": a_fake}, grads)
    return grads


def sum_of_gradients(one: Grads, other: Grads) -> Grads:
    """The gradient of a sum is the sum of the gradients, parameter by parameter."""
    if one and kernels.on(*one.values(), *other.values()):
        return cuda.sums(one, other)
    return {name: one[name] + other[name] for name in one}


def generator_gradient(
    D: Layer, G: Layer, z: Array, objective: Objective, watch: Watch = watch_nothing
) -> Grads:
    """Return ∇_θg of the objective on one minibatch of noise: what G descends.

        MINIMAX          ∇_θg  1/m Σᵢ log(1 - D(G(zᵢ)))
        NON_SATURATING   ∇_θg  1/m Σᵢ -log D(G(zᵢ))

    The chain rule through both players: ∂L/∂a, back through D to ∂L/∂G(z), back through G to θg.
    D's own parameter gradients are not computed, let alone used. D runs in training mode, as in its
    own step: a BatchNorm in it works on the batch's statistics, and its running ones move on.

    **Shapes**  z (m, …) noise

    **Parameters, Raises**  D, G, objective and watch as `discriminator_gradient`.

    **Source**  Goodfellow et al. 2014, Algorithm 1, last line of the loop, and end of section 3.

    With D(x) = σ(6x) and G(z) = b = 0 the slope at the logit is -1/2, and D multiplies it by 6:

    >>> from minigan import Dense, Random
    >>> from minigan.initializers import zeros
    >>> rng = Random(0)
    >>> G, D = Dense(1, 1, rng, W=zeros), Dense(1, 1, rng, bias=False)
    >>> D.params["W"][...] = 6.0
    >>> generator_gradient(D, G, rng.array([[1.0]]), NON_SATURATING)["b"].tolist()
    [-3.0]
    """
    check_gradient("generator_gradient", G, D, z, watch, objective)
    fake, tape_G = G.forward(z)
    a_fake, tape_D = D.forward(fake)
    check_logits(D, a_fake)
    dfake, _ = D.backward(objective.slope(a_fake), tape_D, need_grads=False)
    _, grads = G.backward(dfake, tape_G, need_dx=False)
    watch("G", {"a_fake": a_fake}, grads)
    return grads


def algorithm_1(
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
    """Train G and D by minibatch stochastic gradient steps; yield after each iteration.

    **Parameters**  (the same in every rule)

        G, D          the players; D ends in a logit, (m, 1)
        opt_G, opt_D  what moves them: each has ascend and descend
        data, noise   data(m) and noise(m) return one minibatch each, of m examples
        m, k          minibatch size; steps of D for each step of G; 1 or more
        iterations    how many, 0 or more
        objective     what G descends, an Objective
        smooth        D's label for data, above 0.5; 1 is the paper's, less is one-sided label
                      smoothing (`objectives.value`): the best D is smooth · p/(p + q)
        fakes         the mode of G that makes the samples for D's step, "training" or "evaluation":
                      its BatchNorms use the batch's statistics, or the running ones. In evaluation
                      D meets the G that will be used later, but not the one that G's step improves
        weights       for several players, how much each pair counts (`several.py`); None: all alike
        watch         watch(player, logits, grads) sees every gradient before it is used

    **Raises**  at the first iteration, as `check_rule` and `check_loop`; where a batch is not of
    m examples, or D's output not of one logit each.

    **Source**  Goodfellow et al. 2014, Algorithm 1. Departure: the default objective is the one of
    the end of section 3, which the paper recommends early in training; MINIMAX is the box's.
    """
    check_rule("algorithm-1", G, D, m=m, k=k, smooth=smooth, fakes=fakes, weights=weights)
    data, noise = check_loop(opt_G, opt_D, data, noise, iterations, objective, watch)
    objective = objective.weighted(weights)
    gradient_D = partial(discriminator_gradient, smooth=smooth, fakes=fakes, weights=weights)
    # The right column is the box, line for line.
    # fmt: off
    for iteration in range(iterations):                    # for number of training iterations do
        for _ in range(k):                                 #   for k steps do
            z = noise(m)                                   #     • sample m noise samples z⁽ⁱ⁾
            x = data(m)                                    #     • sample m examples x⁽ⁱ⁾
            g = gradient_D(D, G, x, z, watch)              #     • update D by ascending
            opt_D.ascend(g)                                #       its stochastic gradient
                                                           #   end for
        z = noise(m)                                       #   • sample m noise samples z⁽ⁱ⁾
        g = generator_gradient(D, G, z, objective, watch)  #   • update G by descending
        opt_G.descend(g)                                   #     its stochastic gradient
        yield iteration
                                                           # end for
    # fmt: on
