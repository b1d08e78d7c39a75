"""`minigan evaluate`: what it prints and writes, and how it refuses."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import command_line
import evaluated_runs
import numpy as np
import pytest
from command_line import run
from evaluated_runs import copied

from minigan.evaluation import lines
from minigan.evaluation.evaluate import Evaluation, evaluate
from minigan.evaluation.in_short import in_short
from minigan.evaluation.measures import MEASURES
from minigan.evaluation.report import as_lines, as_text
from minigan.training import train

in_an_empty_folder, removed = command_line.in_an_empty_folder, evaluated_runs.removed
blocks, no_network, small = evaluated_runs.blocks, evaluated_runs.no_network, evaluated_runs.small
FEW = ("--count", "200", "--device", "cpu")
LINES = [line for measure in MEASURES for line in measure.lines]


def test_the_table_says_what_was_compared_and_what_each_number_tells(
    blocks, capsys: pytest.CaptureFixture[str]
) -> None:
    copied("digits")
    status, out, err = run("evaluate", "run", *FEW, "--seed", "3", capsys=capsys)
    assert (status, err) == (0, "")
    text = " ".join(out.split())
    assert out.startswith("run (mlp-batchnorm on mnist12k, step 30 of 30)\n")
    assert "compared with 200 real examples that G has not seen: 200 samples of G (seed 3)" in text
    assert "network blocks (50.00 % right on its test set, SHA-256 0123456789ab…)" in text
    assert "Note: not the split of the 2014 paper" in text
    assert "pixels, 1,000 against" not in text
    assert "pixels, 200 against 10,000 training examples" in text
    assert "200 centres, 50 choose σ, 150 scored" in text
    for line in LINES:
        if line.key not in ("modes", "high_quality", "mode_kl", "label_error"):
            where = out.index(f"\n{line.name:24}")
            assert out.index(f"    Tells {line.tells}\n", where) - where < 120
            assert f"    Cannot tell {line.cannot}\n" in out
    assert "k-means centres of real data" in out
    for name in ("G's samples", "real data", "noise"):
        (shares,) = [line for line in out.splitlines() if f"        {name}, % a class" in line]
        assert sum(map(int, shares[48:].split())) == pytest.approx(100, abs=5)  # whole percents
    assert "Noise is taken for class" not in out  # the stand-in sees a bit of everything in it
    short = out[out.index("\nIn short\n") :]
    for question in ("Do they look right?", "Is everything there?", "Evenly?", "Copies?"):
        assert short.count(f"\n    {question}") == 1
    assert text.count("Left out modes found, high quality, reverse KL of modes: the modes of") == 1
    assert out.splitlines()[-1].startswith("evaluation: run/evaluation.json (")
    assert max(map(len, out.splitlines())) <= 100


def test_the_short_words_are_those_of_the_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    copied("ring")
    _, out, _ = run("evaluate", "run", *FEW, capsys=capsys)
    found = json.loads(Path("run/evaluation.json").read_text())
    numbers = {measure["name"]: measure for measure in found["measures"]}
    assert f"{numbers['modes']['value']:.0f} of 8 modes have samples" in out
    right, there = numbers["precision"], numbers["recall"]
    assert f"{100 * right['value']:.0f} % of samples lie among real data; " in out
    assert f"{100 * there['real']:.0f} % is perfect" in out
    to_training = numbers["to_training"]
    assert f"({to_training['value']:.3g}, " in out.splitlines()[-3]
    assert set(to_training["error"]) == {"value", "real", "noise"}


@pytest.mark.parametrize(
    ("near", "words"),
    [
        (4.1, "nearer than new data are (4.1, not 5): copies, blur, or too typical"),
        (4.2, "no nearer to training data than new data are (4.2, new data 5)"),
        (6.0, "no nearer to training data than new data are (6, new data 5)"),
    ],
)
def test_copies_are_more_than_chance(near: float, words: str) -> None:
    """5 ± 0.3 and near ± 0.3 differ by two errors from 0.849 on."""
    found = evaluate(copied("ring"), count=200, device="cpu")
    numbers, errors = {"value": near, "real": 5.0}, {"value": 0.3, "real": 0.3}
    row = replace(found.row("to_training"), numbers=numbers, errors=errors)
    assert list(in_short(replace(found, rows=[row]))) == [f"Copies?               {words}"]


def test_where_all_was_trained_on_nothing_is_said_of_copies() -> None:
    found = evaluate(copied("own"), count=200, device="cpu")
    *_, copies = in_short(found)
    assert copies == "Copies?               cannot be said, since G was trained on all of the data"


def classes_line(found: Evaluation, value: list[int], real: list[int]) -> str:
    """What is said of classes with these counts."""
    more = {
        which: {str(k): float(count) for k, count in enumerate(counts)}
        for which, counts in (("value", value), ("real", real))
    }
    row = replace(found.row("classes"), more=more, why_not="")
    (line,) = in_short(replace(found, rows=[row]))
    return line.removeprefix("Evenly?               ")


def test_classes_that_the_data_do_not_have_are_not_missed() -> None:
    one = [0] * 8 + [100, 0]
    found = evaluate(copied("ring"), count=200, device="cpu")
    assert classes_line(found, one, one) == "each class as often as in real data, to 1 %"


def test_many_classes_that_are_missing_are_counted() -> None:
    ten = [10] * 10
    found = evaluate(copied("ring"), count=200, device="cpu")
    words = "class 0 most, 100 % where real data have 10 %; never made: 9 classes"
    assert classes_line(found, [100] + [0] * 9, ten) == words
    assert classes_line(found, [20] * 5 + [0] * 5, ten).endswith("; never made: 5, 6, 7, 8, 9")


def test_shares_that_are_too_high_are_said_to_be() -> None:
    found = evaluate(copied("ring"), count=200, device="cpu")
    rows = [
        replace(found.row(key), numbers={"value": value, "real": 0.8})
        for key, value in (("precision", 0.9), ("recall", 0.84))
    ]
    assert list(in_short(replace(found, rows=rows))) == [
        "Do they look right?   90 % of samples lie among real data; 80 % is perfect, "
        "more too typical",
        "Is everything there?  84 % of real data lie among samples; 80 % is perfect",
    ]


def test_where_noise_is_a_class_of_its_own_it_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """The shipped network takes every image of uniform noise for an 8 (docs/classifier.md)."""
    copied("digits")
    _, out, _ = run("evaluate", "run", *FEW, capsys=capsys)
    assert "Noise is taken for class 8: samples with grain may be counted there." in out


def test_the_class_that_is_furthest_from_its_share_is_named(
    blocks, capsys: pytest.CaptureFixture[str]
) -> None:
    copied("digits")
    _, out, _ = run("evaluate", "run", *FEW, capsys=capsys)
    found = json.loads(Path("run/evaluation.json").read_text())
    counts = next(m for m in found["measures"] if m["name"] == "classes")["more"]
    off = [counts["value"][str(k)] - counts["real"][str(k)] for k in range(10)]
    furthest = max(range(10), key=lambda k: abs(off[k]))
    assert f"class {furthest} {'most' if off[furthest] > 0 else 'least'}, " in out


def test_json_is_one_object_a_line_and_one_in_the_file(
    blocks, capsys: pytest.CaptureFixture[str]
) -> None:
    copied("digits")
    status, out, err = run("evaluate", "run", *FEW, "--json", capsys=capsys)
    assert (status, err) == (0, "")
    head, *measures = map(json.loads, out.splitlines())
    assert (head["name"], head["samples"], head["test"], head["sigma_rows"]) == (
        "run",
        200,
        200,
        50,
    )
    assert head["features"]["name"] == "blocks"
    assert [measure["name"] for measure in measures] == [line.key for line in LINES]
    likelihood = measures[0]
    assert likelihood["real"] > likelihood["value"] > likelihood["noise"]
    assert set(likelihood["error"]) == set(likelihood["more"]) == {"value", "real", "noise"}
    assert list(likelihood["ladder"])[-1] == "the mean of real data, alone"
    assert measures[-1]["name"] == "to_training"
    modes = next(measure for measure in measures if measure["name"] == "modes")
    assert (modes["value"], modes["why_not"]) == (None, "the modes of the data are not known")
    written = json.loads(Path("run/evaluation.json").read_text("utf-8"))
    assert written.pop("measures") == measures
    assert written == head
    assert Path(written["picture"]).read_bytes()[1:4] == b"PNG"


def test_json_has_no_infinity(blocks) -> None:
    found = evaluate(copied("digits"), count=200, device="cpu")
    row = replace(
        found.row("class_kl"), numbers={"value": math.inf, "real": 0.0, "noise": math.nan}
    )
    spoilt = replace(found, rows=[row])
    _, line = map(json.loads, as_lines(spoilt))
    assert (line["value"], line["real"], line["noise"]) == (None, 0.0, None)
    assert "inf" in "\n".join(as_text(spoilt))


def test_out_puts_both_files_elsewhere_and_leaves_the_run_alone(
    blocks, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copied("digits")
    before = sorted(folder.iterdir())
    Path("there").mkdir()
    status, out, _ = run("evaluate", "run", *FEW, "--out", "there/mine.json", capsys=capsys)
    assert status == 0
    assert sorted(folder.iterdir()) == before
    assert {path.name for path in Path("there").iterdir()} == {"mine.json", "mine-neighbours.png"}
    assert out.splitlines()[-1].startswith("evaluation: there/mine.json")


def test_an_evaluated_run_goes_on(capsys: pytest.CaptureFixture[str], no_network) -> None:
    copied("gaussian")
    assert run("evaluate", "run", *FEW, capsys=capsys)[0] == 0
    status, out, _ = run("train", "--resume", "--out", "run", "--steps", "60", capsys=capsys)
    assert status == 0
    assert "60 of 60" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nowhere",), "nowhere holds no run (no config.json)"),
        (("run", "--count", "99"), "'99' is not an integer from 100 to 10^9"),
        (("run", "--out", "x.txt"), "x.txt: expected a file whose name ends in .json"),
        (("run", "--out", "a.json"), "a.json is a folder: expected a file whose name ends in"),
        (("run", "--out", "no/x.json"), "no/x.json: expected a file in a folder that is there"),
        (("run", "--features", "mnist"), "the feature network mnist sees images of shape (28, 28"),
        (("run", "--count", "x"), "'x' is not an integer from 100 to 10^9"),
    ],
)
def test_what_is_wrong_is_one_line_and_status_2(
    words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    copied("gaussian")
    Path("a.json").mkdir()
    status, out, err = run("evaluate", *words, "--device", "cpu", capsys=capsys)
    assert (status, out) == (2, "")
    assert err.startswith("minigan evaluate: ")
    assert err.count("\n") == 1
    assert message in err
    assert not Path("run/evaluation.json").exists()


def test_data_that_are_gone_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    np.save("own.npy", np.random.default_rng(0).normal(size=(300, 1)))
    train("gaussian-1d", "own.npy", out="run", steps=20, progress=False, device="cpu")
    Path("own.npy").unlink()
    status, _, err = run("evaluate", "run", *FEW, capsys=capsys)
    assert status == 2
    assert err.startswith("minigan evaluate: run: the data of the run cannot be read again: there")
    assert "own.npy" in err
    assert err.count("\n") == 1


def test_a_network_without_a_name_is_not_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    copied("digits")
    status, _, err = run("evaluate", "run", *FEW, "--features", "", capsys=capsys)
    assert (status, err.count("\n")) == (2, 1)
    assert "--features: '' is empty, expected a name" in err


def test_a_line_says_in_one_line_what_it_tells_and_what_it_does_not() -> None:
    assert len({line.key for line in LINES}) == len(LINES) == 18
    for line in LINES:
        assert line.best in (lines.HIGHER, lines.LOWER, lines.AS_REAL)
        for text in (line.tells, line.cannot):
            assert text.endswith((".", "?"))
            assert len(text) <= 86
            assert text[0].islower()
