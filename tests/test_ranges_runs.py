"""Every parameter of a call that does a whole job has a stated range and a tested error.

What is refused leaves nothing behind. The table stands in ranges_runs.py.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from ranges import Line, find, parameters
from ranges_asked import POINTS
from ranges_runs import RUNS
from test_ranges import shown, wrong_with

import minigan
from minigan.backend import DeviceError
from minigan.bench import run as benching
from minigan.collapse import run as collapsing
from minigan.data import load
from minigan.evaluation import evaluate as evaluating
from minigan.training import classifier, frames, train
from minigan.training import run as training

CASES = [
    pytest.param(line, name, id=f"{line.name}({name})") for line in RUNS for name in line.kinds
]
over_parameters = pytest.mark.parametrize(("line", "name"), CASES)
FILES = ("run", "file", "empty", "full", "folder.npy", "folder.html", "folder.json")
NO_JOBS = {  # what commands call besides, and why it has no line here
    "find": "gradcheck's, with a line in ranges_game.py",
    "answers": "exercises, which judge a file of the command line",
    "as_json": "it prints what diagnose found",
    "as_lines": "it prints what evaluate found",
    "as_text": "it prints what diagnose or evaluate found",
    "announced": "it shows a text of the command's own",
    "choose_device": "as device of each line here",
    "device_module": "as choose_device",
    "describe": "it takes nothing",
    "export": "with a line in ranges_data.py",
    "find_model": "with a line in ranges_models.py",
    "inner_rows": "of layers that the command made",
    "layer_tables": "it prints what bench found",
    "load": "with a line in ranges_data.py",
    "replacing": "it writes what the command made",
    "step_table": "it prints what bench found",
    "visible": "it shows a text",
    "shell_word": "it shows a text",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of two steps, and what else the lines name."""
    place = tmp_path_factory.mktemp("ranges")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        without_pictures(patch)
        train("gaussian-1d", steps=2, out="run", device="cpu", progress=False)
        (place / "file").write_text("no run")
        for name in ("empty", "full", "folder.npy", "folder.html", "folder.json"):
            (place / name).mkdir()
        (place / "full" / "mine.txt").write_text("mine")
        np.save("points.npy", POINTS.x)
        x, y = load("digits8x8").x[:4].astype(np.uint8), np.array([0, 1, 0, 1])
        np.savez("labelled.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    return place


def without_pictures(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(training, "write_curves", lambda path, log, objective: None)
    patch.setattr(frames.Frames, "draw_at", lambda self, path, title: None)
    patch.setattr(frames.Frames, "finish", lambda self: None)
    patch.setattr(training, "film", lambda folder: None)


@pytest.fixture(autouse=True)
def here(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of that folder, and jobs that take no time."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    without_pictures(monkeypatch)
    monkeypatch.setattr("minigan.training.filming.write_page", write)
    monkeypatch.setattr("minigan.training.filming.write_film", write)
    monkeypatch.setattr(benching, "_in_a_process", lambda job: [{"m": job.m}])
    monkeypatch.setattr(collapsing, "_play_missing", lambda *found: None)
    monkeypatch.setattr(collapsing, "_write", lambda wanted, results: len(wanted))
    monkeypatch.setattr(evaluating, "MEASURES", ())
    monkeypatch.setattr(evaluating, "ladder", lambda *found: [])
    monkeypatch.setattr(classifier, "_passes", lambda *found, shown: (1, 0.0, 1.0, 1.0))


def write(path: Path, *found: Any, **also: Any) -> None:
    path.write_text("")


def files() -> dict[str, int]:
    """What lies here, and when it was written."""
    return {str(path): path.stat().st_mtime_ns for path in Path().rglob("*") if path.is_file()} | {
        str(path): 0 for path in Path().rglob("*") if path.is_dir()
    }


@over_parameters
def test_what_is_out_of_range_is_refused_in_one_sentence_and_leaves_nothing(
    line: Line, name: str, record_property: Any
) -> None:
    kind, before = line.kinds[name], files()
    faults = [] if kind.words or kind.why else ["the kind has no words"]
    bad = kind.bad(line.plain()[name])
    for value, expected in bad:
        given = f"{line.name}({name}={shown(value)})"
        try:
            line(**{name: value})
        except Exception as error:
            # A subclass says more: DataError of a ValueError.
            kept = expected if not isinstance(error, expected) else type(error)
            fault = wrong_with(error, kept, (name, kind.also), value, kind.words)
            if fault:
                faults.append(f"{given}: {fault}: {type(error).__name__}: {error}")
        else:
            faults.append(f"{given}: was taken")
        if files() != before:
            faults.append(f"{given}: left {sorted(files().keys() ^ before.keys())}")
            before = files()
    assert not faults, "\n" + "\n".join(faults)
    record_property("cases", len(bad))


@over_parameters
def test_the_edges_of_the_range_are_taken(line: Line, name: str) -> None:
    for value in line.kinds[name].good(line.plain()[name]):
        try:
            line(**{name: value})
        except DeviceError:
            assert value == "cuda"
        for left in ("out", "new", "runs", "empty"):
            shutil.rmtree(left, ignore_errors=True)
        Path("empty").mkdir()


@pytest.mark.parametrize("line", RUNS, ids=lambda line: line.name)
def test_every_parameter_has_a_kind_and_is_documented(line: Line) -> None:
    function = find(line.name)
    assert set(line.kinds) == set(line.plain()) == parameters(function)
    doc = inspect.getdoc(function) or ""
    assert "**Raises**" in doc
    for name in line.kinds:
        ending = r"(?<!\w)…_every" if name.endswith("_every") else rf"(?<!\w){name}(?!\w)"
        assert re.search(ending, doc), f"{name} is not in the docstring"


def calls() -> Iterator[tuple[str, str]]:
    """The functions of minigan that each command imports: name and module."""
    for file in (Path(minigan.__file__).parent / "commands").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            module = (isinstance(node, ast.ImportFrom) and node.module) or ""
            if isinstance(node, ast.ImportFrom) and re.match(r"minigan\.(?!commands)", module):
                for alias in node.names:
                    found = getattr(importlib.import_module(module), alias.name, None)
                    if inspect.isfunction(found) or inspect.ismodule(found):
                        yield alias.name, module


def test_every_call_of_a_command_has_a_line() -> None:
    lined = {find(line.name) for line in RUNS}
    missing = {
        name
        for name, module in calls()
        if inspect.isfunction(found := getattr(importlib.import_module(module), name))
        and found not in lined
    }
    assert missing == {name for name in NO_JOBS if name in missing}
    assert {name for name, _ in calls()} >= {"train", "sample", "film", "evaluate", "diagnose"}


@pytest.mark.parametrize("package", ["training", "doctor", "bench"])
def test_what_a_package_offers_has_a_line(package: str) -> None:
    offered = importlib.import_module(f"minigan.{package}")
    functions = {getattr(offered, name) for name in offered.__all__}
    lined = {find(line.name) for line in RUNS}
    assert {f for f in functions if inspect.isfunction(f)} <= lined


def test_numpys_numbers_are_pythons_in_the_files_of_a_run() -> None:
    """np.arange(3) is a natural list of seeds; JSON knows no np.int64."""
    for seed in (1, np.int64(1)):
        train("gaussian-1d", POINTS, steps=1, m=2, seed=seed, out=f"by {type(seed).__name__}")
    a, b = (Path(f"by {name}/config.json").read_bytes() for name in ("int", "int64"))
    assert a == b
    evaluating.evaluate("run", seed=np.int64(3), count=np.int64(100), out="x.json")
    assert b'"seed": 3' in Path("x.json").read_bytes()


def test_bench_refuses_when_it_is_called_not_when_its_rows_are_taken() -> None:
    with pytest.raises(ValueError, match=r"^bench: m is 0, expected an integer of 1 or more\.$"):
        benching.bench("mlp", m=0)


def test_a_folder_in_the_place_of_resume_is_told_where_it_belongs() -> None:
    for value in ("run", Path("run")):
        with pytest.raises(TypeError, match=r"^train: resume is .*, expected True or False, and"):
            train(out=None, resume=value)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^train: out is '', expected a path\.$"):
        train(out="")
    assert not Path("runs").exists()


def test_options_of_the_data_are_looked_at_where_load_looks() -> None:
    for options, words in (
        ({"resize": "28"}, "resize is '28', expected a side of 1 to 4096 pixels"),
        ({"images": 3}, "images is 3, expected a folder"),
        ({"color": "no"}, "color is 'no', expected True or False"),
    ):
        with pytest.raises(TypeError, match=words):
            train("mlp", "full", out="out", data_options=options)
        assert not Path("out").exists()
    Path("pictures").mkdir()
    for i in range(4):
        Image.fromarray(np.full((6, 6), 60 * i, np.uint8)).save(f"pictures/{i}.png")
    options = {"resize": np.int64(4), "color": np.False_}
    settings = {"steps": 1, "m": 2, "device": "cpu", "progress": False}
    train("mlp", "pictures", out="out", data_options=options, **settings)
    assert '"resize": 4' in Path("out/config.json").read_text()
    again = train(data="pictures", out="out", resume=True, data_options=options, progress=False)
    assert again.step == 1
