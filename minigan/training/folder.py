"""The folder of a run: which one it is, what lies in it, and its config.json.

    config.json       everything that makes the run what it is; enough to resume it and to sample
    log.csv           see log.py
    samples/          step-000500.png and so on: G on the same noise, in evaluation mode
    samples.png       the last of them
    samples.gif       all of them, as a film
    film.html         all of them and the log, as one web page
    curves.png        losses and D(x) over the steps
    checkpoint.npz    see checkpoint.py
    best.npz          the checkpoint of the best evaluation, if there are any: see best.py
    failure.txt       what stopped the run, if NaN did; gone when it goes on

A run is never written over another: a new one gets a folder of its own.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minigan import checkpoint
from minigan.checkpoint import CheckpointError
from minigan.files import read_file, replacing
from minigan.terminal import OneLineError, shell_word
from minigan.training.settings import completed, wrong
from minigan.training.units import wrong_units

CONFIG, LOG, CHECKPOINT, BEST = "config.json", "log.csv", "checkpoint.npz", "best.npz"
FAILURE, CLASSIFIER = "failure.txt", "classifier.npz"
FRAMES, SAMPLES, FILM, CURVES = "samples", "samples.png", "samples.gif", "curves.png"
PAGE = "film.html"
RUNS = Path("runs")  # where runs go when nobody says where
MAY_CHANGE = ("steps", "device", "graph")  # by --resume: how long a run trains, where, and how
LARGEST = 10**6  # bytes of a config.json
DATA = {"name": str, "n": int, "options": dict, "sha256": str, "spec": str, "units": dict}


class RunError(OneLineError):
    """A run folder or a setting cannot be used; the message says in one line what to do."""


@dataclass(frozen=True)
class Config:
    """What config.json holds: the settings of a run and the facts that follow from them.

    data has spec and options (what `minigan.data.load` was given), name, n, sha256 (over the
    examples) and units (see `Units`); versions are those that the run was started with.
    """

    model: str
    rule: str
    objective: str
    smooth: float
    fakes: str
    l1: float
    l2: float
    generators: int
    discriminators: int
    k: int
    m: int
    steps: int
    seed: int
    device: str
    draws: str
    graph: str
    tf32: bool
    sample_every: int
    log_every: int
    checkpoint_every: int
    evaluate_every: int
    data: dict[str, Any]
    versions: dict[str, str]

    def same_run(self, other: dict[str, Any]) -> str | None:
        """The first setting that another config has differently, but for those in MAY_CHANGE."""
        mine, other = dataclasses.asdict(self), completed(other)
        keys = [key for key in mine if key not in (*MAY_CHANGE, "versions")]
        return next((key for key in keys if mine[key] != other.get(key)), None)


def claim(out: Path | None, model: str) -> Path:
    """Make the folder of a new run and see that it can be written to.

    **Raises**  RunError when `out` holds something already or cannot be written.
    """
    names = itertools.chain([model], (f"{model}-{i}" for i in itertools.count(2)))
    for folder in [out] if out is not None else (RUNS / name for name in names):
        if os.path.exists(folder / CONFIG) and out is not None:
            raise RunError(
                f"{folder} holds a run already: go on with it by --resume, or give another --out."
            )
        try:
            folder.mkdir(parents=True)
        except FileExistsError as error:
            if out is None:
                continue
            if not folder.is_dir():
                raise RunError(f"{folder} is a file, expected a folder for the run.") from error
            if any(not file.name.startswith(".") for file in folder.iterdir()):
                raise RunError(
                    f"{folder} is not empty and holds no run: give --out another folder."
                ) from error
        except OSError as error:
            raise unusable(folder, error) from error
        check_writable(folder)
        return folder
    raise AssertionError("itertools.count ended")


def find(out: Path | None, model: str | None) -> Path:
    """The folder to resume: `out`, or the run of that model (of any) that was saved last.

    **Raises**  RunError when there is none.
    """
    if out is not None:
        if not (out / CONFIG).exists():
            if _holds_a_classifier(out):
                raise RunError(
                    f"{out} holds no run of a GAN but a classifier; to go on with that: minigan "
                    f"train classifier --resume --out {shell_word(out)}"
                )
            raise RunError(
                f"{out} holds no run to resume (no {CONFIG} in {os.path.abspath(out)}): leave "
                "--resume out to start one."
            )
        return out
    runs = [file.parent for file in RUNS.glob(f"*/{CONFIG}")]
    if model is not None:
        runs = [run for run in runs if read_config(run).model == model]
    if not runs:
        what = "no run" if model is None else f"no run of {model}"
        raise RunError(
            f"{os.path.abspath(RUNS)} holds {what} to resume: leave --resume out, or say "
            "--out FOLDER."
        )
    return max(runs, key=lambda run: (_saved_at(run), run.name))


def _holds_a_classifier(folder: Path) -> bool:
    """Whether a classifier is, or was, trained in the folder."""
    if (folder / CLASSIFIER).exists():
        return True
    try:
        return "settings" in checkpoint.load(folder / CHECKPOINT)[1]
    except CheckpointError:
        return False


def never_saved(folder: Path) -> bool:
    """Whether a run ended before its first checkpoint, so that its beginning is all there is."""
    names = {path.name for path in folder.rglob("*") if not path.name.startswith(".")}
    if not names <= {CONFIG, LOG, FRAMES, FILM, PAGE, "step-000000.png"}:
        return False
    return not (folder / LOG).exists() or (folder / LOG).read_bytes().count(b"\n") <= 1


def check_writable(folder: Path) -> None:
    """See that a file can be made in the folder, before hours are spent on what goes there.

    **Raises**  RunError.
    """
    probe = folder / ".probe.tmp"
    try:
        probe.write_bytes(b"minigan")
        probe.unlink()
    except OSError as error:
        with contextlib.suppress(OSError):  # a full disk takes the file's name, not its content
            probe.unlink()
        raise unusable(folder, error) from error


def unusable(folder: Path, error: OSError) -> RunError:
    """The sentence for a folder that the system refuses."""
    return RunError(
        f"{folder}: the run cannot be written there ({error.strerror or error}); "
        "give another folder with --out."
    )


def read_config(folder: Path) -> Config:
    """Read config.json.

    **Raises**  RunError when it is not there or not what `write_config` wrote.
    """
    path = folder / CONFIG
    try:
        found = json.loads(read_file(path, LARGEST))
    except FileNotFoundError as error:
        raise RunError(
            f"{folder} holds no run (no {CONFIG}); expected the folder that `minigan train` named, "
            "as runs/mlp-batchnorm."
        ) from error
    except NotADirectoryError as error:
        raise RunError(f"{folder} is a file, expected the folder of a run.") from error
    except OSError as error:
        raise RunError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except (ValueError, RecursionError) as error:
        raise RunError(f"{path}: damaged, it is not readable JSON.") from error
    names = {field.name for field in dataclasses.fields(Config)}
    found = completed(found) if isinstance(found, dict) else {}
    if found.keys() != names:
        raise RunError(f"{path}: damaged, expected the keys {', '.join(sorted(names))}.")
    for key in ("model", "device"):
        if type(found[key]) is not str:
            raise RunError(f"{path}: {key} is {found[key]!r}, expected a name.")
    data, versions = found["data"], found["versions"]
    if not isinstance(data, dict) or {key: type(data[key]) for key in sorted(data)} not in (
        DATA | {"spec": str},
        DATA | {"spec": type(None)},
    ):
        raise RunError(f"{path}: damaged, data must have {', '.join(DATA)}, each of its own type.")
    if not isinstance(versions, dict) or not all(isinstance(v, str) for v in versions.values()):
        raise RunError(f"{path}: damaged, versions must be an object of strings.")
    why = wrong(found) or wrong_units(data["units"])
    if why:
        raise RunError(f"{path}: {why}")
    return Config(**found)


def write_config(folder: Path, config: Config) -> None:
    """Write config.json."""
    text = json.dumps(dataclasses.asdict(config), indent=2) + "\n"
    with replacing(folder / CONFIG) as temporary:
        temporary.write_bytes(text.encode())


def resume_command(folder: Path) -> str:
    """The command that goes on with the run in this folder, from whatever folder it is typed in."""
    return f"minigan train --resume --out {shell_word(os.path.abspath(folder))}"


def _saved_at(folder: Path) -> int:
    file = folder / CHECKPOINT
    return (file if file.exists() else folder / CONFIG).stat().st_mtime_ns
