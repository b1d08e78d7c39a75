"""The sample pictures of a run: G on the same noise, again and again.

G is in evaluation mode, unless its source shows samples of training mode. Looking never changes the
run. Images become a grid; where they have labels, one with a row for each label, and the same z
down each column. Vectors become what can be drawn of them: a density for one number (with D(x) over
it, where D judges each example alone), the whole game for two (see plane.py), and for more the
samples' first two principal components.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minigan.activations import sigmoid
from minigan.backend import Array, array_module, to_host
from minigan.conditional import relabelled
from minigan.objectives import NON_SATURATING, Objective
from minigan.pictures import write_film, write_grid
from minigan.plane import judges_one_by_one, look
from minigan.plane_picture import write_plane
from minigan.plots import span, write_density, write_scatter
from minigan.replay import memory
from minigan.training.folder import FILM, FRAMES, SAMPLES
from minigan.training.game import Game

IMAGES, POINTS = 64, 4000  # samples in a picture of images, of vectors
PLANE = 1000  # of vectors in the plane: D and its arrows are to be seen behind them
ROWS, COLUMNS = 20, 10  # at most so many labels in a picture, and samples of each
WIDE = 500  # of vectors longer than that, so many are enough to find where they vary most


class Frames:
    """The pictures of one game in one run folder."""

    def __init__(self, game: Game, folder: Path, objective: Objective = NON_SATURATING) -> None:
        self.game, self.folder, self.objective = game, folder, objective
        units = game.units
        images, labels = units.kind == "images", units.labels
        self._planar = units.kind == "vectors" and units.shape == [2] and labels is None
        self._labels = (labels or [])[:ROWS] if images else []  # one for each row
        if self._labels:
            self._z = every_label(game.fixed_noise(COLUMNS), len(self._labels), units.classes)
        else:
            self._z = game.fixed_noise(IMAGES if images else PLANE if self._planar else POINTS)
        (folder / FRAMES).mkdir(exist_ok=True)

    def path(self, step: int) -> Path:
        """Where the picture of a step is."""
        return self.folder / FRAMES / _name(step)

    def steps(self) -> list[int]:
        """The steps whose pictures are there, in order."""
        return list(pictures_in(self.folder))

    def prune(self, step: int, every: int) -> None:
        """Remove what an uninterrupted run would not have at this step: later and odd pictures."""
        for there in self.steps():
            if there > step or there % every:
                self.path(there).unlink()

    def draw(self) -> None:
        """Draw the picture of this step."""
        self.draw_at(self.path(self.game.step), f"step {self.game.step:,}")

    def draw_at(self, path: Path, title: str) -> None:
        """Draw G as it is now."""
        game = self.game
        if self._planar:
            self._draw_plane(path, title)
            return
        put_back = memory(game.G)  # training mode draws dropout masks and moves running averages
        y = to_host(game.G(self._z, train=game.model.sample_train))
        put_back()
        if game.units.kind == "images":
            columns = COLUMNS if self._labels else None
            write_grid(path, game.units.pixels(y), columns, rows=self._labels)
            return
        data = np.asarray(game.dataset.x[:POINTS], dtype=np.float64)
        on_a_line = data.shape[1] == 1 and game.units.labels is None
        D = self._curve_of_D(data) if on_a_line else None
        draw_vectors(path, game.units.values(y), data, D, title)

    def finish(self) -> None:
        """Write samples.png, the picture of this step, and samples.gif from all there are."""
        self.draw_at(self.folder / SAMPLES, f"step {self.game.step:,}")
        write_film(self.folder / FILM, list(pictures_in(self.folder).values()))

    def _draw_plane(self, path: Path, title: str) -> None:
        game, data = self.game, np.asarray(self.game.dataset.x[:PLANE], dtype=np.float64)
        box = (span(data[:, 0]), span(data[:, 1]))
        units = {"to_data": game.units.values, "to_network": game.units.standardised}
        view = look(game.G, game.D, self._z, data, box, self.objective, **units)
        write_plane(path, view, title)

    def _curve_of_D(self, data: Any) -> tuple[Any, Any] | None:
        x, D = np.linspace(*span(data), 400), self.game.D
        points = self.game.rngs["noise"].array(self.game.units.standardised(x[:, None]))
        if not judges_one_by_one(D, points):
            return None
        return x, to_host(sigmoid(D(points))).mean(axis=1)  # of all that play D


def pictures_in(folder: Path) -> dict[int, Path]:
    """The pictures of a run folder by their step, in order."""
    names = {file.name for file in (folder / FRAMES).iterdir()}
    steps = [int(name[5:-4]) for name in names if re.fullmatch(r"step-[0-9]{6,18}\.png", name)]
    there = sorted(step for step in steps if _name(step) in names)  # not step-0000007
    return {step: folder / FRAMES / _name(step) for step in there}


def _name(step: int) -> str:
    return f"step-{step:06d}.png"


def every_label(noise: Array, rows: int, classes: int) -> Array:
    """Each z of [z, y] with each of the first labels: all z with the first, and so on.

    **Shapes**  noise (n, z_dim + classes) → (rows·n, z_dim + classes)
    """
    repeated = array_module(noise).concatenate([noise] * rows)
    return relabelled(repeated, np.repeat(np.arange(rows), len(noise)), classes)


def draw_vectors(
    path: Path, samples: Any, data: Any = None, D: tuple[Any, Any] | None = None, title: str = ""
) -> None:
    """Draw vectors (n, d) in the units of the data, whatever d is."""
    if samples.shape[1] == 1:
        write_density(path, samples[:, 0], None if data is None else data[:, 0], D, title)
    elif samples.shape[1] == 2:
        write_scatter(path, samples, data, title)
    else:
        project = principal_components(samples if data is None else data)
        names = ("principal component 1", "principal component 2")
        shown = None if data is None else project(data)
        write_scatter(path, project(samples), shown, title, names)


def principal_components(x: Any) -> Callable[[Any], Any]:
    """The projection of (n, d) vectors on the two directions in which x (n, d) varies most.

    >>> project = principal_components(np.array([[0.0, 0, 9], [0, 4, 9], [9, 0, 9]]))
    >>> project(np.array([[1.0, 2, 3]])).shape
    (1, 2)
    """
    rows = np.concatenate([x, x])[: max(2, len(x))]  # one example is two that are the same
    rows = rows if x.shape[1] <= WIDE else rows[:WIDE]
    mean = rows.mean(axis=0)
    rows = rows - mean
    if len(rows) >= x.shape[1]:
        axes = np.linalg.eigh(rows.T @ rows)[1][:, :-3:-1]  # the last two: by rising variance
    else:  # rowsᵀu for the eigenvectors u of rows rowsᵀ, a matrix that is smaller
        axes = rows.T @ np.linalg.eigh(rows @ rows.T)[1][:, :-3:-1]
        norms = np.linalg.norm(axes, axis=0)
        axes = axes * (norms > 1e-6 * norms.max()) / np.maximum(norms, 1e-300)  # rank 1: one axis
    axes = axes * np.where(axes[np.abs(axes).argmax(axis=0), [0, 1]] < 0, -1.0, 1.0)
    return lambda values: (values - mean) @ axes
