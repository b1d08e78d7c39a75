"""The beginning of a classifier's training, and the way back into one that was stopped.

A training that is not over has a checkpoint.npz in its folder and no config.json, which a GAN's run
has. When it is over, the checkpoint is gone: nothing is left to go on with, for the rates fall from
the first pass to the last, and a longer training is another one from its first step.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minigan import checkpoint
from minigan.backend import choose_device
from minigan.checkpoint import need, using
from minigan.data import Dataset, load
from minigan.evaluation.features import FILE
from minigan.files import remove_leftovers, replacing
from minigan.limits import shown
from minigan.terminal import shell_word
from minigan.training.classifier_state import State
from minigan.training.folder import (
    CHECKPOINT,
    CONFIG,
    LOG,
    RUNS,
    RunError,
    check_writable,
    claim,
)
from minigan.training.lock import Lock
from minigan.training.moving import change_device
from minigan.training.session import missing, undone
from minigan.training.source import absolute, fingerprint

DEFAULTS = {"data": "mnist", "epochs": 20, "m": 100, "seed": 0}
FACTS = (*DEFAULTS, "device", "spec", "sha256")  # what the checkpoint says besides the state


@dataclass
class Session:
    """A training that is about to go on: new or resumed makes no difference any more.

    settings has data (as it was asked for), spec (the same from every folder), sha256 (of the
    training and the test part), epochs, m, seed and device.
    """

    folder: Path
    settings: dict[str, Any]
    train: Dataset
    test: Dataset
    state: State
    lock: Lock  # whoever plays the session releases it
    moved: str = ""  # the device, if it is another one than before

    @property
    def resume_command(self) -> str:
        """The command that goes on with this training, from whatever folder it is typed in."""
        folder = shell_word(os.path.abspath(self.folder))
        return f"minigan train classifier --resume --out {folder}"

    @property
    def what_is_left(self) -> str:
        """What a training that could not write leaves, and how to go on."""
        if not (self.folder / CHECKPOINT).exists():
            return f"{self.folder} has been moved or removed, and the last checkpoint with it."
        return f"the last checkpoint is kept. When that is mended: {self.resume_command}"

    def save(self) -> None:
        """Write the checkpoint, and then the log, which a training that goes on writes anew."""
        self.state.save(self.folder / CHECKPOINT, {"settings": self.settings})
        self.write_log()

    def write_log(self) -> None:
        """Write log.csv."""
        with replacing(self.folder / LOG) as temporary:
            temporary.write_bytes(self.state.log.encode())


def begin(given: dict[str, Any], out: Path | None) -> Session:
    """Start a new training: its data, its folder, and a first checkpoint, of nothing learned yet.

    **Raises**  as `train_classifier`; a folder that was made for it is removed again.
    """
    settings: dict[str, Any] = DEFAULTS | given
    check_numbers(settings)
    settings["device"] = choose_device(given.get("device", "auto"))
    data = settings["data"]
    train, test = load(data), load(data, split="test")
    check(train, test, settings)
    settings |= {"spec": absolute(data), "sha256": fingerprints(train, test)}
    if out is not None and (out / CHECKPOINT).exists() and not (out / CONFIG).exists():
        raise RunError(
            f"{out} holds a training that was stopped: go on with it by --resume, or give another "
            "--out."
        )
    if out is not None:
        _refuse_a_gan(out)
    made = missing(RUNS if out is None else out)
    with undone(made):
        folder = claim(out, "classifier")
    lock = Lock(folder)
    with undone(made if out is not None else [folder, *made], lock):
        session = Session(folder, settings, train, test, State(train, settings), lock)
        session.save()  # a disk without room for it is found now
        return session


def go_on(given: dict[str, Any], out: Path | None) -> Session:
    """Open a training where its checkpoint stands, after every way in which it could be another.

    **Raises**  as `train_classifier`; RunError for each such way.
    """
    folder = find(out)
    lock = Lock(folder)
    with undone([], lock):
        check_writable(folder)
        remove_leftovers(folder, "*")
        path = folder / CHECKPOINT
        arrays, meta = checkpoint.load(path)
        settings = settings_in(path, meta)
        _refuse_others(folder, settings, given)
        moved = change_device(folder, settings["device"], given.get("device"))
        settings["device"] = moved or settings["device"]
        data = settings["spec"]
        train, test = load(data), load(data, split="test")
        if fingerprints(train, test) != settings["sha256"]:
            raise RunError(
                f"{folder}: the data {train.name!r} ({len(train):,} images, {len(test):,} to test) "
                "are not those that the training was started with: bring those back, or start a "
                "new one without --resume."
            )
        check(train, test, settings)
        state = State(train, settings)
        state.restore(path, arrays, meta)
        return Session(folder, settings, train, test, state, lock, moved)


def find(out: Path | None) -> Path:
    """The folder to resume: `out`, or the stopped training in runs/ that was saved last.

    **Raises**  RunError when there is none.
    """
    folders = [out] if out is not None else [file.parent for file in RUNS.glob(f"*/{CHECKPOINT}")]
    stopped = [
        folder
        for folder in folders
        if (folder / CHECKPOINT).exists() and not (folder / CONFIG).exists()
    ]
    if stopped:
        return max(stopped, key=lambda f: ((f / CHECKPOINT).stat().st_mtime_ns, f.name))
    if out is not None:
        _refuse_a_gan(out)
    else:
        raise RunError(
            f"{os.path.abspath(RUNS)} holds no classifier whose training was stopped: leave "
            "--resume out, or say --out FOLDER."
        )
    if (out / FILE).exists():
        raise RunError(
            f"{out} is finished, {FILE} is there and nothing is left to go on with: to train "
            "another one leave --resume out and give another --out."
        )
    raise RunError(
        f"{out} holds no classifier whose training was stopped (looked in {os.path.abspath(out)}): "
        "leave --resume out to start one."
    )


def _refuse_a_gan(out: Path) -> None:
    if (out / CONFIG).exists():
        raise RunError(
            f"{out} holds no classifier but a run of a GAN: give another --out, or go on with that "
            f"by minigan train --resume --out {shell_word(out)}"
        )


def check(train: Dataset, test: Dataset, settings: dict[str, Any]) -> None:
    """Refuse data that no classifier can learn, and sizes that fit none.

    **Raises**  RunError.
    """
    check_numbers(settings)
    name, m, labels = train.name, settings["m"], list(train.classes)
    if train.kind != "images" or len(labels) < 2:
        raise RunError(
            f"{name}: a classifier learns to tell images of two or more labels apart, but these "
            f"are {train.kind} with {len(labels)}: give mnist, fashion-mnist, or a .npz with "
            "x_train, y_train, x_test and y_test."
        )
    if test.shape != train.shape or not test.classes or not test.classes.keys() <= {*labels}:
        raise RunError(
            f"{name}: the test part has shape {test.shape} and labels {[*test.classes]}, expected "
            f"{train.shape} and no labels but {labels}, as in the training part."
        )
    if m > len(train):
        raise RunError(
            f"{name} has {len(train):,} examples, fewer than one batch of {m}: say --batch "
            f"{max(1, len(train) // 2)}, or give more data."
        )


def check_numbers(settings: dict[str, Any]) -> None:
    """Refuse numbers that no training has, before the data are fetched.

    **Raises**  RunError.
    """
    for key, least in (("epochs", 1), ("m", 1), ("seed", 0)):
        value = settings[key]
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise RunError(f"{key} is {shown(value)}, expected an integer of {least} or more.")


def settings_in(path: Path, meta: dict[str, Any]) -> dict[str, Any]:
    """The settings in a checkpoint.

    **Raises**  CheckpointError.
    """
    need(path, meta, ["settings"], "facts")
    settings = meta["settings"]
    with using(path):
        need(path, settings, FACTS, "settings")
        for key in ("data", "device", "spec"):
            if not isinstance(settings[key], str):
                raise TypeError(f"{key} is {settings[key]!r}, expected a name")
    return dict(settings)


def fingerprints(*parts: Dataset) -> list[str]:
    """SHA-256 over the images and the labels of each part."""
    return [fingerprint(part, labelled=True) for part in parts]


def _refuse_others(folder: Path, settings: dict[str, Any], given: dict[str, Any]) -> None:
    """Refuse other settings than the training was started with, but for another device."""
    for key, value in given.items():
        if key == "device":
            continue
        same = absolute(value) == settings["spec"] if key == "data" else value == settings[key]
        if not same:
            why = " (its rates fall from the first pass to the last, so this would be another one)"
            raise RunError(
                f"{folder}: the training has {key} {settings[key]}, but {value} is asked for"
                f"{why if key == 'epochs' else ''}: leave that out, or start a new one without "
                "--resume."
            )
