"""`minigan sample`: more samples from a run."""

from __future__ import annotations

import argparse
from pathlib import Path

from minigan.commands.words import RUN, SEED, Integer, Sub, Text, add_best, add_device
from minigan.terminal import visible

SAMPLE_OUT = (
    "a picture (.png) or the numbers (.npy); default: RUN/more-samples.png, with --best "
    "RUN/best-samples.png"
)
SIZE, ANY = Integer(1), Integer(-(10**18), 10**18)
COUNT = f"how many, {SIZE} (default 64; where there are labels, 10 of each, a row a label)"
LABEL = (
    f"samples of this label alone, {ANY}, from a run with labels (cgan); classes that have names "
    "have the numbers 0, 1, 2 … in the order of the names"
)


def add_to(sub: Sub) -> None:
    """Add its words."""
    p = sub.add_parser("sample", help="make a picture of new samples from a run")
    p.add_argument("folder", type=RUN, metavar="RUN", help="a run folder, as runs/mlp-batchnorm")
    p.description = "Draw new samples from the generator of a run, and write them."
    p.add_argument("--count", type=SIZE, help=COUNT)
    p.add_argument("--label", type=ANY, metavar="Y", help=LABEL)
    p.add_argument("--seed", type=SEED, default=0, help=f"of the noise, {SEED} (default 0)")
    add_best(p)
    p.add_argument("--out", type=Text("a file", Path), metavar="FILE", help=SAMPLE_OUT)
    add_device(p)
    p.set_defaults(run=run, imports="minigan.training")


def run(args: argparse.Namespace) -> int:
    """Draw and write them."""
    from minigan.training import sample as draw

    options = {"seed": args.seed, "device": args.device, "label": args.label, "best": args.best}
    print(f"samples: {visible(draw(args.folder, count=args.count, out=args.out, **options))}")
    return 0
