"""Training the classifier that looks at samples: labelled images, cross-entropy, Adam.

    for each pass:  for each batch (x, y):  θ descends ∂L/∂θ, L the softmax cross-entropy

Every image is moved by up to two pixels, down, up and sideways, each time it is seen: a digit is
the same digit two pixels further on, and the network has to learn that from somewhere.

The test images are looked at after each pass, for the log, and are never trained on. Nothing is
decided by what they say: the network that is kept is the one of the last pass, good or bad.
"""

from __future__ import annotations

import platform
import shlex
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tqdm import tqdm

from minigan import __version__
from minigan.backend import Array, Random, array_module, choose_device, device_module
from minigan.cross_entropy import cross_entropy, cross_entropy_slope
from minigan.data import Batches, Dataset, load
from minigan.evaluation import features
from minigan.evaluation.classifier import accuracy, classifier
from minigan.evaluation.features import FILE, Features
from minigan.files import replacing
from minigan.layer import Sequential
from minigan.optimizers import Adam
from minigan.schedules import ramp_by_epoch
from minigan.training.folder import LOG, RUNS, RunError, claim
from minigan.training.session import missing, undone

DATA, EPOCHS, BATCH = "mnist", 12, 100
SHIFT = 2  # pixels
RATES = 2e-3, 1e-4  # Adam's alpha in the first and in the last pass
COLUMNS = "epoch,loss,accuracy_train,accuracy_test"


def train_classifier(
    data: str = DATA,
    *,
    epochs: int = EPOCHS,
    m: int = BATCH,
    seed: int = 0,
    device: str = "auto",
    out: str | Path | None = None,
    progress: bool = True,
) -> Features:
    """Train a classifier and leave a folder with classifier.npz and log.csv.

    The two are written at the end: whoever stops the training before has nothing, and starts again.
    The same seed gives the same files, byte for byte, on one machine.

    **Parameters**  data: a spec for `minigan.data.load` of labelled images that have a test part;
    epochs: passes over its training part; m: batch size; seed of everything random; device "auto",
    "cpu" or "cuda"; out: the folder, by default runs/classifier, or the next free
    runs/classifier-2 …; progress: say on the terminal what happens.

    **Returns**  the classifier as it was read back from the folder.

    **Raises**  RunError for data without labels or a folder that cannot be used; DataError;
    DeviceError.
    """
    for name, value in (("epochs", epochs), ("m", m)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise RunError(f"{name} is {value!r}, expected an integer of 1 or more.")
    train, test = load(data), load(data, split="test")
    labels = _labels(train, test)
    rng = Random(seed, choose_device(device))
    net = classifier(rng.child("networks"), train.shape, len(labels))
    made = missing(RUNS if out is None else Path(out))
    folder = None
    with undone(made):
        folder = claim(None if out is None else Path(out), "classifier")
    with undone(made if out is not None else [folder, *made]):
        rows = [COLUMNS]
        for row in _passes(net, train, test, labels, rng, epochs, m, shown=progress):
            rows.append(row)
        with replacing(folder / LOG) as temporary:
            temporary.write_text("\n".join([*rows, ""]), encoding="utf-8")
        facts = {
            "name": train.name,
            "shape": list(train.shape),
            "labels": labels,
            "accuracy": float(rows[-1].rpartition(",")[2]),
            "training": {
                "command": f"minigan train classifier --data {shlex.quote(data)} --epochs {epochs} "
                f"--batch {m} --seed {seed}",
                "n_train": len(train),
                "n_test": len(test),
                "device": rng.device,
                "versions": _versions(rng.device),
            },
        }
        features.save(folder / FILE, net, facts)
    return features.load(folder, device=rng.device)


def shifted(x: Array, rng: Random, shape: tuple[int, ...]) -> Array:
    """Cut a window of that shape out of each image, at a random place of its own.

    **Shapes**  x (m, height, width, c), larger than shape (h, w, c) or as large → (m, h, w, c)

    >>> x = np.arange(4.0).reshape(1, 2, 2, 1)
    >>> shifted(x, Random(0), (1, 2, 1)).shape
    (1, 1, 2, 1)
    """
    xp, m, (h, w) = array_module(x), len(x), shape[:2]
    places = x.shape[1] - h + 1, x.shape[2] - w + 1
    top, left = ((rng.uniform((m, 1, 1)) * n).astype("int64").clip(0, n - 1) for n in places)
    rows, columns = top + xp.arange(h)[:, None], left + xp.arange(w)  # (m, h, 1), (m, 1, w)
    return x[xp.arange(m)[:, None, None], rows, columns]


def _passes(
    net: Sequential,
    train: Dataset,
    test: Dataset,
    labels: list[int],
    rng: Random,
    epochs: int,
    m: int,
    *,
    shown: bool,
) -> Iterator[str]:
    """Train, and give a row of the log after each pass."""
    h, w, c = train.shape
    larger = (h + 2 * SHIFT, w + 2 * SHIFT, c)  # padded with black
    data = Batches(train, rng.child("data"), shape=larger, labelled=True)
    shifts, steps = rng.child("shifts"), len(train) // m
    rate = ramp_by_epoch(*RATES, epochs=epochs, batches_per_epoch=steps)
    optimizer = Adam(net, rate)
    for epoch in range(1, epochs + 1):
        loss, right = 0.0, 0.0
        for _ in tqdm(range(steps), f"pass {epoch}/{epochs}", leave=False, disable=_hidden(shown)):
            xy = data(m)
            x = shifted(xy[:, : -len(labels)].reshape(m, *larger), shifts, train.shape)
            y = xy[:, -len(labels) :]
            a, tape = net.forward(x)
            _, grads = net.backward(cross_entropy_slope(a, y), tape, need_dx=False)
            optimizer.descend(grads)
            loss += cross_entropy(a, y) / steps
            right += (a.argmax(axis=1) == y.argmax(axis=1)).mean() / steps
        if epoch == epochs:
            features.rounded(net)
        on_test = accuracy(net, labels, test)
        if shown:
            print(
                f"pass {epoch:2} of {epochs}: loss {float(loss):.4f}, right {float(right):.2%} in "
                f"training, {on_test:.2%} of the test images",
                flush=True,
            )
        yield f"{epoch},{float(loss)!r},{float(right)!r},{on_test!r}"


def _hidden(shown: bool) -> bool | None:
    return None if shown else True  # None: hidden where there is no terminal


def _labels(train: Dataset, test: Dataset) -> list[int]:
    """The labels there are, in rising order."""
    if train.kind != "images" or not train.classes or not test.classes:
        raise RunError(
            f"{train.name}: a classifier learns from images with labels, and tests on others: give "
            "mnist, fashion-mnist, mnist12k, or a .npz with x_train, y_train, x_test, y_test."
        )
    labels = list(train.classes)
    unknown = sorted(test.classes.keys() - set(labels))
    if unknown or len(labels) < 2:
        raise RunError(
            f"{train.name}: the training part has the labels {labels}, the test part also "
            f"{unknown}: expected two or more, and no others to test on."
        )
    return labels


def _versions(device: str) -> dict[str, str]:
    library = device_module(device)
    return {
        "minigan": __version__,
        "python": platform.python_version(),
        library.__name__: library.__version__,
    }
