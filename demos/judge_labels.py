"""Does a conditional GAN draw the digit that it is told? A judge says, who knows no GAN.

The judge is the plainest there is: an image has the label of the nearest real digit, of the 10,000
that the run was trained on, by the distance of the pixels. What it can be trusted with is measured
too: how often it is right about real digits that it has not seen. (It may be right about samples
more often than about these: G draws clear cases.)

    minigan train cgan
    python demos/judge_labels.py runs/cgan [RUN …] [--each 100] [--seed 0] [--device cuda]

Without a run, a short one is trained first.
"""

import tempfile

import numpy as np

from minigan.arguments import script_parser
from minigan.commands.words import Integer
from minigan.data import load
from minigan.training import load_generator, train

MNIST, STEPS = "mnist12k", 500


def nearest(images, real):
    """For each image, the index of the nearest real one, and how far that is."""
    images, real = (a.reshape(len(a), -1).astype(np.float32) / 255 for a in (images, real))
    squares = (real**2).sum(axis=1) - 2 * images @ real.T  # |a - b|² but for |a|², (m, n)
    index = squares.argmin(axis=1)
    return index, np.sqrt((squares.min(axis=1) + (images**2).sum(axis=1)).clip(0))


def main():
    """Read the words, train where there is no run, judge."""
    parser = script_parser(__doc__, seed=True)
    parser.add_argument("runs", nargs="*", metavar="RUN", help="runs of cgan on mnist12k")
    text = "samples of each digit, 1 to 1000 (default 100)"
    parser.add_argument("--each", type=Integer(1, 1000), default=100, help=text)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if not args.runs:
            print(f"training cgan for {STEPS} steps (a whole run: minigan train cgan)")
            out, device = f"{folder}/cgan", args.device
            run = train("cgan", steps=STEPS, device=device, out=out, progress=False)
            args.runs = [run.folder]
        judge(args, parser)


def judge(args, parser):
    """Print how often the label is the one that was told, a line for real digits and for each run.

    Whoever draws without listening is right once in ten times; every run must be better than that.
    """
    real, held_out = load(MNIST), load(MNIST, split="test")
    index, distance = nearest(held_out.x, real.x)
    right = (real.labels[index] == held_out.labels).mean()
    print(f"{'':24} label as told  distance to the nearest real digit")
    print(f"{'real digits, held out':24} {right:13.1%}  {distance.mean():.2f}")
    told = np.repeat(np.arange(10), args.each)
    for run in args.runs:
        try:
            saved = load_generator(run, args.device)
        except ValueError as error:  # no run, or a damaged one
            parser.error(str(error))
        if saved.config.data["name"] != MNIST or saved.units.labels is None:
            parser.error(f"{run} is no run of cgan on {MNIST}: make one by minigan train cgan")
        samples = saved.values(len(told), args.seed, labels=told.tolist())
        index, distance = nearest(samples, real.x)
        agree = real.labels[index] == told
        name = f"{saved.config.model}, step {saved.step:,}, seed {saved.config.seed}"
        print(f"{name:24} {agree.mean():13.1%}  {distance.mean():.2f}")
        each = " ".join(f"{share:.0%}" for share in agree.reshape(10, -1).mean(axis=1))
        print(f"{'  digits 0 to 9':24} {each}")
        assert agree.mean() > 0.2, f"{run}: G does not listen to the label"


if __name__ == "__main__":
    main()
