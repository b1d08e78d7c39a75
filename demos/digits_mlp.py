"""A GAN on 8x8 handwritten digits in seconds: the whole game in one page.

Two small dense networks, Algorithm 1, Adam. The picture shows the same noise turned into digits
after 0, 1/4 and all of the steps, beside real digits. Whether the samples are digits is measured,
not only looked at: each is given the label of its nearest real digit.

    python demos/digits_mlp.py [--device cuda] [--seed 0] [--steps 4000] [--out digits_mlp.png]
"""

# %% Images as numbers from 0 to 1, and which is nearest to which
import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from minigan import MODELS, Adam, Random, algorithm_1, to_host
from minigan.arguments import script_parser
from minigan.commands.words import Integer
from minigan.data import Batches, load
from minigan.model import output_range


def images(x, low, high):
    """Batch of images in G's range → (m, 8, 8) in [0, 1]."""
    return (to_host(x)[..., 0] - low) / (high - low)


def nearest(a, b):
    """For each image of a, the distance to the nearest image of b, and its index."""
    a, b = a.reshape(len(a), -1), b.reshape(len(b), -1)
    squares = (a * a).sum(1)[:, None] - 2 * a @ b.T + (b * b).sum(1)
    return np.sqrt(squares.min(1).clip(0)), squares.argmin(1)


# %% What is asked for: two networks, 1,797 digits, noise
parser = script_parser(__doc__, seed=True, out="digits_mlp.png")
parser.add_argument("--steps", type=Integer(1), default=4000, help="1 to 10^9 (default 4000)")
args = parser.parse_args()
digits, rng = load("digits8x8"), Random(args.seed, args.device)
build = MODELS["mlp-batchnorm"].build
G, D = build(rng.child("networks"), digits.shape, z_dim=32, widths=(64, 128, 256))
low, high = output_range(G)
data, numbers = Batches(digits, rng.child("data"), low, high), rng.child("noise")
z_fixed = rng.child("samples").normal((1000, 32))


def noise(m):
    return numbers.normal((m, 32))


# %% The game
stages = {"step 0": images(G(z_fixed), low, high)}
game = algorithm_1(
    G, D, Adam(G, 5e-4, 0.5), Adam(D, 5e-4, 0.5), data, noise, m=64, iterations=args.steps
)
for step in tqdm(game, total=args.steps, unit="step"):
    if step + 1 in (args.steps // 4, args.steps):
        stages[f"step {step + 1:,}"] = images(G(z_fixed), low, high)

# %% The picture: the same 64 z at each stage, and real digits
real = digits.x[..., 0] / digits.top
figure, panels = plt.subplots(1, len(stages) + 1, figsize=(13, 3.6), layout="constrained")
for panel, (title, x) in zip(panels, {**stages, "real digits": real}.items(), strict=True):
    tiles = np.pad(x[:64], ((0, 0), (1, 1), (1, 1)), constant_values=0.25)
    panel.imshow(tiles.reshape(8, 8, 10, 10).swapaxes(1, 2).reshape(80, 80), "gray", clim=(0, 1))
    panel.set_title(title)
    panel.axis("off")
figure.savefig(args.out, dpi=90)

# %% What it claims
half = len(real) // 2  # real digits against other real digits: as near as it gets
reference = nearest(real[:half], real[half:])[0].mean()
distance, index = nearest(stages[f"step {args.steps:,}"], real[half:])
untrained = nearest(stages["step 0"], real[half:])[0].mean()
counts = np.bincount(digits.labels[half:][index], minlength=10)
print(
    f"distance to the nearest real digit: samples {distance.mean():.2f}, "
    f"real digits {reference:.2f}, before training {untrained:.2f}"
)
print(f"samples of each digit 0 to 9 among 1,000: {counts.tolist()}")
print(f"picture (0, 1/4, all of the steps; real digits): {args.out}")
assert distance.mean() < 1.5 * reference, "the samples are not near real digits"
assert counts.min() >= 20, "a digit is missing: the generator has collapsed"
