"""`minigan train`: a whole run of a GAN, or the training of the classifier that judges them."""

from __future__ import annotations

import argparse
from pathlib import Path

from minigan.backend import DRAWS
from minigan.commands import train_classifier
from minigan.commands.words import SEED, Integer, Number, Sub, Text, add_device
from minigan.cuda.graph import CHOICES
from minigan.models import DEFAULT_MODEL, MODELS, find_model
from minigan.objectives import OBJECTIVES
from minigan.rule_checks import FAKES
from minigan.rules import RULES
from minigan.terminal import shell_word, visible

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
  worse-player    one of them, from the same noise: the one with the higher loss, -V/2 for D and
                  mean -log D(G(z)) for G, both log 2 where D = 1/2. Can lock: G is worse off, has
                  nothing to climb, and D never moves (as on gaussian-1d)
  separate        D once on data and once on samples, then G
  concatenated    D once on data and samples in one batch, then G

objectives (what G makes small):
  non-saturating  -log D(G(z)): strong gradients also while D wins
  minimax         log(1 - D(G(z))), the game of equation (1): hardly any gradient while D wins

options of every rule:
  --smooth A      one-sided label smoothing: D learns the label A for data, instead of 1, and 0 for
                  samples, as before; its best answer is A times what it was, so D(x) stays below A.
                  V is logged with the labels 1 and 0
  --fakes MODE    how G makes the samples that D learns from: in training its BatchNorms use the
                  batch's statistics, in evaluation the running ones
  --l1, --l2      pull the kernels of both players towards 0: l1 Σ|W| + l2 ΣW², left out of V
  --generators N --discriminators N
                  several of each: the Gs share a batch, each D judges all, every pair counts alike

random numbers (weights, noise, dropout masks, the order of the data):
  --draws host    drawn on the CPU, and copied to a GPU in each step
  --draws device  drawn where they are used: a GPU waits for no copies; on the CPU it takes longer.
                  Either way a seed means the same numbers on every device; the two differ

on a GPU:
  --graph auto    a step is recorded once as a CUDA graph and launched as a whole from then on, if a
                  trial of a few steps shows that it is faster; on: without a trial; off: never. No
                  number changes by it. Where it cannot be done, the run says why and goes on
  --tf32          products may round their factors to 11 bits: faster, but errors are 1e-3 instead
                  of 1e-6

evaluation while a run trains:
  --evaluate-every N
                  every N steps 2,000 samples are compared with 2,000 real examples; on one core
                  that takes a third of a second for digits of mlp-batchnorm, 0.8 s for dcgan.
                  log.csv gets the column frechet (Fréchet distance, lower is better); for digits
                  and Fashion-MNIST also score, classes and class_kl; for the ring and the grid
                  high_quality. best.npz keeps the checkpoint with the lowest distance: minigan
                  sample RUN --best. What is compared with are the examples of --hold-out, or
                  else the test part: to choose the best step by the test set is to choose on the
                  test set. Training is not changed by a bit. docs/when-to-stop.md has an example

the classifier:
  minigan train classifier [--data mnist|fashion-mnist] [--epochs N]
                  no GAN, but what samples are judged by: a small convolutional network that learns
                  the labels of all of MNIST. It leaves classifier.npz, about 120 kB, and log.csv.
                  Ctrl-C saves it, too, and --resume goes on. Two are in the package already
"""

COUNT, SIDE, PLAYERS = Integer(1), Integer(1, 4096), Integer(1, 100)
EVALUATIONS = Integer(0)
SMOOTH = Number("above 0.5, 1 at most", lambda number: 0.5 < number <= 1)
PENALTY = Number("of 0 or more, 10^6 at most", lambda number: 0 <= number <= 10**6)
EVERY = {"sample_every": 100, "log_every": 10, "checkpoint_every": 500}  # as training.session has
STEPS = (
    f"how long to train, from the run's beginning, {COUNT} (default: the model's, see `minigan "
    "models`); 10,000 examples in batches of 128 are passed through once in 78 steps"
)
BATCH = f"examples that a step looks at, {COUNT}, no more than there are (default: the model's)"
EVALUATE = f"steps between evaluations, {EVALUATIONS}, see below (default 0: never)"
HOLD_OUT = (
    f"train without the last N examples, {COUNT}, fewer than there are; minigan evaluate uses them "
    "(default: none is held out)"
)


def add_to(sub: Sub) -> None:
    """Add its words."""
    p = sub.add_parser("train", help="train a GAN and leave a run folder with pictures")
    p.description = (
        "Train a generator G against a discriminator D. The run folder gets config.json, log.csv,\n"
        "samples/*.png, samples.gif, curves.png, film.html and checkpoint.npz. Ctrl-C saves and\n"
        "says how to go on. `minigan train classifier` trains no GAN: see the classifier, below."
    )
    p.epilog, p.formatter_class = WORDS, argparse.RawDescriptionHelpFormatter
    p.add_argument(  # no choices: argparse would blame the 5 of --width 5 for being no model
        "model",
        nargs="?",
        type=Text("a model"),
        metavar="MODEL",
        help=f"{', '.join(MODELS)} (default {DEFAULT_MODEL}), or classifier",
    )
    _add_data(p)
    p.add_argument("--steps", type=COUNT, metavar="N", help=STEPS)
    p.add_argument("--batch", type=COUNT, metavar="M", help=BATCH)
    text = f"of everything random, {SEED}: the same seed, the same run (default 0)"
    p.add_argument("--seed", type=SEED, metavar="S", help=text)
    add_device(p)
    text = "default runs/MODEL, then runs/MODEL-2 …"
    p.add_argument("--out", type=Text("a folder", Path), metavar="DIR", help=text)
    p.add_argument(
        "--resume",
        action="store_true",
        help="go on with the run in --out, or with the model's newest run, bit for bit as if it "
        "had never stopped; --steps makes it longer, --device moves it",
    )
    p.add_argument("--rule", choices=RULES, help="see rules (default: the model's)")
    p.add_argument("--objective", choices=OBJECTIVES, help="see objectives (default: the model's)")
    text = f"updates of D in a step, {COUNT} (default: the model's)"
    p.add_argument("-k", type=COUNT, help=text)
    _add_options(p)
    p.add_argument(
        "--epochs",
        type=COUNT,
        metavar="N",
        help=f"of the classifier: passes over its data, {COUNT} (default "
        f"{train_classifier.EPOCHS})",
    )
    for name, what in (("sample", "pictures"), ("log", "log rows"), ("checkpoint", "checkpoints")):
        text = f"steps between {what}, {COUNT} (default {EVERY[f'{name}_every']})"
        p.add_argument(f"--{name}-every", type=COUNT, metavar="N", help=text)
    p.add_argument("--quiet", action="store_true", help="no progress, only the last lines")
    p.set_defaults(run=run, imports="minigan.training")


def _add_data(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "--data",
        type=Text("a name or a path"),
        metavar="NAME|PATH",
        help="a data set that `minigan data` lists, a folder of images, a .csv that names images "
        "(with --images) or holds numbers, a .npy, .npz or idx file (default: the model's own)",
    )
    text = "the folder of the images that a .csv names"
    p.add_argument("--images", type=Text("a folder"), metavar="DIR", help=text)
    text = f"crop own images to squares of N pixels, {SIDE}"
    p.add_argument("--resize", type=SIDE, metavar="N", help=text)
    p.add_argument("--color", choices=("grey", "rgb"), help="own images (default: as they are)")
    p.add_argument(
        "--layout",
        choices=("NHW", "NHWC", "NCHW", "ND"),
        help="axes of an own .npy or .npz: number, height, width, channels, dimensions "
        "(default: guessed)",
    )
    p.add_argument("--hold-out", type=COUNT, metavar="N", help=HOLD_OUT)


def _add_options(p: argparse.ArgumentParser) -> None:
    p.add_argument("--evaluate-every", type=EVALUATIONS, metavar="N", help=EVALUATE)
    text = f"a number {SMOOTH}, see options (default 1: none)"
    p.add_argument("--smooth", type=SMOOTH, metavar="A", help=text)
    p.add_argument("--draws", choices=DRAWS, help="see random numbers (default host)")
    p.add_argument("--graph", choices=CHOICES, help="see on a GPU (default auto)")
    p.add_argument("--tf32", action="store_true", default=None, help="see on a GPU")
    p.add_argument("--fakes", choices=FAKES, help="see options (default: the rule's)")
    for name in ("--l1", "--l2"):
        text = f"a number {PENALTY}, see options (default: the model's)"
        p.add_argument(name, type=PENALTY, metavar="X", help=text)
    for name in ("--generators", "--discriminators"):
        text = f"how many, {PLAYERS} (default 1)"
        p.add_argument(name, type=PLAYERS, metavar="N", help=text)


def run(args: argparse.Namespace) -> int:
    """Train, and say where the run is.

    **Raises**  ValueError for a name that is no model's, and for passes of a GAN; as `train`.
    """
    if args.model == train_classifier.NAME:
        return train_classifier.run(args)
    from minigan.training import train as play  # matplotlib and Pillow are slow to import

    if args.epochs is not None:
        raise ValueError(
            f"--epochs {args.epochs} is for the classifier; a GAN trains for a number of --steps."
        )
    if args.model is not None:
        _check_model(args.model)
    color = None if args.color is None else args.color == "rgb"
    options = {
        "images": args.images,
        "resize": args.resize,
        "color": color,
        "layout": args.layout,
        "hold_out": args.hold_out,
    }
    finished = play(
        args.model,
        args.data,
        data_options={name: value for name, value in options.items() if value is not None},
        steps=args.steps,
        m=args.batch,
        seed=args.seed,
        device=args.device,
        draws=args.draws,
        graph=args.graph,
        tf32=args.tf32,
        out=args.out,
        resume=args.resume,
        rule=args.rule,
        objective=args.objective,
        k=args.k,
        smooth=args.smooth,
        fakes=args.fakes,
        l1=args.l1,
        l2=args.l2,
        generators=args.generators,
        discriminators=args.discriminators,
        sample_every=args.sample_every,
        log_every=args.log_every,
        checkpoint_every=args.checkpoint_every,
        evaluate_every=args.evaluate_every,
        progress=not args.quiet,
    )
    if args.quiet:
        print(finished)  # where it is and how to go on; otherwise the run has said so itself
    return 0 if finished.signal is None else 128 + finished.signal


def _check_model(name: str) -> None:
    """Refuse a name that is no model's, and say so when it means data."""
    from minigan.data import NAMES

    if name not in MODELS and (name in NAMES or Path(name).exists()):
        raise ValueError(
            f"{visible(name)} is data, expected a model: minigan train --data {shell_word(name)}."
        )
    find_model(name)
