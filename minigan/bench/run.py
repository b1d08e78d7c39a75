"""`minigan bench`: each network in a process of its own.

A process's peak memory cannot be set back, so each network gets a new one, which measures and ends.
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from minigan.backend import DRAWS, choose_device
from minigan.bench.game import RULE_CHOICES, Job
from minigan.limits import check_choice, check_flag, check_integer, check_names
from minigan.model import Model
from minigan.models import MODELS, find_model
from minigan.terminal import announced

NETWORKS = ("mlp", "mlp-batchnorm", "dcgan", "dcgan-32", "dcgan-upsampling")


def bench(
    networks: str | Iterable[str] = (),
    *,
    device: str = "auto",
    rule: str = "same",
    m: int | None = None,
    steps: int | None = None,
    layers: bool = False,
    draws: str = "host",
    graph: bool = False,
    tf32: bool = False,
) -> Iterator[dict[str, Any]]:
    """Time the training step of some networks; a dict each, or with layers one for each layer.

    What is asked for is looked at when it is called, the time is taken when the dicts are.

    **Parameters**  networks: a model's name or several, all of NETWORKS by default; device: "auto",
    "cpu" or "cuda"; rule: "same" for every
    network, a model's "own", or a name in RULES; m: batch size, 1 to 10^6, by default the model's;
    steps: how many are timed, 1 to 10^9, by default as many as fit into 5 seconds, from 7 to 200;
    layers: whether layer by layer; draws: where noise and dropout masks are drawn, "host" or
    "device"; graph: whether steps are replayed as one CUDA graph; tf32: whether a GPU computes
    products in TF32.

    **Raises**  TypeError, ValueError for an unknown network, rule, device or other draws, for
    numbers out of range, and for a graph or TF32 on the CPU or layer by layer; DeviceError;
    ChildProcessError when the process that measures ends early, as where steps cannot be replayed.
    """
    check_choice("bench", "rule", rule, RULE_CHOICES)
    check_choice("bench", "draws", draws, DRAWS)
    m = None if m is None else check_integer("bench", "m", m, most=10**6)
    steps = None if steps is None else check_integer("bench", "steps", steps, most=10**9)
    layers = check_flag("bench", "layers", layers)
    graph, tf32 = check_flag("bench", "graph", graph), check_flag("bench", "tf32", tf32)
    names = check_names("bench", "networks", networks, MODELS)
    models = [find_model(name) for name in names or [n for n in NETWORKS if n in MODELS]]
    device = choose_device(device)
    for name, asked in (("graph", graph), ("tf32", tf32)):
        if asked and device == "cpu":
            raise ValueError(f"{name} is for a GPU, and the device is the CPU: leave --{name} out.")
    if graph and layers:
        raise ValueError("a graph is a whole step: time it without --layers.")
    return _timed(models, (device, rule, m, steps, layers, draws, graph, tf32))


def _timed(models: list[Model], settings: Any) -> Iterator[dict[str, Any]]:
    from minigan.data import load

    device, rule, m, *others = settings
    for model in models:
        shape = model.padded(load(model.data).shape)
        job = Job(model.name, shape, device, rule, m or model.m, *others)
        with announced(f"timing {model.name} on {device} …"):
            rows = _in_a_process(job)
        yield from rows


def _in_a_process(job: Job) -> list[dict[str, Any]]:
    """The rows of a process that measures one network and ends.

    -P keeps the files of the current folder out of its imports.
    """
    path = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    argument = json.dumps(dataclasses.asdict(job))
    done = subprocess.run(
        [sys.executable, "-P", "-m", "minigan.bench", argument],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, path))},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode < 0:
        name = signal.Signals(-done.returncode).name
        raise ChildProcessError(f"{job.network}: the process that timed it was ended by {name}.")
    if done.returncode > 0:
        error = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        raise ChildProcessError(
            f"{job.network}, batch {job.m}: {error.partition(': ')[2] or error}"
        )
    return [json.loads(line) for line in done.stdout.splitlines()]
