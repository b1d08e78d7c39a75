"""Proposition 1 of Goodfellow et al. 2014: for a G that stands still, the best D is p / (p + q).

p is the density of the data, q that of the samples. At each x, V is p log D + q log(1 - D), and its
slope in the logit of D is p (1 - D) - q D: zero at D* = p / (p + q). There V = 2 JSD(p‖q) - log 4.

A table, one logit for each of six outcomes, is shown p and q themselves and arrives. A network with
d weights is shown n samples of each of two normal distributions, which keeps it off D*: a family
that contains D* falls short of V by d/2n on average (Wilks), that gap is ∫ (p + q) KL(D*‖D), and
KL ≥ 2 (D - D*)², so the mean of |D - D*| over (p + q)/2 is on average at most √(d/8n).

    python demos/optimal_discriminator.py [--device cuda] [--seed 0] [--out picture.png]
"""

# %% D learns, G stands still
import math

import matplotlib.pyplot as plt
import numpy as np

from minigan import SGD, Adam, Dense, Flatten, Random, Sequential, Tanh, sigmoid, to_host, value
from minigan.arguments import script_parser
from minigan.gan import discriminator_gradient
from minigan.initializers import zeros

X = np.linspace(-5, 7, 601)


def learn(D, optimizer, x, z, points, p, q, steps=600):
    """Ascend V on x and z; return D on the points, and the mean of |D - D*| after each step."""
    errors = []
    for _ in range(steps):
        optimizer.ascend(discriminator_gradient(D, Flatten(), x, z))  # this G returns its z
        d = to_host(sigmoid(D(points)))[:, 0]
        errors.append(np.average(np.abs(d - p / (p + q)), weights=p + q))
    return d, errors


# %% A table: its batches hold each outcome as often as it is probable
def learn_table(rng, counts_p, counts_q):
    """p and q, D, its errors, and V - (2 JSD - log 4)."""
    p, q = counts_p / counts_p.sum(), counts_q / counts_q.sum()
    outcomes = np.eye(6)
    x, z = (rng.array(outcomes.repeat(counts, axis=0)) for counts in (counts_p, counts_q))
    D = Dense(6, 1, rng, W=zeros, bias=False)
    d, errors = learn(D, SGD(D, 2.0), x, z, rng.array(outcomes), p, q)
    JSD = (p * np.log(2 * p / (p + q)) + q * np.log(2 * q / (p + q))).sum() / 2
    return p, q, d, errors, float(value(D(x), D(z))) - (2 * JSD - math.log(4))


# %% A network: N(-1, 1/2²) against N(1, 3/2²)
def normal(mean, std):
    """The density on X."""
    return np.exp(-((X - mean) ** 2) / (2 * std**2)) / (std * math.sqrt(2 * math.pi))


def learn_network(rng, n=10_000):
    """p and q, D, its errors, and √(d/8n)."""
    p, q, x, z = normal(-1, 0.5), normal(1, 1.5), rng.normal((n, 1), 0.5), rng.normal((n, 1), 1.5)
    D = Sequential(Dense(1, 16, rng), Tanh(), Dense(16, 1, rng))
    d, errors = learn(D, Adam(D, 0.05), x - 1, z + 1, rng.array(X[:, None]), p, q)
    return p, q, d, errors, math.sqrt(sum(a.size for a in D.params.values()) / (8 * n))


# %% What is asked for, and both games
args = script_parser(__doc__, seed=True, out="optimal_discriminator.png").parse_args()
rng = Random(args.seed, args.device, dtype="float64")
table = learn_table(rng, np.array([1, 2, 4, 5, 3, 1]), np.array([6, 4, 2, 1, 2, 1]))
network = learn_network(rng)

# %% The picture
figure, axes = plt.subplots(1, 3, figsize=(13, 3.8), layout="constrained")
for panel, points, mark, run in (axes[0], range(6), "o", table), (axes[1], X, ",", network):
    p, q, d, *_ = run
    panel.plot(points, p, f"k{mark}:", ms=4, label="p: data")
    panel.plot(points, q, f"C2{mark}-", ms=4, label="q: samples")
    panel.plot(points, p / (p + q), "C3", lw=4, alpha=0.4, label="D* = p / (p + q)")
    panel.plot(points, d, f"C0{mark}--", label="D, learnt")
axes[2].semilogy(table[3], "C0", label="table")
axes[2].semilogy(network[3], "C1", label="network")
axes[2].axhline(network[4], color="k", ls=":", label="√(d/8n)")
titles = "a table, shown p and q", "a network, shown samples", "mean of |D - D*|, by step"
for panel, title in zip(axes, titles, strict=True):
    panel.set_title(title)
    panel.legend(fontsize="small")
figure.savefig(args.out, dpi=90)

# %% What it claims
print(f"picture: {args.out}")
print(f"table:   mean |D - D*| = {table[3][-1]:.1e}, V - (2 JSD - log 4) = {table[4]:.1e}")
print(f"network: mean |D - D*| = {network[3][-1]:.4f}, √(d/8n) = {network[4]:.4f}")
assert table[3][-1] < 1e-12, "the table is not at p / (p + q)"
assert abs(table[4]) < 1e-13, "V is not at 2 JSD - log 4"
assert network[3][-1] < network[4], "the network is further from D* than its samples explain"
