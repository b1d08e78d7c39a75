"""Examples held out of training, and which of a run's data then play which part."""

from __future__ import annotations

from pathlib import Path

import command_line
import doctor_runs
import numpy as np
import pytest

from minigan.cli import main
from minigan.data import DataError, as_dataset, load
from minigan.evaluation import parts
from minigan.evaluation.sides import open_sides
from minigan.training import RunError, train
from minigan.training.folder import read_config

in_an_empty_folder = command_line.in_an_empty_folder
QUICK = {"steps": 2, "m": 32, "progress": False, "device": "cpu"}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    doctor_runs.change(monkeypatch, "mlp-batchnorm")
    doctor_runs.without_pictures(monkeypatch)


def rows(x: np.ndarray) -> list[bytes]:
    return [np.ascontiguousarray(row, dtype=np.float32).tobytes() for row in x]


def test_the_last_examples_are_held_out_with_their_labels() -> None:
    whole = load("digits8x8")
    seen, kept = (load("digits8x8", hold_out=97, split=split) for split in ("train", "validation"))
    assert (len(seen), len(kept)) == (1700, 97)
    np.testing.assert_array_equal(np.concatenate([seen.x, kept.x]), whole.x)
    np.testing.assert_array_equal(np.concatenate([seen.labels, kept.labels]), whole.labels)
    assert seen.description.endswith("; train, 1,700 of 1,797")
    assert kept.description.endswith("; validation, 97 of 1,797")


def test_the_test_part_is_not_touched() -> None:
    test = load("mnist12k", hold_out=1000, split="test")
    np.testing.assert_array_equal(test.x, load("mnist12k", split="test").x)


@pytest.mark.parametrize("hold_out", [0, -1, 1797, 5000, 2.0, "9", True])
def test_a_hold_out_that_leaves_nothing_is_refused(hold_out: object) -> None:
    with pytest.raises(DataError, match=r"digits8x8: hold_out is .* from 1 to 1,796; there are"):
        load("digits8x8", hold_out=hold_out)  # type: ignore[arg-type]


def test_validation_asks_for_a_hold_out() -> None:
    with pytest.raises(DataError, match="'validation', which is there with hold_out alone"):
        load("digits8x8", split="validation")


def test_a_dataset_of_ones_own_is_parted_by_whoever_has_it() -> None:
    own = as_dataset(np.zeros((99, 2), dtype=np.float32), "mine")
    with pytest.raises(RunError, match=r"hold_out is 9.* Dataset 'mine' .*: minigan\.data\.part"):
        train("gaussian-1d", own, data_options={"hold_out": 9}, **QUICK)


def test_a_run_keeps_what_it_holds_out_when_it_goes_on() -> None:
    main(
        ["train", "--hold-out", "9000", "--steps", "2", "--batch", "32", "--quiet", "--out", "run"]
    )
    config = read_config(Path("run"))
    assert config.data["n"] == 1000
    assert config.data["options"] == {"hold_out": 9000}
    train(resume=True, out="run", steps=4, progress=False)
    with pytest.raises(RunError, match=r"the run has data options \{'hold_out': 9000\}, but"):
        train(resume=True, out="run", data_options={"hold_out": 8000}, progress=False)


def test_held_out_examples_choose_sigma_and_all_of_the_test_part_is_scored(monkeypatch) -> None:
    monkeypatch.setattr(parts, "MOST_FOR_SIGMA", 70)
    train("mlp-batchnorm", data_options={"hold_out": 9500}, out="run", **QUICK)
    found = open_sides(Path("run"), device="cpu")
    digits = load("mnist12k").x.reshape(-1, 784) / np.float32(255)
    assert rows(found.sigma_rows) == rows(digits[500:570])  # the first of them, in their order
    assert sorted(rows(found.training)) == sorted(rows(digits[:500]))
    test = load("mnist12k", split="test").x.reshape(-1, 784) / np.float32(255)
    assert set(rows(found.test.x)) <= set(rows(test))
    assert rows(found.scored) == rows(found.test.x)
    assert found.held_out


def test_where_there_is_no_test_part_held_out_examples_are_it() -> None:
    train("mlp-batchnorm", "digits8x8", data_options={"hold_out": 400}, out="run", **QUICK)
    found = open_sides(Path("run"), count=300, device="cpu")
    digits = load("digits8x8").x.reshape(-1, 64) / np.float32(16)
    assert set(rows(found.test.x)) <= set(rows(digits[1397:]))
    assert (len(found.sigma_rows), len(found.scored)) == (75, 225)
    assert not set(rows(found.sigma_rows)) & set(rows(found.scored))
    assert found.held_out
    assert found.notes == ()
