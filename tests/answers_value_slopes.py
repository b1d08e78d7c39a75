"""Answers to the exercise "value-slopes": right ones, and one for each mistake."""

HEAD = """
def sigma(a):
    e = np.exp(-np.abs(a))
    return np.where(a >= 0, 1, e) / (1 + e)


def slopes(a_real, a_fake):
    m = len(a_real)
"""

RIGHT = [
    HEAD + "    return sigma(-a_real) / m, -sigma(a_fake) / m",
    HEAD + "    D = lambda a: 1 / (1 + np.exp(-a))\n    return D(-a_real) / m, -D(a_fake) / m",
    HEAD + "    return [1 / (1 + np.exp(a_real)) / m, -1 / (1 + np.exp(-a_fake)) / m]",
    "def slopes(a_real, a_fake):\n"
    "    D = lambda a: np.exp(-np.logaddexp(0, -a))\n"
    "    return np.array([[D(-a[0]) / len(a_real)] for a in a_real]), -D(a_fake) / len(a_fake)",
]

WRONG = {
    "the two slopes are exchanged": "return -sigma(a_fake) / m, sigma(-a_real) / m",
    "da_real is D(x)/m, expected (1 - D(x))/m": "return sigma(a_real) / m, -sigma(a_fake) / m",
    "da_fake is -(1 - D)/m, expected -D/m": "return sigma(-a_real) / m, -sigma(-a_fake) / m",
    "da_fake is σ(-a)/m, the slope of data": "return sigma(-a_real) / m, sigma(-a_fake) / m",
    "da_real loses its digits where it is tiny: 1 - σ(40) is 0, and σ(-40) is not.": (
        "return (1 - 1 / (1 + np.exp(-a_real))) / m, -1 / (1 + np.exp(-a_fake)) / m"
    ),
    "da_real loses its digits": "return (1 - sigma(a_real)) / m, -sigma(a_fake) / m",
    "da_fake loses its digits where it is tiny": (
        "return sigma(-a_real) / m, -(1 - 1 / (1 + np.exp(a_fake))) / m"
    ),
    "is not. da_fake loses its digits": (
        "D = lambda a: 0.5 + 0.5 * np.tanh(a / 2)\n    return (1 - D(a_real)) / m, -D(a_fake) / m"
    ),
    "da_real is far too large where it is tiny: a clipped logit": (
        "return sigma(-np.clip(a_real, -20, 20)) / m, -sigma(a_fake) / m"
    ),
    "da_fake is far too large where it is tiny": (
        "return sigma(-a_real) / m, -(sigma(a_fake) + 1e-8) / m"
    ),
    "the slopes are those in D": "D, E = sigma(a_real), sigma(a_fake)\n"
    "    return 1 / (m * D), 1 / (m * (E - 1))",
    "the factor D (1 - D) of the sigmoid is in the slopes twice": (
        "p, q = sigma(a_real), sigma(a_fake)\n"
        "    return p * (1 - p) ** 2 / m, -(q**2) * (1 - q) / m"
    ),
    "both are the slope of the sigmoid": (
        "return sigma(a_real) * sigma(-a_real) / m, -sigma(a_fake) * sigma(-a_fake) / m"
    ),
    "V is descended": "return (sigma(a_real) - 1) / m, sigma(a_fake) / m",
    "the 1/m of the two means is missing": "return sigma(-a_real), -sigma(a_fake)",
    "da_fake has the wrong sign": "return sigma(-a_real) / m, sigma(a_fake) / m",
    "da_real has entries that are no numbers": (
        "return np.exp(-a_real) / (1 + np.exp(-a_real)) / m, -sigma(a_fake) / m"
    ),
    "da_real is 2 times what it should be": "return 2 * sigma(-a_real) / m, -sigma(a_fake) / m",
}
WRONG = {words: f"{HEAD}    {body}" for words, body in WRONG.items()}
