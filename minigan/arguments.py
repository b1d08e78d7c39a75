"""The words of the command line: every command and option, and what `--help` says of them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from minigan import __version__, commands
from minigan.backend import DEVICES
from minigan.bench.game import RULE_CHOICES
from minigan.bench.run import NETWORKS
from minigan.models import DEFAULT_MODEL, MODELS
from minigan.objectives import OBJECTIVES
from minigan.rules import RULES

EPILOG = """examples:
  minigan train                            digits that come with the package, on the CPU
  minigan train gaussian-1d                one number, in seconds: figure 1 of the 2014 paper
  minigan train --data photos/ --resize 28 your own images
  minigan train --resume                   go on where the last run stopped
  minigan sample runs/mlp-batchnorm        more digits from a trained run
  minigan gradcheck                        check every gradient of every layer and model
  minigan bench mlp-batchnorm --layers     where the time of a training step goes
"""

WORDS = """words:
  G, D            the generator makes samples from random numbers z; the discriminator says how
                  probable it is that an example comes from the data
  step            one turn of the update rule: k updates of D, then one of G
  V               the game's value, which D raises: mean log D(x) + mean log(1 - D(G(z)))
  D(x), D(G(z))   D's mean probability for data and for samples. When G has learned the data, D can
                  only guess: both are 1/2, and V is -log 4 = -1.386. D(x) near 1 and D(G(z)) near 0
                  for long: D has won, and G no longer learns

rules (in which order the players move):
  algorithm-1     k steps of D, then one of G with fresh noise, as in the 2014 paper
  simultaneous    both at once, from the same noise
  separate        D once on data and once on samples, then G
  concatenated    D once on data and samples in one batch, then G

objectives (what G makes small):
  non-saturating  -log D(G(z)): strong gradients also while D wins
  minimax         log(1 - D(G(z))), the game of equation (1): hardly any gradient while D wins
"""

EVERY = {"sample_every": 100, "log_every": 10, "checkpoint_every": 500}  # as training.session has
STEPS = (
    "how long to train, from the run's beginning (default: the model's, see `minigan models`); "
    "10,000 examples in batches of 128 are passed through once in 78 steps"
)
SAMPLE_OUT = "a picture (.png) or the numbers (.npy); default: RUN/more-samples.png"
FIVE = ", ".join(name for name in NETWORKS if name in MODELS)
BENCH_RULE = (
    "same (the default): D on one batch of data and samples, then G with fresh noise, both with "
    "Adam 2e-4, whatever the model, as frameworks are compared; own: the model's own rule and "
    "optimizers; or another rule with the model's optimizers"
)
SEED = "of everything random: the same seed, the same run (default 0)"


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the words, and where the help is."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def at_least(low: int) -> Callable[[str], int]:
    """An argparse type: an integer of `low` or more.

    **Raises**  argparse.ArgumentTypeError, when the type is used, for any other text.
    """

    def integer(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if value < low:
            raise argparse.ArgumentTypeError(f"{text!r} is not an integer of {low} or more")
        return value

    return integer


def image_shape(text: str) -> tuple[int, ...]:
    """An argparse type: 28x28x1 or 2 as a tuple of sizes.

    **Raises**  argparse.ArgumentTypeError for any other text.
    """
    sizes = text.lower().split("x")
    if not all(size.isdecimal() and int(size) > 0 for size in sizes):
        raise argparse.ArgumentTypeError(f"{text!r} is not a shape such as 28x28x1, or 2")
    return tuple(int(size) for size in sizes)


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
    _add_train(sub.add_parser("train", help="train a GAN and leave a run folder with pictures"))
    _add_sample(sub.add_parser("sample", help="make a picture of new samples from a run"))

    p = sub.add_parser("summary", help="print a model's networks, layer by layer")
    p.add_argument("model", choices=MODELS, metavar="MODEL", help=", ".join(MODELS))
    p.add_argument(
        "--shape",
        type=image_shape,
        help="shape of one example, as 28x28x1 for images or 2 for vectors "
        "(default: that of the model's own data)",
    )
    p.add_argument("--json", action="store_true", help="one JSON object a line, nothing else")
    p.set_defaults(run=commands.summary)

    p = sub.add_parser("gradcheck", help="check the gradients of layers and of whole games")
    p.add_argument(
        "name", nargs="?", metavar="LAYER|MODEL", help="one layer or one model (default: all)"
    )
    p.add_argument("--seed", type=at_least(0), default=0, help="of all random numbers (default 0)")
    _add_device(p)
    p.add_argument("--json", action="store_true", help="one JSON object a line, nothing else")
    p.set_defaults(run=commands.gradcheck)

    _add_bench(sub.add_parser("bench", help="time training steps, and say where the time goes"))

    p = sub.add_parser("models", help="list the networks that can be trained")
    p.set_defaults(run=commands.models)

    _add_data(sub.add_parser("data", help="list, fetch or export the data sets"))

    p = sub.add_parser("devices", help="say which devices work here, and why one does not")
    p.add_argument("--json", action="store_true", help="one JSON object a line, nothing else")
    p.set_defaults(run=commands.devices)
    return parser


def _add_device(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "--device",
        choices=("auto", *DEVICES),
        default="auto",
        help="where to compute: auto (the default) is cuda where that works and cpu elsewhere",
    )


def _add_train(p: argparse.ArgumentParser) -> None:
    p.description = (
        "Train a generator G against a discriminator D. The run folder gets config.json, log.csv,\n"
        "samples/*.png, samples.gif, curves.png and checkpoint.npz. Ctrl-C saves and says how to\n"
        "go on."
    )
    p.epilog, p.formatter_class = WORDS, argparse.RawDescriptionHelpFormatter
    p.add_argument(  # no choices: argparse would blame the 5 of --epochs 5 for being no model
        "model",
        nargs="?",
        metavar="MODEL",
        help=f"{', '.join(MODELS)} (default {DEFAULT_MODEL})",
    )
    p.add_argument(
        "--data",
        metavar="NAME|PATH",
        help="a data set that `minigan data` lists, a folder of images, a .csv that names images "
        "(with --images) or holds numbers, a .npy, .npz or idx file (default: the model's own)",
    )
    p.add_argument("--images", metavar="DIR", help="the folder of the images that a .csv names")
    p.add_argument(
        "--resize", type=at_least(1), metavar="N", help="crop own images to squares of N pixels"
    )
    p.add_argument("--color", choices=("grey", "rgb"), help="own images (default: as they are)")
    p.add_argument(
        "--layout",
        choices=("NHW", "NHWC", "NCHW", "ND"),
        help="axes of an own .npy or .npz: number, height, width, channels, dimensions "
        "(default: guessed)",
    )
    p.add_argument("--steps", type=at_least(1), metavar="N", help=STEPS)
    p.add_argument("--batch", type=at_least(1), metavar="M", help="examples that a step looks at")
    p.add_argument("--seed", type=at_least(0), metavar="S", help=SEED)
    _add_device(p)
    p.add_argument(
        "--out", type=Path, metavar="DIR", help="default runs/MODEL, then runs/MODEL-2 …"
    )
    p.add_argument(
        "--resume",
        action="store_true",
        help="go on with the run in --out, or with the model's newest run, bit for bit as if it "
        "had never stopped; --steps makes it longer",
    )
    p.add_argument("--rule", choices=RULES, help="see rules (default: the model's)")
    p.add_argument("--objective", choices=OBJECTIVES, help="see objectives (default: the model's)")
    p.add_argument("-k", type=at_least(1), help="updates of D in a step (default: the model's)")
    for name, what in (("sample", "pictures"), ("log", "log rows"), ("checkpoint", "checkpoints")):
        text = f"steps between {what} (default {EVERY[f'{name}_every']})"
        p.add_argument(f"--{name}-every", type=at_least(1), metavar="N", help=text)
    p.add_argument("--quiet", action="store_true", help="no progress, only the last lines")
    p.set_defaults(run=commands.train)


def _add_sample(p: argparse.ArgumentParser) -> None:
    p.add_argument("folder", type=Path, metavar="RUN", help="a run folder, as runs/mlp-batchnorm")
    p.description = "Draw new samples from the generator of a run, and write them."
    p.add_argument("--count", type=at_least(1), default=64, help="how many (default 64)")
    p.add_argument("--seed", type=at_least(0), default=0, help="of the noise (default 0)")
    p.add_argument("--out", type=Path, metavar="FILE", help=SAMPLE_OUT)
    _add_device(p)
    p.set_defaults(run=commands.sample)


def _add_bench(p: argparse.ArgumentParser) -> None:
    p.description = (
        "Time the training step of one network, or of five, each in a process of its own: "
        "milliseconds, images a second, arithmetic a second against that of a plain matrix product "
        "on this machine, peak memory."
    )
    p.add_argument(
        "model", nargs="?", metavar="MODEL", help=f"{', '.join(MODELS)} (default: {FIVE})"
    )
    p.add_argument("--layers", action="store_true", help="layer by layer, forward and backward")
    p.add_argument("--rule", choices=RULE_CHOICES, default="same", help=BENCH_RULE)
    p.add_argument(
        "--steps", type=at_least(1), metavar="N", help="steps to time (default: 5 seconds of them)"
    )
    p.add_argument("--batch", type=at_least(1), metavar="M", help="default: the model's")
    _add_device(p)
    p.add_argument("--json", action="store_true", help="one JSON object a line, nothing else")
    p.set_defaults(run=commands.bench)


def _add_data(p: argparse.ArgumentParser) -> None:
    p.set_defaults(run=commands.data_list)
    sub = p.add_subparsers(metavar="ACTION")
    q = sub.add_parser("get", help="download a data set and verify it")
    q.add_argument("name", metavar="NAME", help="mnist or fashion-mnist")
    q.set_defaults(run=commands.data_get)
    q = sub.add_parser("export", help="write a data set as PNG files and a train.csv")
    q.add_argument("spec", metavar="NAME|PATH", help="as --data of train")
    q.add_argument("--to", type=Path, required=True, metavar="DIR", help="a new or empty folder")
    q.set_defaults(run=commands.data_export)
