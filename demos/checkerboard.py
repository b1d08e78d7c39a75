"""Where checkerboards come from: a transposed convolution paints some pixels more often.

A convolution A collects: output i is the sum of the k pixels from i·s on, times the weights. Its
transpose Aᵀ paints: input i adds the weights to the k pixels from i·s on. The two are adjoint,

    ⟨Ax, y⟩ = ⟨x, Aᵀy⟩

so Aᵀ is both what G's ConvTranspose2D computes and the gradient that D's Conv2D sends back. A pixel
is reached by k/s windows in each direction where s divides k, and by one more or one less, in turn,
where it does not: for ones that is a checkerboard. Even where s divides k, pixels of different
parity get different weights of the kernel, so a random one, as G has before training, still
draws a pattern on a grey image, and learning has to undo it. Upsampling and a convolution draw
none there, because every pixel gets all the weights. (Odena et al. 2016 wrote of it; from memory.)

    python demos/checkerboard.py [--device cuda] [--seed 0] [--out checkerboard.png]
"""

# %% Layers with one channel and the weights that are given
import matplotlib.pyplot as plt
import numpy as np

from minigan import Conv2D, ConvTranspose2D, Random, Sequential, UpSampling2D, to_host
from minigan.arguments import script_parser

N = 7  # the small image is N by N


def transpose(W, s):
    """Aᵀ, for x that is (m, N, N, 1)."""
    layer = ConvTranspose2D(1, 1, len(W), rng, stride=s, pad="valid", bias=False)
    layer.params["W"][...] = W
    return layer


def upsampling(W, s):
    """Each pixel s by s times, then a convolution."""
    layer = Conv2D(1, 1, len(W), rng, pad="valid", bias=False)
    layer.params["W"][...] = W
    return Sequential(UpSampling2D(s), layer)


def inner(y, k):
    """The part of a picture to which the border has nothing to say."""
    return to_host(y)[0, k:-k, k:-k, 0]


# %% What is asked for
args = script_parser(__doc__, seed=True, out="checkerboard.png").parse_args()
rng = Random(args.seed, args.device, dtype="float64")
grey = rng.ones((1, N, N, 1))
games = [  # title, layer, k, s
    ("transposed, k = 3, s = 2", transpose, 3, 2),
    ("transposed, k = 5, s = 3", transpose, 5, 3),
    ("transposed, k = 4, s = 2", transpose, 4, 2),
    ("upsampling by 2, then k = 3", upsampling, 3, 2),
]

# %% A and Aᵀ are adjoint, and Aᵀ is A's gradient
for _, _, k, s in games[:3]:
    A = Conv2D(1, 1, k, rng, stride=s, pad="valid", bias=False)
    At = transpose(A.params["W"], s)
    x, y = rng.normal((1, (N - 1) * s + k, (N - 1) * s + k, 1)), rng.normal((1, N, N, 1))
    Ax, cache = A.forward(x)
    left, right = float((Ax * y).sum()), float((x * At(y)).sum())
    print(f"k = {k}, s = {s}: ⟨Ax, y⟩ = {left:+.12f}, ⟨x, Aᵀy⟩ = {right:+.12f}")
    assert abs(left - right) < 1e-12 * float(abs(Ax * y).sum()), "they are not adjoint"
    assert float(abs(A.backward(y, cache)[0] - At(y)).max()) < 1e-12, "Aᵀ is not A's gradient"

# %% How often each pixel is reached, and what a random kernel makes of a grey image
figure, rows = plt.subplots(2, 4, figsize=(12, 6.2), layout="constrained")
for (title, build, k, s), above, below in zip(games, *rows, strict=True):
    counts = inner(build(rng.ones((k, k, 1, 1)), s)(grey), k)
    drawn = inner(build(rng.normal((k, k, 1, 1)), s)(grey), k)
    above.imshow(counts, "viridis", clim=(0, 9))
    above.set_title(f"{title}\nreached {' or '.join(f'{n:g}' for n in np.unique(counts))} times")
    below.imshow(drawn - drawn.mean(), "gray", clim=(-3, 3))
    below.set_title(f"a random kernel: deviation {drawn.std():.2f}")
    print(f"{title:28} reached {np.unique(counts)} times, random kernel: {drawn.std():.2e}")
    line = [sum(i * s <= r < i * s + k for i in range(N)) for r in range((N - 1) * s + k)][k:-k]
    if build is transpose:
        assert np.array_equal(counts, np.outer(line, line)), "not the windows that reach a pixel"
        assert (len(set(line)) == 1) == (k % s == 0), "it must be even exactly where s divides k"
        assert drawn.std() > 0.01, "a random kernel draws no pattern"
    else:
        assert np.ptp(counts) < 1e-12 > drawn.std(), "upsampling and convolution draw a pattern"
for panel in rows.flat:
    panel.axis("off")
figure.savefig(args.out, dpi=90)
print(f"picture: {args.out}")
