"""`minigan collapse`: mode collapse, and its cures, in numbers."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from minigan.collapse.rows import ROWS
from minigan.commands.words import Integer, Sub, Text, add_json

DESCRIPTION = """\
Train GANs on a mixture whose modes are known, in several ways and with several
seeds, and count the modes that 2,500 samples reach, the share of samples
within 3 sigma of one, and how unevenly the modes are made (reverse KL), beside
the numbers that PacGAN's paper reports and those of a perfect sampler.
Finished games are kept: the same command goes on where it was stopped."""
SEEDS, STEPS = Integer(1, 1000), Integer(1)
WORDS = "rows:\n" + "\n".join(f"  {row.name:16} {row.text}" for row in ROWS.values())


def add_to(sub: Sub) -> None:
    """Add its words."""
    p = sub.add_parser(
        "collapse",
        help="measure mode collapse on the ring or the grid",
        usage="minigan collapse {ring,grid} [--seeds N] [--rows ROW ...] [--full] [--steps N]\n"
        "       [--jobs N] [--device {cpu,cuda,auto}] [--out DIR] [--quiet] [--json] [-h]",
        epilog=WORDS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    p.description = DESCRIPTION
    p.add_argument(
        "data", choices=("ring", "grid"), help="8 modes on a circle, or 25 on a square grid"
    )
    text = f"how many, {SEEDS} (default 10)"
    p.add_argument("--seeds", type=SEEDS, default=10, metavar="N", help=text)
    p.add_argument(
        "--rows",
        nargs="+",
        choices=ROWS,
        metavar="ROW",
        help="some of the rows below (default: all)",
    )
    p.add_argument(
        "--full",
        action="store_true",
        help="PacGAN's networks and 400,000 steps, hours for each seed of each row, instead of "
        "small ones and 5,000 steps (ring) or 10,000 (grid)",
    )
    p.add_argument("--steps", type=STEPS, metavar="N", help=f"of each game, {STEPS}")
    text = f"games at a time, {SEEDS} (default: one a core)"
    p.add_argument("--jobs", type=SEEDS, metavar="N", help=text)
    p.add_argument(
        "--device",
        choices=("cpu", "cuda", "auto"),
        default="cpu",
        help="default cpu: small networks",
    )
    p.add_argument(
        "--out",
        type=Text("a folder", Path),
        metavar="DIR",
        help="default runs/collapse-ring, runs/collapse-grid",
    )
    p.add_argument("--quiet", action="store_true", help="no progress, only the table")
    add_json(p)
    p.set_defaults(run=run, imports="minigan.collapse.run")


def run(args: argparse.Namespace) -> int:
    """Print the table, or a line of JSON for each of its rows."""
    from minigan.collapse.run import collapse  # slow to import

    table = collapse(
        args.data,
        seeds=args.seeds,
        rows=args.rows,
        full=args.full,
        steps=args.steps,
        jobs=args.jobs,
        device=args.device,
        out=args.out,
        progress=not args.quiet,
    )
    if args.json:
        for record in table.records():
            print(json.dumps(record))
    else:
        print(table)
    return 0
