"""The kernel of Maxout against NumPy's max and argmax."""

import numpy as np
import pytest
import standin
from cupy_device import DEVICE

from minigan.backend import Random, to_host
from minigan.maxout import Maxout

kernels_double = standin.kernels_double  # conftest.py's, which mutants do without


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_maxout_picks_the_first_of_equal_pieces_and_a_nan_before_all(cuda, dtype):
    x = Random(3, dtype=dtype).normal((5, 12)).round(0)  # many ties
    x[2, 5] = x[3, 1] = x[3, 9] = np.nan
    for pieces in (1, 2, 3, 12):
        y, winner = Maxout(pieces).forward(cuda.xp.asarray(x))
        z = x.reshape(5, pieces, -1)
        np.testing.assert_array_equal(to_host(y), z.max(axis=1))
        first = np.arange(pieces)[:, None] == z.argmax(axis=1)[:, None, :]
        np.testing.assert_array_equal(to_host(winner), first)


def test_maxout_kernel_picks_the_first_of_equal_pieces(kernels_double):
    z = np.array([[1.0, 5.0, 3.0, 5.0, 3.0, 4.0]])  # pieces (1, 5), (3, 5) and (3, 4)
    y, winner = Maxout(3).forward(kernels_double.asarray(z))
    assert to_host(y).tolist() == [[3.0, 5.0]]
    assert to_host(winner)[0].tolist() == [[False, True], [True, False], [False, False]]


def test_maxout_is_one_launch_whose_threads_keep_to_themselves(kernels_double):
    layer, x = Maxout(3), Random(3, "cuda").normal((5, 12))
    DEVICE.reset()
    one = [to_host(a) for a in layer.forward(x)]
    assert DEVICE.launches == {"maxout": 1}
    DEVICE.reversed = True
    for a, b in zip(layer.forward(x), one, strict=True):
        np.testing.assert_array_equal(to_host(a), b)
