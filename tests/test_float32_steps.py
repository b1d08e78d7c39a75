"""A float32 step makes no float64 array: every function of minigan is watched as it returns.

Where float64 is meant (objectives.py and cross_entropy.py widen the logits of a batch) it is in
those functions and what they call, as long as the batch. Arrays of one number are let through: a
NumPy scalar is how a float is written down.
"""

from __future__ import annotations

import math
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest
from fast_settings import fast

import minigan
from minigan.backend import Random
from minigan.conditional import one_hot
from minigan.cross_entropy import cross_entropy, cross_entropy_slope
from minigan.models import MODELS
from minigan.objectives import OBJECTIVES, value
from minigan.rules import RULES

PACKAGE = str(Path(minigan.__file__).parent)
OF_LOGITS = {"activations.py", "objectives.py", "cross_entropy.py"}
M = 6


class Watched:
    """A `with` block that collects float64 arrays: (file, function, name, shape)."""

    def __init__(self, most: int) -> None:
        self.most, self.found, self.seen = most, set(), 0

    def __enter__(self) -> Watched:
        threading.setprofile(self._look)
        sys.setprofile(self._look)
        return self

    def __exit__(self, *_: Any) -> None:
        sys.setprofile(None)
        threading.setprofile(None)

    def _look(self, frame: FrameType, event: str, result: Any) -> None:
        if event != "return" or not frame.f_code.co_filename.startswith(PACKAGE):
            return
        self.seen += 1
        for name, a in [*frame.f_locals.items(), ("its result", result)]:
            for one in a if isinstance(a, tuple | list) else (a,):
                if isinstance(one, np.ndarray) and one.dtype in (np.float64, np.longdouble):
                    self._note(frame, name, one)

    def _note(self, frame: FrameType, name: str, a: np.ndarray) -> None:
        files, at = [], frame  # who called, up to the first that is not minigan
        while at and at.f_code.co_filename.startswith(PACKAGE):
            files.append(Path(at.f_code.co_filename).name)
            at = at.f_back
        if a.size > (self.most if OF_LOGITS & set(files) else 1):
            self.found.add((files[0], frame.f_code.co_name, name, a.shape))


def game(name: str, rng: Random) -> tuple[Any, ...]:
    model = MODELS[name]
    G, D = model.small_networks(rng)
    shape_z, shape_x = model.input_shapes(model.small_shape, model.small)
    opt_G, opt_D = model.optimizers(G, D)
    data, noise = rng.child("x"), rng.child("z")
    return (
        *(G, D, opt_G, opt_D),
        lambda m: data.normal((m, *shape_x)),
        lambda m: noise.normal((m, *shape_z)),
    )


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", MODELS)
def test_a_step_of_every_model_by_every_rule(name: str, rule: str, objective: str) -> None:
    parts = game(name, Random(0))
    play = RULES[rule](*parts, m=M, iterations=2, objective=OBJECTIVES[objective])
    with Watched(most=2 * M) as watched, fast(block=320, threads=1):
        assert sum(1 for _ in play) == 2
    assert watched.found == set()
    assert watched.seen > 50
    G, D, opt_G, opt_D = parts[:4]
    left = [*G.params.values(), *D.params.values(), *G.buffers.values(), *D.buffers.values()]
    left += [*opt_G.state.values(), *opt_D.state.values()]
    assert {a.dtype.name for a in left} == {"float32"}


def test_losses_and_the_classifiers_slope() -> None:
    a = Random(0).normal((M, 10))
    y = one_hot(np.arange(M), 10, "float32")
    with Watched(most=math.prod(a.shape)) as watched:
        numbers = [cross_entropy(a, y), cross_entropy_slope(a, y), value(a[:, :1], a[:, 1:2])]
        numbers += [objective.loss(a[:, :1]) for objective in OBJECTIVES.values()]
    assert {n.dtype.name for n in numbers} == {"float32"}
    assert watched.found == set()


def test_a_float64_array_is_noticed() -> None:
    from minigan.dense import Dense

    layer = Dense(3, 2, Random(0))
    layer.params["W"] = layer.params["W"] * np.float64(1)
    with Watched(most=12) as watched:
        layer.params["b"] = layer.params["b"] * np.ones(2)
        layer.forward(Random(1, dtype="float64").normal((4, 3)))
    assert {(file, function) for file, function, *_ in watched.found} >= {("dense.py", "forward")}
