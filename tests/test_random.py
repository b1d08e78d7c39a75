"""Random: the same numbers on every device, streams that do not meet, a state that can be kept."""

import json

import numpy as np
import pytest
from cupy_device import DEVICE

from minigan.backend import Random, to_host

DRAWS = {
    "normal": lambda rng: rng.normal((3, 4)),
    "normal std": lambda rng: rng.normal((3, 4), std=0.02),
    "uniform": lambda rng: rng.uniform((3, 4), -2, 5),
    "zeros": lambda rng: rng.zeros((3, 4)),
    "ones": lambda rng: rng.ones((3, 4)),
    "array": lambda rng: rng.array([[1, 2], [3, 4]]),
}


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS.keys())
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_arrays_are_born_on_the_device_with_the_dtype_and_the_cpus_numbers(cuda, draw, dtype):
    there, here = draw(Random(3, "cuda", dtype)), draw(Random(3, "cpu", dtype))
    assert isinstance(here, np.ndarray)
    assert here.dtype.name == dtype
    assert there.dtype.name == dtype
    np.testing.assert_array_equal(to_host(there), here)


def test_masks_and_permutations_are_the_same_on_both_devices(cuda):
    there, here = Random(3, "cuda"), Random(3, "cpu")
    cuda.assert_same(there.mask((50,), 0.3), here.mask((50,), 0.3))
    order = there.permutation(10)
    assert isinstance(order, np.ndarray)  # it indexes data on the host
    assert order.tolist() == here.permutation(10).tolist()
    assert sorted(order.tolist()) == list(range(10))


def test_a_draw_is_one_upload_and_nothing_else(double):
    rng = Random(0, "cuda")
    DEVICE.reset()
    rng.normal((2, 2), std=3.0)
    rng.uniform((2, 2))
    rng.mask((2, 2), 0.5)
    rng.array([1, 2])
    assert DEVICE.uploads.total() == 4
    assert DEVICE.launches.total() == DEVICE.syncs.total() == 0


def test_the_distributions_are_what_they_are_called():
    rng = Random(1, dtype="float64")
    x = rng.normal((200, 200), std=0.5)
    assert abs(x.mean()) < 0.01  # 4 standard errors of 0.5/200
    assert abs(x.std() - 0.5) < 0.01
    u = rng.uniform((200, 200), -2, 3)
    assert u.min() >= -2
    assert u.max() < 3
    assert abs(u.mean() - 0.5) < 0.03
    assert abs(u.var() - 25 / 12) < 0.04
    assert abs(rng.mask((200, 200), keep=0.3).mean() - 0.3) < 0.01
    assert rng.mask((100,), keep=1.0).all()
    assert not rng.mask((100,), keep=0.0).any()


def test_a_seed_a_stream_and_a_child_each_have_their_own_numbers():
    def numbers(rng):
        return tuple(rng.normal((4,)).tolist())

    root = Random(5)
    same = [Random(5), Random(np.int64(5)), Random(5, stream="")]
    assert {numbers(rng) for rng in same} == {numbers(root)}
    others = [Random(6), Random(5, stream="a"), Random(5).child("a"), Random(5).child("b")]
    others += [Random(5).child("a").child("b"), Random(5).child("b").child("a")]
    drawn = [numbers(rng) for rng in others]
    assert len({*drawn, numbers(Random(5))}) == len(others) + 1


def test_a_child_does_not_depend_on_what_its_parent_drew():
    used = Random(5, dtype="float64")
    used.normal((7,))
    child = used.child("D")
    assert (child.seed, child.device, child.dtype) == (5, "cpu", "float64")
    assert (
        child.normal((3,)).tolist() == Random(5, dtype="float64").child("D").normal((3,)).tolist()
    )


def test_the_state_can_be_kept_as_json_and_put_back():
    rng = Random(9)
    rng.normal((3,))  # float32 draws leave half a word in the generator, which is state, too
    rng.mask((3,), 0.5)
    kept = json.loads(json.dumps(rng.state))
    expected = [
        rng.normal((5,)).tolist(),
        rng.mask((5,), 0.5).tolist(),
        rng.permutation(9).tolist(),
    ]
    other = Random(1)
    other.state = kept
    for again in (other, rng):
        again.state = kept
        found = [again.normal((5,)).tolist(), again.mask((5,), 0.5).tolist()]
        assert [*found, again.permutation(9).tolist()] == expected


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"seed": -1}, ValueError, "Random: seed is -1, expected an integer of 0 or more"),
        ({"seed": 1.0}, TypeError, "Random: seed is 1.0, expected an integer"),
        ({"seed": True}, TypeError, "Random: seed is True, expected an integer"),
        ({"seed": None}, TypeError, "Random: seed is None, expected an integer"),
        ({"seed": 0, "dtype": "float16"}, ValueError, "Random: dtype is 'float16', expected 'flo"),
        ({"seed": 0, "dtype": "int32"}, ValueError, "Random: dtype is 'int32', expected 'float32'"),
        ({"seed": 0, "dtype": "double precision"}, ValueError, "Random: dtype is 'double precisi"),
        ({"seed": 0, "device": "tpu"}, ValueError, "device is 'tpu', expected one of"),
    ],
)
def test_a_wrong_seed_dtype_or_device_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        Random(**arguments)


def test_repr_says_what_it_takes_to_make_it_again():
    assert repr(Random(3, dtype="float64")) == "Random(3, device='cpu', dtype='float64')"
    assert repr(Random(3).child("D")).endswith("stream='/D')")
