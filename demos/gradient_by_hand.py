"""One gradient check, digit by digit: BatchNorm on three numbers.

A backward pass claims dL/dx. Calculus says what that number must be: move one entry of x by a
little, see how much L moves. Everything below is printed so that it can be followed with a pocket
calculator, and at the end the commonest mistake in hand-written BatchNorms is made on purpose.

    python demos/gradient_by_hand.py [--device cuda]
"""

from minigan import BatchNorm, Random, to_host
from minigan.arguments import script_parser

H = 1e-5  # the step of the differences


def loss(layer, x, dy):
    """L = Σ dy ∘ y: a scalar whose gradient with respect to y is dy, as backward takes it."""
    y, _ = layer.forward(x)
    return float((dy * y).sum())


def numeric(layer, x, dy, i):
    """(L(x + h) - L(x - h)) / 2h for entry i, with the two values of L."""
    values = []
    for step in (+H, -H):
        moved = x.copy()
        moved[i, 0] += step
        values.append(loss(layer, moved, dy))
    return (values[0] - values[1]) / (2 * H), *values


def agreeing_digits(a, b):
    """To how many digits two numbers agree."""
    digits = 0
    while digits < 15 and abs(a - b) <= 0.5 * 10.0**-digits * max(abs(a), abs(b)):
        digits += 1
    return digits


def compare(name, claimed, numbers):
    """Print claim and measurement side by side; return the worst agreement in digits."""
    worst = 15
    print(f"\n{name}\n   i   claimed by backward   measured              digits that agree")
    for i, (a, n) in enumerate(zip(claimed, numbers, strict=True)):
        digits = agreeing_digits(a, n)
        worst = min(worst, digits)
        print(f"   {i}   {a:+.12f}       {n:+.12f}       {digits}")
    return worst


def main():
    """Check the right formula, then a wrong one."""
    parser = script_parser(__doc__)
    rng = Random(0, parser.parse_args().device, dtype="float64")

    layer = BatchNorm(1, rng, eps=1e-5)
    x, dy = rng.array([[1.0], [2.0], [4.0]]), rng.array([[1.0], [0.0], [3.0]])
    y, cache = layer.forward(x)
    print("x  =", x.ravel().tolist(), "   mean 7/3, variance 14/9")
    print("y  =", [round(v, 6) for v in y.ravel().tolist()], "   (x - 7/3) / √(14/9 + eps)")
    print("dy =", dy.ravel().tolist(), "   drawn at will; all ones would hide every mistake,")
    print("      because then L = Σ y = 0 whatever x is, and the true dx is 0")
    print(f"L  = Σ dy ∘ y = {loss(layer, x, dy):.12f}")

    numbers = []
    print(f"\nmove one entry by ±{H:g}:")
    for i in range(3):
        n, up, down = numeric(layer, x, dy, i)
        print(f"   x{i}:  ({up:.12f} - {down:.12f}) / {2 * H:g} = {n:+.9f}")
        numbers.append(n)

    dx, _ = layer.backward(dy, cache)
    right = compare("the right formula, γ/s (dy - mean(dy) - x̂ mean(dy ∘ x̂))", to_list(dx), numbers)
    print(f"   and Σ dx = {float(dx.sum()):+.1e}: moving all x together changes nothing")

    s = (x.var() + layer.eps) ** 0.5
    forgotten = (dy - dy.mean()) / s  # the variance is treated as a constant
    wrong = compare("without the variance term, γ/s (dy - mean(dy))", to_list(forgotten), numbers)

    print(f"\nthe right formula agrees to {right} digits, the wrong one to {wrong}")
    assert right >= 6, "the backward pass of BatchNorm is wrong"
    assert wrong == 0, "the planted mistake went unnoticed"


def to_list(column):
    """A column of device numbers as Python floats."""
    return to_host(column).ravel().tolist()


if __name__ == "__main__":
    main()
