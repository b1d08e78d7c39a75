"""best.npz: which step it holds, that a stop changes nothing about it, and who reads it."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import command_line
import evaluated_runs
import numpy as np
import pytest
import short_runs
from short_runs import after_step, assert_same_files, files, flip_a_bit, run, weights

from minigan import checkpoint
from minigan.doctor.rows import read_log as read_log_for_the_doctor
from minigan.evaluation.evaluate import evaluate
from minigan.evaluation.sides import CHOSEN
from minigan.training import film, load_generator, sample, train
from minigan.training import gauge as gauges
from minigan.training.best import NONE, Mark, last_mark
from minigan.training.folder import RunError
from minigan.training.gauge import Gauge
from minigan.training.outcome import Run

small_models, quick_pictures = short_runs.small_models, short_runs.quick_pictures
blocks = evaluated_runs.blocks
LINE = {"model": "gaussian-1d", "data": "line.npy", "device": "cpu"}
NAN, INF = math.nan, math.inf


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch, small_models: None) -> None:
    """250 samples instead of 2,000, and 300 numbers as data."""
    monkeypatch.setattr(gauges, "COUNT", 250)
    np.save("line.npy", np.random.default_rng(0).normal(size=(300, 1)).astype(np.float32))


def found(monkeypatch: pytest.MonkeyPatch, *distances: float) -> None:
    """Let the evaluations, one every 4 steps, find these."""

    def measure(self: Gauge) -> dict[str, float]:
        return {"frechet": distances[self.game.step // 4 - 1]}

    monkeypatch.setattr(Gauge, "measure", measure)


def line(steps: int = 24, **settings: Any) -> Run:
    return run(**LINE | {"steps": steps, "evaluate_every": 4} | settings)


def held(folder: Path | str) -> tuple[int, float]:
    meta = checkpoint.load(Path(folder) / "best.npz")[1]
    return meta["step"], meta["frechet"]


@pytest.mark.parametrize(
    ("distances", "expected"),
    [
        ((9, 5, 7, 6, 8, 9), (8, 5)),
        ((9, 5, 7, 5, 8, 9), (8, 5)),  # as low is not lower
        ((9, 8, 7, 6, 5, 4), (24, 4)),
        ((NAN, 5, NAN, INF, NAN, 6), (8, 5)),
        ((INF, NAN, 0.0, 6, 5, 0.0), (12, 0.0)),
    ],
)
def test_best_npz_is_of_the_lowest_distance(
    distances: tuple[float, ...], expected: tuple[int, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, *distances)
    done = line(out="run")
    assert held("run") == expected
    assert (done.best.step, done.best.frechet) == expected
    alone = line(steps=expected[0], out="alone")
    assert alone.step == expected[0]
    best, last = checkpoint.load("run/best.npz"), checkpoint.load("alone/checkpoint.npz")
    assert {name: a.tobytes() for name, a in best[0].items()} == {
        name: a.tobytes() for name, a in last[0].items()
    }  # with the row of its own step at the end of the log
    assert best[1].items() >= {key: last[1][key] for key in ("step", "t", "streams")}.items()


@pytest.mark.parametrize("distances", [(NAN,) * 6, (INF,) * 6])
def test_where_no_distance_is_found_there_is_no_best(
    distances: tuple[float, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, *distances)
    done = line(out="run")
    assert not Path("run/best.npz").exists()
    assert (done.best, done.last) == (NONE, NONE)
    assert "Fréchet" not in str(done)
    with pytest.raises(
        RunError, match=r"run has no best.npz: no evaluation, one every 4 steps, ha"
    ):
        sample("run", best=True)


class Killed(BaseException):
    pass


def kill(session: Any) -> None:
    raise Killed


KILLS = [  # checkpoints are of steps 10 and 20, and the run is killed after step 19
    ((9, 5, 8, 7, 6, 8), 8, 8),  # the best is in the checkpoint's past
    ((9, 8, 7, 5, 6, 8), 16, 16),  # it is from after the checkpoint
    ((9, 8, 7, 5, 6, 4), 16, 24),  # so, and beaten later
    ((9, 8, 7, 5, 5, NAN), 16, 16),  # so, and met again as low
    ((9, 8, 7, 6, 5, 8), 16, 20),
    ((NAN, NAN, 7, 6, INF, 8), 16, 16),
]


@pytest.mark.parametrize(("distances", "then", "end"), KILLS)
def test_killed_and_resumed_leaves_the_best_of_an_uninterrupted_run(
    distances: tuple[float, ...], then: int, end: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, *distances)
    line(out="straight")
    with monkeypatch.context() as patch:
        after_step(patch, 19, kill)
        with pytest.raises(Killed):
            line(out="killed")
    assert held("killed")[0] == then
    assert checkpoint.load("killed/checkpoint.npz")[1]["step"] == 10
    assert run(None, out="killed", resume=True).best.step == end
    assert_same_files("straight", "killed")


def test_killed_while_best_npz_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, 9, 8, 7, 5, 6, 8)
    line(out="straight")
    with monkeypatch.context() as patch:
        plain = checkpoint.save

        def save(path: Path, arrays: Any, meta: Any) -> None:
            if meta["step"] == 16:
                (path.parent / ".best.npz.tmp").write_bytes(b"half a checkpoint")
                raise Killed
            plain(path, arrays, meta)

        patch.setattr(checkpoint, "save", save)
        with pytest.raises(Killed):
            line(out="killed")
    assert held("killed") == (12, 7)
    run(None, out="killed", resume=True)
    assert_same_files("straight", "killed")


@pytest.mark.parametrize("end", [4, 9])
def test_stopped_and_made_longer_is_as_long_from_the_beginning(
    end: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, 9, 8, 5, 6, 7, 8, 9, end, 6)
    line(36, out="straight")
    line(22, out="halted")
    run(None, out="halted", resume=True, steps=36, evaluate_every=4)
    assert held("halted")[0] == (32 if end == 4 else 12)
    assert_same_files("straight", "halted")


def test_images_too(blocks: None) -> None:
    settings = {"data": "mnist12k", "evaluate_every": 4}
    run(steps=30, out="straight", **settings)
    run(steps=15, out="halted", **settings)
    run(steps=30, out="halted", resume=True)
    assert_same_files("straight", "halted")


def test_a_run_whose_best_is_gone_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, 5, 6, 9, 8, 7, 9)
    line(10, out="run")
    Path("run/best.npz").unlink()
    assert run(None, out="run", resume=True, steps=24).best == Mark(20, 7)


def test_a_damaged_best_is_found_before_the_run_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, 5, 6, 9, 8, 7, 9)
    line(10, out="run")
    path = Path("run/best.npz")
    whole = path.read_bytes()
    flip_a_bit(path)
    before = files("run")
    with pytest.raises(RunError, match=r"best.npz: damaged.* To go on without it, remove run/best"):
        run(None, out="run", resume=True, steps=24)
    assert files("run") == before
    line(10, out="other", seed=7)
    path.write_bytes(Path("other/best.npz").read_bytes())
    with pytest.raises(RunError, match=r"config.json and best.npz differ in seed: .*remove run/be"):
        run(None, out="run", resume=True, steps=24)
    path.write_bytes(Path("run/checkpoint.npz").read_bytes())
    with pytest.raises(RunError, match=r"best.npz: facts frechet missing.*remove run/best"):
        run(None, out="run", resume=True, steps=24)
    path.write_bytes(whole)
    assert run(None, out="run", resume=True, steps=24).step == 24


def test_a_resumed_run_keeps_when_it_is_evaluated() -> None:
    line(8, out="run")
    run(**LINE, steps=8, out="plain")
    for folder, value, has in (("run", 2, 4), ("run", 0, 4), ("plain", 4, 0)):
        before = files(folder)
        with pytest.raises(RunError, match=f"has evaluate_every {has}, but {value} is asked for"):
            run(None, out=folder, resume=True, evaluate_every=value)
        assert files(folder) == before


def test_best_is_asked_for_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, 9, 8, 5, 6, 7, 8)
    done, then = line(out="run"), line(12, out="then")
    saved = load_generator("run", best=True)
    assert saved.step == 12
    assert load_generator("run").step == 24
    best = [a.tobytes() for a in (saved.G.params | saved.G.buffers).values()]
    assert best == weights(then)[: len(best)]
    assert best != weights(done)[: len(best)]
    assert sample("run", best=True) == Path("run/best-samples.png")
    assert sample("run") == Path("run/more-samples.png")
    for name, options in (("a", {"best": True}), ("b", {})):
        sample("run" if options else "then", count=5, out=f"{name}.npy", **options)
    assert Path("a.npy").read_bytes() == Path("b.npy").read_bytes()


def test_the_best_can_be_evaluated_and_says_by_what_it_was_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found(monkeypatch, 9, 8, 5, 6, 7, 8)
    line(out="run", data="gaussian")
    line(out="others", data="gaussian", data_options={"hold_out": 300})
    few = {"count": 100, "device": "cpu"}
    best, last = evaluate("run", best=True, **few), evaluate("run", **few)
    assert (best.sides.step, last.sides.step) == (12, 24)
    assert (best.file, last.file) == (Path("run/evaluation-best.json"), Path("run/evaluation.json"))
    assert json.loads(best.file.read_text("utf-8"))["step"] == 12
    assert best.row("frechet").numbers != last.row("frechet").numbers
    assert CHOSEN in best.sides.notes
    assert CHOSEN not in last.sides.notes
    assert CHOSEN not in evaluate("others", best=True, **few).sides.notes


def test_a_run_without_a_best_says_so() -> None:
    run(**LINE, steps=4, out="run")
    for read in (load_generator, sample, evaluate):
        with pytest.raises(RunError) as caught:
            read("run", best=True)  # type: ignore[operator]
        assert str(caught.value) == (
            "run has no best.npz: a run has one that was trained with --evaluate-every. Leave "
            "--best out."
        )


def test_the_doctor_and_the_film_read_both_logs() -> None:
    for name, every in (("with", 4), ("without", 0)):
        folder = line(12, evaluate_every=every, out=name, log_every=1).folder
        assert read_log_for_the_doctor(folder, "")["step"] == list(range(1, 13))
        assert film(folder, "film.html").exists()
    texts = [Path(f"{name}/log.csv").read_text() for name in ("with", "without")]
    films = [film(name, "film.html").read_bytes() for name in ("with", "without")]
    assert texts[0] != texts[1]
    assert films[0] == films[1]


LOW = "Lowest Fréchet distance: "


@pytest.mark.parametrize(
    ("best", "last", "words"),
    [
        ((8, 5.0), (8, 5.0), LOW + "5 at step 8, the last evaluation: it may still fall."),
        (
            (1000, 5.0),
            (4000, 5.24),
            LOW + "5 at step 1,000; the last evaluation, at step 4,000, is nearly as low (5.24).",
        ),
        (
            (1000, 5.0),
            (4000, 5.2501),
            LOW + "5 at step 1,000; the last evaluation, at step 4,000, is higher (5.25).",
        ),
    ],
)
@pytest.mark.parametrize("signal", [None, 2])
def test_the_last_lines_say_which_step_was_best(
    best: tuple[int, float], last: tuple[int, float], words: str, signal: int | None
) -> None:
    plain = Run(Path("my run"), None, None, 4000, 4000, signal)  # type: ignore[arg-type]
    text = str(dataclasses.replace(plain, best=Mark(*best), last=Mark(*last)))
    more = f"{words}\nSamples of it: minigan sample 'my run' --best\n"
    assert text.replace(more, "") == str(plain)
    assert more in text


def test_the_last_evaluation_is_of_the_log_also_of_a_run_that_is_finished(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found(monkeypatch, 9, 8, 5, 6, 7, NAN)
    first = line(26, out="run")
    again = run(None, out="run", resume=True)
    assert first.last == again.last == Mark(20, 7)
    assert first.best == again.best == Mark(12, 5)
    assert last_mark({"step": [1.0]}) == NONE


def test_progress_shows_the_last_distance(capsys: pytest.CaptureFixture[str]) -> None:
    folder = line(30, progress=True).folder
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert "every 4 steps: Fréchet distance of 250 samples to 250 training examples; the" in out
    assert LOW in out
    assert "Fréchet" not in lines[0]
    rows = list(csv.DictReader((folder / "log.csv").read_text().splitlines()))
    last = [row["frechet"] for row in rows if row["frechet"]][-1]
    assert f"Fréchet {float(last):.4g}" in lines[-1]


def test_the_curves_are_drawn_of_all_columns() -> None:
    for name, every in (("with", 4), ("without", 0)):
        curves = line(evaluate_every=every, out=name).folder / "curves.png"
        assert ("'frechet': [nan, " in curves.read_text()) == (every > 0)  # short_runs stands in


def test_the_third_panel_marks_the_lowest(monkeypatch: pytest.MonkeyPatch) -> None:
    from minigan import plots
    from minigan.training.log import COLUMNS

    seen: list[Any] = []
    monkeypatch.setattr(plots, "write_figure", lambda figure, path: seen.append(figure))
    log = {name: [0.5] * 4 for name in COLUMNS}
    log |= {"step": [1.0, 2.0, 3.0, 4.0], "frechet": [NAN, 3.0, 2.0, INF]}
    plots.write_curves("a.png", log, "minimax")
    panel = seen[0].axes[2]
    assert [line.get_xydata().tolist() for line in panel.lines] == [[[2, 3], [3, 2]], [[3, 2]]]
    texts = [text.get_text() for text in panel.get_legend().get_texts()]
    assert texts == ["each evaluation", "the lowest, 2 at step 3"]
    assert (panel.get_xlabel(), seen[0].axes[1].get_xlabel()) == ("step", "")
    plots.write_curves("b.png", log | {"frechet": [NAN] * 4}, "minimax")
    assert [len(figure.axes) for figure in seen] == [3, 2]
    assert [figure.get_size_inches()[1] for figure in seen] == [9, 6]


def test_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("gaussian-1d", "--data", "line.npy", "--steps", "8", "--device", "cpu", "--out", "run")
    status, out, _ = command_line.run("train", *words, "--evaluate-every", "4", capsys=capsys)
    assert status == 0
    assert "Samples of it: minigan sample run --best" in out
    assert json.loads(Path("run/config.json").read_text())["evaluate_every"] == 4
    status, out, _ = command_line.run("sample", "run", "--best", capsys=capsys)
    assert (status, out) == (0, "samples: run/best-samples.png\n")
    few = ("--count", "100", "--device", "cpu")
    status, out, _ = command_line.run("evaluate", "run", "--best", *few, capsys=capsys)
    assert status == 0
    assert out.splitlines()[-1].startswith("evaluation: run/evaluation-best.json (")
    for wrong, message in (
        (("train", "--evaluate-every", "-1"), "'-1' is not an integer from 0 to 10^9"),
        (("train", "--evaluate-every", "x"), "'x' is not an integer from 0 to 10^9"),
        (("train", "--evaluate-every", "9", "--steps", "8"), "evaluate_every is 9, but the run ha"),
        (("train", "--data", "digits8x8", "--evaluate-every", "1"), "cannot be measured while"),
        (("train", "--resume", "--out", "run", "--evaluate-every", "2"), "has evaluate_every 4"),
    ):
        status, _, err = command_line.run(*wrong, capsys=capsys)
        assert (status, err.count("\n")) == (2, 1)
        assert message in err
    assert not Path("runs").exists()


def test_the_classifier_is_not_evaluated_so(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = command_line.run("train", "classifier", "--evaluate-every", "5", capsys=capsys)
    assert (status, err.count("\n")) == (2, 1)
    assert "--evaluate-every" in err


def test_all_of_it_is_one_call_in_python() -> None:
    done = train("gaussian-1d", "line.npy", steps=6, evaluate_every=2, device="cpu", progress=False)
    assert done.best.step in (2, 4, 6)
    assert done.last.step == 6
