"""The command line as a whole: which commands there are, and how a wrong word is answered."""

from __future__ import annotations

import argparse
from typing import NoReturn

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
    """An ArgumentParser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the words, and where the help is."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


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
