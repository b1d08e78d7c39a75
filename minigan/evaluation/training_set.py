"""Labelled samples as a training set: who learns from them alone, how wrong is he about real data?

A conditional G is told a label and draws it. So its samples are a training set that no eye has
looked at. Somebody learns from it, and is tested on real data with the right labels y:

    error = mean_i [ y of the sample that is nearest to xᵢ  ≠  yᵢ ]        i over the test data

The nearest neighbour is the plainest of learners: it has nothing to be set, and knows no more than
its examples. Real training data in the samples' place give the error that a perfect G would get;
labels dealt out by chance are wrong in all classes but one, 0.9 for ten.

**Source**  "train on samples, test on real data" is a known idea (from memory); this learner, for
the error of 3.34 % that it makes with 50,000 real digits (docs/reported.md has ours).

What it can tell: samples that do not show their label, classes without variety, missing kinds of a
class, in one number that means something outside of GANs.
What it cannot: how samples look. Smooth prototypes make a fair training set.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.backend import Array, to_host
from minigan.evaluation.distances import as_pair, nearest


def nearest_neighbour_error(training: Array, labels: Any, test: Array, test_labels: Any) -> float:
    """Return the share of test data whose nearest training example has another label.

    **Shapes**  training (n, …), labels (n,) integers; test (m, …), test_labels (m,)

    **Raises**  ValueError for labels that are not one an example, and as `as_pair`.

    >>> x = np.array([[0.0], [1.0]])
    >>> nearest_neighbour_error(x, [3, 7], np.array([[0.1], [0.2], [0.9], [5.0]]), [3, 7, 7, 7])
    0.25
    """
    test, training = as_pair("nearest-neighbour error", test, training)
    given, right = np.asarray(labels), np.asarray(test_labels)
    for what, x, y in (("training", training, given), ("test", test, right)):
        if y.shape != (len(x),) or y.dtype.kind not in "iu":
            raise ValueError(
                f"nearest-neighbour error: {what} labels are {y.dtype} of shape {y.shape}, "
                f"expected {len(x)} integers, one for each example."
            )
    index, _ = nearest(test, training)
    return float((given[to_host(index)] != right).mean())
