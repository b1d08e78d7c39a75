"""RANGES are tables of what every parameter of a public function takes, and what it refuses.

A line is a function with one good call, and a kind for each of its parameters:

    Line("dense.Dense", lambda: {"n_in": 3, "n_out": 2, "rng": Random(0)}, n_in=size(), …)

A kind knows values at the edges of its range that must be taken, values beyond them that must be
refused, and the words in which the error names the range. test_ranges.py tries them all, one at a
time, and fails where a public function has no line, or a parameter no kind.
"""

from __future__ import annotations

import importlib
import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

Bad = list[tuple[Any, type[Exception]]]


@dataclass(frozen=True)
class Kind:
    """good, bad: from the value in the line's good call to others, the bad ones with their error.

    words: what every error says, or one of several. A kind without words refuses nothing; then
    `why` says why not.
    """

    good: Callable[[Any], list[Any]] = lambda plain: [plain]
    bad: Callable[[Any], Bad] = lambda plain: []
    words: str | tuple[str, ...] = ""
    why: str = ""
    alike: bool = False  # whether the good values stand for the same numbers, with one result
    one_device: bool = False  # whether an array of the other library is refused
    also: str = ""  # another name for what is refused: that of a layer's argument, x


class Line:
    """A public function, a good call of it, and the kinds of its parameters.

    call: what is called instead of the function itself, with the same parameters: for a method,
    one of a new object; for a generator, its first step. `*layers` are a tuple named layers.
    """

    def __init__(
        self,
        name: str,
        plain: Callable[[], dict[str, Any]],
        /,
        *,
        call: Callable[..., Any] | None = None,
        **kinds: Kind,
    ) -> None:
        self.name, self.plain, self.kinds = name, plain, kinds
        self.call = call or find(name)

    def __call__(self, **changed: Any) -> Any:
        return self.call(**(self.plain() | changed))


def find(name: str) -> Any:
    """What a name such as "layer.Sequential.summary" stands for in minigan."""
    module, *path = name.split(".")
    found: Any = importlib.import_module(f"minigan.{module}")
    for part in path:
        found = getattr(found, part)
    return found


def parameters(function: Any) -> set[str]:
    """The names of a function's parameters, without self; of one that takes *anything, too."""
    return {name for name in inspect.signature(function).parameters if name not in ("self", "_")}


# --- kinds of one number --------------------------------------------------------------------------

NOT_NUMBERS: Bad = [(value, TypeError) for value in (None, "1", [1], True, np.bool_(True), 1j)]


def size(least: int = 1, most: int | None = None, words: str = "", *, huge: bool = True) -> Kind:
    """An integer of `least` or more. most: the largest for which the good call can be made."""
    words = words or f"an integer of {least} or more"
    above: list[Any] = [10**30] if huge else []
    if most is not None:
        above.append(most + 1)
    return Kind(
        lambda plain: [plain, np.int64(plain), np.uint8(plain)],
        lambda plain: (
            [(n, ValueError) for n in (least - 1, -1, np.int32(-5), *above)]
            + [(n, TypeError) for n in (2.5, float(plain), math.nan, np.float32(plain))]
            + NOT_NUMBERS
            + [(np.array(plain), TypeError)]
        ),
        words,
    )


def number(good: list[Any], bad: list[Any], words: str) -> Kind:
    """A real number; good and bad: at both sides of the edges of its range."""
    return Kind(
        lambda plain: [plain, np.float64(plain), np.float32(plain), *good],
        lambda plain: (
            [(x, ValueError) for x in (*bad, math.nan)]
            + NOT_NUMBERS
            + [(np.array([0.5]), TypeError), (np.array(0.5), TypeError)]
        ),
        words,
    )


TINY, HUGE = 5e-324, 1.7e308  # the smallest and almost the largest float64
BELOW_1 = math.nextafter(1, 0)


def share(words: str = "in [0, 1)") -> Kind:
    """A number in [0, 1)."""
    return number(
        [0, 0.0, -0.0, Fraction(1, 3), 1 - 2**-10], [-TINY, -0.1, 1, 1.0, 2, math.inf], words
    )


def positive(words: str = "a number above 0") -> Kind:
    """A finite number above 0."""
    return number([1, 1e-30, 1e30], [0, 0.0, -TINY, -1, math.inf, -math.inf, 10**400], words)


def not_negative(words: str = "a number of 0 or more") -> Kind:
    """A finite number, 0 or above."""
    return number([0, 0.0, 1, 1e30], [-TINY, -1, math.inf, -math.inf, 10**400], words)


# --- kinds of other things ------------------------------------------------------------------------


def flag() -> Kind:
    """True or False; a word would count as True."""
    bad: Bad = [(value, TypeError) for value in (None, 0, 1, "False", "eval", [], np.array([True]))]
    return Kind(
        lambda plain: [True, False, np.True_, np.False_], lambda plain: bad, "True or False"
    )


def choice(*names: str, words: str = "") -> Kind:
    """One of these names."""
    wrong: Bad = [(names[0].upper(), ValueError), (names[0] + " ", ValueError), ("", ValueError)]
    wrong += [(value, TypeError) for value in (None, 0, True, [names[0]])]
    return Kind(lambda plain: list(names), lambda plain: wrong, words or repr(names[0]))


def instance(words: str | tuple[str, ...], *wrong: Any, good: list[Any] | None = None) -> Kind:
    """An object of a class; wrong: others, besides the usual ones."""
    bad: Bad = [(value, TypeError) for value in (None, 0, "rng", [], *wrong)]
    return Kind(lambda plain: good or [plain], lambda plain: bad, words)


def word(words: str) -> Kind:
    """Any text."""
    bad: Bad = [(value, TypeError) for value in (None, 0, b"W", ["W"])]
    return Kind(lambda plain: [plain, "", "σ"], lambda plain: bad, words)


def optional(kind: Kind) -> Kind:
    """The same, or None."""
    return Kind(
        lambda plain: [None, *([] if plain is None else kind.good(plain))],
        lambda plain: [(value, error) for value, error in kind.bad(plain) if value is not None],
        kind.words,
        kind.why,
    )


def function(words: str = "a function") -> Kind:
    """Something that can be called."""
    bad: Bad = [(value, TypeError) for value in (None, 1, "f", [], np.ones(2))]
    return Kind(bad=lambda plain: bad, words=words)


def listed(words: str, good: list[Any], bad: Bad) -> Kind:
    """These values are taken and those are refused."""
    return Kind(lambda plain: [plain, *good], lambda plain: bad, words)


def shape(words: str = "a tuple of sizes of 1 or more", *, wrong: Bad | None = None) -> Kind:
    """Sizes of an array."""
    bad: Bad = [((), ValueError), (None, TypeError), (3, TypeError), ("33", TypeError)]
    for part, error in ((0, ValueError), (-1, ValueError), (2.0, TypeError), (True, TypeError)):
        bad.append(((3, part), error))
    bad += [((10**30,), ValueError), (np.array([3, 2]), TypeError)]
    return Kind(
        lambda plain: [tuple(plain), list(plain), tuple(map(np.int64, plain))],
        lambda plain: bad + (wrong or []),
        words,
    )


def anything(why: str) -> Kind:
    """No range: `why` says why there is none."""
    return Kind(why=why)


TRUTH = Kind(
    lambda plain: [True, False, np.True_, np.False_, 1, 0],
    why="any truth value: it decides what is computed, not what comes out",
)


# --- kinds of arrays ------------------------------------------------------------------------------


def spread(x: Any) -> Any:
    """The same numbers as every second one of an array that holds NaN between each two."""
    if x.ndim == 0:
        return x
    wide = np.full((*x.shape[:-1], 2 * x.shape[-1]), np.nan, x.dtype)
    wide[..., ::2] = x
    return wide[..., ::2]


def read_only(x: Any) -> Any:
    """A copy that cannot be written to."""
    copy = x.copy()
    copy.flags.writeable = False
    return copy


def same_numbers(x: Any) -> list[Any]:
    """The array in every form that must give the same result."""
    backwards = x[::-1].copy()[::-1] if x.ndim else x
    mapped = x.copy().view(np.memmap)
    unaligned = np.frombuffer(b"\0" + x.tobytes(), x.dtype, offset=1).reshape(x.shape)
    return [x, np.asfortranarray(x), spread(x), backwards, read_only(x), mapped, unaligned]


def not_floats(x: Any) -> Bad:
    """The array in every form that is none of float32 or float64."""
    bad: list[Any] = [None, 3, 0.5, "x", x.tolist(), tuple(x.ravel()), {"x": x}]
    bad += [x.astype(dtype) for dtype in ("float16", "int64", "uint8", "bool", "complex64")]
    bad += [x.astype(object), x.astype(np.longdouble), x.astype("S8")]
    bad += [x.astype(x.dtype.newbyteorder()), np.ma.masked_array(x, mask=x > 0)]
    if x.ndim == 2:
        bad.append(x.view(np.matrix))
    return [(value, TypeError) for value in bad]


OTHER = {"float32": "float64", "float64": "float32"}


def array(
    *,
    any_shape: bool = False,
    fixed: bool = True,
    wrong: Callable[[Any], list[Any]] = lambda x: [],
    words: str | tuple[str, ...] = ("expected", "; convert x", "; draw both"),
    also: str = "",
) -> Kind:
    """An array of float32 or float64.

    any_shape: whether other numbers of axes are taken; fixed: whether there is one dtype and one
    device that it must have; wrong: arrays of a wrong shape, besides the usual ones.
    """

    def bad(x: Any) -> Bad:
        found = [*not_floats(x), (x[:0], ValueError), (x[..., :0], ValueError)]
        if fixed:
            found.append((x.astype(OTHER[x.dtype.name]), TypeError))
        if not any_shape:
            found += [(x[None], ValueError), (x[0], ValueError), (x[..., None], ValueError)]
        return found + [(value, ValueError) for value in wrong(x)]

    return Kind(same_numbers, bad, words, alike=True, one_device=fixed, also=also)
