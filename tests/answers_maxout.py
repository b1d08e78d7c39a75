"""Answers to the exercise "maxout": right ones, and one for each mistake."""

HEAD = "def backward(dy, z):\n    return "

RIGHT = [
    HEAD + "dy[:, None] * (np.arange(z.shape[1])[:, None] == z.argmax(1)[:, None])",
    """
def backward(dy, z):
    dz = np.zeros_like(z)
    np.put_along_axis(dz, np.argmax(z, axis=1)[:, None, :], dy[:, None, :], axis=1)
    return dz
""",
]

WRONG = {
    "all of several equal pieces get dy": "np.where(z >= z.max(1)[:, None], dy[:, None], 0)",
    "of equal pieces the last wins": (
        "(np.arange(z.shape[1])[:, None] == z.shape[1] - 1 - z[:, ::-1].argmax(1)[:, None]) "
        "* dy[:, None]"
    ),
    "equal pieces share dy": (
        "np.where(z == z.max(1)[:, None], dy[:, None], 0)"
        " / (z == z.max(1)[:, None]).sum(1)[:, None]"
    ),
    "every piece gets dy": "np.repeat(dy[:, None], z.shape[1], axis=1)",
    "dy is spread evenly over the pieces": (
        "np.repeat(dy[:, None], z.shape[1], axis=1) / z.shape[1]"
    ),
    "the smallest piece gets dy": "np.where(z == z.min(1)[:, None], dy[:, None], 0)",
    "the largest of the units gets dy": "np.where(z == z.max(2)[:, :, None], dy[:, None], 0)",
    "the winner gets its own value times dy": (
        "np.where(z == z.max(1)[:, None], z * dy[:, None], 0)"
    ),
    "dy is missing: this is the slope alone": "1.0 * (z == z.max(1)[:, None])",
    "dz has the wrong sign": "-dy[:, None] * (z == z.max(1)[:, None])",
}
WRONG = {words: HEAD + body for words, body in WRONG.items()}
