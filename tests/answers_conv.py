"""Answers to the exercise "conv": right ones, and one for each mistake."""

LOOP = """
def backward(dy, x, W, stride):
    dx, dW = np.zeros_like(x), np.zeros_like(W)
    m, rows, columns, _ = dy.shape
    kh, kw = W.shape[:2]
    for n in range(m):
        for r in range(rows):
            for q in range(columns):
                for i in range(kh):
                    for j in range(kw):
                        a, b = r * stride + i, q * stride + j
                        {dx}
                        {dW}
    return dx, dW, {db}
"""
DX, DW, DB = (
    "dx[n, a, b] += W[i, j] @ dy[n, r, q]",
    "dW[i, j] += np.outer(x[n, a, b], dy[n, r, q])",
    "dy.sum((0, 1, 2))",
)


def loop(dx=DX, dW=DW, db=DB):
    return LOOP.format(dx=dx, dW=dW, db=db)


RIGHT = [
    loop(),
    """
def backward(dy, x, W, stride):
    dx, dW = np.zeros(x.shape), np.zeros(W.shape)
    down, across = (1 + (n - 1) * stride for n in dy.shape[1:3])
    for i in range(W.shape[0]):
        for j in range(W.shape[1]):
            place = np.s_[:, i : i + down : stride, j : j + across : stride]
            dx[place] += dy @ W[i, j].T
            dW[i, j] = np.tensordot(x[place], dy, axes=((0, 1, 2), (0, 1, 2)))
    return dx, dW, np.einsum("nrqc->c", dy)
""",
]

WRONG = {
    "dx is painted with the kernel flipped": """
def backward(dy, x, W, stride):
    dx, dW, db = right(dy, x, W, stride)
    if stride == 1:
        z = np.pad(dy, ((0, 0), (2, 2), (2, 2), (0, 0)))
        h, w = x.shape[1:3]
        dx = sum(z[:, i:i + h, j:j + w] @ W[i, j].T for i in range(3) for j in range(3))
    return dx, dW, db
""",
    "dx uses W[i, j], expected W[i, j]ᵀ": loop(dx="dx[n, a, b] += dy[n, r, q] @ W[i, j]"),
    "dx is overwritten where windows overlap": """
def backward(dy, x, W, stride):
    _, dW, db = right(dy, x, W, stride)
    dx = np.zeros(x.shape)
    rows, columns = dy.shape[1:3]
    for i in range(W.shape[0]):
        for j in range(W.shape[1]):
            place = np.s_[i : i + rows * stride : stride, j : j + columns * stride : stride]
            dx[:, *place] = dy @ W[i, j].T
    return dx, dW, db
""",
    "dx is overwritten by one position after the other": """
def backward(dy, x, W, stride):
    _, dW, db = right(dy, x, W, stride)
    dx = np.zeros(x.shape)
    for r in range(dy.shape[1]):
        for q in range(dy.shape[2]):
            for i in range(W.shape[0]):
                for j in range(W.shape[1]):
                    dx[:, r * stride + i, q * stride + j] = dy[:, r, q] @ W[i, j].T
    return dx, dW, db
""",
    "the kernel's rows and columns are exchanged in dx": """
def backward(dy, x, W, stride):
    dx, dW, db = right(dy, x, W, stride)
    if W.shape[0] == W.shape[1]:
        dx = right(dy, x, W.swapaxes(0, 1), stride)[0]
    return dx, dW, db
""",
    "dW is that of the last position alone": loop(
        dW="dW[i, j] += np.outer(x[n, a, b], dy[n, r, q]) * (r == rows - 1 and q == columns - 1)"
    ),
    "db is a mean over batch and positions": loop(db="dy.mean((0, 1, 2))"),
    "dW is flipped": loop(dW="dW[kh - 1 - i, kw - 1 - j] += np.outer(x[n, a, b], dy[n, r, q])"),
    "dW has its channels exchanged": loop(dW="dW[i, j] += np.outer(dy[n, r, q], x[n, a, b])"),
    "dW is that of one image alone": loop(
        dW="dW[i, j] += np.outer(x[n, a, b], dy[n, r, q]) * (n == m - 1)"
    ),
    "dW is a mean over the positions": loop(
        dW="dW[i, j] += np.outer(x[n, a, b], dy[n, r, q]) / rows / columns"
    ),
    "db is a mean over the positions": loop(db="dy.mean((1, 2)).sum(0)"),
    "db is the sum over the batch, and not": loop(db="dy.sum(0)"),
    "db is the sum over the positions, and not": loop(db="dy.sum((1, 2))"),
    "the stride is left out of dx": """
def backward(dy, x, W, stride):
    _, dW, db = right(dy, x, W, stride)
    m, rows, columns, _ = dy.shape
    kh, kw, c, _ = W.shape
    dx = np.zeros_like(x)
    for i in range(kh):
        for j in range(kw):
            dx[:, i : i + rows, j : j + columns] += dy @ W[i, j].T
    return dx, dW, db
""",
    "the stride is left out of dW": loop(
        dW="dW[i, j] += np.outer(x[n, r + i, q + j], dy[n, r, q])"
    ),
    "r s + i. the stride is left out of dW": loop(
        dx="dx[n, r + i, q + j] += W[i, j] @ dy[n, r, q]",
        dW="dW[i, j] += np.outer(x[n, r + i, q + j], dy[n, r, q])",
    ),
    "dx has the wrong sign": loop(dx="dx[n, a, b] -= W[i, j] @ dy[n, r, q]"),
}
WRONG = {
    words: RIGHT[0].replace("def backward", "def right") + source for words, source in WRONG.items()
}
