"""Answers to the exercise "numeric-gradient": right ones, and one for each mistake."""

LOOP = """
def gradient(f, x, h):
    g = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        g[i] = {}
    return g
"""
IN_PLACE = """
def gradient(f, x, h):
    {}
    g = np.zeros_like(x)
    flat, out = x.reshape(-1), g.reshape(-1)
    for i in range(x.size):
        old = flat[i]
        flat[i] = old + h
        up = f(x)
        flat[i] = old - h
        out[i] = (up - f(x)) / 2 / h
        {}
    return g
"""

RIGHT = [
    LOOP.format("(f(up) - f(down)) / (2 * h)"),
    IN_PLACE.format("", "flat[i] = old"),
    "def gradient(f, x, h):\n"
    "    E = np.eye(x.size).reshape(-1, *x.shape) * h\n"
    "    return np.array([f(x + e) - f(x - e) for e in E]).reshape(x.shape) / (2 * h)",
]

WRONG = {
    "the differences are to one side, (f(x + h) - f(x)) / h": LOOP.format("(f(up) - f(x)) / h"),
    "the differences are to one side, (f(x) - f(x - h)) / h": LOOP.format("(f(x) - f(down)) / h"),
    "all entries are moved at once": LOOP.format("(f(x + h) - f(x - h)) / 2 / h"),
    "an entry is not put back before the next is moved": IN_PLACE.format("x = x.copy()", "pass"),
    "the difference of both sides is divided by h": LOOP.format("(f(up) - f(down)) / h"),
    "the difference is not divided by 2h": LOOP.format("f(up) - f(down)"),
    "x is changed in its last digits": LOOP.replace("up, down = x.copy(), x.copy()", "x[i] += h")
    .replace("up[i] += h", "up = f(x)")
    .replace("down[i] -= h", "x[i] -= 2 * h")
    .format("(up - f(x)) / (2 * h)\n        x[i] += h"),
    "gradient changes one of its arguments": IN_PLACE.format("", "pass"),
    "the gradient has the wrong sign": LOOP.format("(f(down) - f(up)) / 2 / h"),
}
