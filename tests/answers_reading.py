"""Answers to the exercise "reading": right ones, and one for each mistake."""

HEAD = """
def zeta(a):
    return np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a)))


def sigma(a):
    return np.exp(-zeta(-a))


def reading(a, b):
    D, E = sigma(a), sigma(b)
    V = -zeta(-a).mean() - zeta(b).mean()
    p, q = D.mean(), E.mean()
    accuracy = ((a > 0).mean() + (b < 0).mean()) / 2
    bound = (V + np.log(4)) / 2
    """

RIGHT = [
    HEAD + "return V, p, q, accuracy, bound",
    HEAD + "return [V, p, q, accuracy, bound]",
    "def reading(a_real, a_fake):\n"
    "    V, m = 0.0, len(a_real)\n"
    "    for real, fake in zip(a_real[:, 0], a_fake[:, 0]):\n"
    "        V -= (np.logaddexp(0, -real) + np.logaddexp(0, fake)) / m\n"
    "    D = lambda a: (0.5 + 0.5 * np.tanh(a / 2)).sum() / m\n"
    "    hits = np.concatenate([a_real > 0, a_fake < 0]).mean()\n"
    "    return V, D(a_real), D(a_fake), hits, np.log(2) + V / 2",
]

V = "V = {}\n    bound = (V + np.log(4)) / 2\n    return V, p, q, accuracy, bound"
WRONG = {
    "V has the wrong sign": V.format("-V"),
    "V is halved": V.format("-np.concatenate([zeta(-a), zeta(b)]).mean()"),
    "V is in bits": ("V = V / np.log(2)\n    return V, p, q, accuracy, (V + np.log2(4)) / 2"),
    "V is of means": V.format("np.log(D.mean()) + np.log(1 - E.mean())"),
    "V has 1e-08 inside its logarithms": V.format(
        "np.log(D + 1e-8).mean() + np.log(1 - E + 1e-8).mean()"
    ),
    "V has 1e-07 inside its logarithms": V.format(
        "np.log(D + 1e-7).mean() + np.log(1 - E + 1e-7).mean()"
    ),
    "V has 1e-12 inside its logarithms": V.format(
        "np.log(D + 1e-12).mean() + np.log(1 - E + 1e-12).mean()"
    ),
    "data and samples are exchanged: a_real comes first": (
        "V = -zeta(-b).mean() - zeta(a).mean()\n"
        "    return V, q, p, ((b > 0).mean() + (a < 0).mean()) / 2, (V + np.log(4)) / 2"
    ),
    "data and samples are exchanged in V": V.format("-zeta(-b).mean() - zeta(a).mean()"),
    "log D(G(z)) stands in V": V.format("-zeta(-a).mean() - zeta(-b).mean()"),
    "V has - log(1 - D(G(z)))": V.format("-zeta(-a).mean() + zeta(b).mean()"),
    "V is a sum over the logits": V.format("-zeta(-a).sum() - zeta(b).sum()"),
    "V is its first term alone": V.format("-zeta(-a).mean()"),
    "V is its second term alone": V.format("-zeta(b).mean()"),
    "the results are V, D_fake, D_real, accuracy, bound, expected": (
        "return V, q, p, accuracy, bound"
    ),
    "D_real is m times what it should be: the 1/m of the mean is missing. D_fake, too.": (
        "return V, D.sum(), E.sum(), accuracy, bound"
    ),
    "accuracy is m times": "return V, p, q, ((a > 0).sum() + (b < 0).sum()) / 2, bound",
    "accuracy is a count": "return V, p, q, (a > 0).sum() + (b < 0).sum(), bound",
    "V has entries that are no numbers": V.format("np.log(D).mean() + np.log(1 - E).mean()"),
    "D_real and D_fake are σ of the mean logit": (
        "return V, sigma(a.mean()), sigma(b.mean()), accuracy, bound"
    ),
    "D_fake is 1 - D(G(z))": "return V, p, 1 - q, accuracy, bound",
    "accuracy counts a sample as right where D takes it for data": (
        "return V, p, q, np.concatenate([a > 0, b > 0]).mean(), bound"
    ),
    "accuracy compares the logit with 1/2": (
        "return V, p, q, np.concatenate([a > 0.5, b < 0.5]).mean(), bound"
    ),
    "accuracy is that on data alone": "return V, p, q, (a > 0).mean(), bound",
    "accuracy is that on samples alone": "return V, p, q, (b < 0).mean(), bound",
    "accuracy is r_x + r_z, the sum": "return V, p, q, 2 * accuracy, bound",
    "accuracy is r_x + r_z - 1, the bound": "return V, p, q, 2 * accuracy - 1, bound",
    "accuracy is r_x r_z, the product": "return V, p, q, (a > 0).mean() * (b < 0).mean(), bound",
    "accuracy is the share of mistakes": "return V, p, q, 1 - accuracy, bound",
    "bound is twice what it should be": "return V, p, q, accuracy, V + np.log(4)",
    "bound has -log 4": "return V, p, q, accuracy, (V - np.log(4)) / 2",
    "bound is 1 + V": "return V, p, q, accuracy, 1 + V",
    "bound has 1 in the place of log 4": "return V, p, q, accuracy, (1 + V) / 2",
    "bound has log 2 in the place of log 4": "return V, p, q, accuracy, (V + np.log(2)) / 2",
    "bound is a share of the largest JSD": "return V, p, q, accuracy, 1 + V / np.log(4)",
    "bound is cut off at 0": "return V, p, q, accuracy, max(0.0, bound)",
}
WRONG = {words: HEAD + body for words, body in WRONG.items()}
