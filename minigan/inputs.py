"""Which arrays a function takes: checks at its boundary, of type, dtype and shape.

They come at every step, so they look at nothing that is in the arrays. An array is NumPy's or
CuPy's own, of float32 or float64 in this machine's byte order, and not empty. How it lies in memory
does not matter: read-only, not contiguous or in Fortran's order, it gives the same numbers.
"""

from __future__ import annotations

from typing import Any

from minigan.backend import Array, Random, array_module, device_of
from minigan.limits import begun, check_kind


def check_floats(where: Any, name: str, x: Array) -> None:
    """Refuse what is no array of float32 or float64, or an empty one.

    **Raises**  TypeError, ValueError.
    """
    try:
        array_module(x)
    except TypeError as error:
        raise TypeError(f"{begun(where)}{name}: {error}") from None
    dtype = x.dtype
    if dtype.char not in "fd":  # its name takes NumPy longer than all other checks here
        raise TypeError(
            f"{begun(where)}{name} is {dtype.name}, expected float32 or float64; use "
            f"{name}.astype('float32')."
        )
    if not dtype.isnative:
        raise TypeError(
            f"{begun(where)}{name} is {dtype.name} in another machine's byte order, expected this "
            f"one's; use {name}.astype({dtype.name!r})."
        )
    if x.size == 0:
        raise ValueError(
            f"{begun(where)}{name} is empty, of shape {x.shape}, expected sizes of 1 or more."
        )


def check_rows(where: Any, name: str, x: Array) -> None:
    """Refuse what is no such array (n, k).

    **Raises**  TypeError, ValueError.
    """
    check_floats(where, name, x)
    if x.ndim != 2:
        raise ValueError(f"{begun(where)}{name} has shape {x.shape}, expected (n, k).")


def check_alike(where: Any, name: str, x: Array, other: str, y: Array) -> None:
    """Refuse an x that is no such array, or of another library or dtype than y, which is one.

    **Raises**  TypeError, ValueError.
    """
    check_floats(where, name, x)
    if x.dtype != y.dtype or array_module(x) is not array_module(y):
        raise TypeError(
            f"{begun(where)}{name} is {_what(x)} and {other} is {_what(y)}, expected the same."
        )


def check_input(layer: Any, x: Array, expected: tuple[int | str, ...] | None = None) -> None:
    """Refuse an x that the layer cannot take, in one sentence that names the layer.

    x must be as `check_floats` says, of the same library and dtype as the layer's arrays, and have
    the expected shape, in which a string stands for any size and "..." for any axes.

    **Raises**  TypeError for a wrong type, dtype or device, ValueError for a wrong shape.
    """
    check_floats(layer, "x", x)
    for name, array in (layer.params | layer.buffers).items():
        if device_of(array) != device_of(x):
            raise TypeError(
                f"{layer!r}: x is on {device_of(x)!r} but {name} is on {device_of(array)!r}; draw "
                "both from a Random of one device."
            )
        if array.dtype != x.dtype:
            raise TypeError(
                f"{layer!r}: x is {x.dtype.name} but {name} is {array.dtype.name}; convert x, or "
                f"draw the layer from Random(seed, dtype={x.dtype.name!r})."
            )
    if expected is not None and not _matches(x.shape, expected):
        axes = ", ".join(str(n) for n in expected)
        raise ValueError(f"{layer!r}: x has shape {x.shape}, expected ({axes}).")


def check_random(where: Any, rng: Any) -> None:
    """Refuse what is no Random, NumPy's generators included: they know no device and no dtype.

    **Raises**  TypeError.
    """
    check_kind(where, "rng", rng, Random, "a Random, as minigan.Random(0)")


def check_dy(layer: Any, dy: Array, shape: tuple[int, ...], like: Array | None = None) -> None:
    """Refuse a dy that has not the shape of the output, or is of another kind than it.

    like: an array of the forward, of which dy has the library, and the dtype if it is a float's.

    **Raises**  TypeError, ValueError.
    """
    if like is None:
        check_floats(layer, "dy", dy)
    elif like.dtype.kind == "f":
        if type(dy) is not type(like) or dy.dtype is not like.dtype:  # the same nearly always
            check_alike(layer, "dy", dy, "the output", like)
    else:
        check_floats(layer, "dy", dy)
        if device_of(dy) != device_of(like):
            raise TypeError(
                f"{layer!r}: dy is on {device_of(dy)!r}, expected {device_of(like)!r}, as x."
            )
    if dy.shape != shape:
        raise ValueError(
            f"{layer!r}: dy has shape {dy.shape}, expected {shape}, the shape of the output."
        )


def _matches(shape: tuple[int, ...], expected: tuple[int | str, ...]) -> bool:
    if "..." in expected:  # as in ("m", "...", 64)
        at = expected.index("...")
        tail = len(expected) - at - 1
        if len(shape) < at + tail:
            return False
        shape = shape[:at] + shape[len(shape) - tail :]
        expected = expected[:at] + expected[at + 1 :]
    return len(shape) == len(expected) and all(
        isinstance(want, str) or n == want for n, want in zip(shape, expected, strict=True)
    )


def _what(x: Array) -> str:
    return f"{x.dtype.name} on {device_of(x)!r}"
