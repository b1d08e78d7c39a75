"""The section `kernels`: each kernel of minigan/cuda, on the arrays of a training step.

A step of each network is made once, and every launch in it is repeated on the spot, with the same
arguments, between two CUDA events. Set against the time are the bytes of all arrays that a kernel
is given: what it has to move at least once. Their rate stands beside that of a plain copy of 1 GB,
which reads and writes. Launches that take a few microseconds are bound by the launch itself.
"""

from __future__ import annotations

import contextlib
import importlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from gpu_stand_in import device

from minigan.bench.game import Game, Job
from minigan.bench.run import NETWORKS
from minigan.cuda import kernels
from minigan.models import MODELS

REPEATS = 20
ADAM = "optimizers.cu adam"


@dataclass
class Launches:
    """What one kernel has done in a step, all its launches together."""

    count: int = 0
    seconds: float = 0.0
    moved: int = 0  # bytes; 0 where its arrays are not among its arguments


def measure(found: Any, budget: Any, args: Any) -> None:
    """Fill the tables: the copy, the kernels of each network, the launches of a step."""
    with device(args.cpu) as cupy:
        clock = on_the_host if args.cpu else by_events(cupy)
        copied = copy_rate(cupy, clock, 2**20 if args.cpu else 2**30)
        found.tables["a copy"] = [{"GB/s, read and written": copied / 1e9}]
        networks = ("mlp", "dcgan") if args.cpu or args.quick else NETWORKS
        for network in networks:
            if budget.over():
                found.left_out.append(f"{network}: no time was left")
                continue
            m = 2 if args.cpu else MODELS[network].m
            game = ready(network, m)
            with watched(clock) as launches:
                game.step()
            found.tables[f"kernels of {network}, batch {m}"] = rows(known(launches, game), copied)
    count(networks, found, budget)


def ready(network: str, m: int) -> Game:
    """A game whose optimizers have their moments, and whose kernels are compiled."""
    shape = MODELS[network].padded((28, 28, 1))
    game = Game(Job(network, shape, "cuda", "same", m, None, False))
    for _ in range(2):
        game.step()
    return game


def count(networks: Iterable[str], found: Any, budget: Any) -> None:
    """The launches of a step. CuPy does not count them, the stand-in for it does."""
    rows = found.tables["launches of a step, as the stand-in in tests/ counts them"] = []
    try:
        with device(True):
            counters = importlib.import_module("cupy_device").DEVICE
            for network in networks:
                if budget.over():
                    found.left_out.append(f"launches of {network}: no time was left")
                    continue
                game = ready(network, 2)
                with watched(on_the_host) as launches:
                    every = launches_of(game, counters)
                own = sum(one.count for one in launches.values())
                with kernels.plain():
                    plain = launches_of(ready(network, 2), counters)
                row = {"network": network, "launches": every, "of own kernels": own}
                rows.append(row | {"by the plain formulas": plain})
    except Exception as error:  # no tests/, or no g++: the rest is worth having without
        found.left_out.append(f"launches of a step: {error}")


def launches_of(game: Game, counters: Any) -> int:
    """What the next step launches."""
    before = Counter(counters.launches)
    game.step()
    return (counters.launches - before).total()


@contextlib.contextmanager
def watched(clock: Callable[[Callable[[], None]], float]) -> Iterator[dict[str, Launches]]:
    """A context in which every launch of a kernel is repeated and timed."""
    found: dict[str, Launches] = {}
    plain = kernels._function

    def function(cp: Any, file: str, name: str, real: str) -> Callable[..., None]:
        kernel = plain(cp, file, name, real)

        def start(grid: Any, block: Any, arguments: Any, **more: Any) -> None:
            launch = lambda: kernel(grid, block, arguments, **more)  # noqa: E731
            arrays = {id(a): a for a in arguments if hasattr(a, "nbytes")}
            one = found.setdefault(f"{file}.cu {name}", Launches())
            one.count += 1
            one.seconds += clock(launch)
            one.moved += sum(a.nbytes for a in arrays.values() if not isinstance(a, HOST))

        return start

    kernels._function = function
    try:
        yield found
    finally:
        kernels._function = plain


HOST = (np.generic, np.ndarray)


def by_events(cupy: Any) -> Callable[[Callable[[], None]], float]:
    """A clock of the GPU's own: the seconds of a launch, by events before and after many."""
    before, after = cupy.cuda.Event(), cupy.cuda.Event()

    def seconds(launch: Callable[[], None]) -> float:
        launch()
        before.record()
        for _ in range(REPEATS):
            launch()
        after.record()
        after.synchronize()
        return float(cupy.cuda.get_elapsed_time(before, after)) / 1e3 / REPEATS

    return seconds


def on_the_host(launch: Callable[[], None]) -> float:
    """The same for the stand-in, by the host's clock."""
    start = time.perf_counter()
    launch()
    return time.perf_counter() - start


def copy_rate(cupy: Any, clock: Callable[[Callable[[], None]], float], size: int) -> float:
    """The bytes a second that a copy of so many bytes reads and writes, together."""
    a, b = (cupy.zeros(size // 4, dtype="float32") for _ in "ab")
    return 2 * size / clock(lambda: cupy.copyto(b, a))


def known(launches: dict[str, Launches], game: Game) -> dict[str, Launches]:
    """Adam's launch has addresses in place of arrays: it reads θ, g, m, v and writes θ, m, v."""
    if ADAM in launches:
        every = (*game.G.params.values(), *game.D.params.values())
        launches[ADAM].moved = 7 * sum(theta.nbytes for theta in every)
    return launches


def rows(launches: dict[str, Launches], copied: float) -> list[dict[str, Any]]:
    """The kernels of a step, the longest first."""
    found = []
    for name, one in sorted(launches.items(), key=lambda item: -item[1].seconds):
        rate = one.moved / one.seconds if one.moved else None
        found.append(
            {
                "kernel": name,
                "launches": one.count,
                "µs each": 1e6 * one.seconds / one.count,
                "µs a step": 1e6 * one.seconds,
                "MB a step": one.moved / 1e6 if one.moved else None,
                "GB/s": None if rate is None else rate / 1e9,
                "of a copy": None if rate is None else rate / copied,
            }
        )
    return found
