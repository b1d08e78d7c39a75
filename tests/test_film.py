"""`minigan film`: the page of a run folder, whatever state the folder is in."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import short_runs
from html_pages import Page
from PIL import Image
from short_runs import run, weights

from minigan.backend import Random
from minigan.cli import main
from minigan.data import Dataset
from minigan.dense import Dense
from minigan.layer import Sequential
from minigan.minibatch import MinibatchDiscrimination
from minigan.models import MODELS
from minigan.objectives import OBJECTIVES
from minigan.plane import LONGEST, pull, shortened
from minigan.reshape import Pack
from minigan.training import RunError, film, frames, train
from minigan.training import run as training
from minigan.training.filming import read_log
from minigan.training.log import COLUMNS

small_models, quick_pictures, matplotlib = (
    short_runs.small_models,
    short_runs.quick_pictures,
    short_runs.matplotlib,
)


def test_a_run_leaves_its_film_and_film_makes_it_again():
    folder = run(steps=45, seed=3).folder
    page = Page(folder / "film.html")
    assert page.film["steps"] == list(page.frames()) == [0, 20, 40, 45]
    assert page.film["log"]["step"] == [1, 7, 14, 21, 28, 35, 42]
    assert page.film["log"]["V"] == pytest.approx(read_log(folder / "log.csv")["V"], rel=1e-4)
    assert page.all("h1")[0][1] == "mlp-batchnorm on digits8x8"
    assert "seed 3, 45 steps, batches of 16, rule separate, objective non-saturating" in page.text
    assert "samples G(z) of the same z" in page.text
    before = (folder / "film.html").read_bytes()
    (folder / "film.html").unlink()
    (folder / "checkpoint.npz").unlink()  # not needed, nor are the data
    assert film(folder) == folder / "film.html"
    assert (folder / "film.html").read_bytes() == before


def test_a_game_in_the_plane_is_filmed_with_its_own_words(matplotlib):
    folder = run("gaussian-1d", "ring", steps=5, sample_every=5).folder
    page = Page(folder / "film.html")
    words = [text for _, text in page.all("li")]
    assert words[0] == "Grey points are data, green points are 1,000 samples G(z)."
    assert words[1].startswith("The colours are D(x)")
    assert words[2].startswith("The arrows are −∂L/∂G(z)")
    assert words[3] == "The thin line is the image of z from −2 to 2 under G."
    assert len(page.frames()) == 2
    with Image.open(folder / "samples.gif") as gif:
        assert (gif.n_frames, gif.size) == (2, (640, 640))


def test_the_page_says_what_a_run_does_that_most_do_not():
    options = {"smooth": 0.9, "l2": 0.01, "generators": 2, "discriminators": 3}
    text = Page(run(steps=1, **options).folder / "film.html").text
    assert "k = 1, smooth 0.9, penalties l1 0 and l2 0.01, 2 G against 3 D" in text


def test_the_page_of_a_run_with_labels_says_what_rows_and_columns_are():
    words = [text for _, text in Page(run("cgan", steps=1).folder / "film.html").all("li")]
    assert words[0].startswith("A row is a label and a column is a z")


def test_a_game_on_the_line_is_described_as_it_is_drawn():
    """Where labels stand beside x there is no D(x), and no dashed line."""
    line = Dataset("line", np.linspace(0, 1, 40, dtype=np.float32)[:, None], np.arange(40) % 2)
    for model, D in (("gaussian-1d", ", and D(x) the dashed line"), ("cgan", "")):
        page = Page(run(model, line, steps=1, out=model).folder / "film.html")
        words = [text for _, text in page.all("li")]
        assert words[0] == f"p_data is grey, p_g, the density of the samples, green{D}."


@pytest.mark.parametrize("judge", [Pack(4), MinibatchDiscrimination(1, 3, 2, Random(0))], ids=repr)
def test_a_D_that_judges_many_at_once_has_no_curve(monkeypatch, judge):
    plain, drawn = MODELS["gaussian-1d"], []

    def build(rng, shape, marginals, **sizes):
        G, _ = plain.build(rng, shape, marginals, **sizes)
        return G, Sequential(judge, Dense(4, 1, rng))

    monkeypatch.setitem(MODELS, "gaussian-1d", replace(plain, build=build))
    monkeypatch.setattr(frames, "draw_vectors", lambda path, x, data, D, title: drawn.append(D))
    monkeypatch.setattr(frames.Frames, "finish", lambda self: None)
    monkeypatch.setattr(training, "film", lambda folder: None)
    run("gaussian-1d", steps=1)
    assert set(drawn) == {None}
    monkeypatch.setitem(MODELS, "gaussian-1d", plain)
    run("gaussian-1d", steps=1, out="plain")
    assert drawn[-1][1].shape == (400,)


def test_drawing_a_game_in_the_plane_does_not_change_it(matplotlib):
    often = run("mlp-batchnorm", "ring", steps=2, sample_every=1, out="often")
    never = run("mlp-batchnorm", "ring", steps=2, sample_every=100, out="never")
    assert weights(often) == weights(never)
    assert (often.folder / "log.csv").read_bytes() == (never.folder / "log.csv").read_bytes()


def test_the_arrows_are_those_of_the_runs_objective(monkeypatch):
    views = []
    monkeypatch.setattr(frames, "write_plane", lambda path, view, title: views.append(view))
    monkeypatch.setattr(frames, "write_film", lambda path, pictures: None)
    monkeypatch.setattr(training, "film", lambda folder: None)
    for objective in OBJECTIVES.values():
        done = run("gaussian-1d", "ring", steps=1, sample_every=9, objective=objective.name)
        last = views.pop()
        fake = last.starts.astype(np.float32)
        arrows = shortened(pull(done.D, fake, objective), last.half)
        width = np.mean([high - low for low, high in last.box])
        np.testing.assert_allclose(last.tips - last.starts, LONGEST * width * arrows, atol=1e-5)
        assert np.abs(arrows).max() > 1e-3


def test_a_stopped_run_and_a_resumed_one_have_films(tmp_path):
    whole = run(steps=40, out="whole").folder
    run(steps=20, out="half")
    train(out="half", resume=True, steps=40, progress=False)
    assert (tmp_path / "half/film.html").read_bytes() == (whole / "film.html").read_bytes()


def test_a_film_of_a_run_that_was_never_saved_does_not_hinder_it():
    folder = run(steps=20).folder
    for name in ("checkpoint.npz", "curves.png", "samples.png"):
        (folder / name).unlink()
    for step in (20,):
        (folder / f"samples/step-{step:06d}.png").unlink()
    (folder / "log.csv").write_text((folder / "log.csv").read_text().split("\n")[0] + "\n")
    film(folder, gif=True)
    assert Page(folder / "film.html").film["log"]["step"] == []
    assert train(out=folder, resume=True, progress=False).step == 20


def test_names_are_text_whatever_is_in_them(capsys, tmp_path):
    folder = run(steps=5, out="<b>").folder
    assert main(["film", str(folder)]) == 0
    assert capsys.readouterr().out.startswith("<b>/film.html: ")
    config = json.loads((folder / "config.json").read_text())
    config["data"]["name"] = "<b>{{film}}"
    (folder / "config.json").write_text(json.dumps(config))
    page = Page(film(folder))
    assert page.all("h1")[0][1] == "mlp-batchnorm on <b>{{film}}"
    assert [tag for tag, _, _ in page.elements].count("b") == 4  # the players' colours


def test_the_command_writes_where_it_is_asked_to(capsys):
    folder = run(steps=20).folder
    shutil.rmtree(folder / "samples", ignore_errors=False)
    run(steps=20, out="other")
    (folder.parent.parent / "pages").mkdir()
    assert main(["film", "other", "--out", "pages/a.html", "--gif"]) == 0
    said = capsys.readouterr().out
    assert said == f"pages/a.html: {size('pages/a.html') / 1e3:.0f} kB, for any browser\n"
    assert Page(film("other", "pages/a.html")).film["steps"] == [0, 20]
    with Image.open("pages/a.gif") as gif:
        assert gif.n_frames == 2
    made = (folder.parent.parent / "other/samples.gif").read_bytes()
    (folder.parent.parent / "other/samples.gif").unlink()
    assert main(["film", "other", "--gif"]) == 0
    assert (folder.parent.parent / "other/samples.gif").read_bytes() == made


def test_a_row_that_a_killed_run_left_torn_is_left_out():
    folder = run(steps=14).folder
    with (folder / "log.csv").open("a") as file:
        file.write("21,-1.3,0.")
    assert read_log(folder / "log.csv")["step"] == [1, 7, 14]


def test_columns_are_found_by_their_names(tmp_path):
    names = ("new", *reversed(COLUMNS))
    rows = [",".join(names), ",".join(str(i) for i in range(len(names)))]
    (tmp_path / "log.csv").write_text("\n".join(rows) + "\n")
    assert read_log(tmp_path / "log.csv")["V"] == [names.index("V")]


def size(name):
    return Path(name).stat().st_size


def broken(how):
    folder = run(steps=5, out="r").folder
    if how == "no samples":
        shutil.rmtree(folder / "samples")
    elif how == "empty samples":
        for file in (folder / "samples").iterdir():
            file.unlink()
    elif how == "damaged samples":
        for file in (folder / "samples").iterdir():
            file.write_bytes(b"no picture")
    elif how == "no log":
        (folder / "log.csv").unlink()
    elif how == "another log":
        (folder / "log.csv").write_text("step,loss\n1,2\n")
    elif how == "no line in the log":
        (folder / "log.csv").write_text("")
    elif how == "one word in the log":
        (folder / "log.csv").write_text("garbage\n")
    elif how == "words in the log":
        (folder / "log.csv").write_text((folder / "log.csv").read_text() + "one,two,three\n")
    elif how == "bytes in the log":
        (folder / "log.csv").write_bytes(b"\xff\xfe\n")
    return folder


@pytest.mark.parametrize(("how", "words"), [
    ("no samples", "r/samples has no picture that can be read, expected step-000000.png and so on"),
    ("empty samples", "as `minigan train` leaves them every --sample-every steps"),
    ("damaged samples", "r/samples has no picture that can be read"),
    ("no log", "r/log.csv: missing, expected the log that `minigan train` left"),
    ("another log", "r/log.csv: damaged, expected rows of numbers with step, V, loss_D, loss_G"),
    ("no line in the log", "r/log.csv: damaged, expected rows of numbers"),
    ("one word in the log", "r/log.csv: damaged, expected rows of numbers"),
    ("words in the log", "r/log.csv: damaged, expected rows of numbers"),
    ("bytes in the log", "r/log.csv: cannot be read"),
])  # fmt: skip
def test_a_broken_folder_is_one_line_and_status_2(how, words, capsys):
    folder = broken(how)
    (folder / "film.html").write_text("the old one")
    assert main(["film", str(folder)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("minigan film: ")
    assert said.count("\n") == 1
    assert words in said
    assert (folder / "film.html").read_text() == "the old one"


def test_wrong_places_are_one_sentence(tmp_path):
    folder = run(steps=1).folder
    (tmp_path / "dir.html").mkdir()
    for out, words in (
        ("a.png", "a.png: expected a name that ends in .html"),
        ("no/a.html", "no/a.html: expected a file in a folder that is there"),
        ("dir.html", "dir.html: expected a file in a folder that is there"),
    ):
        with pytest.raises(RunError, match=words):
            film(folder, out)
    with pytest.raises(RunError, match="nowhere holds no run"):
        film("nowhere")
    with pytest.raises(RunError, match=r"config\.json is a file, expected the folder of a run"):
        film(folder / "config.json")


def test_a_full_disk_is_one_sentence_and_the_old_page_stays(tmp_path, monkeypatch):
    folder = run(steps=1).folder
    before = (folder / "film.html").read_bytes()

    def full(self, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(tmp_path), "write_bytes", full)
    with pytest.raises(RunError, match=r"film\.html: cannot be written \(No space left on device"):
        film(folder)
    assert (folder / "film.html").read_bytes() == before
