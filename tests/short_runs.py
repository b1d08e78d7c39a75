"""Short runs of small models, each in a folder of its own, and what they leave."""

import dataclasses
import zipfile
from pathlib import Path

import numpy as np
import pytest

from minigan.cuda.graph import Steps
from minigan.models import MODELS
from minigan.pictures import write_grid
from minigan.training import frames, train
from minigan.training import run as training

EVERY = {"sample_every": 20, "log_every": 7, "checkpoint_every": 10}
FILES = {
    "checkpoint.npz",
    "config.json",
    "curves.png",
    "film.html",
    "log.csv",
    "samples.gif",
    "samples.png",
}


@pytest.fixture(autouse=True)
def small_models(tmp_path, monkeypatch):
    """Every model with a few units and small batches, on the 8x8 digits, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    for model in list(MODELS.values()):

        def build(rng, shape, marginals, z_dim, model=model, **classes):
            return model.build(rng, shape, marginals, **model.small | classes)

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


def flip_a_bit(path):
    """Damage the largest array of an .npz: a bit in its middle, not in the zip's own notes."""
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        largest = max(archive.infolist(), key=lambda member: member.compress_size)
    content[largest.header_offset + largest.compress_size // 2] ^= 1
    path.write_bytes(content)


def assert_same_files(a, b):
    a, b = files(a), files(b)
    assert a.keys() == b.keys()
    assert [name for name in a if a[name] != b[name]] == []


def weights(run):
    return [a.tobytes() for net in (run.G, run.D) for a in (net.params | net.buffers).values()]


def after_step(monkeypatch, step, action):
    """Call action(session) when everything of that step has been done."""
    plain = training.turns

    def turns(session, watch):
        class Followed(Steps):
            def __iter__(self):
                for i in super().__iter__():
                    yield i
                    if session.game.step == step:
                        action(session)

        steps = plain(session, watch)
        steps.__class__ = Followed
        return steps

    monkeypatch.setattr(training, "turns", turns)


def spoil_d(session):
    """An action for after_step: D's first weights become NaN."""
    weights = session.game.D.params["1.W"]
    weights[...] = weights * float("nan")
