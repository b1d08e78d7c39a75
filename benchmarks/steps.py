"""What each step of docs/14-where-the-time-goes.md gives on this machine: one result, several ways.

    python benchmarks/steps.py [--rounds N] [--quick]

The ways of a group take turns in one process, in the opposite order in every other round. Printed
is a Markdown table of ratios, the time of the way before by that of this one (median and range of
the rounds): 2 means twice as fast. All but the last row is done by one thread, and what is timed is
its own time on a core, in which others may take turns. The functions are plain on purpose: beside
them stands what minigan does.
"""

from __future__ import annotations

import datetime
import itertools
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from minigan import Conv2D, ConvTranspose2D, Random, Sequential, UpSampling2D
from minigan.arguments import Parser
from minigan.bench.machine import describe
from minigan.blocks import elementwise
from minigan.commands.words import Integer
from minigan.patch_blocks import BLOCK
from minigan.patches import fold, gather
from minigan.threads import threads, use_threads
from minigan.window import Window

CORES = threads()  # as many as minigan would use by itself
Array = Any
Way = Callable[[], Array]


@dataclass(frozen=True)
class Group:
    """A step: what is computed, the ways to do it, the slowest first, and a clock in seconds."""

    name: str
    what: str
    ways: dict[str, Way]
    clock: Callable[[], float] = time.thread_time


def in_loops(x: Array, W: Array, window: Window) -> Array:
    """A convolution as its formula says it: a multiplication and an addition at a time."""
    (m, h, w, c), (kh, kw, _, n), s = x.shape, W.shape, window.stride
    (top, _), (left, _) = window.pads((h, w))
    y = np.zeros((m, *window.positions((h, w)), n), dtype=x.dtype)
    for k, r, q, o in np.ndindex(*y.shape):
        total = 0.0
        for i in range(kh):
            for j in range(kw):
                row, column = r * s[0] + i - top, q * s[1] + j - left
                if 0 <= row < h and 0 <= column < w:
                    for a in range(c):
                        total += x[k, row, column, a] * W[i, j, a, o]
        y[k, r, q, o] = total
    return y


def in_blocks(x: Array, W: Array, window: Window) -> Array:
    """Unfold and multiply a few images at a time, so many that their patches fit into the cache."""
    y = np.empty((len(x), *window.positions(x.shape[1:3]), W.shape[3]), dtype=x.dtype)
    per = images_of_a_block(y.shape, W)
    for first in range(0, len(x), per):
        y[first : first + per] = gather(x[first : first + per], W, window)
    return y


def images_of_a_block(shape: tuple[int, ...], W: Array) -> int:
    """How many images have BLOCK numbers in their patches: 4 MB in float32."""
    return max(1, BLOCK // (shape[1] * shape[2] * W[..., 0].size))


def collected(y: Array, W: Array) -> Array:
    """fold(y Wᵀ), odd kernels, stride 1, "same": each pixel collects what it is painted with."""
    turned = np.ascontiguousarray(W[::-1, ::-1].swapaxes(2, 3))
    return in_blocks(y, turned, Window((W.shape[0], W.shape[1]), (1, 1), "same"))


def painted(y: Array, W: Array) -> Array:
    """The same as it is written: the products first, then fold; in blocks."""
    window = Window((W.shape[0], W.shape[1]), (1, 1), "same")
    x = np.empty((*y.shape[:3], W.shape[2]), dtype=y.dtype)
    per = images_of_a_block(y.shape, W)
    for first in range(0, len(y), per):
        Y = y[first : first + per]
        p = Y.reshape(-1, Y.shape[3]) @ W.reshape(-1, W.shape[3]).T
        patches = p.reshape(*Y.shape[:3], *W.shape[:3])
        x[first : first + per] = fold(patches, x[first : first + per].shape, window)
    return x


def at_low_resolution(x: Array, W: Array) -> Array:
    """Doubling, then a 5x5 convolution ("same"), as four 3x3 convolutions of the small image."""
    (m, h, w, _), n = x.shape, W.shape[3]
    y = np.empty((m, h, 2, w, 2, n), dtype=x.dtype)
    for phi, psi in np.ndindex(2, 2):  # output pixel (2 r + φ, 2 q + ψ)
        V = np.zeros((3, 3, *W.shape[2:]), dtype=W.dtype)
        for i, j in np.ndindex(5, 5):
            V[(phi + i) // 2, (psi + j) // 2] += W[i, j]
        y[:, :, phi, :, psi] = in_blocks(x, V, Window((3, 3), (1, 1), "same"))
    return y.reshape(m, 2 * h, 2 * w, n)


def groups(quick: bool) -> Iterator[Group]:
    """The steps, with fewer images where it has to be quick."""
    rng, less = Random(0), 8 if quick else 1

    def x(*shape: int) -> Array:
        return rng.normal(shape)

    c = 4 if quick else 8
    small, images = Conv2D(c, 16, 5, rng, bias=False), x(1, 14, 14, c)
    yield group_of(small, images, "loops", {
        "seven loops": lambda: in_loops(images, small.params["W"], small.window),
        "unfold, one product": lambda: gather(images, small.params["W"], small.window),
    })  # fmt: skip
    strided, a = Conv2D(64, 128, 5, rng, stride=2, bias=False), x(128 // less, 14, 14, 64)
    V = strided.params["W"]
    yield group_of(strided, a, "blocks", {
        "the whole batch unfolded": lambda: gather(a, V, strided.window),
        "blocks of 4 MB": lambda: in_blocks(a, V, strided.window),
        "minigan": lambda: strided(a),
    })  # fmt: skip
    padded, b = Conv2D(256, 512, 5, rng, bias=False), x(256 // less, 4, 4, 256)
    yield group_of(padded, b, "no padding", {
        "blocks, products with zeros": lambda: in_blocks(b, padded.params["W"], padded.window),
        "minigan: without them": lambda: padded(b),
    })  # fmt: skip
    thin, d = ConvTranspose2D(32, 1, 5, rng, bias=False), x(64 // less, 28, 28, 32)
    yield group_of(thin, d, "the thinner side", {
        "32 channels unfolded, blocks": lambda: collected(d, thin.params["W"]),
        "1 channel folded, blocks": lambda: painted(d, thin.params["W"]),
        "minigan": lambda: thin(d),
    })  # fmt: skip
    up, conv, e = UpSampling2D(2), Conv2D(128, 64, 5, rng, bias=False), x(32 // less, 14, 14, 128)
    joined = Sequential(up, conv)
    yield group_of(conv, e, "low resolution", {
        "doubled, then blocks": lambda: in_blocks(up(e), conv.params["W"], conv.window),
        "four small convolutions": lambda: at_low_resolution(e, conv.params["W"]),
        "minigan": lambda: joined(e),
    })  # fmt: skip
    dy, z = x(256 // less, 14, 14, 64), x(256 // less, 14, 14, 64)
    mean, scale, slope, shift = x(64), x(64), x(64), x(64)

    def formula(dy: Array, z: Array) -> Array:
        return dy * scale - (z - mean) * slope - shift

    yield Group("a formula", f"BatchNorm's dx, {dy.size:,} numbers", {
        "five passes over whole arrays": lambda: formula(dy, z),
        "minigan: in blocks": lambda: elementwise(formula, dy, z),
    })  # fmt: skip
    yield replace(group_of(strided, a, "cores", {
        "minigan, one core": lambda: strided(a),
        f"minigan, {CORES} cores": lambda: on_cores(CORES, lambda: strided(a)),
    }), clock=time.perf_counter)  # fmt: skip


def group_of(layer: Any, x: Array, name: str, ways: dict[str, Way]) -> Group:
    """A group whose ways compute a layer's forward on x."""
    stride = f", stride {layer.window.stride[0]}" if layer.window.stride != (1, 1) else ""
    (m, h, w, _), (kh, kw) = x.shape, layer.window.kernel
    return Group(name, f"{layer!r}, {kh}×{kw}{stride}, {m} of {h}×{w}", ways)


def on_cores(n: int, way: Way) -> Array:
    """The way on n threads."""
    with use_threads(n):
        return way()


def seconds(way: Way, clock: Callable[[], float]) -> float:
    """The time of one call."""
    start = clock()
    way()
    return clock() - start


def ratios(group: Group, rounds: int) -> dict[str, list[float]]:
    """For each way but the first: the time of the way before it by its own, in each round."""
    for way in group.ways.values():
        way()  # not counted
    names, found = list(group.ways), {name: [] for name in list(group.ways)[1:]}
    for r in range(rounds):
        order = names if r % 2 == 0 else names[::-1]
        times = {name: seconds(group.ways[name], group.clock) for name in order}
        for before, name in itertools.pairwise(names):
            found[name].append(times[before] / times[name])
    return found


def rows(rounds: int, quick: bool) -> Iterator[str]:
    """The lines of the table, as they are measured."""
    yield "| step | what | from | to | times as fast | range |"
    yield "|---|---|---|---|---|---|"
    for group in groups(quick):
        print(f"{group.name} …", file=sys.stderr, flush=True)
        for before, (name, found) in zip(group.ways, ratios(group, rounds).items(), strict=False):
            middle, low, high = statistics.median(found), min(found), max(found)
            cells = group.name, group.what, before, name, short(middle)
            yield f"| {' | '.join(cells)} | {short(low)} … {short(high)} |"


def short(ratio: float) -> str:
    """Two digits behind the point, or a whole number."""
    return f"{ratio:.2f}" if ratio < 100 else f"{ratio:,.0f}"


def main() -> None:
    """Measure and print."""
    parser = Parser(description=__doc__.splitlines()[0])
    text = f"rounds, {Integer(1)} (default 9; with --quick 3)"
    parser.add_argument("--rounds", type=Integer(1), help=text)
    parser.add_argument("--quick", action="store_true", help="an eighth of the images")
    args = parser.parse_args()
    about = {"date": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}"} | describe("cpu")
    print(", ".join(f"{key} {value}" for key, value in about.items() if value is not None), "\n")
    with ExitStack() as stack:
        stack.enter_context(threadpool_limits(1))
        stack.enter_context(use_threads(1))
        for line in rows(args.rounds or (3 if args.quick else 9), args.quick):
            print(line, flush=True)


if __name__ == "__main__":
    main()
