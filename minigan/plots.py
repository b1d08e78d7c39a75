"""Drawings of a run: curves, densities, clouds of points.

matplotlib makes them by its object interface: no window, no global state, and it is not imported
before a picture is asked for. The same numbers give the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from minigan.files import replacing
from minigan.limits import (
    check_choice,
    check_kind,
    check_numbers,
    check_path,
    check_table,
    sentence,
)
from minigan.objectives import OBJECTIVES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DATA, SAMPLES, PLAYER_D = "0.55", "tab:green", "tab:blue"  # as in figure 1 of the 2014 paper


def write_curves(path: str | Path, log: dict[str, list[float]], objective: str) -> None:
    """Draw the losses of both players, and D's mean probabilities, over the steps.

    The dashed lines are where the game ends when G has become the data and D = 1/2: loss_D at
    2 log 2, loss_G at log 2 (non-saturating) or -log 2 (minimax). The Fréchet distance has a panel
    of its own where the log has it.

    **Parameters**  path of the PNG file; log: the columns of log.csv, of one length; objective: the
    name of what G descends.

    **Raises**  TypeError, ValueError for others; OSError from the disk, as everything here.
    """
    path = check_path("write_curves", "path", path)
    check_kind("write_curves", "log", log, dict, "the columns of log.csv by name")
    check_choice("write_curves", "objective", objective, OBJECTIVES)
    for column in ("step", "loss_D", "loss_G", "D_real", "D_fake"):
        if len(log.get(column, ())) != len(log.get("step", ())) or column not in log:
            raise ValueError(f"write_curves: log has no column {column}, expected one like step.")
    marks = [p for p in zip(log["step"], log.get("frechet", ()), strict=False) if p[1] < math.inf]
    figure = new_figure(8, 9 if marks else 6)
    losses, chances, *more = figure.subplots(3 if marks else 2, 1, sharex=True)
    end_G = -math.log(2) if objective == "minimax" else math.log(2)
    label_G = "-log 2" if objective == "minimax" else "log 2"
    for axes, curves in (
        (losses, (("loss_D", "loss of D", PLAYER_D), ("loss_G", "loss of G", SAMPLES))),
        (chances, (("D_real", "D(x)", PLAYER_D), ("D_fake", "D(G(z))", SAMPLES))),
    ):
        for column, label, color in curves:
            _curve(axes, log["step"], log[column], label, color)
    for axes, y, label, color, beside in (  # above and below: apart, also where losses are large
        (losses, 2 * math.log(2), "2 log 2", PLAYER_D, "bottom"),
        (losses, end_G, label_G, SAMPLES, "top"),
        (chances, 0.5, "1/2", "0.4", "center"),
    ):
        axes.axhline(y, color=color, linestyle="--", linewidth=1)
        axes.annotate(label, (1.01, y), xycoords=("axes fraction", "data"), color=color, va=beside)
    losses.set_ylabel("loss (nats)")
    losses.set_title(f"D ascends V, G descends the {objective} objective", fontsize=11, loc="right")
    chances.set(ylabel="probability of being data", ylim=(-0.02, 1.02))
    if marks:
        _distances(more[0], marks)
    lowest = (losses, chances, *more)[-1]
    lowest.set_xlabel("step")
    lowest.locator_params(axis="x", integer=True)
    for axes in (losses, chances, *more):
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize=9, frameon=False)
        axes.grid(alpha=0.25)
    write_figure(figure, path)


def write_density(
    path: str | Path,
    samples: Any,
    data: Any = None,
    D: tuple[Any, Any] | None = None,
    title: str = "",
) -> None:
    """Draw numbers as figure 1 of the 2014 paper does: p_data, p_g and D(x) over the line.

    **Shapes**  samples (n,), data (n,) or None; D: a pair of arrays x, D(x), or None.

    **Parameters**  path of the PNG file; title: a text.

    **Raises**  TypeError, ValueError for others.
    """
    path = check_path("write_density", "path", path)
    check_table("write_density", "samples", samples, "(n,)")
    if data is not None:
        check_table("write_density", "data", data, "(n,)")
    if D is not None:
        check_kind("write_density", "D", D, tuple | list, "a pair of arrays")
        if len(D) != 2 or np.shape(D[0]) != np.shape(D[1]):
            raise ValueError(sentence("write_density", "D", D, "a pair of arrays of one shape"))
    check_kind("write_density", "title", title, str, "a text")
    figure = new_figure(7, 4.2)
    axes = figure.subplots()
    low, high = span(samples if data is None else data)
    bins = np.linspace(low, high, 81)
    height = 0.0
    if data is not None:
        density, _ = np.histogram(data, bins, density=True)
        height = float(density.max())
        axes.stairs(density, bins, fill=True, color="0.8", label="p_data")
    inside = samples[(samples >= low) & (samples <= high)]
    if inside.size:
        counts, _ = np.histogram(inside, bins)
        density = counts / (len(samples) * (bins[1] - bins[0]))
        height = height or float(density.max())
        axes.stairs(density, bins, color=SAMPLES, linewidth=1.8, label="p_g")
    axes.set(xlim=(low, high), ylim=(0, 1.8 * height or 1), xlabel="x", ylabel="density")
    if D is not None:
        right = axes.twinx()
        right.plot(*D, color=PLAYER_D, linestyle="--", label="D(x)")
        right.axhline(0.5, color=PLAYER_D, linestyle=":", linewidth=1)
        right.set(ylim=(0, 1), ylabel="D(x)")
        right.legend(loc="upper right")
    axes.legend(loc="upper left")
    axes.set_title(title, fontsize=11)
    write_figure(figure, path)


def write_scatter(
    path: str | Path,
    samples: Any,
    data: Any = None,
    title: str = "",
    labels: tuple[str, str] = ("x₁", "x₂"),
) -> None:
    """Draw points of the plane: data grey, samples green.

    **Shapes**  samples (n, 2), data (n, 2) or None

    **Parameters**  path of the PNG file; title: a text; labels: of both axes.

    **Raises**  TypeError, ValueError for others.
    """
    path = check_path("write_scatter", "path", path)
    check_table("write_scatter", "samples", samples, "(n, 2)", 2)
    if data is not None:
        check_table("write_scatter", "data", data, "(n, 2)", 2)
    check_kind("write_scatter", "title", title, str, "a text")
    check_kind("write_scatter", "labels", labels, tuple | list, "a pair of texts")
    if [type(label) for label in labels] != [str, str]:
        raise ValueError(sentence("write_scatter", "labels", labels, "a pair of texts"))
    figure = new_figure(6, 6)
    axes = figure.subplots()
    shown = samples if data is None else data
    size = min(30.0, max(5.0, 5000 / len(samples)))  # a few points are drawn larger
    dots: dict[str, Any] = {"s": size, "linewidths": 0}
    if data is not None:
        axes.scatter(data[:, 0], data[:, 1], color=DATA, alpha=0.5, label="data", **dots)
    axes.scatter(samples[:, 0], samples[:, 1], color=SAMPLES, alpha=0.6, label="samples", **dots)
    axes.set(xlim=span(shown[:, 0]), ylim=span(shown[:, 1]), xlabel=labels[0], ylabel=labels[1])
    axes.legend(loc="upper right", markerscale=3 * math.sqrt(5 / size))
    axes.set_title(title, fontsize=11)
    write_figure(figure, path)


def span(values: Any) -> tuple[float, float]:
    """The interval that shows the values with a margin; it is never empty.

    >>> span(np.array([0.0, 1.0]))
    (-0.25, 1.25)
    """
    values = check_numbers("span", "values", values)
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    margin = 0.25 * (high - low) or 1.0
    return low - margin, high + margin


def _curve(
    axes: Any, steps: Sequence[float], values: Sequence[float], label: str, color: str
) -> None:
    """A minibatch is noisy: its values pale, their running mean over 1/40 of the run on top."""
    window = max(1, len(values) // 40)
    axes.plot(steps, values, color=color, alpha=0.25 if window > 1 else 1.0, linewidth=1)
    mean = np.convolve(values, np.full(window, 1 / window), mode="valid")
    middle = steps[(window - 1) // 2 :][: len(mean)]
    style = "o" if len(mean) == 1 else "-"  # a line needs two points to be seen
    axes.plot(middle, mean, style, color=color, linewidth=1.6, label=label)


def _distances(axes: Any, marks: list[tuple[float, float]]) -> None:
    """The Fréchet distance over the steps, its lowest marked; logarithmic, since it falls far."""
    from matplotlib.ticker import LogFormatter

    axes.plot(*zip(*marks, strict=True), ".-", color=SAMPLES, linewidth=1, label="each evaluation")
    step, lowest = min(marks, key=lambda mark: mark[1])
    label = f"the lowest, {lowest:.4g} at step {step:,.0f}"
    axes.plot([step], [lowest], "o", color="black", fillstyle="none", markersize=9, label=label)
    axes.set(ylabel="Fréchet distance", yscale="log")
    axes.yaxis.set_major_formatter(LogFormatter())  # 20, not 2 × 10¹
    axes.yaxis.set_minor_formatter(LogFormatter())


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of so many inches, 100 pixels each."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), dpi=100, layout="constrained")


def write_figure(figure: Figure, path: str | Path, metadata: dict[str, str] | None = None) -> None:
    """Write it as a PNG file, whole or not at all."""
    with replacing(Path(path)) as temporary:
        figure.savefig(temporary, format="png", metadata=metadata)
