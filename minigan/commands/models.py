"""`minigan models`: a line a model."""

from __future__ import annotations

import argparse
import textwrap

from minigan.commands.words import Sub
from minigan.models import DEFAULT_MODEL, MODELS


def add_to(sub: Sub) -> None:
    """Add its words."""
    p = sub.add_parser("models", help="list the networks that can be trained")
    p.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print them all."""
    for model in MODELS.values():
        mark = "  (default)" if model.name == DEFAULT_MODEL else ""
        print(f"{model.name:18} {model.text}{mark}")
        length = f"{model.epochs} passes" if model.epochs else f"{model.steps:,} steps"
        print(
            f"{'':18} data {model.data}, {length}, batches of {model.m}, rule "
            f"{model.rule}, {model.objective}"
        )
        if model.note:
            print(textwrap.indent(textwrap.fill(model.note, 80, break_on_hyphens=False), " " * 19))
    return 0
