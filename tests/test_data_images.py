"""Folders of pictures, and the tables that name them, made in tmp_path."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from data_errors import expect_refusal
from PIL import Image

from minigan.data import DataError, load
from minigan.data.images import natural


def picture(path, value, size=(6, 4), mode="L"):
    """One flat picture, size = (width, height); returns its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, value).save(path)
    return path


def firsts(data):
    """The first channel of the first pixel of each picture."""
    return data.x[:, 0, 0, 0].tolist()


def test_a_folder_is_read_in_natural_order(tmp_path):
    for i in (1, 2, 10, 11, 100):
        picture(tmp_path / f"{i}.png", i)
    data = load(f"folder:{tmp_path}")
    assert firsts(data) == [1, 2, 10, 11, 100]
    assert data.x.shape == (5, 4, 6, 1)  # rows first: height, width
    assert data.x.dtype == np.uint8
    assert data.labels is None
    assert firsts(load(tmp_path)) == firsts(data)


def test_natural_order_is_total():
    names = ["a1", "a01", "a", "1", "b2c10", "b2c9", "²"]
    assert sorted(names, key=natural) == ["1", "a", "a01", "a1", "b2c9", "b2c10", "²"]


def test_sub_folders_are_classes_in_natural_order(tmp_path):
    for name, value in (("class 10", 30), ("class 2", 20)):
        for i in range(2):
            picture(tmp_path / name / f"{i}.PNG", value + i)
    (tmp_path / "empty").mkdir()
    data = load(tmp_path)
    assert firsts(data) == [20, 21, 30, 31]
    assert data.labels.tolist() == [0, 0, 1, 1]
    assert "class 2, class 10" in data.description


@pytest.mark.parametrize("suffix", ["png", "jpg", "jpeg", "bmp", "JPG"])
def test_each_format_is_read(tmp_path, suffix):
    picture(tmp_path / f"0.{suffix}", 77)
    assert np.all(load(tmp_path).x == 77)


def test_a_folder_whose_pictures_a_table_names_points_to_the_table(tmp_path):
    for name in ("Data/test.csv", "Data/Train/train.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text("filename\n0.png\n")
    table = tmp_path / "Data" / "Train" / "train.csv"
    for folder in ("Data", "Data/Train"):
        with expect_refusal("no picture", f"give the table, {table}"):
            load(tmp_path / folder)
    (tmp_path / "none").mkdir()
    with expect_refusal("no picture", ".bmp."):
        load(tmp_path / "none")


def test_hidden_files_and_other_files_are_left_out(tmp_path):
    picture(tmp_path / "0.png", 5)
    (tmp_path / "._0.png").write_bytes(b"not a picture")  # as macOS leaves in archives
    (tmp_path / "notes.txt").write_text("hello")
    picture(tmp_path / ".thumbnails" / "0.png", 5)
    assert firsts(load(tmp_path)) == [5]


def test_grey_files_make_one_channel_and_one_coloured_file_makes_three(tmp_path):
    picture(tmp_path / "0.png", 9)
    picture(tmp_path / "1.png", 1, mode="1")
    assert load(tmp_path).x.shape == (2, 4, 6, 1)
    assert firsts(load(tmp_path)) == [9, 255]
    picture(tmp_path / "2.png", (10, 20, 30), mode="RGB")
    data = load(tmp_path)
    assert data.x.shape == (3, 4, 6, 3)
    assert data.x[0, 0, 0].tolist() == [9, 9, 9]
    assert data.x[2, 0, 0].tolist() == [10, 20, 30]
    assert load(tmp_path, color=False).x.shape == (3, 4, 6, 1)


def test_color_true_makes_three_channels_of_grey(tmp_path):
    picture(tmp_path / "0.png", 9)
    assert load(tmp_path, color=True).x.shape == (1, 4, 6, 3)


def test_a_palette_is_looked_up(tmp_path):
    image = Image.new("RGB", (6, 4), (200, 100, 0)).convert("P", palette=Image.Palette.ADAPTIVE)
    image.save(tmp_path / "0.png")
    assert np.abs(load(tmp_path).x[0, 0, 0].astype(int) - [200, 100, 0]).max() <= 4


@pytest.mark.parametrize(
    ("mode", "value"), [("RGBA", (10, 20, 30, 0)), ("LA", (10, 0)), ("RGBA", (0, 0, 0, 0))]
)
def test_transparent_pixels_become_white(tmp_path, mode, value):
    picture(tmp_path / "0.png", value, mode=mode)
    data = load(tmp_path)
    assert np.all(data.x == 255)
    assert data.shape[2] == (1 if mode == "LA" else 3)


def test_a_transparent_colour_becomes_white(tmp_path):
    Image.new("L", (6, 4), 7).save(tmp_path / "0.png", transparency=7)
    assert np.all(load(tmp_path).x == 255)


def test_a_cameras_rotation_mark_is_obeyed(tmp_path):
    image = Image.new("L", (6, 4), 0)
    image.putpixel((0, 0), 255)
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    image.save(tmp_path / "0.png", exif=exif)
    data = load(tmp_path)
    assert data.shape == (6, 4, 1)
    assert data.x[0, 0, -1, 0] == 255  # the corner is at the right now


def test_another_size_is_refused_with_both_names(tmp_path):
    picture(tmp_path / "0.png", 1)
    picture(tmp_path / "1.png", 1)
    picture(tmp_path / "7.png", 1, size=(8, 5))
    with expect_refusal("7.png is 8 x 5", "0.png is 6 x 4", "--resize N"):
        load(tmp_path)


def test_resize_crops_to_the_central_square_and_scales(tmp_path):
    picture(tmp_path / "0.png", 50, size=(8, 8))
    wide = Image.new("L", (24, 8), 0)
    wide.paste(200, (8, 0, 16, 8))  # the middle third
    wide.save(tmp_path / "1.png")
    data = load(tmp_path, resize=8)
    assert data.shape == (8, 8, 1)
    assert np.all(data.x[0] == 50)
    assert np.all(data.x[1] == 200)
    assert load(tmp_path, resize=3).shape == (3, 3, 1)


@pytest.mark.parametrize("resize", [0, -1, 4097, True, 2.5, "8", float("nan")])
def test_resize_is_a_side_in_pixels(tmp_path, resize):
    picture(tmp_path / "0.png", 1)
    with pytest.raises((DataError, TypeError)) as caught:
        load(tmp_path, resize=resize)
    assert f"resize is {resize!r}, expected a side of 1 to 4096 pixels" in str(caught.value)


def test_a_folder_without_pictures_is_refused(tmp_path):
    with expect_refusal(tmp_path, "no picture", ".png, .jpg, .jpeg, .bmp"):
        load(tmp_path)
    with expect_refusal("no such path", tmp_path / "none"):
        load(f"folder:{tmp_path / 'none'}")
    file = picture(tmp_path / "0.png", 1)
    with expect_refusal("no such folder", file):
        load(f"folder:{file}")
    with expect_refusal("0.png", "give the folder"):
        load(str(file))


def test_pictures_in_the_folder_and_in_sub_folders_are_refused(tmp_path):
    picture(tmp_path / "0.png", 1)
    picture(tmp_path / "cats" / "1.png", 1)
    with expect_refusal(tmp_path, "0.png", "cats", "one place"):
        load(tmp_path)


def test_a_damaged_picture_is_named(tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "0.png"
    Image.fromarray(rng.integers(0, 256, (40, 40), "u1")).save(path)
    good = path.read_bytes()
    for content in (b"", b"<html>", good[:60], good[:900], good[:300] + b"xxxx" + good[304:]):
        path.write_bytes(content)
        with expect_refusal(path, "cannot be read as a picture"):
            load(tmp_path)


def test_sixteen_bit_pixels_are_refused(tmp_path):
    Image.fromarray(np.full((4, 4), 40_000, np.uint16)).save(tmp_path / "0.png")
    with expect_refusal("0.png", "mode I;16", "8 bits"):
        load(tmp_path)


def test_a_picture_bomb_is_refused(tmp_path, monkeypatch):
    picture(tmp_path / "0.png", 0, size=(50, 50))
    for most in (2000, 1000):  # above the limit, and above twice the limit
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", most)
        with expect_refusal("0.png", "too many pixels"):
            load(tmp_path)


def test_more_pixels_than_memory_should_hold_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("minigan.data.images.LARGEST", 47)
    for i in range(2):
        picture(tmp_path / f"{i}.png", 0)
    with expect_refusal("2 pictures of 4 x 6 x 1", "--resize N"):
        load(tmp_path)
    assert len(load(tmp_path, resize=4)) == 2


def test_remarks_on_a_pictures_tags_are_not_passed_on(tmp_path):
    """A tag whose value lies outside the file: Pillow warns, and warnings are errors here."""
    tag = b"Exif\0\0II*\0" + struct.pack("<IHHHIII", 8, 1, 257, 4, 1000, 9999, 0)
    Image.new("L", (6, 4), 7).save(tmp_path / "0.jpg", exif=tag)
    assert load(tmp_path).x.shape == (1, 4, 6, 1)
