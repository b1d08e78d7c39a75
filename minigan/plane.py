"""A game in the plane, made visible: what D says of every point, where it pulls G's samples, and
what G makes of a grid.

Nothing here trains, and nothing changes the players: both are only looked at, in evaluation mode.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan.activations import sigmoid
from minigan.backend import Array, array_module, to_host
from minigan.inputs import check_floats, check_rows
from minigan.layer import Layer
from minigan.limits import (
    POSITIVE,
    check_function,
    check_kind,
    check_number,
    check_table,
    sentence,
)
from minigan.objectives import NON_SATURATING, Objective
from minigan.replay import memory
from minigan.several import Generators

CELLS = 96  # points of D's map in each direction
ARROWS = 60  # samples that carry an arrow: more of them hide each other
LONGEST = 0.16  # of an arrow, as a share of the box: what an infinite slope would have
STEEP = 4.0  # nats across the box: the slope whose arrow is half as long
LINES, REACH = 9, 2.0  # the grid over z: lines each way, from -REACH to REACH; 91 % of N(0, I₂)
FINE = 81  # points of one line: G bends it

Box = tuple[tuple[float, float], tuple[float, float]]
Map = Callable[[Any], Any]


@dataclass(frozen=True, eq=False)
class Plane:
    """One look at a game whose examples are points of the plane, in the units of the data.

    **Shapes**

        samples, data    (n, 2), (n, 2)
        box              ((low, high), (low, high)) of x₁ and x₂: what D's map covers
        D                (CELLS, CELLS), D(x) with x₁ along the columns, or None (see `look`)
        starts, tips     (a, 2), (a, 2): arrows on some of the samples along -∂L/∂G(z), or empty
        half             the |∂L/∂G(z)|, in units of G, whose arrow is half as long as any can be
        lines            polylines (FINE, 2): the image under G of a regular grid over z
        z_dim            of the noise; the grid lies in its first two coordinates, the others 0
    """

    samples: Any
    data: Any
    box: Box
    D: Any
    starts: Any
    tips: Any
    half: float
    lines: list[Any]
    z_dim: int


def look(
    G: Layer,
    D: Layer,
    z: Array,
    data: Any,
    box: Box,
    objective: Objective = NON_SATURATING,
    *,
    to_data: Map = np.asarray,
    to_network: Map = np.asarray,
) -> Plane:
    """Look at G and D as they are now.

    **Parameters**  G, D: the players; z: noise (n, z_dim); data (m, 2) and box in the units of the
    data; objective: what G descends; to_data, to_network: host arrays from G's units to the data's,
    and back.

    **Raises**  TypeError, ValueError for others.

    Of several discriminators D(x) is the mean; of several generators each has its own grid. A D
    that judges several examples together (a packed one, or one with minibatch discrimination) has
    no D(x) of a single point: then D is None, and there are no arrows.

    >>> from minigan import Dense, Random
    >>> rng = Random(0)
    >>> G, D, box = Dense(2, 2, rng), Dense(2, 1, rng), ((-1.0, 1.0), (-1.0, 1.0))
    >>> view = look(G, D, rng.normal((100, 2)), np.zeros((5, 2)), box)
    >>> view.D.shape, view.tips.shape, len(view.lines)
    ((96, 96), (60, 2), 18)
    """
    _check(G=G, D=D)
    check_rows("look", "z", z)
    check_table("look", "data", data, "(m, 2)", 2)
    _check_box(box)
    check_kind("look", "objective", objective, Objective, "an Objective")
    check_function("look", "to_data", to_data, "of an array")
    check_function("look", "to_network", to_network, "of an array")
    put_back = memory(G, D)  # evaluation changes nothing, but a layer of your own might
    xp, samples = array_module(z), G(z)
    axes = [np.linspace(low, high, CELLS) for low, high in box]
    points = to_network(np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2))
    width = float((points[-1] - points[0]).mean())  # of the box, in units of G
    points = xp.asarray(points.astype(z.dtype))
    half = float(f"{STEEP / width:.1g}")
    heat, starts, tips = None, samples[:0], samples[:0]
    if judges_one_by_one(D, points):
        heat = to_host(sigmoid(D(points)).mean(axis=1)).reshape(CELLS, CELLS)
        starts = samples[:: max(1, len(samples) // ARROWS)][:ARROWS]
        tips = starts + LONGEST * width * shortened(pull(D, starts, objective), half)
    generators = G.layers if isinstance(G, Generators) else [G]
    lines = [to_data(to_host(one(line))) for one in generators for line in grid_of(z)]
    put_back()
    return Plane(
        samples=to_data(to_host(samples)),
        data=np.asarray(data),
        box=box,
        D=heat,
        starts=to_data(to_host(starts)),
        tips=to_data(to_host(tips)),
        half=half,
        lines=lines,
        z_dim=z.shape[1],
    )


def shortened(v: Array, half: float) -> Array:
    """Vectors v (n, d) with the length |v| / (|v| + half), between 0 and 1; the directions stay.

    Slopes of D differ by a factor of hundreds within one game. A scale of its own for each picture
    would hide that a gradient vanishes, and one for all would hide all but the steepest; so one
    scale for all that grows ever more slowly.

    >>> shortened(np.array([[3.0, 4.0]]), half=5.0).tolist()
    [[0.3, 0.4]]
    """
    check_rows("shortened", "v", v)
    check_number("shortened", "half", half, POSITIVE)
    return v / ((v**2).sum(axis=1, keepdims=True) ** 0.5 + half)


def pull(D: Layer, fake: Array, objective: Objective = NON_SATURATING) -> Array:
    """Return -∂L/∂G(z) for each sample: the direction in which G's step would move it.

        minimax           L = log(1 - D(G(z)))     -∂L/∂G(z) =  σ(a) ∂a/∂G(z)
        non-saturating    L = -log D(G(z))         -∂L/∂G(z) = σ(-a) ∂a/∂G(z)

    L is one sample's own, without the 1/m of the batch's mean; of several discriminators it is the
    mean. For one D both objectives pull the same way, up the slope of its logit a; only the lengths
    differ.

    **Shapes**  fake (n, …) → (n, …)

    **Raises**  TypeError, ValueError for a D, a fake or an objective that is none.

    With a = 6x and the sample at 0, σ(0) = 1/2 of the slope 6:

    >>> from minigan import Dense, Random
    >>> D = Dense(1, 1, Random(0), bias=False)
    >>> D.params["W"][...] = 6.0
    >>> pull(D, Random(0).array([[0.0]])).tolist()
    [[3.0]]
    """
    _check(D=D)
    check_floats("pull", "fake", fake)
    check_kind("pull", "objective", objective, Objective, "an Objective")
    a, tape = D.forward(fake, train=False)
    dfake, _ = D.backward(objective.slope(a) * len(a), tape, need_grads=False)
    return -dfake


def judges_one_by_one(D: Layer, points: Array) -> bool:
    """Whether D gives each point a logit of its own, which the other points do not change.

    It is asked about a few: a minibatch discrimination compares every point with every other.
    """
    _check(D=D)
    check_rows("judges_one_by_one", "points", points)
    some = points[:: max(1, len(points) // 60)][:60]
    few = some[: len(some) // 4]
    try:
        a, b = D(some), D(few)
    except ValueError:  # a number of points that cannot be packed
        return False
    if len(a) != len(some):
        return False
    xp = array_module(a)
    return bool(xp.allclose(a[: len(few)], b, rtol=1e-3, atol=1e-3))


def grid_of(z: Array) -> list[Array]:
    """A regular grid over the first two coordinates of z, as lines of points; the others are 0.

    Of a z of one number there is one line.
    """
    check_rows("grid_of", "z", z)
    dim = z.shape[1]
    along, across = np.linspace(-REACH, REACH, FINE), np.linspace(-REACH, REACH, LINES)
    lines = []
    for axis in range(min(dim, 2)):
        for height in across if dim > 1 else across[:1]:
            line = np.zeros((FINE, dim), dtype=z.dtype)
            line[:, axis] = along
            if dim > 1:
                line[:, 1 - axis] = height
            lines.append(array_module(z).asarray(line))
    return lines


def _check(**players: Any) -> None:
    for name, net in players.items():
        check_kind("", name, net, Layer, "a Layer")


def _check_box(box: Any) -> None:
    expected = "((low, high), (low, high)), each low below its high"
    try:
        (a, b), (c, d) = ((float(low), float(high)) for low, high in box)
    except (TypeError, ValueError):
        raise TypeError(sentence("look", "box", box, expected)) from None
    if not (-np.inf < a < b < np.inf and -np.inf < c < d < np.inf):
        raise ValueError(sentence("look", "box", box, expected))
