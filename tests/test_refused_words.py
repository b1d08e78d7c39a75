"""Words that are in range and still cannot be: paths, and options that exclude each other.

Each is refused in one line with status 2, and nothing that lies in the folder is touched, nor
anything added.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import run
from PIL import Image

from minigan.pictures import write_grid
from minigan.training import frames, train
from minigan.training import run as training

LONG = "x" * 300
PIXELS = np.zeros((1, 8, 8, 1), np.uint8)
POINTS = {"steps": 1, "m": 8, "device": "cpu", "progress": False}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with what commands look for: two runs, pictures, tables, and what is none of it."""
    folder, before = tmp_path_factory.mktemp("place"), Path.cwd()
    os.chdir(folder)
    (folder / "file").write_text("mine")
    (folder / "full").mkdir()
    (folder / "full" / "thesis.txt").write_text("mine")
    (folder / "empty").mkdir()
    (folder / "pictures").mkdir()
    for i in range(4):
        Image.fromarray(np.full((8, 8), i * 20, np.uint8)).save(folder / "pictures" / f"{i}.png")
    (folder / "table.csv").write_text("filename\n0.png\n1.png\n")
    np.save(folder / "numbers.npy", np.ones((6, 2), np.float32))
    with pytest.MonkeyPatch.context() as patch:  # Matplotlib takes longer than all the rest
        patch.setattr(training, "write_curves", lambda path, log, objective: path.write_text(""))
        patch.setattr(frames, "draw_vectors", lambda path, *args: write_grid(path, PIXELS))
        train("gaussian-1d", out="run", **POINTS)
        train("cgan", "digits8x8", out="labelled", **POINTS)
    yield folder
    os.chdir(before)


@pytest.fixture(autouse=True)
def in_that_place(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    monkeypatch.setenv("XDG_CACHE_HOME", str(place / "cache"))
    monkeypatch.delenv("MINIGAN_DATA", raising=False)


def everything(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file with its size and the moment of its last change, and every folder."""
    found = {path: path.stat() for path in folder.rglob("*")}
    return {
        str(path): (stat.st_size, stat.st_mtime_ns) if path.is_file() else (0, 0)
        for path, stat in found.items()
    }


NEW = ("train", "mlp", "--data", "digits8x8", "--steps", "2", "--batch", "8", "--device", "cpu")
OWN = ("train", "mlp", "--steps", "2", "--batch", "2", "--device", "cpu", "--data")
AGAIN = ("train", "--resume", "--out", "run")
REFUSED: dict[str, list[tuple[tuple[str, ...], str]]] = {
    "a model": [
        (("train", "mpl"), "there is no model 'mpl', expected one of mlp, mlp-batchnorm"),
        (("train", "MLP"), "there is no model 'MLP'"),
        (("train", "pictures"), "pictures is data, expected a model"),
        (("bench", "dcgna"), "there is no model 'dcgna', expected one of"),
        (("gradcheck", "dense"), "there is no 'dense' to check, expected one of Dense"),
    ],
    "data": [
        (("train", "--data", "no"), "there is no data named 'no' and no such path"),
        (("train", "--data", "MNIST12K"), "there is no data named 'MNIST12K'"),
        (("train", "--data", "file"), "file: a file of a kind that is not read here"),
        (("train", "--data", "full"), "full: no picture in the folder"),
        (("train", "--data", "folder:file"), "file: there is no such folder"),
        (("train", "--data", "csv:full"), "full: cannot be read (Is a directory)"),
        (("train", "--data", "pictures/0.png"), "give the folder that it lies in"),
        (("train", "--data", LONG), "there is no data named"),
        (("train", "gaussian-1d", "--data", "pictures", "--batch", "2"), "expected vectors"),
        (("train", "cgan", "--data", "pictures", "--batch", "2"), "pictures has no labels"),
        (("data", "get", "imagenet"), "'imagenet' is no data set to download"),
        (("data", "export", "no", "--to", "new"), "there is no data named 'no'"),
    ],
    "options of data": [
        ((*NEW, "--resize", "9"), "digits8x8: resize is 9 and means nothing for this data"),
        ((*NEW, "--color", "rgb"), "color is True and means nothing for this data"),
        ((*NEW, "--layout", "NHW"), "layout is NHW and means nothing for this data"),
        ((*NEW, "--images", "pictures"), "means nothing for this data"),
        ((*OWN, "pictures", "--images", "pictures"), "it takes resize and color"),
        ((*OWN, "pictures", "--layout", "ND"), "it takes resize and color"),
        ((*OWN, "numbers.npy", "--resize", "8"), "resize is 8 and means nothing for this data"),
        ((*OWN, "numbers.npy", "--layout", "NHWC"), "NHWC"),
        ((*OWN, "table.csv", "--images", "no"), "table.csv"),
        ((*OWN, "table.csv", "--images", "file"), "table.csv"),
        ((*OWN, "pictures", "--hold-out", "4"), "hold_out is 4, expected an integer from 1 to 3"),
        ((*OWN, "pictures", "--hold-out", "3"), "has 1 examples, fewer than one batch of 2"),
    ],
    "a batch": [
        ((*NEW, "--batch", "1798"), "has 1,797 examples, fewer than one batch of 1798"),
        ((*OWN, "pictures", "--batch", "5"), "has 4 examples, fewer than one batch of 5"),
        (("train", "--data", "digits8x8", "--batch", "1"), "a batch of 1 is too small for"),
        (("train", "cgan", "--data", "digits8x8", "--batch", "1"), "a batch of 1 is too small"),
        ((*NEW, "--generators", "9"), "a batch of 8 has fewer samples than there are generators"),
        ((*NEW, "--evaluate-every", "3"), "evaluate_every is 3, but the run has 2 steps"),
    ],
    "rules and devices": [
        ((*NEW, "-k", "2"), "k is 2, expected 1; only algorithm-1 loops over D"),
        ((*NEW, "--fakes", "evaluation"), "fakes is 'evaluation', expected 'training'"),
        ((*NEW, "--tf32"), "tf32 is for a GPU"),
        ((*NEW, "--epochs", "2"), "--epochs 2 is for the classifier"),
        (("train", "classifier", "--smooth", "0.9"), "--smooth means nothing for the classifier"),
        (("train", "classifier", "--data", "pictures"), "has one part, the one to train on"),
        (("train", "classifier", "--data", "ring"), "vectors"),
        (("bench", "mlp", "--graph", "--device", "cpu"), "graph is for a GPU"),
        (("bench", "mlp", "--tf32", "--device", "cpu"), "tf32 is for a GPU"),
    ],
    "resuming": [
        ((*AGAIN, "--seed", "1"), "the run has seed 0, but 1 is asked for"),
        ((*AGAIN, "--batch", "9"), "the run has m 8, but 9 is asked for"),
        ((*AGAIN, "--rule", "simultaneous"), "the run has rule"),
        ((*AGAIN, "--data", "ring"), "the run has data 'gaussian', but 'ring' is asked for"),
        ((*AGAIN, "--hold-out", "5"), "the run has data options {}"),
        (("train", "mlp", *AGAIN[1:]), "the run has model gaussian-1d, but mlp is asked for"),
        (("train", "--resume"), "holds no run to resume"),
        (("train", "--resume", "--out", "full"), "full holds no run to resume"),
        (("train", "classifier", "--resume", "--out", "run"), "run"),
    ],
    "where a run goes": [
        ((*NEW, "--out", "file"), "file is a file, expected a folder for the run"),
        ((*NEW, "--out", "file/below"), "file/below: the run cannot be written there"),
        ((*NEW, "--out", "full"), "full is not empty and holds no run"),
        ((*NEW, "--out", "."), ". is not empty and holds no run"),
        ((*NEW, "--out", "run"), "run holds a run already"),
        ((*NEW, "--out", LONG), "cannot be written there (File name too long)"),
        ((*NEW, "--out", "new/" + LONG), "cannot be written there (File name too long)"),
        (("collapse", "ring", "--out", "full"), "full is not empty and holds no results.csv"),
        (("collapse", "ring", "--out", "new/" + LONG), "cannot be written there (File name too"),
        (
            ("data", "export", "digits8x8", "--to", "new/" + LONG),
            "cannot be written (File name too",
        ),
        (("collapse", "ring", "--out", "file"), "file: the run cannot be written there"),
        (("data", "export", "digits8x8", "--to", "full"), "it exists and is no empty folder"),
        (("data", "export", "digits8x8", "--to", "file"), "it exists and is no empty folder"),
        (("data", "export", "digits8x8", "--to", "file/new"), "cannot be written"),
        (("data", "export", "ring", "--to", "new"), "cannot be written as PNG"),
    ],
    "a run that is none": [
        ((command, where), words)
        for command in ("sample", "film", "evaluate", "doctor")
        for where, words in {
            "no": "no holds no run (no config.json)",
            "file": "file is a file, expected the folder of a run",
            "full": "full holds no run (no config.json)",
            LONG: "File name too long",
        }.items()
    ],
    "samples": [
        (("sample", "run", "--count", "1000000000"), "at most 100000000 samples of this size"),
        (("sample", "run", "--label", "1"), "gaussian-1d, which knows no labels"),
        (("sample", "labelled", "--label", "10"), "label is 10, expected one of 0, 1, 2, 3"),
        (("sample", "labelled", "--label", "-1"), "label is -1, expected one of 0, 1, 2, 3"),
        (("sample", "run", "--best"), "run has no best.npz"),
        (("evaluate", "run", "--best"), "run has no best.npz"),
        (("evaluate", "run", "--count", "1000000000"), "count is 1000000000, expected 100 to"),
        (("evaluate", "run", "--features", "no"), "the feature network no sees images"),
    ],
    "where a file goes": [
        (("sample", "run", "--out", "x.jpg"), "x.jpg: expected a name that ends in .png or .npy"),
        (("sample", "run", "--out", "empty"), "empty: expected a name that ends in .png"),
        (("sample", "run", "--out", "no/x.png"), "expected a file in a folder that is there"),
        (("sample", "run", "--out", "file/x.png"), "expected a file in a folder that is there"),
        (("sample", "run", "--out", f"{LONG}.npy"), "File name too long"),
        (("film", "run", "--out", "x.txt"), "x.txt: expected a name that ends in .html"),
        (("film", "run", "--out", "no/x.html"), "expected a file in a folder that is there"),
        (("film", "run", "--out", f"{LONG}.html"), "File name too long"),
        (("evaluate", "run", "--out", "x.txt"), "x.txt: expected a file whose name ends in .json"),
        (("evaluate", "run", "--out", "no/x.json"), "expected a file in a folder that is there"),
        (("evaluate", "run", "--out", f"{LONG}.json"), "File name too long"),
    ],
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_is_one_line_and_touches_nothing(
    kind: str, place: Path, capsys: pytest.CaptureFixture[str], record_property: Any
) -> None:
    before = everything(place)
    for argv, words in REFUSED[kind]:
        status, out, err = run(*argv, capsys=capsys)
        assert (status, out, err.count("\n")) == (2, "", 1), (argv, err)
        assert words in err, (argv, err)
        assert err.startswith(f"minigan {argv[0]}: ")
    assert everything(place) == before
    record_property("cases", len(REFUSED[kind]))
