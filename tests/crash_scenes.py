"""Short real runs in processes that can be killed: which ones, and how to start one.

Who imports this has imported all of minigan, and each run is a fork of it, which begins in
milliseconds. The networks have a few units, and a quick stand-in draws what Matplotlib would draw.
"""

from __future__ import annotations

import mmap
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MPLBACKEND"] = "Agg"

import crash_points
import numpy as np
from small_classifier import digits

from minigan import checkpoint
from minigan.cli import main
from minigan.collapse import game as collapse_game
from minigan.collapse import run as collapse_run
from minigan.collapse.protocol import SMALL
from minigan.evaluation.modes import ceiling
from minigan.files import replacing
from minigan.models import MODELS
from minigan.pictures import write_grid
from minigan.training import classifier, frames, gauge
from minigan.training import run as training
from minigan.training.progress import Progress

REACHED = mmap.mmap(-1, 8)  # the step or pass that a run has come to: shared with the children


@dataclass(frozen=True)
class Scene:
    """A command that leaves the folder "run", and the one that goes on with it.

    begun: the file that makes it a run: without it, --resume refuses and the command begins anew.
    unit: what the checkpoint counts, and every: how many of them lie between two checkpoints.
    """

    command: str
    resume: str
    begun: str
    unit: str = "step"
    every: int = 2

    def saved(self) -> int:
        """Where the checkpoint stands, which must be one; 0 where there is none."""
        for file in Path("run").glob("*.npz"):
            meta = checkpoint.load(file)[1]
            if file.name == "best.npz":
                assert meta["frechet"] >= 0
        path = Path("run/checkpoint.npz")
        return int(checkpoint.load(path)[1][self.unit]) if path.exists() else 0


GAN = "--batch 16 --log-every 2 --sample-every 2 --checkpoint-every 2 --device cpu --quiet"
RESUME = "train --resume --out run"


def gan(words: str, steps: int = 3) -> Scene:
    """A run of a few steps."""
    return Scene(f"train {words} {GAN} --steps {steps} --out run", RESUME, "config.json")


SCENES = {
    "digits": gan("mlp-batchnorm --data digits8x8"),
    "longer": gan("mlp-batchnorm --data digits8x8", 30),
    "dropout": gan("goodfellow-2014 --data digits8x8"),
    "evaluated": gan("gaussian-1d --evaluate-every 2"),
    "classifier": Scene(
        "train classifier --data digits.npz --epochs 2 --batch 50 --device cpu --quiet --out run",
        "train classifier --resume --out run",
        "checkpoint.npz",
        "t",
        6,
    ),
}
COLLAPSE = "collapse ring --seeds 1 --rows minimax smoothing --jobs 1 --quiet --out run"
SCENES["collapse"] = Scene(COLLAPSE, COLLAPSE, "")


def reached() -> int:
    """The step, or the batch, after which the last child was seen."""
    return int.from_bytes(REACHED[:8], "little")


def prepare() -> None:
    """Small networks, and quick stand-ins for what Matplotlib draws."""
    digits()
    for model in list(MODELS.values()):

        def build(*args: Any, z_dim: int, model: Any = model, **more: Any) -> Any:
            return model.build(*args, **model.small | more)

        MODELS[model.name] = replace(model, build=build, z_dim=model.small["z_dim"])
    TINY = replace(SMALL, width=6, depth=2, units=4, pieces=2, depth_D=1, m=8, steps=5)
    collapse_run.QUICK = {"ring": TINY, "grid": TINY}
    collapse_game.time = type("Clock", (), {"perf_counter": staticmethod(lambda: 0.0)})  # type: ignore[assignment]
    frames.draw_vectors = quick_vectors
    training.write_curves = quick_curves  # type: ignore[assignment]
    for name in ("write_samples", "write_seeds"):
        setattr(collapse_run, name, quick_curves)
    collapse_run.ceiling = lambda toy, n, rng: ceiling(toy, n, rng, trials=1)
    gauge.COUNT = 250

    def step(self: Progress, number: int) -> None:
        REACHED[:8] = number.to_bytes(8, "little")

    def learn(state: Any) -> None:
        plain(state)
        REACHED[:8] = state.optimizer.t.to_bytes(8, "little")

    plain, classifier._learn = classifier._learn, learn
    Progress.step = step  # type: ignore[method-assign]


def quick_vectors(
    path: Path, samples: Any, data: Any = None, D: Any = None, title: str = ""
) -> None:
    seen = np.concatenate([np.ravel(a) for a in (samples, *(D or ()))])
    write_grid(path, np.resize(seen.view(np.uint8), (1, 8, 8, 1)))


def quick_curves(path: Path, *shown: Any) -> None:
    with replacing(path) as temporary:
        temporary.write_text(repr(shown))


def forked(work: Callable[[], int]) -> int:
    """Start work() in a child, whose output goes to the files out and err; return its id."""
    REACHED[:8] = bytes(8)
    child = os.fork()
    if child == 0:
        status = 99
        try:
            for number, name in ((1, "out"), (2, "err")):
                os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
            status = work()
            sys.stdout.flush()
        finally:
            os._exit(status)
    return child


def ended(child: int) -> int:
    """Wait for a child; its exit status, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def play(line: str, point: crash_points.Act | None = None) -> int:
    """Run a line of the command line in a child to its end, and return how it ended."""

    def work() -> int:
        if point is None:
            return main(line.split())
        with crash_points.watched(point):
            return main(line.split())

    return ended(forked(work))


def tree(folder: str = "run") -> dict[str, bytes]:
    """What lies in a folder, byte for byte; folders themselves have no content."""
    return {
        str(path.relative_to(folder)): b"" if path.is_dir() else path.read_bytes()
        for path in sorted(Path(folder).rglob("*"))
    }


def differences(found: dict[str, bytes], expected: dict[str, bytes]) -> str:
    """The names that differ, with what is wrong with each."""
    wrong = [f"{name} is missing" for name in expected.keys() - found.keys()]
    wrong += [f"{name} is too many" for name in found.keys() - expected.keys()]
    wrong += [
        f"{name} differs"
        for name in expected.keys() & found.keys()
        if found[name] != expected[name]
    ]
    return ", ".join(sorted(wrong))
