"""Answers to the exercise "minibatch": right ones, and one for each mistake."""

HEAD = """
def backward(do, M):
    d = M[:, None] - M[None, :]
    s, c = np.sign(d), np.exp(-abs(d).sum(-1))
    return """

RIGHT = [
    HEAD + "-(((do[:, None] + do) * c)[..., None] * s).sum(1)",
    """
def backward(do, M):
    dM = np.zeros(M.shape)
    for i, a in enumerate(M):
        for j, b in enumerate(M):
            pull = do[i] * np.exp(-np.abs(a - b).sum()) * np.sign(a - b)
            dM[i] -= pull
            dM[j] += pull
    return dM
""",
]

WRONG = {
    "the others' sums are missing": "-((do[:, None] * c)[..., None] * s).sum(1)",
    "example i's own sum is missing": "-((do * c)[..., None] * s).sum(1)",
    "the parts of the others have the wrong sign": (
        "-(((do[:, None] - do) * c)[..., None] * s).sum(1)"
    ),
    "the exponential is missing": "-((do[:, None] + do)[..., None] * s).sum(1)",
    "the sign is missing": ("-(((do[:, None] + do) * c)[..., None] * np.ones(s.shape)).sum(1)"),
    "the difference stands where its sign belongs": (
        "-(((do[:, None] + do) * c)[..., None] * d).sum(1)"
    ),
    "each number of a row has an exponential": (
        "-((do[:, None] + do)[..., None] * np.exp(-abs(d)) * s).sum(1)"
    ),
    "the distance is the sum of squares": (
        "-(((do[:, None] + do) * np.exp(-(d * d).sum(-1)))[..., None] * 2 * d).sum(1)"
    ),
    "example i's own sum is counted twice": "-2 * ((do[:, None] * c)[..., None] * s).sum(1)",
    "the minus of the exponent is missing": "(((do[:, None] + do) * c)[..., None] * s).sum(1)",
    "or the difference is taken the other way round": (
        "-(((do[:, None] + do) * c)[..., None] * np.sign(M[None] - M[:, None])).sum(1)"
    ),
    "dM is 2 times what it should be": "-2 * (((do[:, None] + do) * c)[..., None] * s).sum(1)",
}
WRONG = {words: HEAD + body for words, body in WRONG.items()}
