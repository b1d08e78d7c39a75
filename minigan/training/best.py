"""best.npz: the checkpoint of the step whose samples were nearest to the data.

GANs get worse again, so the last checkpoint is not always the one to keep. This one is written
whenever an evaluation finds a lower Fréchet distance than best.npz has, and it holds that distance
and its step: the file itself is the memory of what there is to beat.

A killed run may leave one from after its checkpoint. It stays: the run goes on from the checkpoint,
comes to that step again, and finds the same distance there, which is not lower.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from minigan.checkpoint import need
from minigan.training.folder import BEST, RunError
from minigan.training.log import Row
from minigan.training.sampling import read_saved


@dataclass(frozen=True)
class Mark:
    """How near the samples were to the data at a step: their Fréchet distance."""

    step: int
    frechet: float

    def beaten_by(self, row: Row) -> bool:
        """Whether a row of the log has a lower distance: NaN is none, and no distance either.

        >>> [Mark(100, 5.0).beaten_by({"frechet": f}) for f in (4.9, 5.0, math.nan)]
        [True, False, False]
        """
        return row.get("frechet", math.nan) < self.frechet


NONE = Mark(0, math.inf)  # what any evaluation beats


def read_best(folder: Path) -> Mark:
    """What best.npz holds; NONE where there is no such file yet.

    **Raises**  RunError for a file that is damaged or of another run.
    """
    path = folder / BEST
    if not path.exists():
        return NONE
    try:
        meta = read_saved(folder, best=True)[2]
        need(path, meta, ["frechet"], "facts")
    except ValueError as error:
        raise RunError(f"{error} To go on without it, remove {path}.") from error
    return Mark(meta["step"], meta["frechet"])


def last_mark(log: dict[str, list[float]]) -> Mark:
    """The last evaluation of a run with a distance, by the columns of its log; NONE before any."""
    found = zip(log["step"], log.get("frechet", ()), strict=False)
    marks = [Mark(int(step), frechet) for step, frechet in found if math.isfinite(frechet)]
    return marks[-1] if marks else NONE
