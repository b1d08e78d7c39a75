"""Hand-written gradients beside measured slopes: one row an array, and a verdict.

The relative error of an entry is

    |analytic - numeric| / max(|analytic|, |numeric|, floor)

An entry can be 0 while its measured slope is 1e-13, which is no error; hence the floor. It is 3
times the uncertainty of the two numbers, divided by the tolerance: it follows from the function and
not from a constant, so that tiny gradients are compared as strictly as large ones. The analytic
number's own rounding error is part of it: the gradient for a bias before a BatchNorm is a sum that
cancels to 0, but for its last digits.

Four verdicts: "ok"; "wrong"; "kink", where the slopes to the left and to the right differ and no
gradient is right; "coarse", where the slope cannot be measured well enough to tell. The last two
are never a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from minigan.backend import Array, Random, to_host
from minigan.differences import EPS, Evaluate, Slopes, measure, rounding_noise

CERTAIN = 3.0  # uncertainties that a wrong entry must be off by, at least
COARSE = 1e-5  # an uncertainty above this share of the largest gradient gives no verdict


class GradientError(AssertionError):
    """A backward is wrong, or breaks a rule of the protocol; `rows` holds what was measured."""

    rows: tuple[Row, ...] = ()


class NoVerdictError(ValueError):
    """A slope cannot be measured well enough to judge by; `rows` holds what was measured."""

    rows: tuple[Row, ...] = ()


class KinkError(NoVerdictError):
    """The function has a kink where it was asked for a gradient, and so has none."""


@dataclass(frozen=True)
class Row:
    """One array's gradient beside its measured slopes: a line of the table.

    layer: what was differentiated; mode: "train" or "eval"; name: "x" or the parameter; shape and
    entries of that array; index, analytic, numeric, error, uncertainty (± of both), jump (right
    slope minus left slope): the worst entry; wrong, kinks, coarse: how many entries are so; factor:
    analytic/numeric where that is one number for several wrong entries.
    """

    layer: str
    mode: str
    name: str
    shape: tuple[int, ...]
    entries: int
    index: tuple[int, ...]
    analytic: float
    numeric: float
    error: float
    uncertainty: float
    jump: float
    wrong: int
    kinks: int
    coarse: int
    factor: float | None

    @property
    def entry(self) -> str:
        """The worst entry's name: "W[0, 2]"."""
        return f"{self.name}[{', '.join(map(str, self.index))}]" if self.index else self.name

    @property
    def verdict(self) -> str:
        """One of "ok", "wrong", "kink", "coarse"."""
        counts = {"wrong": self.wrong, "kink": self.kinks, "coarse": self.coarse}
        return next((word for word, count in counts.items() if count), "ok")


def check_float64(what: str, arrays: Iterable[tuple[str, Array]]) -> None:
    """Refuse float32, and what cannot be moved in place, where slopes are to be measured.

    **Raises**  TypeError.
    """
    for name, array in arrays:
        if isinstance(array, np.generic):
            raise TypeError(
                f"{what}: {name} is a NumPy scalar, expected an array, which is trained in place; "
                "make it with rng.array(...)."
            )
        if array.dtype.name != "float64":
            raise TypeError(
                f"{what}: {name} is {array.dtype.name}, expected float64: a difference of two "
                "float32 numbers keeps 3 or 4 digits, too few to judge a gradient; use "
                "Random(seed, dtype='float64')."
            )


def compare(
    layer: str,
    mode: str,
    arrays: dict[str, Array],
    gradients: Callable[[], dict[str, Array]],
    evaluate: Evaluate,
    dy: Any,
    rng: Random,
    tolerance: float,
) -> list[Row]:
    """Measure the slope of every entry of the arrays and lay the gradients beside them.

    **Parameters**  evaluate() reads the arrays and returns y, flat, on the host; gradients() says
    what the slopes of Σ dy ∘ y are, by the arrays' names; rng: for `rounding_noise`.
    """
    arrays = {name: array for name, array in arrays.items() if array.size}

    def flat_gradients() -> Any:
        found = gradients()
        return np.concatenate([np.array(to_host(found[name])).reshape(-1) for name in arrays])

    with np.errstate(all="ignore"):  # a step may leave the function's domain; measure sees it
        analytic = flat_gradients()
        own_noise = rounding_noise(flat_gradients, arrays.values(), rng)
        noise = rounding_noise(evaluate, arrays.values(), rng)
        # A sum inside forward may pass through the size of its neighbours, so the median counts.
        noise += EPS * np.median(np.abs(evaluate()))
        slopes = [measure(evaluate, a, dy, noise, tolerance=tolerance) for a in arrays.values()]
        largest = max(float(np.fmax(abs(s.value), s.steepness).max()) for s in slopes)
        rows, start = [], 0
        for (name, array), found in zip(arrays.items(), slopes, strict=True):
            part = slice(start, start + array.size)
            # Where y did not move at all the slope is 0, to the last place of the other slopes.
            still = (found.uncertainty == 0) * (16 * EPS * largest)
            uncertainty = found.uncertainty + still + own_noise[part].reshape(array.shape)
            found = replace(found, uncertainty=uncertainty)
            claimed = analytic[part].reshape(array.shape)
            rows.append(_row((layer, mode, name), claimed, found, largest, tolerance))
            start += array.size
    return rows


def judge(rows: list[Row], tolerance: float) -> None:
    """See that every row's verdict is "ok".

    **Raises**  GradientError for the first row that is wrong; without one, KinkError, then
    NoVerdictError, for the first row that has no verdict.
    """
    for verdict, kind in (
        ("wrong", GradientError),
        ("kink", KinkError),
        ("coarse", NoVerdictError),
    ):
        for row in rows:
            if row.verdict == verdict:
                error = kind(_sentence(row, tolerance))
                error.rows = tuple(rows)
                raise error


def _row(
    names: tuple[str, str, str], analytic: Any, slopes: Slopes, largest: float, tolerance: float
) -> Row:
    numeric, off = slopes.value, CERTAIN * slopes.uncertainty
    size = np.maximum(abs(analytic), abs(numeric))
    error = np.asarray(abs(analytic - numeric) / np.maximum(size, off / tolerance))
    error[analytic == numeric] = 0  # 0/0
    unknown = ~np.isfinite(slopes.uncertainty)
    error[unknown] = 0
    error[~np.isfinite(analytic)] = np.inf
    coarse = (off > COARSE * largest) & (off > 10 * tolerance * abs(numeric))
    coarse = (coarse | unknown) & ~slopes.kink
    wrong = (error > tolerance) & ~slopes.kink & ~coarse
    shown = next((a for a in (wrong, slopes.kink, coarse) if a.any()), np.ones_like(wrong))
    worst = np.unravel_index(int(np.argmax(np.where(shown, error, -1))), error.shape)
    return Row(
        *names,
        shape=analytic.shape,
        entries=analytic.size,
        index=tuple(int(i) for i in worst),
        analytic=float(analytic[worst]),
        numeric=float(numeric[worst]),
        error=float(error[worst]),
        uncertainty=float(slopes.uncertainty[worst]),
        jump=float(slopes.jump[worst]),
        wrong=int(wrong.sum()),
        kinks=int(slopes.kink.sum()),
        coarse=int(coarse.sum()),
        factor=_common_factor(analytic[wrong], numeric[wrong]),
    )


def _common_factor(analytic: Any, numeric: Any) -> float | None:
    """Return analytic/numeric if that is the same for all of several entries, else None."""
    if len(analytic) < 2 or not numeric.all():
        return None
    ratio = analytic / numeric
    middle = float(np.median(ratio))
    return middle if np.isfinite(middle) and (abs(ratio - middle) <= 1e-5).all() else None


def _sentence(row: Row, tolerance: float) -> str:
    where = f"{row.layer} in {'training' if row.mode == 'train' else 'evaluation'}: "
    if row.verdict == "wrong":
        factor = "" if row.factor is None else f", by the factor {row.factor:.7g}"
        return (
            f"{where}the gradient for {row.entry} is wrong: analytic {row.analytic:.10g}, numeric "
            f"{row.numeric:.10g}, relative error {row.error:.2g}, expected at most {tolerance:.2g} "
            f"({row.wrong} of {row.entries} entries of {row.name} are wrong{factor})."
        )
    if row.verdict == "kink":
        left, right = row.numeric - row.jump / 2, row.numeric + row.jump / 2
        return (
            f"{where}there is a kink at {row.entry}: the slope is {left:.6g} to the left and "
            f"{right:.6g} to the right, so there is no gradient to compare with; try another x or "
            f"seed ({row.kinks} of {row.entries} entries of {row.name} have a kink)."
        )
    return (
        f"{where}no verdict on {row.entry}: its slope was measured as {row.numeric:.6g} ± "
        f"{row.uncertainty:.2g}, which is too coarse; bring inputs and weights to a size near "
        "1, and see that forward is continuous and rounds no digits off."
    )


def not_finite(a: Array) -> str:
    """What an array holds besides numbers, and how often; "" for nothing.

    >>> import numpy as np
    >>> not_finite(np.array([[1.0, np.nan], [np.nan, 2.0]])), not_finite(np.ones(3))
    ('NaN, in 2 of 4 entries, the first at [0, 1]', '')
    """
    values = np.asarray(to_host(a))
    odd = np.argwhere(~np.isfinite(values))
    if not len(odd):
        return ""
    kind = "NaN" if np.isnan(values).any() else "infinity"
    place = f", the first at {odd[0].tolist()}" if values.ndim else ""
    return f"{kind}, in {len(odd)} of {values.size} entries{place}"
