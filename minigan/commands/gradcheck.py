"""`minigan gradcheck`: gradients by hand against central differences."""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter

from minigan import gradcheck as checker
from minigan.backend import choose_device
from minigan.checks import GradientError, NoVerdictError, Row
from minigan.commands.words import SEED, Sub, Text, add_device, add_json
from minigan.models import MODELS


def add_to(sub: Sub) -> None:
    """Add its words."""
    p = sub.add_parser("gradcheck", help="check the gradients of layers and of whole games")
    p.add_argument(
        "name",
        nargs="?",
        type=Text("a layer or a model"),
        metavar="LAYER|MODEL",
        help="one layer or one model (default: all)",
    )
    text = f"of all random numbers, {SEED} (default 0)"
    p.add_argument("--seed", type=SEED, default=0, help=text)
    add_device(p)
    add_json(p)
    p.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print a line for each array that was compared; exit status 1 for an error."""
    names = checker.find(args.name)
    device = choose_device(args.device)
    failed: Counter[str] = Counter()
    entries, start = 0, time.perf_counter()
    if not args.json:
        print(f"gradients by hand against central differences, float64, on {device}\n")
        print(f"{'what':42} {'mode':5} {'gradient of':12} {'entries':>7} {'largest error':>13}")
    for name in names:
        try:
            for rows in checker.check(name, device=device, seed=args.seed):
                entries += sum(row.entries for row in rows)
                for row in rows:
                    print(_as_json(name, row) if args.json else _as_line(name, row))
        except (GradientError, NoVerdictError) as error:
            verdict = "wrong" if isinstance(error, GradientError) else "no verdict"
            failed[verdict] += 1
            message = " ".join(str(error).split())
            print(
                json.dumps({"name": name, "verdict": verdict, "message": message})
                if args.json
                else f"{name}: {verdict.upper()}: {message}"
            )
    if not args.json:
        took = time.perf_counter() - start
        result = ", ".join(f"{count} {verdict}" for verdict, count in failed.items()) or "all right"
        print(f"\n{entries:,} entries compared in {took:.0f} s: {result}")
    return 1 if failed else 0


def _as_line(name: str, row: Row) -> str:
    what = f"{name}: {row.layer}" if name in MODELS else row.layer
    return f"{what:42} {row.mode:5} {row.name:12} {row.entries:7} {row.error:13.1e}  {row.verdict}"


def _as_json(name: str, row: Row) -> str:
    return json.dumps(
        {
            "name": name,
            "layer": row.layer,
            "mode": row.mode,
            "gradient_of": row.name,
            "entries": row.entries,
            "error": row.error,
            "verdict": row.verdict,
        }
    )
