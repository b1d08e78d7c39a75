"""The table as two pictures: the samples of one seed, and the numbers of every seed.

The panels show the first seed, whatever it looks like: no seed is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from minigan.collapse.game import Result
from minigan.collapse.table import MEASURES, Table
from minigan.data.toy import Toy
from minigan.evaluation.modes import NEAR, assign, measure
from minigan.files import replacing

COLUMNS = 3
NEAR_COLOR, FAR_COLOR, MODE_COLOR = "tab:green", "tab:red", "0.6"


def write_samples(path: Path, toy: Toy, panels: Sequence[tuple[str, Any]], title: str) -> None:
    """Draw a panel a row: its samples over rings around the modes, near ones green, far ones red.

    **Parameters**  panels: name and samples (n, 2) of each row.
    """
    from matplotlib.figure import Figure

    lines = -(-len(panels) // COLUMNS)
    columns = min(COLUMNS, len(panels))
    size = 3.2 * columns, 3.4 * lines + 0.4
    figure = Figure(figsize=size, dpi=100, layout="constrained")
    figure.suptitle(title, fontsize=11)
    reach = 1.3 * float(np.abs(toy.modes).max())
    for i, (name, samples) in enumerate(panels):
        axes = figure.add_subplot(lines, columns, i + 1)
        _panel(axes, toy, samples)
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xticks=[], yticks=[])
        axes.set_title(name, fontsize=11)
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png")


def _panel(axes: Any, toy: Toy, samples: Any) -> None:
    coverage = measure(samples, toy)
    _, distance = assign(samples, toy)
    near = distance < NEAR
    # a ring of 3σ would be a dot here: the rings only say where the modes are
    axes.scatter(*toy.modes.T, s=130, facecolors="none", edgecolors=MODE_COLOR, linewidths=0.8)
    dots: dict[str, Any] = {"s": 4, "linewidths": 0}
    axes.scatter(*samples[~near].T, color=FAR_COLOR, alpha=0.35, **dots)
    axes.scatter(*samples[near].T, color=NEAR_COLOR, alpha=0.6, **dots)
    axes.set_xlabel(
        f"{coverage.modes} of {coverage.of} modes, {100 * coverage.high_quality:.1f} % near",
        fontsize=9,
    )


def write_seeds(path: Path, table: Table, results: dict[str, list[Result]]) -> None:
    """Draw each measure: a dot a seed, the mean with its standard error, the ceiling dashed."""
    from matplotlib.figure import Figure

    names = list(results)
    figure = Figure(figsize=(10, 0.42 * len(names) + 1.8), dpi=100, layout="constrained")
    figure.suptitle(f"{table.data}, {table.protocol}", fontsize=10)
    labels = (f"modes found, of {table.perfect.of}", "high-quality samples", "reverse KL (nats)")
    panels = figure.subplots(1, len(MEASURES), sharey=True)
    for axes, measured, label in zip(panels, MEASURES, labels, strict=True):
        axes.axvline(getattr(table.perfect, measured), color="0.4", linestyle="--", linewidth=1)
        for y, line in enumerate(table.lines):
            values = [getattr(result, measured) for result in results[line.row]]
            lanes = np.linspace(-0.22, 0.22, len(values)) if len(values) > 1 else [0.0]
            axes.plot(
                values,
                y + np.asarray(lanes),
                "o",
                color=NEAR_COLOR,
                alpha=0.45,
                markersize=4,
                clip_on=False,
            )
            mean = getattr(line, measured)
            axes.errorbar(mean.mean, y, xerr=mean.error, fmt="k|", markersize=14, capsize=3)
        axes.set_xlabel(label)
        axes.set_xlim(left=0)
        axes.grid(alpha=0.25)
    panels[0].set(yticks=range(len(names)), yticklabels=names)
    panels[0].invert_yaxis()
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png")
