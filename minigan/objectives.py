"""The value function V(D, G) and the two objectives of G, on logits.

D ends in a logit a; D(x) = σ(a) is the probability that x came from the data. With
log σ(a) = -ζ(-a) and log(1 - σ(a)) = -ζ(a), where ζ is softplus, every term is exact for every a:
no eps is added inside a logarithm, and nothing is clipped.

The slopes come from ζ'(a) = σ(a). Each is divided by m because the objectives are means over the
batch: without the 1/m the gradient would grow with the batch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from minigan.activations import sigmoid, softplus
from minigan.backend import Array


def value(a_real: Array, a_fake: Array) -> Array:
    """Return V(D, G), which D maximises and G minimises, estimated on two batches.

        V = 1/m Σ log D(x) + 1/m Σ log(1 - D(G(z))) = -mean ζ(-a_real) - mean ζ(a_fake)

    V is at most 0, and -log 4 where D = 1/2 everywhere.

    **Shapes**  a_real, a_fake: logits (m, 1) of D on data and on samples; V has no axes.

    **Source**  Goodfellow et al. 2014, equation (1).

    >>> import numpy as np
    >>> bool(value(np.zeros((4, 1)), np.zeros((4, 1))) == -np.log(4))
    True
    """
    return -softplus(-a_real).mean() - softplus(a_fake).mean()


def value_slopes(a_real: Array, a_fake: Array) -> tuple[Array, Array]:
    """Return ∂V/∂a_real and ∂V/∂a_fake: where D's ascent begins.

        ∂V/∂a_real = σ(-a_real) / m        ∂V/∂a_fake = -σ(a_fake) / m

    A sample that D is sure about and right about adds nothing: both slopes are the probability
    that D gives to the wrong answer.

    >>> import numpy as np
    >>> [d.tolist() for d in value_slopes(np.zeros((2, 1)), np.zeros((2, 1)))]
    [[[0.25], [0.25]], [[-0.25], [-0.25]]]
    """
    return sigmoid(-a_real) / a_real.size, -sigmoid(a_fake) / a_fake.size


@dataclass(frozen=True)
class Objective:
    """What G descends, as a function of D's logits on G's samples, and its slope.

    **Parameters**  loss: a_fake (m, 1) → mean over the batch; slope: a_fake → ∂loss/∂a_fake.
    """

    name: str
    loss: Callable[[Array], Array]
    slope: Callable[[Array], Array]


def minimax_loss(a_fake: Array) -> Array:
    """Return mean log(1 - D(G(z))) = -mean ζ(a_fake): the term of equation (1) that G moves.

    >>> import numpy as np
    >>> float(minimax_loss(np.zeros(3)) / np.log(2))
    -1.0
    """
    return -softplus(a_fake).mean()


def minimax_slope(a_fake: Array) -> Array:
    """Return -σ(a_fake) / m. It vanishes where D is sure that the sample is a fake (a_fake ≪ 0).

    >>> import numpy as np
    >>> minimax_slope(np.zeros(2)).tolist()
    [-0.25, -0.25]
    """
    return -sigmoid(a_fake) / a_fake.size


def non_saturating_loss(a_fake: Array) -> Array:
    """Return -mean log D(G(z)) = mean ζ(-a_fake).

    >>> import numpy as np
    >>> float(non_saturating_loss(np.zeros(3)) / np.log(2))
    1.0
    """
    return softplus(-a_fake).mean()


def non_saturating_slope(a_fake: Array) -> Array:
    """Return -σ(-a_fake) / m. It is -1/m, at full strength, where minimax's vanishes.

    The ratio of the two slopes, minimax to non-saturating, is σ(a)/σ(-a) = eᵃ.

    >>> import numpy as np
    >>> non_saturating_slope(np.array([-1e4])).tolist()
    [-1.0]
    """
    return -sigmoid(-a_fake) / a_fake.size


MINIMAX = Objective("minimax", minimax_loss, minimax_slope)
"""G descends log(1 - D(G(z))): Goodfellow et al. 2014, equation (1) and Algorithm 1."""

NON_SATURATING = Objective("non-saturating", non_saturating_loss, non_saturating_slope)
"""G descends -log D(G(z)): Goodfellow et al. 2014, end of section 3. The same fixed point."""

OBJECTIVES = {objective.name: objective for objective in (MINIMAX, NON_SATURATING)}
