"""Damaged or lost files, full disks, a folder used twice: found and said, and nothing is lost."""

import json
import re
import shutil
import sys
from pathlib import Path

import pytest
import short_runs
from short_runs import after_step, assert_same_files, files, run
from small_classifier import digits, resumed, stopped

from minigan import checkpoint
from minigan.checkpoint import CheckpointError
from minigan.files import remove_leftovers
from minigan.training import run as training
from minigan.training import sample, train_classifier
from minigan.training.folder import RunError

small_models, quick_pictures = short_runs.small_models, short_runs.quick_pictures


@pytest.mark.parametrize("name", ["G/params/3.W", "D/optimizer/m.1.W", "data/order"])
def test_a_damaged_checkpoint_is_never_loaded(name):
    folder = run(steps=20).folder
    content = bytearray((folder / "checkpoint.npz").read_bytes())
    array = checkpoint.load(folder / "checkpoint.npz")[0][name]
    content[content.index(array.tobytes()) + 5] ^= 4
    (folder / "checkpoint.npz").write_bytes(content)
    before = files(folder)
    for use in (lambda: run(resume=True, steps=40), lambda: sample(folder)):
        with pytest.raises(CheckpointError, match=r"runs/mlp-batchnorm/checkpoint.npz: damaged"):
            use()
    assert files(folder) == before


def test_a_missing_checkpoint_is_one_sentence():
    folder = run(steps=2).folder
    (folder / "checkpoint.npz").unlink()
    with pytest.raises(CheckpointError, match="there is no checkpoint here"):
        run(resume=True)


def test_a_run_that_ended_before_its_first_checkpoint_begins_again(monkeypatch):
    def crash(*args):
        raise MemoryError

    run(steps=20, out="straight")
    with monkeypatch.context() as patch:
        patch.setattr(training, "save", crash)
        with pytest.raises(MemoryError):
            run(steps=20, out="early")
    assert not Path("early/checkpoint.npz").exists()
    for change, words in (
        ({"model": []}, "model is [], expected a name"),
        ({"rule": "wgan"}, "rule is 'wgan', expected one of"),
        ({"data": {}}, "damaged, data must have name, n, options"),
        ({"versions": {"x": 1e999}}, "versions must be an object of strings"),
    ):
        text = Path("early/config.json").read_text()
        Path("early/config.json").write_text(json.dumps(json.loads(text) | change))
        with pytest.raises(RunError, match=re.escape(words)):
            run(out="early", resume=True)
        Path("early/config.json").write_text(text)
    run(out="early", resume=True)
    assert_same_files("straight", "early")


@pytest.mark.parametrize("lost", [("checkpoint.npz",), ("checkpoint.npz", "log.csv")])
def test_a_run_that_lost_its_checkpoint_does_not_begin_again(lost):
    folder = run(steps=20).folder
    for name in lost:
        (folder / name).unlink()
    before = files(folder)
    with pytest.raises(CheckpointError, match="there is no checkpoint here"):
        run(resume=True)
    assert files(folder) == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no locks on folders")
def test_two_never_train_in_one_folder_at_once(monkeypatch):
    def intrude(session):
        before = files("a")
        for steps in (None, 40):
            with pytest.raises(RunError, match="a: another process is training there; wait"):
                run(out="a", resume=True, steps=steps)
        assert files("a") == before

    run(steps=20, out="straight")
    with monkeypatch.context() as patch:
        after_step(patch, 13, intrude)
        run(steps=20, out="a")
    assert_same_files("a", "straight")
    run(steps=21, out="a", resume=True)  # the lock was given back


def test_an_end_by_an_error_gives_the_folder_back(monkeypatch):
    with monkeypatch.context() as patch:
        after_step(patch, 13, lambda session: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(steps=20, out="a")
    with pytest.raises(RunError, match="has 10 steps already"):
        run(steps=5, out="a", resume=True)
    run(out="a", resume=True)


def test_pictures_of_others_in_the_samples_are_left_alone():
    names = ["7.png", "step-7.png", "step-²5.png", "step-0000040.png", "step-000007.txt"]
    folder = run(steps=20).folder
    for name in names:
        (folder / "samples" / name).write_bytes(b"mine")
    run(steps=40, resume=True)
    assert all((folder / "samples" / name).read_bytes() == b"mine" for name in names)


def test_a_full_disk_keeps_no_probe(tmp_path, monkeypatch):
    def full(path, content):
        path.touch()
        raise OSError(28, "No space left on device", str(path))

    folder = run(steps=2).folder
    before = files(folder)
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(RunError, match="No space left on device"):
        run(resume=True)
    assert files(folder) == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda config: config | {"seed": 9}, "config.json and checkpoint.npz differ in seed"),
        (lambda config: config | {"m": -1}, "m is -1, expected an integer of 1 or more"),
        (lambda config: config | {"steps": "60"}, "steps is '60', expected an integer"),
        (lambda config: {"seed": 1}, "damaged, expected the keys"),
        (lambda config: [], "damaged, expected the keys"),
    ],
)
def test_a_changed_config_is_found(change, words):
    path = run(steps=2).folder / "config.json"
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    with pytest.raises(RunError, match=words):
        run(resume=True)
    path.write_text("{")
    with pytest.raises(RunError, match="not readable JSON"):
        sample(path.parent)


def test_a_full_disk_keeps_the_checkpoint(monkeypatch):
    def full(session):
        def save(*args, **kwargs):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(checkpoint, "save", save)

    after_step(monkeypatch, 33, full)
    with pytest.raises(RunError) as caught:
        run(steps=60)
    assert "step 40: " in str(caught.value)
    assert "(No space left on device); the checkpoint of step 30 is kept" in str(caught.value)
    monkeypatch.undo()


def _replaced_by_a_file(folder):
    folder.rename("elsewhere")
    folder.write_bytes(b"")


@pytest.mark.parametrize(
    "act", [shutil.rmtree, lambda folder: folder.rename("elsewhere"), _replaced_by_a_file]
)
def test_a_folder_that_vanishes_is_not_said_to_keep_anything(act, monkeypatch):
    run(steps=60, out="straight")
    with monkeypatch.context() as patch:
        after_step(patch, 33, lambda session: act(session.folder))
        with pytest.raises(RunError) as caught:
            run(steps=60)
    words = "runs/mlp-batchnorm has been moved or removed, and its checkpoint of step 30 with it."
    assert str(caught.value).endswith(words)
    assert str(caught.value).startswith("step 35: runs/mlp-batchnorm/log.csv cannot be written (")
    if Path("elsewhere").exists():
        run(out="elsewhere", resume=True)
        assert_same_files("elsewhere", "straight")


def test_a_disk_without_room_for_the_first_checkpoint_has_kept_none(monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "save", full)
        with pytest.raises(RunError, match="there is no checkpoint yet"):
            run(steps=20)
    run(resume=True)
    assert Path("runs/mlp-batchnorm/film.html").exists()


def test_temporary_files_of_others_are_left_alone():
    Path("mine").mkdir()
    for path in (Path("mine/.notes.txt.tmp"), Path(".notes.txt.tmp"), Path(".results.csv.tmp")):
        path.write_bytes(b"mine")
    remove_leftovers(Path(), "results.csv", "samples/*.npy")
    assert sorted(path.name for path in Path().rglob("*.tmp")) == [".notes.txt.tmp"] * 2


def test_each_kind_of_folder_names_the_command_that_goes_on_with_it():
    gan = run(steps=2).folder
    for resume in (True, False):
        with pytest.raises(RunError, match=r"by minigan train --resume --out runs/mlp-batchnorm$"):
            train_classifier(digits(), out=gan, resume=resume)
    words = r"^run holds no run of a GAN but a classifier; .* train classifier --resume --out run$"
    stopped(14)
    with pytest.raises(RunError, match=words):
        run(None, out="run", resume=True)
    resumed()
    with pytest.raises(RunError, match=words):
        run(None, out="run", resume=True)
