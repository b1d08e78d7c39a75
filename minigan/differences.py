"""Slopes measured by moving one number at a time: the witness that knows no calculus.

A gradient written by hand is checked against what the function does. Move one entry θ by ±t and
watch L = Σ dy ∘ y. Two quotients hold all there is to know:

    odd(t)  = [L(θ + t) - L(θ - t)] / 2t              → L'      + t²/6 L''' + …
    even(t) = [L(θ + t) - 2 L(θ) + L(θ - t)] / t      → J + t L'' + t³/12 L'''' + …

odd, the central difference, tends to the derivative; even tends to J, the right slope minus the
left slope, which is 0 where a derivative exists. Both limits are needed: at the kink of |θ| the
central difference is 0 for every t, a perfect answer to a question that has none.

**How small t must be.** A large t leaves the terms in t², a small t divides the rounding error of
L, about 1e-16 |L|, by t. No single t is good to 1e-6 for every function, so t falls by factors of
r = 3.7, and Richardson's extrapolation takes the leading powers out: from odd(t) = L' + c t² + …,

    [r² odd(t/r) - odd(t)] / (r² - 1) = L' + O(t⁴)

and so on, with t⁴ next for odd, and t, then t³ for even. t stops falling when the answer is sure
to a hundredth of the tolerance, or when its rounding error alone exceeds the uncertainty reached.
If it never is that sure, larger t are tried, which a large y (1e6 + sin θ) needs. (r is not a whole
number because sin 50θ, met in the same phase by t, 4t, 16t, …, would look like a smaller slope.)

**How sure the answer is.** Its uncertainty is the sum of: how far the extrapolation just moved it
(also against the row before, as in Ridders' method); the rounding error of y, divided by t; and
half of J, since at a kink any slope between left and right is as good as the middle one. Close to
a kink, t simply falls until the kink is out of reach; a kink that is never out of reach stays in J.

**The rounding error of y** is measured, too. Functions lose digits inside (x - mean with a mean of
1e6), which y alone does not show; so every input is moved by one unit in its last place, at random,
and y's answer is what a well written forward may be wrong by.

y is subtracted entry by entry before it is summed with dy: an output that θ does not touch then
adds exactly 0, not its rounding error. That is what makes one wrong entry in 10,000 visible.

Source: Ridders 1982, "Accurate computation of F'(x) and F'(x) F''(x)" (from memory).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan.backend import Array, Random, to_host

Evaluate = Callable[[], Any]  # → the outputs as a flat float64 array on the host

FIRST = 2.0**-8  # the largest t, in units of the entry's scale
LARGER = 16.0  # times it is the first t of the second attempt
FACTOR = 3.7  # t falls by it
STEPS = 16  # at most: the last t is 1e-11
FAR = 2.0**12  # times the first t: a step that shows which outputs θ can touch at all
ORDERS = 3  # powers of t that are extrapolated away
SURE = 0.01  # t stops falling when the uncertainty is this share of the tolerance
CAREFUL = 16.0  # units in the last place by which a small move of an output may go unseen
EPS = 2.0**-52


@dataclass(frozen=True)
class Slopes:
    """What was measured for one array, each field a float64 host array of its shape.

    value: dL/dθ; uncertainty: ± of value; jump: right slope minus left slope; kink: whether jump
    is neither 0 nor noise, so that there is no derivative to compare with; steepness: the slope at
    large, where value is near 0.
    """

    value: Any
    uncertainty: Any
    jump: Any
    kink: Any
    steepness: Any


def measure(
    evaluate: Evaluate, array: Array, dy: Any, noise: Any, *, tolerance: float = 1e-6
) -> Slopes:
    """Measure dL/dθ, L = Σ dy ∘ y, for every entry θ of an array that evaluate reads.

    The array is moved in place, one entry at a time, and holds its old values at the end.

    **Parameters**  evaluate() returns y, flat, on the host; dy and noise (the rounding error of y,
    see `rounding_noise`) have y's size; tolerance: the relative error that will be asked of value.
    """
    values = np.array(to_host(array))
    y = evaluate()
    spread = float(values.std()) if values.size else 0.0
    weight = np.abs(dy) * noise
    found = np.zeros((5, *values.shape))
    for index in np.ndindex(values.shape):
        theta = float(values[index])
        probe = _Probe(evaluate, array, index, theta, y, dy, weight)
        first = _first_step(theta, spread)
        try:
            slope = _slope(probe, first, tolerance)
            if slope[1] > SURE * tolerance * abs(slope[0]):
                slope = min(slope, _slope(probe, LARGER * first, tolerance), key=lambda s: s[1])
            found[(slice(None), *index)] = slope
        finally:
            array[index] = theta
    fields = [np.asarray(field) for field in found]  # of a 0-d array, too
    return Slopes(fields[0], fields[1], fields[2], fields[3] > 0, fields[4])


def rounding_noise(evaluate: Evaluate, arrays: Iterable[Array], rng: Random) -> Any:
    """How much each output moves when every input moves by one unit in its last place.

    The largest of eight random moves, or the unit in the last place of the output, if that is more.
    """
    arrays = list(arrays)
    saved = [array.copy() for array in arrays]
    y = evaluate()
    noise = EPS * np.abs(y)
    for _ in range(8):
        for array, old in zip(arrays, saved, strict=True):
            array[...] = old * (1 + EPS * (2.0 * rng.mask(array.shape, 0.5) - 1.0))
        noise = np.fmax(noise, np.abs(evaluate() - y))
    for array, old in zip(arrays, saved, strict=True):
        array[...] = old
    return noise


def _first_step(theta: float, spread: float) -> float:
    """Return a power of 2 near FIRST times the entry's scale, which is 1 unless θ is large."""
    scale = max(1.0, spread, 2.0**-14 * abs(theta))
    return FIRST * 2.0 ** math.floor(math.log2(scale))


@dataclass(frozen=True)
class _Probe:
    """One entry and what is needed to move it."""

    evaluate: Evaluate
    array: Array
    index: tuple[int, ...]
    theta: float
    y: Any
    dy: Any
    weight: Any  # |dy| times the rounding error of y

    def quotients(self, t: float) -> tuple[float, float, float, float]:
        """Return odd(t), even(t), the rounding error of odd(t) and how far the outputs moved."""
        up, down = self.theta + t, self.theta - t
        right = (self._at(up) - self.y) / (up - self.theta)  # the steps really taken
        left = (self.y - self._at(down)) / (self.theta - down)
        touched = (right != 0) | (left != 0)
        odd = float(self.dy @ (right + left)) / 2
        even = float(self.dy @ (right - left))
        moved = t * float(np.abs(self.dy) @ (np.abs(right) + np.abs(left)))
        return odd, even, float(self.weight @ touched) / t, moved

    def hidden(self, t: float, value: float) -> tuple[float, float]:
        """Return what the measured value may miss for rounding, and a slope at large.

        An output 1 - 1e-18 of a softmax does not move, nor does log(1 + e^-40): both are rounded to
        the last place of 1. A far step shows that θ can move them, and how steeply at large.
        """
        moved = np.fmax(
            np.abs(self._at(self.theta + t * FAR) - self.y),
            np.abs(self._at(self.theta - t * FAR) - self.y),
        )
        missed = float(self.weight @ (moved != 0))
        move = float(np.abs(self.dy) @ moved)
        missed = CAREFUL * missed / t + (self.unseen(move, t) if value == 0 else 0)
        return missed, move / (t * FAR) if math.isfinite(move) else 0.0

    def unseen(self, moved: float, t: float) -> float:
        """Return the slope of a y that stands still at t and moves by so much at a larger t.

        It may be flat (a ReLU that is off) or a staircase of steps in the largest y's last place.
        """
        step = EPS * float(np.abs(self.y).max() * np.abs(self.dy).max())
        return CAREFUL * min(moved, step) / t

    def _at(self, theta: float) -> Any:
        self.array[self.index] = theta
        return self.evaluate()


def _slope(probe: _Probe, first: float, tolerance: float) -> tuple[float, ...]:
    """Return the fields of Slopes for one entry, from the best of the steps t, t/r, …."""
    best = (math.nan, math.inf, math.nan, 0.0)
    odds: list[float] = []
    evens: list[float] = []
    moved = 0.0
    for t in (first / FACTOR**i for i in range(STEPS)):
        odd, even, noise, move = probe.quotients(t)
        moved = max(moved, move)
        if move == 0:
            noise = probe.unseen(moved, t)
        if noise > best[1]:
            break  # a smaller t can only be worse
        if not (math.isfinite(odd) and math.isfinite(even)):
            odds, evens = [], []  # t reaches out of the function's domain
            continue
        new_odds, new_evens = _extrapolate(odd, odds, 2), _extrapolate(even, evens, 1)
        value, error = _estimate(new_odds, odds)
        jump, jump_error = _estimate(new_evens, evens)
        odds, evens = new_odds, new_evens
        uncertainty = error + noise + max(abs(jump), jump_error) / 2
        if uncertainty < best[1]:
            sure = abs(jump) > 10 * (jump_error + noise)
            large = abs(jump) > 10 * tolerance * (abs(value) + abs(jump) / 2)
            best = (value, uncertainty, jump, float(sure and large))
        if best[1] <= SURE * tolerance * abs(best[0]):
            break
    value, uncertainty, jump, kink = best
    if value == 0 or CAREFUL * probe.weight.sum() / first > SURE * tolerance * abs(value):
        missed, slope = probe.hidden(first, value)
        return value, uncertainty + missed, jump, kink, slope
    return value, uncertainty, jump, kink, abs(value)


def _extrapolate(newest: float, previous: list[float], power: int) -> list[float]:
    """Return [a(t), a(t) without t^power, without t^(power + 2) too, …]; previous is a(r t)'s."""
    row = [newest]
    for order, old in enumerate(previous[:ORDERS]):
        row.append(row[-1] + (row[-1] - old) / (FACTOR ** (power + 2 * order) - 1))
    return row


def _estimate(row: list[float], previous: list[float]) -> tuple[float, float]:
    """Return the entry of the row that is surest, and how far it is from those it came from."""
    best = (row[0], math.inf)
    for order, old in enumerate(previous[:ORDERS], start=1):
        error = max(abs(row[order] - row[order - 1]), abs(row[order] - old))
        if error < best[1]:
            best = (row[order], error)
    return best
