"""Figure 1 of Goodfellow et al. 2014, drawn by a game that is really played.

One number z ~ N(0, 1) goes into G, and G(z) is to be distributed like the data, N(4, 1.25²). The
picture shows, from left to right in time: p_data (dots), p_g (line), what D says (dashed) and what
the best D would say, p_data / (p_data + p_g), by Proposition 1 of the paper.

    python demos/gaussian_1d.py [--device cuda] [--seed 0] [--out gaussian_1d.png]
"""

# %% Two densities: that of the data, and what G makes of that of z
import math

import matplotlib.pyplot as plt
import numpy as np

from minigan import MODELS, Random, algorithm_1, sigmoid, to_host, value
from minigan.arguments import script_parser

MU, SIGMA = 4.0, 1.25
K = 3  # steps of D for each step of G: the nearer D stays to its best, the better the theory fits
X = np.linspace(-2, 10, 241)  # where densities and D are drawn


def density_of_data(x):
    """p_data, exactly."""
    return np.exp(-((x - MU) ** 2) / (2 * SIGMA**2)) / (SIGMA * math.sqrt(2 * math.pi))


def density_of_generator(G, rng, points=200_000):
    """p_g on X without sampling noise: a fine grid over z, each point with its mass under p_z."""
    z = np.linspace(-6, 6, points)
    mass = np.exp(-z * z / 2)
    half = (X[1] - X[0]) / 2
    edges = np.append(X - half, X[-1] + half)
    g = to_host(G(rng.array(z[:, None])))[:, 0]
    counts, _ = np.histogram(g, bins=edges, weights=mass / mass.sum())
    return counts / (2 * half)


# %% A panel: both densities, D, and the D that Proposition 1 asks for
def draw(axes, step, G, D, rng):
    """Draw; return how far p_g is from p_data, and D from its best."""
    p_data, p_g = density_of_data(X), density_of_generator(G, rng)
    d = to_host(sigmoid(D(rng.array(X[:, None]))))[:, 0]
    seen = p_data + p_g > 5e-3  # elsewhere D is hardly ever asked, and the quotient is 0/0
    d_best = p_data[seen] / (p_data + p_g)[seen]
    axes.plot(X, p_data, "k:", label="p_data")
    axes.plot(X, p_g, "C2", label="p_g")
    axes.plot(X, d, "C0--", label="D(x)")
    axes.plot(X[seen], d_best, "C3", alpha=0.5, lw=3, label="best D: p_data / (p_data + p_g)")
    axes.set(title=f"step {step}", xlabel="x", ylim=(0, 1.05))
    shown = (p_data + p_g)[seen] / (p_data + p_g)[seen].sum()  # what D is shown: half and half
    distance = np.abs(p_g - p_data).sum() * (X[1] - X[0]) / 2
    return distance, (shown * np.abs(d[seen] - d_best)).sum()


# %% What is asked for, and the two players
args = script_parser(__doc__, seed=True, out="gaussian_1d.png").parse_args()
model, rng = MODELS["gaussian-1d"], Random(args.seed, args.device)
G, D = model.networks(rng.child("networks"), (1,))
opt_G, opt_D = model.optimizers(G, D)
noise, numbers = model.noise(rng.child("noise")), rng.child("data")


def data(m):
    return numbers.normal((m, 1), std=SIGMA) + MU


# %% The game, looked at four times
figure, panels = plt.subplots(1, 4, figsize=(12, 3.6), sharey=True, layout="constrained")
draw_at = [0, 300, 600, 3000]
draw(panels[0], 0, G, D, rng)
for step in algorithm_1(G, D, opt_G, opt_D, data, noise, m=128, k=K, iterations=3000):
    if step + 1 in draw_at:
        panel = panels[draw_at.index(step + 1)]
        distance, error = draw(panel, step + 1, G, D, rng)
figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
figure.savefig(args.out, dpi=100)

# %% What the picture claims
v = float(value(D(data(100_000)), D(G(noise(100_000)))))
print(f"total variation distance of p_g and p_data: {distance:.3f} (0: equal, 1: disjoint)")
print(f"mean difference of D and the best D:        {error:.3f}")
print(f"V(D, G) = {v:.4f}, and -log 4 = {-math.log(4):.4f}")
print(f"picture: {args.out}")
assert distance < 0.1, "p_g has not moved onto p_data"
assert error < 0.1, "D is not near p_data / (p_data + p_g)"
assert abs(v + math.log(4)) < 0.01, "V is not near -log 4"
