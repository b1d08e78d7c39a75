"""Answers to the exercise "unfold": right ones, and one for each mistake."""

UNFOLD = """
def unfold(x, kernel, stride, pads):
    (m, h, w, c), (kh, kw), (down, right) = x.shape, kernel, stride
    (top, bottom), (left, beside) = pads
    rows = (top + h + bottom - kh) // down + 1
    columns = (left + w + beside - kw) // right + 1
    z = np.pad(x, ((0, 0), (top, bottom), (left, beside), (0, 0)))
    P = np.empty((m, rows, columns, kh, kw, c))
    for i in range(kh):
        for j in range(kw):
            P[:, :, :, i, j] = z[:, i : i + rows * down : down, j : j + columns * right : right][
                :, :rows, :columns
            ]
    return P.reshape(m * rows * columns, kh * kw * c)
"""
CONVOLVE = """

def convolve(x, W, b, stride, pads):
    (m, h, w, c), (kh, kw, _, n) = x.shape, W.shape
    rows = (sum(pads[0]) + h - kh) // stride[0] + 1
    columns = (sum(pads[1]) + w - kw) // stride[1] + 1
    P = unfold(x, (kh, kw), stride, pads)
    return (P @ W.reshape(kh * kw * c, n) + b).reshape(m, rows, columns, n)
"""
LOOPS = """
def unfold(x, kernel, stride, pads):
    (m, h, w, c), (kh, kw), rows = x.shape, kernel, []
    for n in range(m):
        for r in range((pads[0][0] + h + pads[0][1] - kh) // stride[0] + 1):
            for q in range((pads[1][0] + w + pads[1][1] - kw) // stride[1] + 1):
                row = []
                for i in range(kh):
                    for j in range(kw):
                        u, v = r * stride[0] + i - pads[0][0], q * stride[1] + j - pads[1][0]
                        inside = 0 <= u < h and 0 <= v < w
                        row += list(x[n, u, v]) if inside else [0.0] * c
                rows.append(row)
    return np.array(rows)
"""

RIGHT = [
    UNFOLD + CONVOLVE,
    LOOPS
    + """

def convolve(x, W, b, stride, pads):
    P = unfold(x, W.shape[:2], stride, pads)
    y = np.einsum("pt,tn->pn", P, W.reshape(P.shape[1], -1)) + b
    z = np.pad(x, ((0, 0), *pads, (0, 0)))
    seen = np.lib.stride_tricks.sliding_window_view(z, W.shape[:2], axis=(1, 2))
    return y.reshape(*seen[:, :: stride[0], :: stride[1]].shape[:3], len(b))
""",
]


def unfolded(old, new):
    assert old in UNFOLD
    return UNFOLD.replace(old, new) + CONVOLVE


def convolved(old, new):
    assert old in CONVOLVE
    return UNFOLD + CONVOLVE.replace(old, new)


def looped(*pairs):
    source = LOOPS
    for old, new in pairs:
        assert old in source
        source = source.replace(old, new)
    return source + CONVOLVE


ROWS = "(pads[0][0] + h + pads[0][1] - kh) // stride[0] + 1"
COLUMNS = "(pads[1][0] + w + pads[1][1] - kw) // stride[1] + 1"
END = "P.reshape(m * rows * columns, kh * kw * c)"
PAD = "(top, bottom), (left, beside), (0, 0)"
TURNED = "P @ W.transpose({}).reshape(kh * kw * c, n) + b"

WRONG = {
    "each row runs through the channels first": unfolded(
        END, "P.transpose(0, 1, 2, 5, 3, 4).reshape(m * rows * columns, -1)"
    ),
    "each row runs through the window's columns first": unfolded(
        END, "P.swapaxes(3, 4).reshape(m * rows * columns, -1)"
    ),
    "the window is turned around": unfolded(
        "P[:, :, :, i, j]", "P[:, :, :, kh - 1 - i, kw - 1 - j]"
    ),
    "the positions run down the columns": unfolded(
        END, "P.swapaxes(1, 2).reshape(m * rows * columns, -1)"
    ),
    "the positions come first and the images last": unfolded(
        END, "np.moveaxis(P, 0, 2).reshape(m * rows * columns, -1)"
    ),
    "the stride is ignored": unfolded(
        "i : i + rows * down : down, j : j + columns * right : right", "i:, j:"
    ).replace("z[:, i:, j:]", "z[:, i : i + rows, j : j + columns]"),
    "the stride is ignored, and each position": unfolded(
        "(down, right) = x.shape, kernel, stride", "(down, right) = x.shape, kernel, (1, 1)"
    ),
    "the stride's two numbers are exchanged": unfolded(
        "(down, right) = x.shape, kernel, stride", "(right, down) = x.shape, kernel, stride"
    ),
    "the zeros are all on one side, at the top": unfolded(
        PAD, "(top + bottom, 0), (left + beside, 0), (0, 0)"
    ),
    "the zeros are all on one side, at the bottom": unfolded(
        PAD, "(0, top + bottom), (0, left + beside), (0, 0)"
    ),
    "the zeros at the top and at the bottom are exchanged": unfolded(
        PAD, "(bottom, top), (beside, left), (0, 0)"
    ),
    "the zeros are left out": unfolded(
        "    (top, bottom), (left, beside) = pads",
        "    (top, bottom), (left, beside) = (0, 0), (0, 0)",
    ),
    "around the image lie its own border pixels": unfolded("(0, 0)))", "(0, 0)), mode='edge')"),
    "the matrix is transposed": unfolded(END, END + ".T"),
    "top and left are added": looped(
        ("- pads[0][0],", "+ pads[0][0],"), ("- pads[1][0]\n", "+ pads[1][0]\n")
    ),
    "top is added": looped(("- pads[0][0],", "+ pads[0][0],")),
    "left is added": looped(("- pads[1][0]\n", "+ pads[1][0]\n")),
    "- top and - left are missing": looped((" - pads[0][0],", ","), (" - pads[1][0]\n", "\n")),
    "top and left are exchanged": looped(
        ("- pads[0][0],", "- pads[1][0] ,"), ("- pads[1][0]\n", "- pads[0][0]\n")
    ),
    "the zeros of rows and of columns are exchanged": unfolded(
        "(top, bottom), (left, beside) = pads", "(left, beside), (top, bottom) = pads"
    ),
    "a negative index counts from the end": looped(
        ("0 <= u < h and 0 <= v < w", "u < h and v < w")
    ),
    "around the image lie the pixels of its other end": looped(
        ("x[n, u, v]", "x[n, u % h, v % w]"), ("0 <= u < h and 0 <= v < w", "True")
    ),
    "the number of rows, and that of columns, is ⌈size/stride⌉": looped(
        (ROWS, "-(-h // stride[0])"), (COLUMNS, "-(-w // stride[1])")
    ),
    "the number of rows is ⌈size/stride⌉": looped((ROWS, "-(-h // stride[0])")),
    "the number of columns is ⌈size/stride⌉": looped((COLUMNS, "-(-w // stride[1])")),
    "the number of rows, and that of columns, lacks its + 1": unfolded(
        "// down + 1", "// down"
    ).replace("// right + 1", "// right"),
    "the number of rows lacks its + 1": unfolded("// down + 1", "// down"),
    "the number of columns lacks its + 1": unfolded("// right + 1", "// right"),
    "the number of rows, and that of columns, leaves the zeros out": looped(
        (ROWS, "(h - kh) // stride[0] + 1"), (COLUMNS, "(w - kw) // stride[1] + 1")
    ),
    "the number of rows leaves the zeros out": looped((ROWS, "(h - kh) // stride[0] + 1")),
    "the number of columns leaves the zeros out": looped((COLUMNS, "(w - kw) // stride[1] + 1")),
    "the kernel is not flattened in the order of the patches: its channels": convolved(
        "P @ W.reshape(kh * kw * c, n) + b", TURNED.format("2, 0, 1, 3")
    ),
    "the kernel is not flattened in the order of the patches: its columns": convolved(
        "P @ W.reshape(kh * kw * c, n) + b", TURNED.format("1, 0, 2, 3")
    ),
    "the kernel is flattened with its outputs in front": convolved(
        "W.reshape(kh * kw * c, n)", "W.reshape(n, -1).T"
    ),
    "the kernel is flipped": convolved("W.reshape(", "W[::-1, ::-1].reshape("),
    "the bias is left out": convolved(" + b)", ")"),
    "the bias is added for each tap": convolved(
        "P @ W.reshape(kh * kw * c, n) + b",
        "sum(P[:, [t]] * W.reshape(-1, n)[t] + b for t in range(P.shape[1]))",
    ),
    "y is still the matrix": convolved(".reshape(m, rows, columns, n)", ""),
    "y has the wrong sign": convolved("return (", "return -("),
}
