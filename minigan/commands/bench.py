"""`minigan bench`: the time of training steps."""

from __future__ import annotations

import argparse
import json

from minigan.backend import DRAWS
from minigan.bench import bench
from minigan.bench.game import RULE_CHOICES
from minigan.bench.run import NETWORKS
from minigan.bench.tables import layer_tables, step_table
from minigan.commands.words import Integer, Sub, Text, add_device, add_json
from minigan.models import MODELS

FIVE = ", ".join(name for name in NETWORKS if name in MODELS)
BENCH_RULE = (
    "same (the default): D on one batch of data and samples, then G with fresh noise, both with "
    "Adam 2e-4, whatever the model, as frameworks are compared; own: the model's own rule and "
    "optimizers; or another rule with the model's optimizers"
)

COUNT, BATCH = Integer(1), Integer(1, 10**6)
DRAWN = "where noise and dropout masks are drawn (default host, which copies them to a GPU)"


def add_to(sub: Sub) -> None:
    """Add its words."""
    p = sub.add_parser("bench", help="time training steps, and say where the time goes")
    p.description = (
        "Time the training step of one network, or of five, each in a process of its own: "
        "milliseconds, images a second, arithmetic a second against that of a plain matrix product "
        "on this machine, peak memory."
    )
    p.add_argument(
        "model",
        nargs="?",
        type=Text("a model"),
        metavar="MODEL",
        help=f"{', '.join(MODELS)} (default: {FIVE})",
    )
    p.add_argument("--layers", action="store_true", help="layer by layer, forward and backward")
    p.add_argument("--rule", choices=RULE_CHOICES, default="same", help=BENCH_RULE)
    text = f"steps to time, {COUNT} (default: 5 seconds of them)"
    p.add_argument("--steps", type=COUNT, metavar="N", help=text)
    text = f"{BATCH} (default: the model's)"
    p.add_argument("--batch", type=BATCH, metavar="M", help=text)
    p.add_argument("--draws", choices=DRAWS, default="host", help=DRAWN)
    p.add_argument("--graph", action="store_true", help="replay steps as one CUDA graph")
    p.add_argument("--tf32", action="store_true", help="products in TF32, see minigan train")
    add_device(p)
    add_json(p)
    p.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print a line a network, or a table of its layers."""
    rows = bench(
        [] if args.model is None else [args.model],
        device=args.device,
        rule=args.rule,
        m=args.batch,
        steps=args.steps,
        layers=args.layers,
        draws=args.draws,
        graph=args.graph,
        tf32=args.tf32,
    )
    lines = layer_tables(rows) if args.layers else step_table(rows)
    for line in map(json.dumps, rows) if args.json else lines:
        print(line, flush=True)
    return 0
