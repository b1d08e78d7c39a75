"""Is the gradient right away from the x that was checked entry by entry? One direction tells.

A backward can be right at a few numbers from N(0, 1) and wrong where a sigmoid saturates, at 0, for
a batch of one. To check every entry there, too, would take long. One number does: move x and all
parameters along a random direction u, and compare L's slope with Σ u ∘ gradient. A wrong entry
among many shows unless it is small.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from minigan.backend import Array, Random, to_host
from minigan.comparison import GradientError
from minigan.differences import EPS, measure, rounding_noise
from minigan.layer import Layer
from minigan.replay import memory

LOOSER = 10.0  # times the tolerance and the uncertainty: there is no second look at a wrong entry


def check_elsewhere(
    layer: Layer, shape: tuple[int, ...], scale: float, train: bool, rng: Random, tolerance: float
) -> None:
    """Check the slope along one direction at a few other x.

    An x that the layer refuses (ValueError), and one where there is no slope, says nothing.

    **Raises**  GradientError.
    """
    for what, x in _places(shape, scale, rng.child("elsewhere")):
        for of, moved in (("x", {"x": x}), ("the parameters", layer.params)):
            try:
                with np.errstate(all="ignore"):
                    slopes = _slopes(layer, x, moved, train, rng, tolerance)
            except ValueError:
                continue
            analytic, numeric, uncertainty, size = slopes
            off = abs(analytic - numeric)
            if math.isnan(analytic) or off > LOOSER * (tolerance * size + uncertainty):
                mode = "training" if train else "evaluation"
                raise GradientError(
                    f"{layer!r} in {mode}: with {what}, shape {x.shape}, the slope along a random "
                    f"direction of {of} is wrong: analytic {analytic:.10g}, numeric {numeric:.10g} "
                    f"± {uncertainty:.1g}; check_layer(…, x=…) with such an x tells which entry."
                )


def _places(shape: tuple[int, ...], scale: float, rng: Random) -> Iterator[tuple[str, Array]]:
    """Other x, with what is special about each."""
    m, *rest = shape

    def drawn(name: str, m: int, low: float, high: float) -> Array:
        sizes = 10.0 ** rng.child(f"{name}, sizes").uniform((m, *rest), low, high)
        return scale * sizes * rng.child(name).normal((m, *rest))

    yield "twice as many examples and large x", drawn("large", 2 * m, 0.3, 1.3)
    yield "one example", drawn("one", 1, 0, 0)
    yield "small x", drawn("small", m, -4, -2)
    yield "an x that is 0 here and there", drawn("0", m, 0, 0) * rng.mask(shape, 0.5)


def _slopes(
    layer: Layer, x: Array, arrays: dict[str, Array], train: bool, rng: Random, tolerance: float
) -> tuple[float, float, float, float]:
    """The slope by backward and by differences, ± how much, and the size of its summands.

    A number moves by a share of its size: what is small may have a pole or a kink close by.
    """
    start = {name: array.copy() for name, array in arrays.items()}
    u = {n: (abs(a) + (a == 0)) * rng.child(f"u {n}").normal(a.shape) for n, a in start.items()}
    t, put_back = np.zeros(()), memory(layer)

    def forward() -> tuple[Array, Any]:
        put_back()
        return layer.forward(x, train)

    def evaluate() -> Any:
        return to_host(forward()[0].copy()).reshape(-1)

    def along() -> Any:
        for name, array in arrays.items():
            array[...] = start[name] + float(t) * u[name]
        return evaluate()

    def summands() -> Any:
        y, cache = forward()
        dx, grads = layer.backward(rng.child("dy").normal(y.shape), cache)
        gradients = {"x": dx, **grads}
        return [to_host(u[n] * gradients[n]).reshape(-1) for n in arrays]

    def slope() -> Any:
        return np.array([sum(float(part.sum()) for part in summands())])

    try:
        y = evaluate()
        parts = np.concatenate([np.zeros(0), *summands()])
        if not np.isfinite(y).all():
            raise ValueError("y is not finite")
        dy = to_host(rng.child("dy").normal(forward()[0].shape)).reshape(-1)
        own = float(rounding_noise(slope, arrays.values(), rng.child("own noise"))[0])
        noise = rounding_noise(evaluate, arrays.values(), rng.child("noise"))
        noise += EPS * np.median(np.abs(y))
        found = measure(along, t, dy, noise, tolerance=tolerance)
    finally:
        put_back()
        for name, array in arrays.items():
            array[...] = start[name]
    if found.kink or not np.isfinite(found.uncertainty):
        raise ValueError("there is no slope")
    # a slope that no output shows by a unit in its last place, for a move of 1, is not measured
    uncertainty = float(found.uncertainty) + own + EPS * float(np.abs(dy * y).sum())
    return float(parts.sum()), float(found.value), uncertainty, float(np.abs(parts).sum())
