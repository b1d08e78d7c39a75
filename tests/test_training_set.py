"""Labelled samples as a training set: by a loop, by sets whose error is known, and in the table."""

from __future__ import annotations

from pathlib import Path

import command_line
import doctor_runs
import numpy as np
import pytest
from point_sets import distance, points

from minigan.data import load
from minigan.evaluation.evaluate import evaluate
from minigan.evaluation.sides import open_sides
from minigan.evaluation.training_set import nearest_neighbour_error
from minigan.training import load_generator, train

in_an_empty_folder = command_line.in_an_empty_folder


def test_it_is_the_share_of_wrong_names_by_a_loop() -> None:
    x, test = points(20, 5), points(20, 5, seed=1)
    y, right = np.arange(20) % 3, np.arange(20) % 2
    wrong = sum(
        y[min(range(20), key=lambda j: distance(a, x[j]))] != b
        for a, b in zip(test, right, strict=True)
    )
    assert nearest_neighbour_error(x, y, test, right) == wrong / 20


def test_who_has_seen_the_test_knows_it_and_who_has_one_label_knows_one_class() -> None:
    x, y = points(50, 3), np.arange(50) % 5
    assert nearest_neighbour_error(x, y, x, y) == 0
    assert nearest_neighbour_error(x, 0 * y, x, y) == 0.8


@pytest.mark.parametrize("labels", [[0, 1], [[0], [1], [2]], [0.0, 1.0, 2.0]])
def test_labels_are_integers_one_an_example(labels: list[float]) -> None:
    x = points(3, 2)
    with pytest.raises(ValueError, match=r"nearest-neighbour error: training labels are .* 3 int"):
        nearest_neighbour_error(x, labels, x, [0, 1, 2])
    with pytest.raises(ValueError, match=r"nearest-neighbour error: test labels are .* 3 int"):
        nearest_neighbour_error(x, [0, 1, 2], x, labels)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Path:
    doctor_runs.without_pictures(monkeypatch)
    return train("cgan", steps=2, m=32, out="run", progress=False, device="cpu").folder


def test_samples_carry_the_label_that_G_was_told(run: Path) -> None:
    saved = load_generator(run, "cpu")
    x, y = saved.labelled(40, seed=3)
    np.testing.assert_array_equal(x, saved.values(40, seed=3))
    np.testing.assert_array_equal(x, saved.values(40, seed=3, labels=y.tolist()))
    assert len(set(y.tolist())) > 3


def test_the_table_of_a_model_of_labels_has_the_line(run: Path) -> None:
    found = evaluate(run, count=300, device="cpu")
    sides = found.sides
    digits, test = load("mnist12k"), load("mnist12k", split="test")
    named = dict(zip((x.tobytes() for x in digits.x), digits.labels, strict=True))
    named |= dict(zip((x.tobytes() for x in test.x), test.labels, strict=True))
    for subject in (sides.subjects["real"], sides.test):
        images = (sides.pictures(subject.x) * 255).round().astype(np.uint8)
        assert [named[image.tobytes()] for image in images] == subject.labels.tolist()
    numbers = found.row("label_error").numbers
    value = sides.subjects["value"]
    expected = nearest_neighbour_error(value.x, value.labels, sides.test.x, sides.test.labels)
    assert numbers["value"] == expected
    assert numbers["real"] < 0.3 < 0.7 < numbers["noise"]


def test_other_models_have_not(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    doctor_runs.change(monkeypatch, "mlp-batchnorm")
    train("mlp-batchnorm", steps=2, m=32, out="other", progress=False, device="cpu")
    assert load_generator("other", "cpu").labelled(3)[1] is None
    assert open_sides(Path("other"), 200, device="cpu").subjects["value"].labels is None
    assert evaluate("other", count=200, device="cpu").row("label_error").why_not.startswith("G is")
