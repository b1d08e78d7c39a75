"""Answers to the exercise "leaky-relu": right ones, and one for each mistake."""

HEAD = "def backward(dy, x, alpha):\n    return "

RIGHT = [
    HEAD + "np.where(x > 0, dy, alpha * dy)",
    HEAD + "dy * (alpha + (1 - alpha) * (x > 0))",
    "def backward(dy, x, alpha):\n    dx = dy.copy()\n    dx[x <= 0] *= alpha\n    return dx",
]

WRONG = {
    "at x = 0 the slope is 1": "np.where(x >= 0, dy, alpha * dy)",
    "at x = 0 the slope is the middle": "dy * ((1 + alpha) / 2 + (1 - alpha) / 2 * np.sign(x))",
    "at x = 0 the slope is 0": "dy * ((x > 0) + alpha * (x < 0))",
    "this is ReLU's backward": "np.where(x > 0, dy, 0)",
    "the two sides are exchanged": "np.where(x > 0, alpha * dy, dy)",
    "the sign of dy decides": "np.maximum(dy, alpha * dy)",
    "dy is missing": "np.where(x > 0, 1.0, alpha)",
    "this is the forward pass": "np.maximum(x, alpha * x)",
    "dy is multiplied with y": "dy * np.maximum(x, alpha * x)",
    "dx has the wrong sign": "-dy * np.where(x > 0, 1, alpha)",
}
WRONG = {words: HEAD + body for words, body in WRONG.items()}
WRONG["backward changes one of its arguments"] = (
    "def backward(dy, x, alpha):\n    dy[x <= 0] *= alpha\n    return dy"
)
