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
from collections.abc import Callable, Iterator
from pathlib import Path

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

DATA, EPOCHS, BATCH = "mnist", 20, 100
SHIFT = 2  # pixels
RATES = 2e-3, 1e-4  # Adam's alpha in the first and in the last pass
COLUMNS = ("epoch", "loss", "accuracy_train", "accuracy_test")
Row = tuple[int, float, float, float]


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

    The two are written at the end: who stops the training before has nothing, and starts again. The
    same seed gives the same files, byte for byte, on one machine.

    **Parameters**  data: a spec for `minigan.data.load` of labelled images that have a test part;
    epochs: passes over its training part; m: batch size; seed of everything random; device "auto",
    "cpu" or "cuda"; out: the folder, by default runs/classifier, or the next free
    runs/classifier-2 …; progress: say on the terminal what happens.

    **Returns**  the classifier as it was read back from the folder.

    **Raises**  RunError for data without labels or a folder that cannot be used; DataError;
    DeviceError.
    """
    train, test = load(data), load(data, split="test")
    labels = _check(train, test, epochs, m)
    rng = Random(seed, choose_device(device))
    place = None if out is None else Path(out)
    made = missing(RUNS if place is None else place)
    with undone(made):
        folder = claim(place, "classifier")
    with undone(made if place is not None else [folder, *made]):
        if progress:
            print(_opening(train, len(labels), epochs, m, rng), flush=True)
        net = classifier(rng.child("networks"), train.shape, len(labels))
        rows = list(_passes(net, train, test, labels, rng, epochs, m, shown=progress))
        command = f"--data {shlex.quote(data)} --epochs {epochs} --batch {m} --seed {seed}"
        facts = {
            "name": train.name,
            "shape": list(train.shape),
            "labels": labels,
            "accuracy": rows[-1][-1],
            "training": {
                "command": f"minigan train classifier {command}",
                "n_train": len(train),
                "n_test": len(test),
                "device": rng.device,
                "versions": _versions(rng.device),
            },
        }
        _write_log(folder / LOG, rows)
        features.save(folder / FILE, net, facts)
    return features.load(folder, device=rng.device)


def shifted(x: Array, rng: Random, shape: tuple[int, ...]) -> Array:
    """Cut a window of that shape out of each image, at a random place of its own.

    **Shapes**  x (m, height, width, c), larger than shape (h, w, c) or as large → (m, h, w, c)

    >>> import numpy as np
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
) -> Iterator[Row]:
    """Train, and give the row of the log after each pass."""
    batch, steps = _batches(train, len(labels), rng, m), len(train) // m
    optimizer = Adam(net, ramp_by_epoch(*RATES, epochs=epochs, batches_per_epoch=steps))
    for epoch in range(1, epochs + 1):
        loss, right = 0.0, 0.0
        hidden = None if shown else True  # None: where there is no terminal
        for _ in tqdm(range(steps), f"pass {epoch} of {epochs}", leave=False, disable=hidden):
            x, y = batch()
            a, tape = net.forward(x)
            _, grads = net.backward(cross_entropy_slope(a, y), tape, need_dx=False)
            optimizer.descend(grads)
            loss += cross_entropy(a, y)
            right += (a.argmax(axis=1) == y.argmax(axis=1)).mean()
        if epoch == epochs:
            features.rounded(net)  # so that what is measured is what is saved
        row = (epoch, float(loss) / steps, float(right) / steps, accuracy(net, labels, test))
        if shown:
            print(
                f"pass {epoch:2} of {epochs}: loss {row[1]:.4f}, right: {row[2]:.2%} in training, "
                f"{row[3]:.2%} of the test images",
                flush=True,
            )
        yield row


def _batches(
    train: Dataset, classes: int, rng: Random, m: int
) -> Callable[[], tuple[Array, Array]]:
    """A function () → x (m, h, w, c), moved about, and y (m, classes), one-hot."""
    h, w, c = train.shape
    larger = (h + 2 * SHIFT, w + 2 * SHIFT, c)  # padded with black
    data = Batches(train, rng.child("data"), shape=larger, labelled=True)
    shifts = rng.child("shifts")

    def batch() -> tuple[Array, Array]:
        xy = data(m)
        x, y = xy[:, :-classes].reshape(m, *larger), xy[:, -classes:]
        return shifted(x, shifts, train.shape), y

    return batch


def _check(train: Dataset, test: Dataset, epochs: int, m: int) -> list[int]:
    """The labels there are, in rising order, where the data and the sizes can be used."""
    for name, value in (("epochs", epochs), ("m", m)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise RunError(f"{name} is {value!r}, expected an integer of 1 or more.")
    name, labels = train.name, list(train.classes)
    if train.kind != "images" or len(labels) < 2:
        raise RunError(
            f"{name}: a classifier learns to tell images of two or more labels apart, but these "
            f"are {train.kind} with {len(labels)}: give mnist, fashion-mnist, or a .npz with "
            "x_train, y_train, x_test and y_test."
        )
    if test.shape != train.shape or not test.classes or not test.classes.keys() <= {*labels}:
        raise RunError(
            f"{name}: the test part has shape {test.shape} and labels {[*test.classes]}, expected "
            f"{train.shape} and no labels but {labels}, as in the training part."
        )
    if m > len(train):
        raise RunError(
            f"{name} has {len(train):,} examples, fewer than one batch of {m}: say --batch "
            f"{max(1, len(train) // 2)}, or give more data."
        )
    return labels


def _opening(train: Dataset, classes: int, epochs: int, m: int, rng: Random) -> str:
    shape = " x ".join(str(n) for n in train.shape)
    return (
        f"a classifier of {train.name} ({len(train):,} images of {shape}, {classes} labels), "
        f"{rng.device}, seed {rng.seed}, batches of {m}, {epochs} passes\n"
        "it is saved at its end: stopped before, it leaves nothing and has to start again"
    )


def _write_log(path: Path, rows: list[Row]) -> None:
    lines = [",".join(str(value) for value in row) for row in (COLUMNS, *rows)]
    with replacing(path) as temporary:
        temporary.write_text("\n".join([*lines, ""]), encoding="utf-8")


def _versions(device: str) -> dict[str, str]:
    library = device_module(device)
    return {
        "minigan": __version__,
        "python": platform.python_version(),
        library.__name__: library.__version__,
    }
