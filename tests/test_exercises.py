"""Right answers pass however they are written, and each mistake is called by its name."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from minigan.cli import main
from minigan.exercises import answers
from minigan.exercises.answers import NAMES, AnswerError, check, find, sheet

SHEETS = Path(answers.__file__).parent / "sheets"


def table(name):
    """The answers_*.py of an exercise: RIGHT, a list, and WRONG, by the words that name it."""
    return importlib.import_module(f"answers_{name.replace('-', '_')}")


def written(tmp_path, name, source):
    path = tmp_path / "answer.py"
    path.write_text(f"import numpy as np\n\nEXERCISE = {name!r}\n\n\n{source}\n", encoding="utf-8")
    return path


def cases(kind):
    found = []
    for name in NAMES:
        answered = getattr(table(name), kind)
        pairs = answered.items() if kind == "WRONG" else enumerate(answered)
        found += [pytest.param(name, *pair, id=f"{name}: {pair[0]}") for pair in pairs]
    return found


@pytest.mark.parametrize(("name", "i", "source"), cases("RIGHT"))
def test_a_right_answer_passes_however_it_is_written(name, i, source, tmp_path):
    exercise, fault = check(written(tmp_path, name, source))
    assert (exercise.name, fault) == (name, "")


@pytest.mark.parametrize(("name", "words", "source"), cases("WRONG"))
def test_a_mistake_is_called_by_its_name(name, words, source, tmp_path):
    _, fault = check(written(tmp_path, name, source))
    assert words in fault
    assert "\n" not in fault


@pytest.mark.parametrize("name", NAMES)
def test_each_mistake_that_an_exercise_knows_is_planted(name, tmp_path):
    sentences = set()
    path = written(tmp_path, name, table(name).RIGHT[0])
    answer = answers.load(path, find(name))
    for square in (True, False):
        trial = find(name).trial(answer, np.random.default_rng(0), square)
        sentences |= trial.mistakes.keys()
    planted = table(name).WRONG
    assert [s for s in sorted(sentences) if not any(words in s for words in planted)] == []


def test_one_number_that_fits_no_mistake_has_no_share_of_wrong_entries(tmp_path):
    source = table("frechet").WRONG["in a way that is no mistake I know"]
    _, fault = check(written(tmp_path, "frechet", source))
    assert fault.startswith("F is ")
    assert "%" not in fault
    source = "def backward(dy, x, W):\n    return dy @ W.T, x.T @ dy**3, dy.sum(0)"
    _, fault = check(written(tmp_path, "dense", source))
    assert "% of the entries are wrong, in a way that is no mistake I know." in fault


def test_two_of_many_results_in_each_others_place_are_told(tmp_path):
    names = ["V", "D_real", "D_fake", "accuracy", "bound"]
    for i, j in ((0, 4), (1, 3), (3, 4)):
        order = list(names)
        order[i], order[j] = order[j], order[i]
        moved = table("reading").HEAD + (
            "row = dict(V=V, D_real=p, D_fake=q, accuracy=accuracy, bound=bound)\n"
            f"    return [row[name] for name in {order}]"
        )
        _, fault = check(written(tmp_path, "reading", moved))
        expected = f"the results are {', '.join(order)}, expected them as {', '.join(names)}."
        assert fault == expected


def test_the_accuracy_of_reading_is_another_in_another_trial():
    answer = SimpleNamespace(reading=lambda a, b: (0.0,) * 5)
    rngs = [np.random.default_rng(seed) for seed in range(30)]
    right = [find("reading").trial(answer, rng, square=True).right["accuracy"] for rng in rngs]
    assert len(set(right[:3])) == 3
    assert len(set(right)) > 10


@pytest.mark.parametrize("name", NAMES)
def test_at_least_two_ways_to_be_right_are_tried(name):
    assert len(set(table(name).RIGHT)) >= 2


@pytest.mark.parametrize("name", NAMES)
def test_a_sheet_is_not_answered_and_has_no_answer_in_it(name, tmp_path):
    path = tmp_path / "sheet.py"
    path.write_text(sheet(name), encoding="utf-8")
    with pytest.raises(AnswerError, match="not answered yet"):
        check(path)
    assert f"Exercise {name}:" in sheet(name)
    assert f'EXERCISE = "{name}"' in sheet(name)
    assert f"docs/{find(name).chapter}.md" in sheet(name)


def test_there_is_a_sheet_for_each_exercise_and_no_other():
    assert {path.stem for path in SHEETS.glob("*.py")} == {n.replace("-", "_") for n in NAMES}


def run(capsys, *words):
    status = main(["exercise", *map(str, words)])
    out, err = capsys.readouterr()
    return status, out, err


def test_the_commands(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, _ = run(capsys, "list")
    assert (status, [line.split()[0] for line in out.splitlines()]) == (0, list(NAMES))
    status, out, _ = run(capsys, "start", "dense")
    assert (status, out) == (0, "dense.py: fill it in, then: minigan exercise check dense.py\n")
    status, _, err = run(capsys, "start", "dense")
    assert status == 2
    assert "dense.py is there already and was left as it is" in err
    status, _, err = run(capsys, "check", "dense.py")
    assert status == 2
    assert err == "minigan exercise: dense.py: not answered yet, it raises NotImplementedError.\n"
    status, out, _ = run(capsys, "check", written(tmp_path, "dense", table("dense").RIGHT[0]))
    assert (status, out) == (0, "dense: right.\n")
    words, source = next(iter(table("dense").WRONG.items()))
    status, out, _ = run(capsys, "check", written(tmp_path, "dense", source))
    assert status == 1
    assert out.startswith(f"dense: {words}")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def backward(dy, x, W):\n    return dy @ np.ones(9)", "line 7: ValueError: matmul"),
        ("def backward(dy, x, W):\n    return dy @@ x", "line 7: SyntaxError: "),
        ("x = 1 / 0", "line 6: ZeroDivisionError: division by zero"),
        ("def forward(x):\n    return x", "there is no function backward, which dense asks for"),
        ("def backward(dy):\n    return dy", "TypeError: backward() takes 1 positional argument"),
    ],
)
def test_code_that_fails_is_one_line_that_names_its_line(source, words, tmp_path):
    path = written(tmp_path, "dense", source)
    with pytest.raises(AnswerError) as caught:
        check(path)
    assert str(path) in str(caught.value)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"EXERCISE = 3", b"EXERCISE = 'cnse'"])
def test_a_file_that_is_no_answer_is_one_line(content, tmp_path):
    path = tmp_path / "answer.py"
    path.write_bytes(content)
    with pytest.raises(AnswerError) as caught:
        check(path)
    assert "\n" not in str(caught.value)
    with pytest.raises(AnswerError, match=r"cannot be read \(No such file or directory\)"):
        check(tmp_path / "none.py")
