"""The films of a run folder that a stranger sent, and mirrors that answer oddly."""

from __future__ import annotations

import os

import pytest
from data_errors import expect_refusal
from data_fixtures import home, serve, sets
from data_sets import mirrors
from PIL import Image
from test_data_strangers import png
from test_page import drawn, log, write

from minigan.data import load
from minigan.pictures import write_film

__all__ = ["home", "serve", "sets"]
FRAMES = {
    "a pipe": os.mkfifo,
    "a bomb of 60,000 x 60,000": lambda path: path.write_bytes(png(60_000, 60_000)),
    "a bomb of 9,000 x 9,000": lambda path: path.write_bytes(png(9000, 9000)),
    "a folder": os.mkdir,
    "a link to nothing": lambda path: path.symlink_to("nothing"),
    "a web page": lambda path: path.write_bytes(b"<html>"),
}


@pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("step", [0, 10, 20])
def test_a_frame_that_is_no_picture_is_left_out(tmp_path, make, step):
    frames = drawn(tmp_path)
    frames[step].unlink()
    make(frames[step])
    assert list(write(tmp_path, frames).frames()) == [s for s in frames if s != step]
    write_film(tmp_path / "film.gif", list(frames.values()))
    with Image.open(tmp_path / "film.gif") as film:
        assert film.n_frames == 2


def test_a_page_is_whole_whatever_numbers_a_log_holds(tmp_path):
    extremes = [float("nan"), float("inf"), -float("inf"), 1.7e308]
    rows = log(**dict.fromkeys(("V", "loss_G", "D_real"), extremes))
    page = write(tmp_path, rows=rows)
    assert page.film["log"]["V"] == [None, None, None, 1.7e308]


def test_a_title_that_is_no_utf8_is_written(tmp_path):
    page = write(tmp_path, title=os.fsdecode(b"a\xff\x1b<b>"))
    assert [text for _, text in page.all("h1")] == ["a\\udcff\\x1b<b>"]


def moved_to(value):
    return 302, {"Location": value}, b""


ANSWERS = {
    "no host": moved_to("http://a..b/"),
    "no address": moved_to("http://[::1/x"),
    "no number of a port": moved_to("http://127.0.0.1:x/"),
    "a file": moved_to("file:///etc/passwd"),
    "itself": moved_to("train-images-idx3-ubyte.gz"),
    "colours": (200, {"Content-Encoding": "\x1b[31m", "Transfer-Encoding": "chunked"}, b"z\r\n"),
    "a reason of colours": (500, {}, b"\x1b[2J"),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_odd_answer_is_one_line_and_leaves_nothing(sets, home, serve, monkeypatch, answer):
    mirrors(monkeypatch, "mnist", serve({"train-images-idx3-ubyte.gz": answer}))
    with expect_refusal("could not be downloaded", "127.0.0.1"):
        load("mnist")
    assert not [path for path in home.rglob("*") if path.is_file()]
