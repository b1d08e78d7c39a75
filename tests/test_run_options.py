"""What a run can be told beyond its model: kept in config.json, obeyed, and resumed."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import command_line
import numpy as np
import pytest
import short_runs
from short_runs import assert_same_files, run, weights

from minigan import checkpoint
from minigan.activations import sigmoid
from minigan.backend import Random
from minigan.data import load
from minigan.models import find_model
from minigan.penalties import Penalty
from minigan.rules import RULES
from minigan.several import Discriminators, Generators
from minigan.training import frames, load_generator, sample, train
from minigan.training.folder import RunError
from minigan.training.game import Game

small_models, quick_pictures = short_runs.small_models, short_runs.quick_pictures

OPTIONS: list[dict[str, Any]] = [
    {"smooth": 0.8},
    {"fakes": "training"},
    {"l1": 1e-3},
    {"l2": 1e-2},
    {"generators": 2},
    {"discriminators": 3},
    {"rule": "worse-player"},
    {"draws": "device"},
]
NEW = ("smooth", "fakes", "l1", "l2", "generators", "discriminators", "evaluate_every", "draws")


def config(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "config.json").read_text())


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_an_option_is_kept_obeyed_and_resumed(options: dict[str, Any]) -> None:
    plain = run(steps=30, m=32, out="plain")
    straight = run(steps=30, m=32, out="straight", **options)
    run(steps=13, m=32, out="halted", **options)
    run(steps=30, out="halted", resume=True)
    assert_same_files("straight", "halted")
    assert options.items() <= config(straight.folder).items()
    assert weights(straight) != weights(plain)
    (name, value), *_ = options.items()
    before = (straight.folder / "config.json").read_bytes()
    other = {"rule": "simultaneous", "fakes": "evaluation", "draws": "host"}.get(name, 1)
    with pytest.raises(RunError, match=f"the run has {name} {value}, but {other} is asked for"):
        run(steps=30, out="straight", resume=True, **{name: other})
    assert (straight.folder / "config.json").read_bytes() == before


def test_all_options_at_once_and_asked_for_again() -> None:
    options: dict[str, Any] = {"smooth": 0.8, "l1": 1e-3, "generators": 3, "discriminators": 2}
    options |= {"rule": "separate", "fakes": "training"}
    run("goodfellow-2014", steps=30, m=64, out="straight", **options)
    run("goodfellow-2014", steps=13, m=64, out="halted", **options)
    run("goodfellow-2014", steps=30, out="halted", resume=True, **options)
    assert_same_files("straight", "halted")


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("mlp", ("training", 1e-5, 1e-5)),  # simultaneous, with its source's penalties
        ("mlp-batchnorm", ("evaluation", 0.0, 0.0)),  # separate
        ("gaussian-1d", ("training", 0.0, 0.0)),  # algorithm-1
    ],
)
def test_a_run_from_before_the_options_goes_on_as_it_began(
    model: str, expected: tuple[Any, ...]
) -> None:
    straight = run(model, steps=30, out="straight")
    run(model, steps=13, out="old")
    arrays, meta = checkpoint.load("old/checkpoint.npz")
    for settings in (meta["config"], old := config(Path("old"))):
        for key in NEW:
            del settings[key]
    (Path("old") / "config.json").write_text(json.dumps(old))
    checkpoint.save("old/checkpoint.npz", arrays, meta)
    assert sample("old", count=4).exists()
    (Path("old") / "more-samples.png").unlink()
    assert weights(run(None, out="old", resume=True, steps=30)) == weights(straight)
    found = config(Path("old"))
    assert tuple(found[key] for key in ("fakes", "l1", "l2")) == expected
    assert (found["smooth"], found["generators"], found["discriminators"]) == (1.0, 1, 1)
    assert found["draws"] == "host"


def test_penalties_are_on_both_players_and_replace_the_model_s() -> None:
    for given, expected in (
        ({}, Penalty(1e-5, 1e-5)),
        ({"l1": 0.25}, Penalty(0.25, 1e-5)),
        ({"l1": 0.5, "l2": 0.125}, Penalty(0.5, 0.125)),
        ({"l1": 0.0, "l2": 0.0}, None),
    ):
        folder = run("mlp", steps=1, **given).folder
        settings = config(folder)
        model = find_model("mlp")
        assert {key: settings[key] for key in given} == given
        game = Game(
            dataclasses.replace(model, l1=settings["l1"], l2=settings["l2"]),
            load("digits8x8"),
            m=4,
            seed=0,
            device="cpu",
        )
        assert (game.opt_G.penalty, game.opt_D.penalty) == (expected, expected)


def test_a_strong_penalty_makes_the_kernels_of_both_players_small() -> None:
    plain = run("mlp", steps=60)
    pulled = run("mlp", steps=60, l1=10.0)

    def size(net: Any) -> float:
        return sum(float(abs(a).sum()) for name, a in net.params.items() if name.endswith(".W"))

    assert size(pulled.G) < 0.9 * size(plain.G)
    assert size(pulled.D) < 0.9 * size(plain.D)


def test_V_is_logged_with_the_labels_1_and_0() -> None:
    done = run("mlp", steps=1, smooth=0.6, log_every=1)
    plain = run("mlp", steps=1, log_every=1)
    logs = [(each.folder / "log.csv").read_text().split()[1].split(",") for each in (done, plain)]
    assert logs[0][:7] == logs[1][:7]  # step, V, the losses, D(x) … before any update
    assert logs[0][8] != logs[1][8]  # D's gradient


def test_several_players_each_draw_their_own_weights_and_the_first_is_the_one_alone() -> None:
    alone = run(steps=1).folder
    several = run(steps=1, generators=2, discriminators=3, out="several")
    assert isinstance(several.G, Generators)
    assert isinstance(several.D, Discriminators)
    settings = config(alone)
    games = []
    for n_G, n_D in ((1, 1), (2, 3)):
        model = dataclasses.replace(find_model("mlp-batchnorm"), generators=n_G, discriminators=n_D)
        games.append(Game(model, load("digits8x8"), m=16, seed=settings["seed"], device="cpu"))
    for one, many in ((games[0].G, games[1].G), (games[0].D, games[1].D)):
        for name, theta in one.params.items():
            assert np.array_equal(many.params[f"0.{name}"], theta)
            others = [many.params[f"{i}.{name}"] for i in range(1, len(many.layers))]
            for i, other in enumerate(others if name.endswith("W") else ()):
                assert not any(np.array_equal(other, a) for a in (theta, *others[:i]))
    assert games[1].units == games[0].units
    streams = [name for name in games[1].rngs if name.startswith(("G", "D"))]
    assert streams == []  # this model draws no masks


def test_every_dropout_of_several_players_has_its_stream_in_the_checkpoint() -> None:
    run("goodfellow-2014", steps=2, discriminators=2, out="run")
    streams = checkpoint.load("run/checkpoint.npz")[1]["streams"]
    layers = (1, 4, 7)
    expected = {f"D.{net}.{layer}" for net in range(2) for layer in layers}
    assert {name for name in streams if name.startswith("D.")} == expected


def test_samples_of_several_generators_are_dealt_out() -> None:
    done = run(steps=3, generators=2)
    saved = load_generator(done.folder)
    assert isinstance(saved.G, Generators)
    assert len(saved.outputs(10)) == 10
    z = saved.model.noise(Random(7))(6)
    halves = [net(part) for net, part in zip(saved.G.layers, (z[:3], z[3:]), strict=True)]
    np.testing.assert_array_equal(saved.G(z), np.concatenate(halves))
    assert sample(done.folder, count=5).exists()


def test_the_curve_of_D_is_the_mean_of_all_D(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    monkeypatch.setattr(frames, "draw_vectors", lambda path, y, data, D, title: drawn.append(D))
    monkeypatch.setattr(frames, "write_grid", lambda *args: None)
    model = dataclasses.replace(find_model("gaussian-1d"), discriminators=2)
    game = Game(model, load("gaussian"), m=16, seed=0, device="cpu")
    Path("samples").mkdir()
    frames.Frames(game, Path(".")).draw()
    x, curve = drawn[0]
    points = game.units.standardised(x[:, None]).astype(np.float32)
    both = [sigmoid(D(points))[:, 0] for D in game.D.layers]
    np.testing.assert_allclose(curve, (both[0] + both[1]) / 2, rtol=1e-6)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"smooth": 0.5}, "smooth is 0.5, expected a number above 0.5, 1 at most."),
        ({"smooth": 1.5}, "smooth is 1.5, expected a number above 0.5, 1 at most."),
        ({"smooth": float("nan")}, "smooth is nan, expected a number above 0.5, 1 at most."),
        ({"smooth": True}, "smooth is True, expected a number above 0.5, 1 at most."),
        ({"l1": -0.1}, "l1 is -0.1, expected a number of 0 or more, 10^6 at most."),
        ({"l2": float("inf")}, "l2 is inf, expected a number of 0 or more, 10^6 at most."),
        ({"l2": "1"}, "l2 is '1', expected a number of 0 or more, 10^6 at most."),
        ({"fakes": "eval"}, "fakes is 'eval', expected one of training, evaluation."),
        ({"draws": "gpu"}, "draws is 'gpu', expected one of host, device."),
        ({"generators": 0}, "generators is 0, expected an integer of 1 or more."),
        ({"discriminators": 101}, "discriminators is 101, expected a number of 1 to 100."),
        ({"discriminators": 1.5}, "discriminators is 1.5, expected an integer of 1 or more."),
        (
            {"generators": 5, "m": 4},
            "a batch of 4 has fewer samples than there are generators (5): say --batch 5 or more.",
        ),
        (
            {"rule": "simultaneous", "fakes": "evaluation"},
            "rule 'simultaneous': fakes is 'evaluation', expected 'training': both players look",
        ),
    ],
)
def test_options_without_sense_are_found_before_anything_is_left(
    settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        train("mlp-batchnorm", steps=2, progress=False, **settings)
    assert str(caught.value).startswith(words)
    assert not Path("runs").exists()


def test_a_damaged_option_in_config_json_is_named() -> None:
    folder = run(steps=1).folder
    good = config(folder)
    for key, value, words in (
        ("smooth", "0.9", "smooth is '0.9', expected a number"),
        ("l1", None, "l1 is None, expected a number"),
        ("fakes", 3, "fakes is 3, expected one of training, evaluation"),
        ("draws", None, "draws is None, expected one of host, device"),
        ("generators", 0, "generators is 0, expected an integer of 1 or more"),
        ("model", ["mlp"], "model is ['mlp'], expected a name"),
    ):
        (folder / "config.json").write_text(json.dumps(good | {key: value}))
        with pytest.raises(RunError) as error:
            run(resume=True)
        assert words in str(error.value)


def test_the_options_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--smooth", "0.9", "--fakes", "training", "--l1", "1e-4", "--l2", "0.001"]
    words += ["--generators", "2", "--discriminators", "2", "--rule", "algorithm-1", "-k", "2"]
    words += ["--draws", "device"]
    status, out, _ = command_line.run(
        *("train", "mlp", "--steps", "2", "--batch", "8", *words), capsys=capsys
    )
    assert status == 0
    assert (
        "smooth 0.9, penalties l1 0.0001 and l2 0.001, 2 G against 2 D, "
        "random numbers drawn on the device\n"
    ) in out
    found = config(Path("runs/mlp"))
    expected = {"smooth": 0.9, "fakes": "training", "l1": 1e-4, "l2": 1e-3, "k": 2}
    expected |= {"generators": 2, "discriminators": 2, "rule": "algorithm-1", "draws": "device"}
    assert expected.items() <= found.items()
    for wrong, message in (
        (["--smooth", "2"], "argument --smooth: '2' is not a number above 0.5, 1 at most"),
        (["--l1", "-1"], "argument --l1: '-1' is not a number of 0 or more, 10^6 at most"),
        (["--generators", "0"], "argument --generators: '0' is not an integer from 1 to 100"),
        (["--fakes", "test"], "argument --fakes: invalid choice: 'test'"),
        (["--rule", "worse-player", "-k", "2"], "rule 'worse-player': k is 2, expected 1; only"),
    ):
        status, _, err = command_line.run("train", "mlp", *wrong, capsys=capsys)
        assert (status, err.count("\n")) == (2, 1)
        assert message in err


def test_the_help_explains_every_rule_and_option(capsys: pytest.CaptureFixture[str]) -> None:
    text = command_line.run("train", "--help", capsys=capsys)[1]
    explained = text.partition("rules (in which order")[2]
    for word in (*RULES, "--smooth", "--fakes", "--l1, --l2", "--generators"):
        assert f"\n  {word}" in explained
    assert "--discriminators" in explained
