"""How fast can NumPy be? mlp-batchnorm's step in minigan, PyTorch and bare NumPy, in turn.

    python benchmarks/floor.py [--torch-python PATH] [--rounds N]

Five ways to spend the time of a step, each as a ratio to PyTorch's:

    minigan              the library
    bare, BLAS threads   bare_steps.py: no library, the products on BLAS's own threads
    bare, one thread     the same on one core
    bare, two at once    a process on each core, each with a step of its own; half of the time of a
                         step: what a perfect division of all work between two cores would take
    products alone       the step's matrix products on BLAS's own threads, nothing in between
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
from concurrent.futures import ThreadPoolExecutor

from side import HERE, Side, SideError

from minigan.arguments import Parser
from minigan.commands.words import SECONDS, Integer

ASKED = {"network": "mlp-batchnorm", "m": 128, "side": 28, "device": "cpu", "tf32": False}


def measure(rounds: int, seconds: float, torch_python: str) -> dict[str, list[float]]:
    """Milliseconds of a step, a number for each round."""
    with contextlib.ExitStack() as stack:

        def side(name: str, script: str, threads: int | None = None, **asked: str) -> Side:
            python = torch_python if name == "torch" else sys.executable
            env = {"PYTHONPATH": str(HERE.parent)}
            one = Side(
                name, script, python, asked=ASKED | asked, pause=0.3, threads=threads, env=env
            )
            stack.enter_context(one).warm_up(seconds)
            return one

        alone = {
            "torch": side("torch", "torch_steps.py", memory_format="contiguous_format"),
            "minigan": side("minigan", "minigan_steps.py"),
            "bare, BLAS threads": side("bare", "bare_steps.py", part="step"),
            "bare, one thread": side("bare", "bare_steps.py", 1, part="step"),
            "products alone": side("bare", "bare_steps.py", part="products"),
        }
        pair = [side("bare", "bare_steps.py", 1, part="step") for _ in range(2)]
        both = stack.enter_context(ThreadPoolExecutor(2))
        order = list(alone.values())
        for _ in range(rounds):
            for one in order:
                one.turn()
            list(both.map(Side.turn, pair))
            order.reverse()
        found = {name: one.turns for name, one in alone.items()}
        pairs = zip(*(one.turns for one in pair), strict=True)
        found["bare, two at once"] = [sum(turns) / 2 / 2 for turns in pairs]
        return found


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and return the exit status."""
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--torch-python", default=sys.executable, help="a python that has torch")
    text = f"turns of each, {Integer(1)} (default 7)"
    parser.add_argument("--rounds", type=Integer(1), default=7, help=text)
    text = f"of a turn, a number {SECONDS} (default 1)"
    parser.add_argument("--seconds", type=SECONDS, default=1.0, help=text)
    args = parser.parse_args(argv)
    try:
        found = measure(args.rounds, args.seconds, args.torch_python)
    except SideError as error:
        print(f"floor: {error}", file=sys.stderr)
        return 2
    for name, turns in found.items():
        ratios = [a / b for a, b in zip(turns, found["torch"], strict=True)]
        ms, ratio = statistics.median(turns), statistics.median(ratios)
        print(f"{name:20}{ms:8.2f} ms{ratio:8.2f}   {min(ratios):.2f} … {max(ratios):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
