"""Which units never answer, whatever they are shown?"""

from __future__ import annotations

from minigan.doctor.finding import VERDICTS, Finding, above, cannot_tell
from minigan.doctor.units import Silence, every, through

NAME = "dead units"
EQUATION = "ReLU: dx = dy ∘ [x > 0]; where x ≤ 0 on all examples, no gradient passes"

# A dead ReLU takes its column of weights out of the network: nothing trains them, and only a change
# of what is below can bring it back. Half of a layer is half of its width; a quarter the border of
# healthy. Both are a choice: what a network can spare is not known.
DEAD_ILL, DEAD_WATCH = 0.5, 0.25
# A silent LeakyReLU or piece of a Maxout passes gradients, and can come back: never ill but where
# all are silent, since the layer is linear then.
QUIET_WATCH, QUIET_ILL = 0.5, 1.0


def judge(found_G: list[Silence], found_D: list[Silence], why_not_D: str = "") -> Finding:
    """Judge the silent units of both players, layer by layer.

    **Parameters**  found_G over noise, found_D over data and samples, both as `units.silences`
    gives them; why_not_D: why D could not be looked at.
    """
    found = [*every("G", found_G), *every("D", found_D)]
    if not found:
        if why_not_D:
            return cannot_tell(NAME, why_not_D, EQUATION)
        return Finding(NAME, "healthy", "no such layers", EQUATION, "Nothing here can die.")
    worst_place, worst_one = min(found, key=lambda pair: (_rank(pair[1]), -pair[1].share))
    verdict = _verdict(worst_one)
    silent = sum(silence.silent for _, silence in found)
    units = sum(silence.units for _, silence in found)
    measured = f"{silent:,} of {units:,} units never answer"
    if silent:
        measured += (
            f"; most in {worst_place}: {worst_one.silent:,} of {worst_one.units:,} (healthy: under "
            f"{_border(worst_one):.0%})"
        )
    if why_not_D:
        measured += f"; D was not looked at: {why_not_D}"
    kind = "passes a gradient, but is linear" if through(worst_one) else "passes no gradient at all"
    meaning = {
        "healthy": "The units that there are, are used.",
        "watch": f"A part of the layer {kind}.",
        "ill": f"Most of the layer {kind}.",
    }[verdict]
    advice = (
        "a smaller step size, LeakyReLU instead of ReLU, BatchNorm before it, he_normal as initial "
        "weights, biases that start at 0; dead units seldom come back: start anew."
    )
    numbers = {"silent": silent, "units": units, "worst_share": worst_one.share}
    return Finding(
        NAME,
        verdict,
        measured,
        EQUATION,
        meaning,
        "" if verdict == "healthy" else advice,
        numbers,
    )


def _border(silence: Silence) -> float:
    return QUIET_WATCH if through(silence) else DEAD_WATCH


def _verdict(silence: Silence) -> str:
    if through(silence):
        return above(silence.share, QUIET_WATCH, QUIET_ILL)
    return above(silence.share, DEAD_WATCH, DEAD_ILL)


def _rank(silence: Silence) -> int:
    return VERDICTS.index(_verdict(silence))
