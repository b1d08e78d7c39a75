"""load by name, the embedded digits, describe, and export with its way back."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from data_errors import expect_refusal
from PIL import Image

from minigan.data import DEFAULT, NAMES, DataError, Dataset, describe, export, load


def rows(x):
    return {row.tobytes() for row in x.reshape(len(x), -1)}


def test_the_default_is_the_first_10000_training_digits():
    data = load()
    assert data.name == DEFAULT == "mnist12k"
    assert data.x.shape == (10_000, 28, 28, 1)
    assert data.x.dtype == np.uint8
    assert (data.top, data.x.min(), data.x.max()) == (255.0, 0, 255)
    assert data.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]  # as on MNIST's page
    assert np.bincount(data.labels).tolist() == [
        1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978,
    ]  # fmt: skip
    assert "CC BY-SA 3.0" in data.description


def test_the_embedded_digits_are_distinct_and_no_test_digit_is_in_train():
    train, test = load("mnist12k"), load("mnist12k", split="test")
    assert test.x.shape == (2_000, 28, 28, 1)
    assert test.labels[:3].tolist() == [7, 1, 0]  # digits 0, 5 and 10 of the test set
    assert len(rows(train.x)) == 10_000
    assert len(rows(test.x)) == 2_000
    assert not rows(train.x) & rows(test.x)


def test_digits8x8_has_1797_digits_of_0_to_16():
    data = load("digits8x8")
    assert data.x.shape == (1_797, 8, 8, 1)
    assert (data.top, data.x.min(), data.x.max()) == (16.0, 0, 16)
    assert np.bincount(data.labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    with expect_refusal("digits8x8", "no part 'test'", "only train"):
        load("digits8x8", split="test")


@pytest.mark.parametrize("split", ["valid", "", None])
def test_a_split_is_one_of_three(split):
    with expect_refusal(f"split is {split!r}", "'train', 'validation' or 'test'"):
        load(split=split)


def test_an_unknown_name_lists_the_names():
    with expect_refusal("'mnsit'", *NAMES, ".npz"):
        load("mnsit")
    for spec in ("", "folder:", "csv:"):
        with expect_refusal(f"no data named {spec!r}"):
            load(spec)


def test_a_name_goes_before_a_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ring").mkdir()
    assert load("ring").kind == "vectors"
    with expect_refusal("no picture"):
        load("./ring")
    with expect_refusal("no picture"):
        load(Path("ring"))


def test_the_home_folder_may_be_written_as_a_tilde(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    np.savez(tmp_path / "d.npz", a=np.zeros((2, 3, 3), "u1"))
    for spec in ("~/d.npz", "~/d.npz[a]"):
        assert load(spec).shape == (3, 3, 1)


def test_a_file_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "weights.pt"
    path.write_bytes(b"x")
    with expect_refusal(path, "a kind that is not read", ".npy"):
        load(path)


@pytest.mark.parametrize(
    ("option", "value"), [("images", "dir"), ("resize", 8), ("layout", "NHW"), ("color", False)]
)
def test_an_option_that_would_be_ignored_is_refused(tmp_path, option, value):
    np.save(tmp_path / "x.npy", np.zeros((2, 3, 3), "u1"))
    Image.new("L", (3, 3)).save(tmp_path / "0.png")
    (tmp_path / "x.csv").write_text("filename\n0.png\n")
    takes = {
        "mnist12k": (),
        "ring": (),
        "mnist": (),
        str(tmp_path): ("resize", "color"),
        str(tmp_path / "x.csv"): ("images", "resize", "color"),
        str(tmp_path / "x.npy"): ("layout",),
    }
    for spec, known in takes.items():
        if option not in known:
            with expect_refusal(f"{option} is {value}", "means nothing", " and ".join(known)):
                load(spec, **{option: value})


def test_own_data_has_no_test_part(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((2, 3, 3), "u1"))
    with expect_refusal("x.npy", "one part"):
        load(tmp_path / "x.npy", split="test")


def test_describe_has_a_line_for_each_name_that_agrees_with_what_is_loaded():
    entries = {entry.name: entry for entry in describe()}
    assert tuple(entries) == NAMES
    for name in ("mnist12k", "digits8x8", "gaussian", "ring", "grid"):
        data = load(name)
        assert entries[name].examples == len(data)
        assert entries[name].shape == data.shape
    assert entries["mnist12k"].source == "embedded"
    assert entries["mnist"].examples == 60_000
    assert all(entry.licence for entry in entries.values())


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("labelled", [True, False])
def test_export_and_load_are_inverse(tmp_path, channels, labelled):
    x = np.random.default_rng(0).integers(0, 256, (12, 5, 4, channels), "u1")
    labels = np.arange(12) % 3 if labelled else None
    table = export(Dataset("noise", x, labels), tmp_path / "new" / "Train")
    data = load(f"csv:{table}")
    assert np.array_equal(data.x, x)
    if labelled:
        assert np.array_equal(data.labels, labels)
    else:
        assert data.labels is None
    with table.open(newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["filename", "label"][: len(lines[0])]
    assert [line[0] for line in lines[1:]] == [f"{i}.png" for i in range(12)]
    assert np.array_equal(load(table.parent / "Images" / "train").x, x)  # 10.png after 9.png


@pytest.mark.parametrize(
    ("x", "top", "expected"),
    [
        (np.array([0, 8, 16], "u1"), 16.0, [0, 128, 255]),
        (np.array([0, 1, 1], "u1"), 1.0, [0, 255, 255]),
        (np.array([0, 0.5, 1], "f4"), 1.0, [0, 128, 255]),
    ],
)
def test_white_is_exported_as_255(tmp_path, x, top, expected):
    table = export(Dataset("x", x.reshape(3, 1, 1, 1), top=top), tmp_path / "out")
    assert load(table).x.ravel().tolist() == expected


def test_export_refuses_what_would_be_lost(tmp_path):
    with expect_refusal("ring", "vectors of shape (2,)", "PNG"):
        export(load("ring"), tmp_path / "a")
    four = Dataset("four", np.zeros((1, 2, 2, 4), "u1"))
    with expect_refusal("four", "(2, 2, 4)"):
        export(four, tmp_path / "a")
    one = Dataset("one", np.zeros((1, 2, 2, 1), "u1"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("keep")
    for folder in (tmp_path / "full", tmp_path / "full" / "mine.txt"):
        with expect_refusal(folder, "no empty folder"):
            export(one, folder)
    with expect_refusal("cannot be written"):
        export(one, tmp_path / "full" / "mine.txt" / "under")
    assert (tmp_path / "full" / "mine.txt").read_text() == "keep"
    assert not (tmp_path / "a").exists()
    (tmp_path / "empty").mkdir()
    assert export(one, str(tmp_path / "empty")).is_file()


def test_an_interrupted_export_leaves_no_table(tmp_path, monkeypatch):
    x = np.zeros((3, 2, 2, 1), "u1")
    saved = Image.Image.save

    def save(image, path, *args, **kwargs):
        if path.name == "2.png":
            raise OSError(28, "No space left on device")
        saved(image, path, *args, **kwargs)

    monkeypatch.setattr(Image.Image, "save", save)
    with expect_refusal(tmp_path / "out", "cannot be written", "No space left"):
        export(Dataset("x", x), tmp_path / "out")
    assert not (tmp_path / "out" / "train.csv").exists()


def test_a_damaged_package_file_is_named(tmp_path, monkeypatch):
    (tmp_path / "mnist12k.npz").write_bytes(b"PK broken")
    monkeypatch.setattr("minigan.data.embedded.files", lambda package: tmp_path)
    with expect_refusal("mnist12k", "damaged", "install minigan again"):
        load()


def test_a_data_error_is_a_value_error():
    assert issubclass(DataError, ValueError)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name here")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "x.npy")
    for spec in (tmp_path / "x.npy", f"csv:{tmp_path / 'x.npy'}", "csv:/dev/null"):
        with expect_refusal("a pipe or a device, which cannot be read twice"):
            load(spec)
