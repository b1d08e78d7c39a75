"""Answers to the exercise "dense": right ones, and one for each mistake that must be named."""

HEAD = "def backward(dy, x, W):\n"

RIGHT = [
    HEAD + "    return dy @ W.T, x.T @ dy, dy.sum(axis=0)",
    HEAD + "    dW = sum(np.outer(x_i, dy_i) for x_i, dy_i in zip(x, dy))\n"
    "    return np.dot(W, dy.T).T, dW, np.ones(len(dy)) @ dy",
    HEAD + "    return [dy @ W.T, x.T @ dy, dy.sum(axis=0)]",
    HEAD + "    dx = np.einsum('ij,kj->ik', dy, W)\n"
    "    return dx, np.tensordot(x, dy, axes=(0, 0)), np.einsum('ij->j', dy)",
]

WRONG = {
    "dx is dy W, expected dy Wᵀ": "    return dy @ W, x.T @ dy, dy.sum(axis=0)",
    "dW is x dy, expected xᵀ dy": "    return dy @ W.T, x @ dy, dy.sum(axis=0)",
    "dW is that of the last example alone": "    for xi, di in zip(x, dy):\n"
    "        dW = np.outer(xi, di)\n    return dy @ W.T, dW, dy.sum(axis=0)",
    "db is that of the last example alone": "    return dy @ W.T, x.T @ dy, dy[-1]",
    "db sums over the outputs": "    return dy @ W.T, x.T @ dy, dy.sum(axis=1)",
    "dx has the wrong sign": "    return -dy @ W.T, x.T @ dy, dy.sum(axis=0)",
    "dW is transposed": "    return dy @ W.T, dy.T @ x, dy.sum(axis=0)",
    "db is not summed over the batch": "    return dy @ W.T, x.T @ dy, dy",
    "dW is divided by m once too often": "    return dy @ W.T, x.T @ dy / len(x), dy.sum(axis=0)",
    "db is m times what it should be": "    return dy @ W.T, x.T @ dy, dy.sum(axis=0) * len(dy)",
    "the results are dW, dx, db, expected them as dx, dW, db": (
        "    return x.T @ dy, dy @ W.T, dy.sum(axis=0)"
    ),
    "dx is divided by m once too often: it is a sum over the batch, and the 1/m of a mean is in dy "
    "already. dW and db, too.": "    dy = dy / len(dy)\n"
    "    return dy @ W.T, x.T @ dy, dy.sum(axis=0)",
    "(W is transposed). db has the wrong sign.": "    return dy @ W, x.T @ dy, -dy.sum(axis=0)",
    "dx is 2 times what it should be": "    return 2 * dy @ W.T, x.T @ dy, dy.sum(axis=0)",
    "db is 0 everywhere": "    return dy @ W.T, x.T @ dy, np.zeros(dy.shape[1])",
    "backward changes one of its arguments": "    dy *= 1.5\n"
    "    return dy @ W.T, x.T @ dy, dy.sum(axis=0)",
    "2 results were returned, expected 3: dx, dW, db": "    return dy @ W.T, x.T @ dy",
    "db is NoneType, expected an array of numbers": "    return dy @ W.T, x.T @ dy, None",
    "db has one axis too many, of length 1": (
        "    return dy @ W.T, x.T @ dy, dy.sum(axis=0, keepdims=True)"
    ),
    "dW has several axes too many, of length 1": (
        "    return dy @ W.T, (x.T @ dy)[None, ..., None], dy.sum(axis=0)"
    ),
    "dx is float32: the check needs float64": (
        "    return (dy @ W.T).astype('f4'), x.T @ dy, dy.sum(axis=0)"
    ),
    "db is float32: the check": "    return dy @ W.T, x.T @ dy, dy.sum(axis=0, dtype='f4')",
    "1 result was returned, expected 3: dx, dW, db": "    return np.stack([dy @ W.T, x.T @ dy])",
    "db has the shape (1, 4), expected (4,)": "    return dy @ W.T, x.T @ dy, dy[:1]",
    "in a way that is no mistake I know": "    return dy @ W.T, np.tanh(x.T @ dy), dy.sum(axis=0)",
}
WRONG = {words: HEAD + body for words, body in WRONG.items()}
