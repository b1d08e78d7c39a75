"""Where the time of a step goes: a row for each layer, and for what is done between them."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Any

from minigan.bench.flops import stages
from minigan.bench.game import Game, Job
from minigan.bench.machine import gemm_gflops, waiting
from minigan.bench.measure import step_times
from minigan.bench.meter import Key, Meter

OTHER_WORK = {
    Key("optimizer", "G"): "optimizer of G",
    Key("optimizer", "D"): "optimizer of D",
    Key("noise"): "noise",
    Key("rest"): "losses, slopes, batches",
}


def layer_rows(job: Job) -> Iterator[dict[str, Any]]:
    """The rows of a network; their shares of the step add up to 1.

    The clocks stand inside whole training steps, so a layer is timed as it is used: G makes images
    twice in a step, once for D and once for itself, D sees 2m images and then m.
    """
    meter = Meter(waiting(job.device))
    game = Game(job, meter)
    step, spent = _middle_half(game, meter, job.steps)
    common = {
        "network": job.network,
        "device": job.device,
        "rule": job.rule,
        "draws": job.draws,
        "m": job.m,
        "gemm_gflops": round(gemm_gflops(job.device), 2),
    }
    for player, net in (("G", game.G), ("D", game.D)):
        for stage in stages(net, game.shapes[player]):
            passes = [Key(work, player, stage.position) for work in ("forward", "backward")]
            forward, backward = (spent.pop(key, 0.0) for key in passes)
            gflop = [meter.flops[key] / game.done / 1e9 for key in passes]
            yield {
                **common,
                "player": player,
                "layer": repr(stage.layer),
                "shape": stage.shape,
                "parameters": stage.parameters,
                "gflop_forward": gflop[0],
                "gflop_backward": gflop[1],
                "ms_forward": 1e3 * forward,
                "ms_backward": 1e3 * backward,
                "ms": 1e3 * (forward + backward),
                "share": (forward + backward) / step,
            }
    for key, words in OTHER_WORK.items():
        nothing = ("shape", "parameters", "gflop_forward", "gflop_backward")
        yield {
            **common,
            "player": None,
            "layer": words,
            **dict.fromkeys([*nothing, "ms_forward", "ms_backward"]),
            "ms": 1e3 * spent.get(key, 0.0),
            "share": spent.get(key, 0.0) / step,
        }


def _middle_half(game: Game, meter: Meter, steps: int | None) -> tuple[float, dict[Key, float]]:
    """The seconds of a step, and of each of its parts.

    Both are means over the middle half of the steps, those that took neither long nor short: as
    steady as a median, and, other than medians, the parts add up to the whole.
    """
    laps: list[dict[Key, float]] = []

    def step() -> None:
        game.step()
        laps.append(meter.take())

    times = step_times(step, meter.wait, steps)
    laps = laps[-len(times) :]
    by_time = sorted(range(len(times)), key=times.__getitem__)
    middle = by_time[len(times) // 4 : len(times) - len(times) // 4]
    whole = statistics.fmean(times[i] for i in middle)
    keys = {key for i in middle for key in laps[i]}
    spent = {key: statistics.fmean(laps[i].get(key, 0.0) for i in middle) for key in keys}
    return whole, spent | {Key("rest"): whole - sum(spent.values())}
