"""The classifier: its network and the gradient that its training descends, checked by differences;
what it is trained on, and what it is not; what it leaves."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import small_classifier
from conftest import Cuda
from small_classifier import TRAIN, digits, trained

from minigan import checkpoint
from minigan.backend import Random, to_host
from minigan.checks import check_layer
from minigan.conditional import one_hot
from minigan.cross_entropy import cross_entropy, cross_entropy_slope
from minigan.data import load
from minigan.evaluation.classifier import classifier
from minigan.evaluation.features import load as load_features
from minigan.layer import Sequential
from minigan.training import RunError, classifier_state
from minigan.training import classifier as training
from minigan.training.classifier_state import shifted

in_an_empty_folder = small_classifier.in_an_empty_folder
SHAPE = (4, 3, 1)


def small(rng: Random) -> Sequential:
    return classifier(rng, SHAPE, 3, widths=(2, 2), features=3)


def test_every_gradient_of_the_network() -> None:
    rows = check_layer(small, (5, *SHAPE))
    assert {row.name for row in rows} >= {
        "x",
        "0.W",
        "1.gamma",
        "3.W",
        "4.beta",
        "7.W",
        "10.W",
        "10.b",
    }


def test_what_training_descends_is_the_slope_of_the_mean_cross_entropy() -> None:
    rng = Random(0, dtype="float64")
    net, x, h = small(rng), rng.normal((5, *SHAPE)), 1e-5
    y = one_hot(np.array([0, 1, 2, 1, 1]), 3, "float64")

    def loss() -> float:
        return float(cross_entropy(net.forward(x)[0], y))

    a, tape = net.forward(x)
    _, grads = net.backward(cross_entropy_slope(a, y), tape)
    for name, theta in net.params.items():
        numeric = np.zeros_like(theta)
        for index in np.ndindex(*theta.shape):
            kept = theta[index]
            theta[index] = kept + h
            up = loss()
            theta[index] = kept - h
            numeric[index] = (up - loss()) / (2 * h)
            theta[index] = kept
        np.testing.assert_allclose(grads[name], numeric, rtol=1e-5, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("shape", [(28, 28, 1), (8, 8, 1), (32, 20, 3), (1, 1, 1)])
def test_it_fits_images_of_any_size(shape: tuple[int, ...]) -> None:
    net = classifier(Random(0), shape, 7)
    assert net(Random(1).uniform((2, *shape))).shape == (2, 7)


def test_it_has_at_most_60000_weights() -> None:
    assert sum(theta.size for theta in classifier(Random(0), (28, 28, 1), 10).params.values()) < 6e4


def test_every_image_is_moved_by_up_to_two_pixels_to_every_side_alike() -> None:
    m, image = 5000, np.zeros((9, 9, 1), np.float32)
    image[4, 4] = 1  # in the middle of what is 5x5 and padded by two on each side
    moved = shifted(np.tile(image, (m, 1, 1, 1)), Random(0), (5, 5, 1))
    assert moved.shape == (m, 5, 5, 1)
    np.testing.assert_array_equal(moved.sum(axis=(1, 2, 3)), 1)
    counts = moved.sum(axis=0).ravel()  # how often it came to each of the 25 places
    assert abs(counts - m / 25).max() < 5 * np.sqrt(m / 25)


def test_a_window_shows_what_was_there_whole() -> None:
    x = np.arange(2 * 7 * 6 * 3, dtype=np.float32).reshape(2, 7, 6, 3)
    for seed in range(20):
        for image, part in zip(x, shifted(x, Random(seed), (4, 5, 3)), strict=True):
            top, left = divmod(int(part[0, 0, 0] - image[0, 0, 0]), 6 * 3)
            np.testing.assert_array_equal(part, image[top : top + 4, left // 3 : left // 3 + 5])
    np.testing.assert_array_equal(shifted(x, Random(0), (7, 6, 3)), x)


def test_windows_on_a_gpu_are_those_on_the_cpu(cuda: Cuda) -> None:
    x = np.arange(2 * 7 * 6, dtype=np.float32).reshape(2, 7, 6, 1)
    on_gpu = shifted(cuda.xp.asarray(x), Random(3, "cuda"), (4, 4, 1))
    cuda.assert_same(on_gpu, shifted(x, Random(3), (4, 4, 1)))


def test_no_test_image_is_trained_on() -> None:
    x = load("digits8x8").x[-100:]
    first = trained("first")
    second = trained("second", digits(x_test=x * 15, y_test=np.arange(100) % 10))
    a, b = (checkpoint.load(net.file)[0] for net in (first, second))
    for name in a:
        np.testing.assert_array_equal(a[name], b[name])
    assert first.accuracy != second.accuracy


def test_every_training_image_is_seen_once_a_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def whole(x: Any, rng: Random, shape: tuple[int, ...]) -> Any:
        seen.extend(x.sum(axis=(1, 2, 3), dtype=np.float64).round(3).tolist())
        return x[:, 2:-2, 2:-2]

    monkeypatch.setattr(classifier_state, "shifted", whole)
    trained(epochs=1)
    sums = load("digits8x8").x[:TRAIN].sum(axis=(1, 2, 3)) * 15 / 255
    np.testing.assert_allclose(sorted(seen), sorted(sums), atol=2e-3)


def test_it_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifier_state, "SHIFT", 1)  # two pixels are much of eight
    data = load("digits8x8")
    x, y = (data.x * 15).astype(np.uint8), data.labels
    many = digits(x_train=x[:1400], y_train=y[:1400], x_test=x[1400:], y_test=y[1400:])
    assert trained(data=many, epochs=6).accuracy > 0.7  # who guesses has 0.1


def test_the_log_ends_with_the_accuracy_of_the_file() -> None:
    net = trained(epochs=3)
    with Path("classifier/log.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert float(rows[-1]["accuracy_test"]) == net.accuracy
    assert net.accuracy_on(load("digits.npz", split="test")) == net.accuracy
    assert 0 < float(rows[-1]["loss"]) < float(rows[0]["loss"])
    assert 0 < float(rows[-1]["accuracy_train"]) <= 1


def test_what_is_measured_last_is_what_is_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: dict[str, Any] = {}

    def keep(net: Sequential, labels: Any, dataset: Any) -> float:
        measured.update({name: theta.copy() for name, theta in net.params.items()})
        return 0.5

    monkeypatch.setattr(training, "accuracy", keep)
    net = trained()
    assert net.accuracy == 0.5
    for name, theta in net.net.params.items():
        np.testing.assert_array_equal(theta, measured[name])


def test_the_same_seed_gives_the_same_bytes_and_another_others() -> None:
    nets = [trained(f"run-{i}", seed=seed) for i, seed in enumerate((7, 7, 8))]
    assert nets[0].sha256 == nets[1].sha256 != nets[2].sha256
    assert Path("run-0/log.csv").read_bytes() == Path("run-1/log.csv").read_bytes()


def test_the_file_says_how_it_was_made() -> None:
    net = trained(epochs=1, seed=3)
    assert (net.name, net.shape, net.labels) == ("digits", (8, 8, 1), list(range(10)))
    made = net.training
    assert made["command"] == (
        "minigan train classifier --data digits.npz --epochs 1 --batch 30 --seed 3"
    )
    assert (made["n_train"], made["n_test"], made["device"]) == (300, 100, "cpu")
    assert made["versions"]["numpy"] == np.__version__


def test_labels_keep_their_names() -> None:
    y = load("digits8x8").labels
    odd = {"y_train": 3 * y[:300] + 5, "y_test": 3 * y[300:400] + 5}
    net = trained(data=digits(**odd))
    assert net.labels == [3 * n + 5 for n in range(10)]
    assert net.accuracy == trained("again").accuracy


def test_on_a_gpu(cuda: Cuda) -> None:
    net = trained(device="cuda", epochs=1)
    images = load("digits.npz", split="test").x[:5] / np.float32(240)
    on_host = load_features(net.file, device="cpu").features(images)
    on_gpu = net.features(cuda.xp.asarray(images))
    assert isinstance(on_gpu, cuda.xp.ndarray)
    np.testing.assert_allclose(to_host(on_gpu), on_host, atol=1e-4)


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "one label": ({"y_train": np.zeros(300, int), "y_test": np.zeros(100, int)}, {}, "with 1"),
    "no labels": ({"y_train": None}, {}, "with 0"),
    "a label to test only": ({"y_test": np.full(100, 77)}, {}, r"labels \[77\]"),
    "other images to test": ({"x_test": np.zeros((100, 9, 8, 1), "u1")}, {}, r"shape \(9, 8, 1\)"),
    "nothing to compare with": ({"y_test": None}, {}, r"labels \[\]"),
    "a large batch": ({}, {"m": 301}, "300 examples, fewer than one batch of 301: say --batch 150"),
    "no pass": ({}, {"epochs": 0}, "epochs is 0, expected an integer of 1 or more"),
    "half a batch": ({}, {"m": 0.5}, "m is 0.5, expected an integer of 1 or more"),
    "a seed below 0": ({}, {"seed": -1}, "seed is -1, expected an integer of 0 or more"),
}


@pytest.mark.parametrize(("arrays", "options", "says"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_learned_is_refused_before_anything_is_written(
    arrays: dict[str, Any], options: dict[str, Any], says: str
) -> None:
    path = digits(**arrays)
    with pytest.raises(RunError, match=says) as refused:
        trained(data=path, **options)
    assert "\n" not in str(refused.value)
    assert [file.name for file in Path().iterdir()] == ["digits.npz"]


def test_a_folder_that_holds_something_is_refused() -> None:
    trained()
    before = Path("classifier/classifier.npz").read_bytes()
    with pytest.raises(RunError, match=r"^classifier is not empty"):
        trained(seed=5)
    assert Path("classifier/classifier.npz").read_bytes() == before
