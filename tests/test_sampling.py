"""Sampling from a saved run: pictures, numbers, and wrong words."""

import numpy as np
import pytest
import short_runs
from PIL import Image
from short_runs import run

from minigan.backend import Random
from minigan.training import load_generator, sample
from minigan.training.folder import RunError

small_models, quick_pictures = short_runs.small_models, short_runs.quick_pictures


def test_a_saved_generator_is_the_one_that_was_trained():
    done = run(steps=20)
    saved = load_generator(done.folder)
    assert (saved.step, saved.config.model) == (20, "mlp-batchnorm")
    z = saved.model.noise(Random(7))(5)
    assert (saved.G(z) == done.G(z)).all()
    x = saved.values(700, seed=1)
    assert x.shape == (700, 8, 8, 1)
    assert 0 <= x.min() < x.max() <= 16
    assert (x[:512] == saved.values(512, seed=1)).all()
    assert (x[:512] != saved.values(512, seed=2)).any()


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
        with pytest.raises(ValueError, match=words):
            sample(folder, **settings)
    with pytest.raises(RunError, match="nowhere holds no run"):
        sample("nowhere")
