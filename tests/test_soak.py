"""A small game goes on for very long: finite, no slower, in no more memory, and the same twice."""

from __future__ import annotations

import hashlib
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from minigan.activations import LeakyReLU
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.dense import Dense
from minigan.layer import Sequential
from minigan.objectives import NON_SATURATING, OBJECTIVES, value
from minigan.optimizers import Adam
from minigan.rules import RULES

ROOT = Path(__file__).parent.parent


def arrays(*parts: Any) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    for part in parts:
        for group in ("params", "buffers", "state"):
            found += getattr(part, group, {}).values()
    return found


def soak(steps: int, alpha: float, objective: str = NON_SATURATING.name, looks: int = 10) -> dict:
    """Play on a ring of eight modes, and look at everything now and then."""
    rng = Random(1)
    G = Sequential(Dense(2, 16, rng), BatchNorm(16, rng), LeakyReLU(0.2), Dense(16, 2, rng))
    D = Sequential(Dense(2, 16, rng), LeakyReLU(0.2), Dense(16, 1, rng))
    opt_G, opt_D = Adam(G, alpha, 0.5), Adam(D, alpha, 0.5)
    noise, where = rng.child("z"), rng.child("ring")
    angles = np.arange(8) * (np.pi / 4)
    modes = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)

    def data(m: int) -> np.ndarray:
        return modes[where.permutation(8)] + np.float32(0.05) * where.normal((m, 2))

    play = RULES["algorithm-1"](
        *(G, D, opt_G, opt_D, data, lambda m: noise.normal((m, 2))),
        m=8,
        iterations=steps,
        objective=OBJECTIVES[objective],
    )
    times, memory, start = [], [], time.process_time()
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for step, _ in enumerate(play, start=1):
            if step % (steps // looks):
                continue
            everything = arrays(G, D, opt_G, opt_D)
            V = value(D(data(8)), D(G(noise.normal((8, 2)))))
            assert all(np.isfinite(a).all() for a in (*everything, V)), step
            assert {a.dtype.name for a in everything} == {"float32"}
            times.append(time.process_time() - start)
            memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    digest = hashlib.sha256(b"".join(a.tobytes() for a in everything)).hexdigest()
    return {"V": float(V), "times": times, "kB": memory, "hash": digest, "t": opt_G.t}


def assert_even(found: dict) -> None:
    """No leak, and the last tenth takes no longer than the others (denormal numbers would)."""
    tenths = np.diff([0, *found["times"]])
    assert tenths[-1] < 3 * np.median(tenths), tenths
    assert found["kB"][-1] - found["kB"][2] < 8_000, found["kB"]


@pytest.mark.parametrize(("alpha", "objective"), [(2e-4, "non-saturating"), (0.1, "minimax")])
def test_two_thousand_steps_are_finite(alpha: float, objective: str) -> None:
    assert_even(soak(2_000, alpha, objective))


@pytest.mark.long
@pytest.mark.parametrize(
    ("alpha", "objective"),
    [(2e-4, "non-saturating"), (2e-4, "minimax"), (0.1, "non-saturating"), (0.1, "minimax")],
)
def test_a_hundred_thousand_steps_are_finite(alpha: float, objective: str) -> None:
    found = soak(100_000, alpha, objective)
    assert found["t"] == 100_000
    assert_even(found)


def in_a_process(threads: int) -> str:
    """The hash of everything after 200 steps, played by a Python of its own."""
    code = "from test_soak import soak; print(soak(200, 1e-3)['hash'])"
    env = os.environ | {"OPENBLAS_NUM_THREADS": str(threads)}
    env["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_two_processes_with_one_seed_end_with_the_same_bits() -> None:
    assert in_a_process(1) == in_a_process(1) == soak(200, 1e-3)["hash"]
