"""Answers to the exercise "batchnorm": right ones, and one for each mistake."""

HEAD = """
def backward(dy, x, gamma, eps):
    m, c = len(x), x - x.mean(0)
    var = (c * c).mean(0)
    s = (var + eps) ** 0.5
    h = c / s
    dgamma, dbeta = (dy * h).sum(0), dy.sum(0)
"""
DX = "    dx = gamma / s * (dy - dbeta / m - h * dgamma / m)\n"
END = "    return dx, dgamma, dbeta"

BY_TERMS = """
def backward(dy, x, gamma, eps):
    m, mu = len(x), np.mean(x, axis=0)
    var = np.var(x, axis=0)
    dh = dy * gamma
    dvar = np.sum(dh * (x - mu) * -0.5 * (var + eps) ** -1.5, axis=0)
    dmu = -np.sum(dh, axis=0) / np.sqrt(var + eps)
    dx = dh / np.sqrt(var + eps) + dvar * 2 * (x - mu) / m + dmu / m
    return dx, np.sum(dy * (x - mu), axis=0) / np.sqrt(var + eps), np.sum(dy, axis=0)
"""

RIGHT = [HEAD + DX + END, BY_TERMS]


def dx(formula):
    return f"{HEAD}    dx = {formula}\n{END}"


WRONG = {
    "the variance term of dx is missing": dx("gamma / s * (dy - dbeta / m)"),
    "the mean term of dx is missing": dx("gamma / s * (dy - h * dgamma / m)"),
    "mean and variance are taken for constants": dx("gamma / s * dy"),
    "the means in dx are sums": dx("gamma / s * (dy - dbeta - h * dgamma)"),
    "the variance term of dx has the wrong sign": dx(
        "gamma / s * (dy - dbeta / m + h * dgamma / m)"
    ),
    "the mean term of dx has the wrong sign": dx("gamma / s * (dy + dbeta / m - h * dgamma / m)"),
    "γ is missing in dx": dx("(dy - dbeta / m - h * dgamma / m) / s"),
    "1/s is missing in dx": dx("gamma * (dy - dbeta / m - h * dgamma / m)"),
    "dx is divided by the variance": dx("gamma / s**2 * (dy - dbeta / m - h * dgamma / m)"),
    "dgamma is Σ dy ∘ x, expected": HEAD + DX + "    return dx, (dy * x).sum(0), dbeta",
    "eps is left out of s": (HEAD + DX + END).replace("var + eps", "var"),
    "eps stands outside the root": (HEAD + DX + END).replace(
        "(var + eps) ** 0.5", "var**0.5 + eps"
    ),
    "the means in dx run over batch and channels": dx(
        "gamma / s * (dy - dy.mean() - h * (dy * h).mean())"
    ),
    "the variance term of dx has x, expected x̂": dx(
        "gamma / s * (dy - dbeta / m - x * dgamma / m)"
    ),
    "the variance term of dx has x inside its mean": dx(
        "gamma / s * (dy - dbeta / m - h * (dy * x).mean(0))"
    ),
    "the variance term of dx lacks 1/s: x - mean stands": dx(
        "gamma / s * (dy - dbeta / m - h * (dy * c).mean(0))"
    ),
    "1/s: x - mean stands where one x̂ belongs": dx("gamma / s * (dy - dbeta / m - c * dgamma / m)"),
    "or dvar has (var + eps)^(-1), expected": BY_TERMS.replace("-1.5", "-1"),
    "the variance term of dx lacks 1/s²": dx("gamma / s * (dy - dbeta / m - c * (dy * c).mean(0))"),
    "or dvar has (var + eps)^(-1/2), expected": BY_TERMS.replace("-1.5", "-0.5"),
    "the part along x̂ is divided by Σ x̂²": dx(
        "gamma / s * (dy - dbeta / m - h * dgamma / (h * h).sum(0))"
    ),
    "the variance term of dx is a sum": BY_TERMS.replace("(x - mu) / m", "(x - mu)"),
    "the mean term of dx is a sum": BY_TERMS.replace("dmu / m", "dmu"),
    "the means in dx are divided by m twice": dx(
        "gamma / s * (dy - dy.mean(0) / m - h * (dy * h).mean(0) / m)"
    ),
    "the variance term of dx is twice": BY_TERMS.replace("* -0.5", "* -1"),
    "the variance term of dx is half": BY_TERMS.replace("dvar * 2", "dvar"),
    "the means in dx run over the channels (axis=1)": dx(
        "gamma / s * (dy - dy.mean(1, keepdims=True) - h * (dy * h).mean(1, keepdims=True))"
    ),
    "the means in dx are those of the examples": dx(
        "gamma / s * (dy - dy.mean(1) - h * (dy * h).mean(1))"
    ),
    "γ is in dgamma": HEAD + DX + "    return dx, gamma * dgamma, dbeta",
    "the variance is divided by m - 1": (HEAD + DX + END).replace(
        "(c * c).mean(0)", "(c * c).sum(0) / (m - 1)"
    ),
    "dgamma and dbeta are means over the batch": HEAD + DX + "    return dx, dgamma / m, dbeta / m",
    "dgamma and dbeta are exchanged": HEAD + DX + "    return dx, dbeta, dgamma",
    "dx is right but for a factor in each column": dx(
        "gamma / (var**0.5 + eps) * (dy - dbeta / m - h * dgamma / m)"
    ),
    "dbeta is not summed over the batch": HEAD + DX + "    return dx, dgamma, dy",
    "dx has the wrong sign": dx("-gamma / s * (dy - dbeta / m - h * dgamma / m)"),
    "backward changes one of its arguments": (HEAD + DX + END).replace(
        "    dx =", "    x -= x.mean(0)\n    dx ="
    ),
}
