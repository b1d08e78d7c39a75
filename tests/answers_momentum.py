"""Answers to the exercise "momentum": right ones, and one for each mistake."""

HEAD = "def descend(theta, g, v, alpha, mu):\n    "

RIGHT = [
    HEAD + "v = mu * v - alpha * g\n    return theta + v, v",
    HEAD + "both = np.stack([theta, np.zeros_like(v)]) + (mu * v - g * alpha)\n"
    "    return both[0], both[1]",
]

WRONG = {
    "the step is uphill": "v = mu * v + alpha * g\n    return theta + v, v",
    "theta is moved by the old velocity": "return theta + v, mu * v - alpha * g",
    "the velocity is subtracted, though": "v = mu * v - alpha * g\n    return theta - v, v",
    "the velocity is not decayed": "v = v - alpha * g\n    return theta + v, v",
    "the velocity is forgotten": "v = -alpha * g\n    return theta + v, v",
    "the gradient is damped by 1 - mu": (
        "v = mu * v - (1 - mu) * alpha * g\n    return theta + v, v"
    ),
    "the gradient is not multiplied by alpha": "v = mu * v - g\n    return theta + v, v",
    "the velocity is not used": "return theta - alpha * g, v",
    "the velocity points uphill and is subtracted": (
        "v = mu * v + alpha * g\n    return theta - v, v"
    ),
    "alpha multiplies the whole velocity": "v = mu * v + g\n    return theta - alpha * v, v",
    "this is Nesterov's step": ("v = mu * v - alpha * g\n    return theta + mu * v - alpha * g, v"),
    "alpha multiplies twice": "v = mu * v - alpha * g\n    return theta + alpha * v, v",
    "the velocity is a mean of the gradients": (
        "v = mu * v + (1 - mu) * g\n    return theta - alpha * v, v"
    ),
    "1 - mu of the velocity stays": "v = (1 - mu) * v - alpha * g\n    return theta + v, v",
    "mu multiplies the gradient: ": "v = v - mu * alpha * g\n    return theta + v, v",
    "mu multiplies the gradient, too": "v = mu * (v - alpha * g)\n    return theta + v, v",
    "the velocity that is returned is the old one": "return theta + mu * v - alpha * g, v",
    "the velocity that is returned lacks the step": (
        "v = mu * v\n    theta = theta + v - alpha * g\n    return theta, v"
    ),
    "the gradient is taken twice": "v = mu * v - alpha * g\n    return theta + v - alpha * g, v",
    "descend changes one of its arguments": (
        "v *= mu\n    v -= alpha * g\n    return theta + v, v"
    ),
}
WRONG = {words: HEAD + body for words, body in WRONG.items()}
