"""The conditional game: both players know a label y, which rides along as columns.

Mirza & Osindero 2014 (from memory) tell D and G which class an example is, or is to be, of:

    min_G max_D V(D, G) = E_x,y [log D(x|y)] + E_z,y [log(1 - D(G(z|y)|y))]

This is the game of equation (1) on pairs (x, y) of which G can move the first half alone. So it
needs no rule of its own: y goes through the game as one-hot columns, and Algorithm 1, with every
other rule, plays it without knowing.

    data(m)     [x, y]                  x flattened; (m, n + classes)
    noise(m)    [z, y]                  (m, z_dim + classes)
    G           [z, y] ↦ [G(z|y), y]    a KeepLabels
    D           [x, y] ↦ the logit of D(x|y)

The y of the noise is drawn with the shares that it has in the data, p(y). Were it drawn otherwise,
D could tell samples from data by how often a label comes up, and no G could help that. As it is,
the best D is p(x|y) / (p(x|y) + p_g(x|y)), and it is 1/2 where p_g(x|y) = p(x|y) for every y.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

from minigan.backend import Array, Random, array_module, device_of
from minigan.cuda import batch as cuda
from minigan.cuda import kernels
from minigan.inputs import check_alike, check_dy, check_floats, check_input, check_random
from minigan.layer import Grads, Layer, Sequential
from minigan.limits import check_choice, check_integer, on_host, sentence


class KeepLabels(Layer):
    """Run layers on [z, y] and put y, the last columns, behind what they make of it.

    **Forward**

        u = [z, y]                   the last `classes` columns are y
        v = f(u)                     f: the layers, one after the other
        w = [v, y]

    **Backward**  y reaches w on two ways, through f and past it, and the gradients of both add up:

        [dv, dy] = dw                dw: the gradient for w; the last `classes` columns are dy
        du = (∂f/∂u)ᵀ dv + [0, dy]

    **Shapes**  u (m, k + classes), v (m, n), w (m, n + classes); in the code u is x and dw is dy,
    as in every layer

    **Parameters**  classes: how many columns y has; layers: of f, named by position as in a
    Sequential

    **Raises**  ValueError for classes under 1, no layers, a u that is not (m, classes or more), and
    a v that is not (m, n)

    **Source**  Mirza & Osindero 2014 (from memory): y is fed to both players. Departure: there D
    gets y as a second input; here it is handed on by G.

    >>> import numpy as np
    >>> from minigan.activations import ReLU
    >>> layer = KeepLabels(2, ReLU())
    >>> w, cache = layer.forward(np.array([[-3.0, 0.0, 1.0]]))
    >>> du, _ = layer.backward(np.array([[10.0, 20.0, 30.0, 4.0, 5.0]]), cache)
    >>> w.tolist(), du.tolist()
    ([[0.0, 0.0, 1.0, 0.0, 1.0]], [[0.0, 4.0, 35.0]])
    """

    def __init__(self, classes: int, *layers: Layer) -> None:
        self.classes, self.net = classes, Sequential(*layers)
        self.classes = check_integer(self, "classes", classes)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers of f."""
        return self.net.layers

    @property
    def params(self) -> dict[str, Array]:  # type: ignore[override]
        """Those of f."""
        return self.net.params

    @property
    def buffers(self) -> dict[str, Array]:  # type: ignore[override]
        """Those of f."""
        return self.net.buffers

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        self._check(x)
        v, tape = self.net.forward(x, train)
        w = self._labelled(v, x)
        return w, (tape, v.shape[1], w.shape)

    def __call__(self, x: Array, train: bool = False) -> Array:
        """The output alone; no tape is kept."""
        self._check(x)
        return self._labelled(self.net(x, train), x)

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        tape, n, shape = cache
        check_dy(self, dy, shape)
        du, grads = self.net.backward(dy[:, :n], tape, need_dx=need_dx, need_grads=need_grads)
        if not need_dx:
            return None, grads
        k = du.shape[1] - self.classes  # not du[:, k:] += …: du may be a view of the caller's dy
        join = array_module(du).concatenate
        return join([du[:, :k], du[:, k:] + dy[:, n:]], axis=1), grads

    def _labelled(self, v: Array, x: Array) -> Array:
        if v.ndim != 2:
            raise ValueError(
                f"{self!r}: its layers put out shape {v.shape}, expected (m, n): labels stand "
                "behind columns; end with Flatten()."
            )
        return beside(v, x[:, x.shape[1] - self.classes :])

    def _check(self, x: Array) -> None:
        check_input(self, x, ("m", "k + classes"))
        if x.shape[1] < self.classes:
            raise ValueError(
                f"{self!r}: x has shape {x.shape}, expected {self.classes} columns of labels, or "
                "more."
            )

    def __repr__(self) -> str:
        return f"KeepLabels({self.classes}: {len(self.layers)} layers)"


def beside(x: Array, y: Array) -> Array:
    """[x, y]: each example of x flattened, and its row of y behind it.

    **Shapes**  x (m, …), y (m, classes) → (m, n + classes)

    **Raises**  TypeError, ValueError for other shapes, no floats, or arrays that are not alike.
    """
    check_floats("beside", "x", x)
    check_alike("beside", "y", y, "x", x)
    if y.ndim != 2 or len(y) != len(x):
        raise ValueError(f"beside: y has shape {y.shape}, expected ({len(x)}, classes), as x has.")
    return array_module(x).concatenate([x.reshape(len(x), -1), y], axis=1)


def one_hot(columns: Array, classes: int, dtype: Any) -> Array:
    """Labels as rows with a single 1, each in the column that it is given.

    **Shapes**  columns (m,) of 0 … classes - 1 → (m, classes)

    **Parameters**  dtype: "float32" or "float64". On a GPU nobody looks whether a column is in its
    range; one that is not becomes a row of zeros.

    **Raises**  TypeError, ValueError for columns, classes or a dtype that are none.

    >>> import numpy as np
    >>> one_hot(np.array([2, 0]), 3, "float32").tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    check_integer("one_hot", "classes", classes)
    check_choice("one_hot", "dtype", getattr(dtype, "name", dtype), ("float32", "float64"))
    _check_columns("one_hot", columns, classes)
    return _rows(columns, classes, dtype)


def _rows(columns: Array, classes: int, dtype: Any) -> Array:
    return (columns[:, None] == array_module(columns).arange(classes)).astype(dtype)


def _check_columns(where: str, columns: Array, classes: int) -> None:
    if array_module(columns) is not None and columns.dtype.kind not in "iu":
        raise TypeError(f"{where}: columns are {columns.dtype.name}, expected integers.")
    if columns.ndim != 1 or columns.size == 0:
        raise ValueError(f"{where}: columns have shape {columns.shape}, expected (m,).")
    if device_of(columns) == "cpu" and not 0 <= columns.min() <= columns.max() < classes:
        wrong = columns.min() if columns.min() < 0 else columns.max()
        raise ValueError(f"{where}: columns hold {wrong}, expected 0 to {classes - 1}.")


def beside_labels(x: Array, columns: Array, index: Array, classes: int) -> Array:
    """[x, y]: each example of x, flattened, and behind it the one-hot row of columns[index].

    **Shapes**  x (m, …), columns (n,) of 0 … classes - 1, index (m,) int64 → (m, d + classes)
    """
    if kernels.on(x, columns, index):
        return cuda.labelled(x, columns, index, classes)
    return beside(x, _rows(columns[index], classes, x.dtype))


def draw_labels(rng: Random, counts: Sequence[int]) -> Callable[[int], Array]:
    """p(y) as a function m → y (m, classes), one-hot: p(y) = counts[y] / Σ counts.

    A random place among all examples is a label: the one whose share of [0, Σ counts) it falls in.

    **Parameters**  rng: a Random; counts: integers of 0 or more, not all of them 0.

    **Raises**  TypeError, ValueError for others.

    >>> draw_labels(Random(0), [0, 7])(3).tolist()
    [[0.0, 1.0], [0.0, 1.0], [0.0, 1.0]]
    """
    check_random("draw_labels", rng)
    expected = "integers of 0 or more, not all 0"
    if not isinstance(counts, tuple | list) and not getattr(counts, "shape", ()):
        raise TypeError(sentence("draw_labels", "counts", counts, expected))
    counts = [check_integer("draw_labels", "one of counts", n, 0) for n in counts]
    if not any(counts):
        raise ValueError(sentence("draw_labels", "counts", counts, expected))
    edges = [0, *accumulate(counts)]
    start, end = rng.array(edges[:-1]), rng.array(edges[1:])  # (classes,)

    def y(m: int) -> Array:
        place = rng.uniform((m, 1)) * edges[-1]
        return ((start <= place) & (place < end)).astype(rng.dtype)

    return y


def relabelled(noise: Array, columns: Any, classes: int) -> Array:
    """The z of [z, y] with other labels: one for each row, by its column.

    **Shapes**  noise (m, z_dim + classes), columns: m integers on the host, 0 to classes - 1

    **Raises**  TypeError, ValueError for others.
    """
    check_floats("relabelled", "noise", noise)
    check_integer("relabelled", "classes", classes)
    if noise.ndim != 2 or noise.shape[1] <= classes:
        expected = f"(m, z_dim + {classes}), {classes} being the classes"
        raise ValueError(f"relabelled: noise has shape {noise.shape}, expected {expected}.")
    columns = on_host(columns)
    _check_columns("relabelled", columns, classes)
    if len(columns) != len(noise):
        raise ValueError(
            f"relabelled: got {len(columns)} columns, expected {len(noise)}, as noise."
        )
    y = _rows(array_module(noise).asarray(columns), classes, noise.dtype)
    return beside(noise[:, : noise.shape[1] - classes], y)
