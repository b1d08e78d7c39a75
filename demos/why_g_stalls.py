"""Why G stalls when D wins, and what -log D does about it (Goodfellow et al. 2014, section 3).

G sees D only through the slope of its objective at D's logit a on a sample, where D = σ(a):

    minimax          log(1 - D)    slope -σ(a)             0 where D is sure of a fake, a → -∞
    non-saturating   -log D        slope -(1 - σ(a))      -1 there
    their ratio                    σ/(1 - σ) = eᵃ          one direction, another length

For one sample the whole gradient of G, through D and G, has that ratio. First picture: the slopes.
Second: D learns digits while G waits, and the length of both gradients of G is measured. Third: two
copies of G then move against that D, which waits now, by SGD. (Adam divides a gradient by its own
size, and so would hide the stall until the gradient is smaller than its eps.)

    python demos/why_g_stalls.py [--device cuda] [--seed 0] [--out why_g_stalls.png]
"""

# %% The length of a gradient
import copy

import matplotlib.pyplot as plt
import numpy as np

from minigan import MINIMAX, MODELS, NON_SATURATING, SGD, Adam, Random, sigmoid
from minigan.arguments import script_parser
from minigan.data import Batches, load
from minigan.gan import discriminator_gradient, generator_gradient

OBJECTIVES, M = (MINIMAX, NON_SATURATING), 64


def norm(grads):
    """The length of a gradient, all parameters together."""
    return sum(float((g * g).sum()) for g in grads.values()) ** 0.5


# %% D learns, G waits
def let_D_win(G, D, data, noise, z, at):
    """|∇_θg| of both objectives on the samples of z, and mean D(G(z)), after each k in at."""
    optimizer, rows = Adam(D, 1e-3, 0.5), []
    for k in range(max(at) + 1):
        if k in at:
            norms = [norm(generator_gradient(D, G, z, objective)) for objective in OBJECTIVES]
            rows.append([*norms, float(sigmoid(D(G(z))).mean())])
        optimizer.ascend(discriminator_gradient(D, G, data(M), noise(M)))
    return np.array(rows)


# %% G moves, D waits
def let_G_answer(G, D, noise, z, objective, steps, alpha=0.01):
    """Mean D(G(z)) after each step of a copy of G."""
    G = copy.deepcopy(G)
    optimizer, believed = SGD(G, alpha), []
    for _ in range(steps + 1):
        believed.append(float(sigmoid(D(G(z))).mean()))
        optimizer.descend(generator_gradient(D, G, noise(M), objective))
    return believed


# %% What is asked for, and both experiments
args = script_parser(__doc__, seed=True, out="why_g_stalls.png").parse_args()
digits, rng, model = load("digits8x8"), Random(args.seed, args.device), MODELS["mlp"]
G, D = model.build(rng.child("networks"), digits.shape, width=128)
data, noise = Batches(digits, rng.child("data"), 0, 1), model.noise(rng.child("noise"))
z = noise(1000)
at = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
rows = let_D_win(G, D, data, noise, z, at)
runs = [let_G_answer(G, D, noise, z, objective, steps=100) for objective in OBJECTIVES]

# %% The picture
figure, (slopes, gradients, answers) = plt.subplots(1, 3, figsize=(13, 3.8), layout="tight")
a = np.linspace(-12, 6, 200)
for i, objective in enumerate(OBJECTIVES):
    slopes.semilogy(a, -objective.slope(a) * a.size, f"C{i}", label=objective.name)
    gradients.loglog(at, rows[:, i], f"C{i}.-", label=objective.name)
    answers.semilogy(runs[i], f"C{i}", label=objective.name)
slopes.semilogy(a, np.exp(a), "k:", label="ratio, eᵃ")
gradients.loglog(at, rows[:, 2], "k:", label="D(G(z))")
slopes.set(title="minus the slope", xlabel="a, the logit of D(G(z))", ylim=(1e-6, 10))
gradients.set(title="|∇ of G| while D learns alone", xlabel="steps of D", xscale="symlog")
answers.set(title="D(G(z)) when G moves at last", xlabel="steps of G")
for panel in figure.axes:
    panel.legend(fontsize="small")
figure.savefig(args.out, dpi=90)

# %% What it claims
print(f"picture: {args.out}\n{'steps of D':>10}   D(G(z))   |∇| minimax   |∇| non-saturating")
for k, (minimax, other, believed) in zip(at, rows, strict=True):
    print(f"{k:10}   {believed:.1e}   {minimax:.1e}       {other:.1e}")
for objective, run in zip(OBJECTIVES, runs, strict=True):
    print(f"100 steps of G, {objective.name}: D(G(z)) from {run[0]:.2e} to {run[-1]:.2e}")
assert rows[-1, 0] < 1e-3 * rows[0, 0], "minimax's gradient has not vanished"
assert rows[-1, 1] > rows[0, 1], "the non-saturating gradient has vanished, too"
assert runs[0][-1] < 1.01 * runs[0][0], "G does not stall under minimax"
assert runs[1][-1] > 0.5, "G stalls without saturating"
