"""minigan's side of the section `steps`: the step of `minigan bench`, eager or as a CUDA graph.

What this minigan does not have (random numbers drawn on the device, graphs) is said in one line,
and the other sides go on without it.
"""

import contextlib
import dataclasses
import functools
import importlib
import json
import sys

from serve import serve

from minigan.bench.game import READ_EVERY, Game, Job
from minigan.bench.machine import describe, peak_mb, waiting


def needed(module, what):
    """A module of minigan, or the end of this side."""
    try:
        return importlib.import_module(f"minigan.cuda.{module}")
    except ImportError:
        sys.exit(f"this minigan has no {what}")


def make_game(asked):
    """The game, with noise and masks drawn where it is asked for."""
    job = Job(
        asked["network"], tuple(asked["shape"]), asked["device"], "same", asked["m"], None, False
    )
    if asked["draws"] != "host":
        if "draws" not in {field.name for field in dataclasses.fields(Job)}:
            sys.exit("this minigan has no random numbers drawn on the device")
        job = dataclasses.replace(job, draws=asked["draws"])
    return Game(job)


def replaying(game, device):
    """A function that makes the game's next step, as a rule by launching its recording."""
    graph = needed("graph", "CUDA graphs")
    if device != "cuda":
        sys.exit("a CUDA graph needs a GPU")
    steps = graph.Steps(
        lambda count: game.iterations(iterations=count),
        sys.maxsize,
        memory=lambda: lambda: None,
        looked_at=lambda: game.done % READ_EVERY == READ_EVERY - 1,
        device=device,
        graph="on",
    )
    turns = iter(steps)

    def step():
        next(turns)
        game.done += 1

    for _ in range(2 * READ_EVERY):
        step()
    if not steps.replayed:
        sys.exit(f"no CUDA graph: {steps.why}")
    return step


def main():
    """Serve the side that the argument describes."""
    asked = json.loads(sys.argv[1])
    device = asked["device"]
    with contextlib.ExitStack() as stack:
        if asked["tf32"]:
            stack.enter_context(needed("blas", "TF32").tf32(True))
        if asked["graph"]:
            stack.enter_context(needed("graph", "CUDA graphs").own_stream(device))
        game = make_game(asked)
        step = replaying(game, device) if asked["graph"] else game.step
        serve(
            step,
            about=describe(device),
            wait=waiting(device),
            peak=functools.partial(peak_mb, device),
            together=device == "cuda",
        )


if __name__ == "__main__":
    main()
