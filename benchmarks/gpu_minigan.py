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

from minigan.bench.game import Game, Job
from minigan.bench.machine import describe, peak_mb, waiting

WARM_UP = 20  # steps, in which a graph is recorded, and compared with the steps before
OPTIONS = {  # of a Job: what is said where there is none
    "draws": ("host", "random numbers drawn on the device"),
    "graph": (False, "CUDA graphs"),
    "tf32": (False, "TF32"),
}


def job_of(asked):
    """The game to be played."""
    known = {field.name for field in dataclasses.fields(Job)}
    options = {}
    for name, (usual, what) in OPTIONS.items():
        if name in known:
            options[name] = asked[name]
        elif asked[name] != usual:
            sys.exit(f"this minigan has no {what}")
    shape, m = tuple(asked["shape"]), asked["m"]
    return Job(asked["network"], shape, asked["device"], "same", m, None, False, **options)


@contextlib.contextmanager
def as_a_run(job):
    """A context like that of a run: on a stream of its own, in TF32 where that is asked for."""
    try:
        own_stream = importlib.import_module("minigan.cuda.graph").own_stream
        tf32 = importlib.import_module("minigan.cuda.blas").tf32
    except ImportError:
        yield
        return
    with own_stream(job.device), tf32(job.tf32):
        yield


def main():
    """Serve the side that the argument describes."""
    asked = json.loads(sys.argv[1])
    job = job_of(asked)
    with as_a_run(job):
        game = Game(job)
        if asked["graph"]:
            for _ in range(WARM_UP):
                game.step()
            if game.steps.why:
                sys.exit(f"no CUDA graph: {game.steps.why}")
        serve(
            game.step,
            about=describe(job.device),
            wait=waiting(job.device),
            peak=functools.partial(peak_mb, job.device),
            together=job.device == "cuda",
        )


if __name__ == "__main__":
    main()
