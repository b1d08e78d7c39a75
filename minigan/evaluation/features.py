"""A trained classifier in a file: load it, and ask it for features and probabilities.

    net = load("mnist")
    net.features(images)          (m, 64), for distances between sets of images
    net.probabilities(images)     (m, 10), for what the images are taken for

The file is a checkpoint: no pickle, and refused where a bit has flipped. A distance between
features means something only beside another one by the same network, so whoever prints one prints
the network's `name`, its `accuracy` and the `sha256` of its file, too.

    minigan train classifier --data mnist

makes such a file; the two in the package were made so (docs/classifier.md).
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np

from minigan import checkpoint
from minigan.backend import Array, Random, array_module, choose_device, to_host
from minigan.checkpoint import CheckpointError, finite, need, using
from minigan.cross_entropy import softmax
from minigan.data import Dataset
from minigan.evaluation.classifier import accuracy, classifier, in_blocks
from minigan.evaluation.distances import REAL
from minigan.layer import Sequential
from minigan.limits import check_kind

FILE = "classifier.npz"  # in the folder that `minigan train classifier` leaves
SHIPPED = {"mnist": "mnist", "mnist12k": "mnist", "fashion-mnist": "fashion-mnist"}  # data → file
FACTS: dict[str, type] = {
    "name": str,
    "shape": list,
    "labels": list,
    "accuracy": float,
    "training": dict,
}


@dataclass(frozen=True, eq=False)
class Features:
    """A trained classifier.

    **Parameters**  name of the data that it was trained on; net: the network; shape of an image
    (h, w, c); labels: what its logits stand for, in order; accuracy: the share of the test images
    that it names right; file: where it was read; sha256: of the file; training: what else it says
    of how it was made.
    """

    name: str
    net: Sequential
    shape: tuple[int, ...]
    labels: list[int]
    accuracy: float
    file: str
    sha256: str
    training: dict[str, Any]

    def features(self, images: Array) -> Array:
        """What the last layer sees, in evaluation mode.

        **Shapes**  images (m, h, w, c) with pixels from 0 to 1 → (m, 64), on the network's device

        **Raises**  ValueError for another shape, or pixels that are not from 0 to 1; TypeError for
        what is no array of real numbers.
        """
        return self._outputs(Sequential(*self.net.layers[:-1]), images)

    def probabilities(self, images: Array) -> Array:
        """How probable it takes each label to be, in the order of `labels`.

        **Shapes**  images (m, h, w, c) with pixels from 0 to 1 → (m, classes)

        **Raises**  as `features`.
        """
        return softmax(self._outputs(self.net, images))

    def accuracy_on(self, dataset: Dataset) -> float:
        """The share of labelled images that it names right.

        **Raises**  ValueError for data without labels; TypeError for no Dataset; as `features`.
        """
        check_kind(
            "accuracy_on", "dataset", dataset, Dataset, "a Dataset, as minigan.data.load gives"
        )
        if dataset.labels is None:
            raise ValueError(f"{dataset.name} has no labels: nothing says which answer is right.")
        self._check(dataset.x, dataset.top)
        return accuracy(self.net, self.labels, dataset)

    def _outputs(self, net: Sequential, images: Array) -> Array:
        if array_module(images) and images.dtype.kind not in REAL:
            raise TypeError(
                f"the classifier of {self.name} looks at images of real numbers, but these are "
                f"{images.dtype}."
            )
        self._check(images)
        return in_blocks(net, images)

    def _check(self, images: Any, white: float = 1.0) -> None:
        if images.ndim != 4 or images.shape[1:] != self.shape or len(images) == 0:
            sizes = ", ".join(str(n) for n in self.shape)
            raise ValueError(
                f"the classifier of {self.name} looks at images (m, {sizes}), but these have shape "
                f"{images.shape}."
            )
        low, high = float(images.min()), float(images.max())
        if not (low >= 0 and high <= white):  # so that NaN is refused, too
            raise ValueError(
                f"the classifier of {self.name} looks at pixels from 0, black, to {white:g}, "
                f"white, but these go from {low:g} to {high:g}: scale them first."
            )


def load(name: str | os.PathLike[str], *, device: str = "cpu") -> Features:
    """The classifier for the data of that name; or the one in a folder, or in a file.

    **Parameters**  name: mnist (and mnist12k, which is a part of it) or fashion-mnist for those in
    the package; or what `minigan train classifier` left. device: "cpu", "cuda" or "auto".

    **Raises**  ValueError when there is none, TypeError for no name; CheckpointError, which names
    the file, when it is not exactly what was saved, or is no classifier; DeviceError.
    """
    check_kind("classifier", "name", name, str | os.PathLike, "a name or a path")
    if isinstance(name, str) and name in SHIPPED:
        resource = files("minigan.evaluation").joinpath(f"classifier-{SHIPPED[name]}.npz")
        with as_file(resource) as path:
            return _read(path, device)
    path = Path(os.path.expanduser(name))
    path = path / FILE if path.is_dir() else path
    if not path.exists():
        raise ValueError(
            f"there is no classifier {os.fspath(name)!r}, expected one of {', '.join(SHIPPED)}, or "
            "the folder that `minigan train classifier` has left."
        )
    return _read(path, device)


def save(path: Path, net: Sequential, facts: dict[str, Any]) -> None:
    """Write a classifier: its parameters rounded to float16, its buffers, and the facts.

    The rounding is `rounded`'s; whoever measures the accuracy measures it behind that.

    **Raises**  as `checkpoint.save`.
    """
    arrays = {f"params/{n}": to_host(a).astype(np.float16) for n, a in net.params.items()}
    arrays |= {f"buffers/{n}": to_host(a) for n, a in net.buffers.items()}
    checkpoint.save(path, arrays, facts)


def rounded(net: Sequential) -> None:
    """Give the parameters the values that they will have in the file: 11 binary digits each.

    It halves the file, and the share of right answers stays what it is to one in ten thousand.
    """
    for theta in net.params.values():
        theta[...] = theta.astype("float16")


def _read(path: Path, device: str) -> Features:
    arrays, facts = checkpoint.load(path)
    with using(path):
        return _features(path, arrays, facts, device)


def _features(
    path: Path, arrays: checkpoint.Arrays, facts: dict[str, Any], device: str
) -> Features:
    _check_facts(path, facts, most=sum(array.size for array in arrays.values()))
    shape, labels = tuple(facts["shape"]), facts["labels"]
    net = classifier(Random(0, choose_device(device)), shape, len(labels))
    for group, named in (("params", net.params), ("buffers", net.buffers)):
        need(path, arrays, [f"{group}/{name}" for name in named], "arrays")
        for name, array in named.items():
            saved = arrays[f"{group}/{name}"]
            if saved.shape != array.shape:
                raise CheckpointError(
                    f"{path}: {group}/{name} is of shape {saved.shape}, expected {array.shape}; it "
                    "was saved by another network."
                )
            if saved.dtype.name not in ("float16", "float32"):
                raise CheckpointError(
                    f"{path}: {group}/{name} is {saved.dtype}, expected float16 or float32."
                )
            finite(path, f"{group}/{name}", saved)
            array[...] = array_module(array).asarray(saved.astype(array.dtype.name))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return Features(
        name=facts["name"],
        net=net,
        shape=shape,
        labels=labels,
        accuracy=facts["accuracy"],
        file=os.fspath(path),
        sha256=sha256,
        training=facts["training"],
    )


def _check_facts(path: Path, facts: dict[str, Any], most: int) -> None:
    """Refuse the facts of another thing, and those of a network of more than so many numbers."""
    need(path, facts, FACTS, "the facts of a classifier,")
    right = all(type(facts[key]) is kind for key, kind in FACTS.items())
    if right:
        numbers = [*facts["shape"], *facts["labels"]]
        right = all(type(n) is int for n in numbers) and len(facts["shape"]) == 3
        h, w, c = facts["shape"] if right else (0, 0, 0)
        right = right and min(h, w, c) >= 1 and max(h * w, c, len(facts["labels"])) <= most
    if not right or not facts["labels"] or not 0 <= facts["accuracy"] <= 1:
        raise CheckpointError(f"{path}: the facts in it are not those of a classifier.")
