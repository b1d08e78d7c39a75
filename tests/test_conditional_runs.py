"""Runs of the conditional game: pictures with a row a label, samples to order, and refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import short_runs
from command_line import run as command
from PIL import Image
from short_runs import run

from minigan import checkpoint
from minigan.backend import Random
from minigan.conditional import relabelled
from minigan.data import Dataset, load
from minigan.pictures import write_grid
from minigan.training import frames, load_generator, sample
from minigan.training import sampling as sampling_module
from minigan.training.folder import RunError
from minigan.training.watch import place

small_models, quick_pictures = short_runs.small_models, short_runs.quick_pictures
X = np.random.default_rng(0).integers(0, 255, (60, 4, 4, 1), dtype=np.uint8)


def labelled(labels: Any, name: str = "mine") -> Dataset:
    return Dataset(name, X[: len(labels)], np.asarray(labels))


@pytest.fixture
def grids(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Any, list[int]]]:
    """What is handed to write_grid: images, columns, names of the rows."""
    seen: list[tuple[Any, Any, list[int]]] = []

    def watched(path: Path, images: Any, columns: Any = None, rows: Any = ()) -> None:
        seen.append((images, columns, list(rows)))
        write_grid(path, images, columns, rows)

    for module in (frames, sampling_module):
        monkeypatch.setattr(module, "write_grid", watched)
    return seen


def test_the_picture_of_a_run_has_a_row_for_each_label_and_the_same_z_in_a_column(grids):
    done = run("cgan", steps=3)
    images, columns, rows = grids[-1]
    assert (len(images), columns, rows) == (100, 10, list(range(10)))
    z = load_generator(done.folder).model.noise(Random(0).child("samples"), [1] * 10)(10)
    units = load_generator(done.folder).units
    for row in (0, 7):
        w = done.G(relabelled(z, [row] * 10, 10))
        assert (w[:, 64:].argmax(axis=1) == row).all()
        assert (units.pixels(w) == images[10 * row : 10 * row + 10]).all()


def test_a_picture_shows_no_more_than_twenty_labels(grids):
    run("cgan", labelled(np.arange(60) % 30), steps=1)
    images, columns, rows = grids[-1]
    assert (len(images), columns, rows) == (200, 10, list(range(20)))


def test_the_rows_of_the_picture_are_named(tmp_path):
    done = run("cgan", steps=1)
    with Image.open(done.folder / "samples.png") as picture:
        assert picture.width > picture.height == 10 * (7 * 8 + 2) - 2  # the names stand on the left
        margin = np.asarray(picture)[:, : picture.width - 578]
    with_text = [(margin[58 * i : 58 * i + 56] > 128).any() for i in range(10)]
    assert with_text == [True] * 10


def test_samples_of_one_label():
    saved = load_generator(run("cgan", steps=5).folder)
    outputs = saved.outputs(300, seed=1, labels=[7] * 300)
    assert (outputs[:, 64:].argmax(axis=1) == 7).all()
    other = saved.outputs(300, seed=1, labels=[2] * 300)
    assert (other[:, :64] != outputs[:, :64]).any()
    assert saved.values(300, labels=[7] * 300).shape == (300, 8, 8, 1)


def test_samples_without_a_label_have_the_shares_of_the_data():
    data = labelled([5] * 40 + [9] * 20)
    saved = load_generator(run("cgan", data, steps=2).folder)
    outputs = saved.outputs(6000)
    assert outputs.shape == (6000, 16 + 2)
    assert outputs[:, 16].mean() == pytest.approx(2 / 3, abs=5 * (2 / 9 / 6000) ** 0.5)


def test_samples_of_each_label_stand_in_the_order_of_the_labels(grids):
    folder = run("cgan", labelled([30, 10, 20] * 20), steps=2).folder
    saved = load_generator(folder)
    for settings, labels, columns, rows in (
        ({}, [10] * 10 + [20] * 10 + [30] * 10, 10, [10, 20, 30]),
        ({"count": 6}, [10, 10, 20, 20, 30, 30], 2, [10, 20, 30]),
        ({"count": 7}, [10, 10, 10, 20, 20, 30, 30], None, []),
        ({"count": 4, "label": 20}, [20] * 4, None, []),
        ({"label": 30}, [30] * 64, None, []),
    ):
        sample(folder, **settings)
        expected = saved.units.pixels(saved.outputs(len(labels), labels=labels))
        assert (grids[-1][0] == expected).all()
        assert grids[-1][1:] == (columns, rows)
    numbers = np.load(sample(folder, 6, out="x.npy"))
    expected = saved.values(6, labels=[10, 10, 20, 20, 30, 30])
    assert numbers == pytest.approx(expected, abs=1e-4)


def test_vectors_with_labels_train_and_are_sampled_in_their_units():
    rows = "\n".join(f"{100 + 50 * (i % 2) + i % 7},{-(i % 5)},{'ab'[i % 2]}" for i in range(64))
    Path("points.csv").write_text(f"u,v,label\n{rows}\n")
    done = run("cgan", "points.csv", steps=3)
    config = json.loads((done.folder / "config.json").read_text())
    assert config["data"]["units"]["labels"] == [0, 1]
    assert config["data"]["units"]["counts"] == [32, 32]
    assert np.load(sample(done.folder, 5, out="x.npy", label=1)).shape == (5, 2)
    one = run("cgan", Dataset("line", np.ones((20, 1), np.float32), np.arange(20) % 2), steps=2)
    assert load_generator(one.folder).values(3).shape == (3, 1)


def test_the_labels_belong_to_the_data_that_a_run_is_resumed_with():
    labels = np.arange(60) % 3
    run("cgan", labelled(labels), steps=2)
    for other in (labels[::-1], None):
        with pytest.raises(RunError, match=r"'mine' \(60 examples\) are not those that"):
            run(None, Dataset("mine", X, other), resume=True, steps=4)
    assert run(None, labelled(labels), resume=True, steps=4).step == 4
    run(data=labelled(labels), steps=2, out="plain")  # another model has no use for them
    assert run(None, labelled(labels[::-1]), resume=True, steps=4, out="plain").step == 4


def test_a_run_from_before_there_were_labels_can_be_read():
    folder = run("mlp", steps=1).folder
    config = json.loads((folder / "config.json").read_text())
    del config["data"]["units"]["labels"], config["data"]["units"]["counts"]
    (folder / "config.json").write_text(json.dumps(config))
    arrays, meta = checkpoint.load(folder / "checkpoint.npz")
    checkpoint.save(folder / "checkpoint.npz", arrays, meta | {"config": config})
    assert load_generator(folder).values(3).shape == (3, 8, 8, 1)
    assert run(None, resume=True, steps=2).step == 2


def test_a_message_about_a_layer_inside_names_it():
    done = run("cgan", steps=1)
    inner = done.G.layers[0].layers[3]
    assert place("G", done.G, "0.3.W") == f"G layer 0.3, {inner!r}, parameter W"


def test_data_without_labels_or_with_too_many_is_one_sentence():
    for data, words in (
        (
            Dataset("bare", X),
            "bare has no labels, and cgan learns what each label looks like: give",
        ),
        (
            Dataset("ids", np.zeros((1001, 1, 1, 1), np.uint8), np.arange(1001)),
            "ids has 1,001 different labels, and cgan takes a column for each, at most 1,000",
        ),
    ):
        with pytest.raises(RunError) as caught:
            run("cgan", data, steps=1)
        assert words in str(caught.value)
        assert "\n" not in str(caught.value)
    assert list(Path().rglob("*")) == []


def test_a_label_that_the_run_has_not_is_one_sentence():
    folder, plain = run("cgan", steps=1).folder, run("mlp", steps=1).folder
    many = run("cgan", labelled(np.arange(60) % 30), steps=1).folder
    for where, label, words in (
        (folder, 10, "label is 10, expected one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9."),
        (many, -1, "18, 19, …."),
        (plain, 0, "label is 0, but the run is of mlp, which knows no labels: leave it out"),
    ):
        with pytest.raises(RunError) as caught:
            sample(where, label=label)
        assert words in str(caught.value)
        assert "\n" not in str(caught.value)


def test_the_command_line_samples_to_order(capsys):
    argv = ("train", "cgan", "--data", "digits8x8", "--steps", "2", "--quiet", "--device", "cpu")
    assert command(*argv, capsys=capsys)[0] == 0
    argv = ("sample", "runs/cgan", "--label", "7", "--count", "4", "--out", "sevens.npy")
    assert command(*argv, capsys=capsys)[0] == 0
    expected = load_generator("runs/cgan").values(4, labels=[7] * 4)
    assert np.load("sevens.npy") == pytest.approx(expected, abs=1e-4)
    for label, words in (("77", "label is 77, expected one of 0, 1"), ("six", "'six'")):
        status, _, err = command("sample", "runs/cgan", "--label", label, capsys=capsys)
        assert (status, err.count("\n")) == (2, 1)
        assert words in err
    status, _, err = command("train", "cgan", "--data", "ring", capsys=capsys)
    assert (status, err.count("\n")) == (2, 1)
    assert "ring has no labels" in err


def test_a_resumed_run_on_the_device_and_its_samples_are_those_of_the_cpu(double):
    for device in ("cpu", "cuda"):
        run("cgan", steps=4, out=device, device=device)
        run(None, resume=True, steps=6, out=device)
    here, there = (load_generator(device, device=device) for device in ("cpu", "cuda"))
    labels = [1, 2] * 10
    assert (there.outputs(20, labels=labels) == here.outputs(20, labels=labels)).all()
    assert (there.outputs(20) == here.outputs(20)).all()
    names = [Path(device, "samples.png").read_bytes() for device in ("cpu", "cuda")]
    assert names[0] == names[1]


def test_embedded_digits_have_their_labels():
    for name in ("mnist12k", "digits8x8"):
        assert list(load(name).classes) == list(range(10))
    assert sum(load("mnist12k").classes.values()) == 10_000
