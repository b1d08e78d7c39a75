"""What a process measures of one network: milliseconds a step, arithmetic, memory."""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Callable
from typing import Any

import numpy as np

from minigan.bench.game import Game, Job
from minigan.bench.machine import describe, gemm_gflops, peak_mb, waiting
from minigan.bench.meter import Key, Meter
from minigan.cuda.blas import tf32
from minigan.cuda.graph import own_stream

WARM_UP = 3  # steps: Adam's moments are born in the first, memory is found in the first two
SECONDS, FEWEST, MOST = 5.0, 7, 200  # of timed steps, when their number is not given


def step_row(job: Job) -> dict[str, Any]:
    """The time of a step, and what it means: images, arithmetic, memory.

    The memory is read before the arithmetic is counted and the rate of a product is measured, since
    both need some of their own.

    **Raises**  RuntimeError where steps cannot be replayed as asked.
    """
    with own_stream(job.device), tf32(job.tf32):
        game = Game(job)
        warm_up = WARM_UP + (3 if job.graph else 0)  # recorded, compared, replayed
        times = step_times(game.step, waiting(job.device), job.steps, warm_up)
        if job.graph and game.steps.why:
            raise RuntimeError(str(game.steps))
    peak = peak_mb(job.device)
    if peak is not None:
        peak += game.steps.memory_mb
    del game
    low, median, high = (float(q) for q in np.percentile(times, [25, 50, 75]))
    gflop = step_gflop(job)
    gflops, rate = gflop / median, gemm_gflops(job.device)
    return {
        "network": job.network,
        "device": job.device,
        "rule": job.rule,
        "draws": job.draws,
        "graph": job.graph,
        "tf32": job.tf32,
        "m": job.m,
        "steps": len(times),
        "ms": round(1e3 * median, 3),
        "spread": round(1e3 * (high - low), 3),
        "images_per_s": round(job.m / median, 1),
        "gflop": round(gflop, 6),
        "gflops": round(gflops, 3),
        "gemm_gflops": round(rate, 3),
        "share": round(gflops / rate, 6),
        "peak_mb": None if peak is None else round(peak, 1),
        **describe(job.device),
    }


def step_times(
    step: Callable[[], None],
    wait: Callable[[], None],
    steps: int | None = None,
    warm_up: int = WARM_UP,
) -> list[float]:
    """The seconds of each of some steps, after others that warm up, without garbage collections.

    **Parameters**  wait: as in Meter; steps: how many are timed, None for as many as fit into 5
    seconds, from 7 to 200; warm_up: how many are made before.
    """
    clock = Meter(wait)
    timed = clock.timed(Key("step"), step)

    def seconds() -> float:
        timed()
        return sum(clock.take().values())

    last = [seconds() for _ in range(warm_up)][-1]
    count = steps or min(max(round(SECONDS / last), FEWEST), MOST)
    gc.collect()
    gc.disable()
    try:
        return [seconds() for _ in range(count)]
    finally:
        gc.enable()


def step_gflop(job: Job) -> float:
    """The arithmetic of a whole step in GFLOP, counted in a step of two examples."""
    meter = Meter(lambda: None)
    Game(dataclasses.replace(job, m=2), meter).step()
    return sum(meter.flops.values()) * job.m / 2 / 1e9
