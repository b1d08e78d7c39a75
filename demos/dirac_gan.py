"""The Dirac-GAN: the smallest game there is, and whether it ends depends on who moves when.

All data sit at 0, G(z) = θ whatever z is, and D(x) = σ(ψx). A whole training is a path in the plane
of (ψ, θ), and it should end at the origin, where the samples are the data and D = 1/2. In very
small steps, the players of V = log σ(0) + log(1 - σ(ψθ)) move by

    ψ' = ∂V/∂ψ = -σ(ψθ) θ        θ' = -∂V/∂θ = σ(ψθ) ψ

so that (ψ² + θ²)' = 0: they circle the origin for ever, at the eigenvalues ±i/2. Steps of size h
are no flow: simultaneous ones have |λ| = √(1 + h²/4) and spiral out, alternating ones have |λ| = 1.
R1 punishes D for its slope at the data, γ/2 E|∂a/∂x|². Here a = ψx, so R1 = γ/2 ψ² with the
gradient γψ: minigan's L2 penalty on D's one weight. Then ψ' loses γψ, the eigenvalues solve
λ² + γλ + 1/4 = 0, and the path spirals in. (The game is Mescheder et al.'s, 2018; from memory.)

    python demos/dirac_gan.py [--device cuda] [--seed 0] [--out dirac_gan.png]

The seed draws where on the circle the paths start.
"""

# %% The game: minigan's own Dense, rules and SGD
import matplotlib.pyplot as plt
import numpy as np

from minigan import MINIMAX, RULES, SGD, Dense, Penalty, Random
from minigan.arguments import script_parser
from minigan.initializers import zeros

H, GAMMA = 0.1, 0.3


def play(rule, start, steps, h=H, gamma=0.0, objective=MINIMAX, device="cpu", k=1):
    """The path (ψ, θ) from start, (steps + 1, 2)."""
    rng = Random(0, device, dtype="float64")
    D, G = (Dense(1, 1, rng, W=zeros, bias=False) for _ in "DG")
    D.params["W"][...], G.params["W"][...] = start
    opt_D, opt_G = SGD(D, h, penalty=Penalty(l2=gamma / 2)), SGD(G, h)
    settings = {"m": 1, "iterations": steps, "objective": objective, "k": k}
    path = [start]
    for _ in RULES[rule](
        G, D, opt_G, opt_D, lambda m: rng.zeros((m, 1)), lambda m: rng.ones((m, 1)), **settings
    ):
        path.append((float(D.params["W"][0, 0]), float(G.params["W"][0, 0])))
    return np.array(path)


def eigenvalues(rule, tiny=1e-4, **settings):
    """λ of the 2x2 matrix that one step applies near the origin, by differences of real steps."""
    columns = []
    for e in tiny * np.eye(2):
        up, down = (play(rule, tuple(start), 1, **settings)[-1] for start in (e, -e))
        columns.append((up - down) / (2 * tiny))
    return np.sort_complex(np.linalg.eigvals(np.array(columns).T))


# %% What is asked for: three games, each with the eigenvalue that it must have
args = script_parser(__doc__, seed=True, out="dirac_gan.png").parse_args()
c = 1 - H * H / 8  # cos of the angle by which an alternating step turns
r1 = 1 - H * GAMMA / 2 - 1j * H * np.sqrt(1 - GAMMA**2) / 2  # 1 + hλ, λ = -γ/2 ± i√(1 - γ²)/2
games = [  # title, rule, γ, exact eigenvalue
    ("simultaneous steps", "simultaneous", 0.0, 1 - 0.5j * H),
    ("alternating steps", "algorithm-1", 0.0, c - 1j * np.sqrt(1 - c * c)),
    (f"simultaneous, R1 with γ = {GAMMA}", "simultaneous", GAMMA, r1),
]

# %% One step near the origin: its eigenvalues are these
print(f"h = {H}                           measured |λ|   exact |λ|   (λ - 1)/h")
for title, rule, gamma, exact in games:
    found = eigenvalues(rule, gamma=gamma, device=args.device)[0]
    print(f"{title:34} {abs(found):.6f}       {abs(exact):.6f}    {(found - 1) / H:.4f}")
    assert abs(found - exact) < 1e-8, f"{title}: λ is {found}, expected {exact}"

# %% Many steps: the paths, and their distance from the origin
figure, axes = plt.subplots(1, 4, figsize=(13, 3.8), layout="constrained")
circle, steps, r0 = np.exp(2j * np.pi * np.linspace(0, 1, 200)), 630, 0.5
angle = float(Random(args.seed, dtype="float64").uniform((1,), 0, 2 * np.pi)[0])
start = (r0 * np.cos(angle), r0 * np.sin(angle))
for panel, (title, rule, gamma, exact) in zip(axes, games, strict=False):
    path = play(rule, start, steps, gamma=gamma, device=args.device)
    r = np.hypot(*path.T)
    panel.plot(*path.T, "C0", lw=1, label=f"{steps} steps of h = {H}")
    panel.plot(r0 * circle.real, r0 * circle.imag, "k:", label="the flow: a circle")
    panel.plot(*path[0], "C2o", label="start")
    panel.plot(*path[-1], "C3s", label="end")
    panel.set(title=title, xlabel="ψ of D", ylabel="θ of G", xlim=(-1.2, 1.2), ylim=(-1.2, 1.2))
    axes[3].semilogy(r / r0, label=title)
    axes[3].semilogy(abs(exact) ** np.arange(steps + 1), "k--", lw=0.8)
    wobble = 1.25 * np.sqrt((1 + gamma) / (1 - gamma))  # what falls evenly is ψ² + θ² + 2γψθ
    assert 1 / wobble < r[-1] / r0 / abs(exact) ** steps < wobble, f"{title}: ends at {r[-1]:.3f}"
axes[3].set(title="distance (dashed: |λ|^step)", xlabel="step")
axes[3].legend(fontsize="small")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
figure.savefig(args.out, dpi=90)
print(f"picture: {args.out}")
