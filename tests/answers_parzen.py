"""Answers to the exercise "parzen": right ones, and one for each mistake."""

HEAD = """
def mean_exp(t):
    top = t.max(axis=1, keepdims=True)
    return top[:, 0] + np.log(np.mean(np.exp(t - top), axis=1))


def log_density(x, centres, sigma):
    n, d = centres.shape
    r2 = ((x[:, None, :] - centres[None, :, :]) ** 2).sum(axis=-1)
    t, norm = -r2 / (2 * sigma**2), d * np.log(sigma * np.sqrt(2 * np.pi))
    """

RIGHT = [
    HEAD + "return mean_exp(t) - norm",
    HEAD
    + "return np.logaddexp.reduce(t, axis=1) - np.log(n) - d / 2 * np.log(2 * np.pi * sigma**2)",
    "def log_density(x, centres, sigma):\n"
    "    found = []\n"
    "    for row in x:\n"
    "        t = [-sum(((row - c) / sigma) ** 2) / 2 for c in centres]\n"
    "        s = sum(np.exp(one - max(t)) for one in t) / len(t)\n"
    "        norm = len(row) * (np.log(sigma) + np.log(2 * np.pi) / 2)\n"
    "        found.append(max(t) + np.log(s) - norm)\n"
    "    return found",
]

WRONG = {
    "σ is taken for a variance in the exponent:": "return mean_exp(-r2 / (2 * sigma)) - norm",
    "σ is taken for a variance, in the exponent and in the norm": (
        "return mean_exp(-r2 / (2 * sigma)) - d * np.log(np.sqrt(2 * np.pi * sigma))"
    ),
    "the exponent lacks its 1/2": "return mean_exp(-r2 / sigma**2) - norm",
    "the distance in the exponent is not squared": (
        "return mean_exp(-np.sqrt(r2) / (2 * sigma**2)) - norm"
    ),
    "the distance is a mean over the d directions": "return mean_exp(t / d) - norm",
    "the norm d log(σ √(2π)) is added": "return mean_exp(t) + norm",
    "the norm lacks σ": "return mean_exp(t) - d / 2 * np.log(2 * np.pi)",
    "σ is taken for a variance in the norm": (
        "return mean_exp(t) - d * np.log(np.sqrt(2 * np.pi * sigma))"
    ),
    "log n is added": "return np.logaddexp.reduce(t, axis=1) + np.log(n) - norm",
    "log m is subtracted": "return np.logaddexp.reduce(t, axis=1) - np.log(len(x)) - norm",
    "the largest exponent is taken out of the sum, and not added": (
        "return mean_exp(t - t.max(axis=1, keepdims=True)) - norm"
    ),
    "only the largest bump is kept: expected": "return t.max(axis=1) - np.log(n) - norm",
    "only the largest bump is kept, and not divided": "return t.max(axis=1) - norm",
    "the exponents are held at -700": (
        "return np.log(np.exp(np.maximum(t, -700)).mean(axis=1)) - norm"
    ),
    "the exponents are held at -500": "return mean_exp(np.clip(t, -500, None)) - norm",
    "log p is a mean of logarithms": "return t.mean(axis=1) - norm",
    "the mean is over the examples": "return mean_exp(t.T) - norm",
    "log p is p, without the logarithm": "return np.exp(mean_exp(t) - norm)",
    "log n is missing": "return mean_exp(t) + np.log(n) - norm",
    "the norm is that of one dimension": "return mean_exp(t) - norm / d",
    "the norm d log(σ √(2π)) is missing": "return mean_exp(t)",
    "the norm is twice what it should be": "return mean_exp(t) - d * np.log(2 * np.pi * sigma**2)",
    "log p is in bits": "return (mean_exp(t) - norm) / np.log(2)",
    "log p is averaged over the examples": "return np.mean(mean_exp(t) - norm)",
    "1e-08 is added inside the logarithm": ("return np.log(np.exp(t - norm).mean(axis=1) + 1e-8)"),
    "1e-12 is added inside the logarithm": ("return np.log(np.exp(t - norm).mean(axis=1) + 1e-12)"),
    "1e-300 is added inside the logarithm": (
        "return np.log(np.exp(t - norm).mean(axis=1) + 1e-300)"
    ),
    "log p has entries that are no numbers": "return np.log(np.exp(t - norm).mean(axis=1))",
    "the logarithm of 0 is taken": "return np.log(np.exp(t).sum(axis=1)) - np.log(n) - norm",
    "log p has one axis too many": "return (mean_exp(t) - norm)[:, None]",
}
WRONG = {words: HEAD + body for words, body in WRONG.items()}
