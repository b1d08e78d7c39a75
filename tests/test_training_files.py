"""A run leaves its files, with the numbers that the players said."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import short_runs
from PIL import Image
from short_runs import FILES, files, run, weights

from minigan.data import Dataset, load
from minigan.models import find_model
from minigan.objectives import OBJECTIVES
from minigan.rules import RULES
from minigan.training import Run, load_generator
from minigan.training.game import Game
from minigan.training.log import COLUMNS

small_models, quick_pictures, matplotlib = (
    short_runs.small_models,
    short_runs.quick_pictures,
    short_runs.matplotlib,
)


def test_a_run_leaves_its_files(matplotlib):
    done = run(steps=45, seed=3)
    assert isinstance(done, Run)
    assert (done.folder, done.step, done.steps, done.signal) == (
        Path("runs/mlp-batchnorm"),
        45,
        45,
        None,
    )
    pictures = {f"samples/step-0000{step}.png" for step in ("00", "20", "40", "45")}
    assert files(done.folder).keys() == FILES | pictures
    config = json.loads((done.folder / "config.json").read_text())
    assert (config["seed"], config["m"], config["rule"]) == (3, 16, "separate")
    assert config["data"]["units"]["low"] == -1.0
    with Image.open(done.folder / "samples.png") as grid:
        assert grid.size == (590, 590)
        assert grid.tobytes() == Image.open(done.folder / "samples" / "step-000045.png").tobytes()
    with Image.open(done.folder / "samples.gif") as film:
        assert film.n_frames == 4
    for text in ("runs/mlp-batchnorm", "samples.png", "--resume --out", "--steps 90"):
        assert text in str(done)


def test_the_log_has_one_row_a_log_step_and_no_time():
    done = run(steps=30, log_every=10)
    lines = (done.folder / "log.csv").read_text().splitlines()
    assert lines[0] == ",".join(COLUMNS)
    assert [line.split(",")[0] for line in lines[1:]] == ["1", "10", "20", "30"]
    assert all(repr(float(x)) == x for line in lines[1:] for x in line.split(",")[1:])


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_log_says_what_the_players_said(rule, objective):
    done = run("goodfellow-2014", rule=rule, objective=objective, steps=3, log_every=3)
    row = dict(
        zip(COLUMNS, (done.folder / "log.csv").read_text().split()[-1].split(","), strict=True)
    )
    game = Game(find_model("goodfellow-2014"), load("digits8x8"), m=16, seed=0, device="cpu")
    seen = {"D": [], "G": []}

    def watch(player, logits, grads):
        seen[player].append(({n: a.copy() for n, a in logits.items()}, grads))

    players = (game.G, game.D, game.opt_G, game.opt_D, game.data, game.noise)
    for _ in RULES[rule](
        *players, m=16, iterations=3, objective=OBJECTIVES[objective], watch=watch
    ):
        seen["last"] = seen["D"], seen["G"]
        seen["D"], seen["G"] = [], []
    steps_D, [(logits_G, grads_G)] = seen["last"]
    logits = {name: a.astype(float) for step, _ in steps_D for name, a in step.items()}
    D_x, D_Gz = (1 / (1 + np.exp(-logits[name])) for name in ("a_real", "a_fake"))
    D_Gz_G = 1 / (1 + np.exp(-logits_G["a_fake"].astype(float)))
    total = {name: sum(grads[name] for _, grads in steps_D) for name in steps_D[0][1]}
    expected = {
        "V": np.log(D_x).mean() + np.log(1 - D_Gz).mean(),
        "loss_D": -(np.log(D_x).mean() + np.log(1 - D_Gz).mean()),
        "loss_G": np.log(1 - D_Gz_G).mean() if objective == "minimax" else -np.log(D_Gz_G).mean(),
        "D_real": D_x.mean(),
        "D_fake": D_Gz.mean(),
        "accuracy_real": (D_x > 0.5).mean(),
        "accuracy_fake": (D_Gz < 0.5).mean(),
        "grad_norm_D": math.sqrt(sum((g.astype(float) ** 2).sum() for g in total.values())),
        "grad_norm_G": math.sqrt(sum((g.astype(float) ** 2).sum() for g in grads_G.values())),
    }
    assert {name: float(row[name]) for name in expected} == pytest.approx(expected, rel=1e-5)


def test_the_seed_names_the_run_and_looking_does_not_change_it():
    first = run(steps=30, seed=5)
    rarely = run(steps=30, seed=5, log_every=30, sample_every=30, checkpoint_every=30)
    other = run(steps=30, seed=6)
    assert weights(first) == weights(rarely) != weights(other)


def test_vectors_train_and_are_drawn_in_their_own_units(matplotlib):
    x = (np.random.default_rng(0).normal(size=(200, 3)) * [1, 10, 100] + 1000).astype(np.float32)
    data = Dataset("joints", x, mean=x.mean(axis=0), std=x.std(axis=0))
    done = run("gaussian-1d", data, steps=5)
    values = load_generator(done.folder).values(50)
    assert values.shape == (50, 3)
    assert (abs(values.mean(axis=0) - 1000) < [10, 100, 1000]).all()
