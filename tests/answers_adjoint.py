"""Answers to the exercise "adjoint": right ones, and one for each mistake."""

PAINT = """
def transpose(y, W, stride, size):
    m, rows, columns, _ = y.shape
    kh, kw, c_in, _ = W.shape
    image = np.zeros((m, *size, c_in))
    for r in range(rows):
        for q in range(columns):
            for i in range(kh):
                for j in range(kw):
                    image[:, r * stride + i, q * stride + j] += y[:, r, q] @ W[i, j].T
    return image
"""

RIGHT = [
    PAINT,
    """
def transpose(y, W, stride, size):
    # by its definition: the slope of <A x, y> in each pixel of x
    m, rows, columns, _ = y.shape
    kh, kw, c_in, _ = W.shape
    image = np.zeros((m, *size, c_in))
    for a in range(size[0]):
        for b in range(size[1]):
            for i in range(kh):
                for j in range(kw):
                    r, q = (a - i) / stride, (b - j) / stride
                    if r == int(r) and q == int(q) and 0 <= r < rows and 0 <= q < columns:
                        image[:, a, b] += np.einsum("nb,ab->na", y[:, int(r), int(q)], W[i, j])
    return image
""",
]

WRONG = {
    "the kernel is flipped": PAINT.replace("W[i, j].T", "W[kh - 1 - i, kw - 1 - j].T"),
    "the kernel's rows and columns are exchanged": PAINT.replace("W[i, j].T", "W[j, i].T"),
    "W[i, j] stands where its transpose belongs": PAINT.replace("W[i, j].T", "W[i, j]"),
    "the stride is ignored": PAINT.replace("r * stride + i, q * stride + j", "r + i, q + j"),
    "the result is shifted by one pixel down": PAINT.replace(
        "return image", "return np.roll(image, (1, 1), (1, 2))"
    ),
    "the result is shifted by one pixel up": PAINT.replace(
        "return image", "return np.roll(image, (-1, -1), (1, 2))"
    ),
    "what overlaps is overwritten": PAINT.replace("+=", "="),
    "the result has the shape": PAINT.replace("return image", "return image[:, 1:]"),
}
