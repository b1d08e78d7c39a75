"""Runs whose samples are shown as G makes them in training mode, and whose images are padded."""

import dataclasses
import json

import numpy as np
import pytest
import short_runs
from PIL import Image
from short_runs import assert_same_files, files, run, weights

from minigan.backend import Random, to_host
from minigan.batchnorm import BatchNorm
from minigan.data import Dataset
from minigan.models import MODELS
from minigan.replay import memory
from minigan.training import load_generator, sample

small_models, quick_pictures = short_runs.small_models, short_runs.quick_pictures

PIXELS = np.random.default_rng(0).integers(0, 256, (60, 6, 6, 1), dtype=np.uint8)


def train(steps, **settings):
    """Small dcgan-32 on images of 6x6, which become 8x8."""
    return run("dcgan-32", Dataset("own", PIXELS), **{"m": 16, "steps": steps} | settings)


def test_padded_images_resume_bit_for_bit_with_their_dropout_masks():
    train(40, out="straight")
    train(13, out="halted")
    train(40, out="halted", resume=True)
    assert_same_files("straight", "halted")


def test_looking_in_training_mode_does_not_change_the_run():
    often = train(30, sample_every=1)
    rarely = train(30, sample_every=30)
    assert weights(often) == weights(rarely)
    assert len(files(often.folder)) > len(files(rarely.folder))


def pictures(sample_train, monkeypatch, folder):
    """samples.png of a run, and what G says to the same noise in both modes."""
    changed = dataclasses.replace(MODELS["dcgan-32"], sample_train=sample_train)
    monkeypatch.setitem(MODELS, "dcgan-32", changed)
    done = train(5, out=folder)
    with Image.open(done.folder / "samples.png") as picture:
        shown = np.asarray(picture)
    z = changed.noise(Random(0).child("samples"))(64)
    units = load_generator(done.folder).units
    put_back = memory(done.G)
    expected = []
    for train_mode in (True, False):
        expected.append(units.pixels(to_host(done.G(z, train=train_mode))))
        put_back()
    return shown, expected


@pytest.mark.parametrize("sample_train", [True, False])
def test_the_pictures_of_a_run_are_of_the_models_mode(sample_train, monkeypatch):
    shown, (training, evaluation) = pictures(sample_train, monkeypatch, "one")
    assert not np.array_equal(training, evaluation)
    short_runs.write_grid("expected.png", training if sample_train else evaluation)
    with Image.open("expected.png") as picture:
        np.testing.assert_array_equal(shown, np.asarray(picture))


def test_samples_in_training_mode_are_the_same_again_and_of_whole_batches():
    done = train(5)
    saved = load_generator(done.folder)
    first = saved.values(3, seed=1)
    assert first.shape == (3, 8, 8, 1)
    assert (first == saved.values(3, seed=1)).all()  # no mask drawn anew, no average moved
    assert (first == saved.values(200, seed=1)[:3]).all()  # the batch behind three is a whole one
    assert (first != saved.values(3, seed=2)).any()
    norm = next(layer for layer in saved.G.layers if isinstance(layer, BatchNorm))
    before = norm.buffers["running_mean"].copy()
    sample(done.folder, count=2, out="two.npy")
    saved.outputs(2)
    assert (norm.buffers["running_mean"] == before).all()
    evaluation = saved.units.values(saved.G(saved.model.noise(Random(1).child("sample"))(128)))
    assert not np.allclose(first, evaluation[:3])


def test_the_units_of_a_padded_run():
    done = train(2)
    units = json.loads((done.folder / "config.json").read_text())["data"]["units"]
    assert (units["shape"], units["low"], units["high"]) == ([8, 8, 1], -1.0, 127 / 128)
    y = np.array([-1.0, 0.0, 127 / 128, 1.0]).reshape(4, 1, 1, 1)
    found = load_generator(done.folder).units
    assert found.values(y).ravel().tolist() == [0, 128, 255, 255]  # G's 1 is whiter than white
    assert found.pixels(y).ravel().tolist() == [0, 128, 255, 255]


def test_passes_over_the_data_are_counted_where_nobody_says_how_many_steps():
    assert train(None, sample_every=1000).steps == 60 * (60 // 16)
    assert train(None, m=30, sample_every=1000).steps == 60 * 2


def test_what_is_announced_is_the_size_of_the_data(capsys):
    train(1, progress=True)
    assert "dcgan-32 on own (60 images of 6 x 6 x 1), cpu" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["dcgan", "dcgan-upsampling", "dcgan-32-grey"])
def test_colour_images_train_and_are_drawn(name):
    pixels = np.random.default_rng(0).integers(0, 256, (20, 8, 8, 3), dtype=np.uint8)
    done = run(name, Dataset("colour", pixels), m=4, steps=3)
    assert load_generator(done.folder).values(5).shape == (5, 8, 8, 3)
    with Image.open(done.folder / "samples.png") as picture:
        assert picture.mode == "RGB"
