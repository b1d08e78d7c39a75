"""A step that is replayed as a CUDA graph is the step: the same bits, whatever came between."""

import itertools
from typing import Any

import numpy as np
import pytest
from cupy_device import DEVICE
from graph_games import Played, play
from standin import standin

from minigan.cuda import graph
from minigan.cuda.feed import SLOTS, changing
from minigan.cuda.graph import Steps
from minigan.models import MODELS
from minigan.optimizers import SGD, Adam, Momentum, RMSProp
from minigan.rules import RULES
from minigan.schedules import decay_exponentially, ramp_by_epoch

RECORDED = [rule for rule in RULES if rule != "worse-player"]


OPTIMIZERS = {
    "SGD": lambda net: SGD(net, decay_exponentially(0.1, 1.5)),
    "Momentum": lambda net: Momentum(
        net,
        decay_exponentially(0.1, 1.01),
        ramp_by_epoch(0.5, 0.7, epochs=3, batches_per_epoch=2),
    ),
    "RMSProp": RMSProp,
    "Adam": lambda net: Adam(net, decay_exponentially(0.01, 1.5)),
}


def assert_same(one: Played, other: Played) -> None:
    assert one.arrays.keys() == other.arrays.keys()
    for name, array in one.arrays.items():
        np.testing.assert_array_equal(other.arrays[name], array, err_msg=name)
    assert one.host == other.host


def assert_replayed_as_run(rule: str, **options: Any) -> Played:
    """The game with a graph, some of whose steps were replayed, and which ends as without one."""
    run, replayed = (play(rule, graph=g, **options) for g in ("off", "on"))
    assert_same(run, replayed)
    assert replayed.steps.why == ""
    assert replayed.steps.replayed > 0
    return replayed


@pytest.mark.parametrize("draws", ["host", "device"])
@pytest.mark.parametrize("rule", RECORDED)
def test_replayed_steps_have_the_bits_of_steps_that_are_run(cuda, rule, draws):
    steps = assert_replayed_as_run(rule, draws=draws).steps
    assert steps.replayed == steps.done - graph.WARM_UP - 1  # one is compared


def test_replays_in_short():
    """What the bugs of mutants_graph.py are tried on: host draws, a schedule, log steps, passes,
    of which one begins in the recorded step."""
    options = {"make": OPTIMIZERS["Momentum"], "looked_at": lambda i: i == 7, "k": 3}
    with standin():
        assert assert_replayed_as_run("algorithm-1", **options).steps.replayed == 5


@pytest.mark.parametrize("k", [2, 3])
def test_k_steps_of_d_are_one_graph_with_the_step_of_g(cuda, k):
    assert_replayed_as_run("algorithm-1", k=k)


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_what_an_optimizer_changes_with_t_changes_in_replays(cuda, make):
    assert_replayed_as_run("algorithm-1", make=make)


def test_steps_that_are_looked_at_are_run_between_the_others(cuda):
    run = play("algorithm-1", graph="off", steps=20)
    replayed = play("algorithm-1", graph="on", steps=20, looked_at=lambda step: step % 4 == 0)
    assert_same(run, replayed)
    assert replayed.steps.replayed == 20 - graph.WARM_UP - 1 - len(range(4, 20, 4))


@pytest.mark.parametrize("name", MODELS)
def test_every_model_is_replayed_with_the_bits_of_its_steps(cuda, name):
    model = MODELS[name]
    if cuda.plain and name.startswith("dcgan"):  # patches.py, the page to read, multiplies by CuPy
        run, tried = (play(model.rule, graph=g, model=model, steps=6) for g in ("off", "on"))
        assert_same(run, tried)
        assert "calling cuBLAS API during stream capture" in tried.steps.why
    else:
        assert_replayed_as_run(model.rule, model=model, steps=6)


@pytest.mark.parametrize("weights", [None, [[1, 2], [0, 3]]])
def test_several_players_are_one_graph(cuda, weights):
    assert_replayed_as_run("algorithm-1", each=2, weights=weights, steps=6)


@pytest.mark.parametrize("first", [1, 4, 6])
def test_a_game_goes_on_as_if_it_had_not_stopped(cuda, first):
    whole = play("algorithm-1", graph="off", steps=9)
    begun = play("algorithm-1", graph="on", steps=first)
    ended = play("algorithm-1", graph="on", steps=9 - first, goes_on_with=begun.game)
    assert_same(whole, ended)
    assert begun.steps.replayed + ended.steps.replayed > 0


# batches of noise, and passes of D in training, each of which draws a dropout mask
DRAWN = {"algorithm-1": 2 + 3, "simultaneous": 1 + 2, "separate": 2 + 3, "concatenated": 2 + 2}


@pytest.mark.parametrize("draws", ["host", "device"])
@pytest.mark.parametrize("rule", RECORDED)
def test_a_replayed_step_is_one_launch_and_waits_for_nothing(kernels_double, rule, draws):
    """Uploads: the numbers in one, and host draws one each; a new pass over the data is another."""
    costs = []

    def count(step: int) -> bool:
        costs.append((DEVICE.launches["graph"], DEVICE.syncs.total(), DEVICE.uploads.total()))
        return False

    play(rule, graph="on", draws=draws, steps=12, looked_at=count)
    after = np.diff(np.array(costs[2:]), axis=0)  # of the replays
    assert (after[:, 0] == 1).all()
    assert (after[:, 1] == 0).all()
    drawn = DRAWN[rule] if draws == "host" else 0
    assert set(after[:, 2]) == {1 + drawn, 1 + drawn + (draws == "host")}


# --- what cannot be recorded ----------------------------------------------------------------------


def test_the_worse_player_is_found_on_the_host_and_so_the_rule_is_not_recorded(cuda):
    run, tried = (play("worse-player", graph=g) for g in ("off", "on"))
    assert_same(run, tried)
    assert tried.steps.replayed == 0
    assert tried.steps.why.startswith("a step cannot be recorded (")
    if cuda.double:
        assert "not permitted when stream is capturing" in tried.steps.why


@pytest.mark.parametrize("draws", ["host", "device"])
@pytest.mark.parametrize("where", range(3))
def test_a_recording_that_fails_leaves_no_trace(where, draws):
    """The run goes on as one that never tried: t, streams, positions, the order of the data.

    It fails where D draws its first, second or third batch; with one of them a pass begins.
    """
    calls = itertools.count()

    def breaks() -> None:
        if DEVICE.capture is not None and next(calls) == where:
            raise RuntimeError("not to be recorded")

    with standin():
        run, tried = (
            play("algorithm-1", graph=g, k=3, draws=draws, on_data=breaks) for g in ("off", "on")
        )
    assert_same(run, tried)
    assert tried.steps.why == "a step cannot be recorded (not to be recorded)"
    assert tried.steps.replayed == 0


def test_an_interrupt_leaves_no_trace_either(double):
    def breaks() -> None:
        if DEVICE.capture is not None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play("algorithm-1", graph="on", on_data=breaks)
    assert DEVICE.capture is None
    assert DEVICE.thread.allocator is None
    assert_same(*(play("algorithm-1", graph=g) for g in ("off", "on")))


def test_a_number_that_changes_and_is_not_fed_is_found():
    """Nothing refuses to record it: in a replay it is what it was in the recording."""
    runs = []
    with standin():
        for wanted in ("off", "on"):
            number = itertools.count(1)

            def louder(z, number=number):
                return z * next(number)

            runs.append(play("algorithm-1", graph=wanted, on_noise=louder))
    assert_same(*runs)
    assert runs[1].steps.why == "a replayed step has other numbers than the step itself"
    assert runs[1].steps.replayed == 1  # with the numbers of the recording


def test_a_step_whose_inputs_change_their_shape_is_run(double):
    """It is recorded for one shape; the next one is taken back."""
    runs = []
    for wanted in ("off", "on"):
        sizes = itertools.count(10)

        def more(sizes=sizes):
            changing(lambda: np.zeros(next(sizes)), "float32")

        runs.append(play("algorithm-1", graph=wanted, on_data=more))
    assert_same(*runs)
    assert runs[1].steps.why.startswith("a step cannot be replayed (a recorded step reads an array")


def test_without_cublas_there_is_no_graph(double, monkeypatch):
    monkeypatch.setattr("minigan.cuda.blas.load", lambda: None)
    played = play("algorithm-1", graph="on")
    assert played.steps.replayed == 0
    assert str(played.steps).startswith("no CUDA graph: cuBLAS cannot be used directly (")
    assert_same(play("algorithm-1", graph="off"), played)


def test_a_step_with_too_many_changing_numbers_is_not_recorded(double):
    def many() -> None:
        for _ in range(SLOTS):
            changing(lambda: 7, "int64")

    played = play("algorithm-1", graph="on", on_data=many)
    assert played.steps.why == (
        f"a step cannot be recorded (a step has more than {SLOTS} changing numbers)"
    )


ELSEWHERE = [
    ("cpu", "on", "no CUDA graph: there is none on the CPU"),
    ("cpu", "auto", ""),
    ("cpu", "off", ""),
    ("cuda", "off", ""),
]


@pytest.mark.parametrize(("device", "wanted", "said"), ELSEWHERE)
def test_on_the_cpu_and_where_the_graph_is_off_steps_are_run(double, device, wanted, said):
    """It is only said where a graph was asked for."""
    steps = play("algorithm-1", device=device, graph=wanted).steps
    assert (str(steps), steps.plan, steps.replayed) == (said, said, 0)


def test_it_is_said_what_will_be_done_and_what_was(double):
    unused = {"memory": None, "looked_at": None, "device": "cuda"}
    plans = [Steps(lambda n: iter(()), 0, graph=g, **unused).plan for g in ("on", "auto")]
    assert plans == [
        "after 3 steps one is recorded as a CUDA graph",
        "after 3 steps one is recorded as a CUDA graph, and the graph is kept if it is faster",
    ]
    played = play("algorithm-1", graph="on", steps=10)
    assert str(played.steps) == "CUDA graph: 6 of 10 steps were replayed"


# --- auto -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_auto_keeps_the_graph_where_it_is_faster(monkeypatch, factor):
    """The clock moves by 1 s in a step that is run, by the factor in one that is replayed."""
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += (factor if DEVICE.launches["graph"] else 1.0) / 2
        return now

    monkeypatch.setattr("minigan.cuda.graph.time.perf_counter", clock)
    steps = graph.WARM_UP + 2 * graph.TRIAL + 10
    with standin():
        run = play("algorithm-1", graph="off", steps=steps)
        played = play("algorithm-1", graph="auto", steps=steps, looked_at=lambda i: i % 5 == 0)
    assert_same(run, played)
    if factor < 1:
        assert played.steps.why == ""
    else:
        assert played.steps.why == "a step takes 500 ms, and 1e+03 ms where it is replayed"
        assert played.steps.replayed == graph.TRIAL + 1
