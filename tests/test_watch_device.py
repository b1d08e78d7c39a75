"""The watch on a GPU: the numbers of the CPU, the same words, and two waits for a log step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cupy_device import DEVICE
from standin import standin

from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.cuda import kernels
from minigan.dense import Dense
from minigan.layer import Sequential
from minigan.objectives import MINIMAX
from minigan.training.watch import NonFiniteError, Watch

PLAIN = pytest.mark.parametrize("plain", [False, True], ids=["kernels", "plain"])


def logits(device: str) -> tuple[Any, Any]:
    rng = Random(3, device)
    return rng.normal((7, 1)), rng.normal((7, 1))


def watched(device: str) -> tuple[Watch, dict[str, Any], dict[str, Any]]:
    """A watch, and a gradient of each player."""
    rng = Random(5, device)
    G = Sequential(Dense(3, 5, rng), BatchNorm(5, rng), Dense(5, 4, rng))
    D = Sequential(Dense(4, 6, rng), Dense(6, 1, rng))
    watch = Watch(G, D, MINIMAX, Path("checkpoint.npz"))
    return watch, *(
        {name: rng.normal(theta.shape) for name, theta in net.params.items()} for net in (D, G)
    )


def row(device: str, *, separate: bool) -> dict[str, float]:
    watch, grads_D, grads_G = watched(device)
    a_real, a_fake = logits(device)
    watch.begin(30, measuring=True)
    DEVICE.reset()
    if separate:
        watch("D", {"a_real": a_real}, grads_D)
        watch("D", {"a_fake": a_fake}, {name: 0.3 * g for name, g in grads_D.items()})
    else:
        watch("D", {"a_real": a_real, "a_fake": a_fake}, grads_D)
    watch("G", {"a_fake": a_fake}, grads_G)
    return watch.row()


@PLAIN
@pytest.mark.parametrize("separate", [False, True])
def test_a_row_waits_once_for_each_gradient(separate: bool, plain: bool) -> None:
    here = row("cpu", separate=separate)
    with standin():
        if plain:
            with kernels.plain():
                assert row("cuda", separate=separate) == here  # to the bit
        else:
            assert row("cuda", separate=separate) == pytest.approx(here, rel=1e-5)
        waits = 3 if separate else 2
        assert DEVICE.syncs.total() == DEVICE.downloads.total() == waits
    assert all(type(number) is float for name, number in here.items() if name != "step")


def test_between_log_steps_a_gpu_is_not_waited_for() -> None:
    with standin():
        watch, grads_D, _ = watched("cuda")
        a_real, a_fake = logits("cuda")
        grads_D["0.W"] *= float("nan")
        watch.begin(31, measuring=False)
        DEVICE.reset()
        watch("D", {"a_real": a_real, "a_fake": a_fake}, grads_D)
        assert not DEVICE.syncs
        assert not DEVICE.launches


def test_all_parameters_and_buffers_are_looked_at_in_one_wait() -> None:
    with standin():
        watch, _, _ = watched("cuda")
        DEVICE.reset()
        watch.check_parameters()
        assert DEVICE.syncs.total() == DEVICE.downloads.total() == 1


def spoil(array: Any, value: float) -> None:
    array[0] = value


ACCIDENTS = {  # what is named, and what happened
    "D: step 30: the gradient of D layer 1, ": lambda watch, a_real, a_fake, D, G: spoil(
        D["1.W"], np.nan
    ),
    "G: step 30: the gradient of G layer 2, ": lambda watch, a_real, a_fake, D, G: (
        spoil(G["0.b"], np.inf),
        spoil(G["2.W"], np.nan),
    ),
    "D: step 30: D's loss is not finite: a_real holds 1 NaN and ": (
        lambda watch, a_real, a_fake, D, G: spoil(a_real, np.nan)
    ),
    "D: step 30: D's loss is not finite: a_fake holds 0 NaN and 1 ": (
        lambda watch, a_real, a_fake, D, G: spoil(a_fake, -np.inf)
    ),
    "G: step 30: G layer 2, Dense(5 → 4), parameter W holds 4 NaN ": (
        lambda watch, a_real, a_fake, D, G: (
            spoil(watch.players["G"].params["2.W"], np.nan),
            spoil(a_fake, np.nan),
        )
    ),
    "G: step 30: G layer 1, ": lambda watch, a_real, a_fake, D, G: (
        spoil(watch.players["G"].buffers["1.running_var"], np.inf),
        spoil(D["0.b"], np.nan),
    ),
}


def message(device: str, accident: Any) -> str:
    watch, grads_D, grads_G = watched(device)
    a_real, a_fake = logits(device)
    accident(watch, a_real, a_fake, grads_D, grads_G)
    watch.begin(30, measuring=True)
    try:
        with np.errstate(all="ignore"):
            watch("D", {"a_real": a_real, "a_fake": a_fake}, grads_D)
            watch("G", {"a_fake": a_fake}, grads_G)
    except NonFiniteError as error:
        return f"{error.player}: {error}"
    raise AssertionError("nothing was found")


@PLAIN
@pytest.mark.parametrize(("words", "accident"), ACCIDENTS.items())
def test_what_is_not_finite_is_named_in_the_same_words(
    words: str, accident: Any, plain: bool
) -> None:
    here = message("cpu", accident)
    assert here.startswith(words)
    with standin():
        if plain:
            with kernels.plain():
                assert message("cuda", accident) == here
        else:
            assert message("cuda", accident) == here


def test_enormous_finite_numbers_are_no_alarm_on_a_gpu() -> None:
    def norm(device: str) -> float:
        watch, grads_D, _ = watched(device)
        a_real, a_fake = logits(device)
        for g in grads_D.values():
            g[...] = 1e25
        watch.begin(30, measuring=True)
        with np.errstate(over="ignore"):
            watch("D", {"a_real": a_real, "a_fake": a_fake}, grads_D)
        return watch.row()["grad_norm_D"]

    here = norm("cpu")
    assert here == pytest.approx(1e25 * (4 * 6 + 6 + 6 + 1) ** 0.5, rel=1e-6)
    with standin():
        assert norm("cuda") == here
