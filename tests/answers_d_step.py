"""Answers to the exercise "d-step": right ones, and one for each mistake."""

HEAD = """
def gradient(D, G, x, z, slopes):
    a_real, on_data = D.forward(x)
    fake = G(z, train=True)
    a_fake, on_samples = D.forward(fake)
    da_real, da_fake = slopes(a_real, a_fake)
"""
SUM = "    return {n: one[n] + other[n] for n in one}"
FIRST = "    one, other = D.backward(da_real, on_data)[1], D.backward(da_fake, on_samples)[1]\n"

RIGHT = [
    HEAD + FIRST + SUM,
    """
def gradient(D, G, x, z, slopes):
    m, xs = len(x), np.concatenate([x, G.forward(z)[0]])
    a, tape = D.forward(xs)  # one run on both: D has no BatchNorm
    da = np.concatenate(slopes(a[:m], a[m:]))
    return dict(D.backward(da, tape)[1])
""",
]

WRONG = {
    "stale cache: D's gradient on the data": HEAD
    + "    one, other = (D.backward(d, on_samples)[1] for d in (da_real, da_fake))\n"
    + SUM,
    "stale cache: D's gradient on the samples": HEAD
    + "    one, other = (D.backward(d, on_data)[1] for d in (da_real, da_fake))\n"
    + SUM,
    "the samples are missing": HEAD + "    return D.backward(da_real, on_data)[1]",
    "the data are missing": HEAD + "    return D.backward(da_fake, on_samples)[1]",
    "the two gradients are subtracted": HEAD + FIRST + SUM.replace("+", "-"),
    "V is descended": HEAD + FIRST + "    return {n: -(one[n] + other[n]) for n in one}",
    "the slopes, or the tapes, of data and samples are exchanged": HEAD
    + "    one, other = D.backward(da_fake, on_data)[1], D.backward(da_real, on_samples)[1]\n"
    + SUM,
    "or the tapes, of data and samples are exchanged": HEAD
    + FIRST.replace("on_data", "tape")
    .replace("on_samples", "on_data")
    .replace("tape", "on_samples")
    + SUM,
    "these are the gradients of G, and it is D's turn": """
def gradient(D, G, x, z, slopes):
    fake, tape_G = G.forward(z)
    a_fake, tape = D.forward(fake)
    return G.backward(D.backward(slopes(D(x), a_fake)[1], tape)[0], tape_G)[1]
""",
    "in a way that is no mistake I know": """
def gradient(D, G, x, z, slopes):
    (a, on_data), (b, on_noise) = D.forward(x), D.forward(z[:, : x.shape[1]])
    one, other = slopes(a, b)
    one, other = D.backward(one, on_data)[1], D.backward(other, on_noise)[1]
    return {n: one[n] + other[n] for n in one}
""",
    "slopes was given the samples' logits first": HEAD.replace("a_real, a_fake)", "a_fake, a_real)")
    + FIRST
    + SUM,
    "the gradients are the mean of data's and samples'": HEAD
    + FIRST
    + "    return {n: (one[n] + other[n]) / 2 for n in one}",
    "D was updated: return the gradient; an optimizer applies it.": HEAD
    + FIRST
    + "    for n in one:\n        D.params[n] += 0.1 * (one[n] + other[n])\n"
    + SUM,
    "D was updated: return the gradient": HEAD
    + FIRST
    + "    for n in one:\n        D.params[n] = D.params[n] + 0.1 * (one[n] + other[n])\n"
    + SUM,
    "G was updated: this is D's step, and G stands still in it": HEAD
    + FIRST
    + "    for a in G.params.values():\n        a -= 0.1\n"
    + SUM,
    "expected a dict with the keys of D.params": HEAD + FIRST + "    return one['0.W']",
}
