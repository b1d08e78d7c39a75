"""No wrong backward passes check_layer; the message says which entry is wrong, and by how much."""

import numpy as np
import pytest
from wrong_layers import WRONG

from minigan.checks import GradientError, check_layer
from minigan.dense import Dense


@pytest.mark.parametrize(
    ("make", "shape", "pattern"), [line[1:] for line in WRONG], ids=[line[0] for line in WRONG]
)
def test_a_wrong_backward_is_caught_with_default_settings(make, shape, pattern):
    with pytest.raises(GradientError, match=pattern) as caught:
        check_layer(make, shape)
    assert "\n" not in str(caught.value)


def test_there_are_at_least_27_kinds_of_wrong_backward():
    assert len({line[0] for line in WRONG}) == len(WRONG) >= 27


@pytest.mark.parametrize("size", [1e-3, 1e-4, 1e-5])
@pytest.mark.parametrize("at", range(12))
def test_one_entry_wrong_by_little_is_named(at, size):
    class Off(Dense):
        def backward(self, dy, cache, **need):
            dx, grads = super().backward(dy, cache, **need)
            if grads:
                grads["W"].reshape(-1)[at] *= 1 + size
            return dx, grads

    with pytest.raises(GradientError) as caught:
        check_layer(lambda rng: Off(3, 4, rng), (5, 3))
    i, j = np.unravel_index(at, (3, 4))
    assert f"the gradient for W[{i}, {j}] is wrong" in str(caught.value)
    assert "(1 of 12 entries of W are wrong)" in str(caught.value)
    (row,) = [row for row in caught.value.rows if row.name == "W"]
    assert (row.index, row.wrong, row.verdict) == ((i, j), 1, "wrong")
    assert row.analytic == pytest.approx(row.numeric * (1 + size), rel=1e-8)
    assert row.error == pytest.approx(size, rel=1e-2)


def test_the_message_names_layer_entry_both_values_and_the_error():
    class Off(Dense):
        def backward(self, dy, cache, **need):
            dx, grads = super().backward(dy, cache, **need)
            if grads:
                grads["b"][1] *= -2
            return dx, grads

    with pytest.raises(GradientError) as caught:
        check_layer(lambda rng: Off(2, 2, rng), (3, 2), modes=["eval"])
    message = str(caught.value)
    assert message.startswith("Dense(2 → 2) in evaluation: the gradient for b[1] is wrong: ")
    row = caught.value.rows[-1]
    assert row.analytic == pytest.approx(-2 * row.numeric)
    assert f"analytic {row.analytic:.10g}, numeric {row.numeric:.10g}, " in message
    assert "relative error 1.5, " in message
    assert message.endswith("expected at most 1e-06 (1 of 2 entries of b are wrong).")
