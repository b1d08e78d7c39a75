"""Training the classifier that looks at samples: labelled images, cross-entropy, Adam.

    for each pass:  for each batch (x, y):  θ descends ∂L/∂θ, L the softmax cross-entropy

Every image is moved by up to two pixels, down, up and sideways, each time it is seen: a digit is
the same digit two pixels further on, and the network has to learn that from somewhere.

The test images are looked at after each pass, for the log, and are never trained on. Nothing is
decided by what they say: the network that is kept is the one of the last pass, good or bad.

A training that was stopped and resumed leaves the same bytes as one that was not.
"""

from __future__ import annotations

import os
import platform
from signal import SIGINT, Signals
from typing import Any

from minigan import __version__
from minigan.backend import device_module
from minigan.cross_entropy import cross_entropy, cross_entropy_slope
from minigan.evaluation import features
from minigan.evaluation.classifier import accuracy
from minigan.evaluation.features import FILE, Features
from minigan.limits import check_flag
from minigan.terminal import say, shell_word, visible
from minigan.training import asked
from minigan.training.classifier_session import Session, begin, go_on
from minigan.training.classifier_state import Row, State
from minigan.training.folder import CHECKPOINT, RunError
from minigan.training.interrupt import Interrupt
from minigan.training.moving import from_here_on
from minigan.training.progress import Bar


class Stopped(KeyboardInterrupt):
    """A signal came, and all is saved; str() says where the training stands, and how to go on.

    **Parameters**  signal: its number; text.
    """

    def __init__(self, signal: int, text: str) -> None:
        super().__init__(text)
        self.signal = signal


def train_classifier(
    data: str | os.PathLike[str] | None = None,
    *,
    epochs: int | None = None,
    m: int | None = None,
    seed: int | None = None,
    device: str = "auto",
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    progress: bool = True,
) -> Features:
    """Train a classifier and leave a folder with classifier.npz and log.csv; or go on with one.

    Until the end there is a checkpoint.npz in the folder, of the last pass. The first Ctrl-C, or
    SIGTERM, saves the batch under way, and nothing is lost; a process that is killed loses what it
    has done of its pass. With resume it goes on, and ends with the files that it would have had:
    the same seed gives the same ones, byte for byte, on one machine.

    **Parameters**

        data        a spec for `minigan.data.load` of labelled images that have a test part; mnist
        epochs      passes over its training part, 1 …; by default 20
        m           batch size, 1 to all; by default 100
        seed        of everything random, 0 …; by default 0
        device      "auto", "cpu" or "cuda"
        out         the folder; by default runs/classifier, or the next free runs/classifier-2 …
        resume      go on with the training in out, or with the one in runs/ that was saved last;
                    what is asked for besides has to be what it was started with, but for the device
        progress    say on the terminal what happens

    **Returns**  the classifier as it was read back from the folder.

    **Raises**  Stopped, at a signal; RunError for data without labels, a folder that cannot be
    used, or another training than the one to resume; DataError; DeviceError; CheckpointError;
    TypeError, ValueError for what is no path, and neither True nor False.
    """
    where = "train_classifier"
    given = asked.settings(
        data=asked.data(where, data),
        epochs=epochs,
        m=m,
        seed=seed,
        device=asked.device(device),
    )
    going_on, shown = asked.resume(where, resume), check_flag(where, "progress", progress)
    session = (go_on if going_on else begin)(given, asked.place(where, "out", out))
    folder = session.folder
    try:
        if shown:
            say(_opening(session))
        with Interrupt() as interrupt:
            last = _passes(session, interrupt, shown=shown)
            session.write_log()
            features.save(folder / FILE, session.state.net, _facts(session, last))
            (folder / CHECKPOINT).unlink()
    except OSError as error:
        raise RunError(
            f"{error.filename or folder} cannot be written ({error.strerror or error}); "
            f"{session.what_is_left}"
        ) from error
    finally:
        session.lock.release()
    if interrupt.signal is not None:
        by = _name(interrupt.signal)
        raise Stopped(interrupt.signal, f"{by} came when all was done: {folder / FILE} is finished")
    return features.load(folder, device=session.settings["device"])


def _passes(session: Session, interrupt: Interrupt, *, shown: bool) -> Row:
    """Train to the end, and return the last row of the log.

    **Raises**  Stopped, after the batch in which a signal came.
    """
    state, epochs = session.state, session.settings["epochs"]
    while True:
        epoch, title = state.passes + 1, f"pass {state.passes + 1} of {epochs}"
        with Bar(title, state.batches, state.steps, shown=shown) as bar:
            for _ in range(state.batches, state.steps):
                _learn(state)
                bar.step()
                if interrupt.signal is not None:
                    break
        if state.batches == 0:
            row = _measured(session, epoch, shown=shown)
            if epoch == epochs:
                return row
        session.save()
        if interrupt.signal is not None:
            raise Stopped(interrupt.signal, _goodbye(session, interrupt.signal))


def _learn(state: State) -> None:
    """Look at one batch, and take one step."""
    x, y = state.batch()
    a, tape = state.net.forward(x)
    _, grads = state.net.backward(cross_entropy_slope(a, y), tape, need_dx=False)
    state.optimizer.descend(grads)
    state.loss += cross_entropy(a, y)
    state.right += (a.argmax(axis=1) == y.argmax(axis=1)).mean()


def _measured(session: Session, epoch: int, *, shown: bool) -> Row:
    """Measure the network after a pass, whose row goes into the log."""
    state, epochs = session.state, session.settings["epochs"]
    if epoch == epochs:
        features.rounded(state.net)  # so that what is measured is what is saved
    right = accuracy(state.net, list(session.train.classes), session.test)
    row = (epoch, float(state.loss) / state.steps, float(state.right) / state.steps, right)
    state.add(row)
    if shown:
        say(
            f"pass {epoch:2} of {epochs}: loss {row[1]:.4f}, right: {row[2]:.2%} in training, "
            f"{row[3]:.2%} of the test images"
        )
    return row


def _facts(session: Session, last: Row) -> dict[str, Any]:
    """What classifier.npz says besides its arrays."""
    train, settings = session.train, session.settings
    command = " ".join(
        f"{word} {shell_word(str(settings[key]))}"
        for word, key in (
            ("--data", "data"),
            ("--epochs", "epochs"),
            ("--batch", "m"),
            ("--seed", "seed"),
        )
    )
    device = settings["device"]
    library = device_module(device)
    return {
        "name": train.name,
        "shape": list(train.shape),
        "labels": list(train.classes),
        "accuracy": last[-1],
        "training": {
            "command": f"minigan train classifier {command}",
            "n_train": len(train),
            "n_test": len(session.test),
            "device": device,
            "versions": {
                "minigan": __version__,
                "python": platform.python_version(),
                library.__name__: library.__version__,
            },
        },
    }


def _opening(session: Session) -> str:
    train, settings, folder = session.train, session.settings, visible(session.folder)
    shape = " x ".join(str(n) for n in train.shape)
    text = (
        f"a classifier of {train.name} ({len(train):,} images of {shape}, {len(train.classes)} "
        f"labels), {settings['device']}, seed {settings['seed']}, batches of {settings['m']}, "
        f"{settings['epochs']} passes\n"
    )
    if session.state.optimizer.t == 0:
        return text + f"new in {folder}: saved after each pass, and by Ctrl-C"
    return text + f"resuming {folder} {_place(session)}{from_here_on(session.moved)}"


def _place(session: Session) -> str:
    """Where a training stands."""
    state, epochs = session.state, session.settings["epochs"]
    if state.batches == 0:
        return f"after pass {state.passes} of {epochs}"
    done = f"{state.batches:,} of its {state.steps:,} batches"
    return f"in pass {state.passes + 1} of {epochs}, after {done}"


def _goodbye(session: Session, number: int) -> str:
    return (
        f"stopped by {_name(number)} {_place(session)}; everything is saved in "
        f"{visible(session.folder)}.\n"
        f"To go on: {session.resume_command}"
    )


def _name(number: int) -> str:
    """A signal as a person knows it."""
    return {SIGINT: "Ctrl-C (SIGINT)"}.get(Signals(number), Signals(number).name)
