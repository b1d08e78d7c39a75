"""The lines of the table: what each measure is called, what it says, and how it is computed.

A measure is a function of `Sides` and of which of the three subjects stands in the samples' place.
It returns numbers by key, one for each of its lines; a key with "_error" is the ± of a line.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from minigan.backend import Array
from minigan.evaluation import lines, modes
from minigan.evaluation.frechet import frechet_distance
from minigan.evaluation.histogram import class_histogram
from minigan.evaluation.lines import Line
from minigan.evaluation.mmd import cubic, mmd2, pooled_median, rbf
from minigan.evaluation.neighbours import median_distance, nearest_examples
from minigan.evaluation.parzen import SIGMAS, choose_sigma, parzen
from minigan.evaluation.prdc import prdc
from minigan.evaluation.scores import classifier_score
from minigan.evaluation.sides import Sides
from minigan.evaluation.training_set import nearest_neighbour_error
from minigan.evaluation.two_sample import nearest_neighbour_test

Numbers = dict[str, float]
WIDEST = 512  # columns of vectors up to which a covariance is taken
NEAREST = 1000  # samples whose nearest training example is looked for
K = 5  # of precision, recall, density, coverage


@dataclass(frozen=True)
class Measure:
    """A function that fills one line or several.

    **Parameters**  lines; compute(sides, which): the numbers, with which in "value", "real",
    "noise"; where(sides): of how many examples, in which space; why_not(sides): why it cannot be
    taken, or "".
    """

    lines: tuple[Line, ...]
    compute: Callable[[Sides, str], Numbers]
    where: Callable[[Sides], str]
    why_not: Callable[[Sides], str]


def always(sides: Sides) -> str:
    """Nothing is in the way."""
    return ""


def space(sides: Sides) -> str:
    """Where distances are taken: features of the network, or else the examples themselves."""
    return "features" if sides.judge is not None else sides.kind.replace("images", "pixels")


def points(sides: Sides, which: str) -> tuple[Array, Array]:
    """The test data and a subject in that space."""
    subject, test = sides.subjects[which], sides.test
    return (test.x, subject.x) if sides.judge is None else (test.features, subject.features)


def needs_judge(sides: Sides) -> str:
    """Why there are no features, or ""."""
    return sides.why_no_judge


def needs_features(sides: Sides) -> str:
    """Why there are neither features nor short vectors, or ""."""
    width = math.prod(sides.shape)
    if sides.judge is not None or (sides.kind == "vectors" and width <= WIDEST):
        return ""
    return sides.why_no_judge if sides.kind == "images" else f"vectors of {width} are too long"


def sizes(sides: Sides) -> str:
    """All samples against all test data."""
    return f"{space(sides)}, {_n(sides):,} against {len(sides.test.x):,}"


def equal_sizes(sides: Sides) -> int:
    """How many there are of both."""
    return min(_n(sides), len(sides.test.x))


def _n(sides: Sides) -> int:
    return len(sides.subjects["value"].x)


def sigmas(sides: Sides) -> list[float]:
    """The paper's for pixels; for vectors around the spread that the data have."""
    if sides.kind == "images":
        return list(SIGMAS)
    spread = float(sides.sigma_rows.std(axis=0).max()) or 1.0  # few rows can be all alike
    return [spread * 10 ** (i / 4) for i in range(-12, 1)]


def _parzen(sides: Sides, which: str) -> Numbers:
    samples = sides.subjects[which].x
    sigma = choose_sigma(sides.sigma_rows, samples, sigmas(sides))
    found = parzen(sides.scored, samples, sigma)
    return {"parzen": found.mean, "parzen_error": found.error, "parzen_sigma": found.sigma}


def _parzen_where(sides: Sides) -> str:
    return (
        f"{_n(sides):,} centres, {len(sides.sigma_rows):,} choose σ, {len(sides.scored):,} scored; "
        "± the standard error"
    )


def _score(sides: Sides, which: str) -> Numbers:
    found = classifier_score(sides.subjects[which].probabilities)
    return {"score": found.mean, "score_error": found.std}


def _score_where(sides: Sides) -> str:
    return f"{_n(sides):,} samples in ten parts; ± the standard deviation of the ten"


def _frechet(sides: Sides, which: str) -> Numbers:
    return {"frechet": frechet_distance(*points(sides, which))}


def _prdc(sides: Sides, which: str) -> Numbers:
    n = equal_sizes(sides)
    test, subject = points(sides, which)
    return prdc(test[:n], subject[:n], K)._asdict()


def _cubic(sides: Sides, which: str) -> Numbers:
    return {"mmd_cubic": mmd2(*points(sides, which), cubic)}


def _rbf(sides: Sides, which: str) -> Numbers:
    n = equal_sizes(sides)
    test, samples = sides.test.x[:n], sides.subjects["value"].x[:n]
    kernel = rbf(pooled_median(test, samples))  # one for all three: other scales do not compare
    return {"mmd_rbf": mmd2(test, sides.subjects[which].x[:n], kernel)}


def _nearest_neighbour(sides: Sides, which: str) -> Numbers:
    n = equal_sizes(sides)
    found = nearest_neighbour_test(sides.test.x[:n], sides.subjects[which].x[:n])
    return {"one_nn_data": found.data, "one_nn_samples": found.samples}


def _histogram(sides: Sides, which: str) -> Numbers:
    found = class_histogram(sides.subjects[which].probabilities, sides.test.probabilities)
    counts = {f"classes_{k}": float(count) for k, count in enumerate(found.counts)}
    return {"classes": found.classes, "class_kl": found.reverse_kl} | counts


def _modes(sides: Sides, which: str) -> Numbers:
    assert sides.toy is not None  # as why_not says
    found = modes.measure(sides.subjects[which].x, sides.toy)
    return {
        "modes": found.modes,
        "high_quality": found.high_quality,
        "mode_kl": found.reverse_kl,
    }


def _label_error(sides: Sides, which: str) -> Numbers:
    subject, test = sides.subjects[which], sides.test
    error = nearest_neighbour_error(subject.x, subject.labels, test.x, test.labels)
    return {"label_error": error}


def _no_labels(sides: Sides) -> str:
    return "" if sides.subjects["value"].labels is not None else "G is not told labels"


def _neighbours(sides: Sides, which: str) -> Numbers:
    # real examples are training examples, so data that are held out stand in for them
    x = sides.test.x if which == "real" else sides.subjects[which].x
    _, distance = nearest_examples(x[:NEAREST], sides.training)
    median, error = median_distance(distance)
    return {"to_training": median, "to_training_error": error}


def _neighbours_where(sides: Sides) -> str:
    count = min(NEAREST, _n(sides))
    return (
        f"{_raw(sides)}, {count:,} against {len(sides.training):,} training examples; "
        "± the standard error"
    )


def _raw(sides: Sides) -> str:
    return sides.kind.replace("images", "pixels")


def _equal(sides: Sides) -> str:
    return f"{_raw(sides)}, {equal_sizes(sides):,} of each"


def _no_modes(sides: Sides) -> str:
    if sides.toy is None:
        return "the modes of the data are not known"
    return "the data have one mode" if len(sides.toy.modes) == 1 else ""


MEASURES = (
    Measure((lines.PARZEN,), _parzen, _parzen_where, always),
    Measure((lines.SCORE,), _score, _score_where, needs_judge),
    Measure((lines.FRECHET,), _frechet, sizes, needs_features),
    Measure(
        (lines.PRECISION, lines.RECALL, lines.DENSITY, lines.COVERAGE),
        _prdc,
        lambda sides: f"{space(sides)}, {equal_sizes(sides):,} of each, k = {K}",
        always,
    ),
    Measure((lines.MMD_CUBIC,), _cubic, sizes, needs_judge),
    Measure((lines.MMD_RBF,), _rbf, _equal, always),
    Measure((lines.NN_DATA, lines.NN_SAMPLES), _nearest_neighbour, _equal, always),
    Measure((lines.CLASSES, lines.CLASS_KL), _histogram, sizes, needs_judge),
    Measure(
        (lines.MODES, lines.HIGH_QUALITY, lines.MODE_KL),
        _modes,
        lambda sides: f"{_n(sides):,} samples",
        _no_modes,
    ),
    Measure(
        (lines.LABEL_ERROR,),
        _label_error,
        lambda sides: f"{_raw(sides)}, {_n(sides):,} to learn from, {len(sides.test.x):,} to name",
        _no_labels,
    ),
    Measure((lines.TO_TRAINING,), _neighbours, _neighbours_where, always),
)
