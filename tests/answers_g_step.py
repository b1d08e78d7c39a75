"""Answers to the exercise "g-step": right ones, and one for each mistake."""

HEAD = """
def gradient(D, G, z, slope):
    fake, tape_G = G.forward(z)
    a, tape_D = D.forward(fake)
"""

RIGHT = [
    HEAD + "    dfake, _ = D.backward(slope(a), tape_D, need_grads=False)\n"
    "    return G.backward(dfake, tape_G, need_dx=False)[1]",
    """
from minigan import Sequential


def gradient(D, G, z, slope):
    both = Sequential(G, D)
    a, tape = both.forward(z)
    grads = both.backward(slope(a), tape)[1]
    return {n: grads[f"0.{n}"] for n in G.params}
""",
]

WRONG = {
    "D is skipped": "    return G.backward(slope(a), tape_G)[1]",
    "the loss is ascended": "    dfake = D.backward(-slope(a), tape_D)[0]\n"
    "    return G.backward(dfake, tape_G)[1]",
    "dy of D is the loss's value or 1": "    dfake = D.backward(np.ones(a.shape), tape_D)[0]\n"
    "    return G.backward(dfake, tape_G)[1]",
    "the slope was taken at σ(a)": "    p = 0.5 + 0.5 * np.tanh(a / 2)\n"
    "    return G.backward(D.backward(slope(p), tape_D)[0], tape_G)[1]",
    "the slope is multiplied by σ(a) (1 - σ(a))": "    p = 1 / (1 + np.exp(-a))\n"
    "    return G.backward(D.backward(slope(a) * p * (1 - p), tape_D)[0], tape_G)[1]",
    "the slope was taken at G(z)": (
        "    return G.backward(D.backward(slope(fake), tape_D)[0], tape_G)[1]"
    ),
    "these are the gradients of D, and it is G's turn": "    da, tape_D = -slope(a), tape_D\n"
    "    return D.backward(da, tape_D)[1]",
    "these are the gradients of D": "    return D.backward(slope(a), tape_D)[1]",
    "D was updated: this is G's step, and D stands still in it": (
        "    dfake, of_D = D.backward(slope(a), tape_D)\n"
        "    for n, g in of_D.items():\n        D.params[n] -= 0.1 * g\n"
        "    return G.backward(dfake, tape_G)[1]"
    ),
    "D was updated: this is G's step, and D stands still": (
        "    dfake, of_D = D.backward(slope(a), tape_D)\n"
        "    D.params.update({n: D.params[n] - 0.1 * g for n, g in of_D.items()})\n"
        "    return G.backward(dfake, tape_G)[1]"
    ),
    "G was updated: return the gradient; an optimizer applies it.": (
        "    grads = G.backward(D.backward(slope(a), tape_D)[0], tape_G)[1]\n"
        "    for n, g in grads.items():\n        G.params[n] -= 0.1 * g\n"
        "    return grads"
    ),
    "expected a dict with the keys of G.params": "    return fake",
}
WRONG = {words: HEAD + body for words, body in WRONG.items()}
