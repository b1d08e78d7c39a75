"""`minigan film`: the film of a run as a web page."""

from __future__ import annotations

import argparse
from pathlib import Path

from minigan.commands.words import RUN, Sub, Text
from minigan.terminal import visible

OUT = "the page, a .html file (default: RUN/film.html)"
GIF = "the pictures as a GIF, too: RUN/samples.gif, or beside FILE.html as FILE.gif"


def add_to(sub: Sub) -> None:
    """Add its words."""
    p = sub.add_parser("film", help="make a web page that plays a run: pictures and curves")
    p.add_argument("folder", type=RUN, metavar="RUN", help="a run folder, as runs/mlp-batchnorm")
    p.description = (
        "Write a run's pictures and log as one web page, with play, step and slider. It needs no "
        "network, and opens by a double click. A run that ends writes it by itself."
    )
    p.add_argument("--out", type=Text("a .html file", Path), metavar="FILE.html", help=OUT)
    p.add_argument("--gif", action="store_true", help=GIF)
    p.set_defaults(run=run, imports="minigan.training")


def run(args: argparse.Namespace) -> int:
    """Write it."""
    from minigan.training import film  # Pillow is slow to import

    page = film(args.folder, args.out, gif=args.gif)
    print(f"{visible(page)}: {page.stat().st_size / 1e3:,.0f} kB, for any browser")
    return 0
