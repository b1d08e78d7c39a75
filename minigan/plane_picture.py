"""The picture of a game in the plane, and what one sees on it in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from minigan.limits import check_kind, check_path
from minigan.plane import LINES, Plane
from minigan.plots import SAMPLES, new_figure, write_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def write_plane(path: str | Path, view: Plane, title: str = "") -> None:
    """Draw a game in the plane; what is seen is said in the PNG file's own Description.

    D(x) from orange (0) over white (1/2) to blue (1), data grey, samples and G's grid green, arrows
    black. Without a map of D there are neither colours nor arrows.

    **Parameters**  path of the PNG file; view: what `look` has seen; title: a text.

    **Raises**  TypeError for others.
    """
    path = check_path("write_plane", "path", path)
    check_kind("write_plane", "view", view, Plane, "a Plane")
    check_kind("write_plane", "title", title, str, "a text")
    figure = new_figure(6.4, 6.4)
    axes = figure.subplots()
    _map_of_D(figure, axes, view)
    for line in view.lines:
        axes.plot(*line.T, color="darkgreen", alpha=0.6, linewidth=0.9, zorder=2)
    for x, color, alpha, label in (
        (view.data, "0.35", 0.35, "data"),
        (view.samples, SAMPLES, 0.55, "samples"),
    ):
        axes.scatter(x[:, 0], x[:, 1], 7, color, lw=0, alpha=alpha, label=label, zorder=3)
    if len(view.starts):
        arrows = view.tips - view.starts
        style: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "scale": 1}
        axes.quiver(*view.starts.T, *arrows.T, width=0.0035, color="0.1", zorder=4, **style)
    axes.set(xlim=view.box[0], ylim=view.box[1], xlabel="x₁", ylabel="x₂")
    axes.legend(loc="upper right", markerscale=3, framealpha=0.8)
    axes.set_title(title, fontsize=11)
    write_figure(figure, path, {"Description": describe_plane(view)})


def _map_of_D(figure: Figure, axes: Any, view: Plane) -> None:
    if view.D is None:
        return
    from matplotlib.colors import LinearSegmentedColormap

    colors = LinearSegmentedColormap.from_list("D", ["#ee9448", "#ffffff", "#5b9fcb"])
    x1, x2 = (
        np.linspace(low, high, n) for (low, high), n in zip(view.box, view.D.T.shape, strict=True)
    )
    heat = axes.contourf(x1, x2, view.D, np.linspace(0, 1, 21), cmap=colors, zorder=0)
    bar = figure.colorbar(heat, ax=axes, location="bottom", fraction=0.04, aspect=50, pad=0.01)
    bar.set_ticks([0, 0.5, 1], labels=["0", "1/2", "1"])
    bar.set_label("D(x), the probability that x is data")


def describe_plane(view: Plane) -> str:
    """What one sees on `write_plane`'s picture of a view, a sentence each.

    **Raises**  TypeError for what is no Plane.
    """
    check_kind("describe_plane", "view", view, Plane, "a Plane")
    text = f"Grey points are data, green points are {len(view.samples):,} samples G(z).\n"
    if view.D is None:
        text += "D judges several examples at once, so it has no D(x) of one point to be mapped.\n"
    else:
        text += (
            "The colours are D(x), from orange (0, D takes x for G's) over white (1/2) to blue (1, "
            "D takes x for data).\n"
            f"The arrows are −∂L/∂G(z), where G's step pulls {len(view.starts)} of the samples. "
            f"Their length grows as s / (s + {view.half:g}) with the slope s in nats a unit of x, "
            "by the same rule in every picture.\n"
        )
    several = len(view.lines) // (2 * LINES if view.z_dim > 1 else 1)
    G, image = "G", "image"
    if several > 1:
        G, image = f"each of the {several} G", "images"
    if view.z_dim == 1:
        be = "lines are" if several > 1 else "line is"
        return text + f"The thin {be} the {image} of z from −2 to 2 under {G}."
    lines = f"The thin lines are the {image} of a regular grid"
    if view.z_dim == 2:
        return text + f"{lines} over z, {LINES} lines each way from −2 to 2, warped by {G}."
    return (
        text
        + f"{lines} over the first two of the {view.z_dim} numbers in z, {LINES} lines each way "
        f"from −2 to 2, warped by {G}; the other numbers are 0."
    )
