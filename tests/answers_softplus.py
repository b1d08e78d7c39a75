"""Answers to the exercise "softplus": right ones, and one for each mistake."""

ZETA = "def softplus(a):\n    return {}\n\n\n"
SIGMA = "def sigmoid(a):\n    return {}\n"
GOOD_ZETA = ZETA.format("np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a)))")
GOOD_SIGMA = SIGMA.format("np.exp(np.minimum(a, 0)) / (1 + np.exp(-np.abs(a)))")

RIGHT = [
    GOOD_ZETA + GOOD_SIGMA,
    ZETA.format("np.logaddexp(0, a)") + SIGMA.format("np.exp(-np.logaddexp(0, -a))"),
    ZETA.format("np.where(a > 700, a, np.log1p(np.exp(a)))") + SIGMA.format("1 / (1 + np.exp(-a))"),
]

WRONG = {
    "softplus is log(1 + e^-a)": ZETA.format("np.logaddexp(0, -a)") + GOOD_SIGMA,
    "sigmoid is 1 / (1 + e^a)": GOOD_ZETA + SIGMA.format("1 / (1 + np.exp(a))"),
    "softplus is max(a, 0) + log(1 + e^|a|)": ZETA.format(
        "np.maximum(a, 0) + np.log1p(np.exp(np.abs(a)))"
    )
    + GOOD_SIGMA,
    "softplus lacks max(a, 0)": ZETA.format("np.log1p(np.exp(-np.abs(a)))") + GOOD_SIGMA,
    "softplus lacks log(1 + e^-|a|)": ZETA.format("np.maximum(a, 0)") + GOOD_SIGMA,
    "sigmoid is 1 / (1 + e^-|a|)": GOOD_ZETA + SIGMA.format("1 / (1 + np.exp(-np.abs(a)))"),
    "softplus loses what is small beside 1": ZETA.format(
        "np.maximum(a, 0) + np.log(1 + np.exp(-np.abs(a)))"
    )
    + GOOD_SIGMA,
    "sigmoid loses its digits where it is tiny": GOOD_ZETA
    + SIGMA.format("np.where(a > 0, 1 / (1 + np.exp(-a)), 1 - 1 / (1 + np.exp(a)))"),
    "1 - σ(40) is 0, σ(-40) is not": GOOD_ZETA + SIGMA.format("0.5 + 0.5 * np.tanh(a / 2)"),
    "for t = e^-40, log1p(t) is not. sigmoid loses its digits": ZETA.format(
        "np.maximum(a, 0) + np.log(1 + np.exp(-np.abs(a)))"
    )
    + SIGMA.format("0.5 + 0.5 * np.tanh(a / 2)"),
    "softplus has entries that are no numbers": ZETA.format("np.log1p(np.exp(a))") + GOOD_SIGMA,
    "sigmoid has entries that are no numbers": GOOD_ZETA
    + SIGMA.format("np.exp(a) / (1 + np.exp(a))"),
}
