"""Does a conditional GAN draw the digit that it is told? A judge says, who knows no GAN.

The judge is the plainest there is: an image has the label of the nearest real digit, of the 10,000
that the run was trained on, by the distance of the pixels. What it can be trusted with is measured
too: how often it is right about real digits that it has not seen. (It may be right about samples
more often than about these: G draws clear cases.)

    minigan train cgan
    python demos/judge_labels.py runs/cgan [RUN …] [--each 100] [--seed 0] [--device cuda] [--out …]

Without a run, a short one is trained first. The picture has a square for each run: a row is the
digit that G was told, a column what the judge says, and the dark diagonal is where they agree.
"""

# %% The judge
import tempfile

import matplotlib.pyplot as plt
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


# %% What is asked for
parser = script_parser(__doc__, seed=True, out="judge_labels.png")
parser.add_argument("runs", nargs="*", metavar="RUN", help="runs of cgan on mnist12k")
text = "samples of each digit, 1 to 1000 (default 100)"
parser.add_argument("--each", type=Integer(1, 1000), default=100, help=text)
args = parser.parse_args()

# %% Generators: of runs that there are, or of a short one
generators = []
with tempfile.TemporaryDirectory() as folder:
    if not args.runs:
        print(f"training cgan for {STEPS} steps (a whole run: minigan train cgan)")
        options = {"seed": args.seed, "device": args.device, "out": f"{folder}/cgan"}
        args.runs = [train("cgan", steps=STEPS, progress=False, **options).folder]
    for run in args.runs:
        try:
            saved = load_generator(run, args.device)
        except ValueError as error:  # no run, or a damaged one
            parser.error(str(error))
        if saved.config.data["name"] != MNIST or saved.units.labels is None:
            parser.error(f"{run} is no run of cgan on {MNIST}: make one by minigan train cgan")
        generators.append(saved)

# %% How often the judge is right about real digits that are new to it, and what it says of samples
real, held_out = load(MNIST), load(MNIST, split="test")
index, distance = nearest(held_out.x, real.x)
right = (real.labels[index] == held_out.labels).mean()
print(f"{'':24} label as told  distance to the nearest real digit")
print(f"{'real digits, held out':24} {right:13.1%}  {distance.mean():.2f}")
told = np.repeat(np.arange(10), args.each)
figure, panels = plt.subplots(
    1, len(generators), squeeze=False, figsize=(4.5 * len(generators), 4.6), layout="constrained"
)
shares = []
for saved, panel in zip(generators, panels[0], strict=True):
    index, distance = nearest(saved.values(len(told), args.seed, labels=told.tolist()), real.x)
    table = np.zeros((10, 10))
    np.add.at(table, (told, real.labels[index]), 1 / args.each)
    shares.append(table.trace() / 10)
    name = f"{saved.config.model}, step {saved.step:,}, seed {saved.config.seed}"
    print(f"{name:24} {shares[-1]:13.1%}  {distance.mean():.2f}")
    print(f"{'  digits 0 to 9':24} {' '.join(f'{share:.0%}' for share in table.diagonal())}")
    panel.imshow(table, "Blues", clim=(0, 1))
    panel.set(title=name, xlabel="the judge says", ylabel="G was told", xticks=range(10))
    panel.set_yticks(range(10))
figure.savefig(args.out, dpi=90)
print(f"picture: {args.out}")
# who draws without listening is right once in ten times
assert min(shares) > 0.2, f"{args.runs[np.argmin(shares)]}: G does not listen to the label"
