"""The nearest-neighbour two-sample test: can it be seen who is data and who is a sample?

Put as many samples among as many data, take one example out, and guess that it is what its nearest
neighbour is. How often is that right?

    accuracy on data      mean_i [ min_{i'≠i} ‖xᵢ - xᵢ'‖ < min_j ‖xᵢ - gⱼ‖ ]
    accuracy on samples   mean_j [ min_{j'≠j} ‖gⱼ - gⱼ'‖ < min_i ‖gⱼ - xᵢ‖ ]

½ for both where the two cannot be told apart; 1 where they can; under ½ where samples are copies of
the very data that they are mixed with. A tie counts half.

The two belong together. Their mean can be ½ while one is 1 and the other 0: images of independent
pixels lie between the digits, so that everything's nearest neighbour is a sample or everything's is
an image. A low accuracy on samples says that each has data nearby (they look right); a low accuracy
on data says that each datum has samples nearby (nothing is missing).

**Source**  Lopez-Paz & Oquab 2017; leave one out, both sides: Xu et al. 2018 (from memory).

What it can tell: that samples differ from data, and on which side. No judge was trained for it.
What it cannot: how much. It is near 1 for good generators, too, since a little grain on every
sample is enough; and it depends on n.
"""

from __future__ import annotations

from typing import NamedTuple

from minigan.backend import Array
from minigan.evaluation.distances import as_pair, kth_nearest, nearest

TIE = 1e-6  # distances that agree so far are a tie, and not for rounding to decide


class Accuracy(NamedTuple):
    """How often the nearest neighbour is right: over all, on data, on samples."""

    both: float
    data: float
    samples: float


def nearest_neighbour_test(data: Array, samples: Array) -> Accuracy:
    """Return the leave-one-out accuracies of the nearest neighbour.

    **Shapes**  data (n, …), samples (n, …): as many of one as of the other, two or more

    **Raises**  ValueError for two sizes, and as `as_pair`.

    >>> import numpy as np
    >>> data = np.array([[0.0], [1.0], [9.0]])
    >>> nearest_neighbour_test(data, data + 100)
    Accuracy(both=1.0, data=1.0, samples=1.0)
    >>> nearest_neighbour_test(data, data + 0.1).both
    0.0
    """
    data, samples = as_pair("nearest-neighbour test", data, samples, least=2)
    if len(data) != len(samples):
        raise ValueError(
            f"nearest-neighbour test: {len(data)} data and {len(samples)} samples, expected as "
            "many: the larger set would be everyone's neighbour."
        )
    on_data, on_samples = _accuracy(data, samples), _accuracy(samples, data)
    return Accuracy((on_data + on_samples) / 2, on_data, on_samples)


def _accuracy(x: Array, others: Array) -> float:
    own, other = kth_nearest(x, 1) ** 0.5, nearest(x, others)[1]
    tie = abs(own - other) <= TIE * (own + other)
    return float(((own < other) & ~tie).mean() + tie.mean() / 2)
