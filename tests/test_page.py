"""The page of a film: whole, self-contained, and what it shows is what it was given."""

import math
import re

import numpy as np
import pytest
from html_pages import Page
from PIL import Image

from minigan import page as pages
from minigan.page import COLUMNS, thinned, write_page

RNG = np.random.default_rng(0)


def drawn(folder, steps=(0, 10, 20), mode="L"):
    """A picture for each step, all grey values in it."""
    frames = {}
    for step in steps:
        frames[step] = folder / f"{step}.png"
        pixels = RNG.integers(0, 256, size=(20, 30) + (3,) * (mode == "RGB"), dtype=np.uint8)
        Image.fromarray(pixels).save(frames[step])
    return frames


def log(rows=4, **columns):
    values = {name: (np.arange(rows) / 10 - 1).tolist() for name in COLUMNS}
    return values | {"step": [1.0 + 10 * i for i in range(rows)]} | columns


def write(folder, frames=None, rows=None, **words):
    frames = drawn(folder) if frames is None else frames
    write_page(folder / "film.html", frames, rows or log(), **({"title": "a run"} | words))
    return Page(folder / "film.html")


def test_every_picture_is_in_the_page_with_its_step_and_words_for_who_cannot_see_it(tmp_path):
    frames = drawn(tmp_path, (0, 500, 12_000))
    page = write(tmp_path, frames)
    assert page.film["steps"] == list(page.frames()) == [0, 500, 12_000]
    assert [image["alt"] for image, _ in page.all("img")] == ["step 0", "step 500", "step 12,000"]
    assert all("hidden" in image for image, _ in page.all("img"))  # the script shows one
    for step, shown in page.frames().items():
        with Image.open(frames[step]) as picture:
            meant = np.asarray(picture.convert("RGB"), dtype=int)
        assert np.abs(shown - meant).max() <= 5  # 32 greys
        assert shown[meant == 0].max(initial=0) == 0
        assert shown[meant == 255].min(initial=255) == 255


def test_pictures_in_colour_keep_their_colours(tmp_path):
    Image.new("RGB", (8, 8), (200, 30, 90)).save(tmp_path / "a.png")
    page = write(tmp_path, {3: tmp_path / "a.png"})
    assert page.frames()[3][0, 0].tolist() == [200, 30, 90]


def test_the_areas_of_a_drawing_keep_their_colours(tmp_path):
    pixels = RNG.integers(0, 40, size=(100, 100, 3), dtype=np.uint8)  # points and letters
    pale = {(255, 255, 255): 30, (248, 251, 253): 50, (252, 246, 240): 70}  # D(x) around 1/2
    for colour, row in pale.items():
        pixels[row : row + 20] = colour
    Image.fromarray(pixels).save(tmp_path / "a.png")
    shown = write(tmp_path, {3: tmp_path / "a.png"}).frames()[3].astype(int)
    for colour, row in pale.items():
        assert np.abs(shown[row : row + 20] - colour).max() <= 1


def test_a_photograph_keeps_its_colours_roughly(tmp_path):
    frames = drawn(tmp_path, (0,))
    pixels = np.indices((256, 256)).transpose(1, 2, 0).astype(np.uint8)
    pixels = np.concatenate([pixels, pixels[:, :, :1] ^ pixels[:, :, 1:]], axis=2)
    Image.fromarray(pixels).save(frames[0])
    shown = write(tmp_path, frames).frames()[0].astype(int)
    assert np.abs(shown - pixels).mean() < 20


def test_the_page_asks_for_nothing_and_says_so_to_the_browser(tmp_path):
    page = write(tmp_path)
    assert not re.search(r"https?:|//[a-z]|@import|url\(|fetch\(|XMLHttp", page.text)
    addresses = [
        value
        for _, attributes, _ in page.elements
        for name, value in attributes.items()
        if name in ("src", "href", "action", "srcset", "poster", "data")
    ]
    assert addresses
    assert all(address.startswith("data:") for address in addresses)
    [(policy, _)] = page.all("meta", **{"http-equiv": "Content-Security-Policy"})
    assert policy["content"].startswith("default-src 'none'; img-src data:;")
    [(viewport, _)] = page.all("meta", name="viewport")
    assert "width=device-width" in viewport["content"]
    assert "prefers-color-scheme: dark" in page.text


def test_every_control_has_a_name_and_the_plots_have_words(tmp_path):
    page = write(tmp_path)
    for tag in ("button", "select", "input"):
        assert page.all(tag)
        for attributes, text in page.all(tag):
            assert attributes.get("aria-label") or text.strip(), attributes
    assert [button["id"] for button, _ in page.all("button")] == ["play", "back", "forward"]
    labels = [svg["aria-label"] for svg, _ in page.all("svg", role="img")]
    assert labels == [
        "V(D, G) over the steps",
        "loss of G (non-saturating) over the steps",
        "D(x) and D(G(z)) over the steps",
    ]
    assert page.all("html", lang="en")
    ids = [attributes["id"] for _, attributes, _ in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    asked = set(re.findall(r'\bat\("(\w+)"\)', page.text))
    assert asked <= set(ids)


@pytest.mark.parametrize("title", ["<b>", "a & b", "{{frames}}", "</script><script>alert(1)"])
def test_a_title_is_text_whatever_is_in_it(tmp_path, title):
    plain = write(tmp_path)
    page = write(tmp_path, settings=title, title=title, words=[title], objective=title)
    assert [text for _, text in page.all("title")] == [title]
    assert [text for _, text in page.all("h1")] == [title]
    assert page.all("li")[0][1] == title
    assert title in [text for _, text in page.all("p")]
    tags = [tag for tag, _, _ in page.elements]
    tags.remove("li")
    assert tags == [tag for tag, _, _ in plain.elements]


def test_a_long_film_has_100_pictures_with_the_first_and_the_last(tmp_path):
    picture = drawn(tmp_path, (0,))[0]
    steps = list(write(tmp_path, dict.fromkeys(range(0, 2500, 10), picture)).frames())
    assert len(steps) == 100
    assert (steps[0], steps[-1]) == (0, 2490)
    assert max(np.diff(steps)) <= 30


def test_heavy_pictures_are_fewer(tmp_path, monkeypatch):
    frames = drawn(tmp_path, range(40))
    weight = len(pages._small(frames[39]))
    monkeypatch.setattr(pages, "BYTES", 10.5 * weight)
    steps = list(write(tmp_path, frames).frames())
    assert len(steps) == 10
    assert (steps[0], steps[-1]) == (0, 39)
    monkeypatch.setattr(pages, "BYTES", 1)
    assert list(write(tmp_path, frames).frames()) == [0, 39]


@pytest.mark.parametrize("broken", [[0], [20], [10, 20]])
@pytest.mark.parametrize("content", [b"", b"half", 60])
def test_a_damaged_picture_is_left_out(tmp_path, broken, content):
    frames = drawn(tmp_path)
    for step in broken:
        good = frames[step].read_bytes()
        frames[step].write_bytes(good[:content] if isinstance(content, int) else content)
    assert list(write(tmp_path, frames).frames()) == [s for s in frames if s not in broken]


def test_a_page_without_pictures_is_refused(tmp_path):
    (tmp_path / "bad.png").write_bytes(b"no")
    for frames in ({}, {3: tmp_path / "bad.png"}, {3: tmp_path / "missing.png"}):
        with pytest.raises(ValueError, match="got no frames"):
            write(tmp_path, frames)
    assert not (tmp_path / "film.html").exists()


def test_the_same_film_gives_the_same_bytes_and_a_failure_leaves_the_old_one(tmp_path, monkeypatch):
    frames = drawn(tmp_path)
    write(tmp_path, frames)
    before = (tmp_path / "film.html").read_bytes()
    write(tmp_path, frames)
    assert (tmp_path / "film.html").read_bytes() == before

    def full(self, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(tmp_path), "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        write(tmp_path, frames, title="another")
    assert (tmp_path / "film.html").read_bytes() == before
    assert not list(tmp_path.glob(".*"))


def points(d):
    """The pieces of an SVG path, as lists of points."""
    pieces = [piece.replace("h0", "") for piece in d.split("M")[1:]]
    return [[tuple(map(float, p.split())) for p in piece.split("L")] for piece in pieces]


def test_the_curves_are_the_columns_of_the_log(tmp_path):
    real, fake = [1.0, 0.5, 0.75, 0.5], [0.0, 0.25, 0.5, 0.5]
    page = write(tmp_path, rows=log(D_real=real, D_fake=fake))  # steps 1, 11, 21, 31
    curves = [(path["class"], points(path["d"])) for path, _ in page.all("path")]
    assert [player for player, _ in curves] == ["D", "G", "D", "G"]
    for values, (_, [curve]) in zip((real, fake), curves[2:], strict=True):
        assert [x for x, _ in curve] == pytest.approx(
            [1000 * s / 31 for s in (1, 11, 21, 31)], abs=0.1
        )
        top, bottom = 1000 * 0.08 / 1.16, 1000 * 1.08 / 1.16  # D(x) = 1 and 0
        height = [bottom - (bottom - top) * value for value in values]
        assert [y for _, y in curve] == pytest.approx(height, abs=0.1)
    assert page.film["end"] == 31
    assert page.film["log"]["D_real"] == real
    assert [cell["data-column"] for cell, _ in page.all("dd")] == list(COLUMNS)


@pytest.mark.parametrize(("objective", "loss"), [
    ("minimax", "−log 2"), ("non-saturating", "log 2"),
])  # fmt: skip
def test_dashed_lines_are_where_the_game_ends(tmp_path, objective, loss):
    constant = {"V": [-math.log(4)] * 4, "loss_G": [math.log(2)] * 4, "D_real": [0.5] * 4}
    if objective == "minimax":
        constant["loss_G"] = [-math.log(2)] * 4
    page = write(tmp_path, rows=log(**constant), objective=objective)
    assert [text for _, text in page.all("span", **{"class": "tick goal"})] == [
        "−log 4",
        loss,
        "1/2",
    ]
    goals = [line for line, _ in page.all("line", **{"class": "goal"})]
    for goal, path in zip(goals, page.all("path"), strict=False):
        heights = [y for _, y in points(path[0]["d"])[0]]
        assert heights == pytest.approx([float(goal["y1"])] * 4, abs=1)
    assert len(page.all("line", **{"class": "now"})) == 3


def test_numbers_that_are_none_are_gaps(tmp_path):
    values = [math.nan, 0.5, math.inf, 0.25, 0.5, -math.inf]
    page = write(tmp_path, rows=log(6, V=values))
    assert page.film["log"]["V"] == [None, 0.5, None, 0.25, 0.5, None]
    assert [len(piece) for piece in points(page.all("path")[0][0]["d"])] == [1, 2]
    nothing = write(tmp_path, rows=log(2, V=[math.nan] * 2, loss_G=[math.nan] * 2))
    assert nothing.all("path")[0][0]["d"] == ""


def test_a_log_without_rows_is_a_page_without_curves(tmp_path):
    page = write(tmp_path, rows=log(0))
    assert page.film["log"]["step"] == []
    assert page.film["end"] == 20
    assert [path["d"] for path, _ in page.all("path")] == [""] * 4


def test_a_long_log_is_drawn_as_means_of_its_rows(tmp_path):
    rows = log(5001)
    thin, block = thinned(rows)
    assert block == 11
    assert len(thin["step"]) == math.ceil(5001 / 11)
    for name in ("step", *COLUMNS):
        assert thin[name][3] == pytest.approx(np.mean(rows[name][33:44]), rel=1e-4)
        assert thin[name][-1] == pytest.approx(np.mean(rows[name][4994:]), rel=1e-4)
    assert "the mean of 11 log rows" in write(tmp_path, rows=rows).text
    assert thinned(log(500)) == (thinned(log(500))[0], 1)
