"""What an argument may be, and the sentence that is said where it is something else.

An argument is looked at once, where it comes in. Sizes, rates and names are checked when an object
is made, or before a loop begins; arrays, which come at every step, by inputs.py. In every function
here `where` begins the sentence (a layer, or a function's name; "" for nothing) and `name` is the
argument's.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Collection
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np

MOST = 2**31 - 1  # of a size: no memory holds an array that is longer in one direction

Range = tuple[str, Callable[[float], bool]]  # in words, and as a test
SHARE: Range = ("a share in [0, 1)", lambda p: 0 <= p < 1)
CHANCE: Range = ("a share in [0, 1]", lambda p: 0 <= p <= 1)
POSITIVE: Range = ("a number above 0", lambda x: 0 < x < math.inf)
NOT_NEGATIVE: Range = ("a number of 0 or more", lambda x: 0 <= x < math.inf)
FINITE: Range = ("a finite number", math.isfinite)


def check_integer(where: Any, name: str, value: Any, least: float = 1, most: float = MOST) -> int:
    """Refuse what is no integer from `least` to `most`; return it as Python's own.

    **Raises**  TypeError, ValueError.
    """
    expected = f"an integer of {least} or more" if least > -math.inf else "an integer"
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(sentence(where, name, value, expected))
    number = int(value)
    if number < least:
        raise ValueError(sentence(where, name, value, expected))
    if number > most:
        raise ValueError(sentence(where, name, value, f"{expected}, {most} at most"))
    return number


def check_number(where: Any, name: str, value: Any, within: Range) -> float:
    """Refuse what is no number of a range, such as SHARE; return it as Python's float.

    A NumPy float64 among float32 arrays would make float64 of them.

    **Raises**  TypeError, ValueError.
    """
    expected, inside = within
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(sentence(where, name, value, expected))
    try:
        number = float(value)
    except OverflowError:  # of an integer
        number = math.inf
    if not inside(number):
        raise ValueError(sentence(where, name, value, expected))
    return number


def check_flag(where: Any, name: str, value: Any) -> bool:
    """Refuse what is neither True nor False, Python's or NumPy's: the word "no" would be true.

    **Raises**  TypeError.
    """
    if value is True or value is False:
        return value
    if type(value).__name__ == "bool" and type(value).__module__ == "numpy":
        return bool(value)
    raise TypeError(sentence(where, name, value, "True or False"))


def check_choice(where: Any, name: str, value: Any, choices: Collection[str]) -> None:
    """Refuse what is not one of these names.

    **Raises**  TypeError, ValueError.
    """
    expected = " or ".join(map(repr, choices))
    if not isinstance(value, str):
        raise TypeError(sentence(where, name, value, expected))
    if value not in choices:
        raise ValueError(sentence(where, name, value, expected))


def check_names(where: Any, name: str, values: Any, choices: Collection[str]) -> list[str]:
    """Refuse what is neither a name nor some names; return them as a list.

    choices: the names that there are, for the sentence; whether each is one of them is not asked.

    **Raises**  TypeError.
    """
    expected = f"some of {', '.join(choices)}"
    try:
        names = [values] if isinstance(values, str) else list(values)
    except TypeError:  # nothing to be walked through
        raise TypeError(sentence(where, name, values, expected)) from None
    for one in names:
        check_kind(where, f"one of {name}", one, str, expected)
    return names


def check_kind(where: Any, name: str, value: Any, kind: Any, expected: str) -> None:
    """Refuse what is not of this class.

    **Raises**  TypeError.
    """
    if not isinstance(value, kind):
        raise TypeError(sentence(where, name, value, expected))


def check_function(where: Any, name: str, value: Any, form: str) -> None:
    """Refuse what cannot be called; form: of what, as "of rng and shape".

    **Raises**  TypeError.
    """
    if not callable(value):
        raise TypeError(sentence(where, name, value, f"a function {form}"))


def check_shape(where: Any, name: str, value: Any, n: int = 0) -> tuple[int, ...]:
    """Refuse what is no tuple or list of sizes, at least one, or of n; return it as a tuple.

    **Raises**  TypeError, ValueError.
    """
    expected = f"a tuple of {n} sizes of 1 or more" if n else "a tuple of sizes of 1 or more"
    if not isinstance(value, tuple | list):
        raise TypeError(sentence(where, name, value, expected))
    if not value or (n and len(value) != n):
        raise ValueError(sentence(where, name, value, expected))
    try:
        return tuple(check_integer("", name, n) for n in value)
    except (TypeError, ValueError) as error:
        raise type(error)(sentence(where, name, value, expected)) from None


def check_numbers(where: Any, name: str, values: Any) -> Any:
    """Refuse what is no number, no rows of numbers of one length and no array; return it as one.

    A masked array is refused: what it hides would count.

    **Raises**  TypeError.
    """
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(sentence(where, name, values, "numbers without gaps, as x.filled(0) has"))
    try:
        host = np.asarray(values)
    except ValueError:  # rows of several lengths
        host = np.asarray(None)
    if host.dtype.kind not in "biuf":
        raise TypeError(sentence(where, name, values, "numbers"))
    return host


def fitting(where: Any, name: str, host: Any, dtype: str) -> Any:
    """A copy of an array on the host in another dtype, in which each of its numbers has a place.

    **Raises**  ValueError for a number that would become infinite.
    """
    with np.errstate(over="ignore"):
        found = host.astype(dtype)
    lost = host[np.isinf(found) & ~np.isinf(host)]
    if lost.size:
        expected = f"numbers that {dtype} can hold"
        raise ValueError(f"{begun(where)}{name} has {lost.flat[0]:g}, expected {expected}.")
    return found


def check_table(where: Any, name: str, values: Any, shape: str, columns: int = 0) -> None:
    """Refuse what is no NumPy array of numbers: (n,), or (n, columns), n being 1 or more.

    **Raises**  TypeError, ValueError.
    """
    if type(values) not in (np.ndarray, np.memmap) or values.dtype.kind not in "biuf":
        raise TypeError(sentence(where, name, values, f"a NumPy array of numbers {shape}"))
    if (
        values.ndim != (2 if columns else 1)
        or not len(values)
        or values.shape[1:] != ((columns,) if columns else ())
    ):
        raise ValueError(f"{begun(where)}{name} has shape {values.shape}, expected {shape}.")


def check_path(where: Any, name: str, value: Any) -> Path:
    """Refuse what is no path, and a text that can name no file, as "" cannot; return a Path.

    **Raises**  TypeError, ValueError.
    """
    text = os.fspath(value) if isinstance(value, str | os.PathLike) else None
    if not isinstance(text, str):
        raise TypeError(sentence(where, name, value, "a path"))
    try:
        named = os.fsencode(text)
    except UnicodeEncodeError:  # half of a surrogate pair
        named = b""
    if not named or b"\0" in named:
        raise ValueError(sentence(where, name, value, "a path"))
    return Path(text)


def check_sizes(where: Any, shape: Any) -> tuple[int, ...]:
    """Refuse a shape that is no tuple or list of sizes of 0 or more; return it as a tuple.

    **Raises**  TypeError, ValueError.
    """
    if not isinstance(shape, tuple | list):
        raise TypeError(sentence(where, "shape", shape, "a tuple of sizes of 0 or more"))
    if all(type(n) is int and 0 <= n <= MOST for n in shape):  # quick: masks come at every step
        return tuple(shape)
    return tuple(check_integer(where, "a size in shape", n, 0) for n in shape)


def sentence(where: Any, name: str, value: Any, expected: str) -> str:
    """What was given and what was expected.

    >>> sentence("", "rate", 1.5, "a share in [0, 1)")
    'rate is 1.5, expected a share in [0, 1).'
    """
    return f"{begun(where)}{name} is {shown(value)}, expected {expected}."


def shown(value: Any) -> str:
    """A value as a message shows it: in one line, and short.

    >>> shown("a"), shown(10**99)
    ("'a'", '100000000000000000000000000000…')
    """
    text = " ".join(repr(value).split())
    return text if len(text) <= 80 else f"{text[:30]}…"


def begun(where: Any) -> str:
    """How a sentence begins: with the layer or the name, and a colon."""
    if isinstance(where, str):
        return f"{where}: " if where else ""
    return f"{where!r}: "


def on_host(values: Any) -> Any:
    """Values that are on the host, an array's or a list's, as a NumPy array, to be looked at."""
    return np.asarray(values)
