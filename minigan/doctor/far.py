"""Do the samples look like the data at all, or is it noise that G makes?"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.doctor.finding import Finding, above
from minigan.doctor.variety import nearest_distances, ratio

NAME = "far from the data"
EQUATION = "median over z of minⱼ ‖G(z) - xⱼ‖, over the same median for data x' instead of G(z)"

# At 1 a sample is as near to the data as new data are. Experience: healthy runs stay under 1.5 (a
# little grain), and images of uniform noise are at 2.7 (mnist12k) and 3.3 (digits8x8).
ILL, WATCH = 2.0, 1.6

ADVICE = "train on, if the run is young; a larger G, a weaker D (see D saturated), another seed"
OF_IMAGES = "; see that the pictures in the data are alike: cropped and centred"


def judge(samples: Any, data: Any, other: Any, *, images: bool = False) -> Finding:
    """Judge how far samples are from data, with other data as the reference.

    **Parameters**  samples, data, other: (n, d) each, on the host, in the units of the data;
    images: whether that is what they are.
    """
    far, usual = (float(np.median(nearest_distances(x, data))) for x in (samples, other))
    times = ratio(far, usual)
    verdict = above(times, WATCH, ILL)
    measured = (
        f"a sample is {times:.2f} times as far from its nearest example as other data are "
        "(healthy: 1 to 1.5)"
    )
    meaning = {
        "healthy": "A sample has neighbours among the data, as data have.",
        "watch": "The samples lie beside the data: grain, blur, or what is not yet learned.",
        "ill": "The samples are not like anything in the data.",
    }[verdict]
    numbers = {"far": far, "far_real": usual, "far_ratio": times}
    advice = "" if verdict == "healthy" else f"{ADVICE}{OF_IMAGES if images else ''}."
    return Finding(NAME, verdict, measured, EQUATION, meaning, advice, numbers)
