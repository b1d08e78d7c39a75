"""RUNS are the lines of the calls that do a whole job; ranges.py says how to read a line.

What takes time is left out of the good calls: a run has one step on six points, the processes of
bench answer at once, and evaluate measures nothing. What is refused is refused before all that.
"""

from __future__ import annotations

import dataclasses
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from ranges import Kind, Line, choice, flag, listed, optional, size
from ranges_asked import (
    BEST,
    COUNTED,
    DATA_OF_A_RUN,
    DEVICE,
    DEVICE_GIVEN,
    GPU,
    MODEL,
    NO_PATHS,
    OPEN,
    OPTIONS,
    PLACE,
    POINTS,
    RESUME,
    SEED,
    TF32,
    M,
    by_run,
    file,
    folder,
    path,
    real,
    refused,
    setting,
)

import minigan.collapse.run
import minigan.evaluation.evaluate  # noqa: F401 - for find
from minigan.training import RunError, load_generator


def a_train() -> dict[str, Any]:
    return {
        **{"model": "gaussian-1d", "data": POINTS, "steps": 1, "m": 2, "seed": 1, "k": 1},
        **{"device": "cpu", "draws": "host", "graph": "auto", "tf32": False, "out": "out"},
        **{"resume": False, "rule": "separate", "objective": "minimax", "smooth": 1, "l1": 0},
        **{"l2": 0, "fakes": "training", "generators": 1, "discriminators": 1, "log_every": 1},
        **{"sample_every": 1, "checkpoint_every": 1, "evaluate_every": 0, "data_options": None},
        "progress": False,
    }


RUNS = [
    Line(
        "training.train",
        a_train,
        model=MODEL,
        data=DATA_OF_A_RUN,
        **COUNTED,
        device=DEVICE,
        draws=by_run(choice("host", "device"), "expected one of host"),
        graph=by_run(choice("auto", "on", "off"), "expected one of auto"),
        tf32=TF32,
        out=PLACE,
        resume=RESUME,
        rule=by_run(choice("separate", "simultaneous"), "expected one of algorithm-1"),
        objective=by_run(choice("minimax", "non-saturating"), "expected one of minimax"),
        smooth=real(
            [1, 0.9, math.nextafter(0.5, 1)], [0.5, 0, -1, 1.1, "1"], "above 0.5, 1 at most"
        ),
        fakes=by_run(choice("training", "evaluation"), "expected one of training"),
        l1=real([0, 0.0, 1e6], [-1e-9, 1e6 + 1, "0"], "of 0 or more, 10^6 at most"),
        l2=real([0, 0.0, 1e6], [-1e-9, 1e6 + 1, "0"], "of 0 or more, 10^6 at most"),
        generators=setting(edges=(2,)),
        discriminators=setting(edges=(2,)),
        sample_every=setting(edges=(10**9,)),
        log_every=setting(edges=(10**9,)),
        checkpoint_every=setting(edges=(10**9,)),
        evaluate_every=by_run(
            listed(
                "expected an integer of", [0, np.int64(0)], refused(RunError, -1, True, 1.0, "0")
            )
        ),
        data_options=dataclasses.replace(OPTIONS, also="hold_out"),
        progress=flag(),
    ),
    Line(
        "training.train_classifier",
        lambda: {
            **{"data": "labelled.npz", "epochs": 1, "m": 2, "seed": 0, "device": "cpu"},
            **{"out": "out", "resume": False, "progress": False},
        },
        data=dataclasses.replace(DATA_OF_A_RUN, good=lambda plain: [plain, Path(plain)]),
        epochs=setting(most=10**30),
        m=dataclasses.replace(M, good=lambda plain: [1, np.int64(2), 4]),
        seed=setting(0, 10**30),
        device=DEVICE,
        out=PLACE,
        resume=RESUME,
        progress=flag(),
    ),
    Line(
        "training.sample",
        lambda: {
            **{"folder": "run", "count": 2, "seed": 0, "out": "x.npy", "device": "cpu"},
            **{"label": None, "best": False},
        },
        folder=folder(),
        count=dataclasses.replace(
            optional(size()), words=("an integer of 1 or more", "fit into memory at once")
        ),
        seed=SEED,
        out=file(".npy"),
        device=DEVICE_GIVEN,
        label=listed(
            ("expected an integer", "knows no labels"),
            [None],
            [
                *refused(TypeError, "1", 1.0, True, [1], math.nan),
                *refused(RunError, 1, np.int64(-1)),
            ],
        ),
        best=BEST,
    ),
    Line(
        "training.load_generator",
        lambda: {"folder": "run", "device": "cpu", "best": False},
        folder=folder(),
        device=DEVICE_GIVEN,
        best=BEST,
    ),
    Line(
        "training.sampling.SavedGenerator.outputs",
        lambda: {"count": 2, "seed": 0, "labels": None},
        call=lambda **given: load_generator("run", "cpu").outputs(**given),
        count=size(),
        seed=SEED,
        labels=listed(
            ("expected a list of 2 labels", "knows no labels"),
            [None],
            [*refused(ValueError, 3, "12", [], [1], np.arange(3)), ([1, 2], RunError)],
        ),
    ),
    Line(
        "training.film",
        lambda: {"folder": "run", "out": "x.html", "gif": False},
        folder=folder(),
        out=file(".html"),
        gif=flag(),
    ),
    Line(
        "doctor.diagnose",
        lambda: {"folder": "run", "data": None, "device": "cpu"},
        folder=folder(),
        data=OPEN,
        device=DEVICE_GIVEN,
    ),
    Line(
        "evaluation.evaluate.evaluate",
        lambda: {
            **{"folder": "run", "count": None, "seed": 0, "device": "cpu", "data": None},
            **{"features": None, "best": False, "out": "x.json", "progress": False},
        },
        folder=folder(),
        count=Kind(
            lambda plain: [None, 100, np.int64(100), 20_000_000],
            lambda plain: [
                *refused(RunError, 99, 0, -1, 20_000_001, 10**30),
                *refused(TypeError, 100.0, "100", True, [100], math.nan, Decimal(100)),
            ],
            ("expected an integer", "expected 100 to 20,000,000 samples"),
        ),
        seed=SEED,
        device=DEVICE_GIVEN,
        data=OPEN,
        features=listed(
            ("expected a name or a path", "leave --features out"),
            [None],
            [
                *refused(TypeError, 3, True, [], b"mnist"),
                *refused(ValueError, "mnist", "", Path("x")),
            ],
        ),
        best=BEST,
        out=file(".json"),
        progress=flag(),
    ),
    Line(
        "bench.bench",
        lambda: {
            **{"networks": ["mlp"], "device": "cpu", "rule": "same", "m": 2, "steps": 1},
            **{"layers": False, "draws": "host", "graph": False, "tf32": False},
        },
        networks=dataclasses.replace(
            listed(
                ("one of mlp", "some of mlp"),
                [[], (), "mlp", ("mlp", "dcgan"), iter(["mlp"]), {"mlp": 1}, np.array(["mlp"])],
                [
                    *refused(TypeError, None, 3, [3], b"mlp"),
                    *refused(ValueError, "", "x", ["mlp", "x"]),
                ],
            ),
            also="model",
        ),
        device=DEVICE_GIVEN,
        rule=choice("same", "own", "separate"),
        m=optional(size(most=10**6)),
        steps=optional(size(most=10**9)),
        layers=flag(),
        draws=choice("host", "device"),
        graph=GPU,
        tf32=GPU,
    ),
    Line(
        "collapse.run.collapse",
        lambda: {
            **{"data": "ring", "seeds": 1, "rows": ["minimax"], "full": False, "steps": 1},
            **{"jobs": 1, "device": "cpu", "out": "out", "progress": False},
        },
        data=choice("ring", "grid"),
        seeds=size(most=1000),
        rows=dataclasses.replace(
            listed(
                "expected some of minimax",
                [None, "minimax", ("smoothing",), iter(["minimax"]), {"minimax": 1}],
                [
                    *refused(TypeError, 3, True, [3], b"minimax", np.array(3)),
                    *refused(ValueError, "", "x", [], (), ["minimax", "x"]),
                ],
            ),
            also="row",
        ),
        full=flag(),
        steps=optional(size(most=10**9)),
        jobs=optional(size(most=1000)),
        device=DEVICE_GIVEN,
        out=dataclasses.replace(
            path(wrong=(), words=("file", "full")),
            good=lambda plain: [plain, Path("new/below"), "empty", None],
            bad=lambda plain: [*NO_PATHS, *refused(ValueError, "file", "file/below", "full")],
        ),
        progress=flag(),
    ),
]
