"""Do the samples vary as the data do? Collapse: G makes few of the things that the data show."""

from __future__ import annotations

from typing import Any

from minigan.doctor.finding import Finding, below, worst
from minigan.doctor.variety import Cells, effective_number, gap, ratio, total_variance

NAME = "collapse"
EQUATION = (
    "Σⱼ var(xⱼ), samples / data; exp(-Σ p log p) cells; median minⱼ ‖xᵢ - xⱼ‖, samples / data"
)

# Samples that spread half as far as the data (a quarter of the variance), or use half of their
# cells, have lost half of what there was to learn. That a half is ill is a choice; where healthy
# ends is experience: see the runs in docs/doctor.md.
VARIANCE_ILL, VARIANCE_WATCH = 0.25, 0.4
CELLS_ILL, CELLS_WATCH = 0.5, 0.7
# G that makes a few things, each again and again, may fill all cells. Its samples are near copies
# then: a tenth of the distance is what data would have that are 10^d times as dense.
GAP_ILL, GAP_WATCH = 0.1, 0.2


def judge(samples: Any, data: Any, other: Any, cells: Cells) -> Finding:
    """Judge the variety of samples against that of data, with other data as the reference.

    **Parameters**  samples, data, other: as many examples each, (n, d) on the host, in the units of
    the data; cells to count them in.
    """
    numbers = {
        "variance_ratio": ratio(total_variance(samples), total_variance(data)),
        "variance_ratio_real": ratio(total_variance(other), total_variance(data)),
        "cells": effective_number(cells.of(samples)),
        "cells_real": effective_number(cells.of(data)),
        "gap_ratio": ratio(gap(samples), gap(data)),
        "gap_ratio_real": ratio(gap(other), gap(data)),
    }
    verdict = worst(
        below(numbers["variance_ratio"], VARIANCE_WATCH, VARIANCE_ILL),
        below(ratio(numbers["cells"], numbers["cells_real"]), CELLS_WATCH, CELLS_ILL),
        below(numbers["gap_ratio"], GAP_WATCH, GAP_ILL),
    )
    measured = (
        f"variance of samples / data {numbers['variance_ratio']:.2f} (real against real "
        f"{numbers['variance_ratio_real']:.2f}); {cells.kind} in use {numbers['cells']:.1f} of "
        f"{cells.count} (real {numbers['cells_real']:.1f}); distance between neighbours "
        f"{numbers['gap_ratio']:.2f} (real {numbers['gap_ratio_real']:.2f})"
    )
    meaning = {
        "healthy": "The samples vary about as much as the data do.",
        "watch": "The samples vary less than the data, or favour some kinds.",
        "ill": "G makes few of the things that the data show.",
    }[verdict]
    advice = (
        "train on, if the run is young; another rule or seed, BatchNorm in G, a larger --batch, a "
        "weaker D (see D saturated), MinibatchDiscrimination or Pack in D."
    )
    return Finding(
        NAME,
        verdict,
        measured,
        EQUATION,
        meaning,
        "" if verdict == "healthy" else advice,
        numbers,
    )
