"""The section `steps`: the training step of the five networks, minigan and PyTorch in turn.

Each side is a process, as in against_torch.py, and both libraries are asked for a turn's steps in
one go, as a training asks. A round is a turn of each; a ratio is the median of the rounds' ratios.

    minigan       eager and as a CUDA graph, random numbers drawn on the host and on the device
    PyTorch       eager in the faster of its two formats; and compiled, replayed as CUDA graphs

The bar: minigan's better eager step takes at most PyTorch's best eager one; its better replayed one
at most half of that for the networks in HALF.
"""

from __future__ import annotations

import contextlib
import statistics
import threading
import time
from concurrent.futures import Future, wait
from typing import Any

from against_torch import NETWORKS
from side import HERE, Side, SideError

from minigan.models import MODELS

HALF = ("mlp", "mlp-batchnorm", "dcgan")  # whose replayed step has a bar, of half of PyTorch's
MINIGAN = {  # the sides of minigan: draws, and whether it is replayed
    "eager, host draws": ("host", False),
    "eager, device draws": ("device", False),
    "graph, host draws": ("host", True),
    "graph, device draws": ("device", True),
}
TORCH = {  # those of PyTorch: format, and whether it is compiled
    "PyTorch, channels_last": ("channels_last", False),
    "PyTorch, contiguous": ("contiguous_format", False),
    "PyTorch, compiled": ("channels_last", True),
}
EAGER = tuple(name for name, (_, compiled) in TORCH.items() if not compiled)
PAUSE = 0.05  # seconds before a turn
COMPILING = 0.4  # of the section's time at most, for PyTorch to compile
Waiting = dict[str, Future[Side]]


def measure(found: Any, budget: Any, args: Any) -> None:
    """Fill the table of milliseconds and the one that stands beside the bar.

    Compiling takes half a minute a network, so all of PyTorch's compiled sides begin at once.
    """
    small = args.quick or args.cpu
    networks = ("mlp",) if args.cpu else ("mlp", "dcgan") if small else tuple(NETWORKS)
    precisions = (False,) if args.cpu else (False, True)
    times = found.tables["milliseconds a step"] = []
    bar = found.tables["beside the bar"] = []
    with contextlib.ExitStack() as stack:
        compiled: dict[Any, Waiting] = {}
        for network in networks:
            for tf32 in precisions:
                names = [] if args.cpu else ["PyTorch, compiled"]
                compiled[network, tf32] = begin(names, network, tf32, args)
                stack.callback(end, compiled[network, tf32])
        every = [future for sides in compiled.values() for future in sides.values()]
        wait(every, COMPILING * budget.left)  # nothing is timed while the cores are busy
        for index, ((network, tf32), late) in enumerate(compiled.items()):
            if budget.over():
                found.left_out.append(f"{network}, TF32 {_on(tf32)}: no time was left")
                continue
            others = begin([*MINIGAN, *EAGER], network, tf32, args)
            try:
                share = budget.left / (len(compiled) - index)
                sides = ready(others | late, share / 2, f"{network}, TF32 {_on(tf32)}", found)
                rounds(sides, min(share / 2, 1.0 if small else 20.0), small)
                times.append(row_of_times(network, batch(network, args), tf32, sides))
                bar.append(row_of_bar(network, tf32, sides))
            finally:
                end(others | late)


def begin(names: list[str], network: str, tf32: bool, args: Any) -> Waiting:
    """Start sides in the background: in threads that nobody waits for at the end."""
    waiting: Waiting = {name: Future() for name in names}

    def run(name: str, future: Future[Side]) -> None:
        try:
            future.set_result(start(name, network, tf32, args))
        except BaseException as error:  # it is raised to whoever asks for the side
            future.set_exception(error)

    for pair in waiting.items():
        threading.Thread(target=run, args=pair, daemon=True).start()
    return waiting


def start(name: str, network: str, tf32: bool, args: Any) -> Side:
    """One side, ready to make steps.

    **Raises**  SideError.
    """
    m, (_, side, _) = batch(network, args), NETWORKS[network]
    asked = {"network": network, "m": m, "side": side, "tf32": tf32}
    asked |= {"device": "cpu" if args.cpu else "cuda", "together": True}
    options: dict[str, Any] = {"pause": PAUSE, "threads": 1 if args.cpu else None}
    if name in MINIGAN:
        draws, graph = MINIGAN[name]
        shape = MODELS[network].padded((28, 28, 1))
        asked |= {"draws": draws, "graph": graph, "shape": shape}
        env = {"PYTHONPATH": str(HERE.parent)}
        return Side(name, "gpu_minigan.py", asked=asked, env=env, **options)
    layout, compiled = TORCH[name]
    asked |= {"memory_format": layout, "compiled": compiled}
    python, env = args.torch_python, {"TORCHINDUCTOR_COMPILE_THREADS": "2"}
    return Side(name, "torch_steps.py", python, asked=asked, env=env, **options)


def batch(network: str, args: Any) -> int:
    """The batch size: that of the comparison, or next to nothing."""
    return 4 if args.cpu else NETWORKS[network][0]


def ready(waiting: Waiting, seconds: float, what: str, found: Any) -> dict[str, Side]:
    """The sides that have started; the others are left out, with the reason."""
    until, sides = time.monotonic() + seconds, {}
    for name, future in waiting.items():
        try:
            sides[name] = future.result(max(0.0, until - time.monotonic()))
            sides[name].warm_up(0.01)
        except SideError as error:
            sides.pop(name, None)
            found.left_out.append(f"{what}, {error}")
        except TimeoutError:
            found.left_out.append(f"{what}, {name}: was not ready after {seconds:.0f} s")
    return sides


def rounds(sides: dict[str, Side], seconds: float, small: bool) -> None:
    """Turns of each side, in rounds, who went first going last; three rounds, or seven."""
    count = 3 if small else 7
    turn = max(0.02, seconds / count / max(1, len(sides)) - PAUSE)
    for side in sides.values():
        side.warm_up(turn)
    order = list(sides.values())
    for _ in range(count):
        for side in order:
            side.turn()
        order.reverse()


def end(waiting: Waiting) -> None:
    """End the sides that have started, and those that will have."""
    for future in waiting.values():
        future.add_done_callback(_end_one)


def _end_one(future: Future[Side]) -> None:
    if future.exception() is None:
        future.result().end()


def row_of_times(network: str, m: int, tf32: bool, sides: dict[str, Side]) -> dict[str, Any]:
    """The median milliseconds of each side."""
    row: dict[str, Any] = {"network": network, "m": m, "TF32": _on(tf32)}
    medians = {name: statistics.median(side.turns) for name, side in sides.items()}
    versions = [side.about["torch"] for side in sides.values() if "torch" in side.about]
    row |= {name: medians.get(name) for name in (*MINIGAN, *TORCH)}
    return row | {"version of PyTorch": versions[0] if versions else None}


def row_of_bar(network: str, tf32: bool, sides: dict[str, Side]) -> dict[str, Any]:
    """Ratios, minigan's by PyTorch's best eager step, and whether they are under the bar."""
    best = {
        kind: fastest([sides[name] for name in names if name in sides])
        for kind, names in (
            ("eager", [name for name, (_, graph) in MINIGAN.items() if not graph]),
            ("graph", [name for name, (_, graph) in MINIGAN.items() if graph]),
            ("torch", EAGER),
            ("compiled", ["PyTorch, compiled"]),
        )
    }
    row: dict[str, Any] = {"network": network, "TF32": _on(tf32)}
    for kind, limit in (("eager", 1.0), ("graph", 0.5 if network in HALF else None)):
        ratios = ratios_of(best[kind], best["torch"])
        ratio = statistics.median(ratios) if ratios else None
        spread = f"{min(ratios):.2f} … {max(ratios):.2f}" if ratios else None
        met = None if ratio is None or limit is None else "met" if ratio <= limit else "MISSED"
        row |= {f"{kind} / PyTorch": ratio, f"{kind}: range": spread}
        row |= {f"{kind}: bar": limit, f"{kind}: is": met}
    ratios = ratios_of(best["graph"], best["compiled"])
    return row | {"graph / PyTorch compiled": statistics.median(ratios) if ratios else None}


def fastest(sides: list[Side]) -> Side | None:
    """The side with the smallest median; None of none."""
    return min(sides, key=lambda side: statistics.median(side.turns), default=None)


def ratios_of(ours: Side | None, theirs: Side | None) -> list[float]:
    """The ratio of each round."""
    if ours is None or theirs is None:
        return []
    return [a / b for a, b in zip(ours.turns, theirs.turns, strict=True)]


def _on(switched: bool) -> str:
    return "on" if switched else "off"
