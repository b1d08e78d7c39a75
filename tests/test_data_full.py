"""The full sets: where they are looked for, and what the published files hold."""

from __future__ import annotations

import gzip
import os

import data_fixtures
import numpy as np
import pytest
from data_errors import expect_refusal
from data_sets import first_bytes, put

from minigan.data import load
from minigan.data.published import FULL_SETS

home, sets = data_fixtures.home, data_fixtures.sets


@pytest.mark.parametrize("unpack", [False, True])
@pytest.mark.parametrize("spell", [str, lambda name: name.replace("-idx", ".idx")])
@pytest.mark.parametrize(
    "place",
    [
        "{data}",
        "{data}/mnist",
        "{data}/MNIST/raw",
        "{data}/torch/MNIST/raw",
        "{home}/.cache/minigan/mnist",
        "{home}/.cache/minigan",
        "data",
        "data/mnist",
        "data/MNIST/raw",
        "data/any/MNIST/raw",
    ],
)
def test_files_are_found_where_people_have_them(
    sets, home, tmp_path, monkeypatch, place, unpack, spell
):
    data = tmp_path / "given"
    data.mkdir()
    monkeypatch.setenv("MINIGAN_DATA", str(data))
    folder = tmp_path / "work" / place.format(data=data, home=home)
    put(folder, sets["mnist"], unpack=unpack, spell=spell)
    train, test = load("mnist"), load("mnist", split="test")
    assert train.x.shape == (6, 4, 5, 1)
    assert test.x.shape == (3, 4, 5, 1)
    assert np.array_equal(train.x.ravel(), first_bytes(sets["mnist"]))
    assert len(train.labels) == 6
    assert train.labels.dtype == np.int64
    assert "MNIST" in train.description


def test_the_cache_is_where_xdg_says(sets, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    put(tmp_path / "xdg" / "minigan" / "fashion-mnist", sets["fashion-mnist"])
    assert len(load("fashion-mnist")) == 6


def test_keras_copies_are_found(sets, home):
    x, y = (
        np.frombuffer(gzip.decompress(sets["mnist"][f"train-{kind}-ubyte"]), "u1")
        for kind in ("images-idx3", "labels-idx1")
    )
    folder = home / ".keras" / "datasets"
    folder.mkdir(parents=True)
    np.savez(folder / "mnist.npz", x_train=x[16:].reshape(6, 4, 5), y_train=y[8:])
    assert np.array_equal(load("mnist").x.ravel(), x[16:])
    assert load("mnist").labels.tolist() == y[8:].tolist()
    with expect_refusal("mnist.npz", "no array x_test"):
        load("mnist", split="test")
    np.savez(folder / "mnist.npz", x_train=x[16:].reshape(6, 4, 5) + 1, y_train=y[8:])
    with expect_refusal("mnist.npz", "SHA-256"):
        load("mnist")
    put(folder / "fashion-mnist", sets["fashion-mnist"])
    assert len(load("fashion-mnist")) == 6


def test_the_sets_are_told_apart_though_their_files_have_the_same_names(
    sets, tmp_path, monkeypatch
):
    put(tmp_path / "given", sets["fashion-mnist"])
    put(tmp_path / "work" / "data", sets["mnist"])
    monkeypatch.setenv("MINIGAN_DATA", str(tmp_path / "given"))
    assert np.array_equal(load("mnist").x.ravel(), first_bytes(sets["mnist"]))
    assert np.array_equal(load("fashion-mnist").x.ravel(), first_bytes(sets["fashion-mnist"]))


def test_minigan_data_goes_before_the_other_places(sets, home, tmp_path, monkeypatch):
    for folder in (tmp_path / "given", home / ".cache" / "minigan", tmp_path / "work" / "data"):
        put(folder, sets["mnist"])
    monkeypatch.setenv("MINIGAN_DATA", str(tmp_path / "given"))
    assert str(tmp_path / "given") in load("mnist").description


@pytest.mark.parametrize("alone", ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"])
def test_a_folder_without_the_labels_or_the_images_is_passed_over(sets, tmp_path, alone):
    put(tmp_path / "work" / "data", {alone: sets["mnist"][alone]})
    put(tmp_path / "work" / "data" / "mnist", sets["mnist"])
    assert len(load("mnist")) == 6


def test_a_gz_with_another_content_is_refused(sets, tmp_path):
    folder = put(tmp_path / "work" / "data", sets["mnist"])
    path = folder / "train-images-idx3-ubyte.gz"
    content = bytearray(gzip.decompress(path.read_bytes()))
    content[20] ^= 1  # one bit of one pixel
    path.write_bytes(gzip.compress(bytes(content)))
    with expect_refusal(
        path.name, "not mnist's train-images-idx3-ubyte", "SHA-256", "delete or move"
    ):
        load("mnist")
    assert len(load("mnist", split="test")) == 3
    path.write_bytes(b"<html>")
    with expect_refusal(path.name, "web page"):
        load("mnist")


def test_minigan_data_must_be_a_folder(sets, monkeypatch, tmp_path):
    monkeypatch.setenv("MINIGAN_DATA", str(tmp_path / "none"))
    with expect_refusal("MINIGAN_DATA", tmp_path / "none", "no folder"):
        load("mnist")


def test_the_published_table():
    for full in FULL_SETS.values():
        assert len(full.mirrors) == 2
        assert all(url.endswith("/") for url in full.mirrors)
        files = [file for pair in full.parts.values() for file in pair]
        assert len({file.sha256 for file in files} | {file.content for file in files}) == 8
        assert all(len(file.sha256) == len(file.content) == 64 for file in files)
    sizes = [file.size for pair in FULL_SETS["mnist"].parts.values() for file in pair]
    assert sizes == [9_912_422, 28_881, 1_648_877, 4_542]


def full_set(name):
    """A full set, where MINIGAN_DATA has it."""
    folder = os.environ.get("MINIGAN_DATA")
    if not folder:
        pytest.skip("MINIGAN_DATA is not set: the full sets are not on this machine")
    data, test = load(name), load(name, split="test")
    assert folder in data.description
    return data, test


def test_the_full_mnist():
    data, test = full_set("mnist")
    assert np.bincount(data.labels).tolist() == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]  # fmt: skip
    assert np.bincount(test.labels).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    assert abs(data.x.mean() / 255 - 0.13066) < 5e-6
    assert abs((data.x / np.float32(255)).std(dtype=np.float64) - 0.30811) < 5e-6
    images = np.concatenate([data.x, test.x]).reshape(70_000, -1)
    assert len({row.tobytes() for row in images}) == 70_000
    small = load("mnist12k")
    assert np.array_equal(small.x, data.x[:10_000])
    assert np.array_equal(small.labels, data.labels[:10_000])
    small = load("mnist12k", split="test")
    assert np.array_equal(small.x, test.x[::5])
    assert np.array_equal(small.labels, test.labels[::5])


def test_the_full_fashion_mnist():
    data, test = full_set("fashion-mnist")
    assert np.bincount(data.labels).tolist() == [6000] * 10
    assert np.bincount(test.labels).tolist() == [1000] * 10
