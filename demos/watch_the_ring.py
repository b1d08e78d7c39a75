"""Watch a GAN learn eight clusters on a ring: a web page to step through, and a GIF.

Two numbers z ~ N(0, I₂) go into G, and G(z) is to fall on the ring. Each picture shows D(x) as
colours, the pull -∂L/∂G(z) on the samples as arrows, and how G warps a regular grid over z: it has
to tear the plane into eight pieces, and the threads between them are where it cannot.

    python demos/watch_the_ring.py [--device cuda] [--seed 0] [--out .]

leaves ring.html (open it in a browser) and ring.gif. Half a minute.
"""

# %% what is asked for
import math
from pathlib import Path

import numpy as np

from minigan import Adam, Dense, LeakyReLU, Random, Sequential, algorithm_1, to_host
from minigan.arguments import script_parser
from minigan.commands.words import Text
from minigan.data.toy import ring
from minigan.objectives import NON_SATURATING
from minigan.page import write_page
from minigan.pictures import write_film
from minigan.plane import look
from minigan.plane_picture import describe_plane, write_plane
from minigan.plots import span
from minigan.training.watch import Watch

STEPS, EVERY, WIDTH = 3000, 50, 128

parser = script_parser(__doc__, seed=True)
parser.add_argument("--out", type=Text("a folder", Path), default=Path())
args = parser.parse_args()
folder = args.out / "ring-frames"
folder.mkdir(parents=True, exist_ok=True)

# %% the game: two small networks, fresh points of the ring, 128 a step
toy, rng = ring(sigma=0.05), Random(args.seed, args.device)
weights, points, numbers = rng.child("networks"), rng.child("data"), rng.child("noise")


def network(n_out):
    first, second = Dense(2, WIDTH, weights), Dense(WIDTH, WIDTH, weights)
    return Sequential(first, LeakyReLU(0.2), second, LeakyReLU(0.2), Dense(WIDTH, n_out, weights))


def data(m):
    return toy.sample(points, m)


def noise(m):
    return numbers.normal((m, 2))


G, D = network(2), network(1)
opt_G, opt_D = Adam(G, 5e-4, 0.5), Adam(D, 5e-4, 0.5)

# %% play, and look every 50 steps
z, x = rng.child("pictures").normal((1000, 2)), to_host(toy.sample(rng.child("pictures"), 1000))
box = (span(x[:, 0]), span(x[:, 1]))
frames, rows = {}, []
watch = Watch(G, D, NON_SATURATING, folder)


def picture(step):
    view, frames[step] = look(G, D, z, x, box), folder / f"step-{step:06d}.png"
    write_plane(frames[step], view, f"step {step:,}")
    return describe_plane(view).split("\n")


words = picture(0)
watch.begin(1, measuring=True)
for i in algorithm_1(G, D, opt_G, opt_D, data, noise, m=128, iterations=STEPS, watch=watch):
    rows.append(watch.row())
    if (i + 1) % EVERY == 0:
        picture(i + 1)
    watch.begin(i + 2, measuring=True)

# %% the page and the GIF
log = {name: [row[name] for row in rows] for name in rows[0]}
title = f"{len(toy.modes)} modes on a ring, seed {args.seed}"
write_page(args.out / "ring.html", frames, log, title=title, words=words)
write_film(args.out / "ring.gif", list(frames.values()))

# %% what the pictures claim
distance = np.linalg.norm(to_host(G(noise(2000)))[:, None] - toy.modes, axis=2)
near = distance.min(axis=1) < 3 * toy.sigma
found = len(set(distance.argmin(axis=1)[near]))
v = float(np.mean(log["V"][-500:]))
print(f"{near.mean():.0%} of the samples lie within 3 sigma of a mode; modes found: {found} of 8")
print(f"V over the last 500 steps: {v:.3f}, and -log 4 = {-math.log(4):.3f}")
print(f"page: {args.out / 'ring.html'}, film: {args.out / 'ring.gif'}")
assert found == 8, "G has missed a mode"
assert near.mean() > 0.6, "too many samples lie between the modes"
assert abs(v + math.log(4)) < 0.1, "V is not near -log 4"
