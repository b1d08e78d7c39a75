"""Toy distributions whose answer is known: a Gaussian on the line, a ring and a grid in the plane.

Each is an equal mixture of Gaussians that share one standard deviation. Its density has a formula,
so D can be held against the best D there is, and its modes have addresses, so they can be counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan.backend import Array, Random
from minigan.data.dataset import Dataset
from minigan.inputs import check_random
from minigan.limits import FINITE, POSITIVE, check_choice, check_integer, check_number, shown

POINTS = 100_000  # fixed points in each part of the Dataset


@dataclass(frozen=True, eq=False)
class Toy:
    """p(x) = 1/K Σₖ N(x; modeₖ, sigma² I): K modes of equal weight.

    **Parameters**  name; modes (K, d), the centres, in float64; sigma, the standard deviation of
    each mode in each direction; text, one line.

    **Raises**  TypeError, ValueError for modes of another shape or not finite, a sigma not above 0.

    >>> toy = Toy("one", np.array([[0.0]]), 1.0, "the standard Gaussian")
    >>> round(float(toy.density(np.array([[0.0]]))[0]), 4)    # 1/√(2π)
    0.3989
    """

    name: str
    modes: Any
    sigma: float
    text: str

    def __post_init__(self) -> None:
        modes = self.modes
        if not isinstance(modes, np.ndarray) or modes.dtype.kind not in "fiu" or modes.ndim != 2:
            raise TypeError(f"{self.name}: modes are {shown(modes)}, expected an array (K, d).")
        if not modes.size or not np.isfinite(modes).all():
            raise ValueError(f"{self.name}: modes are empty or not finite, expected (K, d).")
        check_number(self.name, "sigma", self.sigma, POSITIVE)

    def sample(self, rng: Random, m: int) -> Array:
        """Draw m fresh points, (m, d), on the device of rng: a mode, then noise around it.

        **Raises**  TypeError, ValueError for an m that is no integer of 1 or more.
        """
        check_random(self.name, rng)
        m = check_integer(self.name, "m", m)
        count, d = self.modes.shape
        mode = (rng.uniform((m,)) * count).astype("int64")  # 0 … K-1, since uniform is below 1
        return rng.array(self.modes)[mode] + rng.normal((m, d), std=self.sigma)

    def density(self, x: Any) -> Any:
        """p(x) for host points (m, d): (m,).

        **Raises**  ValueError for points of another shape.
        """
        x, d = np.asarray(x, dtype=np.float64), self.modes.shape[1]
        if x.ndim != 2 or x.shape[1] != d:
            raise ValueError(f"{self.name}: x has shape {x.shape}, expected (m, {d}).")
        square = ((x[:, None, :] - self.modes) ** 2).sum(axis=-1)  # (m, K) squared distances
        peak = (2 * np.pi * self.sigma**2) ** (self.modes.shape[1] / 2)
        return np.exp(-square / (2 * self.sigma**2)).mean(axis=1) / peak

    def dataset(self, split: str = "train") -> Dataset:
        """100,000 fixed points, the same in every run; "test" is another 100,000.

        **Raises**  TypeError, ValueError for another split.
        """
        check_choice(self.name, "split", split, ("train", "test"))
        rng = Random(0, stream=f"data/{self.name}/{split}")
        return Dataset(
            self.name, self.sample(rng, POINTS), description=f"{self.text}, {POINTS} fixed points"
        )


def gaussian(mu: float = 4.0, sigma: float = 1.25) -> Toy:
    """N(mu, sigma²) on the line: one mode that a G which starts at 0 has to walk to.

    **Raises**  TypeError, ValueError for a mu that is not finite, a sigma that is not above 0.
    """
    mu = check_number("gaussian", "mu", mu, FINITE)
    sigma = check_number("gaussian", "sigma", sigma, POSITIVE)
    return Toy("gaussian", np.array([[mu]]), sigma, f"N({mu:g}, {sigma:g}²) on the line")


def ring(count: int = 8, radius: float = 1.0, sigma: float = 0.01) -> Toy:
    """Modes at the angles 2πk/count, k = 0 … count-1, on a circle.

    The last angle is not 2π: that is the first one again, and linspace(0, 2π, 8) makes a ring of 7
    modes, one of them with double weight.

    **Raises**  TypeError, ValueError for a count that is not from 1 to 100,000, a radius or a sigma
    that is not above 0.

    **Source**  Lin et al. 2018 (PacGAN), section 4.1: 8 modes, radius 1, standard deviation 0.01.
    """
    count = check_integer("ring", "count", count, most=100_000)
    radius = check_number("ring", "radius", radius, POSITIVE)
    sigma = check_number("ring", "sigma", sigma, POSITIVE)
    angle = 2 * np.pi * np.arange(count) / count
    modes = radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return Toy("ring", modes, sigma, f"{count} modes on a circle of radius {radius:g}")


def grid(sigma: float = 0.05) -> Toy:
    """Modes at the 25 points of {-4, -2, 0, 2, 4}².

    **Raises**  TypeError, ValueError for a sigma that is not above 0.

    **Source**  Lin et al. 2018 (PacGAN), section 4.1: standard deviation 0.05.
    """
    sigma = check_number("grid", "sigma", sigma, POSITIVE)
    line = np.arange(-4.0, 5.0, 2.0)
    modes = np.stack(np.meshgrid(line, line, indexing="ij"), axis=-1).reshape(-1, 2)
    return Toy("grid", modes, sigma, "25 modes on a square grid of spacing 2")


TOYS = {toy.name: toy for toy in (gaussian(), ring(), grid())}
