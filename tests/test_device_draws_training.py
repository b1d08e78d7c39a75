"""Trainings whose random numbers are drawn on the device: what they cost, and their checkpoints."""

from types import SimpleNamespace

import numpy as np
import pytest
from cupy_device import DEVICE
from test_device_training import COSTS, M, run, small_game

from minigan import checkpoint, draws, training
from minigan.backend import Random, to_host
from minigan.checkpoint import load
from minigan.data import Batches, Dataset
from minigan.data import load as load_data
from minigan.models import find_model
from minigan.optimizers import Adam
from minigan.rules import RULES
from minigan.training.folder import CHECKPOINT
from minigan.training.game import Game


@pytest.fixture(autouse=True)
def no_curves(monkeypatch):
    """Curves are drawn from the log, on the host; matplotlib would take most of the time here."""
    monkeypatch.setattr("minigan.training.run.write_curves", lambda *args: None)


@pytest.fixture
def drawn_by_kernels(double, monkeypatch):
    """The stand-in with kernels for the draws and for nothing else: all bits are NumPy's."""
    monkeypatch.setattr(
        draws, "kernels", SimpleNamespace(on=lambda y: not isinstance(y, np.ndarray))
    )
    return double


def assert_same_files(a, b):
    """Two runs left the same arrays, random streams and log."""
    (here, facts), (there, other) = (load(folder / CHECKPOINT) for folder in (a, b))
    assert there.keys() == here.keys()
    for key in here:
        np.testing.assert_array_equal(there[key], here[key])
    for fact in ("step", "t", "position", "streams"):
        assert facts[fact] == other[fact]
    assert (a / "log.csv").read_text() == (b / "log.csv").read_text()


@pytest.mark.parametrize("rule", RULES)
def test_an_iteration_copies_nothing_to_the_device(kernels_double, rule):
    """Data, noise and masks; the losses of worse-player are read, as with draws on the host."""
    rng, G, D = small_game("cuda", draws="device")
    x = np.random.default_rng(0).random((2 * M, 4), dtype=np.float32)
    batches, noise = Batches(Dataset("x", x), rng.child("data")), rng.child("noise")
    play = RULES[rule](
        G, D, Adam(G), Adam(D), batches, lambda m: noise.normal((m, 3)),
        m=M, iterations=6,
    )  # fmt: skip
    next(play)  # the first iteration also makes the optimizers' state
    DEVICE.reset()
    waits = {"__bool__": 5} if rule == "worse-player" else {}
    for _ in play:  # through the ends of passes
        pass
    assert DEVICE.uploads == {}
    assert DEVICE.syncs == waits
    assert DEVICE.launches["normal"] == 5 * COSTS[rule][0]


def test_every_stream_of_a_game_draws_where_it_is_told():
    data, model = load_data("digits8x8"), find_model("goodfellow-2014")
    for where in ("host", "device"):
        game = Game(model, data, m=8, seed=0, device="cpu", draws=where)
        assert {rng.draws for rng in game.rngs.values()} == {where}
        assert {"data", "noise"} < game.rngs.keys()  # and one of each dropout


@pytest.mark.parametrize("network", ["mlp-batchnorm", "goodfellow-2014"])
def test_a_run_leaves_the_same_on_both_devices(drawn_by_kernels, tmp_path, network):
    for device in ("cpu", "cuda"):
        training.train(
            network, "digits8x8", steps=4, m=8, device=device, out=tmp_path / device,
            log_every=2, progress=False, draws="device",
        )  # fmt: skip
    assert_same_files(tmp_path / "cpu", tmp_path / "cuda")
    assert DEVICE.launches["normal"] + DEVICE.launches["uniform"] > 0
    assert DEVICE.launches["integers"] > 0


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_run_that_was_stopped_goes_on_with_the_same_numbers(drawn_by_kernels, tmp_path, device):
    options = {"draws": "device", "log_every": 1, "m": 700}  # two batches a pass
    run(tmp_path / "straight", device, steps=5, **options)
    run(tmp_path / "halted", device, steps=3, **options)
    training.train(steps=5, out=tmp_path / "halted", resume=True, progress=False)
    assert_same_files(tmp_path / "straight", tmp_path / "halted")


def test_a_checkpoint_of_one_device_goes_on_and_is_sampled_on_the_other(drawn_by_kernels, tmp_path):
    folder = run(tmp_path / "there", "cuda", steps=3, draws="device").folder
    arrays, meta = checkpoint.load(folder / CHECKPOINT)
    games = []
    for device in ("cpu", "cuda"):
        model = find_model("mlp-batchnorm")
        data = load_data("digits8x8")
        game = Game(model, data, m=8, seed=0, device=device, draws="device")
        game.restore(folder / CHECKPOINT, arrays, meta)
        games.append(game)
    for _ in range(3):
        for draw in (lambda game: game.data(8), lambda game: game.noise(8)):
            here, there = map(draw, games)
            np.testing.assert_array_equal(to_host(there), here)
    here, there = (training.load_generator(folder, device).outputs(5) for device in ("cpu", "cuda"))
    np.testing.assert_array_equal(there, here)


def test_samples_of_a_run_are_drawn_on_the_host(tmp_path):
    """`minigan sample --seed` gives the same noise for every run."""
    folder = run(tmp_path / "run", "cpu", steps=1, draws="device").folder
    saved = training.load_generator(folder, "cpu")
    z = saved.model.noise(Random(0, "cpu").child("sample"))(5)
    np.testing.assert_array_equal(saved.outputs(5), saved.G(z, train=False))


def test_a_checkpoint_of_other_draws_is_refused(tmp_path):
    folder = run(tmp_path / "run", "cpu", steps=1, draws="device").folder
    config = folder / "config.json"
    config.write_text(config.read_text().replace('"draws": "device"', '"draws": "host"'))
    with pytest.raises(ValueError, match=r"config.json and checkpoint.npz differ in draws"):
        training.train(out=folder, resume=True, progress=False)
