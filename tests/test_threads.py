"""share runs every part, side by side, and what is computed so is the same at each run.

Between different numbers of threads what is drawn, computed entry by entry or summed over channels
is the same, too; products differ by their rounding.
"""

import contextvars
import os
import threading
import time
import weakref

import numpy as np
import pytest
from fast_settings import fast
from threadpoolctl import threadpool_limits
from two_threads import as_before, blas_threads, two_threads

from minigan.activations import LeakyReLU, Tanh
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.blocks import channel_sum, elementwise, product
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.dense import Dense
from minigan.layer import Sequential
from minigan.objectives import NON_SATURATING
from minigan.optimizers import Adam
from minigan.reshape import Flatten, Reshape
from minigan.rules import RULES
from minigan.threads import share, threads, use_threads
from minigan.upsampling import UpSampling2D

on_two_threads = pytest.mark.usefixtures(two_threads.__name__)


# --- parts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("parts", [0, 1, 2, 3, 4, 50])
@pytest.mark.parametrize("n", [1, 2, 3])
def test_every_part_is_run_once(n, parts):
    seen = []
    with use_threads(n):
        share(seen.append, parts)
    assert sorted(seen) == list(range(parts))


@on_two_threads
def test_parts_run_at_the_same_time_and_the_first_on_the_thread_that_asks():
    meeting, on = threading.Barrier(2, timeout=5), {}

    def work(part):
        on[part] = threading.get_ident()
        meeting.wait()

    share(work, 2)
    assert on[0] == threading.get_ident() != on[1]


def test_one_thread_runs_them_in_order():
    seen = []
    with use_threads(1):
        share(lambda part: seen.append((part, threading.get_ident())), 4)
    assert seen == [(part, threading.get_ident()) for part in range(4)]


@on_two_threads
def test_inside_of_a_part_there_is_one_thread():
    meeting, inside, outer = threading.Barrier(2, timeout=5), [], []

    def work(part):
        meeting.wait()
        outer.append((threads(), threading.get_ident()))
        share(lambda inner: inside.append((threads(), threading.get_ident())), 3)

    share(work, 2)
    assert sorted(inside) == sorted(outer * 3)
    assert {n for n, _ in outer} == {1}
    assert as_before()


@on_two_threads
def test_blas_has_one_thread_inside_and_as_many_as_before_afterwards():
    inside = []
    share(lambda part: inside.extend(blas_threads()), 2)
    assert set(inside) <= {1}
    assert as_before()


@on_two_threads
def test_what_is_set_for_this_context_holds_in_the_parts():
    name = contextvars.ContextVar("name", default="nobody")
    name.set("somebody")
    seen = {}
    with np.errstate(divide="raise", over="ignore"):
        share(lambda part: seen.update({part: (name.get(), np.geterr())}), 2)
    for setting, errors in seen.values():
        assert setting == "somebody"
        assert (errors["divide"], errors["over"]) == ("raise", "ignore")


@on_two_threads
def test_a_worker_keeps_nothing_of_what_it_has_done():
    class Big:
        pass

    big = Big()
    gone, meeting = weakref.ref(big), threading.Barrier(2, timeout=5)
    share(lambda part, big=big: meeting.wait(), 2)
    del big
    deadline = time.monotonic() + 3
    while gone() is not None and time.monotonic() < deadline:
        time.sleep(0.001)
    assert gone() is None


def test_there_are_no_more_workers_than_are_needed():
    def workers():
        return sum(thread.name == "minigan" for thread in threading.enumerate())

    before = workers()
    for n, parts in ((2, 50), (50, 2), (3, 9)):
        with use_threads(n):
            share(lambda part: None, parts)
    assert workers() == max(before, 2)


# --- how many ------------------------------------------------------------------------------------


def cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


@pytest.mark.parametrize("n", [1, 2])
def test_there_are_as_many_threads_as_blas_has_and_cores(n):
    with threadpool_limits(n, user_api="blas"):
        assert threads() == min(n, cores())


def test_use_threads_holds_inside_its_block():
    before = threads()
    with use_threads(3):
        with use_threads(5):
            assert threads() == 5
        assert threads() == 3
    with pytest.raises(KeyError), use_threads(before + 1):
        raise KeyError
    assert threads() == before


@pytest.mark.parametrize("n", [0, -2])
def test_no_threads_are_refused(n):
    message = rf"^use_threads: n is {n}, expected an integer of 1 or more\.$"
    with pytest.raises(ValueError, match=message), use_threads(n):
        pass


# --- what is computed ----------------------------------------------------------------------------


def trained(iterations=2):
    """Every array of a small image game after some iterations, all of it in blocks."""
    rng = Random(3)
    G = Sequential(
        *(Dense(3, 32, rng), Reshape((4, 4, 2)), BatchNorm(2, rng), LeakyReLU(0.2)),
        *(UpSampling2D(2), Conv2D(2, 3, 5, rng), ConvTranspose2D(3, 1, 4, rng, stride=2), Tanh()),
    )
    D = Sequential(
        *(Conv2D(1, 4, 5, rng, stride=2), LeakyReLU(0.2), Conv2D(4, 3, 4, rng), BatchNorm(3, rng)),
        *(Flatten(), Dense(192, 1, rng)),
    )
    x = rng.uniform((6, 16, 16, 1), -1, 1)
    play = RULES["algorithm-1"](
        G, D, Adam(G), Adam(D), lambda m: x, lambda m: rng.normal((m, 3)),
        m=6, iterations=iterations, objective=NON_SATURATING,
    )  # fmt: skip
    assert sum(1 for _ in play) == iterations
    return [
        array for net in (G, D) for part in (net.params, net.buffers) for array in part.values()
    ]


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_training_is_the_same_bits_each_time_on_the_same_number_of_threads(n):
    with fast(block=800, threads=n):
        first, second = trained(), trained()
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


def alike_on_any_threads():
    """What is the same bits for any number of threads."""
    rng = Random(5)
    x = rng.normal((3, 70, 1100, 4)) + 2
    net = Dense(300, 40, rng, W=lambda rng, shape: rng.normal(shape))
    opt = Adam(net, 0.1)
    for _ in range(2):
        opt.ascend({name: rng.normal(a.shape) for name, a in net.params.items()})
    bn = BatchNorm(4, rng)
    y, cache = bn.forward(x)
    dx, grads = bn.backward(x * x, cache)
    return [
        *(x, rng.uniform((9,)), elementwise(lambda x: np.exp(-x) / x, x), channel_sum(x)),
        *(net.params["W"], y, dx, *grads.values(), *bn.buffers.values()),
    ]


def test_draws_entries_and_channel_sums_are_the_same_bits_on_any_number_of_threads():
    runs = []
    for n in (1, 2, 3):
        with threadpool_limits(1, user_api="blas"), fast(block=16 * 800, threads=n):
            runs.append(alike_on_any_threads())
    for others in runs[1:]:
        for one, other in zip(runs[0], others, strict=True):
            np.testing.assert_array_equal(one, other)


def products():
    """Products and what their terms add up to: (result, Σ |terms|, the number of terms)."""
    rng = Random(6, dtype="float64")
    a, b = rng.normal((301, 90)), rng.normal((90, 70))
    yield product(a, b), product(abs(a), abs(b)), 90
    x, layer = rng.normal((7, 12, 13, 3)), Conv2D(3, 4, 5, rng, stride=2, bias=False)
    y, cache = layer.forward(x)
    dx, grads = layer.backward(dy := rng.normal(y.shape), cache)
    layer.params["W"] = abs(layer.params["W"])
    sums, cache = layer.forward(abs(x))
    sums_dx, sums_W = layer.backward(abs(dy), cache)
    yield from ((y, sums, 75), (dx, sums_dx, 100), (grads["W"], sums_W["W"], 7 * 42))


def test_products_agree_but_for_rounding_on_any_number_of_threads():
    runs = []
    for n in (1, 2, 3):
        with threadpool_limits(1, user_api="blas"), fast(block=800, threads=n):
            runs.append(list(products()))
    for others in runs[1:]:
        for (one, total, terms), (other, _, _) in zip(runs[0], others, strict=True):
            assert (abs(one - other) <= 2.0**-52 * terms * total).all()
