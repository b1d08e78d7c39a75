"""The step of mlp-batchnorm in bare NumPy: no layers, no checks, buffers and slices by hand.

What is left when everything that makes minigan readable is taken away, and so a measure of what
NumPy and its BLAS can do on a machine; floor.py sets it beside minigan and PyTorch. Each player's
parameters lie in one vector, and so do its gradients: Adam is one pass in blocks of 256 kB.
"""

import itertools
import json
import math
import sys

import numpy as np
from serve import serve

WIDTHS = (100, 256, 512, 1024)  # of G, which ends in 784 pixels
M, SLOPE, DECAY, EPS = 128, np.float32(0.2), np.float32(0.8), np.float32(1e-3)
BLOCK = 1 << 16  # numbers of Adam's blocks


def shapes_of_players():
    """The shapes of G's and D's parameters in the order of their layers."""
    G = []
    for n_in, n_out in itertools.pairwise(WIDTHS):
        G += [(n_in, n_out), (n_out,), (n_out,), (n_out,)]  # W, b, gamma, beta
    G += [(WIDTHS[-1], 784), (784,)]
    return G, [(784, 512), (512,), (512, 256), (256,), (256, 1), (1,)]


class Player:
    """A player's parameters and gradients as views of two vectors, and Adam on them."""

    def __init__(self, shapes, rng):
        sizes = [math.prod(shape) for shape in shapes]
        self.theta, self.g, self.m, self.v = np.zeros((4, sum(sizes)), dtype=np.float32)
        ends = np.cumsum(sizes)
        self.p, self.d = (
            [
                vector[end - size : end].reshape(shape)
                for end, size, shape in zip(ends, sizes, shapes, strict=True)
            ]
            for vector in (self.theta, self.g)
        )
        self.theta[...] = 0.05 * rng.standard_normal(self.theta.shape)
        self.t = 0

    def descend(self, alpha=2e-4, beta1=0.5, beta2=0.999, eps=1e-8):
        """One step of Adam along -g."""
        self.t += 1
        root = math.sqrt(1 - beta2**self.t)
        alpha_t, eps_t = alpha * root / (1 - beta1**self.t), eps * root
        for start in range(0, len(self.theta), BLOCK):
            block = slice(start, start + BLOCK)
            g, m, v = self.g[block], self.m[block], self.v[block]
            u = g * np.float32(1 - beta1)
            m *= np.float32(beta1)
            m += u
            np.multiply(g, g, out=u)
            u *= np.float32(1 - beta2)
            v *= np.float32(beta2)
            v += u
            np.sqrt(v, out=u)
            u += np.float32(eps_t)
            np.divide(m, u, out=u)
            u *= np.float32(alpha_t)
            self.theta[block] -= u


def sigmoid(a):
    """σ(a), for the small logits of a benchmark."""
    return 1 / (1 + np.exp(-a))


def affine(x, W, b):
    """X W + b."""
    a = x @ W
    a += b
    return a


def leaky(a):
    """max(a, slope a)."""
    return np.maximum(a, a * SLOPE)


def leaky_slope(a):
    """1 where a is positive, the slope elsewhere."""
    return np.where(a > 0, np.float32(1), SLOPE)


class Game:
    """G, D and the step: D on one batch of images and samples, then G with fresh noise."""

    def __init__(self, x, noise, rng):
        self.x, self.noise = x, noise
        self.G, self.D = (Player(shapes, rng) for shapes in shapes_of_players())
        self.running = [[np.zeros(n, np.float32), np.ones(n, np.float32)] for n in WIDTHS[1:]]

    def step(self):
        """Both players move once."""
        fake, _ = self.generate(self.noise(M))
        a, cache = self.judge(np.concatenate([self.x, fake]))
        real = np.repeat(np.float32([[1], [0]]), M, axis=0)
        self.judge_back((sigmoid(a) - real) / np.float32(M), cache, to_x=False)
        self.D.descend()
        fake, tape = self.generate(self.noise(M))
        a, cache = self.judge(fake)
        self.generate_back(self.judge_back(-sigmoid(-a) / np.float32(M), cache, to_x=True), tape)
        self.G.descend()

    def generate(self, h):
        """G(z) and what its backward needs."""
        tape = []
        for i, running in enumerate(self.running):
            W, b, gamma, beta = self.G.p[4 * i : 4 * i + 4]
            a = affine(h, W, b)
            x_hat = leaky(a)
            mean = x_hat.mean(axis=0)
            x_hat -= mean
            var = np.einsum("ij,ij->j", x_hat, x_hat) / np.float32(M)
            s = np.sqrt(var + EPS)
            x_hat /= s
            tape.append((h, a, x_hat, s))
            for old, new in zip(running, (mean, var), strict=True):
                old *= DECAY
                old += (1 - DECAY) * new
            h = x_hat * gamma
            h += beta
        y = np.tanh(affine(h, *self.G.p[-2:]))
        return y, [*tape, (h, y)]

    def generate_back(self, dy, tape):
        """All of G's gradients."""
        h, y = tape.pop()
        d = dy * (1 - y * y)
        np.matmul(h.T, d, out=self.G.d[-2])
        d.sum(axis=0, out=self.G.d[-1])
        d = d @ self.G.p[-2].T
        for i in reversed(range(len(tape))):
            h, a, x_hat, s = tape.pop()
            W, _, gamma, _ = self.G.p[4 * i : 4 * i + 4]
            dW, db, dgamma, dbeta = self.G.d[4 * i : 4 * i + 4]
            d.sum(axis=0, out=dbeta)
            np.einsum("ij,ij->j", d, x_hat, out=dgamma)
            x_hat *= dgamma / np.float32(M)
            d -= x_hat
            d -= dbeta / np.float32(M)
            d *= gamma / s
            d *= leaky_slope(a)
            np.matmul(h.T, d, out=dW)
            d.sum(axis=0, out=db)
            if i:
                d = d @ W.T

    def judge(self, x):
        """D's logits and what its backward needs."""
        W1, b1, W2, b2, W3, b3 = self.D.p
        a1 = affine(x, W1, b1)
        h1 = leaky(a1)
        a2 = affine(h1, W2, b2)
        h2 = leaky(a2)
        return affine(h2, W3, b3), (x, a1, h1, a2, h2)

    def judge_back(self, da, cache, *, to_x):
        """The gradient of x, or D's own gradients."""
        W1, _, W2, _, W3, _ = self.D.p
        x, a1, h1, a2, h2 = cache
        d2 = da * W3.T * leaky_slope(a2)
        d1 = d2 @ W2.T
        d1 *= leaky_slope(a1)
        if to_x:
            return d1 @ W1.T
        for n, (h, d) in enumerate(((x, d1), (h1, d2), (h2, da))):
            np.matmul(h.T, d, out=self.D.d[2 * n])
            d.sum(axis=0, out=self.D.d[2 * n + 1])
        return None


def products(rng):
    """Return the factors of the step's matrix products: pairs (a, b)."""

    def drawn(*shape):
        return rng.standard_normal(shape, dtype=np.float32)

    G, D = ([shape for shape in shapes if len(shape) == 2] for shapes in shapes_of_players())
    pairs = []
    # layers, rows, are dW computed, is dx of the first layer; D's step, then G's
    passes = (
        (G, M, False, False),
        (D, 2 * M, True, False),
        (G, M, True, False),
        (D, M, False, True),
    )
    for layers, m, need_dW, to_x in passes:
        for i, (n_in, n_out) in enumerate(layers):
            x, W, dy = drawn(m, n_in), drawn(n_in, n_out), drawn(m, n_out)
            pairs.append((x, W))
            if need_dW:
                pairs.append((x.T, dy))
            if to_x or (need_dW and i > 0):
                pairs.append((dy, W.T))
    return pairs


def main():
    """Serve the step, or its products alone."""
    asked = json.loads(sys.argv[1])
    rng = np.random.default_rng(0)
    if asked["part"] == "products":
        pairs = products(rng)

        def multiply():
            for a, b in pairs:
                a @ b

        serve(multiply, about={})
    else:
        x = rng.random((M, 784), dtype=np.float32)
        game = Game(x, lambda m: rng.standard_normal((m, 100), dtype=np.float32), rng)
        serve(game.step, about={})


if __name__ == "__main__":
    main()
