"""What is made of a classifier's answers: the score, and the histogram of classes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigan.evaluation.histogram import class_counts, class_histogram
from minigan.evaluation.scores import classifier_score


def answers(n: int, classes: int, seed: int) -> np.ndarray:
    p = np.random.default_rng(seed).random((n, classes)) ** 4 + 1e-12
    return p / p.sum(axis=1, keepdims=True)


def test_certain_and_even_answers_score_the_number_of_classes() -> None:
    assert classifier_score(np.eye(10)[np.arange(100) % 10]).mean == pytest.approx(10)
    assert classifier_score(np.eye(10)[np.zeros(100, dtype=int)]).mean == pytest.approx(1)
    assert classifier_score(np.full((100, 10), 0.1)).mean == pytest.approx(1)


def test_a_score_by_its_definition() -> None:
    p = answers(20, 4, 0)
    q = [sum(row[y] for row in p) / 20 for y in range(4)]
    kl = sum(row[y] * math.log(row[y] / q[y]) for row in p for y in range(4)) / 20
    assert classifier_score(p, splits=1) == pytest.approx((math.exp(kl), 0))


def test_the_score_is_over_ten_parts() -> None:
    """Sorted by class, each part has one class alone: the score of the parts is 1."""
    by_class = np.eye(10).repeat(10, axis=0)
    assert classifier_score(by_class) == (1, 0)
    parts = [classifier_score(part, 1).mean for part in np.split(answers(100, 4, 0), 10)]
    found = classifier_score(answers(100, 4, 0))
    assert found == pytest.approx((np.mean(parts), np.std(parts)))


@given(st.integers(1, 30), st.integers(1, 6), st.integers(0, 10**6))
def test_a_score_is_from_1_to_the_number_of_classes(n: int, classes: int, seed: int) -> None:
    p = answers(n, classes, seed)
    score = classifier_score(p, 1).mean
    assert 1 - 1e-9 <= score <= classes + 1e-9
    assert classifier_score(p[::-1], 1).mean == pytest.approx(score)


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (np.zeros(3), r"probabilities have shape \(3,\), expected \(n, K\)"),
        (np.array([[0.5, 0.5], [3.0, -2.0]]), "row 1 has a sum of 1 and a least number of -2"),
        (np.array([[4.0, 1.0]]), "row 0 has a sum of 5 .* are these logits"),
        (np.array([[np.nan, 1.0]]), "row 0 has a sum of nan"),
    ],
)
def test_what_is_no_probability_is_refused(p: np.ndarray, words: str) -> None:
    with pytest.raises(ValueError, match=f"classifier score: {words}"):
        classifier_score(p, 1)
    with pytest.raises(ValueError, match="class histogram: "):
        class_counts(p)


def test_fewer_samples_than_splits_are_refused() -> None:
    for splits in (10, 0, 2.5):
        with pytest.raises(
            (TypeError, ValueError), match=f"splits is {splits}, expected an integer from 1 to 9"
        ):
            classifier_score(np.full((9, 2), 0.5), splits)


def test_one_class_of_ten_has_a_reverse_kl_of_log_10() -> None:
    even, one = np.eye(10), np.eye(10)[[3] * 5]
    found = class_histogram(one, even)
    assert (found.classes, found.of) == (1, 10)
    assert found.reverse_kl == pytest.approx(math.log(10))
    assert class_histogram(even, even).reverse_kl == 0
    assert sum(found.counts) == found.counts[3] == 5


def test_reverse_is_from_the_samples_to_the_data() -> None:
    samples, data = np.eye(2)[[0, 0, 0, 1]], np.eye(2)[[0, 1]]
    kl = 0.75 * math.log(0.75 / 0.5) + 0.25 * math.log(0.25 / 0.5)
    assert class_histogram(samples, data).reverse_kl == pytest.approx(kl)
    assert class_histogram(data, samples[:1]).reverse_kl == math.inf


def test_n_samples_of_the_data_are_uneven_by_chance() -> None:
    rng = np.random.default_rng(0)
    data = np.eye(10).repeat(100, axis=0)
    found = [class_histogram(np.eye(10)[rng.integers(0, 10, 500)], data) for _ in range(200)]
    assert np.mean([one.reverse_kl for one in found]) == pytest.approx(9 / 1000, rel=0.15)


def test_two_classifiers_do_not_compare() -> None:
    with pytest.raises(ValueError, match="samples have 2 classes and data 3"):
        class_histogram(np.eye(2), np.eye(3))
