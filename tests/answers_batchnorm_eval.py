"""Answers to the exercise "batchnorm-eval": right ones, and one for each mistake."""

HEAD = """
def backward(dy, x, gamma, mean, var, eps):
    s = np.sqrt(var + eps)
    h = (x - mean) / s
    dgamma, dbeta = np.sum(dy * h, axis=0), np.sum(dy, axis=0)
"""
BATCH = "    b = (x - x.mean(0)) / np.sqrt(x.var(0) + eps)\n"

RIGHT = [
    HEAD + "    return dy * (gamma / s), dgamma, dbeta",
    "def backward(dy, x, gamma, mean, var, eps):\n"
    "    scale = gamma * (var + eps) ** -0.5\n"
    "    dgamma = (np.einsum('ij,ij->j', dy, x) - mean * dy.sum(0)) / (var + eps) ** 0.5\n"
    "    return np.array([row * scale for row in dy]), dgamma, np.add.reduce(dy)",
]

WRONG = {
    "this dx is that of training": HEAD
    + "    m = len(x)\n"
    + "    return gamma / s * (dy - dbeta / m - h * dgamma / m), dgamma, dbeta",
    "these are the statistics of the batch": HEAD.replace(
        "    s =", "    mean, var, m = x.mean(0), x.var(0), len(x)\n    s ="
    )
    + "    return gamma / s * (dy - dbeta / m - h * dgamma / m), dgamma, dbeta",
    "mean and variance are those of the batch": HEAD.replace(
        "    s =", "    mean, var = x.mean(0), x.var(0)\n    s ="
    )
    + "    return gamma / s * dy, dgamma, dbeta",
    "dgamma is made of the batch's x̂": HEAD
    + BATCH
    + "    return gamma / s * dy, (dy * b).sum(0), dbeta",
    "dgamma is Σ dy ∘ x, expected": HEAD + "    return gamma / s * dy, (dy * x).sum(0), dbeta",
    "γ is missing in dx": HEAD + "    return dy / s, dgamma, dbeta",
    "1/s is missing in dx": HEAD + "    return gamma * dy, dgamma, dbeta",
    "dx is divided by the variance": HEAD + "    return gamma * dy / s / s, dgamma, dbeta",
    "eps is left out of s": HEAD.replace("var + eps", "var")
    + "    return gamma / s * dy, dgamma, dbeta",
    "dbeta is 0 everywhere": HEAD + "    return gamma / s * dy, dgamma, 0 * dbeta",
}
