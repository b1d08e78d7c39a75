"""minigan and PyTorch in turn on this machine: the same training step, the ratio for each network.

    python benchmarks/against_torch.py                                       # all five networks
    python benchmarks/against_torch.py mlp dcgan --torch-python other/bin/python
    python benchmarks/against_torch.py --keras --keras-python third/bin/python

Each side is a process of its own, so that neither library's threads or memory are the other's.
They take turns of about a second, in rounds, so that whatever else the machine does meets both. A
round gives one ratio, minigan's median by the rival's; printed are the median and the range of the
rounds.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import sys
import textwrap
from collections.abc import Iterator
from typing import Any

from side import HERE, Side, SideError

from minigan.arguments import Parser
from minigan.commands.words import SECONDS, Integer

NETWORKS = {  # name: batch size, side of the images, whether PyTorch's channels-first is tried
    "mlp": (128, 28, False),
    "mlp-batchnorm": (128, 28, False),
    "dcgan": (128, 28, True),
    "dcgan-32": (200, 32, True),
    "dcgan-upsampling": (256, 28, False),  # on a CPU up to four times slower
}
IN_KERAS = ("mlp-batchnorm", "dcgan-upsampling")


def compare(network: str, args: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """The rows of one network: one for PyTorch's faster format, one for Keras if asked for.

    **Raises**  SideError when a side cannot take part.
    """
    m, side, _ = NETWORKS[network]
    asked = {"network": network, "m": m, "side": side, "device": args.device, "tf32": args.tf32}
    env = {"PYTHONPATH": str(HERE.parent), "CUPY_TF32": str(int(args.tf32))}
    with contextlib.ExitStack() as stack:
        options = {"asked": asked, "pause": args.pause, "threads": args.threads}
        ours = stack.enter_context(Side("minigan", "minigan_steps.py", env=env, **options))
        ours.warm_up(args.seconds)
        rivals = [fastest_torch(stack, options, args)]
        if args.keras and network in IN_KERAS:
            keras = Side("keras", "keras_steps.py", args.keras_python, **options)
            rivals.append(stack.enter_context(keras))
            keras.warm_up(args.seconds)
        sides = [ours, *rivals]
        for _ in range(args.rounds):
            for one in sides:
                one.turn()
            sides = sides[::-1]  # who went first goes last
        for rival in rivals:
            yield row(network, m, args, ours, rival)


def fastest_torch(
    stack: contextlib.ExitStack, options: dict[str, Any], args: argparse.Namespace
) -> Side:
    """PyTorch in the format of images in which it is faster here; the other one is ended."""
    formats = ["channels_last"]
    if NETWORKS[options["asked"]["network"]][2] or args.device == "cuda":
        formats.append("contiguous_format")
    found = []
    for name in formats:
        wanted = options | {"asked": options["asked"] | {"memory_format": name}}
        one = stack.enter_context(Side("torch", "torch_steps.py", args.torch_python, **wanted))
        found.append((one.warm_up(args.seconds), one))
    (_, best), *slower = sorted(found, key=lambda pair: pair[0])
    for _, one in slower:
        one.end()
    return best


def row(network: str, m: int, args: argparse.Namespace, ours: Side, rival: Side) -> dict[str, Any]:
    """What the rounds say of minigan and one rival."""
    ratios = [a / b for a, b in zip(ours.turns, rival.turns, strict=True)]
    return {
        "network": network,
        "device": args.device,
        "tf32": args.tf32,
        "m": m,
        "rival": rival.name,
        "minigan_ms": round(statistics.median(ours.times), 3),
        "rival_ms": round(statistics.median(rival.times), 3),
        "ratio": round(statistics.median(ratios), 4),
        "ratio_low": round(min(ratios), 4),
        "ratio_high": round(max(ratios), 4),
        "rounds": len(ratios),
        "minigan_steps": len(ours.times),
        "rival_steps": len(rival.times),
        "minigan_peak_mb": ours.peak_mb,
        "rival_peak_mb": rival.peak_mb,
        **ours.about,
        **rival.about,
    }


def line(row: dict[str, Any]) -> str:
    """A row as text."""
    version = (
        row[row["rival"]] if row["rival"] == "torch" else f"{row['keras']}/{row['tensorflow']}"
    )
    cells = (
        f"{row['network']:18}{row['m']:>5}",
        f"{row['minigan_ms']:>12,.2f}{_mb(row['minigan_peak_mb'])}",
        f"   {row['rival'] + ' ' + version:20}{row['rival_ms']:>10,.2f}{_mb(row['rival_peak_mb'])}",
        f"{row['ratio']:>9.2f}   {row['ratio_low']:.2f} … {row['ratio_high']:.2f}",
    )
    return "".join(cells)


def _mb(peak: float | None) -> str:
    return f"{'-' if peak is None else format(peak, ',.0f'):>8}"


def parse(argv: list[str] | None) -> argparse.Namespace:
    """The words of the command line, checked."""
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("networks", nargs="*", metavar="NETWORK", help=", ".join(NETWORKS))
    add("--device", choices=("cpu", "cuda"), default="cpu")
    add("--tf32", action="store_true", help="let both sides round products to TF32 on a GPU")
    add("--keras", action="store_true", help=f"Keras on TensorFlow too: {', '.join(IN_KERAS)}")
    add("--torch-python", default=sys.executable, metavar="PATH", help="a python that has torch")
    add("--keras-python", default=sys.executable, metavar="PATH", help="a python that has keras")
    rounds, threads = Integer(1), Integer(1, 1000)
    add("--rounds", type=rounds, default=7, metavar="N", help=f"turns, {rounds} (default 7)")
    seconds = f"a number {SECONDS}"
    add("--seconds", type=SECONDS, default=1.0, metavar="S", help=f"of a turn, {seconds} (1)")
    add("--pause", type=SECONDS, default=0.3, metavar="S", help=f"before it, {seconds} (0.3)")
    text = f"of each side, {threads} (default: each library's choice)"
    add("--threads", type=threads, metavar="N", help=text)
    add("--json", action="store_true", help="one JSON object a line, nothing else")
    args = parser.parse_args(argv)
    unknown = [name for name in args.networks if name not in NETWORKS]
    if unknown:
        parser.error(f"there is no network {unknown[0]!r}, expected some of {', '.join(NETWORKS)}")
    if args.keras and args.device == "cuda":
        parser.error("--keras compares on the CPU, expected it without --device cuda")
    return args


def main(argv: list[str] | None = None) -> int:
    """Compare, print, and return the exit status."""
    args = parse(argv)
    described = args.json
    try:
        for network in args.networks or NETWORKS:
            for found in compare(network, args):
                if not described:
                    print(opening(found))
                    described = True
                print(json.dumps(found) if args.json else line(found), flush=True)
    except SideError as error:
        print(f"against_torch: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("against_torch: stopped", file=sys.stderr)
        return 130
    return 0


def opening(row: dict[str, Any]) -> str:
    """Where the rows were measured, and the names of the columns."""
    columns = f"{'network':18}{'m':>5}{'minigan ms':>12}{'MB':>8}   {'rival':20}{'ms':>10}{'MB':>8}"
    where = (
        f"minigan {row['minigan']} (commit {row['commit']}), Python {row['python']}, NumPy "
        f"{row['numpy']}, {row['blas']}, {row['threads']} threads, {row.get('gpu', row['cpu'])}. "
        "ms: median of the steps. ratio: minigan's ms by the rival's, median and range of the "
        "rounds. MB: peak memory of each process."
    )
    return f"{textwrap.fill(where, 100)}\n\n{columns}{'ratio':>9}   range"


if __name__ == "__main__":
    sys.exit(main())
