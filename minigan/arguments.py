"""The command line as a whole: which commands there are, and how a wrong word is answered."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from minigan import __version__
from minigan.commands import (
    bench,
    collapse,
    data,
    devices,
    doctor,
    evaluate,
    exercise,
    film,
    gradcheck,
    models,
    sample,
    summary,
    train,
)
from minigan.commands.words import PICTURE, SEED, device_that_works
from minigan.terminal import visible

EPILOG = """examples:
  minigan train                            digits that come with the package, on the CPU
  minigan train gaussian-1d                one number, in seconds: figure 1 of the 2014 paper
  minigan train --data photos/ --resize 28 your own images
  minigan train --resume                   go on where the last run stopped
  minigan sample runs/mlp-batchnorm        more digits from a trained run
  minigan film runs/mlp-batchnorm          its pictures and curves as a web page that plays
  minigan evaluate runs/mlp-batchnorm      how good the samples are, beside real data and noise
  minigan doctor runs/mlp-batchnorm        what is wrong with a run, and what to try
  minigan gradcheck                        check every gradient of every layer and model
  minigan collapse ring                    mode collapse and its cures, counted over ten seeds
  minigan exercise start dense             write a backward pass yourself, and have it judged
  minigan bench mlp-batchnorm --layers     where the time of a training step goes
"""

# as --help lists them
COMMANDS = (
    *(train, sample, film, evaluate, doctor, summary, gradcheck, bench, collapse),
    *(exercise, models, data, devices),
)


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are one line, and whose options are written in full.

    An abbreviation would mean another option as soon as there is a second one that begins like it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"allow_abbrev": False} | kwargs)

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        """Read the words; one that is unknown is this command's error, not that of `minigan`."""
        known, unknown = super().parse_known_args(args, namespace)
        if unknown:
            options = re.findall("--?[a-z][a-z0-9-]*", self.format_usage())
            near = difflib.get_close_matches(unknown[0].partition("=")[0], options, 1)
            hint = f", did you mean {near[0]}?" if near else ""
            self.error(f"unrecognized arguments: {' '.join(unknown)}{hint}")
        return known, unknown

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the words, and where the help is."""
        self.exit(2, visible(f"{self.prog}: {message} (see {self.prog} --help)") + "\n")


class ScriptParser(Parser):
    """The parser of a script that can be opened as a notebook: there, no words have been given."""

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        """Read the words; in a notebook those of sys.argv are the kernel's, and are left alone."""
        notebook = args is None and "ipykernel" in sys.modules
        return super().parse_known_args([] if notebook else args, namespace)


def script_parser(text: str, *, seed: bool = False, out: str = "") -> ScriptParser:
    """The parser of a script such as a demo: --device, and --seed and --out where it has them.

    **Parameters**  text: the script's docstring; out: the picture that it writes by default.
    """
    parser = ScriptParser(description=text.splitlines()[0])
    help = "cpu, cuda or auto (default cpu)"
    parser.add_argument("--device", type=device_that_works, default="cpu", help=help)
    if seed:
        help = f"of everything random, {SEED} (default 0)"
        parser.add_argument("--seed", type=SEED, default=0, help=help)
    if out:
        help = f"the picture, {PICTURE} (default {out})"
        parser.add_argument("--out", type=PICTURE, metavar="FILE", default=out, help=help)
    return parser


def make_parser() -> Parser:
    """All commands and their words."""
    parser = Parser(
        prog="minigan",
        description="Generative adversarial nets in NumPy and CuPy, every gradient by hand.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"minigan {__version__}")
    sub = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_to(sub)
    return parser
