"""Dataset and Batches: what is refused, the passes, the scaling, the state."""

from __future__ import annotations

import json

import numpy as np
import pytest
from data_errors import expect_refusal
from hypothesis import given, settings
from hypothesis import strategies as st

from minigan.backend import Random
from minigan.data import Batches, Dataset, load


def numbered(n):
    """n images of one pixel whose value is their number (n ≤ 256)."""
    return Dataset("numbered", np.arange(n, dtype=np.uint8).reshape(n, 1, 1, 1))


def drawn(batches, m):
    """The numbers of the images in a batch, for the range (0, 255)."""
    return batches(m).ravel().tolist()


@pytest.mark.parametrize(
    ("x", "facts"),
    [
        (np.zeros((3, 4, 4), np.uint8), ["(3, 4, 4)", "(n, h, w, c)", "(n, d)"]),
        ([[1.0]], ["NumPy array"]),
        (np.zeros((0, 4, 4, 1), np.uint8), ["empty", "(0, 4, 4, 1)"]),
        (np.zeros((0, 2), np.float32), ["empty", "(0, 2)"]),
        (np.zeros((2, 4, 4, 1), np.float64), ["images are float64", "uint8 or float32"]),
        (np.zeros((2, 4), np.uint8), ["vectors are uint8", "float32"]),
        (np.array([[0, 1], [2, np.nan]], np.float32), ["x[1, 1] is nan", "finite"]),
        (np.array([[0, np.inf]], np.float32), ["x[0, 1] is inf"]),
        (np.full((1, 1, 1, 1), -np.inf, np.float32), ["x[0, 0, 0, 0] is -inf"]),
        (np.full((1, 1, 1, 1), -1.0, np.float32), ["from -1.0 to -1.0", "0 to 255"]),
        (np.full((1, 1, 1, 1), 256.0, np.float32), ["256.0", "0 to 255"]),
    ],
)
def test_a_dataset_refuses_examples_that_it_cannot_hold(x, facts):
    with expect_refusal("bad", *facts):
        Dataset("bad", x)


@pytest.mark.parametrize("labels", [np.zeros(2, int), np.zeros(3), np.zeros((3, 1), int)])
def test_labels_must_be_one_integer_for_each_example(labels):
    with expect_refusal("labels", str(labels.shape), "expected 3 integers"):
        Dataset("bad", np.zeros((3, 2), np.float32), labels)


@pytest.mark.parametrize(
    ("mean", "std"),
    [
        (np.zeros(2), np.array([1.0, 0.0])),
        (np.zeros(2), np.array([1.0, -1.0])),
        (np.zeros(2), np.array([1.0, np.inf])),
        (np.array([np.nan, 0.0]), np.ones(2)),
        (np.zeros(3), np.ones(3)),
        (np.zeros(2), np.ones(1)),
    ],
)
def test_statistics_must_fit_the_columns(mean, std):
    with expect_refusal("mean and std", "(3, 2)"):
        Dataset("bad", np.zeros((3, 2), np.float32), mean=mean, std=std)


def test_statistics_come_in_pairs_and_belong_to_vectors():
    with expect_refusal("only one is given"):
        Dataset("bad", np.zeros((3, 2), np.float32), mean=np.zeros(2))
    with expect_refusal("mean and std"):
        Dataset("bad", np.zeros((3, 2, 2, 1), np.uint8), mean=np.zeros(2), std=np.ones(2))


@pytest.mark.parametrize("top", [0.0, -1.0, np.nan, np.inf])
def test_top_must_be_a_positive_number(top):
    with expect_refusal("top is", "above 0"):
        Dataset("bad", np.zeros((1, 1, 1, 1), np.uint8), top=top)


def test_pixels_above_top_are_refused():
    with expect_refusal("from 0 to 17", "0 to 16"):
        Dataset("bad", np.array([0, 17], np.uint8).reshape(2, 1, 1, 1), top=16)


@settings(max_examples=60)
@given(n=st.integers(1, 60), m=st.integers(1, 60), seed=st.integers(0, 9))
def test_a_pass_visits_each_example_at_most_once_and_drops_less_than_a_batch(n, m, seed):
    if m > n:
        return
    batches = Batches(numbered(n), Random(seed), 0, 255)
    for _ in range(2):
        seen = [i for _ in range(n // m) for i in drawn(batches, m)]
        assert len(set(seen)) == len(seen) == n // m * m


def test_a_pass_of_whole_batches_visits_every_example_once():
    batches = Batches(numbered(60), Random(0), 0, 255)
    passes = [[i for _ in range(6) for i in drawn(batches, 10)] for _ in range(3)]
    assert all(sorted(each) == list(range(60)) for each in passes)
    assert passes[0] != passes[1] != passes[2]  # a new order in each pass
    assert passes[0] != list(range(60))


def test_the_order_is_the_permutation_of_the_random_that_was_passed_in():
    rng = Random(3)
    expected = [rng.permutation(7), rng.permutation(7)]
    batches = Batches(numbered(7), Random(3), 0, 255)
    seen = [drawn(batches, 3) for _ in range(4)]  # 7 = 3 + 3 + 1 dropped
    assert seen[0] + seen[1] == expected[0][:6].tolist()
    assert seen[2] + seen[3] == expected[1][:6].tolist()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("low", "high"), [(0, 1), (-1, 1), (0.1, 0.9), (-1.5, 2.5)])
@pytest.mark.parametrize("top", [255.0, 16.0, 1.0])
@pytest.mark.parametrize("stored", ["uint8", "float32"])
def test_scaling_is_exact_at_zero_and_at_top(dtype, low, high, top, stored):
    data = Dataset("ends", np.array([0, top], stored).reshape(2, 1, 1, 1), top=top)
    y = Batches(data, Random(0, dtype=dtype), low, high)(2)
    assert y.dtype == dtype
    assert y.shape == (2, 1, 1, 1)
    kind = np.dtype(dtype).type
    expected = [kind(low), kind(high - low) + kind(low)]
    assert sorted(y.ravel().tolist()) == [float(value) for value in expected]


def test_scaling_is_low_plus_range_times_x_over_top():
    data = numbered(256)
    batches = Batches(data, Random(0, dtype="float64"), -1, 1)
    order = Random(0).permutation(256)
    np.testing.assert_allclose(batches(256).ravel(), -1 + 2 * order / 255, rtol=0, atol=1e-15)


def test_resident_images_stay_uint8_and_are_not_changed():
    data = numbered(9)
    before = data.x.copy()
    batches = Batches(data, Random(0), -1, 1)
    batches(9)
    assert batches._x.dtype == np.uint8
    assert np.array_equal(data.x, before)


def test_float_images_are_not_changed_by_the_scaling():
    x = np.linspace(0, 1, 6, dtype=np.float32).reshape(6, 1, 1, 1)
    batches = Batches(Dataset("floats", x, top=1.0), Random(0), -1, 1)
    first = np.sort(batches(6).ravel())
    assert np.array_equal(x.ravel(), np.linspace(0, 1, 6, dtype=np.float32))
    assert np.array_equal(np.sort(batches(6).ravel()), first)


def test_vectors_are_standardised_and_the_range_is_not_theirs():
    x = np.array([[1, 100], [3, 300]], np.float32)
    data = Dataset("v", x, mean=np.array([2.0, 200.0]), std=np.array([1.0, 50.0]))
    y = Batches(data, Random(0), -1, 1)(2)
    assert y.dtype == np.float32
    assert sorted(y.tolist()) == [[-1, -2], [1, 2]]


def test_vectors_without_statistics_are_used_as_they_are():
    x = np.array([[4.5], [-7.25]], np.float32)
    y = Batches(Dataset("v", x), Random(0, dtype="float64"))(2)
    assert y.dtype == np.float64
    assert sorted(y.ravel().tolist()) == [-7.25, 4.5]


@pytest.mark.parametrize("before", [0, 1, 2, 3, 5])
def test_state_round_trip_continues_bit_for_bit(before):
    data = load("digits8x8")
    batches = Batches(data, Random(5), -1, 1)
    for _ in range(before):
        batches(700)  # 1,797 examples: two batches a pass
    state = batches.state
    saved = {"order": np.array(state["order"].tolist(), int), "position": state["position"]}
    random_state = json.loads(json.dumps(batches.rng.state))
    expected = [batches(700) for _ in range(5)]

    resumed = Batches(data, Random(99), -1, 1)
    resumed.rng.state = random_state
    resumed.state = saved
    for batch in expected:
        assert np.array_equal(resumed(700), batch)


def test_state_is_a_copy():
    batches = Batches(numbered(6), Random(0), 0, 255)
    batches(2)
    state = batches.state
    kept = state["order"].copy()
    state["order"][:] = 0
    assert np.array_equal(batches.state["order"], kept)


@pytest.mark.parametrize(
    ("order", "position", "facts"),
    [
        ([0, 1, 2], 0, ["order is of 3 examples", "the data has 4"]),
        ([0, 1, 2, 2], 0, ["no permutation"]),
        ([0, 1, 2, 4], 0, ["no permutation"]),
        ([0, 1, 2, 3], 5, ["position is 5", "0 to 4"]),
        ([0, 1, 2, 3], -1, ["position is -1"]),
        ([], 1, ["position is 1", "0 to 0"]),
    ],
)
def test_a_state_of_other_data_is_refused_and_changes_nothing(order, position, facts):
    batches = Batches(numbered(4), Random(0), 0, 255)
    batches(2)
    before = batches.state
    with expect_refusal("numbered", *facts):
        batches.state = {"order": np.array(order, int), "position": position}
    assert np.array_equal(batches.state["order"], before["order"])
    assert batches.state["position"] == before["position"]


@pytest.mark.parametrize("m", [0, -1, 2.0, True, None, "3"])
def test_a_batch_is_an_integer_of_one_or_more(m):
    with expect_refusal("numbered", f"the batch is {m!r}", "≥ 1"):
        Batches(numbered(4), Random(0))(m)


def test_a_batch_larger_than_the_data_is_refused():
    with expect_refusal("batch of 5", "only 4 examples", "--batch"):
        Batches(numbered(4), Random(0))(5)
    assert Batches(numbered(4), Random(0))(np.int64(4)).shape == (4, 1, 1, 1)


@pytest.mark.parametrize(("low", "high"), [(1, 1), (1, 0)])
def test_a_range_goes_up(low, high):
    with expect_refusal("range", "low < high"):
        Batches(numbered(4), Random(0), low, high)


@pytest.mark.parametrize("name", ["digits8x8", "vectors"])
def test_batches_on_the_device_are_those_of_the_cpu(cuda, name):
    measured = Dataset("v", np.float32([[1], [2], [6]]), mean=np.float64([3]), std=np.float64([2]))
    data = measured if name == "vectors" else load(name)
    host = Batches(data, Random(2), -1, 1)
    device = Batches(data, Random(2, device="cuda"), -1, 1)
    for _ in range(4):
        cuda.assert_same(device(2), host(2))
    state = device.state
    assert isinstance(state["order"], np.ndarray)
    assert np.array_equal(state["order"], host.state["order"])
    assert state["position"] == host.state["position"]
    device(2)
    device.state, host.state = state, host.state
    cuda.assert_same(device(2), host(2))
    assert device._x.dtype == (np.float32 if name == "vectors" else np.uint8)
