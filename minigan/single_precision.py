"""In float32 a layer stays in float32, and its gradients are those of float64, but for rounding.

Gradients are measured in float64, and networks train in float32. A layer that knows its dtype (a
kernel for each, an eps that only one of them can hold) could be right in the one alone.
"""

from __future__ import annotations

import numpy as np

from minigan.backend import Array, Random
from minigan.comparison import GradientError
from minigan.contract import Contract
from minigan.disguises import gradient_of
from minigan.layer import Layer
from minigan.replay import arrays_of, streams

SHARE = 1e-2  # of the largest entry: a wrong formula is off by more, and rounding by less
FEW_DIGITS = 100.0  # an x of larger numbers may lose too many of float32's 7 digits to be compared


def check_float32(layer: Layer, double: Contract, rng: Random, *, numbers: bool) -> None:
    """Check a layer that was drawn in float32 beside the same in float64: double's.

    **Parameters**  numbers: whether the gradients are compared, and not their dtypes alone.

    **Raises**  GradientError.
    """
    if layer.params and "float32" not in [a.dtype.name for a in layer.params.values()]:
        return  # it draws them in float64 whatever it is told
    for name, array in arrays_of(layer):
        if array.dtype.name == "float64":
            raise GradientError(
                f"{layer!r} from a float32 Random: {name} is float64, expected float32; a NumPy "
                "float64 scalar in a product makes it so."
            )
    x = double.x.astype("float32")
    with np.errstate(all="ignore"):  # what float64 holds may be too large for float32
        single = Contract(layer, x, double.train, rng)
        if numbers and _size(x) <= FEW_DIGITS:
            double.put_back()  # both begin with the same random numbers, after weights of two kinds
            for its, stream in zip(streams(layer), streams(double.layer), strict=True):
                its.state = stream.state
            for (_, ours), (_, theirs) in zip(
                arrays_of(layer), arrays_of(double.layer), strict=True
            ):
                ours[...] = theirs.astype(ours.dtype)
            single = Contract(layer, x, double.train, rng)
            _compare(single, double)


def _compare(single: Contract, double: Contract) -> None:
    sizes = {name: _size(g) for name, g in double.gradients.items()}
    largest = max(sizes.values())
    if not 1e-30 < max(largest, _size(single.y)) < 1e30:  # NaN, too: float32 does not hold it
        return
    for name, g in single.gradients.items():
        off = _size(g - double.gradients[name])
        if not off <= SHARE * max(sizes[name], 1e-3 * largest):
            single.fail(
                f"{gradient_of(name)} in float32 is not what it is in float64: it is off by "
                f"{off:.2g}, where its largest entry is {sizes[name]:.2g}."
            )


def _size(a: Array) -> float:
    return float(abs(a).max()) if a.size else 0.0
