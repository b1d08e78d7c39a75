"""What the collapse table keeps: whole, once, and gone on with; what it refuses."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

import collapse_games
import pytest
from collapse_games import TINY, lines, without_seconds

from minigan.collapse.game import Game, Result
from minigan.collapse.protocol import MIXTURES
from minigan.collapse.results import FIELDS, Results
from minigan.collapse.rows import ROWS
from minigan.collapse.run import collapse
from minigan.evaluation.modes import measure

in_an_empty_folder, tiny = collapse_games.in_an_empty_folder, collapse_games.tiny


@pytest.mark.usefixtures("tiny")
def test_a_run_from_end_to_end(capsys: pytest.CaptureFixture[str]) -> None:
    rows = ["minimax", "packing-2"]
    table = collapse("ring", seeds=2, rows=rows, out="out", jobs=1)
    assert sorted(path.name for path in Path("out").iterdir()) == [
        *("results.csv", "ring-quick-samples.png", "ring-quick-seeds.png", "samples"),
    ]
    assert [line["row"] for line in lines()] == ["minimax", "minimax", "packing-2", "packing-2"]
    assert (
        list(lines()[0])
        == list(FIELDS)
        == [
            *("data", "protocol", "steps", "row", "seed", "modes", "high_quality", "reverse_kl"),
            "seconds",
        ]
    )
    kept = Results(Path("out"))
    for row in rows:
        found = [kept.find(Game("ring", TINY, ROWS[row], seed)) for seed in (0, 1)]
        for one in found:
            coverage = measure(kept.samples(one), MIXTURES["ring"])
            assert (one.modes, one.reverse_kl) == (coverage.modes, coverage.reverse_kl)
        of_row = next(line for line in table.lines if line.row == row)
        assert of_row.reverse_kl.mean == pytest.approx(
            statistics.fmean(r.reverse_kl for r in found)
        )
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "4 games to play; about 0 seconds, one after the other" in shown.err
    assert "4/4  packing-2, seed 1: " in shown.err
    text = str(table)
    assert "2 seeds, mean ± standard error" in text
    assert "perfect sampler" in text
    assert "98.9 %" in text


@pytest.mark.usefixtures("tiny")
def test_one_that_was_stopped_goes_on_to_the_same_results(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = ["minimax", "non-saturating"]
    collapse("ring", seeds=3, rows=rows, out="out", jobs=1)
    whole = without_seconds()
    Path("out").rename("whole")
    add = Results.add

    def interrupted(self: Results, result: Result, samples: Any) -> None:
        add(self, result, samples)
        if result.seed == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(Results, "add", interrupted)
    with pytest.raises(KeyboardInterrupt):
        collapse("ring", seeds=3, rows=rows, out="out", jobs=1)
    # the game whose end was interrupted was kept, but nobody had counted it yet
    assert "2 of 6 games are kept in out, from where the same" in capsys.readouterr().err
    assert len(lines()) == 3
    monkeypatch.setattr(Results, "add", add)
    collapse("ring", seeds=3, rows=rows, out="out", jobs=1)
    assert "3 games to play, 3 more are kept" in capsys.readouterr().err
    assert without_seconds() == whole
    for path in Path("whole/samples").iterdir():
        assert (Path("out/samples") / path.name).read_bytes() == path.read_bytes()


@pytest.mark.usefixtures("tiny")
def test_finished_games_are_not_played_again(monkeypatch: pytest.MonkeyPatch) -> None:
    collapse("ring", seeds=1, rows=["minimax"], out="out", jobs=1, progress=False)
    before = lines()
    collapse("ring", seeds=2, rows=["minimax", "smoothing"], out="out", jobs=1, progress=False)
    assert lines()[0] == before[0]  # its seconds, too
    assert len(lines()) == 4
    monkeypatch.setattr("minigan.collapse.pool.play", None)
    again = collapse("ring", seeds=1, rows=["smoothing"], out="out", jobs=1, progress=False)
    assert [line.row for line in again.lines] == ["smoothing"]


@pytest.mark.usefixtures("tiny")
def test_another_length_or_mixture_is_another_game() -> None:
    for data, steps in (("ring", None), ("ring", 7), ("grid", None)):
        collapse(data, seeds=1, rows=["minimax"], steps=steps, out="out", jobs=1, progress=False)
    assert [(line["data"], line["steps"]) for line in lines()] == [
        *(("grid", "5"), ("ring", "5"), ("ring", "7")),
    ]


@pytest.mark.usefixtures("tiny")
def test_a_result_without_its_samples_is_played_again() -> None:
    collapse("ring", seeds=1, rows=["minimax"], out="out", jobs=1, progress=False)
    (samples,) = Path("out/samples").iterdir()
    kept = samples.read_bytes()
    samples.unlink()
    collapse("ring", seeds=1, rows=["minimax"], out="out", jobs=1, progress=False)
    assert samples.read_bytes() == kept


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("step,V\n1,2\n", r"line 1: the columns are not data, protocol"),
        (",".join(FIELDS) + "\nring,quick,5,minimax,0,8\n", "line 2: expected 9 values"),
        (",".join(FIELDS) + "\nring,quick,5,minimax,0,8,x,0,1\n", "line 2: could not convert"),
        ("", "line 1: the columns are not"),
    ],
)
def test_a_file_that_is_not_ours_is_refused(text: str, what: str) -> None:
    Path("out").mkdir()
    Path("out/results.csv").write_text(text)
    with pytest.raises(ValueError, match=what) as error:
        collapse("ring", seeds=1, out="out", jobs=1, progress=False)
    assert str(Path("out/results.csv")) in str(error.value)
    assert "--out" in str(error.value)
    assert Path("out/results.csv").read_text() == text


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"data": "circle"}, "data is 'circle', expected 'ring' or 'grid'"),
        ({"seeds": 0}, "seeds is 0, expected an integer of 1 or more"),
        ({"seeds": 1001}, "seeds is 1001, expected an integer of 1 or more, 1000 at most"),
        ({"steps": 0}, "steps is 0"),
        ({"jobs": 0}, "jobs is 0"),
        (
            {"rows": ["minimax", "maximin"]},
            "there is no row 'maximin', expected some of minimax, non",
        ),
        ({"rows": []}, "no rows are given, expected some of minimax"),
        ({"device": "tpu"}, "tpu"),
    ],
)
def test_wrong_settings_are_refused_before_a_folder_is_made(
    options: dict[str, Any], what: str
) -> None:
    with pytest.raises(ValueError, match=what):
        collapse(**{"data": "ring", "out": "out"} | options)
    assert not Path("out").exists()


def test_a_file_in_the_folders_place() -> None:
    Path("out").write_text("")
    with pytest.raises(ValueError, match=r"out: .* cannot be written there"):
        collapse("ring", seeds=1, out="out")
