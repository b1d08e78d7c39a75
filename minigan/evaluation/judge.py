"""The network that looks at images for the measures: which one fits a run, or why none does.

Features and class probabilities come from a classifier that minigan trained itself (features.py).
There is one for digits and one for Fashion-MNIST; images of other data are not shown to it unless
somebody asks for that, since it would see digits in everything.
"""

from __future__ import annotations

import importlib
from typing import Any, Protocol

from minigan.backend import Array

DATA = {"mnist": "mnist", "mnist12k": "mnist", "fashion-mnist": "fashion-mnist"}  # data → network
SIDE = (28, 28, 1)


class Judge(Protocol):
    """A trained classifier, as `minigan.evaluation.features.load` gives it."""

    name: str
    accuracy: float
    sha256: str

    def features(self, images: Array, /) -> Array:
        """Images in [0, 1], (m, h, w, c) → the numbers before the last layer, (m, d)."""

    def probabilities(self, images: Array, /) -> Array:
        """Images in [0, 1], (m, h, w, c) → (m, classes)."""


class NoJudge(ValueError):
    """There is no network for these images; the message says why, or what to do."""


def choose_judge(
    spec: str | None,
    kind: str,
    shape: tuple[int, ...],
    name: str | None,
    device: str = "cpu",
) -> Judge:
    """Return the network for a run's data.

    **Parameters**  spec: what `minigan.data.load` was given, or None; kind and shape of the data;
    name: of a network that somebody asks for, whatever the data are; device, on which it computes.

    **Raises**  NoJudge; ValueError for images that the network asked for cannot see.
    """
    if name is not None and (kind, shape) != ("images", SIDE):
        raise ValueError(
            f"the feature network {name} sees images of shape {SIDE}, the run makes {kind} of "
            f"shape {tuple(shape)}: leave --features out."
        )
    if kind != "images":
        raise NoJudge("there is no feature network for vectors")
    if shape != SIDE:
        raise NoJudge(f"no feature network for images of shape {tuple(shape)}, only for {SIDE}")
    if name is None and spec not in DATA:
        raise NoJudge(
            "no feature network for data of your own; for digits: minigan evaluate --features mnist"
        )
    return load(DATA[str(spec)] if name is None else name, device)


def load(name: str, device: str = "cpu") -> Judge:
    """Load a network by its name, onto a device.

    **Raises**  NoJudge when there is none.
    """
    try:
        features: Any = importlib.import_module("minigan.evaluation.features")
        judge: Judge = features.load(name, device=device)
    except (ImportError, OSError) as error:
        raise NoJudge(f"the feature network {name} is not in this installation") from error
    return judge
