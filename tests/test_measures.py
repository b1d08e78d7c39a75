"""Each line of the table is the function that it names, of the test data and of one subject.

Small sets that differ from each other in every respect stand for a run: whoever exchanges data and
samples, or takes another subject, a part, or another k, gets another number.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from point_sets import points

from minigan.backend import Random
from minigan.data import TOYS
from minigan.evaluation import measures, modes
from minigan.evaluation.frechet import frechet_distance
from minigan.evaluation.histogram import class_histogram
from minigan.evaluation.measures import MEASURES, sigmas
from minigan.evaluation.mmd import cubic, mmd2, pooled_median, rbf
from minigan.evaluation.neighbours import median_distance
from minigan.evaluation.parzen import SIGMAS, parzen
from minigan.evaluation.prdc import prdc
from minigan.evaluation.scores import classifier_score
from minigan.evaluation.sides import Sides, Subject
from minigan.evaluation.training_set import nearest_neighbour_error
from minigan.evaluation.two_sample import nearest_neighbour_test

SUBJECTS = ("value", "real", "noise")


def subject(n: int, seed: int, spread: float) -> Subject:
    rng = np.random.default_rng(seed)
    light = rng.random((n, 4)) ** (1 + seed) + 1e-3
    return Subject(
        x=0.5 + spread * rng.normal(size=(n, 2)),
        labels=rng.integers(0, 2 + seed, n),
        features=spread * rng.normal(size=(n, 3)) + spread,
        probabilities=light / light.sum(axis=1, keepdims=True),
    )


@pytest.fixture(params=["images", "vectors"])
def sides(request: pytest.FixtureRequest) -> Sides:
    """40 of each subject beside 50 test data, of which the first 12 choose σ."""
    test = subject(50, 0, 0.3)
    images = request.param == "images"
    return Sides(
        config=None,  # type: ignore[arg-type]
        step=0,
        kind=request.param,
        shape=(1, 2, 1) if images else (2,),
        subjects={name: subject(40, i + 1, 0.2 + 0.1 * i) for i, name in enumerate(SUBJECTS)},
        test=test,
        sigma_rows=test.x[:12],
        scored=test.x[12:],
        training=points(60, 2, seed=9),
        held_out=True,
        toy=TOYS["ring"],
        judge=object() if images else None,  # type: ignore[arg-type]
        why_no_judge="" if images else "there is none",
        notes=(),
        rng=Random(0),
    )


def expected(sides: Sides, which: str) -> dict[str, float]:
    """Every number of the table, data first and samples second."""
    data, samples = sides.test, sides.subjects[which]
    judged = sides.judge is not None
    x, g = (data.features, samples.features) if judged else (data.x, samples.x)
    spread = data.x[:12].std(axis=0).max()
    grid = SIGMAS if judged else [spread * 10.0 ** (i / 4) for i in range(-12, 1)]
    sigma = max(grid, key=lambda s: parzen(data.x[:12], samples.x, s).mean)
    likelihood = parzen(data.x[12:], samples.x, sigma)
    among = prdc(x[:40], g, k=5)
    scale = pooled_median(data.x[:40], sides.subjects["value"].x)
    accuracy = nearest_neighbour_test(data.x[:40], samples.x)
    found = modes.measure(samples.x, TOYS["ring"])
    held_out = data.x if which == "real" else samples.x  # `real` was trained on
    to_training = [min(math.dist(a, b) for b in sides.training) for a in held_out]
    numbers = {
        "parzen": likelihood.mean,
        "parzen_error": likelihood.error,
        "parzen_sigma": sigma,
        "frechet": frechet_distance(x, g),
        **among._asdict(),
        "mmd_rbf": mmd2(data.x[:40], samples.x, rbf(scale)),
        "one_nn_data": accuracy.data,
        "one_nn_samples": accuracy.samples,
        "modes": found.modes,
        "high_quality": found.high_quality,
        "mode_kl": found.reverse_kl,
        "label_error": nearest_neighbour_error(samples.x, samples.labels, data.x, data.labels),
        "to_training": np.median(to_training),
        "to_training_error": median_distance(np.array(to_training))[1],
    }
    if judged:
        score = classifier_score(samples.probabilities)
        made = class_histogram(samples.probabilities, data.probabilities)
        numbers |= {"score": score.mean, "score_error": score.std, "classes": made.classes}
        numbers |= {f"classes_{k}": count for k, count in enumerate(made.counts)}
        numbers |= {"class_kl": made.reverse_kl, "mmd_cubic": mmd2(x, g, cubic)}
    return numbers


def test_sigmas_are_the_papers_for_pixels_and_in_the_units_of_vectors(sides: Sides) -> None:
    found = measures.sigmas(sides)
    if sides.kind == "images":
        assert found == list(SIGMAS)
    else:  # from a thousandth of the data's spread to all of it
        spread = sides.sigma_rows.std(axis=0).max()
        assert (found[0], found[-1]) == (pytest.approx(spread / 1000), pytest.approx(spread))


@pytest.mark.parametrize("which", SUBJECTS)
def test_every_number_is_that_of_its_function(sides: Sides, which: str) -> None:
    found: dict[str, Any] = {}
    for measure in MEASURES:
        if not measure.why_not(sides):
            found |= measure.compute(sides, which)
    assert found == pytest.approx(expected(sides, which), rel=1e-9)


def test_rows_that_are_all_alike_still_choose_a_sigma(sides: Sides) -> None:
    """Of data that are nearly all one example, the few rows that choose σ can be that one."""
    alike = replace(sides, sigma_rows=np.full((12, 2), 0.5))
    assert min(sigmas(alike)) > 0
    assert math.isfinite(MEASURES[0].compute(alike, "value")["parzen"])
