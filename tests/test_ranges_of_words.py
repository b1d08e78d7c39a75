"""Every word of the command line has a range: it stands in the help, and in the error beyond it.

LINES has a line for each option and each place of every command: what is wrong there, with words of
the error, and what is right at the ends of the range.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import command_line
import pytest
from command_line import run

from minigan.arguments import make_parser
from minigan.collapse.rows import ROWS
from minigan.exercises.answers import NAMES
from minigan.models import MODELS
from minigan.rules import RULES
from minigan.training.session import EVERY
from minigan.training.settings import LEAST, NUMBERS

in_an_empty_folder = command_line.in_an_empty_folder


@dataclass(frozen=True)
class Line:
    """What is wrong for a word, with the error's words; what is right, and what it is read as."""

    wrong: dict[str, str]
    right: dict[str, Any] = field(default_factory=dict)
    range: str = ""  # as the help has it


def power(text: str) -> int:
    return (
        (-1 if text[0] == "-" else 1) * 10 ** int(text.split("^")[1]) if "^" in text else int(text)
    )


def integers(text: str) -> Line:
    """`text` is the range, such as "1 to 10^9"."""
    low, high = (power(end) for end in text.split(" to "))
    none = ["", "1.5", "abc", "1e3", " 5", "５", "²", "0x10", "1_0", "nan", "1" * 5000]
    wrong = dict.fromkeys([*none, str(low - 1), str(high + 1), "1" + "0" * 30], f"from {text}")
    return Line(wrong, {str(low): low, f"+{high}": high, f"00{high}": high}, text)


def numbers(text: str, wrong: list[str], right: list[str]) -> Line:
    none = ["", "abc", "nan", "inf", "1e999", "１", " 1", "1_0", "0x1p-1", "1,0", "."]
    words = dict.fromkeys([*none, *wrong], f"is not a number {text}")
    return Line(words, {one: float(one) for one in right}, text)


def names(known: Any) -> Line:
    known = [*known]
    return Line(dict.fromkeys(["", "x", known[0].upper() + " "], known[-1]), {n: n for n in known})


def text(what: str, right: Any = "x") -> Line:
    return Line({"": f"is empty, expected {what}", " ": f"is empty, expected {what}"}, {"x": right})


FLAG = Line({"=1": "ignored explicit argument '1'"}, {"": True})
FOLDER, FILE = text("a folder", Path("x")), text("a file", Path("x"))
OF_A_RUN = text("the folder of a run", Path("x"))
DEVICE, SEED, COUNT = names(["auto", "cpu", "cuda"]), integers("0 to 10^18"), integers("1 to 10^9")
PENALTY = numbers("of 0 or more, 10^6 at most", ["-1", "1e7", "-.5"], ["0", "-0.0", "1e-9", "1e6"])
SHAPES = ["", "0", "x", "28x", "28x28", "28x28x1x1", "28x-1x1", "1.5", "５", " 5", "28x0x1", "+5"]
LINES = {
    "train MODEL": text("a model"),
    "train --data": text("a name or a path"),
    "train --images": text("a folder"),
    "train --resize": integers("1 to 4096"),
    "train --color": names(["grey", "rgb"]),
    "train --layout": names(["NHW", "NHWC", "NCHW", "ND"]),
    "train --hold-out": COUNT,
    "train --steps": COUNT,
    "train --batch": COUNT,
    "train --seed": SEED,
    "train --device": DEVICE,
    "train --out": FOLDER,
    "train --resume": FLAG,
    "train --rule": names(RULES),
    "train --objective": names(["minimax", "non-saturating"]),
    "train -k": COUNT,
    "train --evaluate-every": integers("0 to 10^9"),
    "train --smooth": numbers("above 0.5, 1 at most", ["0.5", "1.01", "-1", "0"], ["0.51", "1"]),
    "train --draws": names(["host", "device"]),
    "train --graph": names(["auto", "on", "off"]),
    "train --tf32": FLAG,
    "train --fakes": names(["training", "evaluation"]),
    "train --l1": PENALTY,
    "train --l2": PENALTY,
    "train --generators": integers("1 to 100"),
    "train --discriminators": integers("1 to 100"),
    "train --epochs": COUNT,
    "train --sample-every": COUNT,
    "train --log-every": COUNT,
    "train --checkpoint-every": COUNT,
    "train --quiet": FLAG,
    "sample RUN": OF_A_RUN,
    "sample --count": COUNT,
    "sample --label": integers("-10^18 to 10^18"),
    "sample --seed": SEED,
    "sample --best": FLAG,
    "sample --out": FILE,
    "sample --device": DEVICE,
    "film RUN": OF_A_RUN,
    "film --out": text("a .html file", Path("x")),
    "film --gif": FLAG,
    "evaluate RUN": OF_A_RUN,
    "evaluate --count": integers("100 to 10^9"),
    "evaluate --seed": SEED,
    "evaluate --features": text("a name"),
    "evaluate --best": FLAG,
    "evaluate --out": text("a .json file", Path("x")),
    "evaluate --device": DEVICE,
    "evaluate --json": FLAG,
    "doctor RUN": OF_A_RUN,
    "doctor --device": DEVICE,
    "doctor --json": FLAG,
    "summary MODEL": names(MODELS),
    "summary --shape": Line(
        dict.fromkeys(SHAPES, "is not a shape such as 28x28x1, or 2")
        | dict.fromkeys(["1000001", "1000x1001x1"], "is a shape of more than 10^6 numbers")
        | {"9" * 5000: "is not a shape such as"},
        {"1": (1,), "1000X1000x1": (1000, 1000, 1), "007": (7,)},
        "10^6 numbers at most",
    ),
    "summary --json": FLAG,
    "gradcheck LAYER|MODEL": text("a layer or a model"),
    "gradcheck --seed": SEED,
    "gradcheck --device": DEVICE,
    "gradcheck --json": FLAG,
    "bench MODEL": text("a model"),
    "bench --layers": FLAG,
    "bench --rule": names(["same", "own", *RULES]),
    "bench --steps": COUNT,
    "bench --batch": integers("1 to 10^6"),
    "bench --draws": names(["host", "device"]),
    "bench --graph": FLAG,
    "bench --tf32": FLAG,
    "bench --device": DEVICE,
    "bench --json": FLAG,
    "collapse data": names(["ring", "grid"]),
    "collapse --seeds": integers("1 to 1000"),
    "collapse --rows": Line(names(ROWS).wrong, {name: [name] for name in ROWS}),
    "collapse --full": FLAG,
    "collapse --steps": COUNT,
    "collapse --jobs": integers("1 to 1000"),
    "collapse --device": names(["cpu", "cuda", "auto"]),
    "collapse --out": FOLDER,
    "collapse --quiet": FLAG,
    "collapse --json": FLAG,
    "exercise start NAME": names(list(NAMES)),
    "exercise start --out": Line(
        dict.fromkeys(["", "x.txt", "none/x.py"], "is not a .py file in a folder that is there"),
        {"x.py": Path("x.py")},
    ),
    "exercise check FILE": FILE,
    "devices --json": FLAG,
    "data get NAME": text("a name"),
    "data export NAME|PATH": text("a name or a path"),
    "data export --to": FOLDER,
}
BEFORE = {
    "exercise start": [
        "dense"
    ],  # the places of a command, so that an option of it can be looked at alone
    **{name: ["run"] for name in ("sample", "film", "evaluate", "doctor")},
    "summary": ["mlp"],
    "collapse": ["ring"],
    "data export": ["ring", "--to", "folder"],
}


def actions(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.Action]]:
    """Every word that a parser and its commands take, by the name that LINES gives it."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from actions(command)
        elif action.dest not in ("help", "version"):
            word = (action.option_strings or [str(action.metavar or action.dest)])[-1]
            yield f"{parser.prog.removeprefix('minigan ')} {word}", action


WORDS = dict(actions(make_parser()))


def with_value(name: str, value: str) -> list[str]:
    """The words of a command that gives a value to one of them."""
    command, _, word = name.rpartition(" ")
    if not word.startswith("-"):
        rest = BEFORE[command][1:] if command == "data export" else []
        return [*command.split(), value, *rest]
    given = [word + value] if LINES[name] is FLAG else [word, value]
    return [*command.split(), *BEFORE.get(command, []), *given]


def test_every_word_of_every_command_has_a_line() -> None:
    assert LINES.keys() == WORDS.keys()
    assert len(LINES) == len(set(LINES)) > 80


@pytest.mark.parametrize("name", LINES)
def test_out_of_range_is_one_line_with_word_value_and_range(
    name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, record_property: Any
) -> None:
    for value, words in LINES[name].wrong.items():
        status, out, err = run(*with_value(name, value), capsys=capsys)
        assert (status, out, err.count("\n")) == (2, "", 1), (value, err)
        assert words in err, value
        assert f"argument {name.rpartition(' ')[2]}: " in err, value
        assert repr(value)[:40].rstrip("'") in err or LINES[name] is FLAG, value
        assert len(err) < 600, value
    assert list(tmp_path.iterdir()) == []
    record_property("cases", len(LINES[name].wrong))


@pytest.mark.parametrize("name", LINES)
def test_the_ends_of_a_range_are_in_it(name: str) -> None:
    parser = make_parser()
    for value, meaning in LINES[name].right.items():
        args = parser.parse_args(with_value(name, value))
        assert getattr(args, WORDS[name].dest) == meaning


def test_the_help_has_the_range_of_every_number(capsys: pytest.CaptureFixture[str]) -> None:
    numeric = {name: line.range for name, line in LINES.items() if line.range}
    assert len(numeric) > 25
    for name, words in numeric.items():
        assert words in (WORDS[name].help or "").replace("%%", "%"), name
        assert str(WORDS[name].type) == words or name == "summary --shape"
    for command in {name.rpartition(" ")[0] for name in numeric}:
        text = " ".join(run(*command.split(), "--help", capsys=capsys)[1].split())
        for name, words in numeric.items():
            assert words in text or name.rpartition(" ")[0] != command, name


def test_settings_have_the_same_ranges_in_python() -> None:
    given = {"evaluate_every": "evaluate-every", "m": "batch"} | {
        key: key for key in ("k", "steps")
    }
    given |= {key: key for key in ("generators", "discriminators", "seed")}
    given |= {key: key.replace("_", "-") for key in EVERY}
    assert {*given} == {*LEAST}
    for key, option in given.items():
        line = LINES[f"train {'-' if len(option) == 1 else '--'}{option}"]
        assert power(line.range.split(" to ")[0]) == LEAST[key]
    for key, words, fits in NUMBERS:
        assert LINES[f"train --{key}"].range in (words, words.removeprefix("of "))
        for value in LINES[f"train --{key}"].right.values():
            assert fits(value)


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("train", "--step", "5"), "unrecognized arguments: --step, did you mean --steps?"),
        (("train", "--evaluate=5"), "unrecognized arguments: --evaluate=5"),
        (("sample", "run", "--json"), "minigan sample: unrecognized arguments: --json"),
        (("collapse", "ring", "--seed", "3"), "did you mean --seeds?"),
        (("devices", "--js"), "did you mean --json?"),
        (("data", "--to", "x"), "minigan data: "),
        (("data", "get", "mnist", "fashion-mnist"), "minigan data get: unrecognized arguments"),
        (("--vers",), "minigan: "),
        (("models", "--", "-k"), "unrecognized arguments: -- -k"),
        (("train", "a", "b\nc"), "unrecognized arguments: b\\nc"),
        (("bench", "mlp", "--steps"), "argument --steps: expected one argument"),
        (("bench", "mlp", "--steps", "--json"), "argument --steps: expected one argument"),
        (("train", "--seed", "-1"), "argument --seed: '-1' is not an integer from 0 to 10^18"),
        (("train", "--l1=-1e-3"), "argument --l1: '-1e-3' is not a number"),
        (("train", "--l1", "-inf"), "argument --l1: "),
        (("train", "-k0"), "argument -k: '0' is not an integer"),
        (("collapse", "ring", "--rows"), "argument --rows: expected at least one argument"),
    ],
)
def test_options_are_written_in_full_and_have_their_value(
    argv: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, out, err = run(*argv, capsys=capsys)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert words in err
    assert list(tmp_path.iterdir()) == []


def test_of_an_option_that_is_given_twice_the_last_one_counts() -> None:
    args = make_parser().parse_args(["train", "--seed", "1", "--steps=2", "--seed=3", "--", "mlp"])
    assert (args.seed, args.steps, args.model) == (3, 2, "mlp")
