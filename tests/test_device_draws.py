"""Random(draws="device"): Philox on either device, its state, and what a draw costs."""

import json

import numpy as np
import pytest
import standin
from cupy_device import DEVICE
from cupy_standin import CUPY

from minigan import backend, streams
from minigan.backend import Random, to_host
from minigan.data import Batches, Dataset
from minigan.data import dataset as dataset_module

DRAWS = {
    "normal": lambda rng: rng.normal((3, 5)),
    "normal std": lambda rng: rng.normal((3, 5), std=np.float64(0.02)),
    "uniform": lambda rng: rng.uniform((3, 5), -2, 5),
    "mask": lambda rng: rng.mask((3, 5), 0.4),
    "permutation": lambda rng: rng.permutation(15),
    "scalar": lambda rng: rng.normal(()),
}
each_draw = pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS.keys())


kernels_double = standin.kernels_double  # conftest.py's, which mutants do without


def made(device="cpu", dtype="float32", seed=3, stream=""):
    return Random(seed, device, dtype, stream, draws="device")


def five():
    return Dataset("five", np.arange(5, dtype=np.float32)[:, None])


# --- the same numbers -----------------------------------------------------------------------------


@each_draw
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_bit_is_the_same_on_both_devices(cuda, draw, dtype):
    there, here = made("cuda", dtype), made("cpu", dtype)
    for counter in (0, 2**32 - 3, 2**50):
        for rng in (there, here):
            rng.state = rng.state | {"counter": counter}
        for _ in range(2):
            expected = draw(here)
            assert isinstance(expected, np.ndarray)
            found = draw(there)
            assert isinstance(found, cuda.xp.ndarray)
            assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
            np.testing.assert_array_equal(to_host(found), expected)
        assert there.state == here.state


def test_the_numbers_are_these():
    """A checkpoint goes on with them in the next version, too."""
    rng = made(seed=0)
    assert rng.state["key"] == 15793235383387715774
    normal = [-1.893288493156433, 0.7873154878616333, -0.062049295753240585, -1.1079777479171753]
    assert rng.normal((4,)).tolist() == normal
    assert rng.uniform((2,)).tolist() == [0.9204680919647217, 0.6189123392105103]
    assert rng.permutation(8).tolist() == [5, 7, 6, 2, 4, 1, 3, 0]
    assert rng.mask((8,), 0.5).astype(int).tolist() == [1, 0, 1, 0, 0, 1, 1, 1]
    assert rng.state["counter"] == 1 + 1 + 4 + 1


def test_a_draw_moves_the_counter_on_by_its_blocks():
    rng = made()
    for draw, blocks in (
        (lambda: rng.normal((9,)), 3),
        (lambda: rng.uniform((8,)), 2),
        (lambda: rng.mask((9,), 0.5), 2),
        (lambda: rng.permutation(9), 5),
        (lambda: rng.normal((0, 3)), 0),
    ):
        before = rng.state["counter"]
        draw()
        assert rng.state["counter"] == before + blocks


def test_no_number_is_drawn_twice():
    """Neither by one stream nor by those of other seeds and names."""
    rngs = [made(), made(seed=4), made(stream="a"), made().child("a"), made().child("b")]
    drawn = [rng.uniform((40,)).tolist() for rng in rngs for _ in range(3)]
    assert len({x for numbers in drawn for x in numbers}) > 590  # of 24 bits, by chance some meet
    assert len({tuple(numbers) for numbers in drawn}) == 15
    assert made().uniform((40,)).tolist() == drawn[0]
    assert Random(3).uniform((40,)).tolist() not in drawn


def test_a_permutation_is_one_and_every_order_comes_as_often():
    rng = made()
    assert sorted(rng.permutation(1000).tolist()) == list(range(1000))
    orders, n = {}, 6000
    for _ in range(n):
        order = tuple(rng.permutation(3).tolist())
        orders[order] = orders.get(order, 0) + 1
    assert len(orders) == 6
    chi2 = sum((found - n / 6) ** 2 / (n / 6) for found in orders.values())
    assert chi2 < 20.5  # of 5 degrees of freedom: p > 0.001


# --- the state ------------------------------------------------------------------------------------


def test_the_state_can_be_kept_as_json_and_put_back_on_either_device(cuda):
    rng = made("cuda")
    rng.normal((3,))
    rng.mask((3,), 0.5)
    kept = json.loads(json.dumps(rng.state))
    assert kept.keys() == {"bit_generator", "key", "counter"}
    expected = [to_host(draw(rng)).tolist() for draw in DRAWS.values()]
    for again in (made(seed=8), made("cuda", seed=8), rng):
        again.state = kept
        assert [to_host(draw(again)).tolist() for draw in DRAWS.values()] == expected


def test_a_state_is_put_back_whole():
    rng, other = made(), made(seed=8)
    rng.normal((9,))
    other.state = rng.state
    assert other.state == rng.state
    assert other.normal((5,)).tolist() == rng.normal((5,)).tolist()


def test_a_state_is_not_the_stream():
    rng = made()
    kept = rng.state
    rng.normal((3,))
    assert kept["counter"] == 0
    rng.state = kept
    rng.normal((3,))
    assert kept["counter"] == 0


def test_the_state_of_the_other_generator_is_refused():
    host, device = Random(0), made()
    for rng, other, words in (
        (host, device, "of 'philox4x32-10', expected 'PCG64', from which this one draws; it was "),
        (device, host, "of 'PCG64', expected 'philox4x32-10', from which this one draws; it was "),
    ):
        before = rng.state
        with pytest.raises(ValueError, match=f"^Random: the state is {words}kept from a Random"):
            rng.state = other.state
        assert rng.state == before


@pytest.mark.parametrize("part", ["key", "counter"])
@pytest.mark.parametrize("value", [-1, 2**64, 1.0, True, "7", None])
def test_a_damaged_state_is_refused(part, value):
    rng = made()
    before = rng.state
    with pytest.raises(
        ValueError, match=f"^Random: the state's {part} is {value!r}, expected an i"
    ):
        rng.state = before | {part: value}
    assert rng.state == before


def test_draws_are_host_or_device():
    assert tuple(streams.STREAMS) == backend.DRAWS
    with pytest.raises(
        ValueError, match=r"^Random: draws is 'gpu', expected 'host' or 'device'\.$"
    ):
        Random(0, draws="gpu")
    assert repr(made()) == "Random(3, device='cpu', dtype='float32', draws='device')"
    assert made().child("D").draws == "device"
    assert Random(0).child("D").draws == "host"


# --- what it costs, and a step that is recorded ---------------------------------------------------


def test_a_draw_is_one_launch_and_no_upload(kernels_double):
    rng = made("cuda")
    rng.normal((2, 2))  # the first draw also makes the 0 that all others share
    DEVICE.reset()
    rng.normal((2, 2), std=3.0)
    rng.uniform((2, 2))
    rng.mask((2, 2), 0.5)
    assert DEVICE.launches == {"normal": 1, "uniform": 1, "mask": 1}
    rng.permutation(9)
    assert DEVICE.launches.total() == 5
    assert DEVICE.uploads.total() == DEVICE.syncs.total() == 0


class Recorder:
    """`changing` as a recorded step has it: the values lie in the memory of the GPU."""

    def __init__(self):
        self.fed = []

    def __call__(self, compute, dtype=None):
        value = compute()
        value = to_host(value) if isinstance(value, CUPY.ndarray) else value
        buffer = CUPY.asarray(np.array(value, dtype))
        self.fed.append((buffer, compute))
        return buffer

    def replay(self):
        for buffer, compute in self.fed:
            value = compute()
            buffer[...] = value if isinstance(value, CUPY.ndarray) else CUPY.asarray(value)


@pytest.mark.parametrize("draws", ["host", "device"])
def test_a_recorded_draw_finds_its_numbers_in_memory(kernels_double, monkeypatch, draws):
    def numbers(rng):
        return [rng.normal((5,)), rng.uniform((5,), -1, 1), rng.mask((5,), 0.5)]

    here = Random(3, "cpu", draws=draws)
    expected = [numbers(here) for _ in range(2)]
    recorder = Recorder()
    monkeypatch.setattr(streams, "changing", recorder)
    there = Random(3, "cuda", draws=draws)
    for found, right in zip(numbers(there), expected[0], strict=True):
        np.testing.assert_array_equal(found.get(), right)
    assert len(recorder.fed) == 3
    recorder.replay()  # host state moves on; the buffers hold what the next step needs
    assert there.state == here.state
    buffers = [buffer for buffer, _ in recorder.fed]
    if draws == "host":
        for found, right in zip(buffers, expected[1], strict=True):
            np.testing.assert_array_equal(found.get(), right)
    else:
        assert [int(buffer.get()) for buffer in buffers] == [5, 7, 9]
        assert {buffer.dtype.name for buffer in buffers} == {"uint64"}


@pytest.mark.parametrize("draws", ["host", "device"])
def test_batches_of_a_recorded_step_go_through_the_passes(kernels_double, monkeypatch, draws):
    """The indices are computed, not the position: two batches of a step may be of two passes."""
    here = Batches(five(), Random(3, "cpu", draws=draws))
    expected = [here(2).ravel().tolist() for _ in range(8)]
    recorder = Recorder()
    monkeypatch.setattr(dataset_module, "changing", recorder)
    there = Batches(five(), Random(3, "cuda", draws=draws))
    found = [there(2).get().ravel().tolist() for _ in range(3)]
    recorder.replay()
    found += [buffer.get().tolist() for buffer, _ in recorder.fed]  # x is its own index
    recorder.replay()
    found += [buffer.get().tolist() for buffer, _ in recorder.fed][:2]
    assert found == expected


def test_batches_keep_their_order_on_the_device(kernels_double):
    batches = Batches(five(), made("cuda"))
    here = Batches(five(), made())
    DEVICE.reset()
    found = [batches(2) for _ in range(7)]
    assert DEVICE.uploads.total() == DEVICE.syncs.total() == 0
    for y in found:
        np.testing.assert_array_equal(y.get(), here(2))
    np.testing.assert_array_equal(batches.state["order"], here.state["order"])
    assert batches.state["order"].dtype == np.int64
