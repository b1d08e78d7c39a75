"""`minigan data`: list, find, download or export data sets."""

from __future__ import annotations

import argparse
from pathlib import Path

from minigan.commands.words import Sub, Text
from minigan.terminal import visible


def add_to(sub: Sub) -> None:
    """Add its words."""
    p = sub.add_parser("data", help="list, fetch or export the data sets")
    p.set_defaults(run=listing)
    actions = p.add_subparsers(metavar="ACTION")
    q = actions.add_parser("get", help="download a data set and verify it")
    q.add_argument("name", type=Text("a name"), metavar="NAME", help="mnist or fashion-mnist")
    q.set_defaults(run=get)
    q = actions.add_parser("export", help="write a data set as PNG files and a train.csv")
    what = Text("a name or a path")
    q.add_argument("spec", type=what, metavar="NAME|PATH", help="as --data of train")
    folder = Text("a folder", Path)
    q.add_argument("--to", type=folder, required=True, metavar="DIR", help="a new or empty folder")
    q.set_defaults(run=to_files)


def listing(args: argparse.Namespace) -> int:
    """`minigan data`: a line a data set, and where it would come from."""
    from minigan.data import describe

    for row in describe():
        shape = "×".join(map(str, row.shape))
        print(
            f"{row.name:14} {row.examples:>7,} × {shape:8} {row.licence:12} {visible(row.source)}"
        )
    print(
        "\nOwn data: --data with a folder of images, a .csv, a .npy, .npz or idx file; "
        "MINIGAN_DATA names a folder to look in."
    )
    return 0


def get(args: argparse.Namespace) -> int:
    """`minigan data get`: find or download a data set.

    **Raises**  ValueError for a name that is none of the full sets; DataError.
    """
    from minigan.data import load
    from minigan.data.published import FULL_SETS

    if args.name not in FULL_SETS:
        names = " and ".join(FULL_SETS)
        raise ValueError(f"{args.name!r} is no data set to download; {names} are.")
    for split in ("train", "test"):
        dataset = load(args.name, split=split)
        print(f"{args.name}, {split}: {len(dataset):,} examples, {dataset.description}")
    return 0


def to_files(args: argparse.Namespace) -> int:
    """`minigan data export`: PNG files and a train.csv, as own data look."""
    from minigan.data import export, load

    dataset = load(args.spec)
    print(f"{len(dataset):,} images: {visible(export(dataset, args.to))}")
    return 0
