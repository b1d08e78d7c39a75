"""`minigan doctor`: what is wrong with a run, in words, with the equation behind each."""

from __future__ import annotations

import argparse

from minigan.commands.words import RUN, Sub, add_device, add_json


def add_to(sub: Sub) -> None:
    """Add its words."""
    p = sub.add_parser("doctor", help="say what is wrong with a run, and what to try")
    p.description = (
        "Judge a run by its log and its checkpoint: is D saturated, does G's gradient vanish, have "
        "the samples collapsed, does D overfit, are units dead, has BatchNorm drifted? Nothing in "
        "the folder is changed; a run that still trains can be looked at, too."
    )
    p.epilog = "The exit status is 0 whatever is found. docs/doctor.md says how to read the report."
    p.add_argument("folder", type=RUN, metavar="RUN", help="a run folder, as runs/mlp-batchnorm")
    add_device(p)
    add_json(p)
    p.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the findings, the worst first."""
    from minigan.doctor import diagnose
    from minigan.doctor.report import as_json, as_text
    from minigan.terminal import announced, visible

    with announced("looking at the run …"):
        diagnosis = diagnose(args.folder, device=args.device)
    for line in as_json(diagnosis) if args.json else as_text(diagnosis):
        print(visible(line))
    return 0
