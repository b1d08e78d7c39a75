"""Runs: stopped and resumed they leave the same bytes; what would spoil one is found and said."""

import dataclasses
import json
import math
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from minigan import checkpoint
from minigan.backend import Random, to_host
from minigan.checkpoint import CheckpointError
from minigan.data import Dataset, load
from minigan.models import MODELS, find_model
from minigan.objectives import OBJECTIVES
from minigan.pictures import write_grid
from minigan.rules import RULES
from minigan.training import Run, frames, load_generator, progress, sample, train
from minigan.training import run as training
from minigan.training.folder import RunError
from minigan.training.game import Game
from minigan.training.interrupt import Interrupt
from minigan.training.log import COLUMNS
from minigan.training.session import Session
from minigan.training.watch import NonFiniteError, Watch, square_norm

EVERY = {"sample_every": 20, "log_every": 7, "checkpoint_every": 10}
FILES = {
    "checkpoint.npz",
    "config.json",
    "curves.png",
    "log.csv",
    "samples.gif",
    "samples.png",
}


@pytest.fixture(autouse=True)
def small_models(tmp_path, monkeypatch):
    """Every model with a few units and small batches, on the 8x8 digits, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    for model in list(MODELS.values()):

        def build(rng, shape, marginals, z_dim, model=model):
            return model.build(rng, shape, marginals, **model.small)

        small = dataclasses.replace(model, build=build, z_dim=model.small["z_dim"], m=16)
        if model.data == "mnist12k":
            small = dataclasses.replace(small, data="digits8x8")
        monkeypatch.setitem(MODELS, model.name, small)


@pytest.fixture(autouse=True)
def quick_pictures(request, monkeypatch):
    """Matplotlib takes longer than these runs: it draws only where the test is about it.

    What stands in for its pictures depends on all that they would show.
    """

    def draw_vectors(path, samples, data=None, D=None, title=""):
        seen = np.concatenate([np.ravel(a) for a in (samples, *(D or ()))])
        write_grid(path, np.resize(seen.view(np.uint8), (1, 64, 64, 1)))

    if "matplotlib" not in request.fixturenames:
        monkeypatch.setattr(
            training, "write_curves", lambda path, log, objective: path.write_text(repr(log))
        )
        monkeypatch.setattr(frames, "draw_vectors", draw_vectors)


@pytest.fixture
def matplotlib():
    """Ask for the real pictures."""


def run(model="mlp-batchnorm", data=None, **settings):
    return train(model, data, **({"progress": False} | EVERY | settings))


def files(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in Path(folder).rglob("*")
        if path.is_file()
    }


def assert_same_files(a, b):
    a, b = files(a), files(b)
    assert a.keys() == b.keys()
    assert [name for name in a if a[name] != b[name]] == []


def weights(run):
    return [a.tobytes() for net in (run.G, run.D) for a in (net.params | net.buffers).values()]


def after_step(monkeypatch, step, action):
    """Call action(session) when everything of that step has been done."""
    plain = Session.iterations

    def iterations(self, watch, count):
        for i in plain(self, watch, count):
            yield i
            if self.game.step == step:
                action(self)

    monkeypatch.setattr(Session, "iterations", iterations)


# ---- a run and what it leaves


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


# ---- stopped and resumed


CASES = [(name, model.rule, {}) for name, model in MODELS.items()] + [
    ("goodfellow-2014", "algorithm-1", {"k": 2, "objective": "minimax"}),
    ("goodfellow-2014", "separate", {}),
    ("mlp-batchnorm", "simultaneous", {}),
]


@pytest.mark.parametrize(("model", "rule", "settings"), CASES)
def test_resumed_leaves_the_same_bytes_as_uninterrupted(model, rule, settings):
    # 60 steps of 16 are most of a pass over the 1,797 digits; m = 64 begins a second and a third
    settings = {"rule": rule, "m": 64, "seed": 1} | settings
    run(model, steps=60, out="straight", **settings)
    run(model, steps=25, out="halted", **settings)
    run(model, steps=60, out="halted", resume=True)
    assert_same_files("straight", "halted")


def test_a_killed_run_goes_on_from_its_checkpoint(monkeypatch):
    class Killed(BaseException):
        pass

    def kill(session):  # what a kill -9 in the middle of a write leaves behind
        with (session.folder / "log.csv").open("a") as log:
            log.write("33,-1.2")
        (session.folder / "samples" / "step-000040.png").write_bytes(b"half a picture")
        (session.folder / ".checkpoint.npz.tmp").write_bytes(b"half a checkpoint")
        (session.folder / ".samples.png.7.tmp").write_bytes(b"of a former minigan")
        (session.folder / "samples" / ".step-000033.png.tmp").write_bytes(b"half a picture")
        raise Killed

    run(steps=50, out="straight")
    with monkeypatch.context() as patch:
        after_step(patch, 33, kill)
        with pytest.raises(Killed):
            run(steps=50, out="killed")
    assert checkpoint.load("killed/checkpoint.npz")[1]["step"] == 30
    run(out="killed", resume=True)
    assert_same_files("straight", "killed")


SCRIPT = """
import sys
from minigan.training import train
run = train("mlp", "digits8x8", m=16, steps=10**6, out="run", sample_every=10**6)
sys.exit(0 if run.signal is None else 128 + run.signal)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_real_signal_saves_and_the_run_goes_on(number, tmp_path, monkeypatch):
    package = str(Path(progress.__file__).parents[2])
    child = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        env=os.environ | {"PYTHONPATH": package},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    log, deadline = Path("run/log.csv"), time.monotonic() + 60
    while not (log.exists() and log.read_text().count("\n") >= 3):
        assert child.poll() is None, child.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    child.send_signal(number)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 128 + number
    assert "Traceback" not in err
    assert out.rstrip().endswith(f"To go on: minigan train --resume --out {Path('run').resolve()}")
    assert files("run").keys() >= FILES
    step = checkpoint.load("run/checkpoint.npz")[1]["step"]
    assert f"after step {step:,} of 1,000,000" in out

    monkeypatch.undo()  # the child trained the model in its full size
    settings = {"m": 16, "sample_every": 10**6, "progress": False}
    train(steps=step + 20, out=tmp_path / "run", resume=True, progress=False)
    train("mlp", "digits8x8", steps=step + 20, out=tmp_path / "straight", **settings)
    assert_same_files(tmp_path / "run", tmp_path / "straight")


def test_the_first_signal_is_noted_and_the_second_stops_at_once():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with Interrupt() as interrupt:
        signal.raise_signal(signal.SIGTERM)
        assert interrupt.signal == signal.SIGTERM
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_a_signal_that_the_shell_ignores_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with Interrupt() as interrupt:
            signal.raise_signal(signal.SIGHUP)
            assert interrupt.signal is None
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_signals_are_left_alone_outside_the_main_thread():
    found = []

    def work():
        with Interrupt():
            found.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.getsignal(signal.SIGTERM)]


def test_an_interrupted_run_ends_after_its_step_with_all_its_pictures(monkeypatch, capsys):
    with monkeypatch.context() as patch:
        patch.setattr(progress.Progress, "step", lambda self, step: _raise_at(step, 33))
        done = run(steps=60, out="a run", progress=True)
    assert (done.step, done.signal) == (33, signal.SIGINT)
    assert files("a run").keys() == FILES | {"samples/step-000000.png", "samples/step-000020.png"}
    out = capsys.readouterr().out
    assert "stopped by Ctrl-C (SIGINT) after step 33 of 60" in out
    assert f"To go on: minigan train --resume --out '{Path('a run').resolve()}'" in out
    run(out="a run", resume=True)
    run(steps=60, out="straight")
    assert_same_files("a run", "straight")


def _raise_at(step, at):
    if step == at:
        signal.raise_signal(signal.SIGINT)


def test_a_finished_run_says_so_and_how_to_extend_it(capsys):
    run(steps=20)
    before = files("runs/mlp-batchnorm")
    done = train(resume=True)
    assert (done.step, done.signal) == (20, None)
    assert "runs/mlp-batchnorm is finished: 20 of 20 steps" in capsys.readouterr().out
    assert f"--resume --out {done.folder.resolve()} --steps 40" in str(done)
    assert files("runs/mlp-batchnorm") == before
    with pytest.raises(RunError, match="has 20 steps already, but 10 are asked for"):
        train(resume=True, steps=10)


def test_resume_takes_the_newest_run_of_the_model():
    for name, saved in (("mlp", 3), ("mlp", 2), ("gaussian-1d", 4)):
        folder = run(name, steps=1).folder
        os.utime(folder / "checkpoint.npz", (saved, saved))
    assert run("mlp", resume=True, steps=2).folder == Path("runs/mlp")  # the newest from now on
    assert run(None, resume=True).folder == Path("runs/mlp")
    with pytest.raises(RunError, match="runs holds no run of goodfellow-2014 to resume"):
        run("goodfellow-2014", resume=True)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"model": "mlp"}, "model mlp-batchnorm, but mlp"),
        ({"m": 8}, "m 16, but 8"),
        ({"seed": 1}, "seed 0, but 1"),
        ({"rule": "algorithm-1"}, "rule separate, but algorithm-1"),
        ({"objective": "minimax"}, "objective non-saturating, but minimax"),
        ({"k": 2}, "k 1, but 2"),
        ({"log_every": 5}, "log_every 7, but 5"),
        ({"data": "mnist12k"}, "data 'digits8x8', but 'mnist12k'"),
        ({"data_options": {"resize": 8}}, "data options {}, but {'resize': 8}"),
    ],
)
def test_a_resumed_run_keeps_its_settings(settings, words):
    run(steps=2, out="there")
    before = files("there")
    with pytest.raises((RunError, ValueError)) as caught:
        train(**({"model": None, "out": "there", "resume": True, "progress": False} | settings))
    if "data_options" not in settings:  # what the data refuse, they refuse in their own words
        assert words in str(caught.value)
    assert files("there") == before


def test_a_run_on_own_data_is_resumed_with_the_same_data():
    x = np.random.default_rng(0).integers(0, 255, (40, 4, 4, 1), dtype=np.uint8)
    run(data=Dataset("mine", x), steps=2)
    with pytest.raises(RunError, match=r"started in Python with a Dataset of its own \(mine\)"):
        run(resume=True, steps=4)
    with pytest.raises(RunError, match=r"'mine' \(40 examples\) are not those that"):
        run(data=Dataset("mine", x[::-1]), resume=True, steps=4)
    assert run(data=Dataset("mine", x), resume=True, steps=4).step == 4


# ---- what would spoil a run


@pytest.mark.parametrize("player", ["G", "D"])
def test_nan_in_a_weight_stops_the_run_and_keeps_the_checkpoint(monkeypatch, player):
    def spoil(session):
        getattr(session.game, player).params["1.W" if player == "D" else "0.W"][1, 2] = np.nan

    after_step(monkeypatch, 13, spoil)
    with pytest.raises(NonFiniteError) as caught:
        run(steps=60)
    error, layer = caught.value, "layer 1, Dense(64" if player == "D" else "layer 0, Dense(3"
    assert (error.step, error.player) == (14, player)
    for words in (
        f"step 14: {player} {layer}",
        "parameter W holds 1 NaN",
        "the checkpoint of step 10 in runs/mlp-batchnorm/checkpoint.npz is kept",
        "smaller step size",
    ):
        assert words in str(error)
    assert "\n" not in str(error)
    assert checkpoint.load("runs/mlp-batchnorm/checkpoint.npz")[1]["step"] == 10


@pytest.mark.parametrize(("player", "layer", "value"), [("D", 3, np.nan), ("G", 6, np.inf)])
def test_nan_in_a_gradient_is_found_before_it_is_used(monkeypatch, player, layer, value):
    games = []

    def spoil(session):
        games.append(session.game)
        spoilt = getattr(session.game, player).layers[layer]
        plain = spoilt.backward

        def backward(dy, cache, **options):
            dx, grads = plain(dy, cache, **options)
            if grads:
                grads["W"][0, 0] = value  # and so what is below it, as in a real accident
            if dx is not None:
                dx[0, 0] = value
            return dx, grads

        monkeypatch.setattr(spoilt, "backward", backward)

    after_step(monkeypatch, 13, spoil)
    with pytest.raises(NonFiniteError) as caught:
        run(steps=60)
    kind = "1 NaN and 0 infinite" if np.isnan(value) else "0 NaN and 1 infinite"
    assert f"step 14: the gradient of {player} layer {layer}, Dense(" in str(caught.value)
    assert f"parameter W holds {kind} of" in str(caught.value)
    params = games[0].G.params | games[0].D.params
    assert all(np.isfinite(a).all() for a in params.values())


def test_an_overflow_in_a_loss_names_the_loss(monkeypatch):
    def spoil(session):
        session.game.D.params["5.W"][...] = np.finfo(np.float32).max

    after_step(monkeypatch, 3, spoil)
    with pytest.raises(NonFiniteError, match=r"step 4: D's loss is not finite: a_real holds"):
        run(steps=60)


def test_nan_never_reaches_a_checkpoint(monkeypatch):
    def spoil(session):  # after the last look at a gradient, before the last save
        def forget(player, logits, grads):
            session.game.G.params["3.W"][0, 0] = np.nan

        monkeypatch.setattr(Watch, "__call__", lambda self, *seen: forget(*seen))

    after_step(monkeypatch, 29, spoil)
    with pytest.raises(NonFiniteError, match=r"step 30: G layer 0, Dense\(.*\), parameter W holds"):
        run(steps=60, log_every=100)
    assert checkpoint.load("runs/mlp-batchnorm/checkpoint.npz")[1]["step"] == 20


def test_enormous_finite_numbers_are_no_alarm():
    big = np.full(10, 1e30, dtype=np.float32)
    with np.errstate(over="ignore"):
        assert square_norm(big) == pytest.approx(1e61, rel=1e-6)
    assert math.isnan(square_norm(np.array([np.inf], dtype=np.float32)))


@pytest.mark.parametrize("place", [0.1, 0.3, 0.5])
def test_a_damaged_checkpoint_is_never_loaded(place):
    folder = run(steps=20).folder
    content = bytearray((folder / "checkpoint.npz").read_bytes())
    content[int(place * len(content))] ^= 4
    (folder / "checkpoint.npz").write_bytes(content)
    before = files(folder)
    for use in (lambda: run(resume=True, steps=40), lambda: sample(folder)):
        with pytest.raises(CheckpointError, match=r"runs/mlp-batchnorm/checkpoint.npz: damaged"):
            use()
    assert files(folder) == before


def test_a_missing_checkpoint_is_one_sentence():
    folder = run(steps=2).folder
    (folder / "checkpoint.npz").unlink()
    with pytest.raises(CheckpointError, match="there is no checkpoint here"):
        run(resume=True)


def test_a_run_that_ended_before_its_first_checkpoint_begins_again(monkeypatch):
    def crash(*args):
        raise MemoryError

    run(steps=20, out="straight")
    with monkeypatch.context() as patch:
        patch.setattr(training, "save", crash)
        with pytest.raises(MemoryError):
            run(steps=20, out="early")
    assert not Path("early/checkpoint.npz").exists()
    for change, words in (
        ({"model": []}, "model is [], expected a name"),
        ({"rule": "wgan"}, "rule is 'wgan', expected one of"),
        ({"data": {}}, "damaged, data must have name, n, options"),
        ({"versions": {"x": 1e999}}, "versions must be an object of strings"),
    ):
        text = Path("early/config.json").read_text()
        Path("early/config.json").write_text(json.dumps(json.loads(text) | change))
        with pytest.raises(RunError, match=re.escape(words)):
            run(out="early", resume=True)
        Path("early/config.json").write_text(text)
    run(out="early", resume=True)
    assert_same_files("straight", "early")


@pytest.mark.parametrize("lost", [("checkpoint.npz",), ("checkpoint.npz", "log.csv")])
def test_a_run_that_lost_its_checkpoint_does_not_begin_again(lost):
    folder = run(steps=20).folder
    for name in lost:
        (folder / name).unlink()
    before = files(folder)
    with pytest.raises(CheckpointError, match="there is no checkpoint here"):
        run(resume=True)
    assert files(folder) == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no locks on folders")
def test_two_never_train_in_one_folder_at_once(monkeypatch):
    def intrude(session):
        before = files("a")
        for steps in (None, 40):
            with pytest.raises(RunError, match="a: another process is training there; wait"):
                run(out="a", resume=True, steps=steps)
        assert files("a") == before

    run(steps=20, out="straight")
    with monkeypatch.context() as patch:
        after_step(patch, 13, intrude)
        run(steps=20, out="a")
    assert_same_files("a", "straight")
    run(steps=21, out="a", resume=True)  # the lock was given back


def test_an_end_by_an_error_gives_the_folder_back(monkeypatch):
    with monkeypatch.context() as patch:
        after_step(patch, 13, lambda session: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(steps=20, out="a")
    with pytest.raises(RunError, match="has 10 steps already"):
        run(steps=5, out="a", resume=True)
    run(out="a", resume=True)


def test_pictures_of_others_in_the_samples_are_left_alone():
    names = ["7.png", "step-7.png", "step-²5.png", "step-0000040.png", "step-000007.txt"]
    folder = run(steps=20).folder
    for name in names:
        (folder / "samples" / name).write_bytes(b"mine")
    run(steps=40, resume=True)
    assert all((folder / "samples" / name).read_bytes() == b"mine" for name in names)


def test_a_full_disk_keeps_no_probe(tmp_path, monkeypatch):
    def full(path, content):
        path.touch()
        raise OSError(28, "No space left on device", str(path))

    folder = run(steps=2).folder
    before = files(folder)
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(RunError, match="No space left on device"):
        run(resume=True)
    assert files(folder) == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda config: config | {"seed": 9}, "config.json and checkpoint.npz differ in seed"),
        (lambda config: config | {"m": -1}, "m is -1, expected an integer of 1 or more"),
        (lambda config: config | {"steps": "60"}, "steps is '60', expected an integer"),
        (lambda config: {"seed": 1}, "damaged, expected the keys"),
        (lambda config: [], "damaged, expected the keys"),
    ],
)
def test_a_changed_config_is_found(change, words):
    path = run(steps=2).folder / "config.json"
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    with pytest.raises(RunError, match=words):
        run(resume=True)
    path.write_text("{")
    with pytest.raises(RunError, match="not readable JSON"):
        sample(path.parent)


def test_a_full_disk_keeps_the_checkpoint(monkeypatch):
    def full(session):
        def save(*args, **kwargs):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(checkpoint, "save", save)

    after_step(monkeypatch, 33, full)
    with pytest.raises(RunError) as caught:
        run(steps=60)
    assert "step 40: " in str(caught.value)
    assert "(No space left on device); the checkpoint of step 30 is kept" in str(caught.value)
    monkeypatch.undo()


# ---- settings and folders


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"steps": 0}, "steps is 0, expected an integer of 1 or more"),
        ({"m": 2.5}, "m is 2.5, expected an integer of 1 or more"),
        ({"seed": -1}, "seed is -1, expected an integer of 0 or more"),
        ({"sample_every": True}, "sample_every is True, expected an integer"),
        ({"rule": "wgan"}, "rule is 'wgan', expected one of algorithm-1"),
        ({"objective": "hinge"}, "objective is 'hinge', expected one of"),
        ({"model": "vae"}, "there is no model 'vae'"),
        (
            {"m": 5000},
            "has 1,797 examples, fewer than one batch of 5000: say --batch 898",
        ),
        ({"k": 2}, "rule 'separate': k is 2, expected 1"),
        ({"data": "nothing-here"}, "nothing-here"),
        ({"data_options": {"rezise": 3}}, "data option 'rezise' is unknown, expected images"),
        ({"device": "tpu"}, "device is 'tpu'"),
        ({"model": "gaussian-1d", "data": "digits8x8"}, "expected vectors"),
    ],
)
def test_wrong_settings_are_found_before_anything_is_left(settings, words):
    settings = {"model": "mlp-batchnorm", "steps": 5} | settings
    with pytest.raises(ValueError, match=re.escape(words)):
        train(progress=False, **settings)
    assert not Path("runs").exists()


def test_a_run_is_never_written_over():
    folders = [run("mlp", steps=1).folder for _ in range(3)]
    assert folders == [Path("runs/mlp"), Path("runs/mlp-2"), Path("runs/mlp-3")]
    before = files("runs")
    with pytest.raises(RunError, match="runs/mlp-2 holds a run already: go on with it by --resume"):
        run("mlp", steps=1, out="runs/mlp-2")
    assert files("runs") == before


def test_a_folder_that_cannot_be_used_is_found_first(tmp_path, monkeypatch):
    Path("file").write_text("mine")
    Path("full").mkdir()
    Path("full/thesis.txt").write_text("mine")
    with pytest.raises(RunError, match="file is a file, expected a folder"):
        run(steps=1, out="file")
    with pytest.raises(RunError, match="file/below: the run cannot be written there"):
        run(steps=1, out="file/below")
    with pytest.raises(RunError, match="full is not empty and holds no run"):
        run(steps=1, out="full")
    with pytest.raises(
        RunError, match=r"full holds no run to resume \(no config.json in /.*full\)"
    ):
        run(out="full", resume=True)
    assert files(".") == {"file": b"mine", "full/thesis.txt": b"mine"}

    def read_only(path, content):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "write_bytes", read_only)
    with pytest.raises(RunError, match=r"there \(Permission denied\); give another folder"):
        run(steps=1, out="locked")
    with pytest.raises(RunError, match="full is not empty"):
        run(steps=1, out="full")


def test_an_empty_folder_may_be_used():
    Path("empty").mkdir()
    assert run(steps=1, out="empty").folder == Path("empty")


# ---- progress


def test_without_a_terminal_there_are_a_few_plain_lines(capsys):
    run(steps=60, progress=True)
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert 10 <= len(lines) <= 20
    assert lines[-1].startswith("step 60/60  ")
    for words in (" steps/s  ", " left  ", "V -", "D(x) 0.", "D(G(z)) 0."):
        assert words in lines[-1]
    assert "mlp-batchnorm on digits8x8 (1,797 images of 8 x 8 x 1), cpu, seed 0" in out
    assert "rule separate, objective non-saturating" in out
    assert "minigan models" not in out
    run("mlp", steps=1, progress=True)
    assert "what to expect of mlp: see minigan models\n" in capsys.readouterr().out
    assert "Look at runs/mlp-batchnorm/samples.png" in out


def test_on_a_terminal_there_is_a_bar(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    run(steps=30, progress=True)
    err = capsys.readouterr().err
    assert "\r" in err
    assert "30/30" in err
    assert "step/s" in err
    assert "D(G(z))=0." in err


def test_quiet_is_quiet(capsys):
    run(steps=3)
    assert capsys.readouterr() == ("", "")


# ---- sampling from a run


def test_a_saved_generator_is_the_one_that_was_trained():
    done = run(steps=20)
    saved = load_generator(done.folder)
    assert (saved.step, saved.config.model) == (20, "mlp-batchnorm")
    z = saved.model.noise(Random(7))(5)
    assert (saved.G(z) == done.G(z)).all()
    x = saved.values(700, seed=1)
    assert x.shape == (700, 8, 8, 1)
    assert 0 <= x.min() < x.max() <= 16
    assert (x[:500] == saved.values(500, seed=1)).all()
    assert (x[:500] != saved.values(500, seed=2)).any()


def test_sample_writes_a_picture_or_the_numbers():
    folder = run(steps=5).folder
    assert sample(folder, count=9) == folder / "more-samples.png"
    with Image.open(folder / "more-samples.png") as picture:
        assert picture.size == (604, 604)
    x = np.load(sample(folder, count=3, seed=1, out="x.npy"))
    assert x == pytest.approx(load_generator(folder).values(3, seed=1), abs=1e-5)
    line = run("gaussian-1d", steps=5).folder
    with Image.open(sample(line, out="line.png")) as picture:
        assert picture.size == (700, 420)


def test_wrong_words_to_sample_are_one_sentence():
    folder = run(steps=1).folder
    for settings, words in (
        ({"count": 0}, "count is 0, expected an integer of 1 or more"),
        ({"count": 10**7}, "at most 1562500 samples of this size fit into memory at once"),
        ({"out": "x.jpg"}, "x.jpg: expected a name that ends in .png or .npy"),
        ({"out": "no/x.png"}, "expected a file in a folder that is there"),
    ):
        with pytest.raises(RunError, match=words):
            sample(folder, **settings)
    with pytest.raises(RunError, match="nowhere holds no run"):
        sample("nowhere")


# ---- on a GPU, and on the stand-in for one


@pytest.mark.parametrize("model", ["mlp-batchnorm", "goodfellow-2014", "gaussian-1d"])
def test_a_run_on_a_gpu_is_resumed_bit_for_bit_and_sampled_on_the_cpu(model, cuda):
    run(model, steps=24, out="straight", device="cuda")
    run(model, steps=15, out="halted", device="cuda")
    done = run(model, steps=24, out="halted", resume=True)
    assert_same_files("straight", "halted")
    saved = load_generator("halted", device="cpu")
    z = saved.model.noise(Random(7))(5)
    assert saved.G(z) == pytest.approx(
        to_host(done.G(saved.model.noise(Random(7, "cuda"))(5))), rel=1e-4, abs=1e-6
    )


def test_on_a_gpu_nan_is_found_at_the_next_log_step(cuda, monkeypatch):
    def spoil(session):
        weights = session.game.D.params["1.W"]
        weights[...] = weights * float("nan")

    after_step(monkeypatch, 15, spoil)
    with pytest.raises(NonFiniteError, match=r"step 20: .* the checkpoint of step 10 in"):
        run(steps=60, log_every=20, checkpoint_every=10, sample_every=60, device="cuda")
