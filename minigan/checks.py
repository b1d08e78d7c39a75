"""check_layer and check_game: is this gradient right? For minigan's layers and for your own.

    check_layer(lambda rng: Dense(3, 4, rng), (5, 3))

makes the layer, compares, and raises a GradientError that names the entry that is wrong, or returns
a table of what was compared. What is compared, and why so:

* **A random dy.** backward computes Σⱼ dyⱼ ∂yⱼ/∂θ, so the slope of the number L = Σ dy ∘ y is what
  it must return. With dy = 1 the sum would hide what sums to 0: a BatchNorm without the term of the
  variance passes, because Σ y is the same whatever x is, and both give dx = 0.
* **Every entry** of x and of every parameter is moved up and down and L's slope is measured
  (`differences` tells how). A sample of the entries, or one random direction through all of them,
  would miss an error in one entry of 10,000.
* **float64.** A difference of two numbers loses the digits that they share: 10 of float64's 16 stay
  and 4 of float32's 7. float32 is refused: an error of 1e-3 could not be told from its rounding.
* **Parameters off their special values.** At γ = 1, β = 0, b = 0 a forgotten γ does not show.
  Random numbers are added first.
* **The relative error** is at most 1e-6 (`comparison` tells of what).
* **No verdict at a kink.** Where the slopes to the left and to the right differ, as for ReLU at 0,
  no answer is right. x is drawn anew; if that does not help, a KinkError says where.
* **Elsewhere, too** (`elsewhere`): with twice as many examples and with one, at large and small x,
  and at 0, along one direction; roughly in float32 (`single_precision`).
* **The rules of the protocol** (`contract`, `disguises`), in training and in evaluation.

What it cannot see: an error that needs an x, a size or a call that it never tries (the hundredth
call, a channel beyond the shape that it was given); an entry so small that the rounding of its
neighbours' outputs, 1e-16 of these, hides it; and one of less than 1e-6 of itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any

from minigan.backend import Array, Random, array_module, device_of, to_host
from minigan.comparison import (
    GradientError,
    KinkError,
    NoVerdictError,
    Row,
    check_float64,
    compare,
    judge,
)
from minigan.contract import Contract
from minigan.elsewhere import check_elsewhere
from minigan.game_checks import check_game
from minigan.layer import Layer
from minigan.limits import POSITIVE, check_function, check_number, sentence
from minigan.replay import arrays_of, move
from minigan.single_precision import check_float32

__all__ = ["GradientError", "KinkError", "NoVerdictError", "Row", "check_game", "check_layer"]

DRAWS = 4  # of x, before a kink is taken for one that is always there
MODES = ("train", "eval")


def check_layer(
    make: Callable[[Random], Layer],
    shape: tuple[int, ...] | None = None,
    *,
    x: Array | None = None,
    seed: int = 0,
    input_scale: float = 1.0,
    tolerance: float = 1e-6,
    device: str = "cpu",
    modes: Sequence[str] = MODES,
) -> list[Row]:
    """Check a layer's gradients, and that it keeps the rules of the layer protocol.

    **Parameters**  make(rng) returns the layer, drawn from rng, which is in float64 (and once more
    in float32, to see that the layer stays there); shape of x, (m, …), which is drawn from N(0, 1)
    times input_scale, above 0, or x itself, float64; seed of all random numbers; tolerance, above
    0: the largest relative error; device of rng: "cpu", "cuda" or "auto"; modes: "train", "eval",
    or both.

    **Returns**  a Row for x and for each parameter, in each mode.

    **Raises**  GradientError for a wrong gradient or a broken rule, with the layer, the entry and
    both values; KinkError where there is no gradient; NoVerdictError where the function is too
    rough to measure; TypeError for float32; TypeError, ValueError for arguments without sense.

    >>> from minigan.dense import Dense
    >>> for row in check_layer(lambda rng: Dense(3, 4, rng), (5, 3), modes=["train"]):
    ...     print(row.layer, row.name, row.entries, row.verdict)
    Dense(3 → 4) x 15 ok
    Dense(3 → 4) W 12 ok
    Dense(3 → 4) b 4 ok
    """
    form = "of rng that returns a layer"
    if isinstance(make, Layer):  # which can be called, too
        raise TypeError(
            sentence("check_layer", "make", make, f"a function {form}, as lambda rng: …")
        )
    check_function("check_layer", "make", make, form)
    _check_arguments(shape, x, modes, tolerance, input_scale)
    device = device if x is None else device_of(x)
    rng = Random(seed, device=device, dtype="float64", stream="check_layer")
    draws: list[Array] = [x]
    if shape is not None:
        draws = [rng.child(f"x {i}").normal(shape) for i in range(DRAWS)]
    for draw in draws:
        try:
            return [
                row
                for mode in modes
                for row in _check_mode(
                    make, draw * input_scale, mode, rng, tolerance, input_scale if shape else None
                )
            ]
        except KinkError as error:
            kink = error
    raise kink


def _check_mode(
    make: Callable[[Random], Layer],
    x: Array,
    mode: str,
    rng: Random,
    tolerance: float,
    drawn: float | None,
) -> list[Row]:
    """Check one mode, with a layer made for it; x, of deviation `drawn` if not None, may change."""
    train = mode == "train"
    layer = _made(make, rng, "float64")
    check_float64(f"check_layer, {layer!r}", [*arrays_of(layer), ("x", x)])
    move(layer, rng.child("move"))
    contract = Contract(layer, x, train, rng)
    contract.check()

    def evaluate() -> Any:
        contract.put_back()
        return to_host(layer.forward(x, train)[0].copy()).reshape(-1)  # y may be x itself

    arrays, dy = {"x": x, **layer.params}, to_host(contract.dy).reshape(-1)
    noise = rng.child("noise")
    rows = compare(repr(layer), mode, arrays, contract.recomputed, evaluate, dy, noise, tolerance)
    judge(rows, tolerance)
    check_float32(_made(make, rng, "float32"), contract, rng, numbers=drawn is not None)
    if drawn is not None:
        check_elsewhere(layer, x.shape, drawn, train, rng, tolerance)
    return rows


def _made(make: Callable[[Random], Layer], rng: Random, dtype: str) -> Layer:
    layer = make(Random(rng.seed, device=rng.device, dtype=dtype))
    if not isinstance(layer, Layer):
        raise TypeError(f"check_layer: make returned {layer!r}, expected a Layer.")
    return layer


def _check_arguments(
    shape: Any, x: Any, modes: Sequence[str], tolerance: float, input_scale: float
) -> None:
    if x is not None:
        array_module(x)
    if (shape is None) == (x is None):
        raise ValueError("check_layer: expected either a shape for x, such as (5, 3), or x itself.")
    if shape is not None:
        sizes = shape if isinstance(shape, tuple | list) else [None]
        whole = [isinstance(n, Integral) and not isinstance(n, bool) for n in sizes]
        if not sizes or not all(whole) or min(sizes) < 1:
            raise ValueError(
                f"check_layer: shape is {shape!r}, expected sizes of 1 or more, such as (5, 3)."
            )
    if not isinstance(modes, str | tuple | list):
        raise TypeError(sentence("check_layer", "modes", modes, f"some of {list(MODES)}"))
    if isinstance(modes, str) or not modes or any(mode not in MODES for mode in modes):
        raise ValueError(f"check_layer: modes is {modes!r}, expected some of {list(MODES)}.")
    for name, number in (("tolerance", tolerance), ("input_scale", input_scale)):
        check_number("check_layer", name, number, POSITIVE)
