"""Do G's running averages belong to the G of now? If not, G makes other things when it is used."""

from __future__ import annotations

import math

from minigan.backend import Array, array_module
from minigan.batchnorm import BatchNorm
from minigan.doctor.finding import Finding, above
from minigan.doctor.units import shown
from minigan.gan import Sample
from minigan.layer import Layer
from minigan.replay import memory
from minigan.training.watch import walk

NAME = "BatchNorm drift"
EQUATION = "x̂ = (x - mean)/√(var + eps), with the batch's mean and var or with the running ones"

# How far a sample moves, in units of how much samples differ among themselves: at 1 the mode
# decides as much as z does. Half of it is called ill; healthy runs stay under 0.3 (docs/doctor.md).
ILL, WATCH = 0.5, 0.3
ROUNDS = 8  # quarters of a batch: as many samples as two batches


def judge(G: Layer, noise: Sample, m: int, *, evaluated: bool = True, classes: int = 0) -> Finding:
    """Judge G's running averages by what they do to its samples.

    **Parameters**  G; noise(m), and m: the batch size of training; evaluated: whether the run shows
    G in evaluation mode; classes: columns of labels behind a sample, which no mode changes.
    """
    if not any(isinstance(layer, BatchNorm) for _, layer in walk(G)):
        return Finding(NAME, "healthy", "G has no BatchNorm", EQUATION, "Nothing here can drift.")
    put_back = memory(G)
    shift, where = largest_shift(G, noise(m))
    put_back()
    apart, by_chance = mode_distances(G, noise, m, classes)
    # A batch's statistics are never exact. If each moves a sample by its own e, two companies put
    # it √2 e apart, and evaluation, which has none, is e away even where nothing has drifted.
    drifted = math.sqrt(max(apart**2 - by_chance**2 / 2, 0.0))
    verdict = above(drifted, WATCH, ILL)
    if verdict == "ill" and not evaluated:
        verdict = "watch"
    measured = (
        f"on the same noise, evaluation is {drifted:.2f} of the samples' spread from training "
        f"(healthy: under {WATCH:g}), less what another batch changes, {by_chance:.2f}; "
        f"a running mean is off by {shift:.2g} deviations in {where}"
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
        {"drift": drifted, "apart": apart, "by_chance": by_chance, "shift": shift},
    )


def mode_distances(G: Layer, noise: Sample, m: int, classes: int = 0) -> tuple[float, float]:
    """How far samples of the same z are apart, in units of their spread; G stays as it was.

    The first number is between evaluation and training mode, the second between two batches of
    training mode. These z make up a quarter of both, which keeps the batches' statistics together:
    their squared distance is that share smaller than it is for batches of which all is another,
    and is corrected for it.
    """
    few, put_back = max(1, m // 4), memory(G)
    apart, by_chance, made = 0.0, 0.0, []
    for _ in range(ROUNDS):
        z, companies = noise(few), [noise(m - few) for _ in range(2)]
        concatenate = array_module(z).concatenate
        trained, again = (G(concatenate([z, other]), train=True)[:few] for other in companies)
        put_back()
        evaluated = G(z)
        if classes:
            trained, again, evaluated = (y[:, :-classes] for y in (trained, again, evaluated))
        apart += _mean_square(evaluated - trained) / ROUNDS
        by_chance += _mean_square(again - trained) / ROUNDS * (m / max(m - few, 1))
        made.append(trained)
    samples = concatenate(made)
    spread = max(_mean_square(samples - samples.mean(axis=0)), 1e-24)  # all alike: not 0/0
    return math.sqrt(apart / spread), math.sqrt(by_chance / spread)


def largest_shift(G: Layer, z: Array) -> tuple[float, str]:
    """The BatchNorm whose running mean is furthest from the batch's: how far, and where it is.

    Its distance is |running_mean - mean| / √(var + eps), the median of its channels.
    """
    found: list[tuple[float, str]] = []

    def see(path: str, layer: Layer, x: Array) -> None:
        axes = tuple(range(x.ndim - 1))
        off = abs(layer.buffers["running_mean"] - x.mean(axis=axes))
        shifts = off / (x.var(axis=axes) + layer.eps) ** 0.5  # type: ignore[attr-defined]
        middle = array_module(x).sort(shifts)[len(shifts) // 2]
        found.append((float(middle), f"G layer {path}, {layer!r}"))

    with shown(G, (BatchNorm,), see):
        G(z, train=True)
    return max(found)


def _mean_square(a: Array) -> float:
    return float((a * a).mean())
