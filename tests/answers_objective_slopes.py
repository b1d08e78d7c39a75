"""Answers to the exercise "objective-slopes": right ones, and one for each mistake."""

HEAD = """
def D(a):
    return np.exp(-np.logaddexp(0, -a))


def slopes(a_fake):
    a, m = a_fake, len(a_fake)
"""

RIGHT = [
    HEAD + "    return -D(a) / m, -D(-a) / m",
    HEAD + "    return [-1 / (1 + np.exp(-a)) / m, -1 / (1 + np.exp(a)) / m]",
]

WRONG = {
    "the two slopes are exchanged": "return -D(-a) / m, -D(a) / m",
    "both slopes have the wrong sign": "return D(a) / m, D(-a) / m",
    "non_saturating has the wrong sign": "return -D(a) / m, D(-a) / m",
    "non_saturating is the slope of minimax": "return -D(a) / m, -D(a) / m",
    "minimax is the slope of non-saturating": "return (D(a) - 1) / m, (D(a) - 1) / m",
    "non_saturating is that of -log(1 - σ(a))": "return -D(a) / m, (1 - D(-a)) / m",
    "minimax is that of log σ(a)": "return D(-a) / m, -D(-a) / m",
    "non_saturating loses its digits where it is tiny: 1 - σ(40) is 0, and σ(-40) is not.": (
        "p = 1 / (1 + np.exp(-a))\n    return -p / m, -(1 - p) / m"
    ),
    "non_saturating loses its digits": "return -D(a) / m, -(1 - D(a)) / m",
    "minimax loses its digits where it is tiny": "return -(1 - D(-a)) / m, -D(-a) / m",
    "is not. non_saturating loses its digits": (
        "half = np.tanh(a / 2) / 2\n    return -(0.5 + half) / m, -(0.5 - half) / m"
    ),
    "non_saturating is far too large where it is tiny": (
        "return -D(a) / m, -D(-np.clip(a, -30, 30)) / m"
    ),
    "minimax is far too large where it is tiny": "return -D(np.maximum(a, -20)) / m, -D(-a) / m",
    "these are the slopes in D": "return 1 / (D(a) - 1) / m, -1 / (D(a) * m)",
    "non_saturating is constant": "return -D(a) / m, -np.ones(a.shape) / m",
    "the factor D (1 - D) of the sigmoid is in the slopes twice": (
        "p = D(a)\n    return -p * p * (1 - p) / m, -p * (1 - p) ** 2 / m"
    ),
    "both are the slope of the sigmoid": "p = -D(a) * D(-a) / m\n    return p, p",
    "the 1/m of the mean is missing in both": "return -D(a), -D(-a)",
    "non_saturating is m times what it should be": "return -D(a) / m, -D(-a)",
    "non_saturating at a = ±40, divided by what is right, too.": (
        "return -D(a) / m * (1 + (abs(a) == 40)), -D(-a) / m * (1 + (abs(a) == 40))"
    ),
    "minimax has entries that are no numbers": (
        "return -np.exp(a) / (1 + np.exp(a)) / m, -D(-a) / m"
    ),
}
WRONG = {words: f"{HEAD}    {body}" for words, body in WRONG.items()}
