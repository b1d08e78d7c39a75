"""Answers to the exercise "adam": right ones, and one for each mistake."""

HEAD = """
def descend(theta, g, m, v, t, alpha, beta1, beta2, eps):
    m = m + (1 - beta1) * (g - m)
    v = v + (1 - beta2) * (g * g - v)
"""


def step(m_hat, v_hat, length="alpha * m_hat / (v_hat**0.5 + eps)"):
    return f"{HEAD}    m_hat, v_hat = {m_hat}, {v_hat}\n    return theta - {length}, m, v"


M, V = "m / (1 - beta1**t)", "v / (1 - beta2**t)"

RIGHT = [
    step(M, V),
    HEAD + "    root = np.sqrt(1 - beta2**t)\n"
    "    alpha_t = alpha * root / (1 - beta1**t)\n"
    "    return theta - alpha_t * m / (np.sqrt(v) + eps * root), m, v",
]

WRONG = {
    "the corrections lack the power t": step("m / (1 - beta1)", "v / (1 - beta2)"),
    "the correction of m lacks the power t": step("m / (1 - beta1)", V),
    "the correction of v lacks the power t": step(M, "v / (1 - beta2)"),
    "the means are not corrected": step("m", "v"),
    "v is not corrected by 1 - beta2**t": step(M, "v"),
    "m is not corrected by 1 - beta1**t": step("m", V),
    "the corrections count from 0": step("m / (1 - beta1**(t - 1))", "v / (1 - beta2**(t - 1))"),
    "eps stands inside the root": step(M, V, "alpha * m_hat / (v_hat + eps) ** 0.5"),
    "eps stands beside sqrt(v), before its correction": step(
        M, V, "alpha * m_hat * (1 - beta2**t) ** 0.5 / (v**0.5 + eps)"
    ),
    "the root is missing": step(M, V, "alpha * m_hat / (v_hat + eps)"),
    "the step is uphill": step(M, V).replace("theta -", "theta +"),
    "the step is along g": step("g", V),
    "m lacks the factor 1 - beta1 before g": step(M, V).replace(
        "m + (1 - beta1) * (g - m)", "beta1 * m + g"
    ),
    "the corrections are kept in m and v": HEAD + f"    m, v = {M}, {V}\n"
    "    return theta - alpha * m / (v**0.5 + eps), m, v",
    "beta1 and beta2 are exchanged: beta1": HEAD.replace(
        "    m =", "    beta1, beta2 = beta2, beta1\n    m ="
    )
    + f"    return theta - alpha * {M} / (({V}) ** 0.5 + eps), m, v",
    "beta1 and beta2 are exchanged in the means": step(M, V)
    .replace("m + (1 - beta1)", "m + (1 - beta2)")
    .replace("v + (1 - beta2)", "v + (1 - beta1)"),
    "the corrections multiply": step(M.replace("/", "*"), V.replace("/", "*")),
    "eps is missing": step(M, V, "alpha * m_hat / v_hat**0.5"),
    "the corrections are one step ahead": step(
        M.replace("t)", "(t + 1))"), V.replace("t)", "(t + 1))")
    ),
    "the corrections have beta * t, expected beta**t": step(
        M.replace("**", " * "), V.replace("**", "*")
    ),
    "the correction of m has beta1 * t": step(M.replace("**", " * "), V),
    "the correction of v has beta2 * t": step(M, V.replace("**", "*")),
    "theta is moved by the old m and v": """
def descend(theta, g, m, v, t, alpha, beta1, beta2, eps):
    theta = theta - alpha * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return theta, beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
""",
    "beta and 1 - beta are exchanged in both means": step(M, V)
    .replace("(1 - beta1) * (g", "beta1 * (g")
    .replace("(1 - beta2) * (g", "beta2 * (g"),
    "beta1 and 1 - beta1 are exchanged in m": step(M, V).replace("(1 - beta1) * (g", "beta1 * (g"),
    "beta2 and 1 - beta2 are exchanged in v": step(M, V).replace("(1 - beta2) * (g", "beta2 * (g"),
    "v is a mean of m², expected": step(M, V).replace("g * g", "m * m"),
    "v is a mean of the old m²": step(M, V).replace(
        HEAD, "".join(HEAD.replace("g * g", "m * m").splitlines(True)[i] for i in (0, 1, 3, 2))
    ),
    "v lacks the factor 1 - beta2 before g²": step(M, V).replace(
        "v + (1 - beta2) * (g * g - v)", "beta2 * v + g * g"
    ),
    "v is a mean of g, expected": step(M, V).replace("g * g", "g"),
    "or the root of a negative number is taken": step(M, "(-v)"),
    "v is a mean of |g|": step(M, V).replace("g * g", "abs(g)"),
}
