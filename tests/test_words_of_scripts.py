"""The demos and benchmarks refuse a wrong word as the command line does, before they compute."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import command_line
import pytest

in_an_empty_folder = command_line.in_an_empty_folder
ROOT = Path(__file__).parent.parent
SEED = {"-1": "from 0 to 10^18", "x": "from 0 to 10^18", "1.5": "from 0 to 10^18"}
COUNT = {"0": "from 1 to 10^9", "1" + "0" * 30: "from 1 to 10^9", "": "from 1 to 10^9"}
SECONDS = {"0": "not a number above 0", "nan": "not a number above", "1e9": "86400 at most"}
PICTURE = dict.fromkeys(["", "x", "x.jpeg", "no/x.png", "."], "is not a .png or .pdf file in a f")
DEVICE = {"tpu": "device is 'tpu', expected one of 'cpu', 'cuda', 'auto'", "": "device is ''"}
SCRIPTS: dict[str, dict[str, dict[str, str]]] = {
    "demos/checkerboard": {"--seed": SEED, "--out": PICTURE, "--device": DEVICE},
    "demos/digits_mlp": {"--seed": SEED, "--steps": COUNT, "--out": PICTURE, "--device": DEVICE},
    "demos/dirac_gan": {"--seed": SEED, "--out": PICTURE, "--device": DEVICE},
    "demos/gaussian_1d": {"--seed": SEED, "--out": PICTURE, "--device": DEVICE},
    "demos/gradient_by_hand": {"--seed": SEED, "--out": PICTURE, "--device": DEVICE},
    "demos/judge_labels": {
        "--seed": SEED,
        "--each": {"0": "from 1 to 1000", "1001": "from 1 to 1000"},
        "--out": PICTURE,
        "--device": DEVICE,
    },
    "demos/minibatch_ring": {"--seed": SEED, "--out": PICTURE, "--device": DEVICE},
    "demos/optimal_discriminator": {"--seed": SEED, "--out": PICTURE, "--device": DEVICE},
    "demos/watch_the_ring": {"--seed": SEED, "--out": PICTURE, "--device": DEVICE},
    "demos/why_g_stalls": {"--seed": SEED, "--out": PICTURE, "--device": DEVICE},
    "benchmarks/against_torch": {
        "--rounds": COUNT,
        "--threads": {"0": "from 1 to 1000", "1001": "from 1 to 1000"},
        "--seconds": SECONDS,
        "--pause": SECONDS,
        "--device": {"tpu": "invalid choice: 'tpu'"},
    },
    "benchmarks/floor": {"--rounds": COUNT, "--seconds": SECONDS},
    "benchmarks/gpu": {
        "--budget": SECONDS,
        "--out": {"x.txt": "is not a .md file", "no/x.md": "is not a .md file"},
        "--only": {"x": "invalid choice: 'x'"},
    },
    "benchmarks/reported": {"--seeds": SEED, "--steps": COUNT, "--device": DEVICE},
    "benchmarks/same_noise": {"--seed": SEED, "--steps": COUNT},
    "benchmarks/steps": {"--rounds": COUNT},
    "benchmarks/tricks": {"--rounds": COUNT},
}


def refused(
    name: str, *words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    """The one line with which a script refuses these words."""
    monkeypatch.setattr("sys.argv", [f"{name}.py", *words])
    with pytest.raises(SystemExit) as stop:
        runpy.run_path(str(ROOT / f"{name}.py"), run_name="__main__")
    out, err = capsys.readouterr()
    assert (stop.value.code, out, err.count("\n")) == (2, "", 1), err
    return err


def test_every_script_that_takes_words_is_in_the_table() -> None:
    takes = [*ROOT.glob("demos/*.py"), *ROOT.glob("benchmarks/*.py")]
    takes = [path for path in takes if "parse_args(" in path.read_text(encoding="utf-8")]
    assert {str(path.relative_to(ROOT).with_suffix("")) for path in takes} == {*SCRIPTS}
    assert not [path for path in takes if "argparse.ArgumentParser(" in path.read_text("utf-8")]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_wrong_word_of_a_script_is_one_line(
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    record_property: Any,
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    say = {"monkeypatch": monkeypatch, "capsys": capsys}
    assert "unrecognized arguments: --colour" in refused(name, "--colour", **say)
    for option, wrong in SCRIPTS[name].items():
        assert f"argument {option}: " in refused(name, option, **say)
        for value, words in wrong.items():
            line = refused(name, option, value, **say)
            assert words in line
            assert f"argument {option}: " in line
    record_property("cases", 1 + sum(1 + len(wrong) for wrong in SCRIPTS[name].values()))
    left = {path.name for path in tmp_path.iterdir()}
    assert left <= {".config", "cache"}  # Matplotlib's own, where it is imported for the first time


def test_what_is_no_run_of_cgan_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    say = {"monkeypatch": monkeypatch, "capsys": capsys}
    line = refused("demos/judge_labels", "no", **say)
    assert "no holds no run (no config.json)" in line
