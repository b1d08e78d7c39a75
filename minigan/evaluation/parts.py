"""Which examples of a run's data play which part when the run is evaluated.

    seen      what G was trained on
    real      other examples in the samples' place, drawn from `seen`: what a perfect G would make
    test      what everything is compared with
    sigma     what only chooses Parzen's σ, 1,000 at most

    data                                       test                    sigma
    with a test part, N held out (--hold-out)  the test part           the first of the N
    with a test part                           the test part           a quarter of the test part,
                                                                       which is then not scored
    without a test part, N held out            the N                   a quarter of them, likewise
    neither                                    half of the data        a quarter of them, likewise

With `--data mnist --hold-out 10000` that is the split of the 2014 paper's code: 50,000 images to
train on, the first 1,000 of the other 10,000 to choose σ, 10,000 test images to be scored. In the
last row G has seen what it is compared with, so that learning by heart looks perfect; a note says
so.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from minigan.backend import Random
from minigan.data import Dataset
from minigan.training.folder import Config, RunError
from minigan.training.source import reopen_part

FEWEST = 100
MOST_FOR_SIGMA = 1000


@dataclass(frozen=True)
class Parts:
    """Examples in the units of the data; see the file's text.

    **Parameters**  sigma: None where the first rows of `test` choose σ; why_none_held_out: a
    sentence, or "".
    """

    seen: Dataset
    real: Dataset
    test: Dataset
    sigma: Dataset | None = None
    why_none_held_out: str = ""


def parts_of(config: Config, trained: Dataset, rng: Random) -> Parts:
    """Load the other parts of a run's data, and choose.

    **Raises**  RunError for data that are too few.
    """
    held_out = config.data["options"].get("hold_out") is not None
    validation = reopen_part(config, trained, "validation") if held_out else None
    try:
        test, sigma = reopen_part(config, trained, "test"), validation
    except RunError as error:
        if validation is None:
            return _halves(_shuffled(trained, rng.child("training")), error)
        test, sigma = validation, None
    if min(len(trained), len(test)) < FEWEST:
        raise RunError(
            f"the data have {len(trained)} examples to train on and {len(test)} held out, {FEWEST} "
            "of each are needed."
        )
    return Parts(
        trained,
        _shuffled(trained, rng.child("training")),
        _shuffled(test, rng.child("test")),
        None if sigma is None else rows_of(sigma, slice(MOST_FOR_SIGMA)),
    )


def _halves(data: Dataset, error: RunError) -> Parts:
    half = len(data) // 2
    if half < FEWEST:
        raise RunError(
            f"the data are {len(data)} examples, {2 * FEWEST} are needed: half of them stand for "
            "samples, the other half is compared with."
        ) from error
    reason = str(error).rstrip(".")
    why = (
        "G was trained on all of the data, also on what it is compared with, so that learning by "
        f"heart looks perfect; minigan train --hold-out N keeps some back ({reason})"
    )
    first, second = rows_of(data, slice(half)), rows_of(data, slice(half, None))
    return Parts(first, first, second, why_none_held_out=why)


def _shuffled(data: Dataset, rng: Random) -> Dataset:
    return rows_of(data, rng.permutation(len(data)))


def rows_of(data: Dataset, rows: Any) -> Dataset:
    """Some of the examples with their labels, by a slice or by indices."""
    labels = None if data.labels is None else data.labels[rows]
    return dataclasses.replace(data, x=data.x[rows], labels=labels)
