"""`minigan evaluate`: how good are the samples of a run, in one table?"""

from __future__ import annotations

import argparse
from pathlib import Path

from minigan.commands.words import RUN, SEED, Integer, Sub, Text, add_best, add_device, add_json
from minigan.terminal import visible

SIZE = Integer(100)
COUNT = f"samples, {SIZE} (default 10,000, or as many as real examples stand beside them)"
FEATURES = "judge images by this feature network (default: the one of the run's data, if any)"
OUT = (
    "where the numbers go, with a picture beside it; default: RUN/evaluation.json, with --best "
    "RUN/evaluation-best.json"
)


def add_to(sub: Sub) -> None:
    """Add its words."""
    p = sub.add_parser("evaluate", help="say how good a run's samples are, in one table")
    p.description = (
        "Compare samples of a run with data that it has not seen: Parzen log-likelihood, "
        "classifier score, Fréchet distance, precision and recall, density and coverage, MMD, "
        "nearest-neighbour test, classes, nearest training examples. Beside each number stand "
        "those of real data and of noise, and below it what it can and cannot tell."
    )
    p.epilog = "docs/evaluation.md says how to read the table."
    p.add_argument("folder", type=RUN, metavar="RUN", help="a run folder, as runs/mlp-batchnorm")
    p.add_argument("--count", type=SIZE, help=COUNT)
    p.add_argument("--seed", type=SEED, default=0, help=f"of the noise, {SEED} (default 0)")
    p.add_argument("--features", type=Text("a name"), metavar="NAME", help=FEATURES)
    add_best(p)
    p.add_argument("--out", type=Text("a .json file", Path), metavar="FILE.json", help=OUT)
    add_device(p)
    add_json(p)
    p.set_defaults(run=run, imports="minigan.evaluation.evaluate")


def run(args: argparse.Namespace) -> int:
    """Measure, write, print the table."""
    from minigan.evaluation.evaluate import evaluate
    from minigan.evaluation.report import as_lines, as_text

    evaluation = evaluate(
        args.folder,
        count=args.count,
        seed=args.seed,
        device=args.device,
        features=args.features,
        best=args.best,
        out=args.out,
        progress=True,
    )
    for line in as_lines(evaluation) if args.json else as_text(evaluation):
        print(line)
    if not args.json:
        print(f"\nevaluation: {visible(evaluation.file)} ({evaluation.seconds:.0f} s)")
    return 0
