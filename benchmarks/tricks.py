"""What each trick of the fast paths gives on this machine: the same layer with it and without.

    python benchmarks/tricks.py [--rounds N]

The two ways take turns in one process; printed are the median times of both and of their ratios.
What is switched off is a constant of the module in question, or a number of threads.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from unittest.mock import patch

from minigan import (
    Adam,
    Conv2D,
    ConvTranspose2D,
    Dense,
    Dropout,
    Layer,
    LeakyReLU,
    Random,
    Sequential,
    UpSampling2D,
    blocks,
    fast_patches,
    painting,
)
from minigan.arguments import Parser
from minigan.commands.words import Integer
from minigan.threads import use_threads
from minigan.upsampled import Upsampled

Way = Callable[[], AbstractContextManager[Any]]


def setting(module: Any, name: str, value: Any) -> Way:
    """The way in which a constant of a module has another value."""
    return lambda: patch.object(module, name, value)


def both(layer: Layer, x: Any) -> Callable[[], None]:
    """forward and the whole backward of a layer."""
    dy = layer.forward(x)[0]

    def run() -> None:
        _, cache = layer.forward(x)
        layer.backward(dy, cache)

    return run


def tricks() -> list[tuple[str, Callable[[], None], Way]]:
    """(what it is, the work, how to do without the trick)."""
    rng = Random(0)

    def x(*shape: int) -> Any:
        return rng.normal(shape)

    conv4 = both(Conv2D(256, 512, 5, rng), x(256, 4, 4, 256))
    strided = both(Conv2D(64, 128, 5, rng, stride=2), x(256, 14, 14, 64))
    up = Sequential(UpSampling2D(2), ConvTranspose2D(128, 64, 5, rng))
    low = both(up, x(128, 14, 14, 128))
    rows = both(ConvTranspose2D(64, 32, 5, rng), x(128, 28, 28, 64))
    thin = both(ConvTranspose2D(32, 1, 5, rng), x(128, 28, 28, 32))
    leaky = both(LeakyReLU(0.2), x(256, 14, 14, 64))
    mask = both(Dropout(0.2, rng), x(256, 14, 14, 64))
    net = Dense(1024, 784, rng)
    opt, g = Adam(net), {name: rng.normal(a.shape) for name, a in net.params.items()}
    plain = setting(fast_patches, "SMALL", 1 << 62)
    large = setting(blocks, "WHOLE", 1 << 62)
    large_images = setting(Upsampled, "_phases", _never)
    return [
        ("unfold in blocks: 64 → 128, 14×14, stride 2", strided, plain),
        ("no product with padding: 256 → 512, 4×4", conv4, plain),
        ("upsampled at low resolution: 128 → 64, 14 → 28", low, large_images),
        ("kernel rows painted at once: 64 → 32, 28×28", rows, setting(painting, "FEW", 0)),
        ("one channel painted: 32 → 1, 28×28", thin, setting(painting, "THIN", 0)),
        ("blocks of 4 MB, not 64: 64 → 128, stride 2", strided, _block(1 << 24)),
        ("blocks of 4 MB, not 0.25: 64 → 128, stride 2", strided, _block(1 << 16)),
        ("cores shared here, not by BLAS: 64 → 128, stride 2", strided, lambda: use_threads(1)),
        ("LeakyReLU in blocks, 3.2 M numbers", leaky, large),
        ("Adam in blocks, 0.8 M parameters", lambda: opt.ascend(g), large),
        ("16 random bits a mask, 3.2 M numbers", mask, setting(Random, "mask", _mask_of_floats)),
    ]  # fmt: skip


def _block(size: int) -> Way:
    return lambda: patch.multiple(fast_patches, BLOCK=size, LONG=4 * size)


def _never(self: Upsampled, x: Any) -> None:
    return None


def _mask_of_floats(self: Random, shape: Any, keep: float) -> Any:
    return self.uniform(shape) < keep


def milliseconds(work: Callable[[], None], way: AbstractContextManager[Any]) -> float:
    """The time of one call in this way, after one that is not counted."""
    with way:
        work()
        start = time.perf_counter()
        work()
        return 1e3 * (time.perf_counter() - start)


def main() -> None:
    """Print a line for each trick."""
    parser = Parser(description=__doc__.splitlines()[0])
    text = f"turns of each way, {Integer(1)} (default 9)"
    parser.add_argument("--rounds", type=Integer(1), default=9, help=text)
    rounds = parser.parse_args().rounds
    print(f"{'trick':52} {'with':>9} {'without':>9} {'ratio':>6}")
    for what, work, without in tricks():
        pairs = []
        for _ in range(rounds):
            pairs.append((milliseconds(work, nullcontext()), milliseconds(work, without())))
        fast, slow = (statistics.median(times) for times in zip(*pairs, strict=True))
        ratio = statistics.median(b / a for a, b in pairs)
        print(f"{what:52} {fast:6.1f} ms {slow:6.1f} ms {ratio:6.2f}", flush=True)


if __name__ == "__main__":
    main()
