"""Wrong settings and folders are found before anything is written."""

import re
from pathlib import Path

import numpy as np
import pytest
import short_runs
from short_runs import files, run

from minigan.data import Dataset
from minigan.training import session, train
from minigan.training.folder import RunError

small_models, quick_pictures = short_runs.small_models, short_runs.quick_pictures


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"steps": 0}, "steps is 0, expected an integer of 1 or more"),
        ({"m": 2.5}, "m is 2.5, expected an integer of 1 or more"),
        ({"seed": -1}, "seed is -1, expected an integer of 0 or more"),
        ({"sample_every": True}, "sample_every is True, expected an integer"),
        ({"rule": "wgan"}, "rule is 'wgan', expected one of algorithm-1"),
        ({"objective": "hinge"}, "objective is 'hinge', expected one of"),
        ({"model": "vae"}, "there is no model 'vae'"),
        (
            {"m": 5000},
            "has 1,797 examples, fewer than one batch of 5000: say --batch 898",
        ),
        (
            {"m": 5000, "data": Dataset("few", np.zeros((3, 2), np.float32))},
            "few has 3 examples, fewer than one batch of 5000: say --batch 2",
        ),
        (
            {"m": 1},
            "a batch of 1 is too small for mlp-batchnorm, say --batch 2 or more: BatchNorm(",
        ),
        (
            {"m": 7, "generators": 4},
            "a batch of 7 is too small for mlp-batchnorm with 4 generators, say --batch 8 or more:",
        ),
        ({"k": 2}, "rule 'separate': k is 2, expected 1"),
        ({"data": "nothing-here"}, "nothing-here"),
        ({"data_options": {"rezise": 3}}, "data_options has 'rezise', expected some of images"),
        ({"device": "tpu"}, "device is 'tpu'"),
        ({"model": "gaussian-1d", "data": "digits8x8"}, "expected vectors"),
    ],
)
def test_wrong_settings_are_found_before_anything_is_left(settings, words):
    settings = {"model": "mlp-batchnorm", "steps": 5} | settings
    with pytest.raises(ValueError, match=re.escape(words)):
        train(progress=False, **settings)
    assert not Path("runs").exists()


def test_a_run_is_never_written_over():
    folders = [run("mlp", steps=1).folder for _ in range(3)]
    assert folders == [Path("runs/mlp"), Path("runs/mlp-2"), Path("runs/mlp-3")]
    before = files("runs")
    with pytest.raises(RunError, match="runs/mlp-2 holds a run already: go on with it by --resume"):
        run("mlp", steps=1, out="runs/mlp-2")
    assert files("runs") == before


def test_a_folder_that_cannot_be_used_is_found_first(tmp_path, monkeypatch):
    Path("file").write_text("mine")
    Path("full").mkdir()
    Path("full/thesis.txt").write_text("mine")
    with pytest.raises(RunError, match="file is a file, expected a folder"):
        run(steps=1, out="file")
    with pytest.raises(RunError, match="file/below: the run cannot be written there"):
        run(steps=1, out="file/below")
    with pytest.raises(RunError, match="full is not empty and holds no run"):
        run(steps=1, out="full")
    with pytest.raises(
        RunError, match=r"full holds no run to resume \(no config.json in /.*full\)"
    ):
        run(out="full", resume=True)
    assert files(".") == {"file": b"mine", "full/thesis.txt": b"mine"}

    def read_only(path, content):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "write_bytes", read_only)
    with pytest.raises(RunError, match=r"there \(Permission denied\); give another folder"):
        run(steps=1, out="locked")
    with pytest.raises(RunError, match="full is not empty"):
        run(steps=1, out="full")


def test_an_empty_folder_may_be_used():
    Path("empty").mkdir()
    assert run(steps=1, out="empty").folder == Path("empty")


def test_a_run_that_was_killed_before_its_first_file_is_begun_again_with_the_same_words(
    monkeypatch,
):
    """What is left of it is an empty folder, or a torn file of a hidden name."""
    whole = files(run(steps=1, out="whole").folder)
    for left in ((), (".config.json.tmp",), (".probe.tmp", ".config.json.tmp")):
        place = Path(f"killed {len(left)}")
        place.mkdir()
        for name in left:
            (place / name).write_bytes(b'{"mod')
        with pytest.raises(RunError, match=r"holds no run to resume .*: leave --resume out to"):
            run(out=place, resume=True)
        assert files(run(steps=1, out=place).folder) == whole
    Path("runs/mlp").mkdir(parents=True)
    assert run("mlp", steps=1).folder == Path("runs/mlp-2")  # another process may be in the first
    assert run("mlp", resume=True).folder == Path("runs/mlp-2")


def test_a_batch_of_one_is_enough_where_nothing_is_normalised():
    assert run("mlp", steps=1, m=1).step == 1
    assert run("mlp", steps=1, m=3, generators=3).step == 1
    assert run("mlp-batchnorm", steps=1, m=4, generators=2).step == 1


def test_the_trial_of_a_small_batch_does_not_change_the_game():
    run("goodfellow-2014", steps=1, m=2, out="tried", generators=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "check_batch", lambda *args: None)
        run("goodfellow-2014", steps=1, m=2, out="not", generators=2)
    short_runs.assert_same_files("tried", "not")
