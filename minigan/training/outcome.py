"""What `train` returns: how a run ended, in numbers and in a few lines to be read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT, Signals

from minigan.layer import Layer
from minigan.terminal import shell_word, visible
from minigan.training.best import NONE, Mark
from minigan.training.folder import CHECKPOINT, CONFIG, CURVES, PAGE, SAMPLES, resume_command

NEARLY = 1.05  # times the best distance; another z changes it by 2 % (docs/when-to-stop.md)


@dataclass(frozen=True)
class Run:
    """Where the run is, the two players, and how far they came.

    signal is the number of the signal that came meanwhile, or None; where it came too late to stop
    the run, step is steps. best is what best.npz holds and last the last evaluation, both with step
    0 in a run without; graph says how a GPU has done the steps. str(run) says in a few lines how it
    ended, where the pictures are, which step was best, and how to go on.
    """

    folder: Path
    G: Layer
    D: Layer
    step: int
    steps: int
    signal: int | None = None
    best: Mark = NONE
    last: Mark = NONE
    graph: str = ""

    def __str__(self) -> str:
        if self.signal is not None and self.step < self.steps:
            by = {SIGINT: "Ctrl-C (SIGINT)"}.get(Signals(self.signal), Signals(self.signal).name)
            return (
                f"stopped by {by} after step {self.step:,} of "
                f"{self.steps:,}; everything is saved in {visible(self.folder)}.\n"
                f"{self._on_the_best()}{self._on_the_graph()}"
                f"To go on: {resume_command(self.folder)}"
            )
        samples, curves, page = (visible(self.folder / name) for name in (SAMPLES, CURVES, PAGE))
        return (
            f"{visible(self.folder)} is finished: {self.step:,} of {self.steps:,} steps.\n"
            f"Look at {samples}, {curves} and, in a browser, {page}.\n"
            f"{self._on_the_best()}{self._on_the_graph()}"
            f"To train it longer: {resume_command(self.folder)} --steps {2 * self.steps}"
        )

    def _on_the_graph(self) -> str:
        return f"{self.graph}.\n" if self.graph else ""

    def _on_the_best(self) -> str:
        best, last = self.best, self.last
        if best == NONE:
            return ""
        at = f"Lowest Fréchet distance: {best.frechet:.4g} at step {best.step:,}"
        if last.step == best.step:
            at += ", the last evaluation: it may still fall"
        else:
            nearly = "nearly as low" if last.frechet <= NEARLY * best.frechet else "higher"
            at += f"; the last evaluation, at step {last.step:,}, is {nearly} ({last.frechet:.4g})"
        return f"{at}.\nSamples of it: minigan sample {shell_word(self.folder)} --best\n"


def what_is_left(folder: Path, step: int) -> str:
    """What a run that could not write leaves, its last checkpoint being of `step`; how to go on."""
    if not (folder / CONFIG).exists():
        return f"{folder} has been moved or removed, and its checkpoint of step {step} with it."
    saved = (folder / CHECKPOINT).exists()
    kept = f"the checkpoint of step {step} is kept" if saved else "there is no checkpoint yet"
    return f"{kept}. When that is mended: {resume_command(folder)}"
