"""The value function V(D, G) and the two objectives of G, on logits.

D ends in a logit a; D(x) = σ(a) is the probability that x came from the data. With
log σ(a) = -ζ(-a) and log(1 - σ(a)) = -ζ(a), where ζ is softplus, every term is exact for every a:
no eps is added inside a logarithm, and nothing is clipped. What is computed of float32 logits is
computed in float64 and rounded to float32 at the end, means and slopes alike: they are right to
2 units in the last place, for a handful of numbers (see `activations.widened`).

Logits are arrays of float32 or float64, not empty.

The slopes come from ζ'(a) = σ(a). Each is divided by m because the objectives are means over the
batch: without the 1/m the gradient would grow with the batch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from minigan.activations import logistic, rounded_once, softplus, widened
from minigan.backend import Array, array_module
from minigan.blocks import elementwise
from minigan.cuda import kernels
from minigan.inputs import check_alike, check_floats
from minigan.limits import check_function, check_kind
from minigan.rule_checks import check_smooth, check_table
from minigan.several import Weights, pairs


def value(
    a_real: Array, a_fake: Array, smooth: float = 1.0, weights: Weights | None = None
) -> Array:
    """Return V(D, G), which D maximises and G minimises, estimated on two batches.

        V = 1/m Σ log D(x) + 1/m Σ log(1 - D(G(z))) = -mean ζ(-a_real) - mean ζ(a_fake)

    V is at most 0, and -log 4 where D = 1/2 everywhere.

    One-sided label smoothing: data get the label α = smooth instead of 1, samples keep 0.

        V_α = 1/m Σ [α log D(x) + (1-α) log(1 - D(x))] + 1/m Σ log(1 - D(G(z)))

    It is greatest at D = α p/(p + q), p and q being the densities of data and samples: a D that is
    surer than α is pulled back. At p = q it says α/2, where V is a little below -log 4. (With a
    label β for samples, too, the best D would be (αp + βq)/(p + q), and so β > 0 where there are
    only samples: less reason for G to leave. So β stays 0.) D ascends V_α; what is logged is V.

    Several players: Σᵢⱼ wᵢⱼ V(Dⱼ, Gᵢ); see several.py.

    **Shapes**  a_real, a_fake: logits (m, 1) of D on data and on samples; V has no axes.

    **Parameters**  smooth: α, above 0.5, 1 at most; weights: w, numbers of 0 or more, a row for
    each generator, a column for each discriminator, as in the logits; None for one of each.

    **Raises**  TypeError, ValueError for logits that are no floats or not alike, and for a smooth
    or weights out of their range.

    **Source**  Goodfellow et al. 2014, equation (1); label smoothing: Salimans et al. 2016 (from
    memory).

    >>> import numpy as np
    >>> bool(value(np.zeros((4, 1)), np.zeros((4, 1))) == -np.log(4))
    True
    """
    _check_logits("value", a_real, a_fake, smooth, weights)
    if weights is not None:
        return sum(
            w * value(a_real[:, j], a_fake[rows, j], smooth)
            for w, rows, j in pairs(weights, len(a_fake))
        )
    on_data = -_mean_softplus(-a_real)
    if smooth != 1:
        on_data = float(smooth) * on_data - float(1 - smooth) * _mean_softplus(a_real)
    return (on_data - _mean_softplus(a_fake)).astype(a_real.dtype)


def value_slopes(
    a_real: Array, a_fake: Array, smooth: float = 1.0, weights: Weights | None = None
) -> tuple[Array, Array]:
    """Return ∂V/∂a_real and ∂V/∂a_fake: where D's ascent begins.

        ∂V/∂a_real = σ(-a_real) / m        ∂V/∂a_fake = -σ(a_fake) / m

    A sample that D is sure about and right about adds nothing: both slopes are the probability
    that D gives to the wrong answer. With the label α = smooth for data, as in `value`:

        ∂V_α/∂a_real = [α σ(-a_real) - (1-α) σ(a_real)] / m = [α - D(x)] / m

    **Shapes, Parameters, Raises**  a_real, a_fake, smooth and weights as for `value`.

    >>> import numpy as np
    >>> [d.tolist() for d in value_slopes(np.zeros((2, 1)), np.zeros((2, 1)))]
    [[[0.25], [0.25]], [[-0.25], [-0.25]]]
    >>> value_slopes(np.zeros((2, 1)), np.zeros((2, 1)), smooth=0.75)[0].tolist()
    [[0.125], [0.125]]
    """
    _check_logits("value_slopes", a_real, a_fake, smooth, weights)
    if weights is not None:
        xp = array_module(a_real)
        da_real, da_fake = xp.zeros_like(a_real), xp.zeros_like(a_fake)
        for w, rows, j in pairs(weights, len(a_fake)):
            on_data, on_samples = value_slopes(a_real[:, j], a_fake[rows, j], smooth)
            da_real[:, j] += w * on_data
            da_fake[rows, j] = w * on_samples
        return da_real, da_fake
    m = a_real.size
    constants = (kernels.DOUBLE(smooth), kernels.DOUBLE(1 - smooth), float(m))  # labels stay double

    def slope_on_data(a: Array) -> Array:
        da = logistic(-a)
        if smooth != 1:
            da = float(smooth) * da - float(1 - smooth) * logistic(a)
        return da / m

    formula = rounded_once(slope_on_data)
    da_real = elementwise(formula, a_real, kernel="value_slope_on_data", constants=constants)
    return da_real, minimax_slope(a_fake)  # for G the same slope, which it descends


@dataclass(frozen=True)
class Objective:
    """What G descends, as a function of D's logits on G's samples, and its slope.

    **Parameters**  name; loss: a_fake (m, 1) → mean over the batch; slope: a_fake →
    ∂loss/∂a_fake.

    **Raises**  TypeError for a name that is no word, or no functions.
    """

    name: str
    loss: Callable[[Array], Array]
    slope: Callable[[Array], Array]

    def __post_init__(self) -> None:
        check_kind("Objective", "name", self.name, str, "a name")
        check_function("Objective", "loss", self.loss, "of a_fake")
        check_function("Objective", "slope", self.slope, "of a_fake")

    def weighted(self, weights: Weights | None) -> Objective:
        """The same for several players: Σᵢⱼ wᵢⱼ loss(Dⱼ(Gᵢ(z))); without weights, this one.

        **Raises**  TypeError, ValueError for weights that are no table of numbers of 0 or more.
        """
        if weights is None:
            return self
        check_table(weights)

        def loss(a_fake: Array) -> Array:
            cases = pairs(weights, len(a_fake))
            return sum(w * self.loss(a_fake[rows, j]) for w, rows, j in cases)

        def slope(a_fake: Array) -> Array:
            da = array_module(a_fake).zeros_like(a_fake)
            for w, rows, j in pairs(weights, len(a_fake)):
                da[rows, j] = w * self.slope(a_fake[rows, j])
            return da

        return Objective(self.name, loss, slope)


def minimax_loss(a_fake: Array) -> Array:
    """Return mean log(1 - D(G(z))) = -mean ζ(a_fake): the term of equation (1) that G moves.

    >>> import numpy as np
    >>> float(minimax_loss(np.zeros(3)) / np.log(2))
    -1.0
    """
    check_floats("minimax_loss", "a_fake", a_fake)
    return -_mean_softplus(a_fake).astype(a_fake.dtype)


def minimax_slope(a_fake: Array) -> Array:
    """Return -σ(a_fake) / m. It vanishes where D is sure that the sample is a fake (a_fake ≪ 0).

    >>> import numpy as np
    >>> minimax_slope(np.zeros(2)).tolist()
    [-0.25, -0.25]
    """
    check_floats("minimax_slope", "a_fake", a_fake)
    m = a_fake.size

    def formula(a: Array) -> Array:
        return -logistic(a) / m

    constants = (float(m),)
    return elementwise(rounded_once(formula), a_fake, kernel="minimax_slope", constants=constants)


def non_saturating_loss(a_fake: Array) -> Array:
    """Return -mean log D(G(z)) = mean ζ(-a_fake).

    >>> import numpy as np
    >>> float(non_saturating_loss(np.zeros(3)) / np.log(2))
    1.0
    """
    check_floats("non_saturating_loss", "a_fake", a_fake)
    return _mean_softplus(-a_fake).astype(a_fake.dtype)


def non_saturating_slope(a_fake: Array) -> Array:
    """Return -σ(-a_fake) / m. It is -1/m, at full strength, where minimax's vanishes.

    The ratio of the two slopes, minimax to non-saturating, is σ(a)/σ(-a) = eᵃ.

    >>> import numpy as np
    >>> non_saturating_slope(np.array([-1e4])).tolist()
    [-1.0]
    """
    check_floats("non_saturating_slope", "a_fake", a_fake)
    m = a_fake.size

    def formula(a: Array) -> Array:
        return -logistic(-a) / m

    kernel = "non_saturating_slope"
    return elementwise(rounded_once(formula), a_fake, kernel=kernel, constants=(float(m),))


def _mean_softplus(a: Array) -> Array:
    """The mean of ζ(a), not yet rounded to the dtype of a."""
    return softplus(a).mean(dtype=widened(a.reshape(-1)[:0]).dtype)


def _check_logits(
    where: str, a_real: Array, a_fake: Array, smooth: float, weights: Weights | None
) -> None:
    check_floats(where, "a_real", a_real)
    check_alike(where, "a_fake", a_fake, "a_real", a_real)
    check_smooth(smooth)
    if weights is not None:
        columns = check_table(weights)
        for name, a in (("a_real", a_real), ("a_fake", a_fake)):
            if a.ndim != 2 or a.shape[1] != columns:
                raise ValueError(
                    f"{where}: {name} has shape {a.shape}, expected (m, {columns}): a column for "
                    "each discriminator in weights."
                )


MINIMAX = Objective("minimax", minimax_loss, minimax_slope)
"""G descends log(1 - D(G(z))): Goodfellow et al. 2014, equation (1) and Algorithm 1."""

NON_SATURATING = Objective("non-saturating", non_saturating_loss, non_saturating_slope)
"""G descends -log D(G(z)): Goodfellow et al. 2014, end of section 3. The same fixed point."""

OBJECTIVES = {objective.name: objective for objective in (MINIMAX, NON_SATURATING)}
