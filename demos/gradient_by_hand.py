"""One gradient check, digit by digit: BatchNorm on three numbers.

A backward pass claims dL/dx. Calculus says what that number must be: move one entry of x by a
little, see how much L moves. Everything below is printed so that it can be followed with a pocket
calculator, and at the end the commonest mistake in hand-written BatchNorms is made on purpose. The
picture shows L along each entry of x, and both claims as tangents: one of them touches.

    python demos/gradient_by_hand.py [--device cuda] [--seed 1] [--out gradient_by_hand.png]

--seed draws other x and dy than those of the text, which are those of seed 0.
"""

# %% L, and its slopes by moving one entry
import matplotlib.pyplot as plt
import numpy as np

from minigan import BatchNorm, Random, to_host
from minigan.arguments import script_parser

H = 1e-5  # the step of the differences


def loss(x):
    """L = Σ dy ∘ y: a scalar whose gradient with respect to y is dy, as backward takes it."""
    y, _ = layer.forward(x)
    return float((dy * y).sum())


def moved(x, i, t):
    """x with t added to its entry i."""
    x = x.copy()
    x[i, 0] += t
    return x


def agreeing_digits(a, b):
    """To how many digits two numbers agree."""
    digits = 0
    while digits < 15 and abs(a - b) <= 0.5 * 10.0**-digits * max(abs(a), abs(b)):
        digits += 1
    return digits


def compare(name, claimed):
    """Print claim and measurement side by side; return the worst agreement in digits."""
    found = [agreeing_digits(a, n) for a, n in zip(claimed, measured, strict=True)]
    print(f"\n{name}\n   i   claimed by backward   measured              digits that agree")
    for i, (a, n, digits) in enumerate(zip(claimed, measured, found, strict=True)):
        print(f"   {i}   {a:+.12f}       {n:+.12f}       {digits}")
    return min(found)


# %% Three numbers through a BatchNorm
args = script_parser(__doc__, seed=True, out="gradient_by_hand.png").parse_args()
rng = Random(args.seed, args.device, dtype="float64")
layer = BatchNorm(1, rng, eps=1e-5)
x, dy = rng.array([[1.0], [2.0], [4.0]]), rng.array([[1.0], [0.0], [3.0]])
if args.seed:
    x, dy = rng.normal((3, 1)), rng.normal((3, 1))
y, cache = layer.forward(x)
for name, column in (("x  =", x), ("y  =", y), ("dy =", dy)):
    print(name, to_host(column).ravel().round(6).tolist())
print(f"y is (x - mean) / √(variance + eps), mean {float(x.mean()):g}, variance {float(x.var()):g}")
print("dy is drawn at will; all ones would hide every mistake, because then L = Σ y = 0 whatever x")
print(f"is, and the true dx is 0. Here L = Σ dy ∘ y = {loss(x):.12f}\n\nmove one entry by ±{H:g}:")
measured = []
for i in range(3):
    up, down = loss(moved(x, i, H)), loss(moved(x, i, -H))
    measured.append((up - down) / (2 * H))
    print(f"   x{i}:  ({up:.12f} - {down:.12f}) / {2 * H:g} = {measured[i]:+.9f}")

# %% What backward claims, and what it would claim if the variance were a constant
dx, _ = layer.backward(dy, cache)
forgotten = (dy - dy.mean()) / (x.var() + layer.eps) ** 0.5
dx, forgotten = to_host(dx)[:, 0], to_host(forgotten)[:, 0]
right = compare("the right formula, γ/s (dy - mean(dy) - x̂ mean(dy ∘ x̂))", dx)
print(f"   and Σ dx = {dx.sum():+.1e}: moving all x together changes nothing")
wrong = compare("without the variance term, γ/s (dy - mean(dy))", forgotten)

# %% The same as a picture: a slope is right where its line touches the curve
figure, panels = plt.subplots(1, 3, figsize=(11, 3.6), sharey=True, layout="constrained")
t = np.linspace(-1, 1, 101)
for i, panel in enumerate(panels):
    here = float(x[i, 0])
    panel.plot(here + t, [loss(moved(x, i, step)) for step in t], "k", label="L")
    panel.plot(here + t, loss(x) + dx[i] * t, "C0", label="slope by backward")
    panel.plot(here + t, loss(x) + forgotten[i] * t, "C3--", label="without the variance term")
    panel.plot(here, loss(x), "ko")
    panel.set(title=f"∂L/∂x{i} = {measured[i]:+.4f}", xlabel=f"x{i}")
figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
figure.savefig(args.out, dpi=90)
print(f"\npicture: {args.out}")
print(f"the right formula agrees to {right} digits, the wrong one to {wrong}")
assert right >= 6, "the backward pass of BatchNorm is wrong"
assert wrong < right - 3, "the planted mistake went unnoticed"
