"""Watch a GAN learn eight clusters on a ring: a web page to step through, and a GIF.

Two numbers z ~ N(0, I₂) go into G, and G(z) is to fall on the ring. Each picture shows D(x) as
colours, the pull -∂L/∂G(z) on the samples as arrows, and how G warps a regular grid over z: it has
to tear the plane into eight pieces, and the threads between them are where it cannot.

    python demos/watch_the_ring.py [--device cuda] [--seed 0] [--out watch_the_ring.png]

leaves beside the picture of four moments a page, watch_the_ring.html (open it in a browser), and
watch_the_ring.gif, which have all 61. A minute.
"""

# %% What is asked for
import math

import matplotlib.pyplot as plt
import numpy as np

from minigan import NON_SATURATING, Adam, Dense, LeakyReLU, Random, Sequential, algorithm_1, to_host
from minigan.arguments import script_parser
from minigan.data.toy import ring
from minigan.page import write_page
from minigan.pictures import write_film
from minigan.plane import look
from minigan.plane_picture import describe_plane, write_plane
from minigan.plots import span
from minigan.training.watch import Watch

STEPS, EVERY, WIDTH = 3000, 50, 128
args = script_parser(__doc__, seed=True, out="watch_the_ring.png").parse_args()
folder = args.out.with_name(f"{args.out.stem}-frames")
folder.mkdir(exist_ok=True)

# %% The game: two small networks, fresh points of the ring, 128 a step
toy, rng = ring(sigma=0.05), Random(args.seed, args.device)
weights, points, numbers = rng.child("networks"), rng.child("data"), rng.child("noise")


def network(n_out):
    first, second = Dense(2, WIDTH, weights), Dense(WIDTH, WIDTH, weights)
    return Sequential(first, LeakyReLU(0.2), second, LeakyReLU(0.2), Dense(WIDTH, n_out, weights))


def noise(m):
    return numbers.normal((m, 2))


G, D = network(2), network(1)
players = G, D, Adam(G, 5e-4, 0.5), Adam(D, 5e-4, 0.5)

# %% Play, and look every 50 steps
z, x = rng.child("pictures").normal((1000, 2)), to_host(toy.sample(rng.child("pictures"), 1000))
box = (span(x[:, 0]), span(x[:, 1]))
views, frames, rows = {}, {}, []
watch = Watch(G, D, NON_SATURATING, folder)


def picture(step):
    views[step], frames[step] = look(G, D, z, x, box), folder / f"step-{step:06d}.png"
    write_plane(frames[step], views[step], f"step {step:,}")


picture(0)
watch.begin(1, measuring=True)
settings = {"m": 128, "iterations": STEPS, "watch": watch}
for i in algorithm_1(*players, lambda m: toy.sample(points, m), noise, **settings):
    rows.append(watch.row())
    if (i + 1) % EVERY == 0:
        picture(i + 1)
    watch.begin(i + 2, measuring=True)

# %% The page and the GIF
log = {name: [row[name] for row in rows] for name in rows[0]}
title, words = f"8 modes on a ring, seed {args.seed}", describe_plane(views[0]).split("\n")
write_page(args.out.with_suffix(".html"), frames, log, title=title, words=words)
write_film(args.out.with_suffix(".gif"), list(frames.values()))

# %% Four moments: D(x) as colours, blue for data; data grey, samples and G's grid green
figure, panels = plt.subplots(1, 4, figsize=(13, 3.5), sharey=True, layout="constrained")
for panel, i in zip(panels, (0, len(frames) // 10, len(frames) // 3, -1), strict=True):
    step = list(views)[i]
    map_of_D = {"cmap": "RdBu", "vmin": -0.5, "vmax": 1.5, "extent": (*box[0], *box[1])}
    panel.contourf(views[step].D, np.linspace(0, 1, 11), **map_of_D)
    panel.plot(*np.transpose(views[step].lines, (2, 1, 0)), "darkgreen", lw=0.6)
    panel.plot(*x[:300].T, ".", color="0.4", ms=2)
    panel.plot(*views[step].samples[:300].T, "C2.", ms=2)
    panel.set(title=f"step {step:,}", xlim=box[0], ylim=box[1])
figure.savefig(args.out, dpi=80)

# %% What the pictures claim
distance = np.linalg.norm(to_host(G(noise(2000)))[:, None] - toy.modes, axis=2)
near = distance.min(axis=1) < 3 * toy.sigma
found = len(set(distance.argmin(axis=1)[near]))
v = float(np.mean(log["V"][-500:]))
print(f"{near.mean():.0%} of the samples lie within 3 sigma of a mode; modes found: {found} of 8")
print(f"V over the last 500 steps: {v:.3f}, and -log 4 = {-math.log(4):.3f}")
print(f"picture: {args.out}, and beside it .html and .gif")
assert found == 8, "G has missed a mode"
assert near.mean() > 0.6, "too many samples lie between the modes"
assert abs(v + math.log(4)) < 0.1, "V is not near -log 4"
