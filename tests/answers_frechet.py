"""Answers to the exercise "frechet": right ones, and one for each mistake."""

HEAD = """
def frechet(x, y):
    a, b = x.mean(axis=0), y.mean(axis=0)
    u, v = x.var(axis=0, ddof=1), y.var(axis=0, ddof=1)
    s, t = u**0.5, v**0.5
    """

RIGHT = [
    HEAD + "return ((a - b) ** 2).sum() + ((s - t) ** 2).sum()",
    HEAD + "return ((a - b) @ (a - b)) + np.sum(u + v - 2 * np.sqrt(u * v))",
    "def frechet(x, y):\n"
    "    F = 0.0\n"
    "    for one, other in zip(x.T, y.T):\n"
    "        C, E = float(np.cov(one)), float(np.cov(other))\n"
    "        F += (sum(one) / len(one) - sum(other) / len(other)) ** 2\n"
    "        F += C + E - 2 * (C * E) ** 0.5\n"
    "    return np.array(F)",
    HEAD + "return [sum((p - q) ** 2 + (g - h) ** 2 for p, q, g, h in zip(a, b, s, t))][0]",
]

WRONG = {
    "the variances are subtracted": "return ((a - b) ** 2 + (u - v) ** 2).sum()",
    "the product under 2 σ₁σ₂ is one of variances": (
        "return ((a - b) ** 2 + u + v - 2 * u * v).sum()"
    ),
    "σ₁σ₂ is subtracted once": "return ((a - b) ** 2 + u + v - s * t).sum()",
    "the standard deviations are added": "return ((a - b) ** 2 + (s + t) ** 2).sum()",
    "it is the difference of the variances": "return ((a - b) ** 2 + np.abs(u - v)).sum()",
    "the root is taken of σ₁σ₂": "return ((a - b) ** 2 + u + v - 2 * np.sqrt(s * t)).sum()",
    "the covariances are in it": (
        "C, E = np.cov(x, rowvar=False), np.cov(y, rowvar=False)\n"
        "    roots = np.sqrt(np.maximum(np.linalg.eigvals(C @ E).real, 0)).sum()\n"
        "    return ((a - b) ** 2).sum() + np.trace(C) + np.trace(E) - 2 * roots"
    ),
    "the distance of the standard deviations is not squared": (
        "return ((a - b) ** 2).sum() + np.linalg.norm(s - t)"
    ),
    "neither distance is squared": "return np.linalg.norm(a - b) + np.linalg.norm(s - t)",
    "the differences are not squared": "return np.abs(a - b).sum() + np.abs(s - t).sum()",
    "the differences are summed and then squared": "return sum(a - b) ** 2 + sum(s - t) ** 2",
    "the differences of the means are summed and then squared": (
        "return (a - b).sum() ** 2 + ((s - t) ** 2).sum()"
    ),
    "the differences of the standard deviations are summed and then squared": (
        "return ((a - b) ** 2).sum() + (s - t).sum() ** 2"
    ),
    "nothing is subtracted from σ₁² + σ₂²": "return ((a - b) ** 2 + u + v).sum()",
    "the distance of the means is not squared": (
        "return np.linalg.norm(a - b) + ((s - t) ** 2).sum()"
    ),
    "the differences of the means are not squared": ("return (np.abs(a - b) + (s - t) ** 2).sum()"),
    "the differences of the standard deviations are not squared": (
        "return ((a - b) ** 2 + np.abs(s - t)).sum()"
    ),
    "the term of the means is missing": "return ((s - t) ** 2).sum()",
    "the term of the standard deviations is missing": "return ((a - b) ** 2).sum()",
    "F is its own root": "return (((a - b) ** 2).sum() + ((s - t) ** 2).sum()) ** 0.5",
    "F is a mean over the numbers of an example": "return ((a - b) ** 2 + (s - t) ** 2).mean()",
    "the variances are by 1/n": "return ((a - b) ** 2 + (x.std(0) - y.std(0)) ** 2).sum()",
    "all numbers of the examples are thrown together": (
        "return (x.mean() - y.mean()) ** 2 + (x.std(ddof=1) - y.std(ddof=1)) ** 2"
    ),
    "the means and deviations are those of each example": (
        "a, b = x.mean(axis=1), y.mean(axis=1)\n"
        "    s, t = x.std(axis=1, ddof=1), y.std(axis=1, ddof=1)\n"
        "    return ((a - b) ** 2 + (s - t) ** 2).sum()"
    ),
    "F has a number for each column": "return (a - b) ** 2 + (s - t) ** 2",
    "F has one axis too many": "return ((a - b) ** 2 + (s - t) ** 2).sum(keepdims=True)",
    "in a way that is no mistake I know": "return ((a - b) ** 2 + (s - t) ** 2).sum() ** 3",
    "F has the wrong sign": "return -((a - b) ** 2 + (s - t) ** 2).sum()",
}
WRONG = {words: HEAD + body for words, body in WRONG.items()}
