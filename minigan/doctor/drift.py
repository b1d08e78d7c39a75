"""Do G's running averages belong to the G of now? If not, G makes other things when it is used."""

from __future__ import annotations

from minigan.backend import Array, array_module
from minigan.batchnorm import BatchNorm
from minigan.doctor.finding import Finding, above
from minigan.doctor.units import walk_through
from minigan.layer import Layer, Sequential
from minigan.replay import memory
from minigan.training.watch import walk

NAME = "BatchNorm drift"
EQUATION = (
    "x̂ = (x - mean)/√(var + eps): by the batch in training, by running averages in evaluation; the "
    "averages know the last 1/(1 - decay) steps"
)

# The difference between the same samples made in both modes, in units of how much samples differ
# among themselves: at 1 the mode decides as much as z does. Half of it is called ill, a quarter the
# border of healthy: a choice.
APART_ILL, APART_WATCH = 0.5, 0.25
# A batch's own statistics are never exact, and the same z comes out differently in other company.
# Only what is three times that is drift.
COMPANY = 3.0


def judge(G: Sequential, z: Array, *, evaluated: bool = True) -> Finding:
    """Judge G's running averages by what they do to its samples.

    **Parameters**  G; z (3m, z_dim): m noise vectors whose samples are compared, and two companies
    of m, in each of which they are made; evaluated: whether the run shows G in evaluation mode.
    """
    if not any(isinstance(layer, BatchNorm) for _, layer in walk(G)):
        return Finding(NAME, "healthy", "G has no BatchNorm", EQUATION, "Nothing here can drift.")
    m = len(z) // 3
    concatenate = array_module(z).concatenate
    put_back = memory(G)
    shift, where = largest_shift(G, z)
    put_back()
    trained = G(concatenate([z[:m], z[m : 2 * m]]), train=True)[:m]
    company = G(concatenate([z[:m], z[2 * m :]]), train=True)[:m]
    put_back()
    spread = max(float(trained.var(axis=0).mean()) ** 0.5, 1e-12)
    apart = _rms(G(z[:m]) - trained) / spread
    by_chance = _rms(company - trained) / spread
    verdict = above(apart, APART_WATCH, APART_ILL) if apart >= COMPANY * by_chance else "healthy"
    if verdict == "ill" and not evaluated:
        verdict = "watch"
    measured = (
        f"evaluation and training mode are {apart:.2f} apart on the same noise, in units of the "
        f"samples' spread (two companies in training mode: {by_chance:.2f}); the running mean is "
        f"off by up to {shift:.2g} deviations in {where}"
    )
    meaning = {
        "healthy": "G in use is the G that was trained.",
        "watch": "G in use differs from the G that was trained.",
        "ill": "G in use is another G than the one that was trained.",
    }[verdict]
    advice = (
        "a smaller decay (0.9 instead of 0.99), or more steps; smaller steps towards the end; to "
        "see the G that was trained: G(z, train=True) in Python."
    )
    return Finding(
        NAME,
        verdict,
        measured,
        EQUATION,
        meaning,
        "" if verdict == "healthy" else advice,
        {"apart": apart, "by_chance": by_chance, "shift": shift},
    )


def largest_shift(G: Sequential, z: Array) -> tuple[float, str]:
    """The BatchNorm whose running mean is furthest from the batch's: how far, and where it is.

    Its distance is |running_mean - mean| / √(var + eps), the median of its channels.
    """
    found: list[tuple[float, str]] = []

    def see(path: str, layer: Layer, x: Array) -> None:
        if isinstance(layer, BatchNorm):
            axes = tuple(range(x.ndim - 1))
            off = abs(layer.buffers["running_mean"] - x.mean(axis=axes))
            shifts = off / (x.var(axis=axes) + layer.eps) ** 0.5
            middle = array_module(x).sort(shifts)[len(shifts) // 2]
            found.append((float(middle), f"G layer {path}, {layer!r}"))

    walk_through(G, z, see)
    return max(found)


def _rms(a: Array) -> float:
    return float((a * a).mean()) ** 0.5
