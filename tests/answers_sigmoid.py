"""Answers to the exercise "sigmoid": right ones, and one for each mistake."""

HEAD = """
def s(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


def backward(dy, x):
    y = s(x)
    return """

RIGHT = [
    HEAD + "dy * y * s(-x)",
    "def backward(dy, x):\n    e = np.exp(-np.abs(x))\n    return dy * e / (1 + e) ** 2",
    "def backward(dy, x):\n    return dy / 4 / np.cosh(x / 2) ** 2",
]

WRONG = {
    "the slope is σ (1 + σ)": "dy * y * (1 + y)",
    "the slope is σ: expected": "dy * y",
    "the slope is 1 - σ": "dy * s(-x)",
    "the slope is σ (1 - σ) twice": "dy * y * y * s(-x) * s(-x)",
    "the slope is x (1 - x)": "dy * x * (1 - x)",
    "the slope is 1 - y²": "dy * (1 - y) * (1 + y)",
    "dy is missing": "y * (1 - y)",
    "the slope dies where σ rounds to 1": "dy * y * (1 - y)",
    "dx has the wrong sign": "dy * y * (s(x) - 1)",
}
WRONG = {words: HEAD + body for words, body in WRONG.items()}
