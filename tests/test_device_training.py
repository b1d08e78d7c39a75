"""Whole trainings on a device: the same game as on the CPU, at a stated cost."""

from contextlib import nullcontext

import numpy as np
import pytest
from conftest import LEGS_AND_DTYPES
from cupy_device import DEVICE
from graph_games import small

from minigan import fast_patches, training
from minigan.backend import Random
from minigan.checkpoint import load
from minigan.cuda import kernels
from minigan.models import MODELS
from minigan.objectives import OBJECTIVES
from minigan.optimizers import SGD, Adam, Momentum
from minigan.rules import RULES
from minigan.training.folder import CHECKPOINT

M = 6  # batch size


def small_game(device, dtype="float32", draws="host"):
    """G and D with everything that has a state of its own: BatchNorm in both, Dropout in D."""
    rng = Random(11, device, dtype, draws=draws)
    G, D = small(rng)
    return rng, G, D


def train(rule, device, make=Momentum, iterations=3, dtype="float32", **options):
    """The game after some iterations, as a dict of everything that they have changed."""
    rng, G, D = small_game(device, dtype)
    opt_G, opt_D = make(G), make(D)
    examples = rng.uniform((M, 4), -1, 1)  # born on the device, as the data set is
    noise = rng.child("noise")
    steps = RULES[rule](
        G, D, opt_G, opt_D, lambda m: examples[:m], lambda m: noise.normal((m, 3)),
        m=M, iterations=iterations, **options,
    )  # fmt: skip
    for _ in steps:
        pass
    parts = (G.params, G.buffers, opt_G.state, D.params, D.buffers, opt_D.state)
    return {(i, name): array for i, part in enumerate(parts) for name, array in part.items()}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES.keys())
@LEGS_AND_DTYPES
def test_a_training_is_the_same_on_the_device(cuda, rule, objective, dtype):
    here = train(rule, "cpu", objective=objective, dtype=dtype)
    there = train(rule, "cuda", objective=objective, dtype=dtype)
    assert there.keys() == here.keys()
    # 12 parameters, 4 buffers, 12 velocities; those of a player that stood still are not there yet
    assert len(here) == 28 or rule == "worse-player"
    for name in here:
        cuda.assert_same(there[name], here[name])


@LEGS_AND_DTYPES
def test_k_steps_of_d_are_the_same_on_the_device(cuda, dtype):
    here, there = (train("algorithm-1", device, k=3, dtype=dtype) for device in ("cpu", "cuda"))
    for name in here:
        cuda.assert_same(there[name], here[name])


@pytest.mark.parametrize("name", MODELS)
@LEGS_AND_DTYPES
def test_every_model_trains_the_same_on_the_device(cuda, name, dtype, monkeypatch):
    monkeypatch.setattr(fast_patches, "SMALL", float("inf"))  # the CPU's fast maps round otherwise
    model = MODELS[name]

    def arrays(device):
        rng = Random(5, device, dtype)
        G, D = model.small_networks(rng)
        # Adam makes whole steps of what rounding leaves of a gradient that is 0, such as that of a
        # bias in front of a BatchNorm; in float64 that is far below its eps.
        same_steps = cuda.plain or dtype == "float64"
        opt_G, opt_D = model.optimizers(G, D) if same_steps else (SGD(G, 0.1), SGD(D, 0.1))
        shape_z, shape_x = model.input_shapes(model.small_shape, model.small)
        x = rng.uniform((M, *shape_x))
        play = RULES[model.rule](
            G, D, opt_G, opt_D, lambda m: x, lambda m: rng.normal((m, *shape_z)),
            m=M, iterations=3, k=model.k, objective=OBJECTIVES[model.objective],
        )  # fmt: skip
        assert sum(1 for _ in play) == 3
        return [*G.params.values(), *D.params.values(), *G.buffers.values()]

    for there, here in zip(arrays("cuda"), arrays("cpu"), strict=True):
        cuda.assert_same(there, here)


# --- what an iteration costs ----------------------------------------------------------------------

# Logits are widened to float64 and rounded back, a copy each; worse-player's losses have no kernel.
# For small_game with Adam, which makes 14 launches for each of the 12 parameters. A BatchNorm keeps
# x, not x̂, and puts the numbers of a channel together before it touches the images: fewer passes
# over these, and 26 launches forward in training and 20 backward, where 21 and 10 would do. With
# kernels it makes 2 and 2, and an activation none of its own.
COSTS = {  # batches of noise, passes of D in training (each draws a dropout mask)
    "algorithm-1": (2, 3),
    "simultaneous": (1, 2),
    "worse-player": (1, 2),
    "separate": (2, 3),
    "concatenated": (2, 2),
}
LAUNCHES = {  # by the plain formulas, and with kernels
    "algorithm-1": (485, 79),
    "simultaneous": (415, 64),
    "worse-player": (411, 84),
    "separate": (556, 81),
    "concatenated": (394, 61),
}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("plain", [True, False], ids=["plain", "kernels"])
def test_an_iteration_waits_for_the_device_for_the_losses_of_worse_player_alone(
    kernels_double, rule, plain
):
    """And it has a launch budget."""
    with kernels.plain() if plain else nullcontext():
        launches = an_iteration(rule)
    assert launches <= LAUNCHES[rule][0 if plain else 1], DEVICE.launches


def an_iteration(rule):
    """Its launches on the stand-in, once it is clear that it waits and copies as it may."""
    rng, G, D = small_game("cuda")
    examples, noise = rng.uniform((M, 4), -1, 1), rng.child("noise")
    play = RULES[rule](
        G, D, Adam(G), Adam(D), lambda m: examples[:m], lambda m: noise.normal((m, 3)),
        m=M, iterations=2,
    )  # fmt: skip
    next(play)  # the first iteration also makes the optimizers' state
    DEVICE.reset()
    next(play)
    batches_of_noise, masks = COSTS[rule]
    waits = {"__bool__": 1} if rule == "worse-player" else {}
    assert waits == DEVICE.syncs
    assert waits == DEVICE.downloads
    assert DEVICE.uploads.total() == batches_of_noise + masks
    return DEVICE.launches.total()


# --- whole runs -----------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def no_curves(monkeypatch):
    """Curves are drawn from the log, on the host; matplotlib would take most of the time here."""
    monkeypatch.setattr("minigan.training.run.write_curves", lambda *args: None)


def run(folder, device, steps, **options):
    options = {"m": 8, "device": device, "out": folder, "progress": False} | options
    return training.train("mlp-batchnorm", "digits8x8", steps=steps, **options)


def test_a_resumed_run_leaves_the_same_checkpoint_and_log_on_the_device(double, tmp_path):
    for device in ("cpu", "cuda"):
        run(tmp_path / device, device, steps=4, log_every=2)
        training.train(steps=6, out=tmp_path / device, resume=True, progress=False)
    here, there = (load(tmp_path / device / CHECKPOINT)[0] for device in ("cpu", "cuda"))
    assert there.keys() == here.keys()
    for key in here:
        np.testing.assert_array_equal(there[key], here[key])
    logs = [(tmp_path / device / "log.csv").read_text() for device in ("cpu", "cuda")]
    assert logs[0] == logs[1]


def test_steps_between_two_log_lines_never_wait_for_the_device(double, tmp_path):
    waits = []
    for steps in (3, 23):
        DEVICE.reset()
        run(tmp_path / str(steps), "cuda", steps, log_every=99, sample_every=99, graph="off")
        waits.append(DEVICE.syncs.total())
    assert waits[0] == waits[1] > 0
